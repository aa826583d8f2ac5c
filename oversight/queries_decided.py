"""What was decided about tenders, as the log has it: versions, extensions, answers, orders.

Read by the control events, so that what was only drafted or proposed is never shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q

from procurement.models import Event, Kind, ProtocolObject
from procurement.proof.events import OBJECT
from procurement.working_days import Calendar
from tenders.answers import Answer
from tenders.models import Tender
from tenders.models.changes import DocumentComparison
from tenders.notice import Extension, Notice, Order
from tenders.rules.differences import Difference, differences

Said = Notice | Extension | Answer | Order
READ: dict[str, type[Said]] = {
    "notice.published": Notice,
    "deadline.extended": Extension,
    "answer.published": Answer,
    "order.made": Order,
}
MOVES = ("notice.published", "deadline.extended", "order.made")  # what a calendar must hear of


@dataclass(frozen=True)
class Decision:
    """One decision, the digest by which the log knows it, and when it was received."""

    said: Said
    digest: str
    at: datetime


@dataclass(frozen=True)
class Version:
    """A version of the notice, and what differs from the one before; nothing in the first."""

    said: Notice
    digest: str
    at: datetime
    differences: Sequence[Difference]
    comparisons: Sequence[DocumentComparison]  # of documents that it replaced


@dataclass(frozen=True)
class Changed:
    """How often a tender's dates may have moved, and when something was last decided."""

    times: int
    at: datetime


def decisions(tender: UUID) -> list[Decision]:
    """List what was decided and everybody may read, in its order."""
    events = Event.objects.filter(tender=tender, kind=Kind.CONTROL, verb__in=READ)
    named = [(event, _object_of(event)) for event in events.order_by("chain_position")]
    rows = ProtocolObject.objects.filter(restricted=False).in_bulk([name for _, name in named])
    return [
        Decision(READ[event.verb].read(rows[digest].body), digest, event.at)
        for event, digest in named
        if digest in rows
    ]


def versions_among(
    decided: Iterable[Decision],
    zone: Calendar,
    compared: Mapping[int, Sequence[DocumentComparison]],
) -> list[Version]:
    """Pick the versions of a notice, in their order, and compare each with the one before."""
    found: list[Version] = []
    for one in decided:
        if isinstance(one.said, Notice):
            changed = differences(found[-1].said, one.said, zone) if found else []
            wording = compared.get(one.said.version, ())
            found.append(Version(one.said, one.digest, one.at, changed, wording))
    return found


def changes_of(tenders: Iterable[Tender]) -> dict[UUID, Changed]:
    """Say of published tenders how often and when they last changed, in one question."""
    counted = (
        Event.objects.filter(tender__in=[tender.pk for tender in tenders], kind=Kind.CONTROL)
        .values("tender")
        .annotate(times=Count("pk", filter=Q(verb__in=MOVES)), last=Max("at"))
    )
    return {
        row["tender"]: Changed(row["times"] - 1, row["last"]) for row in counted if row["tender"]
    }


def _object_of(event: Event) -> str:
    body = event.to_json()["body"]
    return str(body.get(OBJECT, "")) if isinstance(body, dict) else ""
