"""The security store of every revision: what lies in it, and what a later one has left out.

A store that is updated should keep what was in it (EN 319 142-1, 5.4.1). It may exchange what is
out of date for what is newer, so less is no change of the document. But what an earlier revision
brought is known, and is looked at whether a later one lists it or not: nobody hides a revocation by
leaving out the list that tells it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf.malformed import MALFORMED
from signatures.pdf.parsers import Document
from signatures.pdf.policy import Limits
from signatures.pdf.views import Ref, is_reference, items_of, object_at, raw_of, ref_of

PURPOSES = {
    "/Certs": DecodePurpose.CERTIFICATE,
    "/CRLs": DecodePurpose.CRL,
    "/OCSPs": DecodePurpose.OCSP_RESPONSE,
}


@dataclass(frozen=True)
class Brought:
    """Pieces of evidence of one kind, DER: those that the file lists now, and those it did once.

    Of what it lists now it is known at which offset the first revision ends that listed it.
    """

    now: Mapping[bytes, int]
    once: tuple[bytes, ...]


def stores_of(document: Document) -> list[Any]:
    """Read the store of each revision, the oldest first; None where there is none."""
    return [_store(document, number) for number in range(document.reader.xrefs.total_revisions)]


def brought(document: Document, stores: Sequence[Any], name: str, limits: Limits) -> Brought:
    """Read one kind of evidence; what cannot be read is as good as not there.

    Of each of the two at most ``limits.certificates`` are read, the newest of the earlier first.
    """
    xrefs = document.reader.xrefs
    seen: dict[tuple[object, ...], bytes | None] = {}
    since: dict[bytes, int] = {}
    now: tuple[bytes, ...] | None = None
    for revision, store in reversed([*enumerate(stores)]):
        found: tuple[bytes, ...] = ()
        if store is not None:
            listed = _listed(document, store, name, revision)[: limits.certificates]
            found = tuple(_read(document, listed, name, revision, limits, seen))
            place = xrefs.get_xref_container_info(revision).start_location
            since |= dict.fromkeys(found, place)
        now = found if now is None else now
    kept = dict.fromkeys(now or ())
    return Brought(
        {der: since[der] for der in kept}, tuple(der for der in since if der not in kept)
    )


def _read(
    document: Document,
    listed: Iterable[Any],
    name: str,
    revision: int,
    limits: Limits,
    seen: dict[tuple[object, ...], bytes | None],
) -> Iterator[bytes]:
    """Read the members of a list in a revision, each object once for all revisions."""
    place_of = document.reader.xrefs.get_historical_ref
    for raw in listed:
        place = (*ref_of(raw), place_of(generic.Reference(*ref_of(raw)), revision))
        if place not in seen:
            if len(seen) >= 2 * limits.certificates:
                continue
            seen[place] = _data(document, ref_of(raw), revision, name, limits)
        data = seen[place]
        if data is not None:
            yield data


def _data(document: Document, ref: Ref, revision: int, name: str, limits: Limits) -> bytes | None:
    try:
        data: bytes = object_at(document, ref, revision).read_data(PURPOSES[name])
    except (PdfError, *MALFORMED):
        return None
    return data if len(data) <= limits.crl_bytes else None


def _listed(document: Document, store: Any, name: str, revision: int) -> list[Any]:
    try:
        members = items_of(_resolved(document, raw_of(store, name), revision))
    except (PdfError, *MALFORMED):
        return []
    return [raw for raw in members if is_reference(raw)]


def _store(document: Document, revision: int) -> Any:
    try:
        root = _resolved(
            document, document.reader.trailer.raw_get("/Root", revision=revision), revision
        )
        return _resolved(document, raw_of(root, "/DSS"), revision)
    except (PdfError, *MALFORMED):
        return None


def _resolved(document: Document, raw: Any, revision: int) -> Any:
    return object_at(document, ref_of(raw), revision) if is_reference(raw) else raw
