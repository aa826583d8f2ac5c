"""Whom the operator trusts: a directory of certificates and the revocation data collected for them.

    DIR/signers/     certificates whose signatures on documents count, or that issue such ones
    DIR/tsa/         the same for time-stamping authorities; a store of its own
    DIR/revocation/  *.crl and *.ocsp, fetched by the operator at a fixed rhythm

Certificates and lists are PEM or DER. A set of anchors is only bytes: it travels to worker
processes, and its digest stands in every report.

The approved versions in the database say more than a directory can: since when and until when an
anchor counts and for what (``Term``), and what trusted lists tell of it (``Service``).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from procurement.proof.canonical import JSON, canonical
from signatures.pdf.report import instant
from signatures.pdf.services import Service

Purpose = Literal["signer", "seal", "tsa"]
DOCUMENTS: tuple[Purpose, ...] = ("signer", "seal")  # by persons, and by organisations
PURPOSES: tuple[Purpose, ...] = (*DOCUMENTS, "tsa")


class AnchorsUnreadable(ValueError):  # noqa: N818 - reads as the sentence it is
    """A file in the anchors directory is not what its place says."""


@dataclass(frozen=True)
class Term:
    """When an anchor counts for one purpose: ``valid_from <= t < valid_until``; None is open."""

    sha256: str  # of the DER certificate, in hex
    purpose: Purpose
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Say whether an instant lies within the dates."""
        begun = self.valid_from is None or self.valid_from <= at
        return begun and (self.valid_until is None or at < self.valid_until)

    def to_json(self) -> dict[str, JSON]:
        """Return the term as a JSON object."""
        return {
            "sha256": self.sha256,
            "purpose": self.purpose,
            "valid_from": None if self.valid_from is None else instant(self.valid_from),
            "valid_until": None if self.valid_until is None else instant(self.valid_until),
        }


@dataclass(frozen=True)
class Anchors:
    """Trusted certificates and known revocation data, as DER bytes.

    An anchor that no term names counts always, and for everything in its room.
    """

    signers: tuple[bytes, ...] = ()
    tsa: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    terms: tuple[Term, ...] = ()
    services: tuple[Service, ...] = ()

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

    def signers_at(self, at: datetime, purposes: Iterable[Purpose]) -> tuple[bytes, ...]:
        """Give the anchors that count for documents at an instant, for one of some purposes."""
        return self._in_force(self.signers, at, frozenset(purposes), DOCUMENTS)

    def tsa_at(self, at: datetime) -> tuple[bytes, ...]:
        """Give the anchors that count for timestamps made at an instant."""
        return self._in_force(self.tsa, at, frozenset({"tsa"}), ("tsa",))

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 over the digests of everything in the set, in hex, in no order.

        Terms and services are left out where there are none, so that a directory keeps its digest.
        """
        rooms = {"signers": self.signers, "tsa": self.tsa, "crls": self.crls, "ocsps": self.ocsps}
        listed: dict[str, JSON] = {
            room: [*sorted(hashlib.sha256(der).hexdigest() for der in held)]
            for room, held in rooms.items()
        }
        for name, members in (("terms", self.terms), ("services", self.services)):
            if members:
                listed[name] = [*sorted(_digest(one.to_json()) for one in members)]
        return _digest(listed)

    def _in_force(
        self,
        room: tuple[bytes, ...],
        at: datetime,
        purposes: frozenset[Purpose],
        known: tuple[Purpose, ...],
    ) -> tuple[bytes, ...]:
        named = {term.sha256 for term in self.terms if term.purpose in known}
        good = {t.sha256 for t in self.terms if t.purpose in purposes and t.holds(at)}
        if not named:
            return room
        digests = {der: hashlib.sha256(der).hexdigest() for der in room}
        return tuple(der for der in room if digests[der] in good or digests[der] not in named)


def _digest(told: JSON) -> str:
    return hashlib.sha256(canonical(told)).hexdigest()


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
