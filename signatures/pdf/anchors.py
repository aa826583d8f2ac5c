"""Whom the operator trusts: a directory of certificates and the revocation data collected for them.

    DIR/signers/     certificates whose signatures on documents count, or that issue such ones
    DIR/tsa/         the same for time-stamping authorities; a store of its own
    DIR/revocation/  *.crl and *.ocsp, fetched by the operator at a fixed rhythm

Certificates and lists are PEM or DER. A set of anchors is only bytes: it travels to worker
processes, and its digest stands in every report.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from procurement.proof.canonical import JSON, canonical


class AnchorsUnreadable(ValueError):  # noqa: N818 - reads as the sentence it is
    """A file in the anchors directory is not what its place says."""


@dataclass(frozen=True)
class Anchors:
    """Trusted certificates and known revocation data, as DER bytes."""

    signers: tuple[bytes, ...] = ()
    tsa: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    @classmethod
    def from_directory(cls, directory: Path) -> "Anchors":
        """Read an anchors directory; a room that is missing is empty.

        :raises AnchorsUnreadable: for a directory that is none, and for a file that does not hold
            a certificate, a list or an answer where there should be one.
        """
        if not directory.is_dir():
            raise AnchorsUnreadable(f"There is no anchors directory {directory}")
        revocation = directory / "revocation"
        return cls(
            signers=_certificates(directory / "signers"),
            tsa=_certificates(directory / "tsa"),
            crls=tuple(_crl(path) for path in _files(revocation, ".crl", ".pem")),
            ocsps=tuple(_ocsp(path) for path in _files(revocation, ".ocsp")),
        )

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 over the digests of everything in the set, in hex, in no order."""
        rooms = {"signers": self.signers, "tsa": self.tsa, "crls": self.crls, "ocsps": self.ocsps}
        listed: dict[str, JSON] = {
            room: [*sorted(hashlib.sha256(der).hexdigest() for der in held)]
            for room, held in rooms.items()
        }
        return hashlib.sha256(canonical(listed)).hexdigest()


def _files(directory: Path, *suffixes: str) -> list[Path]:
    if not directory.is_dir():
        return []
    return sorted(p for p in directory.iterdir() if p.is_file() and p.suffix.lower() in suffixes)


def _certificates(directory: Path) -> tuple[bytes, ...]:
    found: list[bytes] = []
    for path in _files(directory, ".pem", ".crt", ".cer", ".der"):
        text = path.read_bytes()
        try:
            if b"-----BEGIN" in text:
                loaded = x509.load_pem_x509_certificates(text)
            else:
                loaded = [x509.load_der_x509_certificate(text)]
        except ValueError as error:
            raise AnchorsUnreadable(f"{path} holds no certificate") from error
        found += [certificate.public_bytes(Encoding.DER) for certificate in loaded]
    return tuple(found)


def _crl(path: Path) -> bytes:
    text = path.read_bytes()
    load = x509.load_pem_x509_crl if b"-----BEGIN" in text else x509.load_der_x509_crl
    try:
        return load(text).public_bytes(Encoding.DER)
    except ValueError as error:
        raise AnchorsUnreadable(f"{path} holds no revocation list") from error


def _ocsp(path: Path) -> bytes:
    text = path.read_bytes()
    try:
        ocsp.load_der_ocsp_response(text)
    except ValueError as error:
        raise AnchorsUnreadable(f"{path} holds no OCSP answer") from error
    return text
