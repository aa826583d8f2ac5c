"""The training authority answers as a real one does, and is the same one when reopened."""

import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from rfc3161_client import TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response

from signatures.pdf.anchors import Anchors
from signatures.pdf.policy import Policy
from signatures.pdf.proofs import evidence_for
from signatures.pdf.report import Verdict
from signatures.platform import load_key, seal_pdf, stamp_sealed, tsa_at
from signatures.training import TrainingAuthority, main
from signatures.training_services import _now, ocsp_answer
from tests.signatures.documents import NOW, Practice, plain_pdf


@dataclass(frozen=True)
class Served:
    directory: Path
    url: str
    process: subprocess.Popen[str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("served")
    command = [sys.executable, "-m", "signatures.training", "serve", "--dir", str(directory)]
    with subprocess.Popen(
        [*command, "--at", NOW.isoformat()], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        yield Served(directory, line.rsplit(" ", 1)[-1], process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_its_timestamps_satisfy_another_implementation(served: Served) -> None:
    request = TimestampRequestBuilder().data(b"checkpoint").build()
    root = TrainingAuthority(served.directory, now=NOW).authority("tsa-root").certificate

    answer = httpx.post(f"{served.url}/tsa", content=request.as_bytes())

    response = decode_timestamp_response(answer.content)
    assert (
        VerifierBuilder().add_root_certificate(root).build().verify_message(response, b"checkpoint")
    )
    assert response.tst_info.gen_time == NOW


def test_its_ocsp_answers_and_lists_agree_on_a_revocation(served: Served) -> None:
    authority = TrainingAuthority(served.directory, now=NOW)
    kept = authority.issue(common_name="Kept", organisation="A", now=NOW)
    lost = authority.issue(common_name="Lost", organisation="B", now=NOW)
    authority.revoke(lost.certificate, at=NOW - timedelta(hours=1))
    issuer = authority.authority("issuing").certificate

    crl = x509.load_der_x509_crl(httpx.get(f"{served.url}/crl/issuing.crl").content)
    statuses = {}
    for credential in (kept, lost):
        asked = ocsp.OCSPRequestBuilder().add_certificate(
            credential.certificate, issuer, hashes.SHA256()
        )
        answer = httpx.post(
            f"{served.url}/ocsp/issuing", content=asked.build().public_bytes(Encoding.DER)
        )
        statuses[credential] = ocsp.load_der_ocsp_response(answer.content).certificate_status

    assert crl.get_revoked_certificate_by_serial_number(kept.certificate.serial_number) is None
    assert crl.get_revoked_certificate_by_serial_number(lost.certificate.serial_number) is not None
    assert statuses == {kept: ocsp.OCSPCertStatus.GOOD, lost: ocsp.OCSPCertStatus.REVOKED}


def test_its_certificates_point_at_its_own_services(served: Served) -> None:
    authority = TrainingAuthority(served.directory, now=NOW)
    certificate = authority.issue(common_name="A", organisation="A", now=NOW).certificate

    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value

    (name,) = points[0].full_name or ()
    assert name.value == f"{served.url}/crl/issuing.crl"
    assert httpx.get(name.value).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("GET", "/healthz", b"", 200, id="it is there"),
        pytest.param("GET", "/crl/nobody.crl", b"", 404, id="an unknown list"),
        pytest.param("GET", "/../state.json", b"", 404, id="a file of its own"),
        pytest.param("POST", "/nothing", b"x", 404, id="a service that there is none of"),
        pytest.param("POST", "/tsa", b"no request", 400, id="no timestamp request"),
        pytest.param("POST", "/ocsp/issuing", b"no request", 400, id="no OCSP request"),
        pytest.param("POST", "/tsa", b"x" * 100_000, 413, id="too large a request"),
    ],
)
def test_it_answers_wrong_requests_with_a_status(
    served: Served, method: str, path: str, body: bytes, status: int
) -> None:
    assert httpx.request(method, served.url + path, content=body).status_code == status


def test_its_clock_can_be_moved_while_it_serves(served: Served) -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    (served.directory / "clock").write_text(later.isoformat())
    try:
        request = TimestampRequestBuilder().data(b"x").build()
        answer = httpx.post(f"{served.url}/tsa", content=request.as_bytes())
    finally:
        (served.directory / "clock").unlink()

    assert decode_timestamp_response(answer.content).tst_info.gen_time == later


def test_a_receipt_is_sealed_with_a_timestamp_and_without_one_when_the_authority_is_away(
    served: Served, practice: Practice, tmp_path: Path
) -> None:
    authority = TrainingAuthority(served.directory, now=NOW)
    seal = authority.issue(common_name="Seal", organisation="Daylight", now=NOW)
    (tmp_path / "seal.pem").write_bytes(seal.pem())
    key = load_key(tmp_path / "seal.pem")
    anchors = Anchors.from_directory(authority.write_anchors(tmp_path / "anchors", now=NOW))

    stamped = seal_pdf(plain_pdf(), key, at=NOW, reason="Receipt", tsa=tsa_at(f"{served.url}/tsa"))
    alone = seal_pdf(
        plain_pdf(), key, at=NOW, reason="Receipt", tsa=tsa_at("http://127.0.0.1:9/tsa")
    )

    assert (stamped.level, alone.level) == ("B-T", "B-B")
    for sealed in (stamped, alone):
        report = practice.judged(
            sealed.pdf,
            policy=Policy(),
            anchors=anchors,
            at=NOW,
        )
        assert report.verdict is Verdict.VALID
        assert report.signatures[0].level == sealed.level


def test_a_directory_that_is_opened_again_is_the_same_authority(tmp_path: Path) -> None:
    first = TrainingAuthority(tmp_path, now=NOW, url="http://127.0.0.1:1111")
    again = TrainingAuthority(tmp_path, now=NOW + timedelta(days=1), url="http://127.0.0.1:2222")

    assert again.url == "http://127.0.0.1:1111"
    for label in ("root", "issuing", "tsa"):
        assert again.authority(label).certificate_der == first.authority(label).certificate_der


def test_an_authority_is_made_in_well_under_three_seconds(tmp_path: Path) -> None:
    began = time.process_time()

    TrainingAuthority(tmp_path, now=NOW).write_anchors(tmp_path / "anchors", now=NOW)

    assert time.process_time() - began < 3


def test_the_digest_of_anchors_depends_on_every_file_and_not_on_names(
    practice: Practice, tmp_path: Path
) -> None:
    practice.authority.write_anchors(tmp_path, now=NOW)
    before = Anchors.from_directory(tmp_path).digest
    (tmp_path / "signers" / "root.pem").rename(tmp_path / "signers" / "other.pem")
    renamed = Anchors.from_directory(tmp_path).digest
    (tmp_path / "revocation" / "root.crl").unlink()

    assert renamed == before
    assert Anchors.from_directory(tmp_path).digest != before
    assert len(hashlib.sha256().hexdigest()) == len(before)


def test_a_clock_without_a_zone_is_no_clock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--dir", str(tmp_path), "--at", "2026-11-24T09:00:00"])

    assert ended.value.code == 2
    assert "--at needs a zone" in capsys.readouterr().err


def test_without_a_word_its_time_is_that_of_the_machine() -> None:
    before = datetime.now(UTC)

    assert before <= _now(None) <= datetime.now(UTC)
    assert _now(NOW) == NOW


@pytest.mark.parametrize("proven", [True, False], ids=["with evidence", "without evidence"])
def test_what_was_sealed_while_the_authority_was_away_is_dated_later(
    practice: Practice, proven: bool
) -> None:
    sealed = seal_pdf(plain_pdf(), practice.key, at=NOW, reason="Receipt")
    evidence = practice.evidence() if proven else None

    stamped = stamp_sealed(sealed.pdf, tsa=practice.tsa, evidence=evidence)

    assert (sealed.level, sealed.stamp_owed) == ("B-B", False)
    assert stamped.level == ("B-LTA" if proven else "B-T")
    report = practice.judged(stamped.pdf)
    assert report.verdict is Verdict.VALID
    assert report.signatures[0].time_source == "document-timestamp"


def test_what_is_known_of_a_key_is_an_answer_about_it_and_no_other(practice: Practice) -> None:
    issuer = practice.authority.authority("issuing").certificate
    other = practice.authority.issue(common_name="Other", organisation="B", now=NOW)
    own, another = (
        ocsp_answer(
            practice.authority,
            "issuing",
            ocsp.OCSPRequestBuilder()
            .add_certificate(one.certificate, issuer, hashes.SHA256())
            .build()
            .public_bytes(Encoding.DER),
            at=NOW,
        )
        for one in (practice.supplier, other)
    )
    later = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    none = later.public_bytes(Encoding.DER)

    known = evidence_for(practice.key, Anchors(ocsps=(none, another, own)))

    assert known is not None
    assert known.ocsps == (own,)
    assert evidence_for(practice.key, Anchors(ocsps=(none, another))) is None
