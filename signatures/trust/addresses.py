"""At which addresses authorities tell what they revoked: what certificates state, what is approved.

An address that a certificate states may be asked if the certificate stands below an anchor, and the
server is one of which two operators approved an address with that anchor. So a list in many parts,
each certificate naming its own, is approved once. What is at another server is drawn up for them.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from signatures.rules.trust import (
    MOST_ADDRESSES,
    Address,
    Change,
    addresses_of,
    instant_of,
    is_address,
)
from signatures.trust.paths import Step

MOST_STATED = 5  # addresses of a kind in one certificate; one or two are usual
Entry = Mapping[str, Any]


def stated(der: bytes) -> tuple[Address, ...]:
    """Give the addresses of the web that a certificate states (RFC 5280, 4.2.1.13 and 4.2.2.1)."""
    try:
        extensions = x509.load_der_x509_certificate(der).extensions
    except ValueError:
        return ()
    lists, answers = [], []
    for one in extensions:
        if isinstance(one.value, x509.CRLDistributionPoints):
            lists += [name.value for point in one.value for name in point.full_name or ()]
        if isinstance(one.value, x509.AuthorityInformationAccess):
            answers += [
                told.access_location.value
                for told in one.value
                if told.access_method == AuthorityInformationAccessOID.OCSP
            ]
    return (*_web("crl", lists), *_web("ocsp", answers))


def approved(entries: Iterable[Entry]) -> dict[str, list[Address]]:
    """Give the addresses that were approved with each anchor, by its digest."""
    found: dict[str, list[Address]] = {}
    for entry in entries:
        held = found.setdefault(entry["certificate"], [])
        held += addresses_of(entry)
    return found


def may_be_asked(url: str, allowed: Iterable[Address]) -> bool:
    """Say whether an address lies at a server of which one is approved."""
    return _server(url) in {_server(one) for _, one in allowed}


def unapproved(
    entries: Iterable[Entry], ders: Mapping[str, bytes], steps: Iterable[Step]
) -> list[Change]:
    """Make changes by which anchors get the addresses that certificates below them state."""
    entries, wanted = list(entries), dict[str, dict[Address, None]]()
    allowed = approved(entries)
    for step in steps:
        known = [one for anchor in step.anchors for one in allowed[anchor]]
        fresh = [one for one in stated(step.certificate) if not may_be_asked(one[1], known)]
        nearest = [name for name in step.anchors if ders[name] == step.issuer]
        for anchor in nearest or step.anchors:
            wanted.setdefault(anchor, {}).update(dict.fromkeys(fresh))
    return [
        _change(entry, ders[entry["certificate"]], sorted(wanted[entry["certificate"]]))
        for entry in entries
        if wanted.get(entry["certificate"])
    ]


def _change(entry: Entry, der: bytes, fresh: Iterable[Address]) -> Change:
    return Change(
        certificate=der,
        purpose=entry["purpose"],
        source=entry["source"],
        valid_from=instant_of(entry["valid_from"]),
        valid_until=instant_of(entry["valid_until"]),
        addresses=(*addresses_of(entry), *fresh)[:MOST_ADDRESSES],
        services=tuple(entry["services"]),
    )


def _web(kind: str, urls: Iterable[object]) -> Iterable[Address]:
    found = [url for url in dict.fromkeys(urls) if isinstance(url, str) and is_address(url)]
    return [(kind, url) for url in found[:MOST_STATED]]


def _server(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme]
