"""A list or an answer is a good word only for what it covers; what nobody vouches for is not known.

pyHanko's certificate validator is more generous. Where it is, the rule here has a test of its own.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from signatures.training import Credential
from signatures.training_services import revocation_list
from tests.signatures.documents import NOW, Practice
from tests.signatures.revoking import (
    DAY,
    Case,
    answering,
    entry,
    issued,
    listing,
    partition,
)

NOBODY_KNOWS = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00")
REASONS = frozenset({x509.ReasonFlags.key_compromise})
OCSP_SIGNING = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
SIGNS_LISTS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
AUTHORITY = x509.BasicConstraints(ca=True, path_length=None)
UNKNOWN, REVOKED = ("revocation-unavailable",), ("revoked",)

Said = Callable[[Case], list[bytes]]


@pytest.fixture
def case(practice: Practice) -> Case:
    return Case.of(practice)


def _freshest(case: Case) -> x509.FreshestCRL:
    name = x509.UniformResourceIdentifier(f"{case.practice.authority.url}/crl/delta.crl")
    return x509.FreshestCRL([x509.DistributionPoint([name], None, None, None)])


# Lists about the signer


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        pytest.param(lambda c: [listing(c)], (), id="a complete list"),
        pytest.param(lambda c: [listing(c, x509.DeltaCRLIndicator(1))], UNKNOWN, id="a delta"),
        pytest.param(
            lambda c: [listing(c, _freshest(c), critical=False)], (),
            id="a complete list that has a delta, which is not at hand",
        ),
        pytest.param(lambda c: [listing(c, NOBODY_KNOWS)], UNKNOWN, id="critical and unknown"),
        pytest.param(
            lambda c: [listing(c, NOBODY_KNOWS, critical=False)], (), id="unknown and not critical"
        ),
        pytest.param(
            lambda c: [listing(c, entries=[entry(_other(c), NOBODY_KNOWS)])], UNKNOWN,
            id="another entry has something critical and unknown",
        ),
        pytest.param(
            lambda c: [listing(c, entries=[entry(_other(c), NOBODY_KNOWS, critical=False)])], (),
            id="another entry has something unknown and not critical",
        ),
        pytest.param(lambda c: [listing(c, partition(indirect_crl=True))], UNKNOWN, id="indirect"),
        pytest.param(
            lambda c: [listing(c, partition(only_some_reasons=REASONS))], UNKNOWN,
            id="for one reason",
        ),
        pytest.param(
            lambda c: [listing(c, partition(only_some_reasons=frozenset({one})))
                       for one in x509.ReasonFlags
                       if one.value not in ("unspecified", "removeFromCRL")], UNKNOWN,
            id="for one reason each, all of them together",
        ),
        pytest.param(
            lambda c: [listing(c, partition(only_contains_ca_certs=True))], UNKNOWN,
            id="of authorities alone",
        ),
        pytest.param(
            lambda c: [listing(c, partition(only_contains_attribute_certs=True))], UNKNOWN,
            id="of attributes alone",
        ),
        pytest.param(
            lambda c: [listing(c, partition(only_contains_user_certs=True))], (),
            id="of users alone",
        ),
        pytest.param(
            lambda c: [listing(c, partition("http://ca.example/other.crl"))], UNKNOWN,
            id="of another partition",
        ),
        pytest.param(lambda c: [listing(c, label="root")], UNKNOWN, id="by another key"),
        pytest.param(lambda c: [listing(c, of="root")], UNKNOWN, id="of the authority above"),
        pytest.param(lambda c: [], UNKNOWN, id="nothing"),
    ],
)  # fmt: skip
def test_a_list_that_does_not_hold_the_signer_is_a_good_word_only_where_it_would(
    case: Case, said: Said, codes: tuple[str, ...]
) -> None:
    assert case.judged(case.anchors(*said(case))) == codes


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        pytest.param(lambda c: [listing(c, entries=_own(c))], REVOKED, id="a complete list"),
        pytest.param(
            lambda c: [listing(c), listing(c, x509.DeltaCRLIndicator(1), entries=_own(c))],
            REVOKED, id="the delta to a complete list that does not",
        ),
        pytest.param(
            lambda c: [listing(c, x509.DeltaCRLIndicator(1), entries=_own(c))], REVOKED,
            id="a delta alone",
        ),
        pytest.param(
            lambda c: [listing(c), listing(c, x509.DeltaCRLIndicator(1), entries=_own(
                c, x509.CRLReason(x509.ReasonFlags.remove_from_crl)))], (),
            id="a delta by which it is held no more",
        ),
        pytest.param(
            lambda c: [listing(c), listing(c, partition(only_some_reasons=REASONS),
                                           entries=_own(c))], REVOKED,
            id="a list for one reason",
        ),
        pytest.param(
            lambda c: [listing(c), listing(c, NOBODY_KNOWS, entries=_own(c))], REVOKED,
            id="a list with something critical and unknown",
        ),
        pytest.param(
            lambda c: [listing(c), listing(c, partition(indirect_crl=True), entries=_own(c))],
            REVOKED, id="an indirect list, as its issuer's",
        ),
        pytest.param(
            lambda c: [listing(c), listing(c, partition(indirect_crl=True), entries=_own(
                c, x509.CertificateIssuer([x509.DirectoryName(
                    c.practice.authority.authority("tsa-root").certificate.subject)])))], (),
            id="an indirect list, as another issuer's of the same number",
        ),
    ],
)  # fmt: skip
def test_what_a_list_of_the_issuer_holds_is_revoked_whatever_the_list_is(
    case: Case, said: Said, codes: tuple[str, ...]
) -> None:
    assert case.judged(case.anchors(*said(case))) == codes


def _own(case: Case, *extensions: x509.ExtensionType) -> list[x509.RevokedCertificate]:
    return [entry(case.credential.certificate, *extensions)]


def _other(case: Case) -> x509.Certificate:
    return Case.of(case.practice).credential.certificate


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        pytest.param(lambda c: [listing(c)], (), id="its list"),
        pytest.param(lambda c: [listing(c, entries=_own(c))], REVOKED, id="its list, and revoked"),
        pytest.param(lambda c: [listing(c, label="root")], UNKNOWN, id="a list by another key"),
        pytest.param(lambda c: [listing(c, of="root")], UNKNOWN, id="the list of who is above it"),
    ],
)
def test_an_anchor_that_another_authority_certifies_vouches_by_lists_of_its_own(
    case: Case, said: Said, codes: tuple[str, ...]
) -> None:
    """The anchors of trusted lists are of this kind."""
    issuing = case.practice.authority.authority("issuing").certificate_der
    anchors = replace(case.anchors(), signers=(issuing,), crls=tuple(said(case)))

    assert case.judged(anchors) == codes


# Lists of those beside the issuer


def test_a_list_of_an_authority_beside_the_issuer_vouches_for_nobody_below_it(case: Case) -> None:
    """The validator takes it for the word of the root: the issuing authority would be good."""
    beside = issued(case, "Beside", "root", AUTHORITY, SIGNS_LISTS)
    lists = (listing(case), listing(case, of=beside))

    assert _judged_beside(case, beside, lists) == UNKNOWN
    assert _judged_beside(case, beside, (*lists, listing(case, of="root"))) == ()


def test_a_list_of_a_supplier_vouches_for_no_other_supplier(case: Case) -> None:
    supplier = issued(case, "Supplier", "issuing")
    lists = (listing(case, of="root"), listing(case, of=supplier))

    assert _judged_beside(case, supplier, lists) == UNKNOWN


def test_an_authority_that_was_certified_again_does_not_vouch_for_itself(case: Case) -> None:
    own = case.practice.authority.authority("issuing")
    again = issued(case, "Again", "root", AUTHORITY, SIGNS_LISTS, like=own)

    assert _judged_beside(case, again, (listing(case),)) == UNKNOWN


def _judged_beside(case: Case, other: Credential, lists: tuple[bytes, ...]) -> tuple[str, ...]:
    """Judge a file that carries the certificate of somebody else, too."""
    evidence = replace(case.practice.evidence(), crls=())
    more = (*evidence.certificates, other.certificate_der)
    anchors = replace(case.anchors(), crls=lists)
    return case.judged(anchors, evidence=replace(evidence, certificates=more))


# Lists and answers about the authority in between


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        pytest.param(lambda c: listing(c, of="root"), (), id="a complete list"),
        pytest.param(
            lambda c: listing(c, partition(only_contains_ca_certs=True), of="root"), (),
            id="of authorities alone",
        ),
        pytest.param(
            lambda c: listing(c, partition(only_contains_user_certs=True), of="root"), UNKNOWN,
            id="of users alone",
        ),
        pytest.param(lambda c: listing(c, x509.DeltaCRLIndicator(1), of="root"), UNKNOWN,
                     id="a delta alone"),
    ],
)  # fmt: skip
def test_each_authority_below_the_anchor_needs_a_good_word_too(
    case: Case, said: Callable[[Case], bytes], codes: tuple[str, ...]
) -> None:
    anchors = replace(case.anchors(), crls=(listing(case), said(case)))

    assert case.judged(anchors) == codes


@pytest.mark.parametrize(("status", "codes"), [("GOOD", ()), ("REVOKED", REVOKED)])
def test_an_answer_about_the_authority_in_between_counts_as_a_list_does(
    case: Case, status: str, codes: tuple[str, ...]
) -> None:
    authority = case.practice.authority
    about = authority.authority("issuing").certificate
    told = answering(case, authority.authority("root"), status, about=about, issuer="root")
    anchors = replace(case.anchors(), crls=(listing(case),), ocsps=(told,))

    assert case.judged(anchors) == codes


# Answers


@pytest.mark.parametrize(
    ("extensions", "of_responder", "codes"),
    [
        pytest.param((OCSP_SIGNING, x509.OCSPNoCheck()), None, (), id="not to be checked"),
        pytest.param((OCSP_SIGNING,), None, ("responder-unconfirmed",), id="of whom nobody knows"),
        pytest.param((OCSP_SIGNING,), "REVOKED", ("responder-revoked",), id="that was revoked"),
        pytest.param((x509.OCSPNoCheck(),), "GOOD", UNKNOWN, id="that is not delegated"),
    ],
)
def test_an_answer_counts_from_a_responder_that_the_issuer_has_delegated(
    case: Case,
    extensions: tuple[x509.ExtensionType, ...],
    of_responder: str | None,
    codes: tuple[str, ...],
) -> None:
    responder = issued(case, "Responder", "issuing", *extensions)
    issuer = case.practice.authority.authority("issuing")
    about = responder.certificate
    more = () if of_responder is None else (answering(case, issuer, of_responder, about=about),)

    travels = replace(case.practice.evidence(), crls=(), ocsps=(answering(case, responder), *more))
    assert case.judged(case.anchors(), evidence=travels) == codes


def test_a_responder_delegated_by_another_authority_answers_for_nobody_here(case: Case) -> None:
    responder = issued(case, "Responder", "root", OCSP_SIGNING, x509.OCSPNoCheck())

    assert case.judged(case.anchors(answers=(answering(case, responder),))) == UNKNOWN


def test_a_responder_whose_certificate_had_ended_answers_for_nobody(case: Case) -> None:
    ended = issued(case, "Responder", "issuing", OCSP_SIGNING, x509.OCSPNoCheck(), lives=DAY)

    assert case.judged(case.anchors(answers=(answering(case, ended),))) == UNKNOWN


@pytest.mark.parametrize(
    ("status", "extension", "codes"),
    [
        pytest.param("GOOD", x509.OCSPNonce(b"12345678"), (), id="a nonce"),
        pytest.param("GOOD", NOBODY_KNOWS, UNKNOWN, id="good, and something nobody knows"),
        pytest.param("REVOKED", NOBODY_KNOWS, REVOKED, id="revoked, and something nobody knows"),
        pytest.param("UNKNOWN", x509.OCSPNonce(b"12345678"), UNKNOWN, id="it does not know"),
    ],
)
def test_an_answer_is_a_good_word_only_where_everything_critical_is_understood(
    case: Case, status: str, extension: x509.ExtensionType, codes: tuple[str, ...]
) -> None:
    delegated = case.practice.authority.authority("ocsp")
    told = answering(case, delegated, status, extension)

    assert case.judged(case.anchors(answers=(told,))) == codes


# When


@pytest.mark.parametrize(
    ("at", "codes"),
    [
        pytest.param(NOW + DAY, (), id="up to its next update"),
        pytest.param(NOW + DAY + timedelta(seconds=1), UNKNOWN, id="a second later"),
    ],
)
def test_a_list_vouches_up_to_its_next_update(
    case: Case, at: datetime, codes: tuple[str, ...]
) -> None:
    root = revocation_list(case.practice.authority, "root", at=NOW)
    anchors = replace(case.anchors(), crls=(root, listing(case)))

    assert case.judged(anchors, at=at) == codes
