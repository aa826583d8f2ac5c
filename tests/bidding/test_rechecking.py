"""An undecided form is judged again, as of its ticket, until it is decided; the receipt stays.

The revocation lists that reach a signature are often not there yet when a bid is filed. The bid is
accepted, and nobody has to ask again.

Requirement F53.
"""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from api.bid_shapes import bid_json
from awards.queries import judgement_needed
from bidding.actions.again import keep_recheck
from bidding.actions.arrivals import SUBMISSION
from bidding.ceremonies import forms, rechecking
from bidding.models import Bid, Recheck
from bidding.queries import findings_at_intake, object_of, own_bid, own_bids, told
from bidding.queries_again import RECHECK_EVERY, RETRY_AFTER
from bidding.sealed.bid import Receipt as ReceiptObject
from procurement.models import Event, Kind
from procurement.objects import fetch
from procurement.proof.basis import JUDGED, Basis
from procurement.proof.canonical import digest
from procurement.vault import SEALED
from signatures.models import SignatureReport
from signatures.pdf.software import software
from signatures.service import current_anchors
from tenders.models import Tender
from tests.bidding.filing import (
    arriving,
    bid_form,
    filed_bid,
    prepared_bid,
    signed_form,
    submit,
    withdrawn_bid,
)
from tests.bidding.opened import close, opened_tender
from tests.signing import ENDS
from tests.world import Company, World, identifier_of, published_tender

A_WHILE = timedelta(seconds=30)


class Authority:
    """What the operator trusts in this test, and what is known of revocations."""

    def __init__(self, world: World, directory: Path) -> None:
        self.world, self.directory = world, directory
        shutil.copytree(world.trust.anchors, directory)
        shutil.rmtree(directory / "revocation")
        for company in world.suppliers:  # certificates that nobody uses in other tests
            identifier = identifier_of(company.organisation)
            company.credential = world.trust.issue(company.organisation.name_en, identifier)

    def revokes(self, supplier: Company) -> None:
        """Revoke a supplier's certificate as of the day before."""
        yesterday = self.world.now - timedelta(days=1)
        self.world.trust.authority.revoke(supplier.credential.certificate, at=yesterday)

    def publishes(self) -> None:
        """Publish new revocation lists."""
        self.world.trust.authority.write_anchors(self.directory, now=ENDS)

    def publishes_something_else(self) -> None:
        """Publish a list that says nothing about the signers."""
        lists = self.directory / "revocation"
        lists.mkdir(exist_ok=True)
        shutil.copy(self.world.trust.anchors / "revocation" / "tsa-root.crl", lists)


@pytest.fixture
def authority(open_world: World, tmp_path: Path, settings: Settings) -> Authority:
    settings.SIGNATURE_ANCHORS_DIR = tmp_path / "anchors"
    return Authority(open_world, tmp_path / "anchors")


@pytest.fixture
def lotus(open_world: World) -> Company:
    return open_world.suppliers[0]


@pytest.fixture
def bid(open_world: World, tender: Tender, lotus: Company, authority: Authority) -> Bid:
    """A filed bid whose form is undecided."""
    return undecided_bid(open_world, tender, lotus)


def undecided_bid(world: World, tender: Tender, supplier: Company) -> Bid:
    bid = prepared_bid(world, tender, supplier, "12.50")
    form = bid_form(world, supplier, bid)
    signed = world.trust.sign(form, supplier.credential, world.now, evidence=None)
    filed = submit(world, supplier, bid, signed)
    assert filed.verdict == "UNDECIDED"
    return Bid.objects.get(pk=bid.pk)


def shown(world: World, supplier: Company, bid: Bid) -> Any:
    own = told(own_bid(bid.pk, world.by(supplier.signer)))
    return bid_json(own)["rechecked"]


def later(world: World, passed: timedelta) -> None:
    world.wind_to(world.now + passed)
    rechecking.due(now=world.now)


def named(bid: Bid) -> list[tuple[str, Any]]:
    """Give what the log names of the verdicts on a bid's form, oldest first."""
    events = Event.everything.filter(tender=bid.slot.tender_id, kind=Kind.CONCEALED)
    said = [(one.verb, one.to_json()["body"]) for one in events.order_by("recorded_at")]
    return [(verb, Basis.of(body[JUDGED])) for verb, body in said if verb.startswith("bid.")]


def test_every_new_answer_is_named_in_the_log_once_and_concealed(
    open_world: World, lotus: Company, bid: Bid, authority: Authority
) -> None:
    later(open_world, A_WHILE)
    later(open_world, RECHECK_EVERY)
    authority.publishes()
    later(open_world, A_WHILE)
    later(open_world, RECHECK_EVERY)

    rows = SignatureReport.objects.filter(file_sha256=bid.form_sha256).order_by("created_at")
    kept = [Basis(row.report_digest, row.policy_digest, row.anchors_digest) for row in rows]
    first, last = kept
    assert named(bid) == [("bid.filed", first), ("bid.rechecked", first), ("bid.rechecked", last)]
    assert not Event.objects.filter(verb__startswith="bid.").exists()


def test_what_another_version_of_the_judge_said_is_asked_again_and_named_beside_it(
    open_world: World, lotus: Company, bid: Bid, authority: Authority
) -> None:
    later(open_world, A_WHILE)
    said_by_another_version(bid.form_sha256, "UNDECIDED")

    later(open_world, RECHECK_EVERY)

    kept = Recheck.objects.get().report
    assert kept is not None
    assert kept.software == software()
    assert [one.report for _, one in named(bid)][2:] == [kept.report_digest]
    older = SignatureReport.objects.filter(file_sha256=bid.form_sha256).exclude(pk=kept.pk)
    assert older.get().software == "judge 0"


def test_the_log_names_for_a_filing_the_report_whose_verdict_its_receipt_has(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    """The same form is sent again, and the judge was upgraded in between."""
    made = prepared_bid(open_world, tender, lotus, "12.50")
    form, by = signed_form(open_world, lotus, made), open_world.by(lotus.signer)
    with forms.received(
        arriving(form), bid=made, what=SUBMISSION, at_own_risk=False, by=by
    ) as came:
        now = came.after(open_world.now)
        forms.judged(came, inside=object_of(made).canonical(), bid=made, now=now)
    said_by_another_version(came.sha256, "UNSIGNED")

    filed = submit(open_world, lotus, made, form)

    ((_, basis),) = named(made)
    stored = SignatureReport.objects.get(report_digest=basis.report)
    assert (filed.verdict, stored.verdict, stored.software) == ("VALID", "VALID", software())


def said_by_another_version(file_sha256: str, verdict: str) -> None:
    """Let the stored report on a file be that of an older judge, with a verdict of its own."""
    row = SignatureReport.objects.get(file_sha256=file_sha256)
    row.software, row.verdict = "judge 0", verdict
    row.report = {**row.report, "software": "judge 0", "verdict": verdict}
    row.report_digest = digest(row.report)
    row.save()


def test_a_form_is_decided_when_the_lists_that_reach_it_are_there(
    open_world: World, lotus: Company, bid: Bid, authority: Authority
) -> None:
    assert shown(open_world, lotus, bid) is None
    later(open_world, A_WHILE)
    assert shown(open_world, lotus, bid)["verdict"] == "UNDECIDED"
    authority.publishes()

    later(open_world, A_WHILE)

    assert shown(open_world, lotus, bid) == {"verdict": "VALID", "codes": [], "at": open_world.now}
    report = Recheck.objects.get().report
    assert report is not None
    assert (report.at, report.file_sha256) == (bid.arrival.at, bid.form_sha256)  # type: ignore[union-attr]


def test_a_form_whose_signer_was_revoked_before_turns_out_invalid(
    open_world: World, lotus: Company, bid: Bid, authority: Authority
) -> None:
    authority.revokes(lotus)
    authority.publishes()

    later(open_world, A_WHILE)

    found = shown(open_world, lotus, bid)
    assert (found["verdict"], found["codes"]) == ("INVALID", ["revoked"])


def test_the_receipt_and_the_bid_keep_the_verdict_of_the_filing(
    open_world: World, lotus: Company, bid: Bid, authority: Authority
) -> None:
    before = findings_at_intake(own_bid(bid.pk, open_world.by(lotus.signer)))
    authority.publishes()

    later(open_world, A_WHILE)

    after = own_bid(bid.pk, open_world.by(lotus.signer))
    assert (after.verdict, after.codes) == ("UNDECIDED", bid.codes)
    assert findings_at_intake(after) == before
    assert ReceiptObject.read(fetch(after.receipt.digest).body).verdict == "UNDECIDED"


def test_what_was_found_of_a_form_that_the_machine_gave_up_is_not_what_a_recheck_found(
    open_world: World, lotus: Company, bid: Bid
) -> None:
    SignatureReport.objects.all().delete()
    Bid.objects.filter(pk=bid.pk).update(codes=["wall-clock"])

    later(open_world, A_WHILE)

    found = findings_at_intake(own_bid(bid.pk, open_world.by(lotus.signer)))
    assert [finding.code for finding in found] == ["wall-clock"]
    assert shown(open_world, lotus, bid)["codes"] == [
        "revocation-unavailable",
        "timestamp-unconfirmed",
    ]


def test_it_is_judged_again_at_once_when_anchors_change_and_else_after_ten_minutes(
    open_world: World, bid: Bid, authority: Authority
) -> None:
    later(open_world, A_WHILE)
    first = Recheck.objects.get().at

    later(open_world, RECHECK_EVERY - A_WHILE)
    assert Recheck.objects.get().at == first
    later(open_world, A_WHILE)
    second = Recheck.objects.get().at
    assert second == open_world.now
    authority.publishes_something_else()
    later(open_world, A_WHILE)

    assert Recheck.objects.get().at == open_world.now


def test_the_same_question_is_answered_from_what_is_stored(
    open_world: World, bid: Bid, tmp_path: Path
) -> None:
    later(open_world, A_WHILE)
    shutil.rmtree(tmp_path / "vault" / SEALED / "forms")

    later(open_world, RECHECK_EVERY)

    assert SignatureReport.objects.filter(file_sha256=bid.form_sha256).count() == 1
    recheck = Recheck.objects.get()
    assert (recheck.at, recheck.answered) == (open_world.now, True)


def test_where_this_machine_gave_up_it_tries_again_sooner_and_the_last_answer_stays(
    open_world: World, lotus: Company, bid: Bid, authority: Authority
) -> None:
    later(open_world, A_WHILE)
    authority.publishes()
    anchors = current_anchors().digest
    keep_recheck(bid_id=bid.pk, report=None, anchors=anchors, now=open_world.now)
    assert shown(open_world, lotus, bid)["verdict"] == "UNDECIDED"

    later(open_world, RETRY_AFTER - A_WHILE)
    assert not Recheck.objects.get().answered
    later(open_world, A_WHILE)

    assert shown(open_world, lotus, bid)["verdict"] == "VALID"


def test_a_form_that_is_not_there_stops_no_other(
    open_world: World, tender: Tender, lotus: Company, bid: Bid, authority: Authority,
    tmp_path: Path,
) -> None:  # fmt: skip
    crane = open_world.suppliers[1]
    other = undecided_bid(open_world, tender, crane)
    shutil.rmtree(tmp_path / "vault" / SEALED / "forms" / str(bid.pk))
    authority.publishes()

    later(open_world, A_WHILE)

    assert shown(open_world, lotus, bid) is None
    assert shown(open_world, crane, other)["verdict"] == "VALID"


def test_other_bytes_than_were_filed_are_not_judged_in_their_place(
    open_world: World, lotus: Company, bid: Bid, authority: Authority, tmp_path: Path
) -> None:
    (file,) = (tmp_path / "vault" / SEALED / "forms").rglob("*.bytes")
    file.chmod(0o600)
    file.write_bytes(signed_form(open_world, lotus, bid))
    authority.publishes()

    later(open_world, A_WHILE)

    assert shown(open_world, lotus, bid) is None


@pytest.mark.parametrize("gone", ["decided", "withdrawn"])
def test_what_needs_no_answer_any_more_is_not_judged_again(
    open_world: World, tender: Tender, lotus: Company, bid: Bid, authority: Authority, gone: str
) -> None:
    if gone == "withdrawn":
        authority.publishes()
        withdrawn_bid(open_world, lotus, bid)
        later(open_world, A_WHILE)
        assert not Recheck.objects.exists()
        return
    authority.publishes()
    later(open_world, A_WHILE)
    decided_at = Recheck.objects.get().at

    authority.publishes_something_else()
    later(open_world, RECHECK_EVERY)

    assert Recheck.objects.get().at == decided_at


def test_a_form_that_was_decided_when_it_came_is_never_judged_again(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    filed_bid(open_world, tender, lotus, "12.50")

    later(open_world, RECHECK_EVERY)

    assert not Recheck.objects.exists()


def test_whom_the_operator_trusts_is_not_asked_while_nothing_is_undecided(
    open_world: World, tender: Tender, tmp_path: Path, settings: Settings
) -> None:
    settings.SIGNATURE_ANCHORS_DIR = tmp_path / "nowhere"

    rechecking.due(now=open_world.now)


def test_a_list_of_own_bids_shows_rechecks_without_asking_for_each(
    open_world: World,
    tender: Tender,
    lotus: Company,
    bid: Bid,
    authority: Authority,
    django_assert_num_queries: Any,
) -> None:
    filed_bid(open_world, tender, open_world.suppliers[1], "11.00")
    authority.publishes()
    later(open_world, A_WHILE)
    by = open_world.by(lotus.signer)

    with django_assert_num_queries(3):
        (own,) = own_bids(tender.pk, by)
        assert bid_json(own)["rechecked"]["verdict"] == "VALID"  # type: ignore[index]


@pytest.mark.parametrize("revoked", [True, False])
def test_after_the_opening_people_judge_a_form_that_was_undecided_whatever_was_found_since(
    real_world: World, tmp_path: Path, settings: Settings, revoked: bool
) -> None:
    settings.SIGNATURE_ANCHORS_DIR = tmp_path / "anchors"
    authority, tender = Authority(real_world, tmp_path / "anchors"), published_tender(real_world)
    bids = [undecided_bid(real_world, tender, one) for one in real_world.suppliers]
    closed = close(real_world, tender)
    if revoked:
        authority.revokes(real_world.suppliers[0])
    authority.publishes()
    later(real_world, A_WHILE)

    opened_tender(real_world, closed)

    found = Recheck.objects.get(bid=bids[0])
    assert str(found) == ("INVALID" if revoked else "VALID")
    assert set(judgement_needed().values_list("pk", flat=True)) == {bid.pk for bid in bids}
