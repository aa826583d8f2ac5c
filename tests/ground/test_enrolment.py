"""Bodies enrol the keys and certificates that others rely on."""

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from procurement.actions.enrolment import enrol_certificate, enrol_note_key
from procurement.actors import Actor, system_actor
from procurement.models import EnrolledCertificate, NoteKey, Organisation
from procurement.proof.note_keys import CosignSigner, Signer
from procurement.refusals import AlreadyDone, BadInput, Conflict, NotPermitted
from procurement.roles import OrganisationKind
from tests.ground.making import NOW, organisation, person

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()
SEEN = "The authority's letter of 1 March, file 7"


def certificate(name: str, until: datetime) -> bytes:
    key = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 7)
    builder = builder.not_valid_before(until - timedelta(days=365)).not_valid_after(until)
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


@pytest.fixture
def supplier(db: None) -> Organisation:
    return organisation(OrganisationKind.SUPPLIER, "Pipes")


@pytest.fixture
def administrator(supplier: Organisation) -> Actor:
    return Actor.of(person("Ada", supplier_administrator=supplier), NOW)


def test_a_new_standing_key_retires_the_one_before(agency: Organisation) -> None:
    keys = [Signer.generate("log.example/agency/1") for _ in range(2)]
    for key in keys:
        enrol_note_key(organisation_id=agency.pk, vkey=key.verifier, by=system_actor(), now=NOW)

    found = NoteKey.objects.get(organisation=agency, retired_at=None)

    assert found.vkey == keys[1].verifier
    assert NoteKey.objects.get(vkey=keys[0].verifier).retired_at == NOW


def test_a_bodys_timekeeper_has_a_key_of_its_own(supervisor: Organisation) -> None:
    own, machine = (Signer.generate(f"log.example/{name}/1").verifier for name in ("s", "t"))
    enrol_note_key(organisation_id=supervisor.pk, vkey=own, by=system_actor(), now=NOW)
    by = system_actor()
    enrol_note_key(
        organisation_id=supervisor.pk, vkey=machine, purpose=NoteKey.TIMEKEEPER, by=by, now=NOW
    )

    standing = NoteKey.objects.filter(retired_at=None).values_list("purpose", "vkey")

    assert sorted(standing) == [("standing", own), ("timekeeper", machine)]
    with pytest.raises(BadInput):
        enrol_note_key(organisation_id=supervisor.pk, vkey=own, purpose="pet", by=by, now=NOW)


def test_a_key_is_never_enrolled_twice_nor_by_two(
    agency: Organisation, supervisor: Organisation
) -> None:
    vkey = Signer.generate("log.example/agency/1").verifier
    enrol_note_key(organisation_id=agency.pk, vkey=vkey, by=system_actor(), now=NOW)

    with pytest.raises(AlreadyDone):
        enrol_note_key(organisation_id=agency.pk, vkey=vkey, by=system_actor(), now=NOW)
    with pytest.raises(Conflict):
        enrol_note_key(organisation_id=supervisor.pk, vkey=vkey, by=system_actor(), now=NOW)


def test_what_is_no_signing_key_is_refused(agency: Organisation) -> None:
    for text in ("", "a+b+c", CosignSigner.generate("log.example/witness/1").verifier):
        with pytest.raises(BadInput):
            enrol_note_key(organisation_id=agency.pk, vkey=text, by=system_actor(), now=NOW)


def test_an_operator_vouches_for_a_certificate_with_what_they_saw(supplier: Organisation) -> None:
    der = certificate("Pipes Ltd", NOW + timedelta(days=9))

    enrol_certificate(organisation_id=supplier.pk, der=der, evidence=SEEN, by=SYSTEM, now=NOW)

    found = EnrolledCertificate.objects.get()
    assert (found.subject, found.not_after) == ("CN=Pipes Ltd", NOW + timedelta(days=9))
    assert (found.evidence, found.proof) == (SEEN, "")
    assert bytes(found.der) == der
    with pytest.raises(AlreadyDone):
        enrol_certificate(organisation_id=supplier.pk, der=der, evidence=SEEN, by=SYSTEM, now=NOW)


@pytest.mark.parametrize("der", [b"", b"\x30\x80", b"%PDF-1.7", bytes(100_000)])
def test_bytes_that_are_no_certificate_are_refused(supplier: Organisation, der: bytes) -> None:
    with pytest.raises(BadInput):
        enrol_certificate(organisation_id=supplier.pk, der=der, evidence=SEEN, by=SYSTEM, now=NOW)


def test_a_certificate_is_vouched_for_by_an_operator_alone_with_evidence_while_it_is_valid(
    supplier: Organisation, administrator: Actor
) -> None:
    der = certificate("Pipes Ltd", NOW)

    with pytest.raises(BadInput) as caught:
        enrol_certificate(organisation_id=supplier.pk, der=der, evidence=SEEN, by=SYSTEM, now=NOW)
    assert "valid until 2026-03-02 09:30 UTC only" in caught.value.said("en")
    with pytest.raises(NotPermitted):
        enrol_certificate(
            organisation_id=supplier.pk, der=der, evidence=SEEN, by=administrator, now=NOW
        )
    with pytest.raises(BadInput):
        enrol_certificate(organisation_id=supplier.pk, der=der, evidence=" ", by=SYSTEM, now=NOW)
