"""What waits for a person or a machine: whose move it is, in one list.

Each room says it of its own nouns in ``settings.WAITING``, reading only; nothing here is stored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID

from django.conf import settings

from procurement.actors import ANONYMOUS, Actor
from procurement.dotted import found
from procurement.refusals import Fact
from procurement.texts import Text

_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    """One thing that waits.

    ``facts`` are those that ``text`` names; with a tender, its title stands there as ``title``.
    """

    what: str  # kebab-case and stable: "make-keys"
    tender: UUID | None
    since: datetime | None
    text: Text
    facts: Mapping[str, Fact] = field(default_factory=dict)
    address: str = ""  # of the interface, where it is done: "/api/v1/tenders/…/panel/keys"


WaitingFor: TypeAlias = Callable[[Actor, datetime], list[Waiting]]


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:
    """Collect what waits for someone in every room, the oldest first; nothing for a stranger."""
    if actor is ANONYMOUS:
        return []
    asked: list[WaitingFor] = found(settings.WAITING)
    waits = [one for room in asked for one in room(actor, now)]
    return sorted(waits, key=lambda one: (one.since or _LATEST, one.what, str(one.tender)))
