"""Reading what happened, for those who oversee it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from awards.queries import opening_of
from oversight.words import words_for
from procurement.models import Event, User
from procurement.proof.canonical import JSON
from procurement.texts import Text


@dataclass(frozen=True)
class Entry:
    """One event of a tender, in words."""

    at: datetime
    kind: str
    verb: str
    text: Text
    by: UUID | None
    name: str  # of who did it; empty for the platform itself
    body: Mapping[str, JSON] | None  # None while it is kept in until the opening
    leaf: str
    index: int | None  # in the log; None until the next tick


def timeline(tender: UUID) -> list[Entry]:
    """Tell what happened to a tender, oldest first, refused attempts included.

    Until the bids are announced, nothing that suppliers do stands in it, and what would tell how
    many they are has no body.
    """
    opened = opening_of(tender) is not None
    return entries(Event.objects.of_tender(tender, including_concealed=opened), opened=opened)


def entries(found: Iterable[Event], *, opened: bool) -> list[Entry]:
    """Put events into words, with the names of those who did them."""
    events = list(found)
    names = dict(
        User.objects.filter(pk__in={event.by for event in events}).values_list("pk", "name")
    )
    return [_entry(event, names, opened=opened) for event in events]


def _entry(event: Event, names: Mapping[UUID, str], *, opened: bool) -> Entry:
    told = event.to_json()["body"]
    assert isinstance(told, dict)
    return Entry(
        at=event.at,
        kind=event.kind,
        verb=event.verb,
        text=words_for(event.verb),
        by=event.by,
        name=names.get(event.by, "") if event.by else "",
        body=told if opened or not event.withheld else None,
        leaf=event.leaf,
        index=event.leaf_index,
    )
