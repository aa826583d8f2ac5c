"""A file that was signed and then left alone is VALID, whatever wrote it, however it grew."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pyhanko.sign import signers

from procurement.proof.canonical import canonical, parse
from signatures.pdf.anchors import Anchors
from signatures.pdf.attachments import embedded_files
from signatures.pdf.policy import Policy, Supplier
from signatures.pdf.report import Indication, Verdict
from signatures.pdf.signing import SigningKey, _Stamper, _with_document_timestamp
from signatures.training import PrivateKey
from tests.signatures.certifying import signed_with
from tests.signatures.documents import (
    BID,
    NOW,
    POLICY,
    RECEIVED,
    Practice,
    appended,
    plain_pdf,
)
from tests.signatures.forging import certified_by, contents_of


@pytest.mark.parametrize(
    ("level", "source"),
    [
        pytest.param("bb", "receipt", id="B-B rests on the time of receipt"),
        pytest.param("bt", "signature-timestamp", id="B-T rests on its timestamp"),
        pytest.param("blt", "signature-timestamp", id="B-LT rests on its timestamp"),
        pytest.param("blta", "signature-timestamp", id="B-LTA rests on the first timestamp"),
    ],
)
def test_every_pades_level_is_valid(practice: Practice, level: str, source: str) -> None:
    report = practice.judged(getattr(practice, level))

    assert (report.verdict, report.codes) == (Verdict.VALID, ())
    (signature,) = report.signatures
    assert signature.indication is Indication.PASSED
    assert signature.level is not None
    assert signature.level.replace("-", "").lower() == level
    assert signature.time_source == source
    assert signature.bound_by == "organization-identifier"
    assert signature.signer is not None
    assert signature.signer.organisation == "Lotus Works"


def test_a_long_term_signature_needs_nothing_from_the_operator_but_anchors(
    practice: Practice,
) -> None:
    report = practice.judged(practice.blt, anchors=practice.anchors_without_lists)

    assert report.verdict is Verdict.VALID


def test_a_document_timestamp_alone_proves_the_time(practice: Practice) -> None:
    stamped = asyncio.run(_with_document_timestamp(practice.bb, _Stamper(practice.tsa)))

    report = practice.judged(stamped)

    assert report.verdict is Verdict.VALID
    assert report.signatures[0].time_source == "document-timestamp"
    assert [t.kind for t in report.document_timestamps] == ["document"]


def test_a_signature_with_an_rsa_key_is_valid(practice: Practice) -> None:
    key = practice.key_of(kind="rsa")
    policy = Policy(supplier=Supplier(identifiers=frozenset({"NTRCN-OTHER"})))

    report = practice.judged(practice.sign(practice.form, key), policy=policy)

    assert report.verdict is Verdict.VALID
    assert report.signatures[0].algorithm == "sha256, rsa 2048"


@pytest.mark.parametrize(
    ("key", "digest"),
    [
        pytest.param(lambda: ec.generate_private_key(ec.SECP384R1()), "sha384", id="P-384"),
        pytest.param(lambda: ec.generate_private_key(ec.SECP521R1()), "sha512", id="P-521"),
        pytest.param(lambda: ec.generate_private_key(ec.BrainpoolP256R1()), "sha256", id="another"),
        pytest.param(ed25519.Ed25519PrivateKey.generate, "sha512", id="Ed25519"),
    ],
)
def test_a_key_of_any_modern_kind_signs(
    practice: Practice, key: Callable[[], PrivateKey], digest: str
) -> None:
    made = certified_by(practice, key=key())

    report = practice.judged(
        signed_with(practice, practice.form, field="Signature1", key=made, digest=digest)
    )

    assert (report.verdict, report.codes) == (Verdict.VALID, ())
    assert str(report.signatures[0].algorithm).startswith(f"{digest}, e")


def test_an_rsa_signature_with_the_newer_padding_is_valid(practice: Practice) -> None:
    """Adding evidence and a timestamp later, by whoever keeps the file, changes nothing."""
    rsa_key = certified_by(practice, key=rsa.generate_private_key(65537, 2048))

    @asynccontextmanager
    async def with_pss() -> AsyncIterator[signers.Signer]:
        async with rsa_key.opened() as signer:
            signer.prefer_pss = True
            yield signer

    signed = practice.sign(practice.form, replace(rsa_key, opened=with_pss))
    stamped = asyncio.run(_with_document_timestamp(signed, _Stamper(practice.tsa)))

    mechanism = contents_of(signed)[0]["content"]["signer_infos"][0]["signature_algorithm"]
    assert mechanism["algorithm"].native == "rsassa_pss"
    assert [practice.judged(one).verdict for one in (signed, stamped)] == [Verdict.VALID] * 2


def test_a_document_of_many_pages_with_a_filled_form_is_valid(practice: Practice) -> None:
    signed = practice.sign(plain_pdf(150, field=True), tsa=practice.tsa)

    report = practice.judged(practice.sign(signed, practice.key_of(), field="Partner"))

    assert (report.verdict, report.codes) == (Verdict.VALID_WITH_REMARKS, ("co-signed",))
    assert report.pages == 150


def test_a_certificate_that_was_enrolled_binds_without_an_identifier(practice: Practice) -> None:
    enrolled = Policy(supplier=Supplier(certificates=frozenset({practice.supplier.sha256})))

    report = practice.judged(practice.bb, policy=enrolled)

    assert report.verdict is Verdict.VALID
    assert report.signatures[0].bound_by == "enrolled-certificate"


def test_a_partner_may_sign_after_the_supplier(practice: Practice) -> None:
    report = practice.judged(practice.co_signed)

    assert (report.verdict, report.codes) == (Verdict.VALID_WITH_REMARKS, ("co-signed",))
    assert [s.covers_whole_file for s in report.signatures] == [False, True]
    assert [s.changes for s in report.signatures] == [(), ()]


def test_signing_keeps_pdf_a_and_the_embedded_bid(practice: Practice) -> None:
    assert practice.blt.startswith(practice.form)
    assert embedded_files(practice.blt) == [("bid.json", BID)]
    with pikepdf.open(io.BytesIO(practice.blt)) as pdf, pdf.open_metadata() as meta:
        assert meta.pdfa_status == "3B"


@pytest.mark.parametrize(
    "saved",
    [
        pytest.param({"object_stream_mode": pikepdf.ObjectStreamMode.generate}, id="xref streams"),
        pytest.param({"object_stream_mode": pikepdf.ObjectStreamMode.disable}, id="xref tables"),
        pytest.param({"linearize": True}, id="linearized"),
        pytest.param(
            {"linearize": True, "object_stream_mode": pikepdf.ObjectStreamMode.generate},
            id="linearized with xref streams",
        ),
    ],
)
@pytest.mark.parametrize("level", ["B-B", "B-LT", "B-LTA"])
def test_every_way_of_writing_a_pdf_can_be_signed(
    practice: Practice, saved: dict[str, object], level: str
) -> None:
    how: dict[str, object] = {}
    if level != "B-B":
        how = {"tsa": practice.tsa, "evidence": practice.evidence(), "archive": level == "B-LTA"}

    report = practice.judged(practice.sign(plain_pdf(3, field=True, **saved), **how))

    assert (report.verdict, report.codes) == (Verdict.VALID, ())
    assert report.pages == 3


def test_a_document_that_grew_before_it_was_signed_is_valid(practice: Practice) -> None:
    grown = appended(plain_pdf(), lambda writer: writer.root.update({}) or writer.update_root())

    assert practice.judged(practice.sign(grown)).verdict is Verdict.VALID


def test_a_revocation_after_the_timestamp_is_a_remark(practice: Practice) -> None:
    credential = practice.authority.issue(
        common_name="Wang", organisation="Lotus Works", identifier="NTRCN-LATER", now=NOW
    )
    signed = practice.sign(practice.form, SigningKey.from_pem(credential.pem()), tsa=practice.tsa)
    practice.authority.revoke(credential.certificate, at=NOW + timedelta(hours=1))
    later = practice.anchors_at(NOW + timedelta(hours=2))

    report = practice.judged(signed, policy=Policy(), anchors=later, at=NOW + timedelta(hours=3))

    assert (report.verdict, report.codes) == (Verdict.VALID_WITH_REMARKS, ("revoked-later",))


def test_a_timestamp_of_an_unknown_authority_is_a_remark_and_proves_nothing(
    practice: Practice,
) -> None:
    known = practice.anchors
    without = Anchors(signers=known.signers, crls=known.crls)

    report = practice.judged(practice.bt, anchors=without)

    assert report.codes == ("timestamp-not-accepted",)
    assert report.signatures[0].time_source == "receipt"


def test_judging_twice_gives_the_same_bytes(practice: Practice) -> None:
    first, second = (canonical(practice.judged(practice.blta).to_json()) for _ in range(2))

    assert first == second
    assert parse(first)["file_sha256"] == practice.judged(practice.blta).file_sha256  # type: ignore[index,call-overload]


def test_the_report_names_what_it_rests_on(practice: Practice) -> None:
    report = practice.judged(practice.bb)

    assert report.anchors_digest == practice.anchors.digest
    assert report.policy_digest == POLICY.digest
    assert report.at == RECEIVED
    assert "pyHanko 0.38" in report.software
    assert [(a.name, a.length) for a in report.attachments] == [("bid.json", len(BID))]
    assert "pypdfium2 5" in report.software
    assert report.not_checked == ()
