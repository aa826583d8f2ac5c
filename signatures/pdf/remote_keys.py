"""Keys at a signing service, by the Cloud Signature Consortium's API v1 (1.0.4.0).

The service never sees a document: it is asked to sign a digest. Each signature is authorised for
that digest alone.
"""

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from asn1crypto import algos, x509
from pyhanko.sign.signers import Signer

from signatures.pdf.elsewhere import (
    LONGEST_SIGNATURE,
    chain_above,
    require_signature,
)
from signatures.pdf.signing import KeyAway, KeyUnreadable, SigningKey, store_of

PATIENCE = timedelta(seconds=15)
LONGEST_ANSWER = 1 << 20  # bytes
LOOPBACK = ("127.0.0.1", "::1", "localhost")
Asked = dict[str, Any]


@dataclass(frozen=True)
class RemoteKey:
    """A credential at a service: its address without ``/csc/v1``, and how one gets in there.

    ``token`` is an access token for the service, or ``login`` is ``user:password`` for its
    ``auth/login``. ``pin`` opens the credential; ``sad`` is activation data handed out beforehand.
    """

    service: str
    credential: str
    token: str = field(default="", repr=False)
    login: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)
    sad: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        try:
            where = urlsplit(self.service)
        except ValueError:
            where = urlsplit("")
        if where.scheme != "https" and where.hostname not in LOOPBACK:
            raise KeyUnreadable(f"The signing service {self.service} must be reached by https")

    def key(self) -> SigningKey:
        """Ask the service for the certificate, and give a key that has it sign digests.

        :raises KeyUnreadable: when it does not have the credential, or not for us.
        :raises KeyAway: when it does not answer.
        """
        asked = {"credentialID": self.credential, "certificates": "chain"}
        own, chain = _certificates(self._ask("credentials/info", asked, self._admission()))

        @asynccontextmanager
        async def opened() -> AsyncIterator[Signer]:
            yield _RemoteSigner(self, own, chain)

        return SigningKey(own, chain, opened)

    def signed(self, digest: bytes, algorithm: algos.SignedDigestAlgorithm) -> bytes:
        """Have a SHA-256 digest signed.

        :raises KeyUnreadable: when the service refuses.
        :raises KeyAway: when it does not answer.
        """
        admission, hashes = self._admission(), [base64.b64encode(digest).decode()]
        asked = {
            "credentialID": self.credential,
            "SAD": self.sad or self._activation(hashes, admission),
            "hash": hashes,
            "hashAlgo": algos.DigestAlgorithmId("sha256").dotted,
            "signAlgo": algorithm["algorithm"].dotted,
        }
        answer = self._ask("signatures/signHash", asked, admission)
        try:
            (signature,) = answer["signatures"]
            return base64.b64decode(signature, validate=True)
        except (KeyError, TypeError, ValueError):
            raise KeyUnreadable("The signing service answered without a signature") from None

    def _admission(self) -> str:
        """Give what stands in ``Authorization`` (CSC API 1.0.4.0, 8.1 and 11.2)."""
        if not self.login:
            return f"Bearer {self.token}" if self.token else ""
        basic = "Basic " + base64.b64encode(self.login.encode()).decode()
        return f"Bearer {_text(self._ask('auth/login', {}, basic), 'access_token')}"

    def _activation(self, hashes: list[str], admission: str) -> str:
        """Have one signature over one digest authorised (11.7)."""
        asked = {"credentialID": self.credential, "numSignatures": 1, "hash": hashes}
        if self.pin:
            asked["PIN"] = self.pin
        return _text(self._ask("credentials/authorize", asked, admission), "SAD")

    def _ask(self, what: str, asked: Asked, admission: str) -> Asked:
        try:
            with httpx.stream(
                "POST",
                f"{self.service.rstrip('/')}/csc/v1/{what}",
                json=asked,
                headers={"Authorization": admission} if admission else {},
                timeout=PATIENCE.total_seconds(),
            ) as answer:
                return _answered(answer, what)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise KeyAway(f"The signing service {self.service} does not answer: {error}") from error


class _RemoteSigner(Signer):
    """pyHanko's signer, whose last step is done by the service."""

    def __init__(self, remote: RemoteKey, own: bytes, chain: tuple[bytes, ...]) -> None:
        self._remote, self._own = remote, own
        super().__init__(signing_cert=x509.Certificate.load(own), cert_registry=store_of(chain))

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if dry_run:
            return bytes(LONGEST_SIGNATURE)
        algorithm = self.get_signature_mechanism_for_digest(digest_algorithm)
        answer = self._remote.signed(hashlib.new(digest_algorithm, data).digest(), algorithm)
        return require_signature(self._own, data, answer)


def _answered(answer: httpx.Response, what: str) -> Asked:
    body = b""
    for part in answer.iter_bytes():
        body += part
        if len(body) > LONGEST_ANSWER:
            raise KeyUnreadable(f"The signing service answers {what} with too much")
    if answer.status_code >= 500 or answer.status_code == 429:
        raise KeyAway(f"The signing service answers {what} with status {answer.status_code}")
    if answer.status_code != 200:
        raise KeyUnreadable(
            f"The signing service refuses {what} with status {answer.status_code}: {_why(body)}"
        )
    if isinstance(read := _json(body), dict):
        return read
    raise KeyUnreadable(f"The signing service answers {what} with something else than JSON")


def _why(body: bytes) -> str:
    """Give the service's own words (CSC API 1.0.4.0, 10.1), if it has any."""
    read = _json(body)
    said = read.get("error_description") or read.get("error") if isinstance(read, dict) else None
    return str(said or "no reason given")[:300]


def _json(body: bytes) -> object:
    try:
        return httpx.Response(200, content=body).json()
    except (ValueError, RecursionError):
        return None


def _text(answer: Asked, name: str) -> str:
    if isinstance(value := answer.get(name), str) and value:
        return value
    raise KeyUnreadable(f"The signing service answered without {name}")


def _certificates(answer: Asked) -> tuple[bytes, tuple[bytes, ...]]:
    """Read ``cert/certificates``: the signer's own comes first (11.5)."""
    try:
        own, *others = [
            base64.b64decode(one, validate=True) for one in answer["cert"]["certificates"]
        ]
        return own, chain_above(own, others)
    except (KeyError, TypeError, ValueError):
        raise KeyUnreadable("The signing service answered without a certificate") from None
