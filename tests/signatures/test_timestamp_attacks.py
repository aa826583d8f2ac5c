"""Whoever holds a key can write any time into a timestamp: what else has to be true of one.

Each file here was once called valid at a time that nothing proved, or at a level that it had not.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from signatures.pdf.envelope import extract
from signatures.pdf.fields import find_fields
from signatures.pdf.moments import MOST_TOKENS, _tokens
from signatures.pdf.parsers import parsed
from signatures.pdf.policy import Limits, Policy
from signatures.pdf.reading import Exhausted
from signatures.pdf.report import Report, Verdict
from signatures.pdf.signing import Evidence, SigningKey, TimestampSource, stamp_pdf
from signatures.pdf.source import opened
from signatures.training import Credential
from signatures.training_services import timestamp
from tests.signatures.documents import NOW, RECEIVED, Practice
from tests.signatures.forging import contents_of, resigned
from tests.signatures.revoking import DAY, HOUR, Case, answering, entry, issued, listing
from tests.signatures.test_responders import _usage as usage
from tests.signatures.test_store_left_out import stored
from tests.signatures.test_timestamps import _Stamping

STAMPS = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
BOTH = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.OCSP_SIGNING])
AUTHORITY = x509.BasicConstraints(ca=True, path_length=None)
MINUTE = timedelta(minutes=1)
SKEW = Policy().clock_skew


@pytest.fixture
def case(practice: Practice) -> Case:
    return Case.of(practice)


def by(practice: Practice, stamper: Credential, at: datetime = NOW) -> TimestampSource:
    return lambda asked: timestamp(_Stamping(practice.authority, stamper), asked, at=at)


def told(report: Report) -> tuple[str, str, str]:
    """Say what there is to remark, which time counts, and the level that is reached."""
    (signature, *_) = report.signatures
    return ", ".join(report.codes), str(signature.time_source), str(signature.level)


RECEIPT, STAMPED = "receipt", "signature-timestamp"


# The certificate of who stamps


@pytest.mark.parametrize(
    ("extensions", "critical", "said"),
    [
        pytest.param((STAMPS,), True, ("", STAMPED, "B-T"), id="as it must be"),
        pytest.param((STAMPS, usage(digital_signature=True)), True, ("", STAMPED, "B-T"),
                     id="with a usage that fits"),
        pytest.param((STAMPS,), False, ("timestamp-unfit", RECEIPT, "B-B"), id="not critical"),
        pytest.param((BOTH,), True, ("timestamp-unfit", RECEIPT, "B-B"), id="for answers, too"),
        pytest.param((STAMPS, AUTHORITY), True, ("timestamp-unfit", RECEIPT, "B-B"),
                     id="an authority's"),
        pytest.param((STAMPS, usage(key_cert_sign=True)), True,
                     ("timestamp-unfit", RECEIPT, "B-B"), id="for certificates"),
        pytest.param((STAMPS, usage(digital_signature=True, key_encipherment=True)), True,
                     ("timestamp-unfit", RECEIPT, "B-B"), id="for keys as well"),
    ],
)  # fmt: skip
def test_only_a_certificate_for_timestamps_alone_stamps(
    case: Case,
    extensions: tuple[x509.ExtensionType, ...],
    critical: bool,
    said: tuple[str, str, str],
) -> None:
    practice = case.practice
    stamper = issued(case, "Stamper", "tsa-root", *extensions, critical=critical)

    assert told(practice.judged(practice.sign(practice.form, tsa=by(practice, stamper)))) == said


# The token


def altered(practice: Practice, change: Callable[[cms.SignerInfo], None]) -> TimestampSource:
    """Change what a token says of itself, and sign that with the authority's own key."""
    key = practice.authority.authority("tsa").key
    assert isinstance(key, ec.EllipticCurvePrivateKey)

    def stamped(asked: bytes) -> bytes:
        answer = tsp.TimeStampResp.load(timestamp(practice.authority, asked, at=NOW))
        token = answer["time_stamp_token"]["content"]
        (info,) = token["signer_infos"]
        change(info)
        words = token["encap_content_info"]["content"].contents
        if len(info["signed_attrs"]):
            words = info["signed_attrs"].untag().dump(force=True)
        info["signature"] = key.sign(words, ec.ECDSA(hashes.SHA256()))
        der: bytes = answer.dump(force=True)
        return der

    return stamped


def _nothing(_: cms.SignerInfo) -> None:
    pass


def _no_name(info: cms.SignerInfo) -> None:
    kept = [one for one in info["signed_attrs"] if "signing_cert" not in one["type"].native]
    info["signed_attrs"] = cms.CMSAttributes(kept)


def _no_attributes(info: cms.SignerInfo) -> None:
    del info["signed_attrs"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        pytest.param(_nothing, None, id="as it was"),
        pytest.param(_no_name, "it does not name its certificate", id="no certificate named"),
        pytest.param(_no_attributes, "nothing says that it is a timestamp", id="no attributes"),
    ],
)
def test_a_token_says_what_it_is_and_names_its_certificate(
    practice: Practice, change: Callable[[cms.SignerInfo], None], what: str | None
) -> None:
    report = practice.judged(practice.sign(practice.form, tsa=altered(practice, change)))

    (stamp,) = report.signatures[0].timestamps
    assert (None if stamp.finding is None else dict(stamp.finding.facts)["what"]) == what


# Since when there is a token


def test_an_authority_that_ended_before_the_file_came_could_have_stamped_any_day(
    case: Case,
) -> None:
    practice = case.practice
    ended = issued(case, "Ended", "tsa-root", STAMPS, critical=True, lives=2 * DAY + MINUTE)

    alone = practice.sign(practice.form, tsa=by(practice, ended))

    assert told(practice.judged(alone)) == ("timestamp-expired", RECEIPT, "B-B")
    assert told(practice.judged(alone, at=NOW + MINUTE)) == ("", STAMPED, "B-T")
    archived = stamp_pdf(alone, tsa=practice.stamp_at(NOW + MINUTE))
    assert told(practice.judged(archived)) == ("", STAMPED, "B-T")
    late = stamp_pdf(alone, tsa=practice.stamp_at(NOW + 2 * MINUTE))
    assert told(practice.judged(late)) == ("timestamp-expired", "document-timestamp", "B-T")


def test_each_archive_timestamp_stands_on_the_one_over_it(case: Case) -> None:
    practice = case.practice
    first, second = (
        issued(case, f"Ends {n}", "tsa-root", STAMPS, critical=True, lives=2 * DAY + n * MINUTE)
        for n in (2, 4)
    )
    signed = practice.sign(practice.form, tsa=by(practice, first))
    one = stamp_pdf(signed, tsa=by(practice, second, NOW + MINUTE))
    two = stamp_pdf(one, tsa=practice.stamp_at(NOW + 3 * MINUTE))

    assert told(practice.judged(two)) == ("", STAMPED, "B-T")
    broken = practice.judged(one)
    assert [stamp.finding and stamp.finding.code for stamp in broken.document_timestamps] == [
        "timestamp-expired"
    ]
    assert broken.signatures[0].time_source == RECEIPT


Why = x509.ReasonFlags | None


@pytest.mark.parametrize("how", ["list", "answer"])
@pytest.mark.parametrize(
    ("reason", "since", "counts"),
    [
        pytest.param(None, NOW + MINUTE, False, id="nobody says why"),
        pytest.param(x509.ReasonFlags.key_compromise, NOW + MINUTE, False, id="stolen"),
        pytest.param(x509.ReasonFlags.ca_compromise, NOW + MINUTE, False, id="its issuer stolen"),
        pytest.param(x509.ReasonFlags.superseded, NOW + MINUTE, True, id="superseded"),
        pytest.param(x509.ReasonFlags.cessation_of_operation, NOW + MINUTE, True, id="ceased"),
        pytest.param(x509.ReasonFlags.superseded, NOW - MINUTE, False, id="superseded before"),
        pytest.param(x509.ReasonFlags.key_compromise, RECEIVED + HOUR, True,
                     id="stolen after the file came"),
    ],
)  # fmt: skip
def test_what_a_key_stamped_before_it_was_stolen_cannot_be_told_from_what_the_thief_did(
    case: Case, reason: Why, since: datetime, counts: bool, how: str
) -> None:
    """RFC 3161, 4: a harmless reason has to be told; without one nothing it stamped counts."""
    practice = case.practice
    stamper = issued(case, "Stamper", "tsa-root", STAMPS, critical=True)
    signed = practice.sign(practice.form, tsa=by(practice, stamper))
    told_by = practice.authority.authority("tsa-root")
    if how == "list":
        why = [] if reason is None else [x509.CRLReason(reason)]
        revoked = entry(stamper.certificate, *why, since=since, critical=False)
        known = replace(
            practice.anchors,
            crls=(*practice.anchors.crls, listing(case, of="tsa-root", entries=[revoked])),
        )
    else:
        answer = answering(
            case, told_by, "REVOKED", about=stamper.certificate, issuer="tsa-root", since=since,
            reason=reason,
        )  # fmt: skip
        known = replace(practice.anchors, ocsps=(answer,))

    report = practice.judged(signed, anchors=known)

    assert (report.signatures[0].time_source == STAMPED) is counts
    archived = stamp_pdf(signed, tsa=practice.stamp_at(NOW))
    held = practice.judged(archived, anchors=known).signatures[0].time_source
    assert (held == STAMPED) is (since > NOW), "another authority stamped it before"


# In which order


def test_a_timestamp_over_another_cannot_be_the_earlier_one(practice: Practice) -> None:
    signed = practice.sign(practice.form, tsa=practice.stamp_at(NOW + SKEW + MINUTE))

    contradicted = practice.judged(stamp_pdf(signed, tsa=practice.stamp_at(NOW)))

    assert (contradicted.verdict, contradicted.codes) == (
        Verdict.UNDECIDED,
        ("timestamps-out-of-order",),
    )
    within = practice.judged(stamp_pdf(signed, tsa=practice.stamp_at(NOW + MINUTE)))
    assert within.verdict is Verdict.VALID


def test_an_archive_timestamp_cannot_be_earlier_than_the_one_before_it(practice: Practice) -> None:
    signed = practice.sign(practice.form, tsa=practice.tsa)
    late = stamp_pdf(signed, tsa=practice.stamp_at(NOW + 8 * MINUTE))

    report = practice.judged(stamp_pdf(late, tsa=practice.stamp_at(NOW + MINUTE)))

    assert report.codes == ("timestamps-out-of-order",)


def test_who_signs_second_cannot_have_signed_before_the_first(practice: Practice) -> None:
    first = practice.sign(practice.form, tsa=practice.stamp_at(NOW + 8 * MINUTE))
    second = practice.sign(first, practice.key_of(), field="Second", tsa=practice.tsa)

    assert practice.judged(second, policy=Policy()).codes == ("timestamps-out-of-order",)
    honest = practice.sign(
        first, practice.key_of(), field="Second", tsa=practice.stamp_at(NOW + 9 * MINUTE)
    )
    assert practice.judged(honest, policy=Policy()).codes == ()


def test_of_many_timestamps_that_contradict_one_each_is_named(practice: Practice) -> None:
    signed = practice.sign(practice.form, tsa=practice.stamp_at(NOW + 9 * MINUTE))
    archived = signed
    for number in range(3):
        archived = stamp_pdf(archived, tsa=practice.stamp_at(NOW + number * MINUTE))

    assert practice.judged(archived).codes == ("timestamps-out-of-order",) * 3


def test_so_many_timestamps_over_one_signature_are_judged_and_no_more(practice: Practice) -> None:
    pdf = practice.sign(practice.form, tsa=practice.tsa)
    with opened(pdf) as source, parsed(source, Limits()) as document:
        (field,) = find_fields(document, Limits()).filled
        envelope = extract(document, field, Limits())
    (token,) = (one["values"][0] for one in envelope.signer_info["unsigned_attrs"])

    def stamped(times: int) -> int:
        kind = "signature_time_stamp_token"
        many = [cms.CMSAttribute({"type": kind, "values": [token] * times})]
        envelope.signer_info["unsigned_attrs"] = cms.CMSAttributes(many)
        return len(_tokens(envelope, signed=False))

    assert stamped(MOST_TOKENS) == MOST_TOKENS
    with pytest.raises(Exhausted, match="timestamps"):
        stamped(MOST_TOKENS + 1)


# What an archive timestamp covers, and what the file proves


def test_evidence_behind_the_archive_timestamp_is_not_covered_by_it(case: Case) -> None:
    practice, evidence = case.practice, case.practice.evidence()
    stamped = stamp_pdf(practice.sign(practice.form, tsa=practice.tsa), tsa=practice.tsa)
    behind = stored(stamped, certs=evidence.certificates, crls=evidence.crls)

    assert told(practice.judged(behind)) == ("", STAMPED, "B-LT")
    report = practice.judged(behind, policy=Policy(level="B-LTA"))
    assert report.codes == ("level-too-low",)
    covered = stamp_pdf(behind, tsa=practice.tsa)
    assert told(practice.judged(covered)) == ("", STAMPED, "B-LTA")


def test_a_list_about_others_proves_nothing_for_years(case: Case) -> None:
    """A file with any list in it was called one that lasts."""
    practice = case.practice
    root, issuing, foreign = practice.evidence().crls
    signed = practice.sign(practice.form, tsa=practice.tsa)

    levels = [
        told(practice.judged(stored(signed, crls=lists)))[2]
        for lists in ([foreign], [issuing], [root, foreign], [root, issuing])
    ]

    assert levels == ["B-T", "B-T", "B-T", "B-LT"]


def test_a_timestamp_that_holds_no_more_makes_no_level(case: Case) -> None:
    practice = case.practice
    ended = issued(case, "Ended", "tsa-root", STAMPS, critical=True, lives=2 * DAY + MINUTE)
    key = SigningKey.from_pem(case.credential.pem())
    brought = Evidence(practice.evidence().certificates, practice.evidence().crls)
    signed = practice.sign(practice.form, key, tsa=by(practice, ended), evidence=brought)

    assert told(practice.judged(signed, policy=Policy())) == ("timestamp-expired", RECEIPT, "B-B")


# Over what was signed, before it was


def dated_before(practice: Practice, at: datetime, over: bytes | None = None) -> bytes:
    """Sign with a timestamp over the content among the signed attributes (EN 319 122-1, 5.2.8)."""
    pdf = practice.sign(practice.form, tsa=practice.tsa)  # there is room for a token
    (info,) = contents_of(pdf)[0]["content"]["signer_infos"]
    (covered,) = (
        one["values"][0].native
        for one in info["signed_attrs"]
        if one["type"].native == "message_digest"
    )
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": over or covered}
    asked = tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True})
    answer = tsp.TimeStampResp.load(timestamp(practice.authority, asked.dump(), at=at))
    token = cms.ContentInfo.load(answer["time_stamp_token"].dump())

    def change(info: cms.SignerInfo) -> None:
        del info["unsigned_attrs"]
        one = cms.CMSAttribute({"type": "content_time_stamp", "values": [token]})
        info["signed_attrs"] = cms.CMSAttributes([*info["signed_attrs"], one])

    return resigned(practice, change, pdf=pdf)


@pytest.mark.parametrize(
    ("at", "over", "codes"),
    [
        pytest.param(NOW - HOUR, None, (), id="before it was signed"),
        pytest.param(NOW, bytes(32), ("timestamp-broken",), id="over something else"),
        pytest.param(RECEIVED + DAY, None, ("timestamp-after-receipt",), id="after it came"),
    ],
)
def test_a_timestamp_over_the_content_is_about_it_and_older_than_the_signature(
    practice: Practice, at: datetime, over: bytes | None, codes: tuple[str, ...]
) -> None:
    signed = dated_before(practice, at, over)

    report = practice.judged(signed)

    assert report.codes == codes
    assert report.signatures[0].time_source == RECEIPT, "it says nothing of the signature"


@pytest.mark.parametrize(
    "none",
    [
        pytest.param(cms.ContentInfo({"content_type": "data", "content": b"x"}), id="other data"),
        pytest.param(core.OctetString(b"no token"), id="no data of this kind"),
    ],
)
def test_a_timestamp_over_the_content_that_is_none_breaks_its_signature(
    practice: Practice, none: core.Asn1Value
) -> None:
    def change(info: cms.SignerInfo) -> None:
        kind = cms.CMSAttributeType("content_time_stamp").dump()
        held = kind + core.SetOf([none], spec=type(none)).dump()
        one = cms.CMSAttribute.load(core.Sequence(contents=held).dump())
        info["signed_attrs"] = cms.CMSAttributes([*info["signed_attrs"], one])

    report = practice.judged(resigned(practice, change))

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("timestamp-broken",))
    assert dict(report.findings[0].facts)["what"].startswith("unreadable")


def test_a_content_is_not_dated_after_the_signature_over_it(practice: Practice) -> None:
    signed = dated_before(practice, NOW + 8 * MINUTE)

    archived = practice.judged(stamp_pdf(signed, tsa=practice.tsa))

    assert archived.codes == ("timestamps-out-of-order",)
