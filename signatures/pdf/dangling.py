"""Step 6: what the signed content refers to and an increment wrote later.

A page may name an object that does not exist and show nothing; whoever adds the object later
changes what the page shows. The same holds for an object that an increment may rewrite in one role
(a container of the store, the metadata, a field) while a page uses it in another.
"""

from collections.abc import Callable, Iterator, Set
from typing import Any

from pyhanko.pdf_utils import generic

from signatures.pdf.mentions import could_refer
from signatures.pdf.parsers import Document, touched
from signatures.pdf.references import references_to
from signatures.pdf.views import Ref, is_reference, items_of, object_at, raw_of, ref_of


def referred_before(
    document: Document, revision: int, fresh: set[int], guarded: dict[int, Callable[[str], bool]]
) -> list[str]:
    """Find signed content that already refers to an object which an increment wrote.

    ``fresh`` are the numbers that came later; ``guarded`` maps the others to the names under which
    they may be filed, as a rule.
    """
    later = {
        ref
        for after in range(revision + 1, document.reader.xrefs.total_revisions)
        for ref in touched(document, after)
    }
    for key, number in _signed_references(document, revision, later, fresh | guarded.keys()):
        if number in fresh:
            return [f"signed content refers to object {number}, which was added later"]
        if number in guarded and not guarded[number](key):
            return [f"signed content uses object {number} as something else, too"]
    return []


def _signed_references(
    document: Document, revision: int, later: set[Ref], numbers: Set[int]
) -> Iterator[tuple[str, int]]:
    """Yield every reference in the signed revision to some objects that an increment wrote.

    With each comes the name it is filed under, if any; there may be references to others, too.

    What no increment touched is the same in the final file, where qpdf reads it fast: all of it, or
    what ``could_refer`` leaves of it. The rest is read from the signed revision, and so is what
    qpdf takes for null.
    """
    possible = could_refer(document.layout, revision, numbers)
    if possible is None:
        final, looked_at = document.references, _written(document, revision)
    else:
        final, looked_at = references_to(numbers, document.read(possible - later)), possible
    for one in final:
        if one.holder not in later:
            yield one.key, one.number
    for ref in later | _nulls(document, looked_at):
        waiting = [("", object_at(document, ref, revision))]
        while waiting:
            key, value = waiting.pop()
            if is_reference(value):
                yield key, value.idnum
            elif isinstance(value, generic.DictionaryObject):
                waiting += [(str(name), value.raw_get(name)) for name in value]
            else:
                waiting += [("", member) for member in items_of(value)]


def _written(document: Document, revision: int) -> set[Ref]:
    return {ref for before in range(revision + 1) for ref in touched(document, before)}


def _nulls(document: Document, refs: Set[Ref]) -> set[Ref]:
    """Name what qpdf takes for null: it is that, or damaged, or there for new readers only."""
    return {ref for ref in refs if document.qpdf.get_object(ref) is None}


def metadata_number(document: Document, revision: int) -> int | None:
    """Return the object number of a revision's metadata, None if it has none of its own."""
    root = document.reader.trailer.raw_get("/Root", revision=revision)
    catalog = object_at(document, ref_of(root), revision)
    raw: Any = raw_of(catalog, "/Metadata")
    return int(raw.idnum) if is_reference(raw) else None
