"""Which authorities stand above a certificate, up to the anchors: by their signatures, not by name.

An authority in between is known because somebody enrolled a certificate below it. Whoever enrols
could bring one of their own making, too. It has no anchor above it, so nobody is asked for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from asn1crypto import x509

from signatures.pdf.evidence import certificates_of
from signatures.pdf.names import Name, issuer_of, subject_of
from signatures.pdf.responders import is_issued_by

LONGEST = 8  # certificates on a path


@dataclass(frozen=True)
class Step:
    """A certificate, who issued it, and the anchors to which that leads, by their digests."""

    certificate: bytes
    issuer: bytes
    anchors: frozenset[str]


class Paths:
    """Finds the way up from certificates, over authorities in between, to anchors."""

    def __init__(self, anchors: Mapping[str, bytes], between: Iterable[bytes]) -> None:
        self._names = {der: name for name, der in anchors.items()}
        self._between = tuple(between)
        self._issuers: dict[bytes, tuple[bytes, ...]] = {}

    def steps(self, certificates: Iterable[bytes]) -> list[Step]:
        """Give every step from some certificates upwards that ends at an anchor, each once."""
        found: dict[tuple[bytes, bytes], Step] = {}
        for one in certificates:
            for below in self._upwards(one):
                for issuer in self._issuers_of(below):
                    anchors = frozenset(
                        self._names[held] for held in self._upwards(issuer) if held in self._names
                    )
                    if anchors:
                        found[below, issuer] = Step(below, issuer, anchors)
        return list(found.values())

    def _upwards(self, der: bytes) -> tuple[bytes, ...]:
        """Give a certificate and all that stand above it, as far as a path may go."""
        found = {der: None}
        level = [der]
        for _ in range(LONGEST):
            above = (one for below in level for one in self._issuers_of(below))
            level = [one for one in dict.fromkeys(above) if one not in found]
            found |= dict.fromkeys(level)
        return tuple(found)

    def _issuers_of(self, der: bytes) -> tuple[bytes, ...]:
        if der not in self._issuers:
            self._issuers[der] = tuple(self._search(der))
        return self._issuers[der]

    def _search(self, der: bytes) -> Iterable[bytes]:
        above = [one for one in self._by_subject.get(_issuer_of(der), ()) if one != der]
        for certificate in _read(der) if above else ():
            for one in above:
                for issuer in _read(one):
                    allowed = issuer.ca or one in self._names
                    if allowed and is_issued_by(certificate, issuer):
                        yield one

    @cached_property
    def _by_subject(self) -> dict[Name, list[bytes]]:
        found: dict[Name, list[bytes]] = {}
        for der in dict.fromkeys((*self._names, *self._between)):
            found.setdefault(subject_of(der), []).append(der)
        return found


def _issuer_of(der: bytes) -> Name:
    try:
        return issuer_of(der)
    except ValueError:
        return frozenset()


def _read(der: bytes) -> tuple[x509.Certificate, ...]:
    """Read a certificate; none where it cannot be read as the judge does."""
    return certificates_of([der])
