"""Paths that were found before: the same certificates and lists give the same path for a while.

Building a path and asking for revocations takes as long as everything else that is done to a small
file, and the bids of a day are stamped and certified by few authorities. What was found good is
kept with the interval of time in which nothing it depends on begins or ends: the validity of every
certificate at hand, every list and answer, every revocation of one of those certificates. Within
it each comparison of an instant comes out the same, and so does the path. What was found on a
boundary, or by a list that does not say when it ends, is kept for that instant only; what was not
found is not kept.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import crl, ocsp, x509
from cryptography.x509 import load_der_x509_crl

MOST = 512
_EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """A question about a path, but for the instant; ``lists`` and ``answers`` are of revocations.

    Objects are told apart by identity, which is sound because what is kept holds on to them.
    """

    roots: tuple[x509.Certificate, ...]
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    lists: tuple[crl.CertificateList, ...] = ()
    answers: tuple[ocsp.OCSPResponse, ...] = ()
    required: bool = False  # revocation data is, for every certificate
    alone: bool = False  # whether these lists and answers alone vouch, and no more is asked

    @property
    def key(self) -> tuple[object, ...]:
        """Return what tells this question from others."""
        held = (self.roots, (self.certificate,), self.others, self.lists, self.answers)
        return (self.required, self.alone, *(tuple(id(one) for one in group) for group in held))

    @property
    def certificates(self) -> tuple[x509.Certificate, ...]:
        """Return all certificates at hand."""
        return (*self.roots, self.certificate, *self.others)


@dataclass(frozen=True)
class _Kept:
    asked: Asked
    after: datetime
    before: datetime
    found: tuple[x509.Certificate, ...]


_KEPT: "OrderedDict[tuple[object, ...], _Kept]" = OrderedDict()


def remembered(
    asked: Asked, at: datetime, find: Callable[[], Iterable[x509.Certificate]]
) -> tuple[x509.Certificate, ...]:
    """Return the path that was found before for an instant like this, else find and keep it.

    Whatever ``find`` raises is raised each time.
    """
    for key in (asked.key, (at, *asked.key)):
        kept = _KEPT.get(key)
        if kept is not None and (kept.after < at < kept.before or kept.after == at == kept.before):
            _KEPT.move_to_end(key)
            return kept.found
    found = tuple(find())
    interval = _interval(asked, at)
    key = (at, *asked.key) if interval is None else asked.key
    _KEPT[key] = _Kept(asked, *(interval or (at, at)), found)
    if len(_KEPT) > MOST:
        _KEPT.popitem(last=False)
    return found


def forget() -> None:
    """Find every path anew."""
    _KEPT.clear()


def _interval(asked: Asked, at: datetime) -> tuple[datetime, datetime] | None:
    """Return the instants around ``at`` at which something begins or ends; None on one of them.

    None also where a file brings what cannot be asked, a serial number below zero for one.
    """
    found = [*_validities(asked.certificates)]
    try:
        for revoked_list in asked.lists:
            found += _of_list(revoked_list, asked.certificates)
        for answer in asked.answers:
            found += _instants(answer.native)
    except ValueError:
        return None
    if at in found or None in found:
        return None
    bounds = sorted({*_EVER, *(one for one in found if one is not None)})
    above = bisect_left(bounds, at)
    return bounds[above - 1], bounds[above]


def _validities(certificates: Iterable[x509.Certificate]) -> Iterator[datetime | None]:
    for one in certificates:
        yield one.not_valid_before
        yield one.not_valid_after


def _of_list(
    held: crl.CertificateList, certificates: Iterable[x509.Certificate]
) -> Iterator[datetime | None]:
    yield held["tbs_cert_list"]["this_update"].native
    yield held["tbs_cert_list"]["next_update"].native
    read = load_der_x509_crl(held.dump())
    for certificate in certificates:
        entry = read.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None:
            yield entry.revocation_date_utc.replace(tzinfo=UTC)


def _instants(value: Any) -> Iterator[datetime | None]:
    """Yield every instant in an answer, and None where it does not say when it ends."""
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            if name == "next_update" and member is None:
                yield None
            yield from _instants(member)
    elif isinstance(value, list | tuple | set):
        for member in value:
            yield from _instants(member)
