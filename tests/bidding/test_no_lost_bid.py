"""No bid is lost, and none is counted that was not confirmed, in whatever order things happen.

A machine plays suppliers who file, replace, confirm and withdraw, and an agency that changes the
notice and the deadline. At the close the set is exactly what its bidders last got a receipt for
and did not take back, for the notice in force; every other receipt is explained
(requirement B15, B18, D32, D33, F47).
"""

import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings as django_settings
from hypothesis import event, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from pytest_django.fixtures import Settings

from bidding.models import Bid, BidState, Opening, Receipt
from bidding.sealed.opening import Close
from procurement.objects import fetch
from tests import databases
from tests.bidding import filing, opened
from tests.bidding.confirming import confirmed
from tests.signing import Trust
from tests.tenders import changing
from tests.thoroughness import plays
from tests.world import World, published_tender

suppliers = strategies.integers(0, 2)
prices = strategies.sampled_from(["11.00", "12.50"])


class Play(RuleBasedStateMachine):
    """One tender from its publication to its close."""

    trust: ClassVar[Trust]

    @initialize()
    def publish(self) -> None:
        """Begin with a tender that takes bids for an hour, and one bid."""
        self.left = ExitStack()
        self.left.enter_context(databases.fresh())
        folder = self.left.enter_context(tempfile.TemporaryDirectory())
        django_settings.VAULT = f"dir://{Path(folder) / 'vault'}"
        self.world = World.at_first(self.trust)
        self.world.wind_to(self.world.now)
        self.tender = published_tender(self.world)
        self.live: dict[int, filing.FiledBid] = {}
        self.file(0, "12.50")

    def teardown(self) -> None:
        """Let the deadline pass, and compare what the platform says with what was played."""
        if not hasattr(self, "tender"):
            return
        with self.left:
            tender = opened.close(self.world, changing.again(self.tender))
            counted = {
                one.bid.digest for one in self.live.values() if one.bid.notice == tender.notice
            }
            self.the_set_is_what_was_last_receipted(counted)
            self.every_receipt_is_explained(tender.notice)
            event(f"{len(counted)} of {len(self.live)} count")

    @rule(supplier=suppliers, price=prices)
    def file(self, supplier: int, price: str) -> None:
        company = self.world.suppliers[supplier]
        tender = changing.again(self.tender)
        self.live[supplier] = filing.filed_bid(self.world, tender, company, price)

    @rule(supplier=suppliers)
    def confirm(self, supplier: int) -> None:
        """Whoever confirms what needs no confirmation gets the receipt that there is."""
        if (before := self.live.get(supplier)) is None:
            return
        tender = changing.again(self.tender)
        if before.bid.notice == tender.notice:
            return
        company = self.world.suppliers[supplier]
        self.live[supplier] = confirmed(self.world, tender, company, before)

    @rule(supplier=suppliers)
    def withdraw(self, supplier: int) -> None:
        if taken := self.live.pop(supplier, None):
            filing.withdrawn_bid(self.world, self.world.suppliers[supplier], taken.bid)

    @rule()
    def amend(self) -> None:
        changing.amended(self.world, self.tender)

    @rule()
    def extend(self) -> None:
        changing.extended(self.world, self.tender)

    @rule()
    def wait(self) -> None:
        self.world.wind_to(self.world.now + timedelta(seconds=1))

    def the_set_is_what_was_last_receipted(self, wanted: set[str]) -> None:
        said = Close.read(fetch(Opening.objects.get(tender=self.tender).close).body)
        states = Bid.objects.filter(state=BidState.COUNTED).values_list("digest", flat=True)

        assert {one.bid for one in said.bids} == {*states} == wanted

    def every_receipt_is_explained(self, notice: str) -> None:
        lives = {one.bid.digest for one in self.live.values()}
        for receipt in Receipt.objects.select_related("bid"):
            bid = receipt.bid
            explained = {
                BidState.COUNTED: bid.digest in lives and bid.notice == notice,
                BidState.LAPSED: bid.digest in lives and bid.notice != notice,
                BidState.SUPERSEDED: bid.superseded_by.filter(receipt__isnull=False).exists(),
                BidState.WITHDRAWN: bool(bid.withdrawal_form_sha256),
            }
            assert explained.get(BidState(str(bid.state))), bid.state


def test_the_closed_set_is_what_was_last_confirmed_and_every_receipt_is_explained(
    django_db_setup: None, django_db_blocker: Any, trust: Trust, settings: Settings
) -> None:
    """Requirement B15, B18, D33, F47."""
    settings.VAULT = settings.VAULT  # put back when the test ends
    Play.trust = trust
    with django_db_blocker.unblock():
        run_state_machine_as_test(Play, settings=plays(3, steps=8))
