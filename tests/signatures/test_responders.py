"""Whoever answers for an authority has to be good, too, unless it wants nobody to check that.

RFC 6960, 4.2.2.2.1. Nobody vouches for themselves, not even over others; and a responder that was
revoked proves nothing. Waiting for a better word is the outcome, never a verdict against anybody.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from signatures.pdf import confirming
from signatures.pdf.responders import DEEPEST, MOST_BROUGHT, brought_by
from signatures.training import Credential
from tests.signatures.documents import NOW, RECEIVED, Practice
from tests.signatures.revoking import DAY, HOUR, Case, answering, issued, listing

ANSWERS = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
UNCHECKED = x509.OCSPNoCheck()
ODD = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00")
MINUTE = timedelta(minutes=1)
GOOD: tuple[str, ...] = ()
UNKNOWN, REVOKED = ("revocation-unavailable",), ("revoked",)
DOUBTED, SPOILED = ("responder-unconfirmed",), ("responder-revoked",)


@pytest.fixture
def case(practice: Practice) -> Case:
    return Case.of(practice)


@dataclass(frozen=True)
class People:
    """Who may answer for the issuing authority."""

    case: Case
    first: Credential  # nothing is known of any of these
    second: Credential
    third: Credential
    unchecked: Credential  # the authority wants nobody to check this one

    @classmethod
    def of(cls, case: Case) -> "People":
        plain = [issued(case, name, "issuing", ANSWERS) for name in ("First", "Second", "Third")]
        return cls(case, *plain, issued(case, "Unchecked", "issuing", ANSWERS, UNCHECKED))

    @property
    def issuer(self) -> Credential:
        return self.case.practice.authority.authority("issuing")

    def about(self, whom: Credential, by: Credential, status: str = "GOOD", **how: object) -> bytes:
        return answering(self.case, by, status, about=whom.certificate, **how)  # type: ignore[arg-type]


Said = Callable[[People], Iterable[bytes]]


@pytest.fixture(params=["in the file", "asked for by the platform"])
def judged(request: pytest.FixtureRequest, case: Case) -> Callable[..., tuple[str, ...]]:
    """Judge a file of which only these answers tell: in its own store, or in the operator's."""

    def in_file(*answers: bytes, at: datetime = RECEIVED) -> tuple[str, ...]:
        travels = replace(case.practice.evidence(), crls=(), ocsps=answers)
        return case.judged(case.anchors(), at, travels)

    def polled(*answers: bytes, at: datetime = RECEIVED) -> tuple[str, ...]:
        return case.judged(case.anchors(answers=answers), at)

    return in_file if request.param == "in the file" else polled


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        pytest.param(lambda p: [], DOUBTED, id="nobody"),
        pytest.param(lambda p: [p.about(p.first, p.issuer)], GOOD, id="the authority itself"),
        pytest.param(lambda p: [p.about(p.first, p.unchecked)], GOOD, id="one nobody checks"),
        pytest.param(lambda p: [p.about(p.first, p.first)], DOUBTED, id="itself"),
        pytest.param(
            lambda p: [p.about(p.first, p.second), p.about(p.second, p.issuer)], GOOD,
            id="another, for whom the authority vouches",
        ),
        pytest.param(
            lambda p: [p.about(p.first, p.second), p.about(p.second, p.first)], DOUBTED,
            id="another, in a circle",
        ),
        pytest.param(
            lambda p: [p.about(p.first, p.second), p.about(p.second, p.third),
                       p.about(p.third, p.unchecked)], GOOD, id="two more in a row",
        ),
        pytest.param(
            lambda p: [p.about(p.first, p.issuer, "UNKNOWN")], DOUBTED,
            id="the authority does not know it",
        ),
        pytest.param(
            lambda p: [p.about(p.first, p.issuer, at=NOW - 3 * DAY)], DOUBTED,
            id="a word that had ended when it answered",
        ),
        pytest.param(
            lambda p: [p.about(p.first, p.issuer, "REVOKED")], SPOILED, id="it was revoked before",
        ),
        pytest.param(
            lambda p: [p.about(p.first, p.issuer, "REVOKED", at=RECEIVED,
                               since=NOW + MINUTE)], SPOILED,
            id="it was revoked after it answered, and before the file came",
        ),
        pytest.param(
            lambda p: [p.about(p.first, p.issuer),
                       p.about(p.first, p.issuer, "REVOKED", at=RECEIVED + DAY,
                               since=RECEIVED + HOUR)], GOOD,
            id="it was revoked after the file came",
        ),
        pytest.param(
            lambda p: [p.about(p.unchecked, p.issuer, "REVOKED"), p.about(p.first, p.unchecked)],
            DOUBTED, id="one nobody checks, and who was revoked all the same",
        ),
    ],
)  # fmt: skip
def test_an_answer_counts_if_somebody_vouches_for_who_gave_it(
    case: Case, judged: Callable[..., tuple[str, ...]], said: Said, codes: tuple[str, ...]
) -> None:
    people = People.of(case)

    assert judged(answering(case, people.first), *said(people)) == codes


def test_a_list_of_the_authority_vouches_for_its_responder_and_revokes_it(case: Case) -> None:
    people = People.of(case)
    told = answering(case, people.first)
    good, revoked = people.about(people.first, people.issuer), x509.RevokedCertificateBuilder()
    entry = revoked.serial_number(people.first.certificate.serial_number).revocation_date(NOW)
    delta = listing(case, x509.DeltaCRLIndicator(1), entries=[entry.build()])

    assert case.judged(case.anchors(answers=(told, good))) == GOOD
    assert case.judged(case.anchors(delta, answers=(told, good))) == SPOILED
    assert case.judged(case.anchors(listing(case), answers=(told,))) == GOOD


def test_whoever_is_revoked_by_a_responder_of_whom_nobody_knows_is_revoked(case: Case) -> None:
    people = People.of(case)
    revoked = answering(case, people.first, "REVOKED")

    assert case.judged(case.anchors(listing(case), answers=(revoked,))) == REVOKED


def test_who_was_revoked_before_answering_revokes_nobody(case: Case) -> None:
    people = People.of(case)
    revoked = answering(case, people.first, "REVOKED", at=NOW)
    known = people.about(people.first, people.issuer, "REVOKED", since=NOW)

    assert case.judged(case.anchors(answers=(revoked, known))) == SPOILED
    later = people.about(people.first, people.issuer, "REVOKED", since=NOW + MINUTE)
    assert case.judged(case.anchors(answers=(revoked, later))) == REVOKED


def test_a_good_word_of_who_is_in_doubt_makes_no_remark_of_a_revocation(case: Case) -> None:
    """Else it would turn what was dated back into a remark."""
    people = People.of(case)
    doubted = answering(case, people.first, at=RECEIVED)
    after = answering(case, people.issuer, "REVOKED", at=RECEIVED + DAY)
    good = people.about(people.first, people.issuer, at=RECEIVED)

    assert case.judged(case.anchors(answers=(doubted, after))) == REVOKED
    assert case.judged(case.anchors(answers=(doubted, after, good))) == ("revoked-backdated",)


def test_the_list_that_dates_a_revocation_back_vouches_for_the_responder(case: Case) -> None:
    doubted = answering(case, People.of(case).first, at=RECEIVED)
    case.revoke(since=NOW - HOUR)
    after = case.listed(RECEIVED + DAY)

    assert case.judged(case.anchors(after, answers=(doubted,))) == ("revoked-backdated",)


def test_the_word_of_who_is_in_doubt_is_not_fresh(case: Case) -> None:
    people = People.of(case)
    doubted = answering(case, people.first, at=RECEIVED)
    older = answering(case, people.issuer, at=RECEIVED - 2 * HOUR)
    known = case.anchors(answers=(older, doubted))

    assert case.judged(known, freshness=HOUR) == ("revocation-stale",)


@pytest.mark.parametrize("extensions", [(ANSWERS, UNCHECKED), (ANSWERS,)])
def test_a_responder_may_be_younger_than_the_signature(
    case: Case, extensions: tuple[x509.ExtensionType, ...]
) -> None:
    """Some live for days; what they say later is of the time of signing as well."""
    young = issued(case, "Young", "issuing", *extensions, begins=RECEIVED + HOUR)
    told = answering(case, young, at=RECEIVED + DAY)
    vouched = People.of(case).about(
        young, case.practice.authority.authority("issuing"), at=RECEIVED + DAY
    )

    assert case.judged(case.anchors(answers=(told, vouched))) == GOOD


@pytest.mark.parametrize(
    "extensions",
    [
        pytest.param(lambda: (ANSWERS, UNCHECKED, _usage(key_cert_sign=True)), id="its usage"),
        pytest.param(lambda: (UNCHECKED,), id="its extended usage"),
        pytest.param(lambda: (ANSWERS, UNCHECKED, ODD), id="something that nobody understands"),
    ],
)
def test_a_certificate_that_may_not_sign_answers_signs_none(
    case: Case, extensions: Callable[[], tuple[x509.ExtensionType, ...]]
) -> None:
    other = issued(case, "Other", "issuing", *extensions(), critical=True)

    assert case.judged(case.anchors(answers=(answering(case, other),))) == UNKNOWN


@pytest.mark.parametrize("status", ["GOOD", "REVOKED"])
def test_nobody_else_revokes_or_vouches_by_an_answer_put_into_a_file(
    case: Case, status: str
) -> None:
    stranger = issued(case, "Stranger", "root", ANSWERS, UNCHECKED)
    travels = replace(case.practice.evidence(), crls=(), ocsps=(answering(case, stranger, status),))

    assert case.judged(case.anchors(), evidence=travels) == UNKNOWN
    assert case.judged(case.anchors(case.listed(NOW)), evidence=travels) == GOOD


def test_a_row_of_responders_is_followed_to_a_bound(
    case: Case, judged: Callable[..., tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = [issued(case, f"R{number}", "issuing", ANSWERS) for number in range(DEEPEST + 2)]
    people = People.of(case)
    answers = [people.about(one, by) for one, by in pairwise(row)]
    answers += [people.about(row[-1], people.issuer)]
    whole = (answering(case, row[0]), *answers)
    asked: list[int] = []
    kept = confirming.is_confirmed
    monkeypatch.setattr(
        confirming, "is_confirmed", lambda *told: asked.append(len(told)) or kept(*told)
    )

    assert judged(*whole) == DOUBTED
    assert judged(answering(case, row[2]), *answers) == GOOD
    assert len(asked) < 60


def test_lists_are_searched_for_no_responder_that_nobody_delegated(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a file with hundreds of them would have long lists searched for hours."""
    searched: list[str] = []
    kept = confirming._revoked_since
    monkeypatch.setattr(
        confirming,
        "_revoked_since",
        lambda pair, store: searched.append(pair[0].subject.human_friendly) or kept(pair, store),
    )
    people = People.of(case)
    forged = issued(case, "Forged", replace(people.issuer, key=case.credential.key), ANSWERS)
    real = people.unchecked
    answers = tuple(answering(case, by) for by in (forged, real))

    assert case.judged(case.anchors(answers=answers)) == GOOD
    assert searched == ["Common Name: Unchecked"]


def test_of_the_certificates_in_an_answer_some_are_looked_at(case: Case) -> None:
    many = answering(case, People.of(case).unchecked)
    answer = asn1_ocsp.OCSPResponse.load(many)
    basic = answer.basic_ocsp_response
    basic["certs"] = [*basic["certs"]] * 40
    answer["response_bytes"]["response"] = basic

    assert len(brought_by(asn1_ocsp.OCSPResponse.load(answer.dump(force=True)))) == MOST_BROUGHT


def test_an_answer_that_is_none_says_nothing_and_brings_nobody(
    case: Case, judged: Callable[..., tuple[str, ...]]
) -> None:
    none = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    later = none.public_bytes(Encoding.DER)

    assert brought_by(asn1_ocsp.OCSPResponse.load(later)) == ()
    assert judged(later) == UNKNOWN
    assert judged(later, answering(case, People.of(case).unchecked)) == GOOD


def test_an_answer_is_not_spoiled_by_a_certificate_that_it_only_carries(
    case: Case, judged: Callable[..., tuple[str, ...]]
) -> None:
    """Anybody may put one into it: the signature is not over them."""
    people = People.of(case)
    revoked = people.about(people.first, people.issuer, "REVOKED")
    answer = asn1_ocsp.OCSPResponse.load(answering(case, people.issuer))
    basic = answer.basic_ocsp_response
    basic["certs"] = [asn1_x509.Certificate.load(people.first.certificate_der)]
    answer["response_bytes"]["response"] = basic

    assert judged(answer.dump(force=True), revoked) == GOOD


def test_whoever_was_revoked_after_telling_of_others_is_not_named(
    case: Case, judged: Callable[..., tuple[str, ...]]
) -> None:
    people = People.of(case)
    revoked = people.about(people.first, people.issuer, "REVOKED")
    of_another = people.about(people.second, people.first)

    assert judged(of_another, revoked) == UNKNOWN
    assert judged(of_another, answering(case, people.first), revoked) == SPOILED


def test_what_is_in_doubt_decides_where_the_tender_does_not_wait(case: Case) -> None:
    doubted = case.anchors(answers=(answering(case, People.of(case).first),))

    assert case.judged(doubted, revocation="now") == ("revocation-not-proven",)
    assert case.judged(doubted, revocation="if-available") == GOOD


def test_an_answer_counts_where_the_certificate_does_not_say_whom_to_ask(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = issued(case, "Silent", "issuing", _usage(digital_signature=True))
    own = replace(case, credential=silent)
    told = answering(own, case.practice.authority.authority("ocsp"))

    assert own.judged(own.anchors(answers=(told,))) == GOOD


def _usage(**used: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: used.get(name, False) for name in names})
