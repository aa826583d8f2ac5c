"""A body lets a certificate that does not name it sign in its name, by a paper it signs itself."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from procurement.actions import mandates
from procurement.expiry import due
from procurement.mandate_paper import mandate_pdf
from procurement.models import EnrolledCertificate, Event, Mail, SigningMandate
from procurement.outbox import deliver
from procurement.queries_mandates import mandates_of
from procurement.refusals import AlreadyDone, BadInput, NotFound, NotPermitted
from procurement.stored import vault
from procurement.vault import DOCUMENTS
from signatures.mandates import MandateRefused, NotSigned, Source, ask, give
from signatures.pdf.attachments import embedded_files
from signatures.possession import OneSignatureNeeded
from signatures.queries import signer_policy
from signatures.training import Credential
from tests.signatures.documents import plain_pdf
from tests.signatures.mandating import YEAR, asked, by, given
from tests.signatures.test_signer_policy import enrol
from tests.world import Company, World

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def lotus(world: World) -> Company:
    return world.suppliers[0]


@pytest.fixture
def lawyer(world: World) -> Credential:
    """Give the certificate of a person that names no organisation."""
    return world.trust.issue("Li Na", None)  # type: ignore[arg-type]


def revoked(world: World, company: Company, made: SigningMandate, at: datetime) -> SigningMandate:
    return mandates.revoke_mandate(
        organisation_id=company.organisation.pk,
        mandate_id=made.pk,
        reason="She has left the firm",
        by=by(world, company),
        now=at,
    )


def mandated(company: Company, at: datetime) -> frozenset[str]:
    supplier = signer_policy(company.organisation, at=at).supplier
    assert supplier is not None
    return supplier.mandated


def test_the_paper_says_who_may_sign_what_and_when_and_carries_it(
    world: World, lotus: Company, lawyer: Credential
) -> None:
    made = asked(world, lotus, lawyer)

    [(name, said)] = embedded_files(mandate_pdf(made))

    assert name == "mandate.json"
    assert json.loads(said) == {
        "type": "daylight/signing-mandate/v1",
        "organisation": str(lotus.organisation.pk),
        "identifier": f"NTRCN-{lotus.organisation.identifier}",
        "number": made.number,
        "certificate": lawyer.sha256,
        "holder": made.holder,
        "valid_from": "2026-03-02T09:30:00.000000Z",
        "valid_until": "2027-03-02T09:30:00.000000Z",
        "scope": "bids",
    }
    assert "Li Na" in made.holder
    assert mandate_pdf(made) == mandate_pdf(made)


def test_a_mandate_counts_once_the_body_has_signed_it_and_its_paper_is_kept(
    world: World, lotus: Company, lawyer: Credential
) -> None:
    """Requirement C22: certificates of several authorities, a person's own among them."""
    made = asked(world, lotus, lawyer)
    assert mandated(lotus, world.now) == frozenset(), "nobody has signed it"

    made = given(world, lotus, made)

    assert mandated(lotus, world.now) == {lawyer.sha256}
    assert mandated(world.suppliers[1], world.now) == frozenset()
    with vault().get(DOCUMENTS, str(made.object_name), str(made.object_version)) as reading:
        assert hashlib.sha256(b"".join(reading)).hexdigest() == made.paper_sha256
    assert vault().status(DOCUMENTS, str(made.object_name), str(made.object_version)).hold
    verbs = Event.objects.filter(verb__startswith="signing-mandate").values_list("verb", flat=True)
    assert sorted(verbs) == ["signing-mandate.asked", "signing-mandate.recorded"]


@pytest.mark.parametrize(
    ("after", "counts"),
    [
        pytest.param(timedelta(days=1) - SECOND, False, id="one second before it begins"),
        pytest.param(timedelta(days=1), True, id="as it begins"),
        pytest.param(timedelta(days=4) - SECOND, True, id="one second before it is revoked"),
        pytest.param(timedelta(days=4), False, id="as it is revoked"),
    ],
)
def test_a_revocation_ends_a_mandate_at_once_and_undoes_nothing(
    world: World, lotus: Company, lawyer: Credential, after: timedelta, counts: bool
) -> None:
    made = given(
        world, lotus, asked(world, lotus, lawyer, valid_from=world.now + timedelta(days=1))
    )

    revoked(world, lotus, made, world.now + timedelta(days=4))

    assert mandated(lotus, world.now + after) == ({lawyer.sha256} if counts else frozenset())


def test_a_mandate_ends_by_itself_and_never_covers_what_was_filed_before_it_was_recorded(
    world: World, lotus: Company, lawyer: Credential
) -> None:
    made = asked(world, lotus, lawyer)
    later = replace(world, now=world.now + timedelta(hours=1))

    given(later, lotus, made)

    instants = [later.now - SECOND, later.now, made.valid_until - SECOND, made.valid_until]
    assert [bool(mandated(lotus, at)) for at in instants] == [False, True, True, False]


def test_an_enrolled_certificate_of_the_body_gives_a_mandate_and_a_mandated_one_none(
    world: World, lotus: Company, lawyer: Credential
) -> None:
    other = world.trust.issue("Wang Wei", None)  # type: ignore[arg-type]
    given(world, lotus, asked(world, lotus, lawyer))

    with pytest.raises(MandateRefused) as caught:
        given(world, lotus, asked(world, lotus, other), lawyer)
    assert [fault.code for fault in caught.value.faults] == ["wrong-certificate"]
    assert "Li Na" in caught.value.said("en")

    EnrolledCertificate.objects.create(
        organisation=lotus.organisation, sha256=lawyer.sha256, der=lawyer.certificate_der,
        subject="Li Na", not_after=world.now + YEAR, enrolled_at=world.now, evidence="seen",
    )  # fmt: skip
    given(world, lotus, asked(world, lotus, other), lawyer)
    assert other.sha256 in mandated(lotus, world.now)


def test_what_is_not_signed_validly_by_the_body_is_refused(
    world: World, lotus: Company, lawyer: Credential
) -> None:
    made = asked(world, lotus, lawyer)
    signed = world.trust.sign(mandate_pdf(made), lotus.credential, world.now)

    with pytest.raises(MandateRefused):
        given(world, lotus, made, world.suppliers[1].credential)
    for pdf in (mandate_pdf(made), signed + b"\n%more", b"%PDF-1.7"):
        with pytest.raises(MandateRefused):
            give(
                organisation_id=lotus.organisation.pk,
                pdf=pdf,
                by=by(world, lotus),
                now=world.now,
            )


def changed(made: SigningMandate) -> SigningMandate:
    """Draw the same mandate up for a longer time than was asked for."""
    made.valid_until += YEAR
    return made


@pytest.mark.parametrize(
    "another",
    [
        pytest.param(lambda world, made: (world, changed(made)), id="changed"),
        pytest.param(
            lambda world, made: (replace(world, now=world.now + mandates.OPEN_FOR), made),
            id="asked for 30 days ago",
        ),
    ],
)
def test_only_the_paper_that_was_made_is_recorded_and_only_while_it_waits(
    world: World,
    lotus: Company,
    lawyer: Credential,
    another: Callable[[World, SigningMandate], tuple[World, SigningMandate]],
) -> None:
    with pytest.raises(mandates.NoSuchMandate):
        later, other = another(world, asked(world, lotus, lawyer))
        given(later, lotus, other)

    assert not SigningMandate.objects.exclude(recorded_at=None).exists()


def test_a_mandate_is_recorded_once_and_no_other_paper_is_one(
    world: World, lotus: Company, lawyer: Credential
) -> None:
    made = asked(world, lotus, lawyer)
    given(world, lotus, made)

    with pytest.raises(mandates.NoSuchMandate):
        given(world, lotus, made)
    with pytest.raises(mandates.NoSuchMandate):
        signed = world.trust.sign(plain_pdf(), lotus.credential, world.now)
        give(organisation_id=lotus.organisation.pk, pdf=signed, by=by(world, lotus), now=world.now)


def test_it_is_named_by_a_signed_file_or_an_enrolled_certificate_as_well(
    world: World, lotus: Company, lawyer: Credential
) -> None:
    signed = world.trust.sign(plain_pdf(), lawyer, world.now)
    enrolled = enrol(world, world.suppliers[1], "Crane's branch")

    of_file = asked(world, lotus, Source(signed_pdf=signed))
    of_branch = asked(world, lotus, Source(enrolled=enrolled))

    assert of_file.certificate_sha256 == lawyer.sha256
    assert of_branch.certificate_sha256 == enrolled


def test_a_file_that_does_not_show_one_certificate_names_none(
    world: World, lotus: Company, lawyer: Credential
) -> None:
    once = world.trust.sign(plain_pdf(), lawyer, world.now, field="First")
    twice = world.trust.sign(once, lotus.credential, world.now)

    with pytest.raises(NotSigned):
        asked(world, lotus, Source(signed_pdf=plain_pdf()))
    with pytest.raises(OneSignatureNeeded):
        asked(world, lotus, Source(signed_pdf=twice))
    for source in (Source(enrolled="0" * 64), Source(certificate=b"none")):
        with pytest.raises(BadInput):
            asked(world, lotus, source)


@pytest.mark.parametrize(
    ("dates", "codes"),
    [
        pytest.param({"valid_from": -SECOND}, ["backdated"], id="backdated"),
        pytest.param({"valid_until": timedelta(0)}, ["ends-too-early"], id="ends as it begins"),
        pytest.param({"valid_until": 20 * YEAR}, ["outlives-certificate"], id="too long"),
    ],
)
def test_dates_that_cannot_be_are_refused(
    world: World,
    lotus: Company,
    lawyer: Credential,
    dates: dict[str, timedelta],
    codes: list[str],
) -> None:
    with pytest.raises(BadInput) as caught:
        asked(world, lotus, lawyer, **{name: world.now + one for name, one in dates.items()})

    assert [fault.code for fault in caught.value.faults] == codes


def test_its_administrator_and_an_operator_keep_mandates_and_nobody_else(
    world: World, lotus: Company, lawyer: Credential
) -> None:
    body = lotus.organisation.pk
    made = given(world, lotus, asked(world, lotus, lawyer))

    for actor in (world.by(lotus.signer), by(world, world.suppliers[1])):
        said: dict[str, Any] = {"organisation_id": body, "by": actor, "now": world.now}
        with pytest.raises(NotPermitted):
            ask(source=Source(), valid_from=None, valid_until=world.now, **said)
        with pytest.raises(NotPermitted):
            give(pdf=b"", **said)
        with pytest.raises(NotPermitted):
            mandates.revoke_mandate(mandate_id=made.pk, reason="No", **said)
        with pytest.raises(NotFound):
            mandates_of(body, actor)
    operator = world.by("operator")
    assert mandates_of(body, operator).get() == made
    mandates.revoke_mandate(
        organisation_id=body, mandate_id=made.pk, reason="A court's order", by=operator,
        now=world.now,
    )  # fmt: skip
    assert mandated(lotus, world.now) == frozenset()


def test_a_mandate_is_revoked_once_with_a_reason_and_only_one_that_was_given(
    world: World, lotus: Company, lawyer: Credential
) -> None:
    waiting, made = asked(world, lotus, lawyer), asked(world, lotus, lawyer)
    given(world, lotus, made)

    with pytest.raises(NotFound):
        revoked(world, lotus, waiting, world.now)
    with pytest.raises(NotFound):
        revoked(world, world.suppliers[1], made, world.now)
    with pytest.raises(BadInput):
        mandates.revoke_mandate(
            organisation_id=lotus.organisation.pk, mandate_id=made.pk, reason=" ",
            by=by(world, lotus), now=world.now,
        )  # fmt: skip
    revoked(world, lotus, made, world.now)
    with pytest.raises(AlreadyDone):
        revoked(world, lotus, made, world.now)


def test_an_agency_lets_somebody_sign_its_notices_and_other_bodies_sign_nothing(
    world: World, lawyer: Credential
) -> None:
    said: dict[str, Any] = {
        "source": Source(certificate=lawyer.certificate_der), "valid_from": None,
        "valid_until": world.now + YEAR, "by": world.by("operator"), "now": world.now,
    }  # fmt: skip

    assert ask(organisation_id=world.agency.pk, **said).scope == "notices"
    with pytest.raises(NotFound):
        ask(organisation_id=world.supervisor.pk, **said)


def test_whose_mandates_count_is_asked_in_as_many_queries_for_one_body_as_for_three(
    world: World, lawyer: Credential, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lotus, crane, _ = world.suppliers
    for company in (lotus, crane):
        given(world, company, asked(world, company, lawyer))

    with django_assert_num_queries(2):
        signer_policy(lotus.organisation, at=world.now)
    with django_assert_num_queries(2):
        policy = signer_policy(*(one.organisation for one in world.suppliers), at=world.now)

    only = frozenset({lawyer.sha256})
    assert [one.mandated for one in policy.suppliers] == [only, only, frozenset()]


def test_its_administrators_hear_once_that_a_mandate_ends_soon(
    world: World, lotus: Company, lawyer: Credential
) -> None:
    until = world.now + timedelta(days=60)
    made = given(world, lotus, asked(world, lotus, lawyer, valid_until=until))
    other = given(world, lotus, asked(world, lotus, lawyer, valid_until=until))
    revoked(world, lotus, other, world.now)

    for days in (31, 29, 29, 6):
        due(now=until - timedelta(days=days))
    deliver(until - timedelta(days=6))

    letters = Mail.objects.filter(kind="mandate-ends")
    assert [letter.to for letter in letters] == [lotus.administrator] * 2
    assert sorted(made.warnings.values_list("days", flat=True)) == [7, 30]


def test_a_mandate_of_nobody_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        give(organisation_id=uuid4(), pdf=plain_pdf(), by=world.by("operator"), now=world.now)
