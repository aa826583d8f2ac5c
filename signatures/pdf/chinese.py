"""SM2 signatures over SM3 digests, for the libraries that judge all others (GB/T 32918, 32905).

asn1crypto is told the names of the algorithms (GM/T 0006) and of the containers that GM/T 0010
numbers anew, and pyHanko's validators are given one that knows SM2: so certificate paths,
revocation lists, timestamps and CMS are judged by the same code whatever the algorithm. The curve
itself is gmalg's, MIT, kept, pure Python without dependencies. It only verifies here: nothing
secret passes through it.

A signer is known to SM2 by an identity besides the key. Documents and certificates use the
standard's own (GB/T 35276, 10): ``1234567812345678``.
"""

from typing import Any

from asn1crypto import algos, cms, core, keys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from gmalg.base import Hash
from gmalg.ellipticcurve import ECDLP
from gmalg.errors import GMError
from gmalg.sm2 import SM2Core
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)

CURVE = "sm2p256v1"
IDENTITY = b"1234567812345678"
SM2_MECHANISMS = ("sm2_sm3", "sm2", "sm2_key")  # the last two are what GM/T 0010 writes into CMS
BYTES = 32  # of a coordinate and of a half of the signature
SIGNED_DATA = ("signed_data", "gm_signed_data")
DATA = ("data", "gm_data")


def _register() -> None:
    """Teach asn1crypto names; each has an identifier of its own and changes no other's."""
    _name(algos.DigestAlgorithmId, {"1.2.156.10197.1.401": "sm3"})
    _name(
        algos.SignedDigestAlgorithmId,
        {
            "1.2.156.10197.1.501": "sm2_sm3",
            "1.2.156.10197.1.301.1": "sm2",
            "1.2.156.10197.1.301": "sm2_key",
        },
    )
    _name(
        cms.ContentType,
        {"1.2.156.10197.6.1.4.2.1": "gm_data", "1.2.156.10197.6.1.4.2.2": "gm_signed_data"},
    )
    keys.NamedCurve.register(CURVE, "1.2.156.10197.1.301", BYTES)
    cms.ContentInfo._oid_specs["gm_signed_data"] = cms.SignedData
    cms.EncapsulatedContentInfo._oid_specs["gm_data"] = cms.OctetString


def _name(kind: Any, names: dict[str, str]) -> None:
    kind._map |= names
    kind._reverse_map = None  # asn1crypto builds it once, perhaps before now


class Sm3(Hash):  # type: ignore[misc]
    """SM3 as gmalg asks for it, at the speed of OpenSSL: a revocation list may have megabytes."""

    def __init__(self) -> None:
        self.reset()

    @classmethod
    def max_msg_length(cls) -> int:
        """Return the most bytes that may be hashed (GB/T 32905, 5.1)."""
        return (1 << 61) - 1

    @classmethod
    def hash_length(cls) -> int:
        """Return the length of a digest in bytes."""
        return BYTES

    def reset(self) -> None:
        """Begin anew."""
        self._running = hashes.Hash(hashes.SM3())

    def update(self, data: bytes) -> None:
        """Take more bytes in."""
        self._running.update(bytes(data))

    def value(self) -> bytes:
        """Return the digest of everything so far."""
        return self._running.copy().finalize()


_CURVE = ECDLP(  # GB/T 32918.5: the recommended curve
    0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_00000000_FFFFFFFF_FFFFFFFF,
    0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_00000000_FFFFFFFF_FFFFFFFC,
    0x28E9FA9E_9D9F5E34_4D5A9E4B_CF6509A7_F39789F5_15AB8F92_DDBCBD41_4D940E93,
    (
        0x32C4AE2C_1F198119_5F990446_6A39C994_8FE30BBF_F2660BE1_715A4589_334C74C7,
        0xBC3736A2_F4F6779C_59BDCEE3_6B692153_D0A9877C_C62A4740_02DF32E5_2139F0A0,
    ),
    0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_7203DF6B_21C6052B_53BBF409_39D54123,
)


def is_sm2(key: keys.PublicKeyInfo) -> bool:
    """Say whether a public key lies on the SM2 curve."""
    return bool(key.algorithm == "ec" and key.curve == ("named", CURVE))


def verify_sm2(signature: bytes, message: bytes, key: keys.PublicKeyInfo) -> None:
    """Verify an SM2 signature over the SM3 digest of a message (GB/T 32918.2, 7.1).

    :raises InvalidSignature: when it is none, and for a key that is no point of the curve.
    """
    point = bytes(key["public_key"].native)
    if len(point) != 1 + 2 * BYTES or point[0] != 4:
        raise InvalidSignature("the key is not an uncompressed point")
    x, y = (int.from_bytes(half, "big") for half in (point[1 : 1 + BYTES], point[1 + BYTES :]))
    core = SM2Core(_CURVE, Sm3())
    try:
        stated = algos.DSASignature.load(signature, strict=True)
        r, s = int(stated["r"].native), int(stated["s"].native)
        good = core.verify_pk((x, y)) and core.verify(message, r, s, IDENTITY, (x, y))
    except (GMError, ValueError, TypeError) as error:
        raise InvalidSignature("the value is not a signature") from error
    if not good:
        raise InvalidSignature("the value was not made with this key over this message")


def is_seal(der: bytes) -> bool:
    """Say whether bytes are an electronic seal of GB/T 38540 (or GM/T 0031) and no CMS.

    What is signed comes first there, and begins with the version of the seal's format.
    """
    try:
        first = core.Sequence.load(der, strict=True)[0]
        return isinstance(first, core.Sequence) and isinstance(first[0], core.Integer)
    except (ValueError, TypeError, IndexError, KeyError):
        return False


class AnySignatureValidator(DefaultSignatureValidator):
    """Verify SM2 over SM3 as well as everything that pyHanko's own validator verifies."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: keys.PublicKeyInfo,
        signature_algorithm: algos.SignedDigestAlgorithm,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> Any:
        """Verify a value over some bytes.

        :raises InvalidSignature: when it does not verify.
        """
        mechanism = signature_algorithm["algorithm"].native
        if is_sm2(public_key_info) != (mechanism in SM2_MECHANISMS):
            raise InvalidSignature(f"{mechanism} does not go with this key")
        if not is_sm2(public_key_info):
            return super().validate_signature(
                signature, signed_data, public_key_info, signature_algorithm, context
            )
        if context.prehashed or (context.contextual_md_algorithm or "sm3") != "sm3":
            raise InvalidSignature("SM2 is verified over a message and with SM3")
        return verify_sm2(signature, signed_data, public_key_info)


_register()
VALIDATOR = AnySignatureValidator()
