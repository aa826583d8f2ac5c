"""A bid is filed by its signed form, in time, once; what was filed has a receipt, and stays.

What the form must be, what its signatures must be worth, what replaces what: the rules of message
6 of the protocol. Time itself is judged by the database (``test_deadline``).

Requirements D30 and D32.
"""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from bidding.actions.preparing import EnvelopeIncomplete, discard, prepare
from bidding.ceremonies.forms import FormRefused
from bidding.ceremonies.submitting import Filed
from bidding.models import Arrival, Bid, BidState, Receipt
from bidding.queries import included, object_of, own_bid, own_bids, told
from bidding.rules.confirmation import Overtaken
from bidding.rules.deadline import SubmissionClosed
from bidding.sealed.bid import Bid as BidObject
from bidding.sealed.bid import Receipt as ReceiptObject
from bidding.sealed.bid import Received
from bidding.sealed.receipt_numbers import ALPHABET, read_number
from bidding.verbs import Verb
from procurement.anchors import current_anchors
from procurement.journal.record import control_head
from procurement.journal.sequencer import tick
from procurement.models import DebarmentCheck, Event, ProtocolObject
from procurement.proof.canonical import JSON, sha256_hex
from procurement.proof.notes import Verifier
from procurement.refusals import AlreadyDone, BadInput, NotFound, NotPermitted, WrongState
from procurement.vault import SEALED, Vault
from procurement.verbs import Verb as Ground
from signatures.models import SignatureReport
from signatures.practice import edited, with_annex
from signatures.queries_frozen import basis_kept
from tenders.models import Tender
from tests.bidding.filing import (
    FiledBid,
    begun,
    bid_form,
    filed_bid,
    prepared,
    prepared_bid,
    seal_offer,
    signed_form,
    signed_withdrawal,
    submit,
    uploaded,
    withdraw,
    withdrawn_bid,
)
from tests.world import Company, World

LATER = timedelta(minutes=1)


@pytest.fixture
def lotus(open_world: World) -> Company:
    return open_world.suppliers[0]


@pytest.fixture
def bid(open_world: World, tender: Tender, lotus: Company) -> Bid:
    """A bid that is prepared and not submitted."""
    return prepared_bid(open_world, tender, lotus, "12.50")


@pytest.fixture
def filed(open_world: World, tender: Tender, lotus: Company) -> FiledBid:
    """A bid that lives."""
    return filed_bid(open_world, tender, lotus, "12.50")


def state_of(bid: Bid) -> str:
    return str(Bid.objects.get(pk=bid.pk).state)


def codes(refused: FormRefused) -> list[str]:
    return [fault.code for fault in refused.faults]


# Preparing


def test_the_server_composes_the_bid_under_the_notice_in_force(
    open_world: World, tender: Tender, lotus: Company, bid: Bid
) -> None:
    said, me = object_of(bid), str(lotus.organisation.pk)

    assert (said.tender, said.lot, said.notice) == (str(tender.pk), "lot-1", tender.notice)
    assert (said.bid_version, said.supersedes) == (1, None)
    assert (said.bidder.lead, said.bidder.members) == (me, (me,))
    assert told(bid).missing == "submission"


def test_an_envelope_that_is_not_complete_cannot_be_bound(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    sealed = seal_offer(open_world, tender, lotus, "1.00")
    begun(open_world, tender, lotus, sealed)

    with pytest.raises(EnvelopeIncomplete) as refused:
        prepared(open_world, tender, lotus, sealed)

    assert len(refused.value.faults) == 7


@pytest.mark.parametrize(
    ("lot", "envelopes", "code"),
    [
        pytest.param("lot-9", {"offer": "0" * 64}, "unknown-lot", id="lot"),
        pytest.param("lot-1", {"offer": "0" * 64}, "unknown-envelope", id="digest"),
        pytest.param("lot-1", {}, "wrong-envelopes", id="no envelope"),
        pytest.param("lot-1", {"price": "0" * 64}, "wrong-envelopes", id="another envelope"),
    ],
)
def test_a_bid_binds_what_was_uploaded_for_its_lot(
    open_world: World,
    tender: Tender,
    lotus: Company,
    lot: str,
    envelopes: dict[str, str],
    code: str,
) -> None:
    with pytest.raises(BadInput) as refused:
        prepare(
            tender_id=tender.pk,
            supplier_id=lotus.organisation.pk,
            lot=lot,
            envelopes=envelopes,
            by=open_world.by(lotus.signer),
            now=open_world.now,
        )

    assert [fault.code for fault in refused.value.faults] == [code]


def test_an_envelope_of_another_supplier_cannot_be_bound(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    sealed = seal_offer(open_world, tender, lotus, "1.00")
    uploaded(open_world, tender, lotus, sealed)

    with pytest.raises(BadInput):
        prepared(open_world, tender, open_world.suppliers[1], sealed)


def test_preparing_the_same_again_is_the_same_and_preparing_another_discards_it(
    open_world: World, tender: Tender, lotus: Company
) -> None:
    one, other = (seal_offer(open_world, tender, lotus, price) for price in ("1.00", "2.00"))
    uploaded(open_world, tender, lotus, one)
    uploaded(open_world, tender, lotus, other)
    first = prepared(open_world, tender, lotus, one)

    assert prepared(open_world, tender, lotus, one) == first
    second = prepared(open_world, tender, lotus, other)

    assert (state_of(first), state_of(second)) == (BidState.DISCARDED, BidState.PREPARED)
    assert prepared(open_world, tender, lotus, one).version == 3, "its own digest, once more"


def test_a_filed_bid_prepared_again_is_the_filed_one(
    open_world: World, tender: Tender, lotus: Company, filed: FiledBid
) -> None:
    assert prepared(open_world, tender, lotus, filed.sealed) == filed.bid


def test_what_was_not_submitted_can_be_discarded_and_what_was_cannot(
    open_world: World, lotus: Company, bid: Bid, tender: Tender
) -> None:
    by = open_world.by(lotus.administrator)
    discard(bid_id=bid.pk, by=by)
    discard(bid_id=bid.pk, by=by)
    assert state_of(bid) == BidState.DISCARDED

    filed = filed_bid(open_world, tender, lotus, "9.00")
    with pytest.raises(WrongState):
        discard(bid_id=filed.bid.pk, by=by)


# The receipt


def test_the_receipt_says_what_was_filed_when_and_is_signed(
    open_world: World, tender: Tender, filed: FiledBid
) -> None:
    anchors = current_anchors()

    receipt = ReceiptObject.open(
        filed.receipt.note.encode(), Verifier.parse(anchors.receipt_keys[0])
    )

    manifest = filed.sealed.manifest
    assert receipt == ReceiptObject(
        number=filed.receipt.number,
        tender=str(tender.pk),
        bid=filed.bid.digest,
        form=sha256_hex(filed.form),
        envelopes={"offer": Received(manifest.digest(), len(filed.sealed.payload))},
        verdict="VALID",
        received_at=Arrival.objects.get().at,
        control_head=str(control_head(tender.pk)),
        checkpoint=None,
        anchors=anchors.digest(),
    )
    assert filed.receipt.digest == receipt.digest()


def test_the_number_of_a_receipt_catches_every_wrong_digit(filed: FiledBid) -> None:
    number = filed.receipt.number

    wrong = [
        number[:at] + digit + number[at + 1 :]
        for at in range(19)
        for digit in ALPHABET
        if number[at] not in ("-", digit)
    ]

    assert read_number(number.lower().replace("-", " ")) == number
    assert [read_number(one) for one in wrong] == [None] * len(wrong)


def test_the_filing_is_a_concealed_event_that_names_the_receipt(
    tender: Tender, filed: FiledBid
) -> None:
    event = Event.everything.get(pk=filed.receipt.event)

    assert (event.kind, event.verb, event.tender) == ("concealed", "bid.filed", tender.pk)
    assert event.to_json()["body"] == {
        "object": filed.receipt.digest,
        "bid": filed.bid.digest,
        "check": DebarmentCheck.objects.get(bid=filed.bid.digest).object,
        "judged": judged(filed.form),
    }
    assert not Event.objects.filter(pk=event.pk).exists(), "nobody reads it before the opening"


def judged(form: bytes) -> JSON:
    """Name what the stored verdict on a form rests on, as an event has to."""
    return basis_kept(SignatureReport.objects.get(file_sha256=sha256_hex(form)), ()).to_json()


def test_all_objects_of_a_bid_are_restricted(filed: FiledBid) -> None:
    kinds = ProtocolObject.objects.filter(restricted=True).values_list("kind", flat=True)

    assert sorted(kinds) == [
        "daylight/bid/v1",
        "daylight/debarment-check/v1",
        "daylight/manifest/v1",
        "daylight/receipt/v1",
    ]


def test_the_proof_joins_at_the_next_tick_and_does_not_lead_to_another_bid(
    open_world: World, tender: Tender, filed: FiledBid
) -> None:
    crane = filed_bid(open_world, tender, open_world.suppliers[1], "11.00")
    with pytest.raises(NotFound) as early:
        included(crane.bid)
    assert early.value.retry_after == 10

    tick(open_world.now)
    proof = included(crane.bid)

    assert proof.event.proof is not None
    assert proof.event.link_salt is None, "with it, the bid before could be looked for in the log"
    assert Event.everything.get(pk=crane.receipt.event).link_salt is not None


def test_the_signed_form_lies_in_the_vault_under_a_hold(
    open_world: World, tender: Tender, lotus: Company, each_vault: Vault
) -> None:
    filed = filed_bid(open_world, tender, lotus, "12.50")
    place = (SEALED, filed.bid.form_name, filed.bid.form_version)

    with each_vault.get(*place) as stored:
        assert b"".join(stored) == filed.form
    assert each_vault.status(*place).hold


# Once


def test_the_same_form_again_is_the_same_receipt_also_after_the_deadline(
    open_world: World, tender: Tender, lotus: Company, filed: FiledBid
) -> None:
    again = submit(open_world, lotus, filed.bid, filed.form)
    open_world.wind_to(tender.closes_at + LATER)
    late = submit(open_world, lotus, filed.bid, filed.form)

    assert [again.receipt.note, late.receipt.note] == [filed.receipt.note] * 2
    assert Receipt.objects.count() == Event.everything.filter(verb=Verb.BID_FILED).count() == 1
    open_world.wind_to(tender.closes_at - LATER)


def test_a_filed_bid_takes_no_other_form(
    open_world: World, lotus: Company, filed: FiledBid
) -> None:
    other = signed_form(open_world, lotus, filed.bid)
    assert other != filed.form

    with pytest.raises(AlreadyDone) as refused:
        submit(open_world, lotus, filed.bid, other)

    assert filed.receipt.number in refused.value.said("en")


def test_a_retry_keeps_its_first_ticket(open_world: World, lotus: Company, bid: Bid) -> None:
    form = edited(signed_form(open_world, lotus, bid))
    for _ in range(2):
        with pytest.raises(FormRefused):
            submit(open_world, lotus, bid, form)
    ticket = Arrival.objects.get()

    filed = submit(open_world, lotus, bid, form, at_own_risk=True)

    assert ticket.at < filed.receipt.received_at, "at one's own risk is another request"
    assert Arrival.objects.count() == 2


# The form


def test_without_a_digest_beforehand_a_form_is_filed_all_the_same(
    open_world: World, lotus: Company, bid: Bid
) -> None:
    filed = submit(open_world, lotus, bid, signed_form(open_world, lotus, bid), announced=False)

    assert (filed.verdict, state_of(bid)) == ("VALID", BidState.FILED)


def test_an_unsigned_form_is_refused(open_world: World, lotus: Company, bid: Bid) -> None:
    with pytest.raises(FormRefused) as refused:
        submit(open_world, lotus, bid, bid_form(open_world, lotus, bid), at_own_risk=True)

    assert codes(refused.value) == ["unsigned"]
    assert state_of(bid) == BidState.PREPARED


def test_the_form_of_another_bid_is_refused(
    open_world: World, tender: Tender, lotus: Company, bid: Bid
) -> None:
    crane = open_world.suppliers[1]
    theirs = prepared_bid(open_world, tender, crane, "11.00")
    form = open_world.trust.sign(
        bid_form(open_world, crane, theirs), lotus.credential, open_world.now
    )

    with pytest.raises(FormRefused) as refused:
        submit(open_world, lotus, bid, form, at_own_risk=True)

    assert codes(refused.value) == ["wrong-digest"]


@pytest.mark.parametrize("at_own_risk", [False, True])
def test_a_form_that_carries_a_second_file_is_refused(
    open_world: World, lotus: Company, bid: Bid, at_own_risk: bool
) -> None:
    two = with_annex(bid_form(open_world, lotus, bid), b"{}", "other.json")
    form = open_world.trust.sign(two, lotus.credential, open_world.now)

    with pytest.raises(FormRefused) as refused:
        submit(open_world, lotus, bid, form, at_own_risk=at_own_risk)

    assert codes(refused.value) == ["wrong-form"]


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(b"hello", id="no PDF"),
        pytest.param(b"%PDF-1.7\n%%EOF\n", id="an empty PDF"),
        pytest.param(b"%PDF-1.7\n" + bytes(100_000) + b"\n%%EOF\n", id="zeros"),
    ],
)
def test_hostile_bytes_are_refused_with_a_reason(
    open_world: World, lotus: Company, bid: Bid, form: bytes
) -> None:
    with pytest.raises(FormRefused) as refused:
        submit(open_world, lotus, bid, form, at_own_risk=True)

    assert codes(refused.value)
    assert state_of(bid) == BidState.PREPARED


def test_an_invalid_form_is_refused_with_reasons_unless_filed_at_the_suppliers_own_risk(
    open_world: World, lotus: Company, bid: Bid
) -> None:
    form = edited(signed_form(open_world, lotus, bid))
    with pytest.raises(FormRefused) as refused:
        submit(open_world, lotus, bid, form)
    (fault,) = refused.value.faults
    assert "Edited after signing" in fault.said("en")
    assert "签名后被修改" in fault.said("zh")
    assert fault.said("en").endswith("Who must act: the signer.")
    assert fault.said("zh").endswith("由谁处理：签署人。")
    assert fault.help is not None
    assert fault.help.link == "/check/codes/#changed-after-signing"
    assert "常见原因是" in fault.help.text.zh

    filed = submit(open_world, lotus, bid, form, at_own_risk=True)

    row = Bid.objects.get(pk=bid.pk)
    assert (filed.verdict, row.verdict, row.at_own_risk) == ("INVALID", "INVALID", True)
    assert ReceiptObject.of(_said(filed)).verdict == "INVALID"
    assert [finding.code for finding in filed.findings] == ["changed-after-signing"]


def test_a_form_signed_by_somebody_else_is_invalid(
    open_world: World, lotus: Company, bid: Bid
) -> None:
    crane = open_world.suppliers[1]
    form = open_world.trust.sign(bid_form(open_world, lotus, bid), crane.credential, open_world.now)

    with pytest.raises(FormRefused) as refused:
        submit(open_world, lotus, bid, form)

    assert codes(refused.value) == ["wrong-certificate"]


def test_a_form_whose_revocation_is_not_known_yet_is_accepted(
    open_world: World, lotus: Company, bid: Bid, tmp_path: Path, settings: Settings
) -> None:
    anchors = tmp_path / "anchors"
    shutil.copytree(open_world.trust.anchors, anchors)
    shutil.rmtree(anchors / "revocation")
    settings.SIGNATURE_ANCHORS_DIR = anchors
    unsigned = bid_form(open_world, lotus, bid)
    form = open_world.trust.sign(unsigned, lotus.credential, open_world.now, evidence=None)

    filed = submit(open_world, lotus, bid, form)

    assert (filed.verdict, state_of(bid)) == ("UNDECIDED", BidState.FILED)
    assert "revocation-unavailable" in [finding.code for finding in filed.findings]


# Replacing and withdrawing


def test_a_bid_lives_until_its_replacement_is_receipted(
    open_world: World, tender: Tender, lotus: Company, filed: FiledBid
) -> None:
    better = prepared_bid(open_world, tender, lotus, "11.00")
    assert state_of(filed.bid) == BidState.FILED, "a draft beside it changes nothing"

    submit(open_world, lotus, better, signed_form(open_world, lotus, better))

    assert (state_of(filed.bid), state_of(better)) == (BidState.SUPERSEDED, BidState.FILED)
    said = object_of(better)
    assert (said.bid_version, said.supersedes) == (2, filed.bid.digest)


def test_what_was_prepared_before_the_live_bid_changed_is_prepared_again(
    open_world: World, tender: Tender, lotus: Company, filed: FiledBid
) -> None:
    sealed = seal_offer(open_world, tender, lotus, "11.00")
    uploaded(open_world, tender, lotus, sealed)
    better = prepared(open_world, tender, lotus, sealed)
    form = signed_form(open_world, lotus, better)
    withdrawn_bid(open_world, lotus, filed.bid)
    assert told(own_bid(better.pk, open_world.by(lotus.signer))).missing == "preparation"

    with pytest.raises(Overtaken):
        submit(open_world, lotus, better, form)

    again = prepared(open_world, tender, lotus, sealed)
    said = object_of(again)
    assert (said.bid_version, said.supersedes, state_of(better)) == (3, None, "discarded")
    submit(open_world, lotus, again, signed_form(open_world, lotus, again))
    assert state_of(again) == BidState.FILED


def test_a_withdrawn_bid_never_lives_again(
    open_world: World, tender: Tender, lotus: Company, filed: FiledBid
) -> None:
    withdrawn_bid(open_world, lotus, filed.bid)

    again = prepared(open_world, tender, lotus, filed.sealed)

    assert state_of(filed.bid) == BidState.WITHDRAWN
    assert again.digest != filed.bid.digest
    assert BidObject.read(ProtocolObject.objects.get(pk=again.digest).body).bid_version == 2
    receipt = submit(open_world, lotus, filed.bid, filed.form).receipt
    assert receipt.note == filed.receipt.note, "the receipt is still true"
    assert state_of(filed.bid) == BidState.WITHDRAWN


def test_a_withdrawal_names_the_bid_and_is_concealed(
    open_world: World, lotus: Company, filed: FiledBid
) -> None:
    form = signed_withdrawal(open_world, lotus, filed.bid)
    bid = withdraw(open_world, lotus, filed.bid, form)
    assert withdraw(open_world, lotus, filed.bid, form) == bid, "twice is once"

    event = Event.everything.get(verb=Verb.BID_WITHDRAWN)
    assert (event.kind, event.concealed) == ("concealed", True)
    assert event.to_json()["body"] == {
        "object": bid.withdrawal_digest,
        "bid": bid.digest,
        "form": sha256_hex(form),
        "judged": judged(form),
    }


def test_a_withdrawal_needs_the_form_of_this_bid_validly_signed(
    open_world: World, lotus: Company, filed: FiledBid
) -> None:
    form = signed_withdrawal(open_world, lotus, filed.bid)

    for other, code in ((filed.form, "wrong-digest"), (edited(form), "changed-after-signing")):
        with pytest.raises(FormRefused) as refused:
            withdraw(open_world, lotus, filed.bid, other)
        assert codes(refused.value) == [code]
    assert state_of(filed.bid) == BidState.FILED


def test_only_what_lives_can_be_withdrawn(
    open_world: World, tender: Tender, lotus: Company, filed: FiledBid
) -> None:
    filed_bid(open_world, tender, lotus, "11.00")

    with pytest.raises(WrongState):
        withdrawn_bid(open_world, lotus, filed.bid)


# Who


def test_an_administrator_prepares_and_only_a_signer_files_and_withdraws(
    open_world: World, lotus: Company, bid: Bid
) -> None:
    form = signed_form(open_world, lotus, bid)
    clerk = replace(lotus, signer=lotus.administrator)
    with pytest.raises(NotPermitted):
        submit(open_world, clerk, bid, form)
    assert not Arrival.objects.exists()

    submit(open_world, lotus, bid, form)

    with pytest.raises(NotPermitted):
        withdrawn_bid(open_world, clerk, bid)


def test_a_rivals_bid_does_not_exist(open_world: World, tender: Tender, filed: FiledBid) -> None:
    crane = open_world.suppliers[1]

    with pytest.raises(NotFound):
        submit(open_world, crane, filed.bid, filed.form)
    assert own_bids(tender.pk, open_world.by(crane.signer)) == []
    assert own_bids(tender.pk, open_world.by("officer")) == []
    assert own_bids(tender.pk, open_world.by("overseer")) == []


# Late


def test_who_comes_too_late_is_told_when_and_it_is_written_down_where_nobody_reads_it_yet(
    open_world: World, tender: Tender, lotus: Company, bid: Bid
) -> None:
    form = signed_form(open_world, lotus, bid)
    open_world.wind_to(tender.closes_at)

    with pytest.raises(SubmissionClosed) as refused:
        submit(open_world, lotus, bid, form)

    assert f"{tender.closes_at:%Y-%m-%d %H:%M:%S}" in refused.value.said("en")
    event = Event.everything.get(verb=Ground.REFUSED, tender=tender.pk)
    assert (event.kind, event.concealed) == ("concealed", True)
    assert state_of(bid) == BidState.PREPARED
    assert not Receipt.objects.exists()


def _said(filed: Filed) -> dict[str, object]:
    row = ProtocolObject.objects.get(pk=filed.receipt.digest)
    return ReceiptObject.read(row.body).to_json()
