"""Step 3, over time: signatures that a file had once and has no more.

Who signs last can take the field of an earlier signer out of the form. What the last one signed is
whole then, and nothing says any more that somebody else had signed, but perhaps a stamp on a page.
A field that was emptied and signed anew is the ordinary way to correct oneself.
"""

from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf.malformed import MALFORMED
from signatures.pdf.parsers import Document
from signatures.pdf.policy import Limits
from signatures.pdf.report import Finding, plain
from signatures.pdf.views import Ref, is_reference, items_of, object_at, raw_of, ref_of

WORD = b"/ByteRange"  # of which every signature in a file has one, counted in step 1


def removed_signatures(document: Document, found: int, limits: Limits) -> list[Finding]:
    """Name the signatures of earlier revisions that are gone; ``found`` are those still there."""
    if document.source.count(WORD) <= found:
        return []
    last = document.reader.xrefs.total_revisions - 1
    now = {value for _, value in _signed(document, last, limits)}
    fields = {ref for ref, _ in _fields(document, last, limits)}
    gone: dict[tuple[Ref, Ref], str] = {}
    for revision in range(last):
        then = _signed(document, revision, limits)
        gone = {one: name for one, name in then.items() if one[1] not in now} | gone
    return [
        Finding.of("signature-replaced" if field in fields else "signature-removed", field=name)
        for (field, _), name in sorted(gone.items())
    ]


def _signed(document: Document, revision: int, limits: Limits) -> dict[tuple[Ref, Ref], str]:
    """Name the signed fields of a revision, each by its reference and that of its value."""
    found = {}
    for ref, field in _fields(document, revision, limits):
        raw = raw_of(field, "/V")
        held = _held(document, ref_of(raw), revision) if is_reference(raw) else None
        if isinstance(held, generic.DictionaryObject) and "/ByteRange" in held:
            found[ref, ref_of(raw)] = plain(str(field.get("/T", "")))
    return found


def _fields(document: Document, revision: int, limits: Limits) -> Iterator[tuple[Ref, Any]]:
    """Yield the fields of a revision, each once; a form that cannot be read has none."""

    def at(raw: Any) -> Any:
        return object_at(document, ref_of(raw), revision) if is_reference(raw) else raw

    try:
        root = at(document.reader.trailer.raw_get("/Root", revision=revision))
        waiting = items_of(at(raw_of(at(raw_of(root, "/AcroForm")), "/Fields")))
        seen: set[Ref] = set()
        while waiting and len(seen) <= limits.fields:
            one = waiting.pop()
            if not is_reference(one) or ref_of(one) in seen:
                continue
            seen.add(ref_of(one))
            field = at(one)
            if isinstance(field, generic.DictionaryObject):
                yield ref_of(one), field
                waiting += items_of(at(raw_of(field, "/Kids")))
    except (PdfError, *MALFORMED):
        return


def _held(document: Document, ref: Ref, revision: int) -> Any:
    """Return an object as a revision has it; what cannot be read is not there."""
    try:
        return object_at(document, ref, revision)
    except (PdfError, *MALFORMED):
        return None
