"""Keys in a PKCS#11 token: a smart card, a USB stick, a hardware security module.

A session lasts for one signature: a token that was taken out, or a module that was restarted,
serves again at the next one. Logging in counts for all sessions of a process, so one signs at a
time. A PIN that was refused is not tried again, for tokens lock themselves after a few times.
"""

import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificates
from pkcs11 import Attribute, Mechanism, ObjectClass
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, find_token
from pyhanko.sign.signers import Signer

from signatures.pdf.elsewhere import chain_above, require_signature
from signatures.pdf.signing import KeyAway, KeyUnreadable, SigningKey

REFUSED_PIN = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange)
LOCKED_PIN = (pkcs11.PinLocked, pkcs11.PinExpired, pkcs11.UserPinNotInitialized)
_ONE_AT_A_TIME = threading.RLock()
_refused: set["TokenKey"] = set()
_initialised_by: dict[str, int] = {}  # module: process


@dataclass(frozen=True)
class TokenKey:
    """Where a key is: module, label of the token, label of the key and of its certificate.

    ``certificates`` names a PEM file with what the token does not hold: the certificate itself,
    the ones above it, or all of them.
    """

    module: Path
    token: str
    label: str
    pin: str = field(repr=False)
    certificates: Path | None = None

    def key(self) -> SigningKey:
        """Find the certificate, and give a key that opens the token whenever it signs.

        :raises KeyUnreadable: when there is no such module, token, key or certificate, or not
            this PIN.
        :raises KeyAway: when the token does not answer.
        """
        with _ONE_AT_A_TIME, _in_words(self), _session(self) as session:
            _private_key(session, self.label)
            own, chain = _certificates(session, self)

        @asynccontextmanager
        async def opened() -> AsyncIterator[Signer]:
            with _ONE_AT_A_TIME, _in_words(self), _session(self) as session:
                yield _TokenSigner(session, self.label, own, chain)

        return SigningKey(own, chain, opened)


class _TokenSigner(PKCS11Signer):
    """pyHanko's signer, for a key and certificates that were found before; what it says is checked.

    Many tokens sign digests only, so that is asked for where signing all at once is not offered.
    """

    def __init__(self, session: Any, label: str, own: bytes, chain: tuple[bytes, ...]) -> None:
        certificate = x509.Certificate.load(own)
        at_once = {"rsa": Mechanism.SHA256_RSA_PKCS, "ec": Mechanism.ECDSA_SHA256}
        offered = session.token.slot.get_mechanisms()
        super().__init__(
            session,
            signing_cert=certificate,
            ca_chain=[x509.Certificate.load(der) for der in chain],
            key_label=label,
            use_raw_mechanism=at_once.get(certificate.public_key.algorithm) not in offered,
        )

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        answer: bytes = await super().async_sign_raw(data, digest_algorithm, dry_run)
        own: Any = self.signing_cert
        return answer if dry_run else require_signature(own.dump(), data, answer)


def let_go() -> None:
    """Leave every module, so that processes forked from here begin with their own."""
    with _ONE_AT_A_TIME:
        for module in [*_initialised_by]:
            with suppress(pkcs11.PKCS11Error):
                pkcs11.lib(module).finalize()
            del _initialised_by[module]


def _library(module: Path) -> Any:
    """Load a module; a process that was forked initialises it anew (PKCS#11 2.40, 5.4)."""
    name = str(module)
    library = pkcs11.lib(name)
    if _initialised_by.setdefault(name, os.getpid()) != os.getpid():
        with suppress(pkcs11.PKCS11Error):
            library.finalize()
        library.initialize()
        _initialised_by[name] = os.getpid()
    return library


@contextmanager
def _session(wanted: TokenKey) -> Iterator[Any]:
    if wanted in _refused:
        raise KeyUnreadable(
            f"The token {wanted.token} refused this PIN before, and it is not tried twice"
        )
    slots = _library(wanted.module).get_slots(token_present=True)
    token = find_token(slots, token_criteria=TokenCriteria(label=wanted.token))
    if token is None:
        raise KeyUnreadable(f"The module {wanted.module} has no token {wanted.token}")
    with token.open(user_pin=wanted.pin) as session:
        yield session


@contextmanager
def _in_words(wanted: TokenKey) -> Iterator[None]:
    try:
        yield
    except REFUSED_PIN:
        _refused.add(wanted)
        raise KeyUnreadable(f"The token {wanted.token} refuses the PIN") from None
    except LOCKED_PIN as error:
        raise KeyUnreadable(f"The PIN of the token {wanted.token}: {_said(error)}") from error
    except pkcs11.PKCS11Error as error:
        if not wanted.module.is_file():
            raise KeyUnreadable(f"There is no PKCS#11 module {wanted.module}") from None
        raise KeyAway(f"The token {wanted.token} does not serve: {_said(error)}") from error


def _said(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()


def _private_key(session: Any, label: str) -> None:
    wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: label}
    if (number := len([*session.get_objects(wanted)])) != 1:
        raise KeyUnreadable(f"The token has {number} private keys {label}, not one")


def _certificates(session: Any, wanted: TokenKey) -> tuple[bytes, tuple[bytes, ...]]:
    """Give the key's certificate and those above it, from the token and from the file."""
    held = [
        (one[Attribute.LABEL], bytes(one[Attribute.VALUE]))
        for one in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
    ]
    filed = _in_file(wanted.certificates)
    own = [der for label, der in held if label == wanted.label] or filed[:1]
    if len(own) != 1:
        raise KeyUnreadable(f"There are {len(own)} certificates {wanted.label}, not one")
    return own[0], chain_above(own[0], [*(der for _, der in held), *filed])


def _in_file(path: Path | None) -> list[bytes]:
    if path is None:
        return []
    try:
        return [
            one.public_bytes(Encoding.DER) for one in load_pem_x509_certificates(path.read_bytes())
        ]
    except (OSError, ValueError) as error:
        raise KeyUnreadable(f"{path} holds no certificates: {error}") from error
