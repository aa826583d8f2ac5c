"""Whose signature is it: an identifier, a unified social credit code, a certificate, a mandate."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from signatures.pdf.binding import (
    binding_rule,
    level_fault,
    missing_signatures,
    signer_of,
    unproven,
)
from signatures.pdf.credit_code import check_character, is_credit_code
from signatures.pdf.policy import LEVELS, Policy, Role, Supplier
from signatures.pdf.report import Finding, Signer, Verdict
from signatures.pdf.revocations import UNKNOWN
from tests.signatures.documents import IDENTIFIER, POLICY, Practice

AT = datetime(2026, 1, 1, tzinfo=UTC)
CODE = "91350100M000100Y43"  # the example of GB 32100
SIGNER = Signer("Li Wei", "Lotus Works", (), "An Authority", "aa" * 32, AT, AT)


def certificate(*extensions: x509.ExtensionType, serial: str = "") -> asn1_x509.Certificate:
    """Make a certificate of nobody's authority, with what an issuer may put into it."""
    key = ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, "Li Wei")]
    if serial:
        attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, serial))
    name = x509.Name(attributes)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, AT, AT + timedelta(days=1))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return asn1_x509.Certificate.load(builder.sign(key, SHA256()).public_bytes(Encoding.DER))


def printable(text: str) -> bytes:
    return b"\x13" + bytes([len(text)]) + text.encode()


def gb_extension(number: int, value: bytes) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(f"1.2.156.10260.4.1.{number}"), value)


# The unified social credit code


def test_a_credit_code_is_known_by_its_check_character() -> None:
    assert is_credit_code(CODE)
    assert check_character(CODE[:17]) == CODE[17]


@pytest.mark.parametrize("place", range(18))
def test_one_wrong_character_makes_it_no_credit_code(place: int) -> None:
    other = "2" if CODE[place] != "2" else "3"

    assert not is_credit_code(CODE[:place] + other + CODE[place + 1 :])


@pytest.mark.parametrize("text", ["", CODE[:17], CODE + "0", CODE.lower(), "O" + CODE[1:]])
def test_what_is_written_otherwise_is_no_credit_code(text: str) -> None:
    assert not is_credit_code(text)


@pytest.mark.parametrize("number", [3, 4, 5])
def test_an_issuer_may_put_the_code_into_an_extension(number: int) -> None:
    signer = signer_of(certificate(gb_extension(number, printable(CODE))))

    assert signer.credit_codes == (CODE,)


def test_an_issuer_may_put_the_code_into_the_serial_number_of_the_name() -> None:
    assert signer_of(certificate(serial=CODE.lower())).credit_codes == (CODE,)


@pytest.mark.parametrize("value", [b"", b"\x13", b"\x02\x01\x05", printable("91350100M000100Y44")])
def test_what_is_no_code_binds_nobody_and_breaks_nothing(value: bytes) -> None:
    assert signer_of(certificate(gb_extension(4, value))).credit_codes == ()


def test_a_code_that_is_not_encoded_is_read_as_it_stands() -> None:
    signer = signer_of(certificate(gb_extension(4, CODE.encode()), serial=CODE))

    assert signer.credit_codes == (CODE,)


def test_a_code_of_an_extension_that_means_something_else_is_not_read() -> None:
    assert signer_of(certificate(gb_extension(1, printable(CODE)))).credit_codes == ()


# The rule that ties a signer to a supplier


@pytest.mark.parametrize(
    ("signer", "supplier", "rule"),
    [
        pytest.param(
            replace(SIGNER, identifiers=(f"ntrcn-{CODE.lower()}",)),
            Supplier(identifiers=frozenset({f"NTRCN-{CODE[:9]} {CODE[9:]}"})),
            "organization-identifier",
            id="an identifier, whatever its case and spaces",
        ),
        pytest.param(
            replace(SIGNER, credit_codes=(CODE,)),
            Supplier(identifiers=frozenset({f"NTRCN-{CODE}"})),
            "social-credit-code",
            id="the credit code inside a Chinese identifier",
        ),
        pytest.param(
            replace(SIGNER, credit_codes=(CODE,)),
            Supplier(identifiers=frozenset({f"NTRDE-{CODE}"})),
            None,
            id="the same characters of another country",
        ),
        pytest.param(
            SIGNER,
            Supplier(certificates=frozenset({"AA" * 32})),
            "enrolled-certificate",
            id="a certificate that was enrolled",
        ),
        pytest.param(
            SIGNER, Supplier(mandated=frozenset({"aa" * 32})), "mandate", id="a person's mandate"
        ),
        pytest.param(SIGNER, Supplier(mandated=frozenset({"bb" * 32})), None, id="another's"),
        pytest.param(
            replace(SIGNER, organisation="NTRCN-1"),
            Supplier(identifiers=frozenset({"NTRCN-1"})),
            None,
            id="a name is no identifier",
        ),
    ],
)
def test_a_signer_is_tied_by_a_rule_or_not_at_all(
    signer: Signer, supplier: Supplier, rule: str | None
) -> None:
    assert binding_rule(signer, supplier) == rule


def test_the_report_names_the_rule(practice: Practice) -> None:
    digest = practice.judged(practice.bt).signatures[0].signer
    assert digest is not None
    mandated = Supplier(mandated=frozenset({digest.certificate_sha256}))

    report = practice.judged(practice.bt, policy=replace(POLICY, supplier=mandated))

    assert [one.bound_by for one in report.signatures] == ["mandate"]


# Where revocation data is not waited for


@pytest.mark.parametrize("code", [*sorted(UNKNOWN), "revocation-stale"])
def test_what_is_not_known_now_decides_against_a_signature_that_cannot_wait(code: str) -> None:
    assert unproven(Finding.of(code, holder="Li Wei")).code == "revocation-not-proven"


@pytest.mark.parametrize("code", ["revoked", "revoked-later"])
def test_what_is_known_stays_what_it_is(code: str) -> None:
    known = Finding.of(code, holder="Li Wei")

    assert unproven(known) == known


# How many, and in which parts


def signers(*digests: str) -> list[Signer]:
    return [replace(SIGNER, certificate_sha256=one * 32) for one in digests]


def role(name: str, *digests: str, count: int = 1) -> Role:
    return Role(name, Supplier(certificates=frozenset(one * 32 for one in digests)), count)


def codes(found: list[Signer], policy: Policy) -> list[str]:
    return [one.code for one in missing_signatures(found, policy)]


def test_whoever_signs_twice_is_one_signer() -> None:
    policy = Policy(signatures_required=2)

    assert codes(signers("aa", "aa"), policy) == ["too-few-signatures"]
    assert codes(signers("aa", "bb"), policy) == []


def test_a_signature_of_nobody_that_could_be_named_is_no_signer() -> None:
    policy = Policy(signatures_required=2)

    assert codes([*signers("aa"), None], policy) == ["too-few-signatures"]
    assert codes([None, *signers("aa", "bb")], policy) == []


def test_every_part_needs_somebody_of_its_own() -> None:
    policy = Policy(roles=(role("director", "aa", "bb"), role("engineer", "aa")))

    assert codes(signers("aa"), policy) == ["missing-role"]
    assert codes(signers("aa", "bb"), policy) == []
    assert codes(signers("bb", "aa"), policy) == []


def test_a_part_may_need_two() -> None:
    policy = Policy(roles=(role("director", "aa", "bb", "cc", count=2),))

    (missing,) = missing_signatures(signers("cc", "dd"), policy)

    assert dict(missing.facts) == {"role": "director", "found": "1", "required": "2"}
    assert codes(signers("cc", "aa"), policy) == []


def test_a_missing_part_makes_a_document_invalid(practice: Practice) -> None:
    policy = replace(POLICY, roles=(role("engineer", "aa"),))

    report = practice.judged(practice.bt, policy=policy)

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("missing-role",))


# Which level, which authorities, and whether it may wait


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("asked", LEVELS)
def test_a_level_reaches_itself_and_those_below(level: str, asked: str) -> None:
    policy = Policy(level=asked)  # type: ignore[arg-type]

    enough = LEVELS.index(level) >= LEVELS.index(asked)
    assert (level_fault(level, policy) is None) == enough


def test_a_tender_may_ask_for_a_timestamp(practice: Practice) -> None:
    policy = replace(POLICY, level="B-T")

    assert practice.judged(practice.bb, policy=policy).codes == ("level-too-low",)
    assert practice.judged(practice.bt, policy=policy).verdict is Verdict.VALID


def test_the_level_is_asked_of_the_supplier_and_not_of_a_partner(practice: Practice) -> None:
    partner = practice.sign(practice.bt, practice.key_of(), field="Partner")

    report = practice.judged(partner, policy=replace(POLICY, level="B-T"))

    assert "level-too-low" not in report.codes


def test_a_tender_may_accept_fewer_authorities_than_the_operator_trusts(
    practice: Practice,
) -> None:
    policy = replace(POLICY, authorities=frozenset({"00" * 32}))

    assert practice.judged(practice.bt, policy=policy).codes == ("issuer-not-accepted",)


def test_missing_revocation_data_waits_or_decides_as_the_policy_says(practice: Practice) -> None:
    asked = {
        way: practice.judged(
            practice.bb,
            policy=replace(POLICY, revocation=way),
            anchors=practice.anchors_without_lists,
        )
        for way in ("required", "now", "if-available")
    }

    assert {way: (one.verdict, one.codes) for way, one in asked.items()} == {
        "required": (Verdict.UNDECIDED, ("revocation-unavailable",)),
        "now": (Verdict.INVALID, ("revocation-not-proven",)),
        "if-available": (Verdict.VALID, ()),
    }


def test_a_policy_that_asks_for_nothing_new_keeps_its_digest() -> None:
    """Stored reports name the policy by digest; a question that did not change keeps its own."""
    before = Policy(supplier=Supplier(identifiers=frozenset({IDENTIFIER})))

    assert set(before.to_json()) == {
        "supplier", "signatures_required", "active_content", "revocation", "clock_skew_seconds",
        "limits", "version",
    }  # fmt: skip
    assert replace(before, level="B-T").digest != before.digest


def test_each_member_of_a_consortium_signs_for_itself() -> None:
    """Two signatures of one member do not stand for the other."""
    first, second = (Supplier(certificates=frozenset({one * 32})) for one in ("aa", "bb"))
    policy = Policy(supplier=first, besides=(second,))
    other = replace(SIGNER, certificate_sha256="bb" * 32)
    own = [SIGNER, replace(SIGNER, name="Li Wei again")]

    assert missing_signatures([SIGNER, other], policy) == []
    (missing,) = missing_signatures(own, policy)
    assert dict(missing.facts) == {"found": "1", "required": "2"}
