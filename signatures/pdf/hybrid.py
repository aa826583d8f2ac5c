"""Step 2, hybrid files: readers that know /XRefStm and readers that do not show the same document.

Word processors write such files (ISO 32000-2, 7.5.8.4): a table of objects for everyone, and a
cross-reference stream that adds objects which old readers take for free. That is honest as long as
nothing moves between the two views, and what only new readers find is the structure for screen
readers, which no page shows. The entries are compared, not what they point at; then every shown
object is looked at once.
"""

from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf.malformed import MALFORMED
from signatures.pdf.parsers import Document
from signatures.pdf.report import Finding
from signatures.pdf.source import Unjudgeable
from signatures.pdf.views import is_reference, members_of

SHOWN = 30_000  # objects that are followed
_NOT_SHOWN = "/StructTreeRoot"  # of the catalog: the document's structure
_READERS = (("table",), ("table", "stream"), ("stream", "table"))  # old ones, and two new ones
_Place = Any  # an offset, or the object stream and the index in it


def check_hybrid(document: Document) -> None:
    """Compare what the file's two kinds of tables say.

    :raises Unjudgeable: with ``hybrid-views`` where they show different documents.
    """
    if not document.hybrid:
        return
    hidden = set()
    for number in sorted(_in_streams(document)):
        old, *new = (_place(document, number, reader) for reader in _READERS)
        if new[0] != new[1] or (old is not None and old != new[0]):
            raise _different(f"object {number} is another for some readers")
        if old is None and new[0] is not None:
            hidden.add(number)
    try:
        shown = next((number for number in _shown(document) if number in hidden), None)
    except (PdfError, *MALFORMED) as error:
        raise _different(f"its objects cannot be followed ({type(error).__name__})") from error
    if shown is not None:
        raise _different(f"object {shown} is shown, and old readers do not find it")


def _different(what: str) -> Unjudgeable:
    return Unjudgeable(Finding.of("hybrid-views", what=what))


def _sections(document: Document) -> Iterator[Any]:
    """Yield the sections of the file's tables, the newest first."""
    xrefs = document.reader.xrefs
    for revision in range(xrefs.total_revisions - 1, -1, -1):
        yield xrefs.get_xref_data(revision)


def _in_streams(document: Document) -> set[int]:
    """Return the numbers about which the two views could differ."""
    found: set[int] = set()
    for section in _sections(document):
        if section.hybrid is not None:
            inner = section.hybrid.xref_data
            found |= {*inner.standard_xrefs, *inner.xrefs_in_objstm, *inner.freed}
    return found


def _place(document: Document, number: int, reader: tuple[str, ...]) -> _Place | None:
    """Return where a reader finds an object, None where it takes it for free or missing."""
    for section in _sections(document):
        stream = section.hybrid.xref_data if section.hybrid is not None else None
        tables = [{"table": section, "stream": stream}[name] for name in reader]
        for table in filter(None, tables):
            if number in table.standard_xrefs:
                return table.standard_xrefs[number]
            if number in table.xrefs_in_objstm:
                return table.xrefs_in_objstm[number]
        if any(number in table.freed for table in filter(None, tables)):
            return None
    return None


def _shown(document: Document) -> Iterator[int]:
    """Yield the number of every object that a page, the catalog or the file's title may show."""
    reader = document.reader
    root = reader.trailer.raw_get("/Root")
    waiting = [root] + [reader.trailer.raw_get(k) for k in ("/Info",) if k in reader.trailer]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if not is_reference(one):
            waiting += members_of(one)
        elif one.idnum not in seen:
            seen.add(one.idnum)
            yield one.idnum
            held = one.get_object()
            waiting += members_of(held) if one != root else _shown_by_catalog(held)
        if len(seen) > SHOWN:
            raise Unjudgeable(Finding.of("resource-count", what="hybrid objects", limit=SHOWN))


def _shown_by_catalog(catalog: Any) -> list[Any]:
    return [catalog.raw_get(key) for key in catalog if key != _NOT_SHOWN]
