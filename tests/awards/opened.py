"""A tender whose bids have been opened and whose minutes are signed, in rows.

Every row goes through the edges of its lifecycle; what stood in the sealed bids is given as prices
and verdicts, so that a rule of awarding needs no key ceremony. ``tests/awards/test_journey.py``
comes to the same place through the real opening.
"""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from django.db import connection

from bidding.models import Arrival, Bid, BidMember, OpenedBid, OpenedDocument, Opening, Slot
from bidding.sealed.opening import Request
from procurement import clock, objects
from procurement.actors import Actor
from procurement.models import Organisation, User
from procurement.roles import OrganisationKind
from tenders.models import Lot, PlanLine, Tender
from tests.ground.making import NOW, organisation, person

_serial = itertools.count(1)
OPENED_AT = NOW + timedelta(days=3)


@dataclass(frozen=True)
class Said:
    """What came out of one bid: a price, or a cause why there is none."""

    price: str = ""
    verdict: str = "VALID"  # of the document that had to be signed
    form: str = "VALID"  # of the bid form
    cause: str = "opened"
    members: tuple[str, ...] = ()  # beside the supplier, where it leads a consortium


@dataclass
class OpenedTender:
    """An opened tender, its people and its bids by lot and supplier."""

    tender: Tender
    agency: Organisation
    officer: User
    proposer: User
    decider: User
    bids: dict[tuple[str, str], Bid] = field(default_factory=dict)
    now: datetime = OPENED_AT

    def digest(self, supplier: str, lot: str = "lot-1") -> str:
        return self.bids[lot, supplier].digest

    def by(self, user: User) -> Actor:
        return Actor.of(user, self.now)

    @property
    def proposes(self) -> Actor:
        return self.by(self.proposer)

    @property
    def decides(self) -> Actor:
        return self.by(self.decider)


def digest(*words: object) -> str:
    """Give a digest that names something."""
    return sha256(repr(words).encode()).hexdigest()


def opened_tender(
    lots: Mapping[str, Mapping[str, Said]] | None = None,
    *,
    agency: Organisation | None = None,
    minuted: bool = True,
    short: Collection[str] = (),
) -> OpenedTender:
    """Give an opened tender with the bids of each lot, by supplier; those of short lots sealed."""
    lots = {"lot-1": {"Lotus": Said("100.00"), "Bamboo": Said("125.00")}} if lots is None else lots
    agency = agency or organisation(OrganisationKind.AGENCY, f"Water Works {next(_serial)}")
    officer = person("Olga", officer=agency)
    tender = published_tender(agency, officer, list(lots))
    opened = OpenedTender(
        tender,
        agency,
        officer,
        person("Pia", award_proposer=agency),
        person("Dan", award_decider=agency),
    )
    suppliers = {
        name: organisation(OrganisationKind.SUPPLIER, name) for name in sorted(_names(lots))
    }
    for lot, bids in lots.items():
        for name, said in bids.items():
            opened.bids[lot, name] = filed_bid(
                tender,
                lot,
                suppliers[name],
                officer,
                form=said.form,
                members=[suppliers[one] for one in said.members],
            )
    tender.close(at=tender.closes_at)
    tender.save()
    few = [{"lot": lot, "bids": len(lots[lot]), "seen": "at-the-close"} for lot in sorted(short)]
    opening = _opening(tender, few, minuted=minuted)
    for (lot, name), bid in opened.bids.items():
        bid.count()
        bid.save()
        if lot not in short:
            _open(opening, bid, lots[lot][name])
    return opened


def _names(lots: Mapping[str, Mapping[str, Said]]) -> set[str]:
    """Name every lead and member."""
    bids = [pair for one in lots.values() for pair in one.items()]
    return {name for lead, said in bids for name in (lead, *said.members)}


def published_tender(agency: Organisation, officer: User, lots: list[str]) -> Tender:
    """Give a tender that suppliers may bid for, with the clock a day before its deadline."""
    clock.move(NOW + timedelta(days=1) - datetime.now(UTC))
    line = PlanLine.objects.create(
        agency=agency, title_en="Pipes", title_zh="水管", budget_amount=1000,
        budget_currency="CNY", added_by=officer, added_at=NOW,
    )  # fmt: skip
    line.tender()
    line.save()
    tender = Tender(
        agency=agency, plan_line=line, pack_name="training", pack_version=1,
        title_en=f"Water pipes {next(_serial)}", title_zh="供水管道", currency="CNY",
        validity_days=30, closes_at=NOW + timedelta(days=2), opens_at=NOW + timedelta(days=2),
        created_by=officer, created_at=NOW,
    )  # fmt: skip
    tender.save()
    for position, key in enumerate(lots):
        Lot.objects.create(
            tender=tender, key=key, position=position, title_en=f"Lot {key}", title_zh=f"标段 {key}"
        )
    tender.submit_for_approval(at=NOW)
    tender.save()
    tender.publish(
        at=NOW + timedelta(seconds=next(_serial)),
        by=officer.pk,
        notice=digest("notice", tender.pk),
        grace_seconds=30,
    )
    tender.save()
    return tender


def _opening(tender: Tender, short: list[dict[str, object]], *, minuted: bool) -> Opening:
    opening = Opening(
        tender=tender, envelope="offer", close=digest("close", tender.pk), begun_at=OPENED_AT,
        short=short,
    )  # fmt: skip
    opening.save()
    asked = Request(str(tender.pk), "offer", opening.close, (1, 3))
    request = objects.store(asked.to_json(), tender=tender.pk, at=OPENED_AT)
    moves = [
        lambda: opening.ask(at=OPENED_AT, request=request),
        lambda: opening.close_reveals(at=OPENED_AT, reveals=digest("reveals", tender.pk)),
        lambda: opening.intend(at=OPENED_AT, event=uuid4()),
        lambda: opening.accept_release(at=OPENED_AT, release=digest("release", tender.pk)),
        lambda: opening.announce(at=OPENED_AT, opened=digest("opened", tender.pk)),
        lambda: opening.minute(at=OPENED_AT, minutes=digest("minutes", tender.pk)),
    ]
    for move in moves if minuted else moves[:-1]:
        move()
        opening.save()
    return opening


def _open(opening: Opening, bid: Bid, said: Said) -> None:
    found = said.price if said.cause == "opened" else ""
    outcome = OpenedBid.objects.create(
        bid=bid, opening=opening, cause=said.cause, total=found, total_net=found,
        currency="CNY" if found else "", why="" if found else "It does not combine",
    )  # fmt: skip
    if found:
        OpenedDocument.objects.create(
            bid=outcome, name="technical", path="documents/technical.pdf", length=5,
            sha256=digest("file", bid.pk), signature="required", verdict=said.verdict,
            object_version="1",
        )  # fmt: skip


def filed_bid(
    tender: Tender,
    lot: str,
    supplier: Organisation,
    user: User,
    *,
    form: str = "VALID",
    members: Sequence[Organisation] = (),
) -> Bid:
    """File a bid, with members beside its lead; the database sees at once that it is in time."""
    slot, _ = Slot.objects.get_or_create(tender=tender, lot=lot, supplier=supplier)
    bid = Bid(
        slot=slot, version=1, digest=digest("bid", tender.pk, lot, supplier.pk),
        notice=tender.notice, prepared_by=user, prepared_at=NOW,
    )  # fmt: skip
    bid.save()
    BidMember.objects.bulk_create(
        BidMember(bid=bid, tender=tender, lot=lot, supplier=one) for one in (supplier, *members)
    )
    bid.arrival = Arrival.objects.create(
        tender=tender, supplier=supplier, request_sha256=digest("request", bid.pk), at=NOW
    )
    bid.filed_by, bid.form_sha256, bid.verdict = user, digest("form", bid.pk), form
    bid.at_own_risk = form == "INVALID"
    bid.file()
    bid.save()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return bid


def nobody() -> UUID:
    """Give an id that nothing has."""
    return uuid4()
