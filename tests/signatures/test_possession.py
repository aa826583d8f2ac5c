"""A supplier enrols a certificate by signing with it what nobody has seen before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from procurement.actions import possession
from procurement.actors import Actor
from procurement.challenge_paper import challenge_pdf
from procurement.expiry import due
from procurement.models import EnrolledCertificate, Event, ExpiryWarning, Mail
from procurement.outbox import deliver
from procurement.refusals import AlreadyDone, NotPermitted
from signatures.pdf.attachments import embedded_files
from signatures.possession import ChallengeRefused, OneSignatureNeeded, only_file_in, prove
from signatures.practice import with_annex
from signatures.queries import signer_policy
from signatures.training import Credential
from tests.signatures.documents import plain_pdf
from tests.world import Company, World, identifier_of

pytestmark = pytest.mark.django_db


def by(world: World, company: Company) -> Actor:
    return world.by(company.administrator)


def asked(world: World, company: Company) -> bytes:
    made = possession.challenge(
        organisation_id=company.organisation.pk, by=by(world, company), now=world.now
    )
    return challenge_pdf(made)


def proven(
    world: World, company: Company, credential: Credential, paper: bytes | None = None
) -> EnrolledCertificate:
    paper = paper or asked(world, company)
    signed = world.trust.sign(paper, credential, world.now)
    return prove(
        organisation_id=company.organisation.pk, pdf=signed, by=by(world, company), now=world.now
    )


def test_the_certificate_that_signed_is_enrolled_from_the_signature_itself(world: World) -> None:
    """Requirement C22: certificates of several authorities, with no proprietary tool."""
    lotus = world.suppliers[0]

    enrolled = proven(world, lotus, lotus.credential)

    assert enrolled.sha256 == lotus.credential.sha256
    assert bytes(enrolled.der) == lotus.credential.certificate_der
    assert (len(enrolled.proof), enrolled.evidence) == (64, "")
    supplier = signer_policy(lotus.organisation, at=world.now).supplier
    assert supplier is not None
    assert enrolled.sha256 in supplier.certificates


def test_a_persons_certificate_without_an_organisation_is_enrolled_too(world: World) -> None:
    lotus = world.suppliers[0]
    personal = world.trust.issue("Li Na", None)  # type: ignore[arg-type]

    assert proven(world, lotus, personal).sha256 == personal.sha256


def test_a_certificate_that_names_another_organisation_is_refused(world: World) -> None:
    lotus, crane, _ = world.suppliers

    with pytest.raises(ChallengeRefused) as caught:
        proven(world, lotus, crane.credential)

    assert [fault.code for fault in caught.value.faults] == ["wrong-certificate"]


def test_an_unsigned_paper_and_one_changed_after_signing_are_refused(world: World) -> None:
    lotus = world.suppliers[0]
    paper = asked(world, lotus)
    signed = world.trust.sign(paper, lotus.credential, world.now)

    for pdf in (paper, signed + b"\n%more", b"%PDF-1.7", b""):
        with pytest.raises(ChallengeRefused):
            prove(
                organisation_id=lotus.organisation.pk,
                pdf=pdf,
                by=by(world, lotus),
                now=world.now,
            )


def test_a_challenge_is_met_once(world: World) -> None:
    lotus = world.suppliers[0]
    paper = asked(world, lotus)
    proven(world, lotus, lotus.credential, paper)
    other = world.trust.issue("Lotus Works", identifier_of(lotus.organisation))

    with pytest.raises(possession.NoSuchChallenge):
        proven(world, lotus, other, paper)
    with pytest.raises(AlreadyDone):
        proven(world, lotus, lotus.credential)


def test_a_challenge_of_another_body_or_of_the_day_before_yesterday_proves_nothing(
    world: World,
) -> None:
    lotus, crane, _ = world.suppliers

    with pytest.raises(possession.NoSuchChallenge):
        proven(world, lotus, lotus.credential, asked(world, crane))
    old = asked(world, lotus)
    late = replace(world, now=world.now + timedelta(days=2))
    with pytest.raises(possession.NoSuchChallenge):
        proven(late, lotus, lotus.credential, old)


def test_another_paper_that_was_signed_for_some_other_reason_proves_nothing(world: World) -> None:
    lotus = world.suppliers[0]

    with pytest.raises(possession.NoSuchChallenge):
        proven(world, lotus, lotus.credential, plain_pdf())


def test_two_who_sign_one_paper_prove_nothing(world: World) -> None:
    lotus = world.suppliers[0]
    other = world.trust.issue("Lotus Works", identifier_of(lotus.organisation))
    once = world.trust.sign(asked(world, lotus), other, world.now, field="First")

    with pytest.raises(OneSignatureNeeded):
        proven(world, lotus, lotus.credential, once)


def test_only_an_administrator_of_the_supplier_asks_and_proves(world: World) -> None:
    lotus, crane, _ = world.suppliers

    for actor in (world.by(lotus.signer), by(world, crane), world.by("operator")):
        with pytest.raises(NotPermitted):
            possession.challenge(organisation_id=lotus.organisation.pk, by=actor, now=world.now)
        with pytest.raises(NotPermitted):
            prove(organisation_id=lotus.organisation.pk, pdf=b"", by=actor, now=world.now)


def test_the_paper_names_the_body_and_carries_what_it_says(world: World) -> None:
    lotus = world.suppliers[0]
    made = possession.challenge(
        organisation_id=lotus.organisation.pk, by=by(world, lotus), now=world.now
    )

    assert embedded_files(challenge_pdf(made)) == [("challenge.json", possession.words_of(made))]
    assert challenge_pdf(made) == challenge_pdf(made)


@pytest.mark.parametrize(
    ("left", "told"),
    [
        pytest.param(timedelta(days=30, seconds=1), [], id="more than 30 days"),
        pytest.param(timedelta(days=30), [30], id="30 days"),
        pytest.param(timedelta(days=5), [7], id="5 days, and not told before"),
        pytest.param(timedelta(hours=3), [1], id="3 hours"),
        pytest.param(timedelta(0), [], id="expired"),
    ],
)
def test_its_administrators_hear_once_that_a_certificate_expires_soon(
    world: World, left: timedelta, told: list[int]
) -> None:
    lotus = world.suppliers[0]
    ending = world.trust.issue(
        "Lotus Works",
        identifier_of(lotus.organisation),
        valid_until=world.now + timedelta(days=40),
    )
    not_after = proven(world, lotus, ending).not_after

    due(now=not_after - left)
    due(now=not_after - left)
    deliver(not_after)

    assert list(ExpiryWarning.objects.values_list("days", flat=True)) == told
    assert Event.objects.filter(verb="certificate.expires").count() == len(told)
    letters = Mail.objects.filter(kind="certificate-expires")
    assert [letter.to for letter in letters] == [lotus.administrator] * len(told)


def test_each_warning_follows_the_one_before(world: World) -> None:
    lotus = world.suppliers[0]
    ending = world.trust.issue(
        "Lotus Works",
        identifier_of(lotus.organisation),
        valid_until=world.now + timedelta(days=40),
    )
    not_after = proven(world, lotus, ending).not_after

    for days in (29, 8, 6, 2, 0.5):
        due(now=not_after - timedelta(days=days))

    assert sorted(ExpiryWarning.objects.values_list("days", flat=True)) == [1, 7, 30]


def test_a_paper_carries_one_file_or_proves_nothing() -> None:
    one = with_annex(plain_pdf(), b"words", "challenge.json")

    assert only_file_in(one) == b"words"
    for other in (b"no PDF", plain_pdf(), with_annex(one, b"words", "again.json")):
        assert only_file_in(other) is None
