"""What a trusted list takes back is drawn up, and two operators let it end; the past stays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from procurement.actors import system_actor
from procurement.refusals import NotPermitted, WrongState
from signatures.actions.lists import keep_lists
from signatures.actions.trust import (
    FourEyes,
    approve_trust,
    reject_trust,
    take_up_trust,
    withdraw_trust,
)
from signatures.models import ListRound, TrustChange, TrustedList, TrustProposal, TrustVersion
from signatures.pdf.anchors import Anchors
from signatures.pdf.judge import judge
from signatures.pdf.policy import Policy
from signatures.pdf.services import Service
from signatures.queries_trust import current_version, gathered, late_lists
from signatures.rules.trust import Change, instant_of
from signatures.training import Credential
from signatures.training_services import revocation_list
from signatures.trust import refreshing
from signatures.trust.lists import SignedList, proposed, services, signed_list
from signatures.waiting import waiting_for
from tests.signatures import trusting
from tests.signatures.documents import NOW, plain_pdf
from tests.signatures.qualifying import (
    YEAR,
    Issue,
    Listed,
    list_of_lists,
    national_list,
    statements,
)
from tests.signatures.serving import Authority, serving
from tests.world import HOUR, World

DAY = timedelta(days=1)
WITHDRAWN = NOW + DAY
NEXT = Issue(2, NOW + 2 * DAY, NOW + YEAR)


@pytest.fixture(scope="module")
def server() -> Iterator[Authority]:
    with serving() as made:
        yield made


@dataclass
class Scheme:
    """A country whose list names the issuing authority, and a version that rests on it."""

    world: World
    server: Authority
    whole: Credential
    country: Credential

    @property
    def issuing(self) -> bytes:
        return self.world.trust.authority.authority("issuing").certificate_der

    def granted(self, **how: Any) -> Listed:
        return Listed(self.issuing, **how)

    def withdrawn(self) -> Listed:
        return self.granted(status="withdrawn", since=WITHDRAWN, history=((NOW - YEAR, "granted"),))

    def publish(self, *listed: Listed, issue: Issue) -> bytes:
        country = national_list(*listed, by=self.country, issue=issue)
        url = self.server.gives("/xx.xml", country)
        whole = list_of_lists(("XX", url, self.country), by=self.whole, issue=issue)
        self.server.gives("/lotl.xml", whole)
        return country

    def refresh(self, at: datetime) -> ListRound:
        def doors(allowed: Any, **how: Any) -> Any:
            return self.server.fetcher(*allowed, largest=how["largest"])

        return refreshing.refresh(now=at, fetcher=doors)

    def approve(self, *more: Change) -> TrustVersion:
        """Approve what the first list says, beside a time-stamping authority."""
        first = self.publish(self.granted(), issue=Issue())
        self.refresh(NOW)
        one = signed_list(first, "XX", [self.country.certificate_der], at=NOW)
        stamps = trusting.changes(self.world)[2]
        return trusting.approved(self.world, *proposed(services(one)), stamps, *more)

    def decided(self, proposal: TrustProposal) -> TrustVersion:
        now, world = self.world.now, self.world
        take_up_trust(proposal_id=proposal.pk, by=world.by("operator"), now=now)
        return approve_trust(proposal_id=proposal.pk, by=world.by("second operator"), now=now)


@pytest.fixture
def scheme(world: World, server: Authority, settings: Settings, tmp_path: Path) -> Scheme:
    world.wind_to(NOW)
    whole, country = (world.trust.issue(name, f"NTRCN-{name}") for name in ("Whole", "Country"))
    settings.LOTL_URL = f"{server.url}/lotl.xml"
    settings.LOTL_SIGNERS = str(tmp_path / "signers.pem")
    settings.TRUSTED_TERRITORIES = ["XX"]
    (tmp_path / "signers.pem").write_bytes(whole.pem())
    return Scheme(world, server, whole, country)


def _entries(version: TrustVersion | None) -> dict[str, dict[str, Any]]:
    assert version is not None
    return {one["purpose"]: one for one in version.entries}


# What is drawn up


def test_a_service_that_was_withdrawn_ends_on_the_day_that_the_list_names(scheme: Scheme) -> None:
    scheme.approve()
    country = scheme.publish(scheme.withdrawn(), issue=NEXT)

    scheme.refresh(NOW + 3 * DAY)

    (made,) = TrustProposal.objects.filter(proposed_by=None)
    assert (made.decision, list(made.found_in)) == (None, ["XX"])
    assert TrustedList.objects.get(pk=made.found_in["XX"]).xml == country
    changes = TrustChange.objects.filter(proposal=made)
    assert {(one.purpose, one.change, one.valid_until) for one in changes} == {
        ("seal", "add", WITHDRAWN),
        ("signer", "add", WITHDRAWN),
    }
    assert current_version() == TrustVersion.objects.get(number=1)  # nothing counts yet


def test_a_service_that_vanished_ends_when_the_list_was_issued_that_lacks_it(
    scheme: Scheme,
) -> None:
    scheme.approve()
    scheme.publish(issue=NEXT)
    scheme.refresh(NOW + 3 * DAY)

    version = scheme.decided(TrustProposal.objects.get(proposed_by=None))

    for purpose in ("signer", "seal"):
        ended = _entries(version)[purpose]
        assert instant_of(ended["valid_from"]) == NOW - YEAR
        assert instant_of(ended["valid_until"]) == NEXT.at
        told = [Service.from_json(one).until for one in ended["services"]]
        assert told == [NEXT.at]
    assert _entries(version)["tsa"]["valid_until"] is None  # it came from no list


def test_a_service_that_begins_after_the_list_that_lacks_it_is_removed(scheme: Scheme) -> None:
    scheme.publish(scheme.granted(since=NOW + 30 * DAY), issue=Issue())
    scheme.refresh(NOW)
    one = signed_list(
        bytes(TrustedList.objects.get(territory="XX").xml), "XX",
        [scheme.country.certificate_der], at=NOW,
    )  # fmt: skip
    trusting.approved(scheme.world, *proposed(services(one)))
    scheme.publish(issue=NEXT)
    scheme.refresh(NOW + 3 * DAY)

    version = scheme.decided(TrustProposal.objects.get(proposed_by=None))

    assert version.entries == []


def test_what_a_list_says_as_before_and_what_is_new_on_it_is_not_drawn_up(scheme: Scheme) -> None:
    scheme.approve()
    new = Listed(scheme.world.trust.authority.authority("root").certificate_der)
    scheme.publish(scheme.granted(), new, issue=NEXT)

    scheme.refresh(NOW + 3 * DAY)

    assert not TrustProposal.objects.filter(proposed_by=None).exists()


@pytest.mark.parametrize("rejected", [False, True])
def test_the_same_is_not_drawn_up_every_day(scheme: Scheme, rejected: bool) -> None:
    scheme.approve()
    scheme.publish(issue=NEXT)
    scheme.refresh(NOW + 3 * DAY)
    if rejected:
        made = TrustProposal.objects.get(proposed_by=None)
        world, now = scheme.world, scheme.world.now
        take_up_trust(proposal_id=made.pk, by=world.by("operator"), now=now)
        by = world.by("second operator")
        reject_trust(proposal_id=made.pk, remark="It is a slip", by=by, now=now)

    scheme.refresh(NOW + 4 * DAY)
    scheme.publish(issue=Issue(3, NOW + 5 * DAY, NOW + YEAR))  # another list says the same
    scheme.refresh(NOW + 5 * DAY)

    assert TrustProposal.objects.exclude(found_in={}).count() == 1
    assert TrustedList.objects.filter(territory="XX").count() == 3  # the history stays


def test_what_was_taken_up_and_withdrawn_is_drawn_up_again(scheme: Scheme) -> None:
    """Else one operator alone could keep an authority that a country has struck off."""
    scheme.approve()
    scheme.publish(scheme.withdrawn(), issue=NEXT)
    scheme.refresh(NOW + 3 * DAY)
    (made,) = TrustProposal.objects.filter(proposed_by=None)
    by, now = scheme.world.by("operator"), scheme.world.now
    take_up_trust(proposal_id=made.pk, by=by, now=now)
    withdraw_trust(proposal_id=made.pk, by=by, now=now)

    scheme.refresh(NOW + 4 * DAY)

    assert TrustProposal.objects.filter(proposed_by=None).count() == 1


# Who decides it


def test_two_operators_decide_what_the_platform_drew_up(scheme: Scheme) -> None:
    scheme.approve()
    scheme.publish(scheme.withdrawn(), issue=NEXT)
    scheme.refresh(NOW + 3 * DAY)
    (made,) = TrustProposal.objects.filter(proposed_by=None)
    world, now = scheme.world, scheme.world.now
    one, other = world.by("operator"), world.by("second operator")

    for act in (approve_trust, withdraw_trust):
        with pytest.raises(WrongState):
            act(proposal_id=made.pk, by=one, now=now)
    with pytest.raises(WrongState):
        reject_trust(proposal_id=made.pk, remark="No", by=one, now=now)
    waits = [[told.what for told in waiting_for(by, now)] for by in (one, other)]
    assert waits == [["take-up-trust"], ["take-up-trust"]]

    take_up_trust(proposal_id=made.pk, by=one, now=now)

    with pytest.raises(WrongState):
        take_up_trust(proposal_id=made.pk, by=other, now=now)
    with pytest.raises(FourEyes):
        approve_trust(proposal_id=made.pk, by=one, now=now)
    waits = [[told.what for told in waiting_for(by, now)] for by in (one, other)]
    assert waits == [[], ["decide-trust"]]
    assert approve_trust(proposal_id=made.pk, by=other, now=now).number == 2


def test_the_database_lets_nobody_decide_what_no_operator_took_up(world: World) -> None:
    made = trusting.drawn_up(world)
    decided = {"decision": "approved", "decided_at": world.now}

    with pytest.raises(IntegrityError), transaction.atomic():
        TrustProposal.objects.filter(pk=made.pk).update(
            **decided, decided_by=world.people["operator"]
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        TrustProposal.objects.create(reason="x", proposed_at=world.now)


def test_lists_are_kept_by_operators_and_by_the_platform_alone(world: World) -> None:
    one = SignedList("XX", b"<list/>", "", 1, world.now, world.now)

    for nobody in ("officer", "overseer"):
        with pytest.raises(NotPermitted):
            keep_lists(lists=[one], failed={}, by=world.by(nobody), now=world.now)
    assert not TrustedList.objects.exists()
    for keeper in (world.by("operator"), system_actor()):
        keep_lists(lists=[one], failed={}, by=keeper, now=world.now)
    assert TrustedList.objects.count() == 1


# What was signed before


@pytest.mark.parametrize(
    ("stamped", "codes"),
    [
        pytest.param(WITHDRAWN - timedelta(seconds=1), (), id="a second before it was withdrawn"),
        pytest.param(WITHDRAWN, ("issuer-not-in-force",), id="at that very second"),
        pytest.param(WITHDRAWN + HOUR, ("issuer-not-in-force",), id="an hour later"),
    ],
)
def test_what_was_signed_before_a_withdrawal_stays_qualified_and_nothing_after_it(
    scheme: Scheme, stamped: datetime, codes: tuple[str, ...]
) -> None:
    scheme.approve()
    scheme.publish(scheme.withdrawn(), issue=NEXT)
    scheme.refresh(NOW + 3 * DAY)
    version = scheme.decided(TrustProposal.objects.get(proposed_by=None))

    assert _judged(scheme, version, stamped, "required") == codes


def test_where_the_anchor_came_from_elsewhere_only_the_qualified_status_ends(
    scheme: Scheme,
) -> None:
    root = Change(scheme.world.trust.authority.authority("root").certificate_der, "signer")
    scheme.approve(root)
    scheme.publish(scheme.withdrawn(), issue=NEXT)
    scheme.refresh(NOW + 3 * DAY)
    version = scheme.decided(TrustProposal.objects.get(proposed_by=None))
    later = WITHDRAWN + HOUR

    assert _judged(scheme, version, WITHDRAWN - HOUR, "required") == ()
    assert _judged(scheme, version, later, "required") == ("not-qualified",)
    assert _judged(scheme, version, later, "not-asked") == ()


def _judged(
    scheme: Scheme, version: TrustVersion, stamped: datetime, qualified: Any
) -> tuple[str, ...]:
    trust = scheme.world.trust
    own = trust.issue(
        "Lotus", "NTRCN-LOTUS", now=NOW, valid_from=NOW - DAY, besides=[statements("esign")]
    )
    signed = trust.sign(plain_pdf(), own, stamped)
    known = gathered(version, ())
    lists = [revocation_list(trust.authority, one, at=stamped) for one in ("root", "issuing")]
    anchors = Anchors(known.signers, known.tsa, tuple(lists), (), known.terms, known.services)
    policy = Policy(qualified=qualified)
    return judge(signed, policy=policy, anchors=anchors, at=WITHDRAWN + 9 * DAY).codes


# Lists that are old or late


def test_an_older_list_is_refused_and_changes_nothing(scheme: Scheme) -> None:
    scheme.approve()
    scheme.publish(scheme.granted(), issue=NEXT)
    scheme.refresh(NOW + 3 * DAY)
    newest = TrustedList.objects.get(territory="XX", sequence=2)
    scheme.publish(scheme.withdrawn(), issue=Issue(1, NOW, NOW + YEAR))  # an old one, played back

    played = scheme.refresh(NOW + 4 * DAY)

    assert played.lists == {}
    assert "played back" in played.failed["EU"]
    scheme.publish(scheme.withdrawn(), issue=Issue(3, NOW + 4 * DAY, NOW + YEAR))
    old = national_list(scheme.withdrawn(), by=scheme.country, issue=Issue(2, NEXT.at, NOW + YEAR))
    scheme.server.gives("/xx.xml", old)
    played = scheme.refresh(NOW + 4 * DAY)
    assert list(played.lists) == ["EU"]
    assert "of the same number" in played.failed["XX"]
    assert [*TrustedList.objects.filter(territory="XX", sequence=2)] == [newest]
    assert not TrustProposal.objects.filter(proposed_by=None).exists()


def test_a_list_in_whose_place_a_newer_one_was_due_is_told_to_every_operator(
    scheme: Scheme, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    scheme.approve()
    operator = scheme.world.by("operator")
    due = NOW + YEAR / 2

    assert late_lists(due - timedelta(seconds=1)) == []
    assert waiting_for(operator, due - timedelta(seconds=1)) == []
    assert [one.territory for one in late_lists(due)] == ["EU", "XX"]
    told = [(one.what, one.facts["territory"]) for one in waiting_for(operator, due)]
    assert told == [("renew-trusted-list", "EU"), ("renew-trusted-list", "XX")]
    assert waiting_for(scheme.world.by("officer"), due) == []

    assert "a newer one is due" in scheme.refresh(due).failed["EU"]
    assert "XX was to be replaced" in caplog.text
    settings.TRUSTED_LIST_GRACE = DAY  # the policy of this operator
    assert scheme.refresh(due).failed == {}
    assert "a newer one is due" in scheme.refresh(due + DAY).failed["EU"]
