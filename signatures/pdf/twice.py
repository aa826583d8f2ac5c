"""Step 2, the last of it: an entry that is stated twice is one value for everybody.

A dictionary that names a key twice is read in two ways: some readers take the first value, some the
last (ISO 32000-2, 7.3.7, leaves it open). Where the two differ, nobody can say what was signed.
qpdf tells where it happened; then both parsers are asked what the object says.
"""

import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf.alike import Forms
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.object_streams import members_of, pieces_of, unpacked
from signatures.pdf.parsers import Document
from signatures.pdf.report import Finding

_TWICE = re.compile(r"\((?:.*?object (\d+) (\d+)|trailer)[^)]*\): dictionary has duplicated key")
_NAMED = 5  # in a report


def read_in_two_ways(document: Document) -> list[Finding]:
    """Name the objects that the two parsers read differently, because a key stands there twice."""
    numbers = sorted(set(_found(document)))
    named = [f"object {number}" if number else "the trailer" for number in numbers[:_NAMED]]
    return [Finding.of("read-in-two-ways", what=", ".join(named))] if named else []


def _found(document: Document) -> Iterator[int]:
    """Let qpdf read whatever may repeat a key; it speaks of an object when it has read it.

    The trailer has the number 0.
    """
    for _ in document.read(_may_repeat(document)):
        pass
    for warning in document.qpdf.get_warnings():
        if (found := _TWICE.search(str(warning))) is None:
            continue
        if found[1] is None:
            yield from () if _same_trailers(document) else (0,)
            continue
        number, generation = int(found[1]), int(found[2])
        try:
            reader: Any = document.reader
            first = reader.get_object(generic.Reference(number, generation, reader))
            same = _same(first, document.qpdf.get_object(number, generation))
        except (PdfError, pikepdf.PdfError, *MALFORMED):
            same = False
        if not same:
            yield number


def _may_repeat(document: Document) -> set[tuple[int, int]] | None:
    """Name the objects in use that may name a key twice; None when it may be any."""
    layout = document.layout
    if layout.apart is None:
        return None
    last, forms = document.reader.xrefs.total_revisions - 1, Forms()
    streams = {
        number
        for number, data in unpacked(layout, last)
        if data is None or _repeats(document, number, data, forms)
    }
    alone = {layout.owners[place] for place in layout.alike.repeats}
    return alone | layout.apart | members_of(layout, streams, last)


def _repeats(document: Document, number: int, data: bytes, forms: Forms) -> bool:
    pieces = pieces_of(document.qpdf, number, data)
    return pieces is None or any(one.repeats or not one.is_value for one in forms.of(pieces))


def _same_trailers(document: Document) -> bool:
    first, last = document.reader.trailer, document.qpdf.trailer
    both = [key for key in ("/Root", "/Info") if key in first and key in last]
    return all(_same(first.raw_get(key), last[key]) for key in both)


def _same(first: Any, last: Any) -> bool:
    """Say whether a value is the same for both parsers, as far as its own object goes."""
    match first:
        case generic.IndirectObject():
            if isinstance(last, pikepdf.Object) and last.is_indirect:
                return bool((first.idnum, first.generation) == last.objgen)
            reference: Any = first
            return _same(reference.get_object(), last)
        case generic.DictionaryObject():
            if not isinstance(last, pikepdf.Dictionary | pikepdf.Stream):
                return False
            keys = {str(key) for key in first} - {"/Length"}
            return keys == set(last.keys()) - {"/Length"} and all(
                _same(first.raw_get(key), last[key]) for key in keys
            )
        case generic.ArrayObject():
            return (
                isinstance(last, pikepdf.Array)
                and len(first) == len(last)
                and all(_same(first.raw_get(at), last[at]) for at in range(len(first)))
            )
        case generic.NullObject():
            return last is None
        case generic.BooleanObject():
            return bool(first) is last
        case generic.NumberObject() | generic.FloatObject():
            return not isinstance(last, pikepdf.Object | bool) and float(first) == float(last)
        case generic.NameObject():
            return isinstance(last, pikepdf.Name) and str(first) == str(last)
        case generic.TextStringObject() | generic.ByteStringObject():
            return isinstance(last, pikepdf.String) and first.original_bytes == bytes(last)
    return False
