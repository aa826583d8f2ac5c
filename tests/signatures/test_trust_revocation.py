"""What decides about a revocation is what its authority had said by the time of receipt."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import CRLEntryExtensionOID

from signatures.pdf import evidence
from signatures.pdf.chain import NoPath, Path, context_of, validated
from signatures.pdf.confirming import statements
from signatures.pdf.evidence import Store
from signatures.pdf.policy import Policy
from signatures.pdf.report import Verdict
from signatures.pdf.revocations import Instants, _stale
from signatures.pdf.scope import is_about
from signatures.pdf.signing import SigningKey
from signatures.pdf.statements import _names
from signatures.training_services import revocation_list
from tests.signatures.documents import NOW, RECEIVED, Practice
from tests.signatures.revoking import DAY, HOUR, Case, answering, entry, listing, partition


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
    )
    own = asn1_x509.Certificate.load(case.credential.certificate_der)
    issuer = case.practice.authority.authority("issuing").certificate_der
    pair = own, asn1_x509.Certificate.load(issuer)
    found = statements(pair, store, good=True)
    return [one.revoked_since for one in found]


def test_a_list_says_good_only_of_certificates_that_it_would_hold(case: Case) -> None:
    own = f"{case.practice.authority.url}/crl/issuing.crl"
    key_compromise = frozenset({x509.ReasonFlags.key_compromise})

    assert _said(case, listing(case)) == [None]
    assert _said(case, listing(case, partition(own, only_contains_user_certs=True))) == [None]
    for narrow in (
        x509.DeltaCRLIndicator(1),
        partition(only_contains_ca_certs=True),
        partition(only_contains_attribute_certs=True),
        partition(indirect_crl=True),
        partition(only_some_reasons=key_compromise),
        partition("http://ca.example/another-partition.crl"),
    ):
        assert _said(case, listing(case, narrow)) == []


def test_a_list_that_the_issuer_did_not_sign_says_nothing(case: Case) -> None:
    assert _said(case, listing(case, label="root")) == []


def test_an_answer_counts_from_the_issuer_or_whom_it_delegated(case: Case) -> None:
    authority = case.practice.authority
    delegated, issuer = authority.authority("ocsp"), authority.authority("issuing")

    assert _said(case, answers=(answering(case, delegated),)) == [None]
    assert _said(case, answers=(answering(case, issuer),)) == [None]
    assert _said(case, answers=(answering(case, case.credential),)) == []  # not delegated
    assert _said(case, answers=(answering(case, authority.authority("tsa")),)) == []  # another's


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

    unknown = answering(case, case.practice.authority.authority("ocsp"), status="UNKNOWN")
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


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        pytest.param(True, "revoked", id="a list of the issuer names it"),
        pytest.param(False, "revocation-unavailable", id="there is no list of the issuer"),
    ],
)
def test_who_checks_a_path_asks_for_lists_too(case: Case, listed: bool, code: str) -> None:
    """The second line: what our own reading of the lists has passed over still ends a path."""
    case.revoke(since=NOW - HOUR)
    authority = case.practice.authority
    root, issuing = (
        asn1_x509.Certificate.load(authority.authority(one).certificate_der)
        for one in ("root", "issuing")
    )
    lists = [revocation_list(authority, "root", at=NOW), *([case.listed(NOW)] if listed else [])]
    store = Store((issuing,), tuple(evidence._crl(one) for one in lists), ())
    own = asn1_x509.Certificate.load(case.credential.certificate_der)

    with pytest.raises(NoPath) as refused:
        validated(
            own, [issuing], context_of([root], store, at=RECEIVED, required=True), at=RECEIVED
        )

    assert refused.value.finding.code == code


def test_an_entry_of_an_indirect_list_that_nobody_understands_is_a_revocation(case: Case) -> None:
    """X.509, 7.3: whatever else it says, it says that the certificate is revoked."""
    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0")
    own = entry(case.credential.certificate, odd)
    indirect = listing(case, partition(indirect_crl=True), entries=[own])

    assert _said(case, indirect) == [NOW - HOUR]


def test_a_list_is_whole_only_by_an_issuer_that_may_sign_lists_and_in_words_that_are_read(
    case: Case,
) -> None:
    own = asn1_x509.Certificate.load(case.credential.certificate_der)
    issuer, signer = (
        asn1_x509.Certificate.load(one.certificate_der)
        for one in (case.practice.authority.authority("issuing"), case.practice.supplier)
    )
    other = case.practice.authority.issue(common_name="Other", organisation="B", now=NOW)
    damaged = x509.UnrecognizedExtension(CRLEntryExtensionOID.CRL_REASON, b"\5\0")
    unread = listing(case, entries=[entry(other.certificate, damaged)])

    assert is_about(evidence._crl(listing(case)), own, issuer)
    assert not is_about(evidence._crl(listing(case)), own, signer)
    assert not is_about(evidence._crl(unread), own, issuer)
