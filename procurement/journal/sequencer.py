"""The sequencer: at every tick it gives the waiting events their places in the log.

A tick is one transaction, so a crash anywhere in it leaves nothing behind. Which events a tick
takes is what one query sees committed; the others wait for the next. Since a chain's row stays
locked until its event is committed, no event ever gets into an earlier tick than the one before
it. Inside a tick the places are shuffled and filled up, so that nobody counts.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from random import SystemRandom

from django.conf import settings
from django.db import connection, transaction

from procurement.journal.tree import append, reader
from procurement.journal.witnesses import cosigned, log_verifier, witness_verifiers
from procurement.keys import QUORUM, checkpoint_signer
from procurement.models.journal import Checkpoint, Event, Kind
from procurement.proof.checkpoint import Checkpoint as Statement
from procurement.proof.checkpoint import SignedCheckpoint, open_checkpoint, require_quorum
from procurement.proof.heads import heads_leaves
from procurement.proof.log_entry import dummy_entry, event_entry, heads_entry
from procurement.proof.merkle import Frontier, consistency_proof_from, leaf_hash, root
from procurement.proof.notes import sign_note

_LEADER = 0x6461796C696768  # "dayligh", a number for PostgreSQL's advisory lock
_random = SystemRandom()


@transaction.atomic
def tick(now: datetime) -> SignedCheckpoint | None:
    """Append what waits, and filling, and publish a checkpoint that a quorum has witnessed.

    None while another sequencer is at it.

    :raises BadNote: when too few witnesses cosigned; nothing was appended then.
    """
    if not _leads():
        return None
    before = Checkpoint.objects.order_by("-size").first()
    size = before.size if before else 0
    waiting = list(Event.everything.filter(leaf_index=None))

    heads_root = root(heads_leaves(_heads_with(heads_at(size), waiting)))
    places: list[Event | None] = _filled(waiting)
    entries = [heads_entry(heads_root), *(_entry(event) for event in places)]
    append(entries, size=size)
    _place({event: size + 1 + place for place, event in enumerate(places) if event})

    frontier = Frontier.from_json(before.frontier) if before else Frontier()
    for entry in entries:
        frontier.append(leaf_hash(entry))
    note, signed = _published(before, frontier, now)
    Checkpoint.objects.create(
        size=frontier.size,
        since=size,
        root=frontier.root(),
        heads_root=heads_root,
        note=note.decode(),
        cosigned=dict(signed.cosigned),
        frontier=frontier.to_json(),
        at=now,
    )
    return signed


def heads_at(size: int) -> dict[str, str]:
    """Give every tender's control head as of a checkpoint: tender id → leaf hash in hex."""
    newest = (
        Event.everything.filter(kind=Kind.CONTROL, leaf_index__lt=size)
        .order_by("tender", "-chain_position")
        .distinct("tender")
    )
    return {str(tender): leaf.hex() for tender, leaf in newest.values_list("tender", "leaf_hash")}


def _leads() -> bool:
    """Take the leader's lock, which ends with the transaction; tell whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LEADER])
        return bool(cursor.fetchone()[0])


def _heads_with(heads: dict[str, str], waiting: Iterable[Event]) -> dict[str, str]:
    control = [event for event in waiting if event.kind == Kind.CONTROL]
    for event in sorted(control, key=lambda event: event.chain_position or 0):
        heads[str(event.tender)] = event.leaf
    return heads


def _filled(waiting: list[Event]) -> list[Event | None]:
    """Shuffle events among filling: MINIMUM_LEAVES·2^j leaves in all, the heads leaf included."""
    wanted = settings.MINIMUM_LEAVES
    while wanted < len(waiting) + 1:
        wanted *= 2
    places: list[Event | None] = [*waiting, *[None] * (wanted - 1 - len(waiting))]
    _random.shuffle(places)
    return places


def _entry(event: Event | None) -> bytes:
    if event is None:
        return dummy_entry(secrets.token_bytes(32))
    return event_entry(event.salt, event.event)


def _place(indexes: dict[Event, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procurement_event SET leaf_index = place.index "
            "FROM unnest(%s::uuid[], %s::bigint[]) AS place (id, index) "
            "WHERE procurement_event.id = place.id",
            [[event.pk for event in indexes], list(indexes.values())],
        )


def _published(
    before: Checkpoint | None, frontier: Frontier, now: datetime
) -> tuple[bytes, SignedCheckpoint]:
    """Sign the tree as it stands and have it witnessed."""
    statement = Statement(settings.LOG_ORIGIN, frontier.size, frontier.root())
    known = Statement(settings.LOG_ORIGIN, before.size, before.root) if before else None
    note = cosigned(
        sign_note(statement.text(), checkpoint_signer()),
        before=known,
        proof=consistency_proof_from(reader, before.size if before else 0, frontier.size),
        at_unix=int(now.timestamp()),
    )
    signed = open_checkpoint(note, log_verifier(), witness_verifiers())
    require_quorum(signed, QUORUM)
    return note, signed
