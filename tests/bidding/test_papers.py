"""What bidders file and keep is a paper with the object inside; a price stands in minutes alone.

Requirement F56.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bidding.papers import bid_form_pdf, minutes_pdf, receipt_pdf, withdrawal_form_pdf
from bidding.sealed.bid import Receipt, Received, Withdrawal
from procurement.proof.canonical import canonical
from procurement.texts import Text
from signatures.pdf.attachments import embedded_files
from signatures.pdf.policy import Policy, Supplier
from signatures.pdf.report import Verdict
from signatures.service import check, seal
from tenders.notice import Notice, SignatureRules
from tests.papers import right_edge, solid, words
from tests.signing import Trust
from tests.vectors import samples

IDENTIFIER = "NTRCN-91310000MA1K0000XX"
LOTUS = Text("Lotus Works", "莲花工程")
BID = samples.bid()
WITHDRAWAL = Withdrawal(samples.TENDER, "lot-1", BID.digest(), BID.bidder)
RECEIPT = Receipt(
    "0123-4567-89AB-CDEF", samples.TENDER, BID.digest(), "ab" * 32,
    {"offer": Received("cd" * 32, 52_428_800)}, "UNDECIDED",
    samples.CLOSES_AT - timedelta(seconds=1.25), "0" * 64, None, "ef" * 32,
)  # fmt: skip
NOTE = RECEIPT.sign(samples.signer("receipt", "1"))
OPENED: dict[str, Any] = {
    "bid": BID.digest(),
    "lot": "lot-1",
    "bidder": BID.bidder.lead,
    "members": [BID.bidder.lead, "a-member"],
    "cause": "opened",
    "why": None,
    "total": "1412500.00",
    "total_net": "1250000.00",
    "currency": "CNY",
    "documents": [
        {
            "name": "technical",
            "path": "documents/technical.pdf",
            "sha256": "9c" * 32,
            "signature": "required",
            "verdict": "VALID_WITH_REMARKS",
            "codes": ["expired-before-receipt"],
        }
    ],
}
UNOPENED = OPENED | {
    "bidder": "someone-without-a-name",
    "members": ["someone-without-a-name"],
    "cause": "bidder-fault",
    "why": "The shares do not combine.",
    "total": None,
    "total_net": None,
    "currency": None,
    "documents": [],
}
MINUTES: dict[str, Any] = {
    "tender": samples.TENDER,
    "envelope": "offer",
    "began_at": "2026-03-02T09:00:03.000000Z",
    "ended_at": "2026-03-02T09:04:41.000000Z",
    "attended": [1, 3],
    "announced": [OPENED, UNOPENED],
    "incidents": ["Opening officer 2 came late."],
}


def bid_form(notice: Notice | None = None) -> bytes:
    return bid_form_pdf(BID, notice or samples.notice(), bidder_name=LOTUS)


def withdrawal_form() -> bytes:
    return withdrawal_form_pdf(WITHDRAWAL, samples.notice(), bidder_name=LOTUS)


def receipt() -> bytes:
    return receipt_pdf(NOTE, RECEIPT, samples.notice(), bidder_name=LOTUS)


def minutes(**changed: Any) -> bytes:
    said = MINUTES | changed
    names = {BID.bidder.lead: LOTUS, "a-member": Text("Bamboo Crew", "竹林队")}
    return minutes_pdf(said, samples.notice(), names=names, embedded=canonical(said))


@pytest.mark.parametrize(
    ("made", "inside"),
    [
        pytest.param(bid_form, ("bid.json", BID.canonical()), id="bid form"),
        pytest.param(
            withdrawal_form, ("withdrawal.json", WITHDRAWAL.canonical()), id="withdrawal form"
        ),
        pytest.param(receipt, ("receipt.note", NOTE), id="receipt"),
        pytest.param(minutes, ("minutes.json", canonical(MINUTES)), id="minutes"),
    ],
)
def test_a_paper_embeds_its_object_to_the_byte_and_nothing_else(
    made: Any, inside: tuple[str, bytes]
) -> None:
    assert embedded_files(made()) == [inside]


@pytest.mark.parametrize("made", [bid_form, withdrawal_form, receipt, minutes])
def test_every_paper_of_a_practice_tender_says_that_it_has_no_effect(made: Any) -> None:
    assert "评估实例：不具法律效力" in words(made())


def test_a_paper_of_a_tender_in_earnest_does_not() -> None:
    notice = samples.notice()
    earnest = replace(notice, pack=replace(notice.pack, name="cn-open"))
    withdrawn = withdrawal_form_pdf(WITHDRAWAL, earnest, bidder_name=LOTUS)

    assert "Evaluation instance" not in words(withdrawn)


def test_the_same_bid_has_the_same_form() -> None:
    assert bid_form() == bid_form()


def test_a_bid_form_says_how_it_is_to_be_signed() -> None:
    """Whoever signs it has the form before them, and not the notice."""
    notice = replace(samples.notice(), signatures=SignatureRules(level="B-LT", signers=2))
    bid = replace(BID, notice=notice.digest())

    shown = solid(bid_form_pdf(bid, notice, bidder_name=LOTUS))

    assert "withtimestampandrevocationdata(B-LT);by2differentsigners" in shown
    assert "附时间戳和吊销信息（B-LT）；须由投标人的2名不同签署人签署" in shown


def test_a_bid_form_shows_who_bids_for_what_and_each_digest() -> None:
    made = bid_form()

    assert [text for text in (*LOTUS, "Road maintenance", "lot-1") if text not in words(made)] == []
    digests = [BID.digest(), BID.notice, *BID.envelopes.values()]
    assert [digest for digest in digests if digest not in solid(made)] == []


@pytest.mark.parametrize("made", [bid_form, withdrawal_form, receipt])
def test_what_is_filed_before_the_opening_shows_no_price(made: Any) -> None:
    shown = words(made())

    assert [mark for mark in ("CNY", "Total", "总价", "1,4", "12.50") if mark in shown] == []


def test_a_receipt_shows_number_instant_and_verdict() -> None:
    shown = words(receipt())

    said = ("0123-4567-89AB-CDEF", "2026-03-02 08:59:58.750000 UTC", "Signature not decided yet")
    assert [text for text in said if text not in shown] == []


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("Lotus Works", id="a bidder by name"),
        pytest.param("someone-without-a-name", id="a bidder nobody named, by id"),
        pytest.param("with 与 Bamboo Crew 竹林队", id="a member beside the lead"),
        pytest.param("Other members 联合体其他成员", id="the members in the bid's own part"),
        pytest.param("1,412,500.00 CNY", id="the price"),
        pytest.param("1,250,000.00 CNY", id="the price without tax"),
        pytest.param("Not opened: fault of the bidder", id="why a bid was not opened"),
        pytest.param("未开启：投标人原因", id="the same in Chinese"),
        pytest.param("The shares do not combine.", id="the finding behind it"),
        pytest.param("Signature valid, with remarks", id="the verdict on a document"),
        pytest.param("expired-before-receipt", id="its code"),
        pytest.param("No. 1, No. 3", id="who attended"),
        pytest.param("Opening officer 2 came late.", id="what else happened"),
    ],
)
def test_minutes_show(said: str) -> None:
    assert said in words(minutes())


def test_minutes_without_bids_say_so() -> None:
    assert "No bid was announced" in words(minutes(announced=[], incidents=[]))


def test_the_longest_names_and_amounts_stay_on_the_page() -> None:
    long = OPENED | {"bidder": "w" * 500, "total": "9" * 18 + ".0000", "lot": "l" * 64}
    long["members"] = ["w" * 500, "m" * 500]

    assert right_edge(minutes(announced=[long])) <= 595 - 62  # points: A4 without its margin


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda other: bid_form(other), id="bid form"),
        pytest.param(
            lambda other: withdrawal_form_pdf(WITHDRAWAL, other, bidder_name=LOTUS),
            id="withdrawal form",
        ),
        pytest.param(
            lambda other: receipt_pdf(NOTE, RECEIPT, other, bidder_name=LOTUS), id="receipt"
        ),
        pytest.param(
            lambda other: minutes_pdf(MINUTES, other, names={}, embedded=b"{}"), id="minutes"
        ),
    ],
)
def test_no_paper_mixes_two_tenders(wrong: Any) -> None:
    other = replace(samples.notice(), tender=samples.an_id("another tender"))

    with pytest.raises(ValueError, match="different tenders"):
        wrong(other)


@pytest.mark.django_db
def test_a_signed_form_is_valid_and_still_carries_the_bid_to_the_byte(trust: Trust) -> None:
    lotus = trust.issue("Lotus Works", IDENTIFIER)
    at = samples.CLOSES_AT - timedelta(hours=1)

    signed = trust.sign(bid_form(), lotus, at)

    policy = Policy(supplier=Supplier(identifiers=frozenset({IDENTIFIER})))
    report, _ = check(signed, policy=policy, at=at, now=at)
    assert (report.verdict, report.codes) == (Verdict.VALID, ())
    assert embedded_files(signed) == [("bid.json", BID.canonical())]


@pytest.mark.django_db
@pytest.mark.parametrize("made", [receipt, minutes])
def test_a_paper_of_the_platform_can_be_sealed(trust: Trust, made: Any) -> None:
    at = samples.CLOSES_AT + timedelta(hours=1)

    sealed = seal(made(), reason="Issued by the platform", at=at)

    report, _ = check(sealed.pdf, policy=Policy(), at=at, now=at)
    assert (report.verdict, report.codes) == (Verdict.VALID, ())
