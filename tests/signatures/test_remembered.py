"""A path that was found before is the path that would be found now, at every instant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509
from cryptography.x509 import load_der_x509_certificate

from procurement.proof.canonical import canonical
from signatures.pdf import remembered as module
from signatures.pdf.anchors import Anchors
from signatures.pdf.evidence import _crl, certificate_of
from signatures.pdf.remembered import Asked, forget, remembered
from signatures.pdf.report import Verdict
from signatures.training_services import revocation_list
from tests.signatures.documents import NOW, Practice


class Finder:
    """Counts how often a path had to be looked for."""

    def __init__(self, *found: x509.Certificate) -> None:
        self.found, self.asked = found, 0

    def __call__(self) -> tuple[x509.Certificate, ...]:
        self.asked += 1
        return self.found


@pytest.fixture
def asked(practice: Practice) -> Asked:
    forget()
    lists = (_crl(revocation_list(practice.authority, "issuing", at=NOW)),)
    signer = certificate_of(practice.key.certificate_der)
    return Asked((), signer, (), lists, required=True)


@pytest.mark.parametrize("archive", [False, True], ids=["B-LT", "B-LTA"])
def test_a_certificate_with_a_number_below_zero_beside_the_others_changes_nothing(
    practice: Practice, archive: bool
) -> None:
    """What a file brings is not what an authority issued; no library may stumble over it."""
    honest = practice.evidence()
    der = bytearray(honest.certificates[0])
    serial = der.index(b"\xa0\x03\x02\x01\x02\x02") + 7  # behind the version: tag and length
    der[serial] |= 0x80
    added = replace(honest, certificates=(*honest.certificates, bytes(der)))

    report = practice.judged(
        practice.sign(practice.form, tsa=practice.tsa, evidence=added, archive=archive)
    )

    assert (report.verdict, report.codes) == (Verdict.VALID, ())


def test_between_two_boundaries_the_answer_is_kept(asked: Asked) -> None:
    find, later = Finder(asked.certificate), NOW + timedelta(minutes=1)

    found = [remembered(asked, later + timedelta(seconds=n), find) for n in range(3)]

    assert (found, find.asked) == ([(asked.certificate,)] * 3, 1)


def test_on_a_boundary_it_is_kept_for_that_instant_only(asked: Asked) -> None:
    find = Finder(asked.certificate)

    for at in (NOW, NOW, NOW + timedelta(seconds=1), NOW):
        remembered(asked, at, find)

    assert find.asked == 2


@pytest.mark.parametrize("boundary", ["not_valid_before", "not_valid_after"])
def test_beyond_a_boundary_it_is_asked_anew(asked: Asked, boundary: str) -> None:
    find, at = Finder(asked.certificate), getattr(asked.certificate, boundary)

    for seconds in (-1, 1, -1, 1):
        remembered(asked, at + timedelta(seconds=seconds), find)

    assert find.asked == 4


def test_another_question_has_another_answer(asked: Asked) -> None:
    find, at = Finder(asked.certificate), NOW + timedelta(minutes=1)

    remembered(asked, at, find)
    remembered(Asked(asked.roots, asked.certificate, asked.others), at, find)

    assert find.asked == 2


def test_an_answer_without_an_end_is_kept_for_its_instant_only() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    said = {"responses": [{"this_update": at, "next_update": None}], "others": {at}}

    assert set(module._instants(said)) == {at, None}


def test_what_was_not_found_is_looked_for_again(asked: Asked) -> None:
    def lost() -> tuple[x509.Certificate, ...]:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            remembered(asked, NOW, lost)


def test_only_so_many_answers_are_kept(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    find = Finder(asked.certificate)

    for seconds in range(4):
        remembered(Asked((), asked.certificate, (asked.certificate,) * seconds), NOW, find)

    assert (len(module._KEPT), find.asked) == (2, 4)


def test_a_revocation_between_two_bids_decides_about_the_second(practice: Practice) -> None:
    """The list is the same; what it says depends on the instant."""
    forget()
    key = practice.key_of(common_name="Revoked Later")
    pdf = practice.sign(practice.form, key)
    since = NOW + timedelta(minutes=5)
    practice.authority.revoke(load_der_x509_certificate(key.certificate_der), at=since)
    lists = practice.evidence(NOW + timedelta(hours=1)).crls
    anchors = Anchors(practice.anchors.signers, practice.anchors.tsa, crls=lists)
    instants = [NOW + timedelta(minutes=n) for n in (4, 6, 4, 6)]

    warm = [practice.judged(pdf, anchors=anchors, at=at) for at in instants]
    cold = []
    for at in instants:
        forget()
        cold.append(practice.judged(pdf, anchors=anchors, at=at))

    assert [canonical(one.to_json()) for one in warm] == [canonical(o.to_json()) for o in cold]
    assert warm[0].signatures[0].findings != warm[1].signatures[0].findings
