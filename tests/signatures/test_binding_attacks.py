"""A certificate that looks like the supplier's, or names two organisations, binds nobody.

Some of these files were once called the supplier's own, and some ended in a crash.
"""

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from procurement.actors import Actor
from signatures.pdf.binding import (
    binding_rule,
    missing_signatures,
    names_two,
    signer_of,
    wrong_certificate,
)
from signatures.pdf.credit_code import check_character
from signatures.pdf.policy import Policy, Role, Supplier
from signatures.pdf.report import Report, Signer, Verdict
from signatures.pdf.signing import SigningKey
from signatures.possession import ChallengeRefused, prove
from tests.signatures.documents import IDENTIFIER, Practice
from tests.signatures.forging import certified_by
from tests.signatures.test_binding import CODE, SIGNER, certificate, gb_extension
from tests.signatures.test_possession import asked
from tests.world import World

OTHER = "91310000MA1K00000" + check_character("91310000MA1K00000")
STRANGER, TWO = ("wrong-certificate",), ("certificate-names-two",)
WANTED = f"NTRCN-{CODE}"


def utf8(text: str) -> bytes:
    value = text.encode()
    return b"\x0c" + bytes([len(value)]) + value


def coded(*values: bytes) -> list[tuple[x509.ExtensionType, bool]]:
    """Put values into the extensions in which a Chinese authority puts codes."""
    return [(gb_extension(3 + place, value), False) for place, value in enumerate(values)]


def judged(practice: Practice, key: SigningKey, wanted: str) -> Report:
    supplier = Supplier(identifiers=frozenset({wanted}))
    return practice.judged(practice.sign(practice.form, key), policy=Policy(supplier=supplier))


@pytest.mark.parametrize(
    ("identifier", "wanted", "codes"),
    [
        pytest.param(IDENTIFIER, IDENTIFIER, (), id="its own"),
        pytest.param(IDENTIFIER.replace("K", "\u212a"), IDENTIFIER, STRANGER, id="a Kelvin sign"),
        pytest.param(IDENTIFIER.replace("A", "\u0391"), IDENTIFIER, STRANGER, id="a Greek letter"),
        pytest.param(IDENTIFIER.replace("9", "\uff19"), IDENTIFIER, STRANGER, id="wide digits"),
        pytest.param(
            IDENTIFIER[:9] + "\u200b" + IDENTIFIER[9:], IDENTIFIER, STRANGER, id="a hidden space"
        ),
        pytest.param(IDENTIFIER + "-1", IDENTIFIER, STRANGER, id="something behind it"),
        pytest.param(IDENTIFIER.replace("NTRCN", "NTRDE"), IDENTIFIER, STRANGER, id="elsewhere"),
    ],
)
def test_an_identifier_is_the_one_that_was_issued_to_the_letter(
    practice: Practice, identifier: str, wanted: str, codes: tuple[str, ...]
) -> None:
    assert judged(practice, certified_by(practice, identifier=identifier), wanted).codes == codes


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        pytest.param((utf8(CODE),), (), id="its own code"),
        pytest.param((utf8(CODE), utf8(CODE.lower())), (), id="its own code twice"),
        pytest.param((utf8(CODE[:17] + "4"),), STRANGER, id="a wrong check character"),
        pytest.param((utf8(CODE[:2] + "\uff13\uff15" + CODE[4:]),), STRANGER, id="wide digits"),
        pytest.param((utf8(CODE[:3] + "\u0665" + CODE[4:]),), STRANGER, id="Arabic digits"),
        pytest.param((utf8(CODE + " 1"),), STRANGER, id="something behind it"),
        pytest.param((b"\x30\x14" + utf8(CODE),), STRANGER, id="inside something else"),
        pytest.param((utf8(CODE), utf8(OTHER)), TWO, id="two codes"),
    ],
)
def test_a_credit_code_is_one_of_ascii_and_the_only_one(
    practice: Practice, values: tuple[bytes, ...], codes: tuple[str, ...]
) -> None:
    key = certified_by(practice, identifier="LEIXG-OTHER", besides=coded(*values))

    report = judged(practice, key, WANTED)

    assert report.codes == codes
    assert report.verdict is (Verdict.INVALID if codes else Verdict.VALID)


def test_a_ligature_is_not_two_letters() -> None:
    """Its capitals would be."""
    first = "FF350100M000100Y4"
    code = first + check_character(first)
    signer = signer_with("\ufb00" + code[2:])

    assert binding_rule(signer, Supplier(identifiers=frozenset({f"NTRCN-{code}"}))) is None
    assert binding_rule(signer_with(code), Supplier(identifiers=frozenset({f"NTRCN-{code}"})))


def signer_with(text: str) -> Signer:
    return signer_of(certificate(gb_extension(4, utf8(text))))


@pytest.mark.parametrize("wanted", [WANTED, f"NTRCN-{OTHER}"])
def test_who_is_one_by_the_number_and_another_by_the_code_is_neither(
    practice: Practice, wanted: str
) -> None:
    key = certified_by(practice, identifier=f"NTRCN-{OTHER}", besides=coded(utf8(CODE)))

    report = judged(practice, key, wanted)

    assert (report.verdict, report.codes) == (Verdict.INVALID, TWO)
    facts = dict(report.findings[0].facts)
    assert facts["identifiers"] == f"NTRCN-{OTHER}, {CODE}"


@pytest.mark.parametrize(
    ("identifiers", "codes", "two"),
    [
        pytest.param((WANTED,), (), False, id="one"),
        pytest.param((WANTED, WANTED.lower()), (), False, id="one, written in two ways"),
        pytest.param((WANTED, "LEIXG-5493001KJTIIGC8Y1R12"), (), False, id="of two registers"),
        pytest.param((WANTED, f"VATCN-{CODE}"), (CODE,), False, id="one code in all of them"),
        pytest.param((WANTED, f"NTRCN-{OTHER}"), (), True, id="two of one register"),
        pytest.param((WANTED, f"VATCN-{OTHER}"), (), True, id="two codes of two registers"),
        pytest.param((WANTED,), (OTHER,), True, id="a code beside the number"),
        pytest.param((), (CODE, OTHER), True, id="two codes alone"),
    ],
)
def test_two_numbers_of_one_register_or_two_codes_are_two_organisations(
    identifiers: tuple[str, ...], codes: tuple[str, ...], two: bool
) -> None:
    signer = replace(SIGNER, identifiers=identifiers, credit_codes=codes)

    assert names_two(signer) is two
    assert wrong_certificate(signer).code == ("certificate-names-two" if two else STRANGER[0])


def test_what_was_enrolled_counts_whatever_it_names() -> None:
    """An operator has looked at it, or its holder has signed for that very organisation."""
    signer = replace(SIGNER, credit_codes=(CODE, OTHER))

    assert binding_rule(signer, Supplier(certificates=frozenset({SIGNER.certificate_sha256})))
    assert binding_rule(signer, Supplier(mandated=frozenset({SIGNER.certificate_sha256})))


# One person is one signer


def test_two_certificates_for_one_key_are_one_signer(practice: Practice) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pdf = practice.form
    for number in (1, 2):
        pdf = practice.sign(pdf, certified_by(practice, key=key), field=f"S{number}")
    asked_for = Policy(
        supplier=Supplier(identifiers=frozenset({IDENTIFIER})), signatures_required=2
    )

    report = practice.judged(pdf, policy=asked_for)

    assert len({one.signer.certificate_sha256 for one in report.signatures if one.signer}) == 2
    assert report.codes == ("too-few-signatures",)
    assert "key_sha256" not in str(report.to_json())
    other = practice.sign(practice.form, certified_by(practice), field="S1")
    both = practice.sign(other, certified_by(practice), field="S2")
    assert practice.judged(both, policy=asked_for).codes == ()


def test_one_key_stands_in_one_part_by_whichever_certificate() -> None:
    director, engineer = (
        replace(SIGNER, certificate_sha256=name * 32, key_sha256="11" * 32) for name in ("aa", "bb")
    )
    parts = tuple(
        Role(name, Supplier(certificates=frozenset({one.certificate_sha256})))
        for name, one in (("director", director), ("engineer", engineer))
    )

    def missing(*wanted: Role) -> list[str]:
        found = missing_signatures([director, engineer], Policy(roles=wanted))
        return [one.code for one in found]

    assert missing(*parts) == ["missing-role"]
    assert missing(parts[0]) == missing(parts[1]) == []


# Enrolling


@pytest.mark.django_db
def test_a_certificate_with_the_code_of_another_is_not_enrolled(world: World) -> None:
    lotus = world.suppliers[0]
    by: Actor = world.by(lotus.administrator)
    issued = world.trust.authority.issue(
        common_name="Li",
        organisation="Other",
        now=world.now,
        besides=[gb_extension(4, utf8(OTHER))],
    )
    signed = world.trust.sign(asked(world, lotus), issued, world.now)

    with pytest.raises(ChallengeRefused) as refused:
        prove(organisation_id=lotus.organisation.pk, pdf=signed, by=by, now=world.now)

    assert [one.code for one in refused.value.faults] == ["wrong-certificate"]
