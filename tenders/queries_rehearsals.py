"""Reading rehearsals that are repeated before the deadline: who was asked, and who has answered."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max

from tenders.models import Panel, RepeatedRehearsal, Seat, Tender, TenderState
from tenders.packs import every_pack, pack
from tenders.rules.rehearsal import is_due, is_late


def repeat_before(tender: Tender) -> timedelta:
    """Give how long before the deadline the pack has the panel rehearse again; zero for never."""
    rules = pack(tender.pack_name, tender.pack_version).rules
    return timedelta(seconds=rules.repeat_rehearsal.value)


def last_repeats(seats: Iterable[Seat]) -> dict[UUID, RepeatedRehearsal]:
    """Give the newest repeated rehearsal of each seat that has one, by the seat."""
    asked = RepeatedRehearsal.objects.filter(seat__in=[seat.pk for seat in seats])
    return {one.seat_id: one for one in asked.order_by("closes_at")}


def last_repeat(seat: Seat) -> RepeatedRehearsal | None:
    """Give the newest repeated rehearsal of a seat, None where none was asked for."""
    return last_repeats([seat]).get(seat.pk)


def has_repeated(repeat: RepeatedRehearsal | None) -> bool | None:
    """Tell whether a rehearsal was repeated, None where nobody asked for it."""
    return None if repeat is None else repeat.answered_at is not None


def to_be_asked(now: datetime) -> list[Tender]:
    """Find the tenders whose panel is to rehearse again now."""
    return [tender for tender in _near(now) if is_to_be_asked(tender, now)]


def is_to_be_asked(tender: Tender, now: datetime) -> bool:
    """Tell whether a tender's panel is to rehearse again now."""
    panel = Panel.objects.filter(tender=tender).first()
    if panel is None or panel.drawn_up_at is None:
        return False
    asked = RepeatedRehearsal.objects.filter(seat__in=Seat.objects.filter(tender=tender))
    last = asked.aggregate(last=Max("closes_at"))["last"] or panel.drawn_up_at
    rehearsed_for = max(panel.drawn_up_at, last)
    before = repeat_before(tender)
    return is_due(tender.closes_at, before, rehearsed_for=rehearsed_for, now=now)


def not_repeated(now: datetime) -> dict[Tender, list[RepeatedRehearsal]]:
    """Find the tenders of which half the time to answer is over, and whose answers are missing."""
    late = {
        tender.pk: tender
        for tender in _near(now)
        if is_late(tender.closes_at, repeat_before(tender), now)
    }
    seats = Seat.objects.filter(tender__in=late, repeats__isnull=False).select_related("user")
    by_seat = {seat.pk: seat for seat in seats}
    found: dict[Tender, list[RepeatedRehearsal]] = {}
    for pk, repeat in last_repeats(by_seat.values()).items():
        if repeat.answered_at is None:
            repeat.seat = by_seat[pk]
            found.setdefault(late[repeat.seat.tender_id], []).append(repeat)
    return found


def _near(now: datetime) -> list[Tender]:
    """Find the tenders whose deadline is near by any pack."""
    longest = max(one.rules.repeat_rehearsal.value for one in every_pack().values())
    near = Tender.objects.filter(
        state=TenderState.PUBLISHED,
        closes_at__gt=now,
        closes_at__lte=now + timedelta(seconds=longest),
    )
    return list(near.select_related("agency").order_by("closes_at", "pk"))
