"""A report in the standard's form says what ours says, in the standard's structure."""

import base64
import hashlib
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pyhanko.generated.etsi import ts_11910202 as standard
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from signatures.evidence.etsi_report import MEDIA_TYPE, etsi_report
from signatures.pdf.report import instant
from tests.signatures.documents import NOW, POLICY, RECEIVED, Practice, plain_pdf
from tests.signing import Trust

STRICT = XmlParser(config=ParserConfig(fail_on_unknown_properties=True))
URN = "urn:etsi:019102:"


def _read(xml: bytes) -> Any:
    """Read it by the schema: what the standard does not know is an error."""
    return STRICT.from_bytes(xml, standard.ValidationReport)


@pytest.mark.parametrize(
    ("made", "process"), [("bb", "Basic"), ("bt", "LTVM"), ("blt", "LTVM"), ("blta", "LTA")]
)
def test_a_sound_signature_of_every_level(practice: Practice, made: str, process: str) -> None:
    pdf = getattr(practice, made)
    judged = practice.judged(pdf)
    read = _read(etsi_report(judged))

    (one,) = read.signature_validation_report
    status, times = one.signature_validation_status, one.validation_time_info
    assert status.main_indication == f"{URN}mainindication:total-passed"
    assert status.sub_indication == ()
    id_ = one.signature_validation_process.signature_validation_process_id
    assert id_ == f"{URN}validationprocess:{process}"
    assert one.signers_document.digest_alg_and_value.digest_value.value == _sha(pdf)
    assert one.signer_information.signer == "Lotus Works"
    assert str(times.validation_time) == instant(RECEIVED)
    proven = NOW if made != "bb" else RECEIVED
    assert str(times.best_signature_time.poetime) == instant(proven)
    by = "validation" if made != "bb" else "provided"
    assert times.best_signature_time.type_of_proof == f"{URN}poetype:{by}"
    policy = one.validation_constraints_evaluation_report.signature_validation_policy
    held = policy.signature_policy_identifier.signature_policy_id.sig_policy_hash
    assert held.digest_value.value.hex() == POLICY.digest
    (certificate,) = read.signature_validation_objects.validation_object
    assert one.signer_information.signer_certificate.voreference == (certificate.id,)


def test_a_signature_that_failed_gives_its_code(practice: Practice) -> None:
    broken = practice.bb.replace(b"Bid form", b"Bad form")

    judged = practice.judged(broken)
    (one,) = _read(etsi_report(judged)).signature_validation_report

    status = one.signature_validation_status
    (signature,) = judged.signatures
    assert status.main_indication == f"{URN}mainindication:total-failed"
    assert status.sub_indication == (f"{URN}subindication:{signature.sub_indication}",)
    data = status.associated_validation_report_data[0].additional_validation_report_data
    assert {entry.value for entry in data.report_data} >= {signature.findings[0].code}


def test_of_a_signature_that_cannot_be_read_no_signer_is_named(practice: Practice) -> None:
    broken = practice.bb.replace(b"/ByteRange [0 ", b"/ByteRange [1 ")

    (one,) = _read(etsi_report(practice.judged(broken))).signature_validation_report

    assert one.signature_validation_status.main_indication.endswith("total-failed")
    assert one.signer_information is None


def test_a_file_without_a_signature_is_undetermined(practice: Practice) -> None:
    read = _read(etsi_report(practice.judged(plain_pdf())))

    (one,) = read.signature_validation_report
    status = one.signature_validation_status
    assert status.main_indication == f"{URN}mainindication:indeterminate"
    assert (one.signature_identifier, read.signature_validation_objects) == (None, None)


def test_two_signatures_are_two_reports_and_equal_reports_equal_bytes(practice: Practice) -> None:
    once, again = (etsi_report(practice.judged(practice.co_signed)) for _ in range(2))

    named = [one.signature_identifier for one in _read(once).signature_validation_report]
    assert once == again
    assert [one.id for one in named] == ["S-1", "S-2"]
    assert named[1].daidentifier == "Partner"


def _sha(pdf: bytes) -> bytes:
    return hashlib.sha256(pdf).digest()


@pytest.mark.django_db
def test_anybody_is_given_it_by_the_interface_and_on_the_page(trust: Trust) -> None:
    pdf = trust.sign(plain_pdf(), trust.issue("Lotus Works", "NTRCN-LOTUS"), RECEIVED)
    address = "/api/v1/signature-checks?answer=etsi&at=2026-11-25T00:00:00Z"

    answer = Client().post(address, pdf, content_type="application/pdf")
    page = Client().post("/check/", {"file": SimpleUploadedFile("a.pdf", pdf)})

    assert (answer.status_code, answer["Content-Type"]) == (200, MEDIA_TYPE)
    (inside,) = re.findall(r"data:application/xml;base64,([^\"]+)", page.content.decode())
    for xml in (answer.content, base64.b64decode(inside)):
        (one,) = _read(xml).signature_validation_report
        assert (
            one.signature_validation_status.main_indication == f"{URN}mainindication:total-passed"
        )
