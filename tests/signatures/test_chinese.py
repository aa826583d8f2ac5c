"""SM2 and SM3 are judged as every other algorithm: the value, the chain, the revocations."""

from dataclasses import replace

import pytest
from asn1crypto import algos, core, keys
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.sig_validate import SignatureValidationContext

from signatures.pdf.anchors import Anchors
from signatures.pdf.chinese import VALIDATOR, Sm3, is_seal, verify_sm2
from signatures.pdf.policy import Policy, Supplier
from signatures.pdf.report import Indication, Report, Verdict
from tests.signatures.chinese import ChineseAuthority, Sm2Key, sm3
from tests.signatures.documents import NOW, RECEIVED, Practice

AUTHORITY = ChineseAuthority(NOW)
SIGNED_BY = Policy(
    supplier=Supplier(certificates=frozenset({AUTHORITY.supplier.sha256.hex()})),
)
ANCHORS = Anchors(signers=(AUTHORITY.root.dump(),), crls=(AUTHORITY.revocations(),))
# GB/T 32918.5-2017, annex A.2
SECRET = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
POINT = (
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
MESSAGE = b"message digest"


def value(r: int = R, s: int = S) -> bytes:
    return algos.DSASignature({"r": r, "s": s}).dump()  # type: ignore[no-any-return]


def key_of(point: bytes) -> keys.PublicKeyInfo:
    named = keys.ECDomainParameters("named", "sm2p256v1")
    algorithm = {"algorithm": "ec", "parameters": named}
    return keys.PublicKeyInfo({"algorithm": algorithm, "public_key": point})


KEY = key_of(b"\x04" + bytes.fromhex(POINT))


def judged(practice: Practice, pdf: bytes, anchors: Anchors = ANCHORS) -> Report:
    return practice.judged(pdf, policy=SIGNED_BY, anchors=anchors, at=RECEIVED)


# The value


def test_the_example_of_the_standard_verifies() -> None:
    verify_sm2(value(), MESSAGE, KEY)

    assert bytes(Sm2Key(SECRET).public["public_key"].native)[1:] == bytes.fromhex(POINT)


@pytest.mark.parametrize(
    ("signature", "message", "key"),
    [
        pytest.param(value(), MESSAGE + b".", KEY, id="another message"),
        pytest.param(value(S, R), MESSAGE, KEY, id="another value"),
        pytest.param(value(r=0), MESSAGE, KEY, id="a half that is zero"),
        pytest.param(value(s=1 << 256), MESSAGE, KEY, id="a half past the order"),
        pytest.param(b"\x30\x00", MESSAGE, KEY, id="no numbers"),
        pytest.param(b"", MESSAGE, KEY, id="nothing"),
        pytest.param(value(), MESSAGE, key_of(b"\x04" + bytes(64)), id="no point of the curve"),
        pytest.param(value(), MESSAGE, key_of(b"\x04"), id="half a key"),
        pytest.param(value(), MESSAGE, Sm2Key(7).public, id="another key"),
    ],
)
def test_what_was_not_made_with_this_key_over_this_message_does_not_verify(
    signature: bytes, message: bytes, key: keys.PublicKeyInfo
) -> None:
    with pytest.raises(InvalidSignature):
        verify_sm2(signature, message, key)


def test_an_sm2_key_signs_with_sm2_and_nothing_else_does() -> None:
    ecdsa = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    sm2 = algos.SignedDigestAlgorithm({"algorithm": "sm2_sm3"})
    other = keys.PublicKeyInfo(
        {
            "algorithm": {
                "algorithm": "ec",
                "parameters": keys.ECDomainParameters("named", "secp256r1"),
            },
            "public_key": b"\x04" + bytes(64),
        }
    )

    for key, algorithm in ((KEY, ecdsa), (other, sm2)):
        with pytest.raises(InvalidSignature):
            VALIDATOR.validate_signature(value(), MESSAGE, key, algorithm)
    VALIDATOR.validate_signature(value(), MESSAGE, KEY, sm2)


@pytest.mark.parametrize(
    "context",
    [
        SignatureValidationContext(prehashed=True),
        SignatureValidationContext(contextual_md_algorithm="sha256"),
    ],
    ids=["a digest instead of the message", "another digest"],
)
def test_sm2_is_verified_over_a_message_and_with_sm3(context: SignatureValidationContext) -> None:
    """The digest of SM2 begins with the signer's identity, so nobody else can make it before."""
    sm2 = algos.SignedDigestAlgorithm({"algorithm": "sm2"})

    with pytest.raises(InvalidSignature, match="over a message and with SM3"):
        VALIDATOR.validate_signature(value(), MESSAGE, KEY, sm2, context)


def test_sm3_is_the_digest_of_the_standard() -> None:
    """GB/T 32905-2016, annex A.1."""
    running = Sm3()
    running.update(b"abc")

    assert running.value() == running.value() == sm3(b"abc")
    assert running.value().hex().startswith("66c7f0f462eeedd9d1f2d46bdc10e4e2")
    assert len(running.value()) == Sm3.hash_length() < Sm3.max_msg_length()


# The document


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({}, id="as CMS"),
        pytest.param({"gm_numbers": True}, id="in the containers of GM/T 0010"),
        pytest.param({"mechanism": "sm2"}, id="named by the algorithm alone"),
        pytest.param({"mechanism": "sm2_key", "gm_numbers": True}, id="named by the curve"),
    ],
)
def test_a_form_signed_with_sm2_is_valid(practice: Practice, how: dict[str, object]) -> None:
    report = judged(practice, AUTHORITY.sign(practice.form, **how))

    (signature,) = report.signatures
    assert (report.verdict, report.codes) == (Verdict.VALID_WITH_REMARKS, ("signer-not-pinned",))
    assert (signature.algorithm, signature.indication) == ("sm3, sm2 256", Indication.PASSED)
    assert signature.bound_by == "enrolled-certificate"


def test_a_changed_form_is_not(practice: Practice) -> None:
    signed = AUTHORITY.sign(practice.form)
    place = signed.index(b"/MediaBox")

    report = judged(practice, signed[:place] + b"/MediaBoy" + signed[place + 9 :])

    assert report.verdict is Verdict.INVALID
    assert "content-altered" in report.codes


def test_another_key_did_not_sign_it(practice: Practice) -> None:
    thief = replace(AUTHORITY, key=Sm2Key(99))
    thief.__dict__["supplier"] = AUTHORITY.supplier  # the certificate of one, the key of another

    report = judged(practice, thief.sign(practice.form))

    assert report.codes == ("signature-broken", "signer-not-pinned")


def test_a_revoked_certificate_is_revoked_whatever_its_algorithm(practice: Practice) -> None:
    revoked = replace(ANCHORS, crls=(AUTHORITY.revocations(2),))

    assert "revoked" in judged(practice, AUTHORITY.sign(practice.form), revoked).codes


def test_a_list_that_another_signed_revokes_nobody(practice: Practice) -> None:
    forged = replace(AUTHORITY, root_key=Sm2Key(5)).revocations(2)
    told = replace(ANCHORS, crls=(*ANCHORS.crls, forged))

    assert judged(practice, AUTHORITY.sign(practice.form), told).verdict is (
        Verdict.VALID_WITH_REMARKS
    )


def test_without_an_anchor_of_its_own_nobody_accepts_it(practice: Practice) -> None:
    report = judged(practice, AUTHORITY.sign(practice.form), practice.anchors)

    assert report.codes[0] == "issuer-not-accepted"


# Seals


def seal() -> bytes:
    """Make the outer shape of a seal: what is signed, beginning with a version; a certificate."""
    signed = core.SequenceOf([core.Integer(4)], spec=core.Integer)
    return core.Sequence.load(
        b"\x30" + bytes([len(signed.dump()) + 4]) + signed.dump() + b"\x04\x02\x30\x00"
    ).dump()  # type: ignore[no-any-return]


def test_a_seal_is_named_as_what_it_is_and_waits_for_people(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChineseAuthority, "cms", lambda *_, **__: seal())

    report = judged(practice, AUTHORITY.sign(practice.form))

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("seal-not-judged",))


@pytest.mark.parametrize(
    "der", [b"", b"\x30\x00", b"\x02\x01\x04", b"\x30\x02\x30\x00", KEY.dump()]
)
def test_what_is_no_seal_is_not_called_one(der: bytes) -> None:
    assert is_seal(seal())
    assert not is_seal(der)
