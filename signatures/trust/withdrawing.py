"""What a newer trusted list tells otherwise of anchors that came from the list before.

A service that was withdrawn ends on the day that the list names. One that stands on the list no
more ends when the list was issued that lacks it. What was signed before counts as it did; so an
anchor is given an end, and not removed. New services are not looked at: operators propose them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from signatures.pdf.services import Service
from signatures.rules.trust import Change, addresses_of, instant_of, key_of
from signatures.trust.lists import SignedList, proposed

_SOURCE = "eu-list"


def told_otherwise(
    one: SignedList,
    found: Iterable[tuple[bytes, Service]],
    entries: Iterable[Mapping[str, Any]],
    ders: Mapping[str, bytes],
) -> Iterator[Change]:
    """Compare the entries of a version that came from a list with what the list says now."""
    now_said = {change.key: change for change in proposed(found)}
    for entry in entries:
        territories = {told["territory"] for told in entry["services"]}
        if entry["source"] != _SOURCE or territories != {one.territory}:
            continue
        change = now_said.get(key_of(entry))
        if change is None:
            change = _ended(entry, ders[entry["certificate"]], one.issued_at)
        else:
            change = replace(change, addresses=addresses_of(entry))
        if change.remove or change.entry() != entry:
            yield change


def _ended(entry: Mapping[str, Any], der: bytes, at: datetime) -> Change:
    """Let an anchor end, or remove one that would not even have begun by then."""
    begins, ends = instant_of(entry["valid_from"]), instant_of(entry["valid_until"])
    if begins is not None and begins >= at:
        return Change(certificate=der, purpose=entry["purpose"], remove=True, source=_SOURCE)
    periods = [Service.from_json(told) for told in entry["services"]]
    kept = [replace(p, until=min(p.until or at, at)) for p in periods if p.since < at]
    return Change(
        certificate=der,
        purpose=entry["purpose"],
        source=_SOURCE,
        valid_from=begins,
        valid_until=min(ends or at, at),
        addresses=addresses_of(entry),
        services=tuple(p.to_json() for p in kept),
    )
