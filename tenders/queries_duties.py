"""Who did what to a tender, and so may not do certain other things to it."""

from collections.abc import Iterable
from uuid import UUID

from procurement.models import Event, NoteKey, User
from tenders.models import Approval, Interests, Seat, Tender
from tenders.verbs import Verb

OFFICERS_ACTS = (
    Verb.TENDER_DRAFTED,
    Verb.TENDER_EDITED,
    Verb.DOCUMENT_ADDED,
    Verb.PANEL_APPOINTED,
    Verb.KEYSET_DRAWN_UP,
    Verb.SUBMITTED_FOR_APPROVAL,
    Verb.AMENDMENT_DRAFTED,
    Verb.AMENDMENT_EDITED,
    Verb.AMENDMENT_SUBMITTED,
    Verb.EXTENSION_PROPOSED,
    Verb.EXTENSION_REPLACED,
)


def officers_of(tender: Tender) -> frozenset[UUID]:
    """Name everyone who acted on a tender as its officer, as the journal tells it."""
    acts = Event.objects.filter(tender=tender.pk, verb__in=OFFICERS_ACTS, by__isnull=False)
    return frozenset(by for by in acts.values_list("by", flat=True) if by is not None)


def openers_of(tender: Tender, amendment: UUID | None = None) -> frozenset[UUID]:
    """Name the people who hold a share of the keys, or would with an amendment."""
    rows = Seat.everything.filter(amendment=amendment) if amendment else Seat.objects.all()
    seats = rows.filter(tender=tender, holder__startswith="opener-")
    return frozenset(seats.values_list("user_id", flat=True))


def approvals_of(tender: Tender) -> list[Approval]:
    """List the approvals of a draft as it stands now; those of an earlier revision are void."""
    rows = Approval.objects.filter(tender=tender, revision=tender.revision, approved=True)
    return list(rows.order_by("at"))


def undeclared(tender: Tender, people: Iterable[UUID]) -> list[User]:
    """Name those of some people who have not said that they have no interest in a tender."""
    impartial = Interests.objects.filter(tender=tender, conflict=False).values("user")
    return list(User.objects.filter(pk__in=people).exclude(pk__in=impartial).order_by("name"))


def conflicted(tender: Tender, people: Iterable[UUID]) -> list[User]:
    """Name those of some people who have declared an interest in a tender."""
    declared = Interests.objects.filter(tender=tender, conflict=True).values("user")
    return list(User.objects.filter(pk__in=declared).filter(pk__in=people).order_by("name"))


def standing_keys(bodies: Iterable[UUID]) -> list[str]:
    """List the keys with which bodies sign what they decide."""
    keys = NoteKey.objects.filter(
        organisation__in=bodies, purpose=NoteKey.STANDING, retired_at=None
    )
    return list(keys.order_by("pk").values_list("vkey", flat=True))
