"""Step 6: what the increments behind a signature changed, object by object, by its role.

Allowed are a document security store (DSS), a document timestamp and, behind a signature that is
not the last, a further signature in an invisible or a waiting field; with them the bookkeeping that
their writers do (extensions, version, date of modification). Everything else is a change. A role is
claimed from the catalog downwards; an object that nobody claimed is a change, whoever wrote it.

The checker reads what the increments touch and nothing else of the signed revision, so an honest
file of any size costs the same. Two traps are closed here: an overwritten object that the DSS
lists as well, and a new object whose number the signed pages already refer to.
"""

import re
from collections.abc import Callable
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf.cosigning import check_cosigning, signing_of
from signatures.pdf.dangling import metadata_number, referred_before
from signatures.pdf.entries import entry_faults
from signatures.pdf.increments import Unaccounted, account, signed_revision
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.metadata import metadata_changes, trailer_entry
from signatures.pdf.parsers import Document
from signatures.pdf.report import plain
from signatures.pdf.store_growth import check_store
from signatures.pdf.views import Signed, View, different, items_of, raw_of, ref_of

LONGEST_LIST = 5  # changes named in a report
_EXTENSION_DEPTH = 4


def changes_after(document: Document, end: int, signed: list[Signed]) -> tuple[str, ...]:
    """Name every change behind the byte where a signature ends; an empty tuple means none.

    ``signed`` are all signatures and document timestamps of the file.
    """
    try:
        revision = signed_revision(document, end)
        increments = account(document, revision, end)
    except Unaccounted as unaccounted:
        return (str(unaccounted),)
    views = [View(document, increment, revision, signed) for increment in increments]
    found = [fault for view in views for fault in _readable(lambda v=view: _faults(v), _INCREMENT)]  # type: ignore[misc]
    if views:
        found += _readable(lambda: metadata_changes(document, revision), "the metadata")
    if not found and views:
        found += _readable(lambda: _shared(document, revision, views), "the signed content")
    return tuple(dict.fromkeys(found))[:LONGEST_LIST]


_INCREMENT = "an increment"


def _readable(check: Callable[[], list[str]], what: str) -> list[str]:
    try:
        return check()
    except (PdfError, *MALFORMED) as error:
        return [f"{what} cannot be read ({type(error).__name__})"]


def _faults(view: View) -> list[str]:
    """Return what one increment changes and must not."""
    view.wrong += entry_faults(view.document, view.increment.revision)
    signing = signing_of(view)
    _claim_containers(view)
    before, after = _catalogs(view)
    if after is not None:
        _catalog(view, before, after, signing)
    _information(view)
    view.wrong += [
        _unclaimed(view, ref)
        for ref in sorted(view.written - view.claimed)
        if view.was(ref) is not None or view.now(ref) is not None  # else free, as before
    ]
    if not view.wrong and signing is None and not view.store:
        view.wrong.append("an increment brings neither a signature nor evidence")
    return view.wrong


def _unclaimed(view: View, ref: tuple[int, int]) -> str:
    """Name an object that nobody claimed, and on a certified document what it does there."""
    name, value = view.described(ref), view.now(ref)
    is_note = isinstance(value, dict) and "/Rect" in value and "/FT" not in value
    return f"an annotation on a certified document: {name}" if is_note and view.certified else name


def _claim_containers(view: View) -> None:
    """Claim the cross-reference stream and the object streams that hold the objects."""
    xrefs = view.reader.xrefs
    info = xrefs.get_xref_container_info(view.increment.revision)
    held = xrefs.get_xref_data(view.increment.revision).xrefs_in_objstm
    numbers = {place.obj_stream_id for place in held.values()}
    if info.stream_ref is not None:
        numbers.add(info.stream_ref.idnum)
    for number in numbers:
        if view.was((number, 0)) is not None:
            view.wrong.append(f"a table of objects overwrites object {number}")
        view.claimed.add((number, 0))


def _catalogs(view: View) -> tuple[Any, Any]:
    trailer = view.reader.trailer
    root = ref_of(trailer.raw_get("/Root", revision=view.increment.revision))
    if root != ref_of(trailer.raw_get("/Root", revision=view.base)):
        view.wrong.append("another catalog")
        return None, None
    view.claimed.add(root)
    return view.was(root), view.now(root)


def _catalog(view: View, before: Any, after: Any, signing: Signed | None) -> None:
    for key in different(before, after):
        if not _may_change(view, after, key, signing):
            view.wrong.append(f"the catalog's {plain(key)}")
    check_store(view, before, after)
    if raw_of(before, "/DSS") != raw_of(after, "/DSS"):
        view.store.add(0)
    if signing is not None:
        check_cosigning(view, before, after, signing)
    if "/Metadata" in after:
        _metadata(view, after.raw_get("/Metadata"))


def _may_change(view: View, after: Any, key: str, signing: Signed | None) -> bool:
    match key:
        case "/DSS":
            return True
        case "/AcroForm":
            return signing is not None
        case "/Version":
            return re.fullmatch(r"/\d\.\d", str(after.get(key))) is not None
        case "/Extensions":
            return key in after and _shows_nothing(view, after.raw_get(key), _EXTENSION_DEPTH)
    return False


def _metadata(view: View, raw: Any) -> None:
    """Claim the metadata, at the place it had; what it says is compared at the end."""
    if view.claim(raw):
        stream = view.now(ref_of(raw))
        kind = (stream.get("/Type"), stream.get("/Subtype"))
        if kind != ("/Metadata", "/XML") or not isinstance(stream, generic.StreamObject):
            view.wrong.append("the metadata is none")


def _information(view: View) -> None:
    """Claim the information dictionary; what it says is compared at the end."""
    raw, old = (
        trailer_entry(view.document, revision, "/Info")
        for revision in (view.increment.revision, view.increment.revision - 1)
    )
    view.claim_same(raw, old, "the document's information")


def _shows_nothing(view: View, raw: Any, depth: int) -> bool:
    """Claim a small tree of direct values, dictionaries and arrays that shows nothing."""
    if depth == 0:
        return False
    view.claim_new(raw, "an extension")
    value = view.value(raw)
    if isinstance(value, generic.StreamObject):
        return False
    if isinstance(value, generic.DictionaryObject):
        return all(_shows_nothing(view, value.raw_get(key), depth - 1) for key in value)
    return all(_shows_nothing(view, member, depth - 1) for member in items_of(value))


def _shared(document: Document, revision: int, views: list[View]) -> list[str]:
    """Find what the signed content uses in another role than the increments do."""
    guarded = {number: allowed for view in views for number, allowed in view.guarded.items()}
    metadata = metadata_number(document, revision)
    if metadata is not None and any((metadata, 0) in view.written for view in views):
        guarded[metadata] = lambda key: key == "/Metadata"
    fresh = {number for view in views for number in view.new_numbers}
    return referred_before(document, revision, fresh, guarded)
