"""The security store of every revision: what lies in it, and what a later one has left out.

A store that is updated should keep what was in it (EN 319 142-1, 5.4.1). It may exchange what is
out of date for what is newer, so less is no change of the document. But what an earlier revision
brought is known, and is looked at whether a later one lists it or not: nobody hides a revocation by
leaving out the list that tells it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf.malformed import MALFORMED
from signatures.pdf.parsers import Document
from signatures.pdf.policy import Limits
from signatures.pdf.views import is_reference, items_of, object_at, raw_of, ref_of

PURPOSES = {
    "/Certs": DecodePurpose.CERTIFICATE,
    "/CRLs": DecodePurpose.CRL,
    "/OCSPs": DecodePurpose.OCSP_RESPONSE,
}


@dataclass(frozen=True)
class Brought:
    """Pieces of evidence of one kind, DER: those that the file lists now, and those it did once."""

    now: tuple[bytes, ...]
    once: tuple[bytes, ...]


def brought(document: Document, name: str, limits: Limits) -> Brought:
    """Read one kind of evidence; what cannot be read is as good as not there.

    Of each of the two at most ``limits.certificates`` are read, the newest of the earlier first.
    """
    last = document.reader.xrefs.total_revisions - 1
    seen: set[tuple[object, ...]] = set()
    now = [*_read(document, name, last, limits, seen)]
    once: dict[bytes, None] = {}
    for revision in range(last - 1, -1, -1):
        once |= dict.fromkeys(_read(document, name, revision, limits, seen))
    return Brought(tuple(now), tuple(der for der in once if der not in set(now)))


def _read(
    document: Document, name: str, revision: int, limits: Limits, seen: set[tuple[object, ...]]
) -> Iterator[bytes]:
    """Read the members of a list in a revision that were not met in a later one."""
    place_of = document.reader.xrefs.get_historical_ref
    for raw in _listed(document, name, revision)[: limits.certificates]:
        place = (*ref_of(raw), place_of(generic.Reference(*ref_of(raw)), revision))
        if place in seen or len(seen) >= 2 * limits.certificates:
            continue
        seen.add(place)
        try:
            held = object_at(document, ref_of(raw), revision)
            data: bytes = held.read_data(PURPOSES[name])
        except (PdfError, *MALFORMED):
            continue
        if len(data) <= limits.crl_bytes:
            yield data


def _listed(document: Document, name: str, revision: int) -> list[Any]:
    def at(raw: Any) -> Any:
        return object_at(document, ref_of(raw), revision) if is_reference(raw) else raw

    try:
        root = at(document.reader.trailer.raw_get("/Root", revision=revision))
        members = items_of(at(raw_of(at(raw_of(root, "/DSS")), name)))
    except (PdfError, *MALFORMED):
        return []
    return [raw for raw in members if is_reference(raw)]
