"""A signature that is mathematically right, and made with the wrong key, words or certificate."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic

from signatures.pdf import algorithms
from signatures.pdf.anchors import Anchors
from signatures.pdf.binding import binding_rule, signer_of
from signatures.pdf.catalogue import CATALOGUE
from signatures.pdf.envelope import extract, weak_binding
from signatures.pdf.evidence import certificate_of
from signatures.pdf.fields import find_fields
from signatures.pdf.parsers import parsed
from signatures.pdf.policy import Limits, Supplier
from signatures.pdf.report import Indication, Verdict
from signatures.pdf.signing import SigningKey
from signatures.pdf.source import Source
from signatures.training import Credential
from tests.signatures.certifying import signed_with
from tests.signatures.documents import IDENTIFIER, RECEIVED, Practice
from tests.signatures.forging import (
    SIGNING,
    UNKNOWN_AND_CRITICAL,
    WEB_SITE,
    Change,
    as_a_timestamp,
    certified_by,
    contents_of,
    cross_certified,
    naming,
    naming_by_sha1,
    naming_nobody,
    naming_none_in_a_list,
    resigned,
    saying_nothing_of_itself,
    short_key,
    with_another_encoding,
    with_contents,
    with_old_digest,
    with_two_digests,
    with_two_signers,
)


def test_a_signature_that_is_made_again_is_a_signature(practice: Practice) -> None:
    """So what is refused below is refused for the one thing that was changed."""
    assert practice.judged(resigned(practice, lambda _: None)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(with_two_digests, "broken-signature", id="two message digests"),
        pytest.param(as_a_timestamp, "broken-signature", id="another type of content"),
        pytest.param(naming_nobody, "broken-signature", id="no certificate is named"),
        pytest.param(naming_none_in_a_list, "broken-signature", id="a list of none is named"),
        pytest.param(naming(b"another"), "broken-signature", id="another certificate is named"),
    ],
)
def test_what_a_signature_says_of_itself_is_held_against_it(
    practice: Practice, change: Change, code: str
) -> None:
    report = practice.judged(resigned(practice, change))

    assert (report.verdict, report.codes) == (Verdict.INVALID, (code,))


def test_a_signature_that_says_nothing_of_itself_is_broken(practice: Practice) -> None:
    report = practice.judged(saying_nothing_of_itself(practice.bb))

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("broken-signature",))
    assert dict(report.findings[0].facts)["what"] == "there are no signed attributes"


def test_the_named_certificate_is_of_the_named_issuer(practice: Practice) -> None:
    elsewhere = naming(practice.supplier.certificate_der, issuer="Another Authority")

    assert practice.judged(resigned(practice, elsewhere)).codes == ("broken-signature",)


def test_an_old_digest_is_weak_in_the_signature_as_well_as_over_the_file(
    practice: Practice,
) -> None:
    report = practice.judged(resigned(practice, with_old_digest, hashes.SHA1()))

    assert report.codes == ("weak-algorithm",)
    assert dict(report.findings[0].facts) == {"algorithm": "sha1"}


# -- by which digest a signature names its certificate ---------------------------------------------


@pytest.mark.parametrize("older", [True, False], ids=["ESS v1", "ESS v2"])
def test_a_certificate_that_is_named_by_sha1_alone_is_named_too_weakly(
    practice: Practice, older: bool
) -> None:
    named = naming_by_sha1(practice.supplier.certificate_der, older=older)

    report = practice.judged(resigned(practice, named))

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("weak-algorithm",))
    facts = {"algorithm": "sha1, by which the signature names its certificate"}
    assert dict(report.findings[0].facts) == facts


@pytest.mark.parametrize(
    ("kind", "at", "codes"),
    [
        pytest.param("/ETSI.CAdES.detached", 2011, [], id="in its time"),
        pytest.param("/ETSI.CAdES.detached", 2013, ["weak-algorithm"], id="after its time"),
        pytest.param(
            "/adbe.pkcs7.detached", 2013, ["signer-not-pinned"], id="where none has to be named"
        ),
    ],
)
def test_how_weak_that_is_depends_on_the_time_and_on_the_kind_of_signature(
    practice: Practice, kind: str, at: int, codes: list[str]
) -> None:
    signed = resigned(practice, naming_by_sha1(practice.supplier.certificate_der, older=True))
    with parsed(Source(signed), Limits()) as document:
        (field,) = find_fields(document, Limits()).filled
        envelope = extract(document, field, Limits())
    field.dictionary["/SubFilter"] = generic.NameObject(kind)

    found = weak_binding(envelope, at=datetime(at, 1, 1, tzinfo=UTC))

    assert [one.code for one in found] == codes


def test_a_certificate_that_is_named_by_sha256_is_named(practice: Practice) -> None:
    with parsed(Source(practice.bb), Limits()) as document:
        (field,) = find_fields(document, Limits()).filled
        assert weak_binding(extract(document, field, Limits()), at=RECEIVED) == []


def test_a_digest_that_cannot_be_read_to_its_end_is_none(practice: Practice) -> None:
    held, place = contents_of(practice.bb)
    der = held.dump()
    stated = held["content"]["signer_infos"][0]["digest_algorithm"].dump()
    at = der.rindex(stated)
    damaged = der[: at + len(stated) - 2] + b"\xa5\x00" + der[at + len(stated) :]
    assert stated.endswith(b"\x05\x00"), place  # NULL

    report = practice.judged(with_contents(practice.bb, damaged))

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("broken-signature",))


# -- keys ------------------------------------------------------------------------------------------


def test_a_key_on_a_curve_that_is_in_no_table_is_unknown_and_not_weak(practice: Practice) -> None:
    key = certified_by(practice, key=ec.generate_private_key(ec.SECP256K1()))

    report = practice.judged(practice.sign(practice.form, key))

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("unsupported-algorithm",))
    assert dict(report.findings[0].facts) == {"algorithm": "ec secp256k1"}


def test_a_short_key_on_a_known_curve_is_weak(practice: Practice) -> None:
    key = certified_by(practice, key=ec.generate_private_key(ec.SECP192R1()))

    assert practice.judged(practice.sign(practice.form, key)).codes == ("weak-algorithm",)


def test_ed448_signs_with_a_digest_of_64_bytes(practice: Practice) -> None:
    key = certified_by(practice, key=ed448.Ed448PrivateKey.generate())
    signed = signed_with(practice, practice.form, field="S", key=key, digest="shake256")
    shorter = contents_of(signed)[0]
    stated = shorter["content"]["signer_infos"][0]["digest_algorithm"]
    stated["parameters"] = core.Integer(256)

    honest = practice.judged(signed)
    other = practice.judged(with_contents(signed, shorter.dump(force=True)))

    assert (honest.verdict, honest.codes) == (Verdict.VALID, ())
    assert honest.signatures[0].algorithm == "shake256_len, ed448 448"
    assert (other.verdict, other.codes) == (Verdict.UNDECIDED, ("unsupported-algorithm",))


@pytest.mark.parametrize("forged", [with_two_signers, with_another_encoding])
def test_there_is_one_signer_and_one_way_to_write_it(
    practice: Practice, forged: Callable[[bytes], bytes]
) -> None:
    assert practice.judged(forged(practice.bb)).codes == ("broken-signature",)


def _by_the_supplier(practice: Practice) -> SigningKey:
    return certified_by(
        practice, issuer=practice.supplier, name=practice.supplier.certificate.subject
    )


def _by_a_responder(practice: Practice) -> SigningKey:
    return certified_by(practice, issuer=practice.authority.authority("ocsp"))


def _by_the_root_of_time(practice: Practice) -> SigningKey:
    return certified_by(practice, issuer=practice.authority.authority("tsa-root"))


def _by_nobody(practice: Practice) -> SigningKey:
    name = practice.authority.authority("issuing").certificate.subject
    return certified_by(practice, issuer=practice.supplier, name=name)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        pytest.param(_by_the_supplier, "issuer-not-accepted", id="issued by a supplier"),
        pytest.param(_by_a_responder, "issuer-not-accepted", id="issued by an OCSP responder"),
        pytest.param(_by_the_root_of_time, "issuer-not-accepted", id="issued by the root of time"),
        pytest.param(_by_nobody, "issuer-not-accepted", id="issued in the name of an authority"),
        pytest.param(
            lambda practice: certified_by(practice, besides=[UNKNOWN_AND_CRITICAL]),
            "issuer-not-accepted",
            id="a critical extension that nobody knows",
        ),
        pytest.param(
            lambda practice: certified_by(practice, ca=True),
            "certificate-not-for-signing",
            id="an authority, also where its key may sign",
        ),
        pytest.param(
            lambda practice: certified_by(practice, usage=["key_encipherment"]),
            "certificate-not-for-signing",
            id="a key to encrypt with",
        ),
        pytest.param(
            lambda practice: certified_by(practice, purposes=WEB_SITE),
            "certificate-not-for-signing",
            id="a web site's",
        ),
        pytest.param(
            lambda practice: certified_by(practice, purposes=[ExtendedKeyUsageOID.TIME_STAMPING]),
            "certificate-not-for-signing",
            id="a time-stamping authority's",
        ),
        pytest.param(
            lambda practice: certified_by(practice, key=short_key()),
            "weak-algorithm",
            id="a short key of RSA",
        ),
        pytest.param(
            lambda practice: certified_by(practice, key=ec.generate_private_key(ec.SECP192R1())),
            "weak-algorithm",
            id="a short curve",
        ),
    ],
)
def test_the_certificate_is_one_to_sign_with_and_from_who_may_issue_it(
    practice: Practice, key: Callable[[Practice], SigningKey], code: str
) -> None:
    report = practice.judged(practice.sign(practice.form, key(practice)))

    assert (report.verdict, report.codes) == (CATALOGUE[code].verdict, (code,))


def test_an_authority_with_a_short_key_issues_nothing_that_counts(practice: Practice) -> None:
    """Whoever can find its key can issue the same."""
    root, key = practice.authority.authority("root"), short_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An old authority")])
    der = cross_certified(name, key, root.certificate.subject, root.key)
    old = Credential(x509.load_der_x509_certificate(der), key, ())

    report = practice.judged(practice.sign(practice.form, certified_by(practice, issuer=old)))

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("weak-algorithm",))


def test_a_signer_whom_the_operator_names_needs_nobody_s_word(practice: Practice) -> None:
    """The certificate itself is the anchor: nobody stands above it who could revoke it."""
    own = Anchors(signers=(practice.supplier.certificate_der,))

    assert practice.judged(practice.bb, anchors=own).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "purposes",
    [
        pytest.param([], id="for anything"),
        pytest.param([ExtendedKeyUsageOID.CLIENT_AUTH], id="a person's, to log in with"),
        pytest.param([ExtendedKeyUsageOID.EMAIL_PROTECTION], id="for mail"),
    ],
)
def test_the_purposes_that_persons_certificates_have_are_no_fault(
    practice: Practice, purposes: Iterable[x509.ObjectIdentifier]
) -> None:
    key = certified_by(practice, usage=SIGNING, purposes=purposes)

    assert practice.judged(practice.sign(practice.form, key)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "identifier",
    [
        pytest.param(IDENTIFIER + "\0", id="a zero behind it"),
        pytest.param(IDENTIFIER + "\0.example", id="a zero in it"),
        pytest.param(IDENTIFIER[:-1] + "\u0425", id="a Cyrillic letter"),
        pytest.param(IDENTIFIER.replace("-", "\u2010"), id="another hyphen"),
        pytest.param(IDENTIFIER.replace("9", "\uff19"), id="a wide figure"),
        pytest.param(IDENTIFIER + "\u200b", id="a space without width"),
        pytest.param(IDENTIFIER + "0" * 500, id="very long"),
    ],
)
def test_an_identifier_that_only_looks_alike_is_anothers(
    practice: Practice, identifier: str
) -> None:
    signed = practice.sign(practice.form, certified_by(practice, identifier=identifier))

    assert practice.judged(signed).codes == ("wrong-certificate",)


def test_a_long_s_is_no_capital_one(practice: Practice) -> None:
    signer = signer_of(certificate_of(practice.supplier.certificate_der))
    alike = replace(signer, identifiers=("NTRDE-HRB\u017f1",))

    assert binding_rule(alike, Supplier(identifiers=frozenset({"NTRDE-HRBS1"}))) is None


@pytest.mark.parametrize("over", ["imprint", "token"])
def test_a_timestamp_by_an_algorithm_that_was_broken_at_the_receipt_proves_nothing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, over: str
) -> None:
    """Whatever time it states: whoever can forge it states what they like."""
    weak = {**algorithms.DIGESTS, "sha256": RECEIVED}
    monkeypatch.setattr(algorithms, "DIGESTS", weak)
    if over == "imprint":  # then the token's own algorithms are good
        monkeypatch.setattr(algorithms, "weaknesses", lambda *_, **__: [])

    (signature,) = practice.judged(practice.bt).signatures

    assert [one.finding and one.finding.code for one in signature.timestamps] == [
        "timestamp-not-accepted"
    ]
    assert signature.time_source == "receipt"


def test_certificates_that_certify_each_other_in_every_way_are_not_all_tried(
    practice: Practice,
) -> None:
    """Thirteen of them lead to more paths than a machine could walk in a year."""
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Cross {n}")]) for n in range(2)]
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in names]
    crossed = [
        cross_certified(names[one % 2], keys[one % 2], names[(one + 1) % 2], keys[(one + 1) % 2])
        for one in range(12)
    ]
    maker = Credential(practice.supplier.certificate, keys[0], ())
    key = certified_by(practice, issuer=maker, name=names[0])
    evidence = replace(practice.evidence(), certificates=tuple(crossed))

    report = practice.judged(practice.sign(practice.form, key, tsa=practice.tsa, evidence=evidence))

    assert report.codes == ("resource-count",)
    assert dict(report.findings[0].facts)["what"] == "paths of certificates"


def test_a_co_signature_that_nobody_can_judge_is_no_change_of_the_one_before(
    practice: Practice,
) -> None:
    key = certified_by(practice, key=ed448.Ed448PrivateKey.generate())
    both = signed_with(practice, practice.bb, field="S", key=key, digest="shake256")
    behind = both[len(practice.bb) :]
    unknown = contents_of(behind)[0]
    stated = unknown["content"]["signer_infos"][0]["digest_algorithm"]
    stated["parameters"] = core.Integer(256)

    report = practice.judged(practice.bb + with_contents(behind, unknown.dump(force=True)))

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("unsupported-algorithm",))
    first, second = report.signatures
    assert (first.indication, first.changes) == (Indication.PASSED, ())
    assert second.indication is Indication.INDETERMINATE


def test_a_co_signature_that_is_broken_is_a_change_of_the_one_before(practice: Practice) -> None:
    key = certified_by(practice, key=ed448.Ed448PrivateKey.generate())
    both = signed_with(practice, practice.bb, field="S", key=key, digest="shake256")
    behind = both[len(practice.bb) :]
    broken = contents_of(behind)[0]
    broken["content"]["signer_infos"][0]["signature"] = bytes(114)

    report = practice.judged(practice.bb + with_contents(behind, broken.dump(force=True)))

    assert report.verdict is Verdict.INVALID
    assert report.signatures[0].changes == ("the signature S behind it is broken",)
