"""The rooms judge and seal in one place: in other processes, outside transactions, once a file."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from pytest_django.fixtures import Settings

from signatures import service
from signatures.models import SignatureReport
from signatures.pdf import anchors, names
from signatures.pdf.anchors import AnchorsUnreadable
from signatures.pdf.policy import Policy, Supplier
from signatures.pdf.proofs import evidence_for
from signatures.pdf.report import Verdict
from signatures.places import Closed
from signatures.pool import SignaturePool
from signatures.queries import latest_report
from signatures.sealing_key import place
from signatures.service import check, current_anchors, seal, stamp
from tests.signatures.documents import NOW, RECEIVED, Practice, plain_pdf
from tests.signatures.halting import halted_worker
from tests.signing import Trust

IDENTIFIER = "NTRCN-91310000MA1K0000XX"
POLICY = Policy(supplier=Supplier(identifiers=frozenset({IDENTIFIER})))


@pytest.fixture(scope="module")
def signed(_trust: Trust) -> bytes:
    return _trust.sign(plain_pdf(), _trust.issue("Lotus Works", IDENTIFIER), NOW)


# Judging


@pytest.mark.django_db
def test_a_judged_file_leaves_its_report(trust: Trust, signed: bytes) -> None:
    report, row = check(signed, policy=POLICY, at=RECEIVED, now=RECEIVED)

    assert (report.verdict, report.codes) == (Verdict.VALID, ())
    assert row == latest_report(report.file_sha256)


@pytest.mark.django_db
def test_the_same_question_has_one_row(trust: Trust, signed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bid.pdf"
    file.write_bytes(signed)

    for when in (RECEIVED, RECEIVED + timedelta(days=1)):
        check(file, policy=POLICY, at=RECEIVED, now=when)

    assert SignatureReport.objects.count() == 1


@pytest.mark.django_db
def test_another_organisation_is_not_the_supplier(trust: Trust) -> None:
    other = trust.sign(plain_pdf(), trust.issue("North Ltd", "NTRCN-NORTH"), NOW)

    report, _ = check(other, policy=POLICY, at=RECEIVED, now=RECEIVED)

    assert report.codes == ("wrong-certificate",)


@pytest.mark.django_db
def test_a_file_that_is_no_pdf_has_a_verdict_too(trust: Trust) -> None:
    report, row = check(b"no PDF", policy=POLICY, at=RECEIVED, now=RECEIVED)

    assert report.verdict is not Verdict.VALID
    assert row is not None


@pytest.mark.usefixtures("fresh_database")
def test_nothing_is_judged_or_sealed_inside_a_transaction(trust: Trust, signed: bytes) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        check(signed, policy=POLICY, at=RECEIVED, now=RECEIVED)
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        seal(signed, reason="receipt", at=NOW)

    assert not SignatureReport.objects.exists()


@pytest.mark.django_db
def test_what_took_too_long_is_told_and_not_kept(
    trust: Trust, signed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SignaturePool(workers=1, wall_clock=timedelta(0)) as hasty:
        halted_worker(hasty)
        monkeypatch.setattr(service, "_pool", lambda: hasty)
        report, row = check(signed, policy=POLICY, at=RECEIVED, now=RECEIVED)

    assert (report.codes, row) == (("wall-clock",), None)
    assert not SignatureReport.objects.exists()


# Whom the operator trusts


@pytest.mark.django_db
def test_a_new_file_in_the_anchors_directory_counts_at_once(
    trust: Trust, settings: Settings, tmp_path: Path
) -> None:
    settings.SIGNATURE_ANCHORS_DIR = tmp_path
    assert current_anchors().signers == ()

    (tmp_path / "signers").mkdir()
    root = (trust.anchors / "signers/root.pem").read_bytes()
    (tmp_path / "signers/root.pem").write_bytes(root)

    assert len(current_anchors().signers) == 1


@pytest.mark.django_db
def test_a_directory_that_is_not_there_trusts_nobody_silently(
    settings: Settings, tmp_path: Path
) -> None:
    settings.SIGNATURE_ANCHORS_DIR = tmp_path / "none"

    with pytest.raises(AnchorsUnreadable, match="no anchors directory"):
        current_anchors()


# Sealing


@pytest.fixture(scope="module")
def tsa(_trust: Trust) -> Iterator[str]:
    """Serve the training authority's timestamps on loopback, dated NOW."""
    command = [sys.executable, "-m", "signatures.training", "serve", "--at", NOW.isoformat()]
    with subprocess.Popen(
        [*command, "--dir", str(_trust.directory)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().rsplit(" ", 1)[-1] + "/tsa"
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)


@pytest.mark.django_db
def test_a_seal_carries_its_time_and_its_proof(trust: Trust, settings: Settings, tsa: str) -> None:
    settings.TSA_URL = tsa

    sealed = seal(plain_pdf(), reason="Receipt", at=NOW)

    assert sealed.level == "B-LT"
    report, _ = check(sealed.pdf, policy=Policy(), at=RECEIVED, now=RECEIVED)
    assert (report.verdict, report.codes) == (Verdict.VALID, ())


@pytest.mark.django_db
def test_a_seal_takes_the_lists_of_its_own_authorities_and_reads_whose_each_is_once(
    trust: Trust, settings: Settings, tsa: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.TSA_URL = tsa
    settings.SIGNATURE_ANCHORS_DIR = shutil.copytree(trust.anchors, tmp_path / "anchors")
    read: list[bytes] = []
    load = names.issuer_of_list
    monkeypatch.setattr(anchors, "issuer_of_list", lambda der: read.append(der) or load(der))

    sealed = [seal(plain_pdf(), reason="Receipt", at=NOW) for _ in range(3)]

    assert {one.level for one in sealed} == {"B-LT"}
    known = current_anchors().crls
    assert sorted(read) == sorted(known)
    evidence = evidence_for(place().key(), current_anchors())
    assert evidence is not None
    assert {load(der) for der in evidence.crls} == {
        names.issuer_of(der) for der in (place().key().certificate_der, *evidence.certificates)
    } | {names.subject_of(der) for der in current_anchors().tsa}


@pytest.mark.django_db
def test_a_seal_does_not_wait_for_an_authority_that_is_away(
    trust: Trust, settings: Settings
) -> None:
    settings.TSA_URL = "http://127.0.0.1:9/tsa"  # the discard port: nothing answers

    assert seal(plain_pdf(), reason="Receipt", at=NOW).level == "B-B"


@pytest.mark.django_db
def test_a_seal_without_a_date_is_dated_when_the_authority_is_back(
    trust: Trust, settings: Settings, tsa: str
) -> None:
    settings.TSA_URL = ""
    sealed = seal(plain_pdf(), reason="Receipt", at=NOW)
    settings.TSA_URL = tsa

    dated = stamp(sealed.pdf)

    assert (sealed.level, dated.level) == ("B-B", "B-LTA")
    report, _ = check(dated.pdf, policy=Policy(), at=RECEIVED, now=RECEIVED)
    assert (report.verdict, report.signatures[0].time_source) == (
        Verdict.VALID,
        "document-timestamp",
    )


@pytest.mark.django_db
def test_without_a_list_of_its_issuer_a_seal_has_a_time_only(
    trust: Trust, settings: Settings, tsa: str, tmp_path: Path
) -> None:
    settings.TSA_URL = tsa
    settings.SIGNATURE_ANCHORS_DIR = tmp_path

    assert seal(plain_pdf(), reason="Receipt", at=NOW).level == "B-T"


@pytest.mark.parametrize("content", [None, b"no key"], ids=["no file", "another file"])
def test_a_platform_without_a_key_says_what_to_do(
    trust: Trust, settings: Settings, tmp_path: Path, content: bytes | None
) -> None:
    settings.KEYS_DIR = tmp_path
    if content:
        (tmp_path / "platform.p12").write_bytes(content)

    with pytest.raises(ImproperlyConfigured, match=r"cannot seal with .*platform\.p12.*Put its"):
        seal(plain_pdf(), reason="Receipt", at=NOW)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # newer Pythons see our threads
def test_a_forked_process_has_workers_of_its_own() -> None:
    mine = service._pool()
    read, write = os.pipe()
    if not (child := os.fork()):
        os.write(write, b"other" if service._pool() is not mine else b"same")
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(read, 10) == b"other"
    os.close(read)
    os.close(write)


def test_a_forked_process_leaves_the_workers_of_its_parent_alone(practice: Practice) -> None:
    """What is to be done at the end is inherited, too."""
    asked = {"policy": POLICY, "anchors": practice.anchors, "at": RECEIVED}
    pool = SignaturePool(workers=1)

    service._close(pool, os.getpid() + 1)
    assert pool.judge(practice.bb, **asked).verdict is Verdict.VALID

    service._close(pool, os.getpid())
    with pytest.raises(Closed):
        pool.judge(practice.bb, **asked)


def test_workers_that_were_warmed_up_are_there_before_the_first_bid() -> None:
    service.warm()

    free = service._pool()._places._free
    assert len(free) >= service._pool().workers
    assert all(worker is None or worker.process.is_alive() for worker in free)
