"""Writing events: inside the business transaction, chained as the protocol asks.

A *control* event names the leaf of the tender's previous one (``prev``), so the history of a
tender cannot be told with an event left out. A *concealed* event carries a salted link to the
previous concealed one, which says nothing to anyone until the salt is shown.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from procurement.actors import Actor
from procurement.models.journal import ConcealedChain, ControlChain, Event, Kind
from procurement.proof.canonical import JSON, canonical
from procurement.proof.events import concealed_link, event_leaf
from procurement.proof.instants import format_instant
from procurement.verbs import Verb

__all__ = ["Kind", "attempt", "concealed_head", "control_head", "record"]

SALT_BYTES = 32


@transaction.atomic
def record(
    verb: StrEnum,
    *,
    tender: UUID | None,
    by: Actor,
    at: datetime,
    body: Mapping[str, JSON],
    kind: Kind = Kind.FACT,
    withheld: bool = False,
) -> Event:
    """Write an event in the transaction of the change that it tells of.

    ``withheld`` keeps the body in until the tender's opening. The order of locks is: business
    rows first, then the tender's chain, which is held to the end of the transaction.

    :raises ValueError: for a control or concealed event without a tender.
    """
    if kind in (Kind.CONTROL, Kind.CONCEALED) and tender is None:
        raise ValueError(f"A {kind} event belongs to a tender")
    return _written(verb, tender, by, at, body, kind, concealed=False, withheld=withheld)


def attempt(
    code: str,
    *,
    by: Actor,
    at: datetime,
    tender: UUID | None = None,
    concealed: bool,
    facts: Mapping[str, JSON],
) -> None:
    """Write down what was refused, in a transaction of its own, after the refused one's rollback.

    ``concealed``: it is about a filing, so nobody reads it before the opening.

    :raises RuntimeError: inside a transaction, where it could be lost with it.
    """
    kind = Kind.CONCEALED if concealed and tender else Kind.ATTEMPT
    body: dict[str, JSON] = {"code": code, "facts": dict(facts)}
    with transaction.atomic(durable=True):
        _written(Verb.REFUSED, tender, by, at, body, kind, concealed=concealed, withheld=False)


def control_head(tender: UUID) -> str | None:
    """Give the leaf hash, in hex, of the tender's newest control event, committed or ours."""
    chain = ControlChain.objects.filter(pk=tender).first()
    return chain.head.hex() if chain and chain.head else None


def concealed_head(tender: UUID) -> str | None:
    """Give the leaf hash, in hex, of the tender's newest concealed event."""
    chain = ConcealedChain.objects.filter(pk=tender).first()
    return chain.head.hex() if chain and chain.head else None


def _written(
    verb: StrEnum,
    tender: UUID | None,
    by: Actor,
    at: datetime,
    body: Mapping[str, JSON],
    kind: Kind,
    *,
    concealed: bool,
    withheld: bool,
) -> Event:
    value: dict[str, JSON] = {
        "type": "daylight/event/v1",
        "kind": kind.value,
        "tender": str(tender) if tender else None,
        "verb": verb.value,
        "at": format_instant(at),
        "by": str(by.recorded_as) if by.recorded_as else None,
        "body": dict(body),
    }
    row = Event(
        kind=kind,
        tender=tender,
        verb=verb.value,
        at=at,
        by=by.recorded_as,
        ip=by.ip,
        request_id=by.request_id or "",
        salt=secrets.token_bytes(SALT_BYTES),
        concealed=concealed or kind == Kind.CONCEALED,
        withheld=withheld,
    )
    chain = _locked(kind, tender) if tender else None
    if isinstance(chain, ControlChain):
        value["prev"] = chain.head.hex() if chain.head else None
        row.chain_position = chain.length = chain.length + 1
    elif isinstance(chain, ConcealedChain):
        salt = secrets.token_bytes(SALT_BYTES)
        row.link_salt = salt if chain.head else None
        value["link"] = concealed_link(salt, chain.head)
    row.event = canonical(value)
    row.leaf_hash = event_leaf(row.salt, row.event)
    row.save(force_insert=True)
    if chain:
        chain.head = row.leaf_hash
        chain.save(force_update=True)
    return row


def _locked(kind: Kind, tender: UUID) -> ControlChain | ConcealedChain | None:
    """Lock the chain that an event of this kind goes on, making it where it has none yet."""
    if kind == Kind.CONTROL:
        ControlChain.objects.bulk_create([ControlChain(tender=tender)], ignore_conflicts=True)
        return ControlChain.objects.select_for_update().get(pk=tender)
    if kind == Kind.CONCEALED:
        ConcealedChain.objects.bulk_create([ConcealedChain(tender=tender)], ignore_conflicts=True)
        return ConcealedChain.objects.select_for_update().get(pk=tender)
    return None
