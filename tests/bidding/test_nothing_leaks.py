"""No order of actions reveals anything of a bid before its opening, and no receipt is lost.

A machine plays suppliers, openers, the timekeeper, a supervisor, liars among them, and the clock,
in any order. After every act it looks at the tender as everybody sees it, into the database and
into the vault.

Requirement D38.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings as django_settings
from django.db import DatabaseError
from hypothesis import event, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django.fixtures import Settings

from bidding.ceremonies import closing
from bidding.models import HolderNote, OpenedBid, OpenedDocument, Opening, OpeningState, Receipt
from bidding.queries_opening import (
    ANNOUNCED,
    history_for,
    minutes_of,
    opened_of,
    status,
)
from bidding.sealed.answers import TIMEKEEPER
from bidding.sealed.bid import Receipt as ReceiptObject
from bidding.sealed.opening import Close
from procurement.actors import ANONYMOUS, Actor
from procurement.journal.sequencer import tick
from procurement.models import Event, ProtocolObject
from procurement.objects import fetch
from procurement.refusals import Refusal
from tenders.actions.orders import make
from tests import databases
from tests.bidding import filing, opened
from tests.signing import Trust
from tests.thoroughness import plays
from tests.world import OPENERS, World, order, published_tender

SECRET = b"%PDF-1.7\n%the secret of the bidder\n%%EOF\n"
TOTALS = {"7919.13": "89486.17", "104.73": "1183.45", "15485.86": "174990.22"}
OUTSIDERS = ("officer", "proposer", "overseer", "operator", "legal")
HOLDERS = (*OPENERS[:3], TIMEKEEPER)

suppliers = strategies.integers(0, 2)
prices = strategies.sampled_from(sorted(TOTALS))
openers = strategies.sampled_from(OPENERS[:3])
lies = strategies.booleans()


def closed(play: "Play") -> bool:
    """Tell whether holders have anything to do yet; what they do before is refused elsewhere."""
    return Opening.objects.filter(tender=play.tender).exists()


def not_closed(play: "Play") -> bool:
    """Tell whether the close has not been fixed yet; the deadline may have passed."""
    return not closed(play)


class Play(RuleBasedStateMachine):
    """One tender, from its publication to as far as the play goes."""

    trust: ClassVar[Trust]

    @initialize(first=strategies.lists(prices, min_size=1, max_size=2))
    def publish(self, first: list[str]) -> None:
        """Begin with a tender that takes bids for an hour, and has one or two."""
        self.left = ExitStack()
        self.left.enter_context(databases.fresh())
        folder = self.left.enter_context(tempfile.TemporaryDirectory())
        self.vault = Path(folder) / "vault"
        django_settings.VAULT = f"dir://{self.vault}"
        self.world = World.at_first(self.trust)
        self.world.wind_to(self.world.now)
        self.tender = published_tender(self.world)
        self.live: dict[int, filing.FiledBid] = {}
        self.ended: set[str] = set()
        for supplier, price in enumerate(first):
            self.file(supplier, price)
        assert len(self.live) == len(first)

    def teardown(self) -> None:
        """Play to the end, so that every play is opened; then let go of database and vault."""
        if not hasattr(self, "left"):
            return
        with self.left:
            self.order("resume")
            for _ in range(7):
                self.go_on()
            self.every_receipt_is_a_bid_that_opens_or_a_recorded_cause()
            self.nothing_is_announced_without_a_quorum_and_the_timekeeper()
            assert self._announced() is bool(self.live)
            event("announced" if self._announced() else "nobody had filed")

    # What suppliers do

    @precondition(not_closed)
    @rule(supplier=suppliers, price=prices)
    def file(self, supplier: int, price: str) -> None:
        with suppress(Refusal, DatabaseError):
            company = self.world.suppliers[supplier]
            filed = filing.filed_bid(self.world, self.tender, company, price, document=SECRET)
            assert self.world.now < self.tender.closes_at
            if before := self.live.pop(supplier, None):
                self.ended.add(before.bid.digest)
            self.live[supplier] = filed

    @precondition(not_closed)
    @rule(supplier=suppliers)
    def withdraw(self, supplier: int) -> None:
        if supplier not in self.live:
            return
        with suppress(Refusal, DatabaseError):
            company, bid = self.world.suppliers[supplier], self.live[supplier].bid
            filing.withdrawn_bid(self.world, company, bid)
            assert self.world.now < self.tender.closes_at
            self.ended.add(self.live.pop(supplier).bid.digest)

    # What time and the platform do

    @rule(seconds=strategies.sampled_from([1, 59, 601]))
    def wait(self, seconds: int) -> None:
        self.world.wind_to(self.world.now + timedelta(seconds=seconds))

    @precondition(not_closed)
    @rule()
    def deadline(self) -> None:
        ends = self.tender.closes_at + timedelta(seconds=self.tender.grace_seconds or 0)
        tick(self.world.now)
        self.world.wind_to(max(self.world.now, ends))

    @rule()
    def work(self) -> None:
        closing.due(now=self.world.now)
        opened.proceed(self.world)

    # What holders do, honestly or not

    @precondition(closed)
    @rule(opener=openers)
    def come(self, opener: str) -> None:
        with suppress(Refusal):
            opened.come(self.world, self.tender, opener)

    @precondition(closed)
    @rule(opener=openers)
    def ask(self, opener: str) -> None:
        with suppress(Refusal):
            opened.ask(self.world, self.tender, opener)

    @precondition(closed)
    @rule(holder=strategies.sampled_from(HOLDERS), lie=lies)
    def try_the_set(self, holder: str, lie: bool) -> None:
        with suppress(Refusal):
            said = opened.failures(self.world, self.tender, holder)
            if lie:
                named = [one.digest() for one, _ in opened.files(self.world, self.tender, holder)]
                said = replace(said, failed=tuple(named[:1]))
            opened.hand_in(self.world, self.tender, holder, said)

    @precondition(closed)
    @rule(opener=openers, lie=lies)
    def disclose(self, opener: str, lie: bool) -> None:
        with suppress(Refusal):
            said = opened.disclosure(self.world, self.tender, opener)
            if lie:
                garbled = [replace(one, file_key=bytes(16)) for one in said.shares]
                said = replace(said, shares=tuple(garbled))
            opened.hand_in(self.world, self.tender, opener, said)
            assert not lie or not said.shares

    @precondition(closed)
    @rule(lie=lies)
    def release(self, lie: bool) -> None:
        with suppress(Refusal):
            said = opened.release_of(self.world, self.tender)
            if lie:
                said = replace(said, pads=tuple(replace(one, pad=bytes(32)) for one in said.pads))
            opened.hand_in(self.world, self.tender, TIMEKEEPER, said)
            assert not lie or not said.pads

    @precondition(closed)
    @rule(effect=strategies.sampled_from(["suspend", "resume"]))
    def order(self, effect: str) -> None:
        with suppress(Refusal):
            note = order(self.world, self.tender, effect)
            by = self.world.by("overseer")
            make(tender_id=self.tender.pk, order_note=note, by=by, now=self.world.now)

    @rule()
    def go_on(self) -> None:
        """Let everybody do what is theirs to do next, so that plays come to an end."""
        opening = Opening.objects.filter(tender=self.tender).first()
        if opening is None:
            if self.live:
                self.deadline()
            self.work()
            return
        state = OpeningState(str(opening.state))
        steps: dict[OpeningState, list[Callable[[], None]]] = {
            OpeningState.GATHERING: [
                *(lambda one=one: self.come(one) for one in OPENERS[:2]),  # type: ignore[misc]
                lambda: opened.witnessed(self.world),
                lambda: self.ask(OPENERS[0]),
            ],
            OpeningState.REQUESTED: [
                *(lambda one=one: self.try_the_set(one, False) for one in HOLDERS),  # type: ignore[misc]
                lambda: self.wait(601),
            ],
            OpeningState.REVEALS_CLOSED: [
                *(lambda one=one: self.disclose(one, False) for one in OPENERS[:3]),  # type: ignore[misc]
                lambda: opened.witnessed(self.world),
            ],
            OpeningState.INTENDED: [
                lambda: opened.witnessed(self.world),
                lambda: self.release(False),
            ],
        }
        for step in steps.get(state, []):
            step()
        self.work()

    # What must hold after every act

    @invariant()
    def nothing_is_revealed_before_the_opening(self) -> None:
        """Not on any page, not in the journal's open part, not in a table, not in the vault."""
        if self._announced():
            return
        assert not OpenedBid.objects.exists()
        assert not OpenedDocument.objects.exists()
        secrets = [*TOTALS, *TOTALS.values(), "secret of the bidder"]
        stored = [bytes(one.body) for one in ProtocolObject.objects.all()]
        stored += [bytes(one.event) for one in Event.everything.all()]
        stored += [file.read_bytes() for file in self.vault.rglob("sealed/**/*.bytes")]
        assert [one for one in secrets if any(one.encode() in raw for raw in stored)] == []

    @invariant()
    def nobody_outside_counts_bids_before_the_opening(self) -> None:
        """Neither a digest of a bid nor a bidder stands in anything that outsiders read."""
        if self._announced():
            return
        hidden = {one.bid.digest for one in self.live.values()} | self.ended
        hidden |= {str(self.world.suppliers[one].organisation.pk) for one in self.live}
        for who in self._outsiders():
            shown = "".join(self._shown_to(who))
            assert [one for one in hidden if one in shown] == []

    @invariant()
    def every_receipt_is_a_bid_that_opens_or_a_recorded_cause(self) -> None:
        """And nothing else stands in the closed set: nothing late, replaced or taken back."""
        opening = Opening.objects.filter(tender=self.tender).first()
        if opening is None:
            return
        closed = {one.bid for one in Close.read(fetch(opening.close).body).bids}
        assert closed == {one.bid.digest for one in self.live.values()}
        for receipt in Receipt.objects.all():
            said = ReceiptObject.of(json.loads(receipt.note.split("\n\n")[0]))
            assert said.bid in closed | self.ended
            assert said.received_at < self.tender.closes_at
        if self._announced():
            outcomes = {one.bid: one for one in opened_of(opening).bids}
            assert outcomes.keys() == closed
            assert minutes_of(opening).announced == tuple(outcomes.values())
            assert [one.cause for one in outcomes.values() if one.cause not in CAUSES] == []

    @invariant()
    def nothing_is_announced_without_a_quorum_and_the_timekeeper(self) -> None:
        if not self._announced():
            return
        notes = HolderNote.objects.filter(opening__tender=self.tender)
        assert notes.filter(kind=HolderNote.DISCLOSURE).values("holder").distinct().count() >= 2
        assert notes.filter(kind=HolderNote.RELEASE, holder=TIMEKEEPER).count() == 1
        assert self.world.now >= self.tender.closes_at

    def _announced(self) -> bool:
        return Opening.objects.filter(tender=self.tender, state__in=ANNOUNCED).exists()

    def _outsiders(self) -> list[Actor]:
        return [ANONYMOUS, *(self.world.by(one) for one in OUTSIDERS)]

    def _shown_to(self, who: Actor) -> Iterator[str]:
        yield str(status(self.tender.pk, who))
        with suppress(Refusal):
            yield opened.readable(history_for(self.tender.pk, who))
        # The journal as supervisors read it; a bid's own acts stand in its concealed part.
        for one in Event.objects.of_tender(self.tender.pk):
            if not one.withheld:
                yield one.event.decode()


# Where holders lie about what decrypts, a bid may end in a dispute; no bidder is blamed for it.
CAUSES = ("opened", "disputed", "bidder-fault")


def test_nothing_leaks_and_nothing_is_lost(
    django_db_setup: None, django_db_blocker: Any, trust: Trust, settings: Settings
) -> None:
    settings.VAULT = settings.VAULT  # put back when the test ends
    Play.trust = trust
    with django_db_blocker.unblock():
        run_state_machine_as_test(Play, settings=plays(5, steps=20))
