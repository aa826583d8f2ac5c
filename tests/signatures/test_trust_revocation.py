"""What decides about a revocation is what its authority had said by the time of receipt."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from signatures.pdf import evidence
from signatures.pdf.anchors import Anchors
from signatures.pdf.chain import Path
from signatures.pdf.evidence import Store
from signatures.pdf.policy import Policy
from signatures.pdf.report import Verdict
from signatures.pdf.revocations import Instants, _stale
from signatures.pdf.signing import SigningKey
from signatures.pdf.statements import _names, statements
from signatures.training import Credential
from signatures.training_services import ocsp_answer, revocation_list
from tests.signatures.documents import NOW, RECEIVED, Practice

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """A file signed at NOW by a certificate of its own, and what its authority says when."""

    practice: Practice
    credential: Credential

    @classmethod
    def of(cls, practice: Practice) -> "Case":
        return cls(
            practice,
            practice.authority.issue(common_name="Wang", organisation="Lotus Works", now=NOW),
        )

    def revoke(self, since: datetime) -> None:
        self.practice.authority.revoke(self.credential.certificate, at=since)

    def listed(self, at: datetime) -> bytes:
        return revocation_list(self.practice.authority, "issuing", at=at)

    def answered(self, at: datetime) -> bytes:
        issuer = self.practice.authority.authority("issuing").certificate
        asked = ocsp.OCSPRequestBuilder().add_certificate(
            self.credential.certificate, issuer, hashes.SHA1()
        )
        request = asked.build().public_bytes(Encoding.DER)
        return ocsp_answer(self.practice.authority, "issuing", request, at=at)

    def anchors(self, *lists: bytes, answers: tuple[bytes, ...] = ()) -> Anchors:
        root = revocation_list(self.practice.authority, "root", at=NOW - HOUR)
        return Anchors(
            signers=self.practice.anchors.signers,
            tsa=self.practice.anchors.tsa,
            crls=(root, *lists),
            ocsps=answers,
        )

    def judged(self, anchors: Anchors, at: datetime = RECEIVED, **asked: object) -> tuple[str, ...]:
        policy = Policy(**asked)  # type: ignore[arg-type]
        signed = self.practice.sign(
            self.practice.form,
            SigningKey.from_pem(self.credential.pem()),
            evidence=replace(self.practice.evidence(), crls=()),
        )
        return self.practice.judged(signed, policy=policy, anchors=anchors, at=at).codes


@pytest.fixture
def case(practice: Practice) -> Case:
    return Case.of(practice)


# Later and backdated


@pytest.mark.parametrize("how", ["list", "answer"])
def test_a_later_revocation_is_a_remark_however_it_is_known(case: Case, how: str) -> None:
    before = case.listed(NOW)
    case.revoke(since=RECEIVED + HOUR)
    later = RECEIVED + 2 * HOUR
    lists = (before, case.listed(later)) if how == "list" else (before,)
    answers = (case.answered(later),) if how == "answer" else ()

    assert case.judged(case.anchors(*lists, answers=answers)) == ("revoked-later",)


@pytest.mark.parametrize("before", ["list", "answer"])
@pytest.mark.parametrize("after", ["list", "answer"])
def test_a_revocation_dated_back_after_the_receipt_is_a_remark(
    case: Case, before: str, after: str
) -> None:
    good_list, good_answer = case.listed(NOW), case.answered(NOW)
    case.revoke(since=NOW - HOUR)  # the date it names; it was said the day after
    lists, answers = [case.listed(RECEIVED + DAY)], [case.answered(RECEIVED + DAY)]
    known = case.anchors(
        *([good_list] if before == "list" else []),
        *(lists if after == "list" else []),
        answers=(*([good_answer] if before == "answer" else []),
                 *(answers if after == "answer" else [])),
    )  # fmt: skip

    assert case.judged(known) == ("revoked-backdated",)


def test_a_revocation_known_at_the_receipt_counts_whatever_was_said_before(case: Case) -> None:
    good = case.listed(NOW - HOUR)
    case.revoke(since=NOW - 2 * HOUR)
    known = case.listed(RECEIVED)

    assert case.judged(case.anchors(good, known)) == ("revoked",)


def test_where_nothing_was_known_at_the_receipt_the_verdict_waits_and_the_date_decides(
    case: Case,
) -> None:
    assert case.judged(case.anchors()) == ("revocation-unavailable",)

    case.revoke(since=NOW - HOUR)
    after = case.anchors(case.listed(RECEIVED + DAY))

    assert case.judged(after) == ("revoked",)


def test_a_good_word_from_before_the_date_shields_nobody(case: Case) -> None:
    """Else whoever keeps an old list could sign with a certificate that was revoked since."""
    old = case.listed(NOW - DAY)
    case.revoke(since=NOW - HOUR)

    assert case.judged(case.anchors(old, case.listed(RECEIVED + DAY))) == ("revoked",)


def test_the_day_after_an_undecided_file_is_good_when_its_authority_says_so(case: Case) -> None:
    assert case.judged(case.anchors(case.listed(RECEIVED + DAY))) == ()


# Freshness


@pytest.mark.parametrize(
    ("said", "freshness", "codes"),
    [
        pytest.param(NOW - DAY, None, (), id="not asked"),
        pytest.param(RECEIVED - DAY, DAY, (), id="as old as it may be"),
        pytest.param(
            RECEIVED - DAY - timedelta(seconds=1), DAY, ("revocation-stale",), id="a second older"
        ),
        pytest.param(RECEIVED, timedelta(0), (), id="of the very instant"),
        pytest.param(RECEIVED + DAY, timedelta(0), (), id="of the round after"),
    ],
)
def test_what_is_known_of_the_signer_is_not_older_than_the_tender_allows(
    case: Case, said: datetime, freshness: timedelta | None, codes: tuple[str, ...]
) -> None:
    assert case.judged(case.anchors(case.listed(said)), freshness=freshness) == codes


def test_freshness_is_asked_of_the_signer_and_not_of_its_authority(case: Case) -> None:
    root = revocation_list(case.practice.authority, "root", at=NOW - 5 * DAY)
    anchors = replace(case.anchors(case.listed(RECEIVED)), crls=(root, case.listed(RECEIVED)))

    assert case.judged(anchors, freshness=HOUR) == ()


def test_stale_is_tried_later_and_decides_where_the_tender_does_not_wait(case: Case) -> None:
    stale = case.anchors(case.listed(NOW - DAY))
    report = case.practice.judged(
        case.practice.sign(
            case.practice.form,
            SigningKey.from_pem(case.credential.pem()),
            evidence=replace(case.practice.evidence(), crls=()),
        ),
        policy=Policy(freshness=HOUR),
        anchors=stale,
    )

    assert report.verdict is Verdict.UNDECIDED
    assert report.signatures[0].sub_indication == "TRY_LATER"
    assert case.judged(stale, freshness=HOUR, revocation="now") == ("revocation-not-proven",)
    assert case.judged(case.anchors(), freshness=HOUR, revocation="if-available") == ()


# Of hundreds of lists and answers


def test_only_lists_and_answers_that_can_be_about_the_file_are_read(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []
    load = evidence._crl
    monkeypatch.setattr(evidence, "_crl", lambda der: read.append(der) or load(der))
    foreign = revocation_list(case.practice.authority, "tsa-root", at=NOW)
    own, other = case.answered(NOW), Case.of(case.practice).answered(NOW)
    anchors = case.anchors(foreign, b"no list", answers=(own, other, b"no answer"))

    assert case.judged(anchors) == ()

    assert read == [anchors.crls[0]]  # the root's; its own word is the answer
    number = case.credential.certificate.serial_number
    assert anchors.answers_about([number]) == (own,)


# What is a statement


def _said(case: Case, *lists: bytes, answers: tuple[bytes, ...] = ()) -> list[datetime | None]:
    store = Store(
        certificates=(),
        crls=tuple(asn1_crl.CertificateList.load(one) for one in lists),
        ocsps=tuple(asn1_ocsp.OCSPResponse.load(one) for one in answers),
        travelled=False,
    )
    own = asn1_x509.Certificate.load(case.credential.certificate_der)
    issuer = case.practice.authority.authority("issuing").certificate_der
    found = statements(own, asn1_x509.Certificate.load(issuer), store, good=True)
    return [one.revoked_since for one in found]


def _list(case: Case, *extensions: x509.ExtensionType, label: str = "issuing") -> bytes:
    """Sign an empty list with extensions, by the issuer's key or in its name by another's."""
    issuer, signer = (case.practice.authority.authority(one) for one in ("issuing", label))
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(NOW)
        .next_update(NOW + DAY)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _partition(case: Case, url: str | None = None, **only: object) -> x509.IssuingDistributionPoint:
    told = {
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    } | only
    named = None if url is None else [x509.UniformResourceIdentifier(url)]
    return x509.IssuingDistributionPoint(full_name=named, relative_name=None, **told)  # type: ignore[arg-type]


def test_a_list_says_good_only_of_certificates_that_it_would_hold(case: Case) -> None:
    own = f"{case.practice.authority.url}/crl/issuing.crl"
    key_compromise = frozenset({x509.ReasonFlags.key_compromise})

    assert _said(case, _list(case)) == [None]
    assert _said(case, _list(case, _partition(case, own, only_contains_user_certs=True))) == [None]
    for narrow in (
        x509.DeltaCRLIndicator(1),
        _partition(case, only_contains_ca_certs=True),
        _partition(case, only_contains_attribute_certs=True),
        _partition(case, indirect_crl=True),
        _partition(case, only_some_reasons=key_compromise),
        _partition(case, "http://ca.example/another-partition.crl"),
    ):
        assert _said(case, _list(case, narrow)) == []


def test_a_list_that_the_issuer_did_not_sign_says_nothing(case: Case) -> None:
    assert _said(case, _list(case, label="root")) == []


def _answer(case: Case, by: Credential, status: str = "GOOD") -> bytes:
    """Answer with the key of somebody, about the certificate that the issuer made."""
    issuer = case.practice.authority.authority("issuing").certificate
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=case.credential.certificate,
        issuer=issuer,
        algorithm=hashes.SHA256(),
        cert_status=ocsp.OCSPCertStatus[status],
        this_update=NOW,
        next_update=NOW + DAY,
        revocation_time=None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, by.certificate)
    made = builder.certificates([by.certificate]).sign(by.key, hashes.SHA256())
    return made.public_bytes(Encoding.DER)


def test_an_answer_counts_from_the_issuer_or_whom_it_delegated(case: Case) -> None:
    authority = case.practice.authority
    delegated, issuer = authority.authority("ocsp"), authority.authority("issuing")

    assert _said(case, answers=(_answer(case, delegated),)) == [None]
    assert _said(case, answers=(_answer(case, issuer),)) == [None]
    assert _said(case, answers=(_answer(case, case.credential),)) == []  # not delegated
    assert _said(case, answers=(_answer(case, authority.authority("tsa")),)) == []  # another's


def test_an_answer_about_another_or_about_nobody_says_nothing(case: Case) -> None:
    other = Case.of(case.practice)
    unsuccessful = ocsp.OCSPResponseBuilder.build_unsuccessful(
        ocsp.OCSPResponseStatus.TRY_LATER
    ).public_bytes(Encoding.DER)

    assert _said(case, answers=(other.answered(NOW), unsuccessful)) == []


def test_an_answer_that_knows_nothing_or_hashes_as_nobody_does_says_nothing(case: Case) -> None:
    answer = asn1_ocsp.OCSPResponse.load(case.answered(NOW))
    one = answer.response_data["responses"][0]
    certificate = asn1_x509.Certificate.load(case.credential.certificate_der)
    issuer = asn1_x509.Certificate.load(
        case.practice.authority.authority("issuing").certificate_der
    )
    named = one["cert_id"].copy()
    assert _names(named, certificate, issuer)
    named["hash_algorithm"] = {"algorithm": "md2"}
    assert not _names(named, certificate, issuer)

    unknown = _answer(case, case.practice.authority.authority("ocsp"), status="UNKNOWN")
    assert _said(case, answers=(unknown,)) == []


def test_what_pyhanko_takes_for_known_and_nobody_said_is_stale(case: Case) -> None:
    own = asn1_x509.Certificate.load(case.credential.certificate_der)

    (stale,) = _stale(Path((own,)), [], Instants(NOW, RECEIVED), HOUR)

    assert (stale.code, "newest" in dict(stale.facts)) == ("revocation-stale", False)


def test_an_answer_whose_value_was_changed_says_nothing(case: Case) -> None:
    answer = case.answered(NOW)
    value = asn1_ocsp.OCSPResponse.load(answer).basic_ocsp_response["signature"].native
    changed = answer.replace(value, value[:-1] + bytes([value[-1] ^ 1]))

    assert _said(case, answers=(changed,)) == []
