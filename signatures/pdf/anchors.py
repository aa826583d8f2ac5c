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
from collections import OrderedDict
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from procurement.proof.canonical import JSON, canonical
from signatures.pdf.names import Name, issuer_of_list
from signatures.pdf.report import instant
from signatures.pdf.services import Service

Purpose = Literal["signer", "seal", "tsa"]
DOCUMENTS: tuple[Purpose, ...] = ("signer", "seal")  # by persons, and by organisations
STAMPS: tuple[Purpose, ...] = ("tsa",)
PURPOSES = (*DOCUMENTS, *STAMPS)


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
            signers=_in_order(_certificates(directory / "signers")),
            tsa=_in_order(_certificates(directory / "tsa")),
            crls=_in_order(_crl(path) for path in _files(revocation, ".crl", ".pem")),
            ocsps=_in_order(_ocsp(path) for path in _files(revocation, ".ocsp")),
        )

    def counts(self, der: bytes, at: datetime, purposes: Collection[Purpose]) -> bool:
        """Say whether an anchor counts at an instant, for one of some purposes of its room."""
        if not self.terms:
            return True
        room = STAMPS if "tsa" in purposes else DOCUMENTS
        named = self._terms_of.get(hashlib.sha256(der).hexdigest(), ())
        terms = [one for one in named if one.purpose in room]
        return not terms or any(one.purpose in purposes and one.holds(at) for one in terms)

    def tsa_at(self, at: datetime) -> tuple[bytes, ...]:
        """Give the anchors that count for timestamps made at an instant."""
        return tuple(der for der in self.tsa if self.counts(der, at, STAMPS))

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON of ``listed``, in hex."""
        return _digest(self.listed())

    def listed(self) -> dict[str, JSON]:
        """List the digests of everything in the set, in no order of its own.

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
        return listed

    def lists_of(self, names: Iterable[Name]) -> tuple[bytes, ...]:
        """Give the revocation lists of some issuers."""
        return tuple(der for name in names for der in self._lists_by_issuer.get(name, ()))

    def answers_about(self, serials: Iterable[int]) -> tuple[bytes, ...]:
        """Give the OCSP answers about some serial numbers, whoever gave them."""
        found = (der for number in serials for der in self._answers_by_serial.get(number, ()))
        return tuple(dict.fromkeys(found))

    def services_of(self, keys: Iterable[str]) -> tuple[Service, ...]:
        """Give the services that are one of some keys."""
        return tuple(one for key in keys for one in self._services_by_key.get(key, ()))

    def __reduce__(self) -> tuple[object, ...]:
        """Travel with the digest: where the set was met before, all that was read of it stays."""
        members = tuple(getattr(self, one.name) for one in fields(self))
        return _met, (self.digest, members)

    @cached_property
    def _lists_by_issuer(self) -> dict[Name, list[bytes]]:
        found: dict[Name, list[bytes]] = {}
        for der in self.crls:
            with suppress(ValueError):  # what cannot be read is as good as not there
                found.setdefault(issuer_of_list(der), []).append(der)
        return found

    @cached_property
    def _answers_by_serial(self) -> dict[int, list[bytes]]:
        found: dict[int, list[bytes]] = {}
        for der in self.ocsps:
            with suppress(ValueError):
                for one in ocsp.load_der_ocsp_response(der).responses:
                    found.setdefault(one.serial_number, []).append(der)
        return found

    @cached_property
    def _terms_of(self) -> dict[str, list[Term]]:
        found: dict[str, list[Term]] = {}
        for term in self.terms:
            found.setdefault(term.sha256, []).append(term)
        return found

    @cached_property
    def _services_by_key(self) -> dict[str, list[Service]]:
        found: dict[str, list[Service]] = {}
        for service in self.services:
            for key in service.keys:
                found.setdefault(key, []).append(service)
        return found


_MET: "OrderedDict[str, Anchors]" = OrderedDict()
_MOST_MET = 4


def _met(digest: str, members: tuple[Any, ...]) -> Anchors:
    """Give the set that this process has met before under a digest, else this one."""
    found = _MET.setdefault(digest, Anchors(*members))
    _MET.move_to_end(digest)
    if len(_MET) > _MOST_MET:
        _MET.popitem(last=False)
    return found


def _in_order(ders: Iterable[bytes]) -> tuple[bytes, ...]:
    """Sort by digest, as the parts of a set are when they are put together again."""
    return tuple(sorted(ders, key=lambda der: hashlib.sha256(der).digest()))


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
