"""What a supervisor looks after: the tenders of its jurisdiction, as far as all of it may be known.

Nothing here counts or names bids, bidders or askers before its time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from awards.queries import opening_of
from bidding.models import Opening
from oversight.queries import Entry, entries
from procurement.models import Event
from procurement.verbs import Verb
from tenders.models import Demand, MissedCutOff, Tender, TenderState

MOST_SHOWN = 200  # of each kind, the most urgent first
LATE_AFTER = timedelta(hours=1)  # what was to happen by itself has not


@dataclass(frozen=True)
class Late:
    """Something that should have happened: what, in kebab-case, and since when it is late."""

    what: str
    tender: Tender
    since: datetime


@dataclass(frozen=True)
class Overview:
    """What is going on in a jurisdiction."""

    closings: Sequence[Tender]  # they take bids; the one that closes next first
    openings: Sequence[Tender]  # closed, and not opened
    late: Sequence[Late]
    unanswered: Sequence[
        MissedCutOff
    ]  # the newest of each tender, with how many questions are ``left``
    demands: Sequence[Demand]  # without a reply, the one that is due next first


def overview(agencies: Iterable[UUID], now: datetime) -> Overview:
    """Collect what goes on in the tenders of some agencies, in as many queries for any number."""
    own = Tender.objects.filter(agency__in=[*agencies]).select_related("agency")
    closings = list(
        own.filter(state=TenderState.PUBLISHED).order_by("closes_at", "pk")[:MOST_SHOWN]
    )
    openings = list(_unopened(own).order_by("opens_at", "pk")[:MOST_SHOWN])
    unanswered = list(_unanswered(own)[:MOST_SHOWN])
    demands = list(_open_demands(own)[:MOST_SHOWN])
    late = [
        *(
            Late("close", one, one.closes_at)
            for one in closings
            if one.closes_at + LATE_AFTER < now
        ),
        *(
            Late("opening", one, one.opens_at)
            for one in openings
            if one.opens_at + LATE_AFTER < now
        ),
        *(Late("answer", one.tender, one.answers_until) for one in unanswered),
        *(Late("reply", one.tender, one.due_at) for one in demands if one.due_at <= now),
    ]
    return Overview(
        closings, openings, sorted(late, key=lambda one: (one.since, one.what)), unanswered, demands
    )


def attempts(tender: UUID) -> list[Entry]:
    """List what was refused about a tender, the oldest first.

    What was refused about a filing or a question is concealed until the bids are announced.
    """
    opened = opening_of(tender) is not None
    found = Event.objects.of_tender(tender, including_concealed=opened).filter(verb=Verb.REFUSED)
    return entries(found, opened=opened)


def _unopened(own: QuerySet[Tender]) -> QuerySet[Tender]:
    opened = Opening.objects.filter(tender=OuterRef("pk"), opened_at__isnull=False)
    return own.filter(~Exists(opened), state=TenderState.CLOSED)


def _unanswered(own: QuerySet[Tender]) -> QuerySet[MissedCutOff]:
    """Give the newest missed cut-off of each tender, with how many questions it left open."""
    later = MissedCutOff.objects.filter(
        tender=OuterRef("tender"), answers_until__gt=OuterRef("answers_until")
    )
    left = Q(tender__asked__answer=None, tender__asked__asked_at__lt=F("answers_until")) & Q(
        tender__asked__isnull=False
    )
    found = MissedCutOff.objects.filter(
        ~Exists(later), tender__in=own, tender__ended_at=None
    ).annotate(left=Count("tender__asked", filter=left))
    return found.filter(left__gt=0).select_related("tender__agency").order_by("answers_until", "pk")


def _open_demands(own: QuerySet[Tender]) -> QuerySet[Demand]:
    found = Demand.objects.filter(tender__in=own, reply=None)
    return found.select_related("tender__agency").order_by("due_at", "pk")
