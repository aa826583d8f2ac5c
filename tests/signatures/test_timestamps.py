"""A timestamp proves a time when its authority is known and unrevoked, and stamped these bytes."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms, core, tsp

from signatures.pdf.anchors import Anchors
from signatures.pdf.report import Indication, Report, TimestampFinding, Verdict
from signatures.training import Credential, TrainingAuthority
from signatures.training_services import timestamp
from tests.signatures.documents import NOW, Practice
from tests.signatures.forging import contents_of, with_contents

SHA256, NOBODYS = "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.127"


class _Stamping(TrainingAuthority):
    """A training authority that stamps with whatever key it is given."""

    def __init__(self, authority: TrainingAuthority, stamps_with: Credential) -> None:
        self.directory, self._stamps_with = authority.directory, stamps_with

    def authority(self, label: str) -> Credential:
        return self._stamps_with if label == "tsa" else super().authority(label)


def only_stamp(report: Report) -> TimestampFinding:
    (signature,) = report.signatures
    (stamp,) = signature.timestamps
    return stamp


def code_of(stamp: TimestampFinding) -> str:
    assert stamp.finding is not None
    return stamp.finding.code


def test_an_authority_that_nobody_knows_proves_no_time(practice: Practice) -> None:
    foreign = TrainingAuthority(practice.directory / "foreign-time", now=NOW)
    signed = practice.sign(practice.form, tsa=lambda asked: timestamp(foreign, asked, at=NOW))

    report = practice.judged(signed)

    assert report.verdict is Verdict.VALID_WITH_REMARKS
    assert code_of(only_stamp(report)) == "timestamp-not-accepted"
    assert report.signatures[0].time_source == "receipt"


def test_a_certificate_that_is_not_for_stamping_proves_no_time(practice: Practice) -> None:
    """RFC 3161, 2.3: for time stamping, critical, and for nothing else."""
    signer = practice.authority.issue(common_name="Signer", organisation="A", now=NOW)
    stamping = _Stamping(practice.authority, signer)
    signed = practice.sign(practice.form, tsa=lambda asked: timestamp(stamping, asked, at=NOW))
    known = practice.anchors
    issuing = practice.authority.authority("issuing").certificate_der
    anchors = Anchors(signers=known.signers, tsa=(*known.signers, issuing), crls=known.crls)

    report = practice.judged(signed, anchors=anchors)

    assert code_of(only_stamp(report)) == "timestamp-unfit"


def test_an_authority_that_was_revoked_before_it_stamped_proves_no_time(tmp_path: Path) -> None:
    own = Practice(tmp_path)
    minute = timedelta(minutes=1)
    own.authority.revoke(own.authority.authority("tsa").certificate, at=NOW - minute)

    report = own.judged(own.bt, anchors=own.anchors_at(NOW + minute))

    assert code_of(only_stamp(report)) == "timestamp-not-accepted"
    assert report.signatures[0].time_source == "receipt"


def test_without_a_word_about_its_authority_a_timestamp_is_not_confirmed(
    practice: Practice,
) -> None:
    report = practice.judged(practice.bt, anchors=practice.anchors_without_lists)

    assert code_of(only_stamp(report)) == "timestamp-unconfirmed"
    assert report.signatures[0].time_source == "receipt"


# What stands in the place of a token


def _stamped(practice: Practice, spoil: Callable[[tsp.TimeStampResp], bytes]) -> bytes:
    """Sign with a timestamp that somebody has spoilt before it went into the signature."""
    return practice.sign(
        practice.form, tsa=lambda asked: spoil(tsp.TimeStampResp.load(practice.tsa(asked)))
    )


def _token(response: tsp.TimeStampResp) -> cms.SignedData:
    signed_data: cms.SignedData = response["time_stamp_token"]["content"]
    return signed_data


def _by_nobody(response: tsp.TimeStampResp) -> bytes:
    _token(response)["signer_infos"] = cms.SignerInfos([])
    return bytes(response.dump(force=True))


def _with_another_value(response: tsp.TimeStampResp) -> bytes:
    value = _token(response)["signer_infos"][0]["signature"].dump()
    return bytes(response.dump()).replace(value, value[:-1] + bytes([value[-1] ^ 1]))


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        pytest.param(_by_nobody, "broken-signature", id="nobody has signed it"),
        pytest.param(_with_another_value, "signature-broken", id="another value"),
    ],
)
def test_a_token_that_is_not_what_it_must_be_breaks_its_signature(
    practice: Practice, spoil: Callable[[tsp.TimeStampResp], bytes], what: str
) -> None:
    """It is evidence that somebody has tampered with, not evidence that is missing."""
    report = practice.judged(_stamped(practice, spoil))

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("timestamp-broken",))
    assert dict(report.findings[0].facts)["what"] == what


def test_a_token_without_a_time_breaks_its_signature_too(practice: Practice) -> None:
    held, _ = contents_of(practice.bt)
    before, time, behind = held.dump().rpartition(b"20261124090000Z")
    assert time

    report = practice.judged(with_contents(practice.bt, before + b"2026112409000xZ" + behind))

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("timestamp-broken",))
    assert dict(report.findings[0].facts)["what"] == "unreadable (ValueError)"


def test_a_digest_that_nobody_here_knows_is_undecided(practice: Practice) -> None:
    def unknown(response: tsp.TimeStampResp) -> bytes:
        sha256, nobodys = (core.ObjectIdentifier(one).dump() for one in (SHA256, NOBODYS))
        info = _token(response)["encap_content_info"]["content"].parsed.dump()
        return bytes(response.dump()).replace(info, info.replace(sha256, nobodys))

    report = practice.judged(_stamped(practice, unknown))

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("unsupported-algorithm",))
    assert dict(report.findings[0].facts)["algorithm"] == NOBODYS


def test_an_attribute_that_holds_no_token_is_a_broken_one(practice: Practice) -> None:
    held, _ = contents_of(practice.bt)
    signed_data = core.ObjectIdentifier("1.2.840.113549.1.7.2").dump()
    before, token, behind = held.dump().rpartition(signed_data)
    assert before.count(signed_data) == 1  # that of the signature itself

    broken = with_contents(practice.bt, before + b"\5" + token[1:] + behind)

    report = practice.judged(broken)
    assert (report.verdict, report.codes) == (Verdict.INVALID, ("timestamp-broken",))


def test_a_document_timestamp_by_an_unknown_digest_proves_nothing(practice: Practice) -> None:
    """It is no broken one: another software may know it."""
    stamp = practice.blta.rindex(b"/Contents <30") + 11
    end = practice.blta.index(b">", stamp)
    sha256, nobodys = b"0609608648016503040201", b"060960864801650304027f"
    unknown = practice.blta[stamp:end].replace(sha256, nobodys)
    assert unknown != practice.blta[stamp:end]

    report = practice.judged(practice.blta[:stamp] + unknown + practice.blta[end:])

    (found,) = report.document_timestamps
    assert code_of(found) == "unsupported-algorithm"
    assert found.indication is Indication.INDETERMINATE
    assert report.signatures[0].time_source == "signature-timestamp"
