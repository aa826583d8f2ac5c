"""A set of anchors taken apart and put together again, every part named by its digest.

The list of the parts is itself named by its digest: the ``anchors_digest`` of a report. So a set
can be kept anywhere, each certificate and revocation list once, and nothing in it can be exchanged.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from procurement.proof.canonical import JSON, canonical
from signatures.pdf.anchors import PURPOSES, Anchors, Term
from signatures.pdf.services import Service

ROOMS = ("signers", "tsa", "crls", "ocsps")  # DER, as authorities made them
TOLD = ("terms", "services")  # canonical JSON, as the operator's versions say it


class SetUnreadable(ValueError):  # noqa: N818 - reads as the sentence it is
    """A part of the set is missing, or is not the one that its digest names."""


def parts_of(anchors: Anchors) -> Iterator[tuple[str, bytes]]:
    """Give every part of a set with its SHA-256, in hex."""
    for room in ROOMS:
        for der in getattr(anchors, room):
            yield hashlib.sha256(der).hexdigest(), der
    yield from told_in(anchors)


def told_in(anchors: Anchors) -> Iterator[tuple[str, bytes]]:
    """Give the parts that the operator said, which are small."""
    for name in TOLD:
        for one in getattr(anchors, name):
            text = canonical(one.to_json())
            yield hashlib.sha256(text).hexdigest(), text


def ders_in(anchors: Anchors) -> Iterator[tuple[str, int]]:
    """Name the parts that authorities made, with their lengths in bytes."""
    for room in ROOMS:
        for der in getattr(anchors, room):
            yield hashlib.sha256(der).hexdigest(), len(der)


def named_in(listed: Mapping[str, JSON]) -> list[str]:
    """Give the digests of all parts that a list names, each once, sorted."""
    named = (listed.get(name) or [] for name in (*ROOMS, *TOLD))
    return sorted({str(digest) for digests in named for digest in _list(digests)})


def put_together(digest: str, listed: JSON, part: Callable[[str], bytes]) -> Anchors:
    """Make the set again that ``digest`` names; ``part`` gives the bytes that a digest names.

    :raises SetUnreadable: when the list, or a part, is not what its digest says, or is no part.
    """
    try:
        held = _mapping(listed)
        rooms = {name: tuple(_parts(held, name, part)) for name in (*ROOMS, *TOLD)}
        anchors = Anchors(
            **{name: rooms[name] for name in ROOMS},
            terms=tuple(_term(json.loads(text)) for text in rooms["terms"]),
            services=tuple(Service.from_json(json.loads(text)) for text in rooms["services"]),
        )
        found = anchors.digest
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise SetUnreadable(f"the set {digest[:12]}: {error}") from error
    if found != digest:
        raise SetUnreadable(f"the set {digest[:12]} is not as its digest says")
    return anchors


def _parts(held: Mapping[str, Any], name: str, part: Callable[[str], bytes]) -> Iterator[bytes]:
    for digest in _list(held.get(name, [])):
        found = part(digest)
        if hashlib.sha256(found).hexdigest() != digest:
            raise SetUnreadable(f"the part {str(digest)[:12]} of {name} is another one")
        yield found


def _mapping(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise TypeError("not a list of parts")
    return told


def _list(told: Any) -> list[Any]:
    if not isinstance(told, list):
        raise TypeError("not a list of digests")
    return told


def _term(told: dict[str, Any]) -> Term:
    if told["purpose"] not in PURPOSES:
        raise ValueError("a purpose that no anchor has")
    return Term(
        sha256=told["sha256"],
        purpose=told["purpose"],
        valid_from=_instant(told["valid_from"]),
        valid_until=_instant(told["valid_until"]),
    )


def _instant(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)
