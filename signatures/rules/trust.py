"""What may be proposed as an anchor, and what a version of the set is: entries, and their digest.

An entry is one certificate for one purpose. A version lists its entries in one order only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from procurement.proof.canonical import JSON, canonical
from procurement.proof.instants import format_instant, parse_instant
from procurement.refusals import Fault
from procurement.texts import Text
from signatures.pdf.anchors import PURPOSES

MOST_CHANGES = 20_000  # all services of all lists of the European Union are about 5,000
MOST_ADDRESSES = 20
LONGEST_ADDRESS = 1_000  # characters
LONGEST_REASON = 4_000
MAX_CERTIFICATE_BYTES = 20_000
WHOLE = "EU"  # what the European Union's list of the lists calls its territory
PRACTICE = "not for real use"  # stands in the name of every practice authority

Address = tuple[str, str]  # "crl" or "ocsp", and where

_NOTHING = Text(
    "Name at least one change, and at most {most}", "请提出至少一项、至多 {most} 项变更"
)
_NO_REASON = Text("Say why", "请说明理由")
_NO_CERTIFICATE = Text("This is not an X.509 certificate (DER)", "这不是 X.509 证书（DER）")
_PRACTICE = Text(
    "This certificate is of a practice authority, which is not for real use",
    "该证书属于练习用机构，不得用于正式环境",
)
_NO_PURPOSE = Text("An anchor is for signer, seal or tsa", "用途须为 signer、seal 或 tsa")
_ENDS_FIRST = Text("It ends before it begins", "结束时间早于开始时间")
_TWICE = Text(
    "This certificate is named twice for the same purpose", "同一证书的同一用途出现了两次"
)
_NOT_THERE = Text(
    "The set in force has no such anchor, so it cannot be removed",
    "现行版本中没有该信任锚，无法移除",
)
_NO_ADDRESS = Text(
    "An address for revocation data is http:// or https://, of a host, for crl or ocsp",
    "吊销信息地址须为 http:// 或 https:// 开头的主机地址，类型为 crl 或 ocsp",
)


@dataclass(frozen=True)
class Change:
    """One anchor to be added, given new dates, or removed."""

    certificate: bytes  # DER
    purpose: str
    remove: bool = False
    source: str = "upload"
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    addresses: tuple[Address, ...] = ()
    services: tuple[Mapping[str, JSON], ...] = field(default=())  # of ``Service.to_json``

    @cached_property
    def sha256(self) -> str:
        """Return the SHA-256 of the certificate, in hex."""
        return sha256(self.certificate).hexdigest()

    @property
    def key(self) -> tuple[str, str]:
        """Name the entry that is changed."""
        return self.sha256, self.purpose

    def entry(self) -> dict[str, JSON]:
        """Write the anchor as an entry of a version."""
        return {
            "certificate": self.sha256,
            "purpose": self.purpose,
            "source": self.source,
            "valid_from": None if self.valid_from is None else format_instant(self.valid_from),
            "valid_until": None if self.valid_until is None else format_instant(self.valid_until),
            "addresses": [{"kind": kind, "url": url} for kind, url in self.addresses],
            "services": [dict(one) for one in self.services],
        }


def faults_of(
    changes: Sequence[Change], reason: str, held: set[tuple[str, str]], *, practice: bool
) -> Iterator[Fault]:
    """Name everything that stands against a proposal; ``practice`` lets practice authorities in."""
    if not reason.strip():
        yield Fault("blank", _NO_REASON, pointer="/reason")
    if not 0 < len(changes) <= MOST_CHANGES:
        yield Fault("no-changes", _NOTHING, {"most": MOST_CHANGES}, "/changes")
    seen: set[tuple[str, str]] = set()
    for place, change in enumerate(changes):
        pointer = f"/changes/{place}"
        yield from _faults_of_change(change, pointer, practice=practice)
        if change.key in seen:
            yield Fault("twice", _TWICE, pointer=pointer)
        if change.remove and change.key not in held:
            yield Fault("no-such-anchor", _NOT_THERE, pointer=pointer)
        seen.add(change.key)


def next_entries(
    entries: Sequence[Mapping[str, JSON]], changes: Sequence[Change]
) -> list[dict[str, JSON]]:
    """Apply changes to the entries of a version, and sort what comes of it."""
    found = {key_of(entry): dict(entry) for entry in entries}
    for change in changes:
        found.pop(change.key, None)
        if not change.remove:
            found[change.key] = change.entry()
    return [found[key] for key in sorted(found)]


def digest_of(entries: Sequence[Mapping[str, JSON]]) -> str:
    """Return the SHA-256 over the entries of a version, in hex.

    Each is hashed alone first: a set of all of Europe would be too long for one text.
    """
    return sha256(b"".join(sha256(canonical(dict(one))).digest() for one in entries)).hexdigest()


def key_of(entry: Mapping[str, JSON]) -> tuple[str, str]:
    """Name an entry: the certificate's digest and the purpose."""
    return str(entry["certificate"]), str(entry["purpose"])


def addresses_of(entry: Mapping[str, Any]) -> tuple[Address, ...]:
    """Read the addresses that were approved with an entry."""
    return tuple((told["kind"], told["url"]) for told in entry["addresses"])


def instant_of(written: JSON) -> datetime | None:
    """Read a date of an entry."""
    return None if written is None else parse_instant(str(written))


def parsed(der: bytes) -> x509.Certificate | None:
    """Read a certificate with everything that is read of it later; None when it is none."""
    try:
        certificate = x509.load_der_x509_certificate(der[:MAX_CERTIFICATE_BYTES])
        certificate.subject.rfc4514_string()
        certificate.issuer.rfc4514_string()
    except ValueError:
        return None
    return certificate


def lifetime(certificate: x509.Certificate) -> tuple[datetime, datetime]:
    """Return notBefore and notAfter."""
    return (
        certificate.not_valid_before_utc.astimezone(UTC),
        certificate.not_valid_after_utc.astimezone(UTC),
    )


def _faults_of_change(change: Change, pointer: str, *, practice: bool) -> Iterator[Fault]:
    certificate = parsed(change.certificate)
    if certificate is None:
        yield Fault("not-a-certificate", _NO_CERTIFICATE, pointer=f"{pointer}/certificate")
    elif not practice and PRACTICE in certificate.issuer.rfc4514_string():
        yield Fault("practice-authority", _PRACTICE, pointer=f"{pointer}/certificate")
    if change.purpose not in PURPOSES:
        yield Fault("no-such-purpose", _NO_PURPOSE, pointer=f"{pointer}/purpose")
    if change.valid_from and change.valid_until and change.valid_until <= change.valid_from:
        yield Fault("ends-first", _ENDS_FIRST, pointer=f"{pointer}/valid_until")
    if len(change.addresses) > MOST_ADDRESSES or not all(
        kind in ("crl", "ocsp") and is_address(url) for kind, url in change.addresses
    ):
        yield Fault("not-an-address", _NO_ADDRESS, pointer=f"{pointer}/addresses")


def is_address(url: str) -> bool:
    """Say whether something can be asked there: http or https, a host, no password, plain text."""
    if len(url) > LONGEST_ADDRESS or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for what is no port
    except ValueError:
        return False
    named = bool(parts.hostname) and parts.username is None and not parts.fragment
    return parts.scheme in ("http", "https") and named
