"""An anchor counts in its dates and for its purpose; qualified is what two of them say."""

import pickle
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.sign.validation.qualified.tsp import (
    CertSubjectDNCriterion,
    CriteriaCombination,
    CriteriaList,
    KeyUsageCriterion,
    PolicySetCriterion,
    Qualification,
    Qualifier,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints

from procurement.proof.canonical import canonical
from signatures.pdf import algorithms, chain, software
from signatures.pdf.anchors import Anchors, Purpose, Term
from signatures.pdf.evidence import certificate_of
from signatures.pdf.judge import NOT_CHECKED
from signatures.pdf.policy import Policy
from signatures.pdf.report import Report, Verdict
from signatures.pdf.services import Service
from signatures.pdf.signing import SigningKey
from tests.signatures.documents import NOW, Practice
from tests.signatures.qualifying import granted, statements

DAY = timedelta(days=1)


def _dated(
    practice: Practice,
    purpose: Purpose,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Anchors:
    """Give the anchors, one of them with dates."""
    der = practice.anchors.tsa[0] if purpose == "tsa" else practice.anchors.signers[0]
    term = Term(sha256(der).hexdigest(), purpose, valid_from, valid_until)
    return replace(practice.anchors, terms=(term,))


# Dates and purposes


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "codes"),
    [
        pytest.param(None, None, (), id="always"),
        pytest.param(NOW, NOW + DAY, (), id="from the very instant on"),
        pytest.param(NOW + DAY, None, ("issuer-not-in-force",), id="not yet"),
        pytest.param(None, NOW, ("issuer-not-in-force",), id="up to the instant, and not in it"),
    ],
)
def test_an_anchor_counts_within_its_dates_at_the_proven_time(
    practice: Practice,
    valid_from: datetime | None,
    valid_until: datetime | None,
    codes: tuple[str, ...],
) -> None:
    anchors = _dated(practice, "signer", valid_from, valid_until)

    assert practice.judged(practice.blt, anchors=anchors).codes == codes


def test_a_time_stamping_authority_counts_within_its_dates_too(practice: Practice) -> None:
    anchors = _dated(practice, "tsa", valid_until=NOW)

    report = practice.judged(practice.bt, anchors=anchors)

    assert report.codes == ("timestamp-not-accepted",)
    assert report.signatures[0].time_source == "receipt"


def test_an_authority_of_nowhere_is_not_called_one_of_another_time(practice: Practice) -> None:
    other = practice.anchors.tsa[0]
    term = Term(sha256(other).hexdigest(), "signer", valid_until=NOW)
    anchors = replace(practice.anchors, signers=(other,), terms=(term,))

    assert practice.judged(practice.bb, anchors=anchors).codes == ("issuer-not-accepted",)


@pytest.mark.parametrize(
    ("stated", "purpose", "codes"),
    [
        pytest.param("eseal", "seal", (), id="a seal by an anchor for seals"),
        pytest.param("eseal", "signer", ("issuer-not-in-force",), id="a seal by one for persons"),
        pytest.param("web", "signer", ("issuer-not-in-force",), id="a web site's"),
    ],
)
def test_an_anchor_counts_for_what_it_was_approved_for(
    practice: Practice, stated: str, purpose: Purpose, codes: tuple[str, ...]
) -> None:
    signed = _signed_as(practice, stated)

    report = practice.judged(signed, policy=Policy(), anchors=_dated(practice, purpose))

    assert report.codes == codes


def test_the_digest_knows_dates_and_services_and_a_directory_keeps_its_own(
    practice: Practice,
) -> None:
    plain, dated = practice.anchors, _dated(practice, "signer", NOW)
    listed = replace(plain, services=(granted(practice.authority),))

    assert len({plain.digest, dated.digest, listed.digest}) == 3
    assert replace(plain, terms=(), services=()).digest == plain.digest
    assert pickle.loads(pickle.dumps(listed)) == listed


def test_a_process_reads_a_set_once_however_often_it_is_sent(practice: Practice) -> None:
    sent = pickle.dumps(_dated(practice, "signer", NOW - DAY))

    assert pickle.loads(sent) is pickle.loads(sent)
    for number in range(9):  # few are kept
        pickle.loads(pickle.dumps(_dated(practice, "tsa", NOW - DAY * number)))
    assert pickle.loads(sent) == _dated(practice, "signer", NOW - DAY)


def test_of_all_anchors_only_those_are_read_in_which_a_path_can_end(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []
    monkeypatch.setattr(
        chain, "certificate_of", lambda der: read.append(der) or certificate_of(der)
    )
    others = tuple(_self_signed(number) for number in range(20))
    crowded = replace(practice.anchors, signers=(*others, *practice.anchors.signers))

    assert practice.judged(practice.blt, anchors=crowded).codes == ()

    assert not set(read) & set(others)


def _self_signed(number: int) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Qualified CA {number}")])
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), number + 1, NOW - DAY, NOW + DAY
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


# Qualified status


@lru_cache
def _signed_as(
    practice: Practice, *types: str, compliant: bool = True, device: bool = True
) -> bytes:
    said = statements(*types, compliant=compliant, device=device)
    credential = practice.authority.issue(
        common_name="Li Wei", organisation="Lotus Works", now=NOW, besides=[said]
    )
    return practice.sign(practice.form, SigningKey.from_pem(credential.pem()))


def _judged(practice: Practice, signed: bytes, *services: Service, **asked: str) -> Report:
    policy = Policy(qualified=asked.get("qualified", "required"))  # type: ignore[arg-type]
    anchors = replace(practice.anchors, services=services)
    return practice.judged(signed, policy=policy, anchors=anchors)


def test_a_qualified_signature_is_what_certificate_and_list_say(practice: Practice) -> None:
    signed = _signed_as(practice, "esign")

    report = _judged(practice, signed, granted(practice.authority))

    assert (report.verdict, report.codes) == (Verdict.VALID, ())


def test_without_a_list_nobody_knows_and_the_file_is_judged_again_later(
    practice: Practice,
) -> None:
    report = _judged(practice, _signed_as(practice, "esign"))

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("qualified-status-unknown",))


def test_a_remark_does_not_decide_and_nobody_asks_for_nothing(practice: Practice) -> None:
    signed = practice.bb  # no statement in the certificate

    noted = _judged(practice, signed, granted(practice.authority), qualified="remark")
    unasked = _judged(practice, signed, granted(practice.authority), qualified="not-asked")

    assert (noted.verdict, noted.codes) == (
        Verdict.VALID_WITH_REMARKS,
        ("not-qualified-noted",),
    )
    assert unasked.codes == ()


@pytest.mark.parametrize(
    ("said", "how", "code"),
    [
        pytest.param({"compliant": False}, {}, "not-qualified", id="the certificate says no"),
        pytest.param({"device": False}, {}, "no-qualified-device", id="no device"),
        pytest.param({}, {"since": NOW + DAY}, "not-qualified", id="granted later"),
        pytest.param({}, {"until": NOW}, "not-qualified", id="withdrawn before the signature"),
        pytest.param({}, {"since": NOW - DAY}, "not-qualified", id="not yet when it was issued"),
        pytest.param({}, {"keys": ("0" * 64,)}, "not-qualified", id="another authority's service"),
        pytest.param({}, {"types": frozenset({"eseal"})}, "not-qualified", id="for seals only"),
        pytest.param({}, {"kind": "TSA/QTST"}, "not-qualified", id="a service for timestamps"),
    ],
)
def test_what_lacks_one_of_the_two_words_is_not_qualified(
    practice: Practice, said: dict[str, bool], how: dict[str, object], code: str
) -> None:
    signed = _signed_as(practice, "esign", **said)

    report = _judged(practice, signed, granted(practice.authority, **how))  # type: ignore[arg-type]

    assert (report.verdict, report.codes) == (Verdict.INVALID, (code,))


_EVERY = CriteriaList(
    CriteriaCombination.ALL,
    frozenset(
        {
            KeyUsageCriterion(KeyUsageConstraints(key_usage=frozenset({"non_repudiation"}))),
            CertSubjectDNCriterion(frozenset({"2.5.4.10"})),
            CriteriaList(
                CriteriaCombination.NONE, frozenset({PolicySetCriterion(frozenset({"1.2.3"}))})
            ),
        }
    ),
)
_NOBODY = CriteriaList(
    CriteriaCombination.AT_LEAST_ONE, frozenset({PolicySetCriterion(frozenset({"1.2.3"}))})
)


@pytest.mark.parametrize(
    ("said", "qualifiers", "criteria", "codes"),
    [
        pytest.param({}, {Qualifier.NOT_QUALIFIED}, _EVERY, ("not-qualified",), id="struck off"),
        pytest.param({}, {Qualifier.NOT_QUALIFIED}, _NOBODY, (), id="others are struck off"),
        pytest.param({"compliant": False}, {Qualifier.QC_STATEMENT}, _EVERY, (), id="added"),
        pytest.param({"device": False}, {Qualifier.WITH_QSCD}, _EVERY, (), id="in a device"),
        pytest.param({}, {Qualifier.NO_QSCD}, _EVERY, ("no-qualified-device",), id="in none"),
        pytest.param({}, {Qualifier.FOR_WSA}, _EVERY, ("not-qualified",), id="for web sites"),
        pytest.param({}, {Qualifier.FOR_ESEAL}, _EVERY, (), id="for seals"),
    ],
)
def test_a_list_corrects_what_a_certificate_says_of_itself(
    practice: Practice,
    said: dict[str, bool],
    qualifiers: set[Qualifier],
    criteria: CriteriaList,
    codes: tuple[str, ...],
) -> None:
    one = Qualification(frozenset(qualifiers), criteria)
    service = granted(practice.authority, qualifications=(one,))
    again = Service.from_json(service.to_json())

    report = _judged(practice, _signed_as(practice, "esign", **said), again)

    assert again == service
    assert canonical(again.to_json()) == canonical(service.to_json())
    assert report.codes == codes


def test_services_that_contradict_each_other_qualify_nothing(practice: Practice) -> None:
    no_device = Qualification(frozenset({Qualifier.NO_QSCD}), _EVERY)
    both = granted(practice.authority), granted(practice.authority, qualifications=(no_device,))

    assert _judged(practice, _signed_as(practice, "esign"), *both).codes == ("not-qualified",)


# What the report says of all this


def test_steps_nine_and_eleven_are_taken_whole() -> None:
    assert not {one for one in NOT_CHECKED if one.startswith(("9-", "11-"))}


def test_the_table_of_algorithms_stands_in_every_report(practice: Practice) -> None:
    assert f"algorithms {algorithms.VERSION}" in practice.judged(practice.bb).software


def test_the_code_of_the_judge_stands_in_every_report_too(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two releases nothing else tells one judge from another."""
    package = Path(software.__file__).parent
    other = shutil.copytree(package, tmp_path / "pdf")
    (other / "phrases.py").write_text("# another\n")

    own = software._code()
    monkeypatch.setattr(software, "__file__", str(other / "software.py"))

    assert practice.judged(practice.bb).software.endswith(f"judge {own[:12]}")
    assert software._code() != own


@pytest.mark.parametrize(
    "asked", [{"qualified": "required"}, {"freshness": timedelta(0)}, {"freshness": DAY}]
)
def test_what_is_newly_asked_changes_the_digest_and_nothing_else_does(
    asked: dict[str, object],
) -> None:
    assert Policy(**asked).digest != Policy().digest  # type: ignore[arg-type]
    assert "qualified" not in Policy().to_json()
    assert "freshness" not in Policy().to_json()
