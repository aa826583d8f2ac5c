"""Step 6: a further signature that is to be seen, in a field that nobody had prepared for it.

Contracts are signed by two or three parties, each with a stamp where there is room. Such a stamp is
accepted when it cannot pass for what was signed before: it stands on one page and inside of it, on
no more than a part of it, always visible, with one appearance that was written with it, rests on
nothing older and cannot be switched. That nothing lies beneath it is seen when the pages are drawn,
and step 7 sees to it that nothing is shown from outside.

On a certified document only the author says where stamps may stand.
"""

from collections.abc import Iterator
from math import isfinite
from typing import Any

import pikepdf
from pyhanko.pdf_utils import generic

from signatures.pdf.report import plain
from signatures.pdf.views import (
    Ref,
    Signed,
    View,
    is_reference,
    items_of,
    members_of,
    raw_of,
    ref_of,
)

LARGEST_PART = 0.25  # of a page: what stands on more is no stamp but a page of its own
_TOLERANCE = 1.0  # points by which an area may reach over the edge of its page
_PLAIN_FLAGS = 0b1011000100  # Print, ReadOnly, Locked, LockedContents (ISO 32000-2, table 167)
_FRAME_SAYS = {"/R"}  # of /MK; readers draw the rest themselves, each in its own way
_LAYERS = ("/OCG", "/OCMD")


def check_new_stamp(view: View, field: Any, signing: Signed) -> None:
    """Check a new field with an area: where it stands, and that it is always seen."""
    name = signing.name
    if view.certified:
        view.wrong.append(f"a stamped signature {name} in a visible area of a certified document")
        return
    view.wrong += _misplaced(view, field, signing)
    if _number(view, field, "/F") & ~_PLAIN_FLAGS:
        view.wrong.append(f"the new field {name} is not always seen")
    if set(view.value(raw_of(field, "/MK")) or {}) - _FRAME_SAYS:
        view.wrong.append(f"a frame around the new field {name}")
    if "/AP" in field and not _is_one_drawing(view, field.raw_get("/AP")):
        view.wrong.append(f"the appearance of {name} has several states")


def check_appearance(view: View, raw: Any, name: str, *, is_new: bool) -> None:
    """Check what an appearance refers to, all the way down.

    That of a new field refers to nothing older; one in a field that waited may, to fonts for one.
    """
    for ref, value in _below(view, raw):
        if ref is not None and value is None:
            if is_new:
                view.wrong.append(f"the appearance of {name} rests on object {ref[0]}")
        elif isinstance(value, generic.DictionaryObject):
            view.wrong += _faults(view, value, name)


def _faults(view: View, value: Any, name: str) -> Iterator[str]:
    named = view.value(raw_of(value, "/Properties"))
    layers = [value, *(view.value(one) for one in members_of(named))]
    if "/OC" in value or any(_kind(one) in _LAYERS for one in layers):
        yield f"the appearance of {name} can be switched"


def _kind(value: Any) -> str:
    return str(value.get("/Type")) if isinstance(value, generic.DictionaryObject) else ""


def _misplaced(view: View, field: Any, signing: Signed) -> Iterator[str]:
    raw = raw_of(field, "/P")
    page = view.value(raw) if is_reference(raw) else None
    listed = items_of(view.value(raw_of(page, "/Annots")))
    if signing.field not in [ref_of(one) for one in listed if is_reference(one)]:
        yield f"the new field {signing.name} is on no page"
        return
    left, bottom, right, top = _sorted(float(side) for side in field["/Rect"])
    shown = _shown(view, ref_of(raw))
    inside = (
        left >= shown[0] - _TOLERANCE
        and bottom >= shown[1] - _TOLERANCE
        and right <= shown[2] + _TOLERANCE
        and top <= shown[3] + _TOLERANCE
    )
    if not inside:
        yield f"the new field {signing.name} reaches over the edge of its page"
    area = (right - left) * (top - bottom)
    if area > LARGEST_PART * (shown[2] - shown[0]) * (shown[3] - shown[1]):
        yield f"the new field {signing.name} takes a large part of its page"


def _shown(view: View, ref: Ref) -> tuple[float, float, float, float]:
    """Return the part of a page that is shown."""
    page = next(one for one in view.document.qpdf.pages if one.obj.objgen == ref)
    media, crop = (_sorted(float(side) for side in box) for box in (page.mediabox, page.cropbox))
    return (
        max(media[0], crop[0]),
        max(media[1], crop[1]),
        min(media[2], crop[2]),
        min(media[3], crop[3]),
    )


def _sorted(sides: Iterator[float]) -> tuple[float, float, float, float]:
    """Return a rectangle with its lower left corner first.

    :raises ValueError: for one that is none.
    """
    left, bottom, right, top = sides
    if not all(map(isfinite, (left, bottom, right, top))):
        raise ValueError
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _is_one_drawing(view: View, raw: Any) -> bool:
    """Say whether there is one appearance, whatever the pointer does, and it has one state."""
    held = view.value(raw)
    drawing = view.value(raw_of(held, "/N"))
    return set(held) == {"/N"} and isinstance(drawing, generic.StreamObject)


def _below(view: View, raw: Any) -> Iterator[tuple[Ref | None, Any]]:
    """Yield everything that an increment wrote below a value; older objects without their value."""
    waiting, seen = [raw], set()
    while waiting:
        one = waiting.pop()
        ref = ref_of(one) if is_reference(one) else None
        if ref in seen:
            continue
        if ref is not None:
            seen.add(ref)
            if ref not in view.written or view.was(ref) is not None:
                yield ref, None
                continue
            one = view.now(ref)
        yield ref, one
        waiting += members_of(one)


def _number(view: View, holder: Any, key: str) -> int:
    stated = view.value(raw_of(holder, key))
    return 0 if stated is None else int(stated)


def shows_texts(view: View) -> bool:
    """Say whether a note on any page shows a text in a font of the form (12.5.6.6)."""
    notes = (note for page in view.document.qpdf.pages for note in page.obj.get("/Annots") or ())
    return any(
        isinstance(note, pikepdf.Dictionary) and note.get("/Subtype") == "/FreeText"
        for note in notes
    )


def page_order(key: str, value: Any) -> bool:
    """Say whether an entry of a page only says in what order one goes through its fields."""
    return key == "/Tabs" and plain(str(value)) in {"/R", "/C", "/S", "/A", "/W"}
