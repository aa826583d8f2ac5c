"""Every certificate between a signer and an anchor is asked about, by lists and by OCSP.

Authorities in between are known because somebody enrolled a certificate below them. Nobody is
asked but at servers that two operators approved, and what else certificates state is drawn up.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from pytest_django.fixtures import Settings

from procurement.actions.enrolment import enrol_certificate
from procurement.models import Organisation
from signatures.actions.revocation import keep_authorities
from signatures.actions.trust import approve_trust, reject_trust, take_up_trust
from signatures.between import keep_between
from signatures.models import AuthorityBetween, RevocationRound, TrustProposal
from signatures.pdf.certificates import Brought
from signatures.pdf.policy import Policy
from signatures.pdf.proofs import evidence_for
from signatures.pdf.report import Verdict
from signatures.pdf.signing import Evidence, SigningKey, sign_pdf
from signatures.possession import prove
from signatures.rules.trust import MAX_CERTIFICATE_BYTES, Change
from signatures.sealing_key import place
from signatures.service import check, current_anchors
from signatures.training import TrainingAuthority
from signatures.training_services import ocsp_answer
from signatures.trust import rounds
from signatures.trust.addresses import MOST_STATED, may_be_asked, stated
from signatures.trust.asking import responders_in, targets
from signatures.trust.paths import LONGEST, Paths, Step
from tests.signatures import trusting
from tests.signatures.documents import Practice, plain_pdf
from tests.signatures.revoking import DAY, HOUR, Case, answering, issued
from tests.signatures.serving import Authority, serving
from tests.signatures.test_possession import asked
from tests.world import World

CA = x509.BasicConstraints(ca=True, path_length=None)
ANSWERS = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])


@pytest.fixture
def case(practice: Practice) -> Case:
    return Case.of(practice)


def named(*ders: bytes) -> dict[str, bytes]:
    return {sha256(der).hexdigest(): der for der in ders}


def told(steps: Iterable[Step]) -> set[tuple[bytes, bytes]]:
    return {(one.certificate, one.issuer) for one in steps}


# The way up


def test_the_way_up_leads_over_authorities_in_between_to_the_anchor(case: Case) -> None:
    root, issuing = (case.practice.authority.authority(one) for one in ("root", "issuing"))
    leaf = case.credential.certificate_der
    anchors = named(root.certificate_der)

    steps = Paths(anchors, [issuing.certificate_der]).steps([leaf])

    assert told(steps) == {
        (leaf, issuing.certificate_der),
        (issuing.certificate_der, root.certificate_der),
    }
    assert {one.anchors for one in steps} == {frozenset(anchors)}
    assert Paths(anchors, []).steps([leaf]) == []
    assert Paths({}, [issuing.certificate_der, root.certificate_der]).steps([leaf]) == []


def test_an_anchor_may_stand_below_another_and_both_are_led_to(case: Case) -> None:
    root, issuing = (case.practice.authority.authority(one) for one in ("root", "issuing"))
    anchors = named(root.certificate_der, issuing.certificate_der)
    leaf = case.credential.certificate_der

    steps = {one.certificate: one.anchors for one in Paths(anchors, []).steps([leaf])}

    assert steps == {
        leaf: frozenset(anchors),
        issuing.certificate_der: frozenset(named(root.certificate_der)),
    }


def test_what_somebody_made_for_the_key_of_an_authority_leads_nowhere(case: Case) -> None:
    """Anybody can certify the public key of an authority, with addresses of their own."""
    root, issuing = (case.practice.authority.authority(one) for one in ("root", "issuing"))
    own = issued(case, "Own", "tsa-root", CA)  # stands below no anchor
    beside = issued(case, "Beside", "tsa-root", CA, like=issuing)
    user = issued(case, "User", "root", like=issuing)  # no authority
    between = [one.certificate_der for one in (own, beside, user)]

    anchors, leaf = named(root.certificate_der), case.credential.certificate_der
    assert Paths(anchors, between).steps([leaf]) == []
    assert Paths(anchors, []).steps([b"no certificate"]) == []


def test_a_row_of_authorities_is_followed_to_a_bound_and_a_circle_once(case: Case) -> None:
    root = case.practice.authority.authority("root")
    row = [issued(case, "R0", "root", CA)]
    for number in range(LONGEST + 1):
        row.append(issued(case, f"R{number + 1}", row[-1], CA))
    circle = issued(case, "Again", row[3], CA, like=row[1])
    paths = Paths(named(root.certificate_der), [one.certificate_der for one in (*row, circle)])

    whole = told(paths.steps([row[LONGEST - 1].certificate_der]))
    cut = told(paths.steps([row[LONGEST + 1].certificate_der]))

    assert (row[0].certificate_der, root.certificate_der) in whole
    assert (row[LONGEST - 1].certificate_der, row[LONGEST - 2].certificate_der) in whole
    assert (row[LONGEST + 1].certificate_der, row[LONGEST].certificate_der) not in cut


# What certificates state, and what of it may be asked


def _stating(*urls: str, answers: Iterable[str] = ()) -> tuple[x509.ExtensionType, ...]:
    ocsp = AuthorityInformationAccessOID.OCSP
    lists = [x509.DistributionPoint(_named(url), None, None, None) for url in urls]
    told = [x509.AccessDescription(ocsp, _named(url)[0]) for url in answers]
    told.append(
        x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, _named("http://x/")[0])
    )
    return x509.CRLDistributionPoints(lists), x509.AuthorityInformationAccess(told)


def _named(url: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(url)]


def test_a_certificate_states_addresses_of_the_web_and_not_too_many(case: Case) -> None:
    odd = ("ldap://ca.example/cn=x", "http://u:p@ca.example/", "file:///etc/passwd", "http://")
    many = [f"http://ca.example/{number}.crl" for number in range(9)]
    stating = issued(
        case, "Any", "issuing", *_stating(*odd, *many, answers=["http://ca.example/ocsp"])
    )

    assert stated(stating.certificate_der) == (
        *(("crl", url) for url in many[:MOST_STATED]),
        ("ocsp", "http://ca.example/ocsp"),
    )
    assert stated(b"no certificate") == ()
    assert stated(issued(case, "None", "issuing").certificate_der) == ()


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        pytest.param("http://ca.example/part-7.crl", True, id="another part of the list"),
        pytest.param("http://CA.example:80/ocsp", True, id="the same server, written otherwise"),
        pytest.param("https://ca.example/list.crl", False, id="over TLS, another server"),
        pytest.param("http://ca.example:8080/list.crl", False, id="another port"),
        pytest.param("http://crl.ca.example/list.crl", False, id="a name below"),
        pytest.param("http://ca.example.evil.example/list.crl", False, id="a name above"),
        pytest.param("http://evil.example/?http://ca.example/", False, id="in the question"),
        pytest.param("http://ca.example@evil.example/", False, id="before the host"),
    ],
)
def test_what_may_be_asked_lies_at_a_server_of_which_an_address_is_approved(
    url: str, allowed: bool
) -> None:
    assert may_be_asked(url, [("crl", "http://ca.example/list.crl")]) is allowed


def test_each_certificate_below_an_anchor_is_asked_about_where_it_says(case: Case) -> None:
    root, issuing = (case.practice.authority.authority(one) for one in ("root", "issuing"))
    url, leaf = case.practice.authority.url, case.credential.certificate_der
    anchors = named(root.certificate_der)
    (name,) = anchors
    steps = Paths(anchors, [issuing.certificate_der]).steps([leaf])

    def asked_for(*urls: str) -> set[tuple[str, str, bytes]]:
        addresses = [{"kind": "crl", "url": one} for one in urls]
        found = targets([{"certificate": name, "addresses": addresses}], anchors, steps)
        return {(one.kind, one.url, one.certificate) for one in found}

    assert asked_for() == set(), "nobody has approved anything"
    assert asked_for("http://other.example/a.crl") == {("crl", "http://other.example/a.crl", b"")}
    assert asked_for(f"{url}/crl/root.crl") == {
        ("crl", f"{url}/crl/root.crl", b""),
        ("crl", f"{url}/crl/issuing.crl", b""),
        ("ocsp", f"{url}/ocsp/issuing", leaf),
        ("ocsp", f"{url}/ocsp/root", issuing.certificate_der),
    }


def test_where_a_certificate_says_nothing_the_approved_address_is_asked(case: Case) -> None:
    root, issuing = (case.practice.authority.authority(one) for one in ("root", "issuing"))
    silent = issued(case, "Silent", "issuing").certificate_der
    anchors = named(root.certificate_der)
    entry = {"certificate": next(iter(anchors)), "addresses": [{"kind": "ocsp", "url": "http://a"}]}
    steps = Paths(anchors, [issuing.certificate_der]).steps([silent])

    found = targets([entry], anchors, steps)

    assert {(one.certificate, one.issuer) for one in found} == {
        (silent, issuing.certificate_der),
        (issuing.certificate_der, root.certificate_der),
    }


def test_who_answered_is_asked_about_unless_the_authority_wants_nobody_to(case: Case) -> None:
    responder = issued(case, "Responder", "issuing", ANSWERS)
    marked = case.practice.authority.authority("ocsp")
    answers = [answering(case, responder), answering(case, marked), b"no answer"]

    assert responders_in(answers) == [responder.certificate_der]


# What is kept of an enrolment


@pytest.mark.django_db
def test_an_enrolment_keeps_the_authorities_above_the_certificate(world: World) -> None:
    lotus, issuing = world.suppliers[0], world.trust.authority.authority("issuing")
    signed = world.trust.sign(asked(world, lotus), lotus.credential, world.now)

    prove(
        organisation_id=lotus.organisation.pk,
        pdf=signed,
        by=world.by(lotus.administrator),
        now=world.now,
    )

    kept = AuthorityBetween.objects.get()
    assert (kept.sha256, bytes(kept.der)) == (issuing.sha256, issuing.certificate_der)
    assert "Issuing" in str(kept)


@pytest.mark.django_db
def test_of_what_is_brought_along_only_what_leads_to_an_anchor_is_kept(
    world: World, case: Case
) -> None:
    issuing = world.trust.authority.authority("issuing")
    others = (issuing, world.trust.authority.authority("root"), issued(case, "Own", "root", CA))
    signer = world.suppliers[0].credential.certificate_der
    brought = Brought(signer, tuple(one.certificate_der for one in others))

    keep_between(brought, now=world.now)
    keep_between(brought, now=world.now)

    assert [one.sha256 for one in AuthorityBetween.objects.all()] == [issuing.sha256]


def test_what_is_no_certificate_or_too_large_for_one_is_not_kept(world: World) -> None:
    issuing = world.trust.authority.authority("issuing")
    large = issuing.certificate_der + b"\0" * MAX_CERTIFICATE_BYTES

    keep_authorities([b"", b"no certificate", large, issuing.certificate_der], now=world.now)

    assert [one.sha256 for one in AuthorityBetween.objects.all()] == [issuing.sha256]


# Rounds


class Hierarchy:
    """An authority of three levels whose services answer by OCSP alone."""

    def __init__(self, folder: Path, server: Authority, world: World) -> None:
        self.authority = TrainingAuthority(folder, now=world.now - DAY, url=server.url)
        self.world, self.server = world, server
        self.signer = self.authority.issue(common_name="Li", organisation="Lotus", now=world.now)
        for label in ("root", "issuing"):
            server.replies[f"/ocsp/{label}"] = self._answering(label)
        self.at = world.now

    def _answering(self, label: str) -> Any:
        return lambda body: (200, {}, ocsp_answer(self.authority, label, body, at=self.at))

    def anchors(self, *addresses: tuple[str, str]) -> list[Change]:
        root, tsa = (self.authority.authority(one) for one in ("root", "tsa-root"))
        return [
            Change(root.certificate_der, "signer", addresses=addresses),
            Change(tsa.certificate_der, "tsa"),
        ]

    def enrol(self, organisation: Organisation) -> None:
        enrol_certificate(
            organisation_id=organisation.pk,
            der=self.signer.certificate_der,
            evidence="Seen",
            by=self.world.by("operator"),
            now=self.world.now,
        )
        between = (self.authority.authority("issuing").certificate_der,)
        keep_between(Brought(self.signer.certificate_der, between), now=self.world.now)

    def round(self, passed: timedelta = timedelta(0)) -> RevocationRound | None:
        self.at = self.world.now + passed
        doors = lambda urls: self.server.fetcher(*urls)  # noqa: E731
        return rounds.make_round(now=self.at, fetcher=doors)

    def signed(self) -> bytes:
        key = SigningKey.from_pem(self.signer.pem())
        chain = (self.authority.authority("issuing").certificate_der,)
        return sign_pdf(plain_pdf(), key, at=self.world.now, evidence=Evidence(chain))


@pytest.fixture
def hierarchy(world: World, tmp_path: Path) -> Iterator[Hierarchy]:
    with serving() as server:
        yield Hierarchy(tmp_path / "authority", server, world)


@pytest.mark.django_db
def test_where_authorities_answer_by_ocsp_alone_a_file_is_decided(
    world: World, hierarchy: Hierarchy
) -> None:
    """Its signer and the authority in between are asked about, and nobody else."""
    trusting.approved(world, *hierarchy.anchors(("ocsp", f"{hierarchy.server.url}/ocsp/root")))
    hierarchy.enrol(world.suppliers[0].organisation)
    before, _ = check(hierarchy.signed(), policy=Policy(), at=world.now, now=world.now)

    made = hierarchy.round(HOUR)

    assert made is not None
    assert len(made.answers) == 2
    after, _ = check(hierarchy.signed(), policy=Policy(), at=world.now, now=world.now + 2 * HOUR)
    assert (before.verdict, after.codes) == (Verdict.UNDECIDED, ())


@pytest.mark.django_db
def test_the_platform_seals_for_long_also_where_its_authority_answers_by_ocsp_alone(
    world: World, hierarchy: Hierarchy, settings: Settings, tmp_path: Path
) -> None:
    """Nobody enrols the platform's own certificate, and it is asked about all the same."""
    issuing = hierarchy.authority.authority("issuing").certificate
    (tmp_path / "seal.pem").write_bytes(hierarchy.signer.pem() + issuing.public_bytes(Encoding.PEM))
    settings.SEAL = f"file:{tmp_path / 'seal.pem'}"
    trusting.approved(world, *hierarchy.anchors(("ocsp", f"{hierarchy.server.url}/ocsp/root")))
    before = evidence_for(place().key(), current_anchors())

    hierarchy.round(HOUR)

    after = evidence_for(place().key(), current_anchors())
    assert (before, after and len(after.ocsps)) == (None, 2)


@pytest.mark.django_db
def test_a_round_is_made_also_while_the_key_of_the_platform_is_away(
    world: World, hierarchy: Hierarchy, settings: Settings, tmp_path: Path
) -> None:
    settings.SEAL = f"file:{tmp_path / 'nothing.pem'}"
    trusting.approved(world, *hierarchy.anchors(("ocsp", f"{hierarchy.server.url}/ocsp/root")))
    hierarchy.enrol(world.suppliers[0].organisation)

    made = hierarchy.round(HOUR)

    assert made is not None
    assert len(made.answers) == 2


@pytest.mark.django_db
def test_an_authority_in_between_that_was_revoked_ends_what_it_issued(
    world: World, hierarchy: Hierarchy
) -> None:
    trusting.approved(world, *hierarchy.anchors(("ocsp", f"{hierarchy.server.url}/ocsp/root")))
    hierarchy.enrol(world.suppliers[0].organisation)
    between = hierarchy.authority.authority("issuing").certificate
    hierarchy.authority.revoke(between, at=world.now - HOUR)

    hierarchy.round(HOUR)

    report, _ = check(hierarchy.signed(), policy=Policy(), at=world.now, now=world.now + HOUR)
    assert report.codes == ("revoked",)


@pytest.mark.django_db
def test_addresses_that_certificates_state_are_drawn_up_and_asked_once_two_approve(
    world: World, hierarchy: Hierarchy
) -> None:
    """Anchors out of trusted lists come without any."""
    trusting.approved(world, *hierarchy.anchors())
    assert hierarchy.round() is None
    assert not TrustProposal.objects.filter(decision=None).exists(), "nothing was seen yet"
    hierarchy.enrol(world.suppliers[0].organisation)

    assert hierarchy.round() is None, "nobody has approved anything"
    assert hierarchy.round() is None
    assert hierarchy.server.asked == []
    (waiting,) = TrustProposal.objects.filter(decision=None)
    take_up_trust(proposal_id=waiting.pk, by=world.by("operator"), now=world.now)
    approve_trust(proposal_id=waiting.pk, by=world.by("second operator"), now=world.now)

    made = hierarchy.round(HOUR)

    assert made is not None
    assert {path for path, _, _ in hierarchy.server.asked} >= {"/ocsp/issuing", "/ocsp/root"}
    assert not TrustProposal.objects.filter(decision=None).exists(), "all of it is approved"


@pytest.mark.django_db
def test_an_address_that_was_rejected_is_not_drawn_up_again_and_a_new_one_is(
    world: World, hierarchy: Hierarchy, case: Case
) -> None:
    trusting.approved(world, *hierarchy.anchors())
    hierarchy.enrol(world.suppliers[0].organisation)
    hierarchy.round()
    (waiting,) = TrustProposal.objects.filter(decision=None)
    take_up_trust(proposal_id=waiting.pk, by=world.by("operator"), now=world.now)
    reject_trust(
        proposal_id=waiting.pk, remark="Not theirs", by=world.by("second operator"), now=world.now
    )

    hierarchy.round(HOUR)
    assert not TrustProposal.objects.filter(decision=None).exists()

    issuing = hierarchy.authority.authority("issuing")
    hierarchy.signer = issued(case, "Other", issuing, *_stating("http://new.example/a.crl"))
    hierarchy.enrol(world.suppliers[1].organisation)
    hierarchy.round(2 * HOUR)

    (again,) = TrustProposal.objects.filter(decision=None)
    (change,) = again.changes.all()
    assert change.addresses == [{"kind": "crl", "url": "http://new.example/a.crl"}]
    assert "1" in again.reason


@pytest.mark.django_db
def test_who_answers_is_asked_about_in_the_next_round(
    world: World, hierarchy: Hierarchy, case: Case
) -> None:
    issuing = hierarchy.authority.authority("issuing")
    marked = hierarchy.authority.authority("ocsp")
    own = _stating(answers=[f"{hierarchy.server.url}/own"])
    plain = issued(case, "Plain", issuing, ANSWERS, *own, begins=world.now - DAY)
    told = answering(
        Case(case.practice, hierarchy.signer), plain, issuer=issuing, at=world.now + HOUR
    )
    hierarchy.server.gives("/ocsp/issuing", told)
    vouching = answering(
        Case(case.practice, plain), marked, issuer=issuing, at=world.now + 2 * HOUR
    )
    hierarchy.server.gives("/own", vouching)
    trusting.approved(world, *hierarchy.anchors(("ocsp", f"{hierarchy.server.url}/ocsp/root")))
    hierarchy.enrol(world.suppliers[0].organisation)

    hierarchy.round(HOUR)
    doubted, _ = check(hierarchy.signed(), policy=Policy(), at=world.now, now=world.now + HOUR)
    hierarchy.round(2 * HOUR)
    decided, _ = check(hierarchy.signed(), policy=Policy(), at=world.now, now=world.now + 2 * HOUR)

    assert (doubted.codes, decided.codes) == (("responder-unconfirmed",), ())
