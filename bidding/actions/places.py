"""Who has which place at an opening, and the rows that every act of it locks, in one order."""

from uuid import UUID

from bidding.models import Opening
from procurement.actors import Actor
from procurement.refusals import NotFound, NotPermitted, Refusal
from procurement.texts import Text
from tenders.models import RUNNING, Interests, Seat, Tender


class NotClosedYet(Refusal):
    code, status = "not-closed-yet", 409
    title = Text("Bids have not been closed yet", "投标尚未封存")


class NothingToOpen(Refusal):
    code, status = "nothing-to-open", 409
    title = Text(
        "The tender has ended and nothing of it will be opened; nobody needs to come",
        "招标已结束，不再开标，无须到场",
    )


def locked(tender_id: UUID, by: Actor) -> tuple[Tender, Opening]:
    """Lock a tender that ``by`` may see, and then its opening.

    :raises NotFound: for a tender that is not there, or not for ``by``.
    :raises NotClosedYet: before the close.
    :raises NothingToOpen: for one that ended before.
    """
    seen = Tender.objects.visible_to(by).select_for_update(of=("self",))
    tender = seen.filter(pk=tender_id, published_at__isnull=False).first()
    if tender is None:
        raise NotFound
    openings = Opening.objects.select_for_update(of=("self",)).filter(tender=tender)
    opening = openings.select_related("tender").order_by("begun_at", "envelope").first()
    if opening is None:
        raise NotClosedYet if tender.state in RUNNING else NothingToOpen
    return tender, opening


def seat_of(tender: Tender, by: Actor) -> Seat:
    """Find the seat that ``by`` holds.

    :raises NotPermitted: to everyone else, and to who declared a conflict of interests.
    """
    seat = Seat.objects.filter(tender=tender, user=by.user_id).select_related("user").first()
    conflicts = Interests.objects.filter(tender=tender, user=by.user_id, conflict=True)
    if seat is None or conflicts.exists():
        raise NotPermitted
    return seat


def opener(tender: Tender, by: Actor) -> tuple[Seat, int]:
    """Find the opener's seat that ``by`` holds, and the opener's number.

    :raises NotPermitted: to everyone else.
    """
    seat = seat_of(tender, by)
    if seat.idx is None:
        raise NotPermitted
    return seat, seat.idx
