"""Whoever lies about a tender is found out, with everything signed and proved as a liar could.

One test for each attack that the protocol names and that a bundle can show. The liar has every key
that the story gives: the platform's always, the agency's, a witness's or an opener's where the
attack is theirs.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bidding.sealed.opening import Disclosure, Outcome, Release
from bidding.sealed.sealing import Sealed
from oversight.verify import bundle as layout
from oversight.verify.checking import verify_bundle
from oversight.verify.report import Verdict
from procurement.proof.basis import Basis, GivenMandate
from procurement.proof.canonical import sha256_hex
from procurement.proof.evidence import LogEvent, TenderHistory
from procurement.proof.sealed_papers import DECISION, FORM, MINUTES, RECEIPT, PaperKind
from procurement.proof.suppliers import SigningMandate
from tenders.notice import Order
from tests.oversight.log import WITNESSES
from tests.oversight.story import SUPERVISOR, Filed, Files, Story, whole_story
from tests.vectors import samples
from tests.vectors.samples import AGENCY, CLOSES_AT, SIGNERS, TENDER, an_id, signer

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
ROGUE = signer("agency", "rogue")
Change = Callable[[Files], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bundle.zip"


def found(
    story: Story, path: Path, change: Change = lambda files: None, *receipts: bytes
) -> set[str]:
    """Verify a story's bundle, and give the codes of what is wrong with it."""
    report = verify_bundle(story.bundle(path, change), story.anchors(), receipts)
    assert (report.verdict is Verdict.BROKEN) == bool(report.findings)
    return {finding.code for finding in report.findings}


def published() -> Story:
    story = Story()
    story.publish()
    return story


def closed() -> tuple[Story, list[Filed]]:
    story = published()
    bids = story.bids()
    story.close(bids)
    return story, bids


def ordered(story: Story, effect: str, *, key=SUPERVISOR) -> None:
    order = Order.of(
        Order(
            TENDER,
            story.notice.digest(),
            "suspend",
            "A complaint",
            story.now,
            None,
            story.control_head,
        ).to_json()
        | {"effect": effect}
    )
    story.control("order.made", {"object": story.keep(order, key)})
    story.tick()


def extended(story: Story, *, key=AGENCY) -> None:
    later = CLOSES_AT + timedelta(hours=1)
    extension = replace(samples.extension(later), notice=story.notice.digest())
    story.control("deadline.extended", {"object": story.keep(extension, key)})
    story.tick()


def test_an_honest_story_is_authentic(path: Path):
    assert found(whole_story(), path) == set()


# The closed set


def test_a_late_insert_after_the_release(path: Path):
    story, _ = closed()
    story.open()
    story.file("epsilon", "9.00")

    assert found(story, path) == {
        *("filed-after-close", "late-bid", "other-branch", "closed-too-soon"),
    }


def test_a_bid_in_time_missing_from_the_closed_set(path: Path):
    story = published()
    alpha, beta, _ = story.bids()
    story.close([alpha, beta])
    story.open()

    assert found(story, path) == {"dropped-bid"}


def test_a_dropped_bid_with_a_receipt(path: Path):
    story = published()
    alpha, beta, delta = story.bids()
    dropped = story.file("epsilon", "1.00", journalled=False)
    story.close([alpha, beta, delta])
    story.open()

    assert found(story, path) == set()
    assert found(story, path, lambda files: None, dropped.note) == {"receipt-left-out"}


def test_a_receipt_that_nobody_signed(path: Path):
    story = whole_story()
    forged = story.filed[0].receipt.sign(ROGUE)

    assert found(story, path, lambda files: None, forged) == {"receipt-not-signed"}
    assert found(story, path, lambda files: None, b"a receipt") == {"receipt-not-signed"}


def test_a_superseding_bid_that_was_late(path: Path):
    story = published()
    alpha, beta, delta = story.bids()
    late = story.file("alpha", "1.00", supersedes=alpha, received_at=CLOSES_AT)
    story.close([late, beta, delta])
    story.open()

    assert found(story, path) == {"late-bid", "added-bid", "dropped-bid"}


@pytest.mark.parametrize(
    ("received_at", "codes"),
    [
        pytest.param(CLOSES_AT - MICROSECOND, set(), id="a microsecond before the deadline"),
        pytest.param(CLOSES_AT, {"late-bid", "added-bid"}, id="at the deadline"),
    ],
)
def test_the_deadline_to_the_microsecond(path: Path, received_at, codes):
    story = published()
    bids = story.bids()
    bids.append(story.file("epsilon", received_at=received_at))
    story.close(bids)
    story.open()

    assert found(story, path) == codes


def test_a_bid_that_witnesses_saw_only_after_the_deadline_and_delta(path: Path):
    story = published()
    bids = story.bids()
    story.now = CLOSES_AT + timedelta(seconds=story.notice.delta_seconds)
    bids.append(story.file("epsilon", received_at=CLOSES_AT - SECOND))
    story.close(bids)
    story.open()

    assert found(story, path) == {"late-bid", "added-bid"}


def test_a_withdrawal_forged_by_another_supplier(path: Path):
    story = published()
    alpha, beta, delta = story.bids()
    story.withdraw(delta, by="alpha")
    story.close([alpha, beta])
    story.open()

    assert found(story, path) == {"withdrawn-nothing", "dropped-bid"}


def test_a_withdrawal_without_a_form(path: Path):
    story = whole_story()
    form = layout.form_path(sha256_hex(b"%PDF withdrawal gamma"))

    assert found(story, path, lambda files: files.pop(form) and None) == {"missing-form"}


def test_a_withdrawn_bid_revived(path: Path):
    story = published()
    alpha, beta, delta = story.bids()
    gamma = next(one for one in story.filed if one.who == "gamma")
    receipt = replace(gamma.receipt, number="9999-0000-0000-0000", received_at=story.now)
    body = {"object": story.keep(receipt, signer("receipt", "1")), "bid": gamma.digest}
    story.concealed("bid.filed", body)
    story.tick()
    story.close([alpha, beta, gamma, delta])
    story.open()

    assert {"revived-bid", "added-bid"} <= found(story, path)


def test_two_live_bids_of_one_bidder(path: Path):
    story = published()
    bids = [*story.bids(), story.file("alpha", "14.00")]
    story.close(bids)
    story.open()

    assert found(story, path) == {"wrong-supersession", "added-bid"}


def test_a_concealed_event_left_out(path: Path):
    story = whole_story()

    def without_beta(files: Files) -> None:
        beta = story.filed[1].event
        gone = next(name for name, raw in files.items() if _is(name, raw, beta.raw))
        del files[gone]

    assert "broken-concealed-chain" in found(story, path, without_beta)


def test_the_last_concealed_events_left_out(path: Path):
    story = whole_story()
    withdrawal = next(one for one in story.log.events if one.verb == "bid.withdrawn")

    def without_the_last(files: Files) -> None:
        gone = next(name for name, raw in files.items() if _is(name, raw, withdrawal.raw))
        del files[gone]

    assert "concealed-left-out" in found(story, path, without_the_last)


# Bids and their content


def test_content_of_one_version_under_the_receipt_of_another(path: Path):
    story = published()
    first = story.file("alpha", "12.50")
    other = story.file("alpha", "99.00", supersedes=first)
    mixed = replace(other.receipt, envelopes=first.receipt.envelopes, number="7777-0000-0000-0000")
    body = {"object": story.keep(mixed, signer("receipt", "1")), "bid": other.digest}
    story.concealed("bid.filed", body)
    story.tick()
    story.close([other])
    story.open()

    assert "other-envelope" in found(story, path)


def test_a_copied_bid_under_another_supplier(path: Path):
    story = published()
    bids = [*story.bids(), story.file("thief", "11.00", sealed_for="beta")]
    story.close(bids)
    story.request()
    story.try_all()
    story.disclose()
    story.release()
    story.announce()

    assert "copied-bid" in found(story, path)


def test_an_envelope_of_a_sham_tender(path: Path):
    story = published()
    alpha, beta, delta = story.bids()
    sham = replace(beta.sealed.manifest, tender=an_id("sham"))
    story.keep(sham)
    bid = replace(beta.bid, bidder=alpha.bid.bidder, envelopes={"offer": sham.digest()})
    story.keep(bid)
    receipt = replace(alpha.receipt, number="6666-0000-0000-0000", bid=bid.digest())
    body = {"object": story.keep(receipt, signer("receipt", "1")), "bid": bid.digest()}
    story.concealed("bid.filed", body)
    story.tick()
    story.close([alpha, beta, delta])

    assert "other-envelope" in found(story, path)


def _swapped(story: Story, name: str, change: Callable[[bytes], bytes]) -> Change:
    """Change one sealed file of the bid that was not judged out."""
    manifest = next(one for one in story.opening_set() if one.who == "alpha").sealed.manifest

    def tamper(files: Files) -> None:
        place = layout.sealed_path(manifest.digest(), name)
        files[place] = change(files[place])

    return tamper


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]), id="a swapped byte"),
        pytest.param(lambda raw: raw[:-20], id="a truncated age file"),
        pytest.param(lambda raw: raw[:200] + raw[400:] + raw[200:400], id="reordered pieces"),
        pytest.param(lambda raw: b"", id="an empty file"),
    ],
)
def test_swapped_ciphertext(path: Path, change: Callable[[bytes], bytes]):
    story = whole_story()
    tamper = _swapped(story, "payload.age", change)

    assert found(story, path, tamper) == {"other-cause", "other-price", "other-documents"}


def test_a_payload_that_is_gone(path: Path):
    story = whole_story()
    manifest = next(one for one in story.opening_set() if one.who == "alpha").sealed.manifest
    place = layout.sealed_path(manifest.digest(), "payload.age")

    def without(files: Files) -> None:
        del files[place]

    assert found(story, path, without) == {"other-cause", "other-price", "other-documents"}


def _announcing(story: Story, change: Callable[[Outcome], Outcome]) -> None:
    """Open as everybody did, and announce something else."""
    story.request()
    story.try_all()
    story.disclose()
    story.release()
    story.announce(change)
    story.minute()


def test_a_bid_that_opens_and_is_said_not_to(path: Path):
    """Selective failure by the opener: the disclosed keys show that it opens."""
    story, (alpha, *_) = closed()

    def fail(said: Outcome) -> Outcome:
        if said.bid != alpha.digest:
            return said
        return replace(said, cause="bidder-fault", why="No", announced=None, documents=())

    _announcing(story, fail)

    assert found(story, path) == {"other-cause", "other-price", "other-documents"}


def test_a_price_that_was_not_in_the_seal(path: Path):
    story, (alpha, *_) = closed()

    def cheaper(said: Outcome) -> Outcome:
        if said.bid != alpha.digest or said.announced is None:
            return said
        return replace(said, announced=replace(said.announced, total="1.00"))

    _announcing(story, cheaper)

    assert found(story, path) == {"other-price"}


def test_a_document_that_was_not_in_the_seal(path: Path):
    story, (alpha, *_) = closed()

    def other(said: Outcome) -> Outcome:
        if said.bid != alpha.digest:
            return said
        return replace(said, documents=(replace(said.documents[0], sha256="0" * 64),))

    _announcing(story, other)

    assert found(story, path) == {"other-documents", "no-report"}


@pytest.mark.parametrize(
    ("judged", "codes"),
    [
        pytest.param(lambda _: None, {"basis-not-named", "report-not-named"}, id="nothing"),
        pytest.param(
            lambda basis: replace(basis, report="0" * 64),
            {"no-report", "report-not-named"},
            id="another report",
        ),
        pytest.param(
            lambda basis: replace(basis, report=None), {"no-report", "report-not-named"}, id="none"
        ),
        pytest.param(
            lambda basis: replace(basis, policy="0" * 64), {"other-basis"}, id="another policy"
        ),
        pytest.param(
            lambda basis: replace(basis, anchors="0" * 64), {"other-basis"}, id="other anchors"
        ),
    ],
)
def test_an_entry_that_does_not_name_what_a_verdict_rests_on(path: Path, judged, codes):
    story = published()
    bids = [*story.bids(), story.file("epsilon", judged=judged)]
    story.close(bids)
    story.open()

    assert found(story, path) == codes


LAWYER = "a lawyer"
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("who", "certificate", "recorded", "codes"),
    [
        pytest.param("epsilon", LAWYER, -DAY, set(), id="a mandate"),
        pytest.param("delta", LAWYER, -DAY, {"no-mandate"}, id="of another body"),
        pytest.param("epsilon", "another", -DAY, {"no-mandate"}, id="for another certificate"),
        pytest.param("epsilon", LAWYER, DAY, {"no-mandate"}, id="recorded afterwards"),
        pytest.param("epsilon", LAWYER, -DAY * 400, {"no-mandate"}, id="that had ended"),
        pytest.param(None, LAWYER, -DAY, {"no-mandate"}, id="none"),
    ],
)
def test_who_signed_by_a_mandate_has_one(path: Path, who, certificate, recorded, codes):
    story = published()
    bids, since = story.bids(), story.now + recorded
    paper = b"%PDF mandate"
    story.files |= {layout.mandate_path(sha256_hex(paper)): paper} if who else {}

    def with_mandate(basis: Basis) -> Basis:
        if who is None:
            return basis
        said = SigningMandate(
            an_id(who), "NTRCN-1", "M-1", sha256_hex(certificate.encode()), "CN=Li Na",
            since, since + DAY * 365, "bids",
        )  # fmt: skip
        given = GivenMandate(story.keep(said), sha256_hex(paper), since)
        return replace(basis, mandates=(given,))

    how = {"signers": (LAWYER,), "bound_by": "mandate", "judged": with_mandate}
    bids.append(story.file("epsilon", **how))
    story.close(bids)
    story.open()

    assert found(story, path) == codes


def test_a_form_that_was_judged_as_of_another_time(path: Path):
    story = published()
    bids = story.bids()
    bids.append(story.file("epsilon", judged_at=story.now - timedelta(days=30)))
    story.close(bids)
    story.open()

    assert found(story, path) == {"judged-as-of-another-time"}


def test_another_signed_paper_than_the_one_that_was_published(path: Path):
    def change(files: Files) -> None:
        files[layout.NOTICE_PDF] = b"%PDF another notice"

    assert found(whole_story(), path, change) == {"other-file"}


def test_a_policy_or_anchors_that_are_not_there(path: Path):
    def change(files: Files) -> None:
        for name in [one for one in files if one.startswith((layout.POLICIES, layout.SETS))]:
            del files[name]

    assert found(whole_story(), path, change) == {"missing-file"}


def test_a_verdict_that_no_report_gave(path: Path):
    """Beta's document failed; said to be sound, nobody would have to judge the bid."""
    story, (_, beta, _) = closed()

    def sound(said: Outcome) -> Outcome:
        if said.bid != beta.digest:
            return said
        return replace(said, documents=(replace(said.documents[0], verdict="VALID"),))

    _announcing(story, sound)

    assert found(story, path) == {"no-report"}


def test_a_signed_document_that_is_said_to_be_no_pdf(path: Path):
    """Nobody judges what is no PDF, so a bid could be turned away without a report."""
    story, (_, beta, _) = closed()

    def no_pdf(said: Outcome) -> Outcome:
        if said.bid != beta.digest:
            return said
        document = replace(said.documents[0], verdict="NOT_JUDGED", judged=None)
        return replace(said, documents=(document,))

    _announcing(story, no_pdf)

    assert "other-documents" in found(story, path)


def test_a_bid_that_opens_on_one_path_only(path: Path):
    """Selective failure by the bidder: what the escrow holds is other than what openers have."""
    story = published()

    def one_path(sealed: Sealed) -> Sealed:
        return replace(sealed, manifest=replace(sealed.manifest, e="0" * 64))

    story.reseal = one_path
    alpha = story.file("alpha")
    story.close([alpha])
    _announcing(story, lambda said: said)

    assert found(story, path) == {"other-cause", "other-price", "other-documents"}


# One history


def test_a_checkpoint_that_was_backdated(path: Path):
    story = published()
    bids = story.bids()
    now, story.now = story.now, story.now - timedelta(minutes=10)
    bids.append(story.file("epsilon"))
    story.now = now
    story.close(bids)
    story.open()

    assert found(story, path) == {"backdated-checkpoint"}


def test_a_fork_shown_to_one_witness(path: Path):
    story = whole_story()
    size = sorted(story.log.notes)[4]
    story.log.witnesses = WITNESSES[:1]
    story.log.notes[size] = story.log.note(size, story.now)

    assert "quorum-missing" in found(story, path)


def test_the_same_witness_twice_in_a_quorum(path: Path):
    story = whole_story()
    size = sorted(story.log.notes)[4]
    lines = story.log.notes[size].splitlines(keepends=True)
    story.log.notes[size] = b"".join([*lines[:-2], lines[-3], lines[-3]])

    assert found(story, path) == {"duplicate-signature"}


def test_two_witnesses_of_four(path: Path):
    story = whole_story()
    size = sorted(story.log.notes)[4]
    story.log.notes[size] = b"".join(story.log.notes[size].splitlines(keepends=True)[:-2])

    assert found(story, path) == {"quorum-missing"}


def test_a_log_that_was_rewritten(path: Path):
    story = whole_story()
    size = sorted(story.log.notes)[2]
    rewritten = [*story.log.entries[: size - 1], story.log.entries[0]]
    story.log.notes[size] = story.log.note(size, CLOSES_AT - timedelta(minutes=59), rewritten)

    assert {"forked-log", "not-in-the-log"} <= found(story, path)


def test_a_log_signed_by_another_key(path: Path):
    story = whole_story()
    story.log.log_key = signer("log", "rogue")
    size = sorted(story.log.notes)[-1]
    story.log.notes[size] = story.log.note(size, story.now)

    assert found(story, path) == {"no-known-signature"}


def test_an_edited_row(path: Path):
    story = whole_story()

    row = next(one.raw for one in story.log.events if one.verb == "tender.submitted-for-approval")

    def edited(files: Files) -> None:
        name = next(name for name, raw in files.items() if _is(name, raw, row))
        shown = LogEvent.read(files[name])
        event = shown.event.replace(b"submitted", b"dismissed")
        files[name] = replace(shown, event=event).canonical()

    assert found(story, path, edited) == {"not-in-the-log"}


def test_a_swapped_object_version(path: Path):
    story = whole_story()

    def swapped(files: Files) -> None:
        files[layout.object_path(story.filed[0].digest)] = story.filed[1].bid.canonical()

    assert found(story, path, swapped) == {"other-object"}


def _without_the_suspension(story: Story) -> Change:
    leaf = next(one.raw for one in story.log.events if one.verb == "order.made")

    def without(files: Files) -> None:
        gone = next(name for name, raw in files.items() if _is(name, raw, leaf))
        del files[gone]
        history = TenderHistory.read(files[layout.HISTORY])
        kept = tuple(one for one in history.events if one.event != leaf)
        files[layout.HISTORY] = replace(history, events=kept).canonical()

    return without


def test_a_history_with_the_suspension_left_out(path: Path):
    story, _ = closed()
    ordered(story, "suspend")
    story.open()

    assert found(story, path) == {"suspended"}
    assert found(story, path, _without_the_suspension(story)) == {"broken-chain"}


def test_a_history_that_ends_before_the_newest_decision(path: Path):
    story = whole_story()

    def cut(files: Files) -> None:
        history = TenderHistory.read(files[layout.HISTORY])
        kept = tuple(one for one in history.events if b"tender.concluded" not in one.event)
        files[layout.HISTORY] = replace(history, events=kept).canonical()

    assert found(story, path, cut) == {"not-the-head"}


def test_a_cancelled_tender_opened(path: Path):
    story, _ = closed()
    ordered(story, "cancel", key=AGENCY)
    story.open()

    assert found(story, path) == {"cancelled"}


def test_an_order_that_no_supervisor_signed(path: Path):
    story, _ = closed()
    ordered(story, "suspend", key=ROGUE)

    assert found(story, path) == {"unsigned-decision"}


def test_a_second_close(path: Path):
    story, bids = closed()
    story.close(bids)
    story.open()

    assert "closed-twice" in found(story, path)


def test_a_close_in_the_tick_of_the_last_bid(path: Path):
    story = published()
    bids = story.bids()
    story.tick = lambda: None  # type: ignore[method-assign]
    bids.append(story.file("epsilon"))
    del story.tick
    story.close(bids)
    story.open()

    assert "closed-too-soon" in found(story, path)


def test_a_forged_extension(path: Path):
    story = published()
    extended(story, key=ROGUE)

    assert found(story, path) == {"unsigned-decision"}


def test_an_extension_after_the_request(path: Path):
    story, _ = closed()
    story.request()
    extended(story)
    story.try_all()
    story.disclose()
    story.release()

    assert {"extended-after-request", "not-closed"} <= found(story, path)


# Who may open


def test_a_substituted_keyset(path: Path):
    story = Story()
    story.publish(fixed=samples.keyset(k=3))

    assert found(story, path) == {"other-keyset"}


def test_a_bid_sealed_under_a_substituted_keyset(path: Path):
    story = published()
    story.keyset = samples.keyset(k=3)
    alpha = story.file("alpha")
    story.close([alpha])

    assert found(story, path) == {"other-envelope"}


def test_a_notice_that_the_agency_did_not_sign(path: Path):
    story = Story()
    story.publish(key=ROGUE)

    assert found(story, path) == {"no-known-signature"}


def test_a_notice_by_an_agency_that_the_anchors_do_not_name(path: Path):
    story = Story()
    story.notice = replace(story.notice, agency=ROGUE.verifier)
    story.publish(key=ROGUE)

    assert found(story, path) == {"unknown-agency"}


def test_a_panel_fixed_after_the_first_bid(path: Path):
    story = Story()
    story.file("alpha")
    story.publish()

    assert "panel-after-bid" in found(story, path)


def test_a_holder_who_never_rehearsed(path: Path):
    story = whole_story()

    def without(files: Files) -> None:
        for name, raw in list(files.items()):
            if b"rehearsal-answer" in raw and b"escrow-b" in raw and name.startswith("objects/"):
                del files[name]

    assert found(story, path, without) == {"not-rehearsed"}


def test_fewer_openers_than_the_quorum(path: Path):
    story, _ = closed()
    story.request(1)
    story.try_all("opener-1", "timekeeper")
    story.disclose(1)
    story.release()

    assert "no-quorum" in found(story, path)


def test_one_opener_twice(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose(1, 1)
    story.release()
    story.announce()
    story.minute()

    assert {"other-holder", "no-quorum"} <= found(story, path)


def test_an_opener_who_was_not_present(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose(1, 2)
    story.release()
    story.announce()

    assert {"other-holder", "no-quorum"} <= found(story, path)


def test_one_opener_signs_for_another(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose(key=SIGNERS["opener-1"])
    story.release()
    story.announce()

    assert "holder-did-not-sign" in found(story, path)


def test_k_openers_without_the_timekeeper(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose()
    story.release(key=SIGNERS["opener-1"])
    story.announce()
    story.minute()

    assert found(story, path) == {"holder-did-not-sign"}


def test_choosing_after_looking(path: Path):
    """An opener who discloses only some of the set wants to see before opening the rest."""
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose(change=lambda said: replace(said, shares=said.shares[:1]))
    story.release()
    story.announce()
    story.minute()

    assert "not-the-whole-set" in found(story, path)


def test_a_release_that_leaves_a_bid_out(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose()
    story.release(change=lambda said: replace(said, pads=said.pads[1:]))
    story.announce()
    story.minute()

    assert "not-the-whole-set" in found(story, path)


def _bad_share(field: str, value: bytes) -> Callable[[Disclosure], Disclosure]:
    def change(said: Disclosure) -> Disclosure:
        bad = replace(said.shares[0], **{field: value})
        return replace(said, shares=(bad, *said.shares[1:]))

    return change


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("share", bytes(32) + b"\x01", id="a garbage share"),
        pytest.param("file_key", bytes(16), id="a wrong file key, so a wrong MAC"),
    ],
)
def test_a_share_that_does_not_check(path: Path, field: str, value: bytes):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose(change=_bad_share(field, value))
    story.release()
    story.announce()
    story.minute()

    assert "disputed" in found(story, path)


@pytest.mark.parametrize("field", ["pad", "file_key"])
def test_a_pad_that_does_not_check(path: Path, field: str):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose()
    wrong = bytes(32) if field == "pad" else bytes(16)

    def bad(said: Release) -> Release:
        return replace(said, pads=(replace(said.pads[0], **{field: wrong}), *said.pads[1:]))

    story.release(change=bad)
    story.announce()
    story.minute()

    assert "disputed" in found(story, path)


def test_a_disclosure_made_on_another_branch(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose(change=lambda said: replace(said, control_head="0" * 64))
    story.release()
    story.announce()
    story.minute()

    assert found(story, path) == {"other-branch"}


# When it may be opened


def test_a_timekeeper_asked_early(path: Path):
    story = published()
    bids = story.bids()
    story.close(bids)
    story.now = CLOSES_AT - timedelta(minutes=1)
    story.request()
    story.try_all()
    story.disclose()
    story.release()

    assert {"too-early", "not-witnessed-after-deadline"} <= found(story, path)


def test_a_release_before_the_disclosures(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.release()
    story.disclose()
    story.announce()

    assert "out-of-order" in found(story, path)


def test_a_release_without_an_intent(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose()
    story.release(intent=False)
    story.announce()

    assert "no-intent" in found(story, path)


def test_a_release_in_the_tick_of_its_intent(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose()
    story.release(witnessed=False)
    story.announce()

    assert "not-witnessed-before" in found(story, path)


def test_a_timekeeper_restored_from_an_old_backup(path: Path):
    """It answers an intent that it had answered before, or that never was."""
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose()
    story.release(change=lambda said: replace(said, intent="0" * 64))
    story.announce()
    story.minute()

    assert found(story, path) == {"other-intent"}


def test_two_releases(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose()
    story.release()
    story.release(intent=False)
    story.announce()

    assert "done-twice" in found(story, path)


# Later acts


def opened_story() -> tuple[Story, list[Filed]]:
    story, bids = closed()
    story.open()
    return story, bids


def test_minutes_that_say_something_else(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose()
    story.release()
    story.announce()
    story.minute(change=lambda minutes: replace(minutes, announced=minutes.announced[1:]))

    assert found(story, path) == {"other-minutes"}


def test_minutes_that_an_opener_did_not_sign(path: Path):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose()
    story.release()
    story.announce()
    story.minute(SIGNERS["opener-1"])

    assert found(story, path) == {"minutes-not-signed"}


KINDS = (RECEIPT, FORM, MINUTES, DECISION)


def awarded_story() -> tuple[Story, dict[str, str]]:
    """Play an honest tender, and say where a paper of each kind lies."""
    story = whole_story()
    names = {kind: [one for one in story.files if _of_kind(one, kind)] for kind in KINDS}
    return story, {kind: found[0] for kind, found in names.items()}


def _of_kind(path: str, kind: str) -> bool:
    return path.startswith(layout.paper_path(kind, "\0").partition("\0")[0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_byte_of_a_sealed_paper(path: Path, kind: str):
    story, papers = awarded_story()

    def flip(files: Files) -> None:
        raw = bytearray(files[papers[kind]])
        raw[-1] ^= 1
        files[papers[kind]] = bytes(raw)

    report = verify_bundle(story.bundle(path, flip), story.anchors())

    assert report.verdict is Verdict.BROKEN
    assert [(one.code, one.where) for one in report.findings] == [("other-paper", papers[kind])]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sealed_paper_that_the_log_names_and_that_is_gone(path: Path, kind: str):
    story, papers = awarded_story()

    assert found(story, path, lambda files: files.pop(papers[kind]) and None) == {"missing-file"}


def test_a_sealed_paper_that_the_log_does_not_name(path: Path):
    story, papers = awarded_story()

    def added(files: Files) -> None:
        files[layout.paper_path(DECISION, "0" * 64)] = files[papers[DECISION]]

    assert found(story, path, added) == {"paper-not-named"}


@pytest.mark.parametrize("kind", [RECEIPT, DECISION])
def test_a_sealed_paper_about_nothing_that_was_told(path: Path, kind: PaperKind):
    story, _ = awarded_story()
    story.seal_papers((kind, "0" * 64))
    story.tick()

    assert found(story, path) == {"paper-about-nothing"}


def test_the_paper_of_another_opening(path: Path):
    story, _ = awarded_story()
    story.seal_papers((MINUTES, story.keep(samples.minutes())))
    story.tick()

    assert found(story, path) == {"paper-about-nothing"}


@pytest.mark.parametrize("own", [True, False])
def test_the_paper_of_minutes_that_nobody_has_signed_is_about_this_opening(path: Path, own: bool):
    story, _ = closed()
    story.request()
    story.try_all()
    story.disclose()
    story.release()
    story.announce()
    minutes = samples.minutes()
    said = replace(minutes, opened=story.opened.digest()) if own else minutes
    story.seal_papers((MINUTES, story.keep(said)))
    story.tick()

    assert found(story, path) == (set() if own else {"paper-about-nothing"})


def test_a_paper_that_was_named_before_the_bids_were_announced(path: Path):
    story, bids = closed()
    story.seal_papers((RECEIPT, bids[0].receipt.digest()))
    story.tick()
    story.open()

    assert {"sealed-too-soon"} <= found(story, path)


def test_a_decision_that_was_sealed_before_it_was_made(path: Path):
    story, (alpha, beta, _) = opened_story()
    story.judge(beta, counts=False)
    decision = story.decision_on(alpha)
    story.seal_papers((DECISION, decision.digest()))
    story.keep(decision)
    story.tick()
    story.award(alpha)

    assert found(story, path) == {"sealed-too-soon", "sealed-twice"}


def test_a_paper_that_was_stamped_later_is_the_one_that_counts(path: Path):
    story, papers = awarded_story()
    first = story.files[papers[MINUTES]]
    minutes = papers[MINUTES].rpartition("-")[2].removesuffix(".pdf")
    story.seal_papers((MINUTES, minutes), copy=2)
    story.tick()

    assert found(story, path) == set()
    assert found(story, path, lambda files: files.update({papers[MINUTES]: first})) == {
        "other-paper"
    }


def test_a_decision_without_a_paper_is_told(path: Path):
    story, papers = awarded_story()
    entry = next(one for one in reversed(story.log.events) if one.verb == "papers.sealed")

    def without(files: Files) -> None:
        del files[papers[DECISION]]
        del files[next(name for name, raw in files.items() if _is(name, raw, entry.raw))]

    report = verify_bundle(story.bundle(path, without), story.anchors())

    assert report.findings == ()
    (said,) = (one for one in report.not_proved if one.code == "without-paper")
    assert said.said("en").startswith("Of 1 minutes or award decisions")


def test_one_person_proposes_and_decides(path: Path):
    story, (alpha, beta, _) = opened_story()
    story.judge(beta, counts=False)
    story.award(alpha, decided_by="proposer")

    assert found(story, path) == {"same-person"}


def test_one_person_judges_and_confirms(path: Path):
    story, (alpha, beta, _) = opened_story()
    story.judge(beta, counts=False, decided_by="proposer")
    story.award(alpha)

    assert found(story, path) == {"same-person"}


@pytest.mark.parametrize(
    ("effect", "key", "code"),
    [("suspend", SUPERVISOR, "suspended"), ("cancel", AGENCY, "cancelled")],
)
def test_an_award_while_an_order_stood_against_it(path: Path, effect: str, key, code: str):
    story, (alpha, beta, _) = opened_story()
    ordered(story, effect, key=key)
    story.judge(beta, counts=False)
    story.award(alpha)

    assert found(story, path) == {code}


def test_a_judgement_of_another_opening(path: Path):
    story, (alpha, beta, _) = opened_story()
    honest, story.opened = story.opened, replace(story.opened, close="0" * 64)
    story.judge(beta, counts=False)
    story.opened = honest
    story.award(alpha)

    assert found(story, path) == {"other-opening"}


def test_a_bid_whose_signature_failed_and_that_nobody_judged(path: Path):
    story, (_, beta, _) = opened_story()
    story.award(beta)

    assert found(story, path) == {"not-judged"}


def test_an_offer_that_departs_from_the_form_and_that_nobody_judged(path: Path):
    story, bids = closed()
    story.request()
    story.try_all()
    story.disclose()
    story.release()
    story.announce(lambda outcome: replace(outcome, why="A price is missing"))
    story.minute()
    story.judge(bids[1], counts=False)
    story.award(bids[0])

    assert found(story, path) == {"not-judged"}


def test_an_award_to_a_bid_that_was_judged_out(path: Path):
    story, (_, beta, _) = opened_story()
    story.judge(beta, counts=False)
    story.award(beta)

    assert found(story, path) == {"not-ranked"}


def test_a_ranking_with_other_points(path: Path):
    story, (_, beta, delta) = opened_story()
    story.judge(beta, counts=False)
    story.award(delta, change=lambda ranking: replace(ranking, places=ranking.places[1:]))

    assert found(story, path) == {"other-ranking"}


def test_a_tender_concluded_before_its_lot_was_decided(path: Path):
    story, _ = opened_story()
    story.control("tender.concluded", {})
    story.tick()

    assert found(story, path) == {"ended-too-soon", "step-missing"}


def test_an_award_before_the_minutes(path: Path):
    story, (alpha, beta, _) = closed()
    story.request()
    story.try_all()
    story.disclose()
    story.release()
    story.announce()
    story.judge(beta, counts=False)
    story.award(alpha)
    story.minute()

    assert found(story, path) == {"out-of-order"}


def _is(name: str, raw: bytes, event: bytes) -> bool:
    return name.startswith(layout.EVENTS) and LogEvent.read(raw).event == event
