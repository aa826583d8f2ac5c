"""Letters about what happened to a tender, out of the outbox.

What happens is announced where it is done; here everybody concerned gets a letter of their own.
The rooms above write theirs about a tender through ``tell``, too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from procurement.instants import written
from procurement.letter import Audience, Letter
from procurement.mail import write_to_each
from procurement.models import OutboxMessage, User
from procurement.recipients import holding
from procurement.refusals import Fact
from procurement.roles import Role
from procurement.texts import Text
from tenders.models import Following, Panel, Seat, Tender
from tenders.queries_panel import overseers_of
from tenders.rules.letters import letters_for
from tenders.rules.letters_panel import LEFT_OUT

People = Callable[[Tender, datetime], list[User]]


def handle(message: OutboxMessage, *, now: datetime) -> None:
    """Write the letters that something asks for; a second time changes nothing."""
    tell_all(letters_for(message.verb, message.payload), message, now=now)
    if without := str(message.payload.get("left_out", "")).split():
        _tell_left_out(without, message, now)


def _tell_left_out(without: Sequence[str], message: OutboxMessage, now: datetime) -> None:
    tender = Tender.objects.select_related("agency").get(pk=message.subject)
    people, facts = User.objects.filter(pk__in=without).order_by("pk"), facts_of(tender)
    source = str(message.pk)
    write_to_each(LEFT_OUT, people, source=source, facts=facts, tender=tender.pk, now=now)


def tell_all(letters: Sequence[Letter], message: OutboxMessage, *, now: datetime) -> None:
    """Write the letters that a message about a tender asks for."""
    if not letters:
        return
    tender = Tender.objects.select_related("agency").get(pk=message.subject)
    for letter in letters:
        tell(letter, tender, source=str(message.pk), facts=message.payload, now=now)


def tell(
    letter: Letter, tender: Tender, *, source: str, facts: Mapping[str, Fact], now: datetime
) -> None:
    """Write a letter to everybody whom it is for; ``source`` is the reason, once for each."""
    said = {**facts, **facts_of(tender)}
    for audience in letter.to:
        for chosen, people in _among(audience, tender, now):
            # Whether a notice reached anybody must not depend on who filed a bid.
            counted = replace(letter, critical=letter.critical and chosen)
            write_to_each(counted, people, source=source, facts=said, tender=tender.pk, now=now)


def facts_of(tender: Tender) -> dict[str, Fact]:
    """Give what every letter about a tender says of it."""
    agency = tender.agency
    return {
        "title": tender.title,
        "agency": Text(agency.name_en, agency.name_zh or agency.name_en),
        "closes_at": written(tender.closes_at),
        "opens_at": written(tender.opens_at),
        "address": f"{settings.SITE}/tenders/{tender.pk}/",
    }


def _among(audience: Audience, tender: Tender, now: datetime) -> list[tuple[bool, list[User]]]:
    """Name the people, those apart who follow a tender only because they filed a bid."""
    if audience != Audience.FOLLOWERS:
        return [(True, PEOPLE[audience](tender, now))]
    following = Following.objects.filter(tender=tender).select_related("user").order_by("pk")
    chosen: list[User] = []
    filed: list[User] = []
    for one in following:
        (chosen if one.chosen else filed).append(one.user)
    return [(True, chosen), (False, filed)]


def _at_the_agency(role: Role) -> People:
    return lambda tender, now: holding(role, [tender.agency_id], now)


def _holders(tender: Tender, now: datetime) -> list[User]:  # noqa: ARG001
    return _people(_in_force(tender))


def _proposed(tender: Tender, now: datetime) -> list[User]:  # noqa: ARG001
    return _people(_last_proposed(tender))


def _called(tender: Tender, now: datetime) -> list[User]:  # noqa: ARG001
    return _people(_last_proposed(tender).exclude(user__in=_in_force(tender).values("user")))


def _leaving(tender: Tender, now: datetime) -> list[User]:  # noqa: ARG001
    return _people(_in_force(tender).exclude(user__in=_last_proposed(tender).values("user")))


def _replaced(tender: Tender, now: datetime) -> list[User]:  # noqa: ARG001
    in_force = _in_force(tender).values("user")
    replaced = Seat.everything.filter(tender=tender, replaced_at__isnull=False)
    last = replaced.order_by("-replaced_at").values("replaced_at")[:1]
    return _people(replaced.filter(replaced_at=last).exclude(user__in=in_force))


def _in_force(tender: Tender) -> QuerySet[Seat]:
    return Seat.objects.filter(tender=tender)


def _last_proposed(tender: Tender) -> QuerySet[Seat]:
    brought = Panel.everything.filter(tender=tender, amendment__isnull=False)
    last = brought.order_by("-appointed_at").values("amendment")[:1]
    return Seat.everything.filter(tender=tender, amendment=last)


def _people(seats: QuerySet[Seat]) -> list[User]:
    return [seat.user for seat in seats.filter(user__machine=False).select_related("user")]


def _supervisors(tender: Tender, now: datetime) -> list[User]:
    return holding(Role.SUPERVISOR, [body.pk for body in overseers_of(tender.agency)], now)


PEOPLE: dict[Audience, People] = {
    Audience.OFFICERS: _at_the_agency(Role.OFFICER),
    Audience.LEGAL_APPROVERS: _at_the_agency(Role.LEGAL_APPROVER),
    Audience.FINANCE_APPROVERS: _at_the_agency(Role.FINANCE_APPROVER),
    Audience.PROPOSERS: _at_the_agency(Role.AWARD_PROPOSER),
    Audience.DECIDERS: _at_the_agency(Role.AWARD_DECIDER),
    Audience.HOLDERS: _holders,
    Audience.PROPOSED: _proposed,
    Audience.CALLED: _called,
    Audience.LEAVING: _leaving,
    Audience.REPLACED: _replaced,
    Audience.SUPERVISORS: _supervisors,
}
