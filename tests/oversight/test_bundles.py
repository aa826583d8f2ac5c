"""What the platform hands out as evidence is authentic, whole, for supervisors and written down.

Requirement K95.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from django.test import Client
from knox.models import AuthToken

from awards.actions.deciding import decide
from awards.actions.judging import decide_judgement, judge
from awards.actions.proposing import propose
from awards.ceremonies import decision_paper
from awards.queries import result
from bidding.actions.papers import Paper
from bidding.ceremonies.enclosed import stored_name
from bidding.ceremonies.keeping import keep
from bidding.models import Bid, OpenedDocument, Receipt, SealedPaper
from bidding.queries_opening import minutes_of, opening_of
from client.bundle_evidence import again
from client.bundle_signatures import checks
from oversight.bundles import evidence_of, write_evidence
from oversight.ceremonies import NoEvidenceYet, NotInTheLogYet, download
from oversight.verify import bundle as layout
from oversight.verify.case import Case
from oversight.verify.checking import Check, verify_bundle
from oversight.verify.formats import BundleIndex
from oversight.verify.frozen import evidence_is_what_it_is_named
from oversight.verify.reader import open_bundle
from oversight.verify.report import Broken, Report, Verdict
from procurement.actors import ANONYMOUS, Actor
from procurement.anchors import current_anchors
from procurement.journal.sequencer import tick
from procurement.models import Event, User
from procurement.outbox import deliver
from procurement.proof.canonical import canonical, digest, sha256_hex
from procurement.proof.evidence import LogEvent
from procurement.refusals import NotPermitted
from procurement.roles import OrganisationKind
from procurement.stored import vault
from procurement.vault import DOCUMENTS, SEALED
from signatures.actions.frozen import keep_directory_set, keep_policy
from signatures.evidence.comparing import Outcome
from signatures.evidence.rejudging import judged_again
from signatures.models import SignatureReport
from signatures.pdf.frozen import parts_of
from signatures.pdf.judge import judge as judge_pdf
from signatures.platform import Sealed
from signatures.queries_frozen import anchors_kept, policy_kept
from tenders.actions.ending import cancel
from tenders.models import Tender
from tests.bidding.filing import filed_bid, prepared_bid, signed_form, submit, withdrawn_bid
from tests.bidding.opened import close, file_all, minuted_tender, opened_tender, sign_minutes
from tests.bidding.together import filed_together
from tests.ground.making import organisation, person
from tests.signatures.mandating import asked, given
from tests.signing import Trust
from tests.world import World, order, published_tender

Contents = dict[str, bytes]


def taken(world: World, tender: Tender, path: Path) -> Path:
    """Download a bundle as the supervisor does."""
    tick(world.now)
    with download(tender_id=tender.pk, by=world.by("overseer"), now=world.now) as file:
        path.write_bytes(file.read())
    return path


def verified(path: Path, *receipts: str) -> Report:
    return verify_bundle(path, current_anchors(), tuple(note.encode() for note in receipts))


def test_a_tender_up_to_its_minutes_is_authentic(real_world: World, tmp_path: Path) -> None:
    tender = minuted_tender(real_world, "12.50", "11.00", "11.00")

    report = verified(
        taken(real_world, tender, tmp_path / "bundle.zip"),
        *Receipt.objects.values_list("note", flat=True),
    )

    assert report.findings == ()
    assert report.verdict is Verdict.AUTHENTIC


def test_an_award_to_a_consortium_with_a_replaced_and_a_withdrawn_bid_is_authentic(
    real_world: World, tmp_path: Path
) -> None:
    world = real_world
    tender = published_tender(world)
    one, two, three = world.suppliers
    filed_bid(world, tender, one, "12.50")
    filed_bid(world, tender, one, "12.00")
    withdrawn_bid(world, three, filed_bid(world, tender, three, "1.00").bid)
    filed_together(world, tender, two, three, price="11.00")
    tender = close(world, tender)
    opened_tender(world, tender)
    sign_minutes(world, tender)
    _awarded(world, tender)

    path = taken(world, tender, tmp_path / "bundle.zip")
    report = verified(path, *Receipt.objects.values_list("note", flat=True))

    assert report.findings == ()
    assert report.verdict is Verdict.AUTHENTIC
    assert {"members-once", "members-behind", "looked-up", "judgements", "rankings", "awards"} | {
        "winners", "receipts-count",
    } <= {one.code for one in report.proved}  # fmt: skip
    joint = tuple(sorted(str(member.organisation.pk) for member in (two, three)))
    best = result(tender, "lot-1").ranking.places[0]
    announced = minutes_of(opening_of(tender.pk)).announced
    (won,) = [one.members for one in announced if one.bid == best.bid]
    assert best.members == won == joint


def test_signatures_are_judged_again_by_who_asks_for_it(
    real_world: World, trust: Trust, tmp_path: Path
) -> None:
    tender = minuted_tender(real_world, "12.50", "11.00")
    path = taken(real_world, tender, tmp_path / "bundle.zip")
    extra = checks(trust.anchors)

    report = verify_bundle(path, current_anchors(), (), extra)

    assert (report.findings, report.verdict) == ((), Verdict.AUTHENTIC)
    assert "signatures" in {one.code for one in report.proved}
    assert "signatures" not in {one.code for one in report.not_proved}
    assert {"named", "evidence", "judged-again"} <= {one.code for one in report.proved}
    judged = [*judged_again()]
    asked = SignatureReport.objects.values_list("file_sha256", "at")
    assert {(one.file_sha256, one.at) for one in judged} == {*asked}
    assert {one.outcome for one in judged} == {Outcome.SAME}

    # Whoever rewrites what a report rests on, digests and all, is found out
    assert _found(path, _other_policy) == {"other-evidence"}
    assert _found(path, _without_a_part) == {"missing-file"}
    assert _found(path, _other_report) == {"other-report"}
    assert _found(path, _other_software) == {"other-judge"}
    assert _found(path, _other_software_and_verdict) == {"other-report"}


def test_mandates_and_countersigned_forms_are_in_it_and_hold(
    real_world: World, trust: Trust, tmp_path: Path
) -> None:
    world, lotus = real_world, real_world.suppliers[0]
    lawyer = trust.issue("Li Na", None)  # type: ignore[arg-type]  # a person's own
    tender = published_tender(world)
    mandate = given(world, lotus, asked(world, lotus, lawyer))
    bid = prepared_bid(world, tender, lotus, "12.50")
    submit(world, lotus, bid, signed_form(world, replace(lotus, credential=lawyer), bid))
    deliver(world.now)
    tender = close(world, tender)
    opened_tender(world, tender)
    sign_minutes(world, tender)
    deliver(world.now)
    path, extra = taken(world, tender, tmp_path / "bundle.zip"), checks(trust.anchors)

    report = verify_bundle(path, current_anchors(), (), extra)

    assert report.findings == ()
    papers = {"mandates", "countersigned", "sealed-papers", "papers-judged"}
    assert papers <= {one.code for one in report.proved}

    form = Bid.objects.get().form_sha256
    copy, paper = layout.countersigned_path(form), layout.mandate_path(str(mandate.paper_sha256))

    def without_its_paper(files: Contents) -> None:
        del files[paper]

    def of_another_form(files: Contents) -> None:
        files[copy] = b"%PDF another " + files[copy]

    def never_filed(files: Contents) -> None:
        files[layout.countersigned_path("0" * 64)] = files[copy]

    def not_sealed(files: Contents) -> None:
        files[copy] = files[layout.form_path(form)]

    assert _codes(_rewritten(path, without_its_paper)) == {"missing-file"}
    assert _codes(_rewritten(path, of_another_form)) == {"other-form", "other-paper"}
    assert _codes(_rewritten(path, never_filed)) == {"copy-without-form", "paper-not-named"}
    assert _codes(_rewritten(path, not_sealed), extra) == {"platform-seal", "other-paper"}


def test_every_sealed_paper_is_in_it_and_no_byte_of_one_can_be_changed(
    real_world: World, trust: Trust, tmp_path: Path
) -> None:
    world = real_world
    tender = published_tender(world)
    file_all(world, tender, "12.50")
    deliver(world.now)
    tender = close(world, tender)
    opened_tender(world, tender)
    sign_minutes(world, tender)
    decision = _awarded(world, tender)
    early = verified(taken(world, tender, tmp_path / "early.zip"))
    assert (early.findings, early.verdict) == ((), Verdict.AUTHENTIC)
    assert "without-paper" in {one.code for one in early.not_proved}
    deliver(world.now)

    path, extra = taken(world, tender, tmp_path / "bundle.zip"), checks(trust.anchors)
    report = verify_bundle(path, current_anchors(), (), extra)

    assert (report.findings, report.verdict) == ((), Verdict.AUTHENTIC)
    assert {"sealed-papers", "papers-judged"} <= {one.code for one in report.proved}
    assert "without-paper" not in {one.code for one in report.not_proved}
    receipt = Receipt.objects.get()
    sealed = {
        layout.paper_path("decision", decision),
        layout.paper_path("minutes", minutes_of(opening_of(tender.pk)).digest()),
        layout.paper_path("receipt", receipt.digest),
        layout.paper_path("form", receipt.bid.form_sha256),
    }
    assert {name for name in _names(path) if name.startswith(("papers/", "counter"))} == sealed
    for name in sealed:
        other = verify_bundle(_rewritten(path, partial(_flipped, name)), current_anchors())
        assert other.verdict is Verdict.BROKEN
        assert ("other-paper", name) in {(one.code, one.where) for one in other.findings}


def test_a_paper_that_the_log_names_and_that_carries_something_else_is_found_out(
    real_world: World, trust: Trust, tmp_path: Path
) -> None:
    """Whoever has the sealing key and the database makes another paper, and has it named."""
    world = real_world
    tender = minuted_tender(world, "12.50")
    deliver(world.now)
    (minutes,) = SealedPaper.objects.filter(kind="minutes")
    with vault().get(DOCUMENTS, minutes.object_name, minutes.version) as reading:
        about_minutes = b"".join(reading)
    decision = _awarded(world, tender)
    name = decision_paper.paper_name(decision)
    sealed = Sealed(about_minutes, "B-T")
    keep(sealed, Paper(tender.pk, "decision", decision, name), now=world.now)
    deliver(world.now)  # there is a paper, so none is made

    path = taken(world, tender, tmp_path / "bundle.zip")

    assert verified(path).findings == ()  # without reading PDF files nobody can tell
    where = layout.paper_path("decision", decision)
    found = verify_bundle(path, current_anchors(), (), checks(trust.anchors)).findings
    assert [(one.code, one.where) for one in found] == [("other-content", where)]


def _awarded(world: World, tender: Tender) -> str:
    """Award the lot to the best bid, all of which count, and give the decision's digest."""
    asked = {"tender_id": tender.pk, "reason": "As the documents say", "now": world.now}
    for bid in result(tender, "lot-1").to_judge:
        said = judge(**asked, bid=bid.bid.digest, counts=True, by=world.by("proposer"))
        decide_judgement(
            judgement_id=said.pk, decision="confirmed", reason="Seen", by=world.by("decider"),
            now=world.now,
        )  # fmt: skip
    best = result(tender, "lot-1").ranking.places[0].bid
    propose(**asked, lot="lot-1", bid=best, by=world.by("proposer"))
    return decide(**asked, lot="lot-1", decision="confirmed", by=world.by("decider")).decision


def _flipped(name: str, files: Contents) -> None:
    """Change one bit in the last quarter of a paper, where its seal is."""
    raw = bytearray(files[name])
    raw[len(raw) * 3 // 4] ^= 1
    files[name] = bytes(raw)


@pytest.mark.parametrize("which", ["form", "enclosed"])
def test_report_policy_and_anchors_that_were_exchanged_together_are_found_out(
    real_world: World, trust: Trust, tmp_path: Path, which: str
) -> None:
    """Whoever owns the database lets a verdict follow from a policy and anchors of its own.

    Everything agrees with everything else then, but not with the log.
    """
    tender = minuted_tender(real_world, "12.50")
    bid, extra = Bid.objects.get(), checks(trust.anchors)
    name, version = bid.form_name, bid.form_version
    if which == "enclosed":
        inside = OpenedDocument.objects.get(name="technical")
        name, version = stored_name(inside.pk), inside.object_version
    with vault().get(SEALED, name, version) as reading:
        file = b"".join(reading)

    row = _exchanged(file, trust)
    path = taken(real_world, tender, tmp_path / "bundle.zip")

    assert _codes(path, extra) == {"no-report"}  # the platform's own code leaves it out
    assert _codes(_rewritten(path, partial(_put_in, row)), extra) == {
        *("no-report", "report-not-named"),
    }


def _exchanged(file: bytes, trust: Trust) -> SignatureReport:
    """Judge a file anew by another policy and other anchors, and write that over what was kept."""
    (row,) = SignatureReport.objects.filter(file_sha256=sha256_hex(file))
    policy, anchors = policy_kept(row.policy_digest), anchors_kept(row.anchors_digest)
    assert policy is not None
    assert anchors is not None
    another = trust.issue("Somebody", "NTRCN-SOMEBODY").certificate_der
    trusted = sorted((*anchors.signers, another), key=lambda der: sha256_hex(der))
    policy, anchors = replace(policy, supplier=None), replace(anchors, signers=tuple(trusted))
    report = judge_pdf(file, policy=policy, anchors=anchors, at=row.at)
    assert report.verdict == row.verdict
    keep_policy(policy, now=row.created_at)
    keep_directory_set(anchors, now=row.created_at)
    SignatureReport.objects.filter(pk=row.pk).update(
        report=report.to_json(),
        report_digest=digest(report.to_json()),
        policy_digest=policy.digest,
        anchors_digest=anchors.digest,
    )
    row.refresh_from_db()
    return row


def _put_in(row: SignatureReport, files: Contents) -> None:
    """Put a report and all that it rests on into a bundle, each under its digest."""
    policy, anchors = policy_kept(row.policy_digest), anchors_kept(row.anchors_digest)
    assert policy is not None
    assert anchors is not None
    files[layout.report_path(row.report_digest)] = canonical(row.report)
    files[layout.policy_path(policy.digest)] = canonical(policy.to_json())
    files[layout.set_path(anchors.digest)] = canonical(anchors.listed())
    files |= {layout.part_path(sha256): part for sha256, part in parts_of(anchors)}


def _codes(path: Path, extra: tuple[Check, ...] = ()) -> set[str]:
    report = verify_bundle(path, current_anchors(), (), extra)
    return {finding.code for finding in report.findings}


def test_a_report_that_names_another_signer_is_found_out(
    real_world: World, trust: Trust, tmp_path: Path
) -> None:
    tender = minuted_tender(real_world, "12.50")
    tick(real_world.now)
    for row in SignatureReport.objects.exclude(verdict="UNSIGNED"):
        for signature in row.report["signatures"]:
            signature["signer"]["certificate_sha256"] = "0" * 64
        SignatureReport.objects.filter(pk=row.pk).update(report=row.report)
    path = taken(real_world, tender, tmp_path / "bundle.zip")

    report = verify_bundle(path, current_anchors(), (), checks(trust.anchors))

    assert {finding.code for finding in report.findings} == {
        *("other-signer", "other-report", "no-report", "report-not-named"),
    }


def _ended_without_an_opening(world: World) -> Tender:
    tender = published_tender(world)
    file_all(world, tender, "12.50", "11.00")
    tender = close(world, tender)
    cancel(
        tender_id=tender.pk,
        order_note=order(world, tender, "cancel"),
        by=world.by("officer"),
        now=world.now,
    )
    return Tender.objects.get(pk=tender.pk)


def test_a_tender_that_ended_without_an_opening_keeps_its_bids_concealed(
    real_world: World, tmp_path: Path
) -> None:
    tender = _ended_without_an_opening(real_world)

    path = taken(real_world, tender, tmp_path / "bundle.zip")
    report = verified(path)

    assert report.findings == ()
    assert "concealed" in {one.code for one in report.not_proved}
    raw = path.read_bytes()
    for receipt in Receipt.objects.all():
        assert receipt.number.encode() not in raw
        assert receipt.bid.digest.encode() not in raw
    assert b"bid.filed" not in b"".join(_events(path))
    assert not [name for name in _names(path) if name.startswith(("forms/", "sealed/", "papers/"))]


def test_nothing_that_was_prepared_and_never_filed_is_in_it(
    real_world: World, tmp_path: Path
) -> None:
    tender = published_tender(real_world)
    file_all(real_world, tender, "12.50", "11.00")
    draft = prepared_bid(real_world, tender, real_world.suppliers[2], "9.00")
    tender = close(real_world, tender)
    opened_tender(real_world, tender)
    sign_minutes(real_world, tender)

    raw = taken(real_world, tender, tmp_path / "bundle.zip").read_bytes()

    assert draft.digest.encode() not in raw


def test_there_is_none_before_the_minutes_and_nothing_is_written_down(real_world: World) -> None:
    world = real_world
    tender = published_tender(world)
    tick(world.now)
    before = Event.everything.count()

    with pytest.raises(NoEvidenceYet):
        download(tender_id=tender.pk, by=world.by("overseer"), now=world.now)

    assert Event.everything.count() == before


def test_it_waits_until_the_newest_decision_is_in_the_log(real_world: World) -> None:
    world = real_world
    tender = _ended_without_an_opening(world)

    with pytest.raises(NotInTheLogYet) as refused:
        download(tender_id=tender.pk, by=world.by("overseer"), now=world.now)

    assert refused.value.retry_after


def test_it_waits_until_the_newest_paper_is_in_the_log(real_world: World, tmp_path: Path) -> None:
    world = real_world
    tender = minuted_tender(world, "12.50")
    tick(world.now)
    deliver(world.now)

    with pytest.raises(NotInTheLogYet):
        download(tender_id=tender.pk, by=world.by("overseer"), now=world.now)

    path = taken(world, tender, tmp_path / "bundle.zip")
    assert "without-paper" not in {one.code for one in verified(path).not_proved}


def test_only_supervisors_of_the_agency_have_it_and_every_download_is_written_down(
    real_world: World, tmp_path: Path
) -> None:
    world = real_world
    tender = _ended_without_an_opening(world)
    tick(world.now)

    elsewhere = person("Stella", supervisor=organisation(OrganisationKind.SUPERVISOR, "Audit East"))
    others = [world.by(who) for who in ("officer", "opener-1", "proposer")]
    for by in (ANONYMOUS, *others, Actor.of(elsewhere, world.now)):
        with pytest.raises(NotPermitted):
            download(tender_id=tender.pk, by=by, now=world.now)
    assert not Event.objects.filter(verb="bundle.downloaded").exists()
    taken(world, tender, tmp_path / "bundle.zip")

    (event,) = Event.objects.filter(verb="bundle.downloaded", tender=tender.pk)
    assert event.by == world.by("overseer").user_id


def test_over_the_interface_it_is_a_file(real_world: World, tmp_path: Path) -> None:
    world = real_world
    tender = _ended_without_an_opening(world)
    tick(world.now)
    user = User.objects.get(pk=world.by("overseer").user_id)
    _, token = AuthToken.objects.create(user, expiry=None)
    address = f"/api/v1/tenders/{tender.pk}/bundle"

    answer = Client(headers={"Authorization": f"Token {token}"}).get(address)
    path = tmp_path / "bundle.zip"
    path.write_bytes(b"".join(answer.streaming_content))

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert verified(path).verdict is Verdict.AUTHENTIC
    assert Client().get(address).status_code == 401


def test_the_same_evidence_gives_the_same_bytes(real_world: World) -> None:
    tender = _ended_without_an_opening(real_world)
    tick(real_world.now)
    evidence = evidence_of(tender)
    one, other = io.BytesIO(), io.BytesIO()

    write_evidence(one, evidence, now=real_world.now)
    write_evidence(other, evidence, now=real_world.now)

    assert one.getvalue() == other.getvalue()


def _other_policy(files: Contents) -> None:
    """Let nobody in particular have to have signed."""
    for name in [one for one in files if one.startswith(layout.POLICIES)]:
        files[name] = canonical(json.loads(files[name]) | {"supplier": None})


def _without_a_part(files: Contents) -> None:
    """Forget what an authority revoked."""
    (name,) = (one for one in files if one.startswith(layout.SETS))
    del files[layout.part_path(json.loads(files[name])["crls"][0])]


def _other_report(files: Contents) -> None:
    """Leave something out of a report and name the new one by its digest."""
    _reports_with(files, pages=77)


def _other_software(files: Contents) -> None:
    _reports_with(files, software="pyHanko 0.1")


def _other_software_and_verdict(files: Contents) -> None:
    _reports_with(files, software="pyHanko 0.1", verdict="INVALID")


def _reports_with(files: Contents, **changed: object) -> None:
    for name in [one for one in files if one.startswith(layout.REPORTS)]:
        raw = canonical(json.loads(files.pop(name)) | changed)
        files[layout.report_path(sha256_hex(raw))] = raw


def _rewritten(path: Path, change: Callable[[Contents], None]) -> Path:
    """Write a bundle anew, as whoever made it could."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    index = BundleIndex.read(files.pop(layout.INDEX))
    del files[layout.SUMS]
    change(files)
    sources = [layout.Source.of(name, content) for name, content in files.items()]
    about = {name: getattr(index, name) for name in ("tender", "log_origin", "made_at")}
    other = path.with_name("other.zip")
    with other.open("wb") as out:
        layout.write_bundle(out, sources, **about, checkpoint=index.checkpoint)
    return other


def _found(path: Path, change: Callable[[Contents], None]) -> set[str]:
    """Judge a bundle's notice again that was written anew."""
    with open_bundle(_rewritten(path, change)) as bundle:
        case = Case(bundle, current_anchors())
        evidence = Check("evidence", evidence_is_what_it_is_named)
        asked = [one for one in (evidence, *again(_notice)) if one.asked(case)]
        try:
            return {finding.code for check in asked for finding in check.run(case)}
        except Broken as broken:
            return {broken.finding.code}


def _notice(case: Case, folder: Path) -> Iterator[tuple[str, Path]]:
    with case.bundle.copied(layout.NOTICE_PDF, folder) as file:
        yield case.bundle.sha256[layout.NOTICE_PDF], file


def _names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def _events(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("events/")]
        return [LogEvent.read(archive.read(name)).event for name in names]
