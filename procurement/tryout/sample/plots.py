"""What happens in the sample world: sixty small stories, each of which yields when it waits.

A plot is a generator. It acts at one instant by the real actions, and yields the instant at which
it goes on. ``seeding`` lets all of them go on in the order of their instants.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from awards.actions.deciding import decide
from awards.actions.proposing import propose
from awards.queries import result
from bidding.models import Opening, OpeningState, Receipt
from procurement.journal.record import control_head
from procurement.tryout.sample import bidding, changing, holding, tendering
from procurement.tryout.sample.names import THINGS
from procurement.tryout.sample.tendering import Wanted
from procurement.tryout.sample.world import Body, World
from tenders.actions.ending import cancel
from tenders.actions.orders import make
from tenders.models import ApprovalKind, Tender, TenderState
from tenders.notice import Order

Plot = Generator[datetime, None, None]
About = Generator[datetime, None, UUID]  # one that tells which tender it was about
Story = Generator[datetime, None, object]  # either of them
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TICK = timedelta(seconds=12)  # so that a step stands in the log before the next
STEPS_OF_AN_OPENING = 12  # at most, with a tick each
# What each law asks for, and a festival on top of it.
PERIOD = {"cn-bidding": 32 * DAY, "cn-gp": 32 * DAY, "eu-2014-24": 46 * DAY}


@dataclass(frozen=True)
class Cue:
    """One story: where it begins and ends, and with whom."""

    number: int
    agency: Body
    suppliers: tuple[Body, ...]
    pack: str
    begins: datetime
    closes: datetime
    ends: Ending

    @property
    def wanted(self) -> Wanted:
        """Say what this story is about."""
        return Wanted(self.agency, THINGS[self.number % len(THINGS)], self.pack, self.closes)


def up_to_draft(world: World, cue: Cue) -> Plot:
    """A draft that its officer still works on."""
    yield cue.begins
    tendering.drafted(world, cue.wanted)


def up_to_approval(world: World, cue: Cue) -> Plot:
    """A draft that waits for its approvers: one of them has looked at it."""
    tender, agency = (yield from _drafted(world, cue)), cue.agency
    tendering.submitted(world, tender, agency)
    yield world.now + HOUR
    if cue.number % 2:
        tendering.approved(world, tender, agency, ApprovalKind.FINANCE)


def up_to_published(world: World, cue: Cue) -> Plot:
    """A tender that takes bids, and has some that nobody sees."""
    tender = yield from _published(world, cue)
    yield from _filed(world, cue, tender)


def up_to_suspended(world: World, cue: Cue) -> Plot:
    """A tender that the supervisor holds up."""
    tender = yield from _published(world, cue)
    yield world.now + DAY
    overseer = world.by(world.supervisor.people["overseer"])
    note = _order(world, tender, "suspend", "A complaint about the specification", world.supervisor)
    make(tender_id=tender, order_note=note, by=overseer, now=world.now)


def up_to_cancelled(world: World, cue: Cue) -> Plot:
    """A tender that the agency gave up."""
    tender = yield from _published(world, cue)
    yield from _filed(world, cue, tender)
    yield world.now + HOUR
    officer = world.by(cue.agency.people["officer"])
    note = _order(world, tender, "cancel", "The money went to flood relief", cue.agency)
    cancel(tender_id=tender, order_note=note, by=officer, now=world.now)


def up_to_closed(world: World, cue: Cue) -> About:
    """A tender whose time has passed. With too few bids it ends here by itself."""
    tender = yield from _published(world, cue)
    yield from _filed(world, cue, tender)
    yield from _closed(world, tender)
    return tender


def up_to_minutes(world: World, cue: Cue) -> About:
    """A tender whose bids are opened and minuted."""
    tender = yield from up_to_closed(world, cue)
    yield from _opened(world, tender)
    return tender


def up_to_award(world: World, cue: Cue) -> Plot:
    """A tender that was awarded to the lowest price."""
    tender = yield from up_to_minutes(world, cue)
    yield world.now + 2 * DAY
    if Tender.objects.get(pk=tender).state == TenderState.CLOSED:
        yield from _awarded(world, cue, tender)


def with_withdrawal(world: World, cue: Cue) -> Plot:
    """A tender in which one supplier replaces its bid and another takes its own back."""
    tender = yield from _published(world, cue)
    receipts = yield from _filed(world, cue, tender)
    yield world.now + HOUR
    bidding.filed(world, tender, cue.suppliers[0], _price(cue, 0, "0.97"))
    yield world.now + HOUR
    bidding.withdrawn(world, receipts[-1], cue.suppliers[-1])
    yield from _closed(world, tender)
    yield from _opened(world, tender)


def with_questions(world: World, cue: Cue) -> Plot:
    """A tender about which two suppliers ask the same, and everybody gets the answer."""
    tender = yield from _published(world, cue)
    yield world.now + DAY
    first = changing.asked(world, tender, cue.suppliers[0], changing.ASKED.en)
    yield world.now + DAY
    second = changing.asked(world, tender, cue.suppliers[1], changing.ASKED.zh)
    yield world.now + DAY
    changing.answered(world, tender, cue.agency, first, second)
    yield from _filed(world, cue, tender)


def with_extension(world: World, cue: Cue) -> Plot:
    """A tender whose deadline moved by a week, and which went its way then."""
    tender = yield from _published(world, cue)
    yield world.now + DAY
    changing.extended(world, tender, cue.agency, cue.closes + 7 * DAY)
    yield from _filed(world, cue, tender)
    yield from _closed(world, tender)
    yield from _opened(world, tender)


def with_amendment(world: World, cue: Cue) -> Plot:
    """A tender that was amended: its last bidder does not confirm, and the bid lapses."""
    tender = yield from _published(world, cue)
    yield world.now + DAY
    receipts = []
    for n, supplier in enumerate(cue.suppliers):
        receipts.append(bidding.filed(world, tender, supplier, _price(cue, n)))
        yield world.now + HOUR
    changing.amended(world, tender, cue.agency, cue.closes + 20 * DAY)
    yield world.now + DAY
    for receipt, supplier in list(zip(receipts, cue.suppliers, strict=True))[:-1]:
        bidding.confirmed_again(world, receipt, supplier)
    yield from _closed(world, tender)
    yield from _opened(world, tender)


Ending = Callable[[World, Cue], Story]


def _drafted(world: World, cue: Cue) -> About:
    yield cue.begins
    tender = tendering.drafted(world, cue.wanted).pk
    yield world.now + HOUR
    tendering.with_panel(world, tender, cue.agency)
    yield world.now + HOUR
    return tender


def _published(world: World, cue: Cue) -> About:
    tender = yield from _drafted(world, cue)
    tendering.submitted(world, tender, cue.agency)
    yield world.now + HOUR
    tendering.approved(world, tender, cue.agency)
    yield world.now + HOUR
    tendering.published(world, tender, cue.agency)
    yield world.now + MINUTE
    return tender


def _filed(world: World, cue: Cue, tender: UUID) -> Generator[datetime, None, list[Receipt]]:
    """File one bid a supplier, at moments of the bid period."""
    receipts = []
    left = cue.closes - world.now
    for n, supplier in enumerate(cue.suppliers):
        yield cue.closes - left * (len(cue.suppliers) - n) / (len(cue.suppliers) + 2)
        receipts.append(bidding.filed(world, tender, supplier, _price(cue, n)))
    return receipts


def _closed(world: World, tender: UUID) -> Plot:
    row = Tender.objects.get(pk=tender)
    yield row.closes_at + timedelta(seconds=row.grace_seconds or 0) + TICK
    yield world.now + TICK


def _opened(world: World, tender: UUID) -> Plot:
    """Open as the holders of keys do: a step, and a tick of the log."""
    for _ in range(STEPS_OF_AN_OPENING):
        opening = Opening.objects.filter(tender=tender).first()
        if opening is None or opening.state == OpeningState.MINUTED:
            return
        if Tender.objects.get(pk=tender).state != TenderState.CLOSED:
            return  # too few bidders
        holding.attend(world.home, tender, world.now)
        yield world.now + TICK


def _awarded(world: World, cue: Cue, tender: UUID) -> Plot:
    people = cue.agency.people
    places = result(Tender.objects.get(pk=tender), bidding.LOT).ranking.places
    best = places[0].bid if places else None
    propose(
        tender_id=tender,
        lot=bidding.LOT,
        bid=best,
        reason="The lowest price" if best else "No bid counts",
        by=world.by(people["proposer"]),
        now=world.now,
    )
    yield world.now + DAY
    decide(
        tender_id=tender,
        lot=bidding.LOT,
        decision="confirmed",
        reason="The ranking was followed",
        by=world.by(people["decider"]),
        now=world.now,
    )


def _order(world: World, tender: UUID, effect: str, cause: str, body: Body) -> bytes:
    assert body.key
    row = Tender.objects.get(pk=tender)
    order = Order(
        tender=str(tender),
        notice=row.notice,
        effect=effect,  # type: ignore[arg-type]  # one of its four
        cause=cause,
        starts_at=world.now,
        ends_at=None,
        control_head=control_head(tender) or "",
    )
    return order.sign(body.key)


def _price(cue: Cue, n: int, factor: str = "1") -> str:
    """Give a price near what the thing costs, the same at every seeding."""
    around = Random(f"{cue.number}/{n}").uniform(0.82, 1.12)
    return f"{cue.wanted.thing.price * around * float(factor):.2f}"
