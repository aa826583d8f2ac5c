"""Step 6, the cross-check: the signed revision and the final one look alike, on every page.

What the increments changed is judged object by object before. Here another program draws both
revisions as a viewer would and compares them pixel by pixel; nothing is tolerated, because the same
content drawn by the same program gives the same pixels. What a further signature may show is its
stamp, in the area that waited for it, and the stamp must not hide what was signed there.

Pages are drawn whenever anything was written that could be seen. An increment that brings nothing
but new evidence writes no object that a page leads to; then there is nothing to compare. Every page
is drawn, as long as all of them are not too much; past that, those are that lead to anything that
was written since, and if they are too much as well, nothing is decided.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from operator import le

import pikepdf

from signatures.pdf.changes import LONGEST_LIST
from signatures.pdf.drawing import Box, Canvas, Drawing, NotDrawn, Page, Strip, drawn
from signatures.pdf.effort import Effort
from signatures.pdf.increments import signed_revision
from signatures.pdf.metadata import trailer_entry
from signatures.pdf.parsers import Document, touched
from signatures.pdf.policy import Limits
from signatures.pdf.reach import Reach
from signatures.pdf.report import Finding
from signatures.pdf.source import Unjudgeable
from signatures.pdf.views import Ref, Signed, different, is_reference, object_at, raw_of, ref_of

_FINEST, _COARSEST = 256 * 1024, 16 * 1024  # pixels of a page
_NEVER_SEEN = {"/DSS", "/Extensions", "/Version", "/Metadata"}  # in a catalog
_BORDER = 3  # pixels at the edge of a field's area, where its frame may stand


@dataclass(frozen=True)
class _Area:
    """A field that waited for its signature and may show a stamp now."""

    name: str
    page: int
    rect: tuple[float, float, float, float]


def differences(
    document: Document, end: int, signed: list[Signed], limits: Limits
) -> tuple[str, ...]:
    """Name the pages that look different since the byte where a signature ends.

    :raises Unjudgeable: with ``too-much-to-draw`` or ``not-drawn``.
    """
    revision = signed_revision(document, end)
    written = _overwritten(document, revision)
    if not written:
        return ()
    plan = _planned(document, written, limits)
    areas = _areas(document, revision, end, signed)
    certified = any(one.leaves.certifies for one in signed if one.end <= end)
    try:
        with ExitStack() as opened:
            before, after = (
                opened.enter_context(drawn(document.source, length))
                for length in (end, document.source.length)
            )
            found = _compared(before, after, areas, certified, plan)
            return tuple(islice(found, LONGEST_LIST))
    except NotDrawn as not_drawn:
        raise Unjudgeable(Finding.of("not-drawn", what=not_drawn)) from not_drawn


def _overwritten(document: Document, revision: int) -> set[Ref]:
    """Return what was overwritten since a revision and could be seen."""
    last = document.reader.xrefs.total_revisions - 1
    written = {ref for later in range(revision + 1, last + 1) for ref in touched(document, later)}
    root = trailer_entry(document, revision, "/Root")
    was, now = (object_at(document, ref_of(root), one) for one in (revision, last))
    aside = [trailer_entry(document, revision, "/Info"), raw_of(was, "/Metadata")]
    unseen = {ref_of(raw) for raw in aside if is_reference(raw)}
    if set(different(was, now)) <= _NEVER_SEEN:
        unseen.add(ref_of(root))
    return {ref for ref in written - unseen if object_at(document, ref, revision) is not None}


@dataclass(frozen=True)
class _Plan:
    """Which pages are drawn, and on how many pixels each."""

    pages: Sequence[int]
    pixels: int


def _planned(document: Document, written: set[Ref], limits: Limits) -> _Plan:
    """Draw every page, if that is not too much; else those that lead to what was written.

    :raises Unjudgeable: with ``too-much-to-draw`` when these are too much, too.
    """
    effort, pages = Effort(limits.drawn_steps), document.qpdf.pages
    steps = [effort.of(page) for page in pages]
    drawn_pages: Sequence[int] = range(len(pages))
    if not _is_affordable(len(pages), sum(steps), limits):
        reach = Reach(document.qpdf, written)
        drawn_pages = [n for n, page in enumerate(pages) if not reach.is_untouched(page)]
    asked = sum(steps[index] for index in drawn_pages)
    if not _is_affordable(len(drawn_pages), asked, limits):
        raise Unjudgeable(Finding.of("too-much-to-draw", limit=limits.drawn_pixels))
    by_pages = limits.drawn_pixels // 2 // max(1, len(drawn_pages))
    by_steps = limits.drawn_steps * _COARSEST // max(1, asked)
    return _Plan(drawn_pages, min(by_pages, by_steps, _FINEST))


def _is_affordable(pages: int, steps: int, limits: Limits) -> bool:
    return steps <= limits.drawn_steps and 2 * pages * _COARSEST <= limits.drawn_pixels


def _areas(document: Document, revision: int, end: int, signed: list[Signed]) -> list[_Area]:
    """Find the fields that waited in the signed revision and were signed since."""
    filled = {
        one.field: one
        for one in signed
        if one.end > end and object_at(document, one.field, revision) is not None
    }
    return [
        _Area(filled[ref].name, page, rect)
        for page, ref, rect in (_widgets(document, set(filled)) if filled else ())
    ]


def _widgets(
    document: Document, wanted: set[Ref]
) -> Iterator[tuple[int, Ref, tuple[float, float, float, float]]]:
    for index, page in enumerate(document.qpdf.pages):
        notes = page.obj.get("/Annots")
        for note in notes if isinstance(notes, pikepdf.Array) else ():
            if isinstance(note, pikepdf.Dictionary) and note.objgen in wanted:
                left, bottom, right, top = (float(side) for side in note.Rect)
                yield index, note.objgen, (left, bottom, right, top)


def _compared(
    before: Drawing, after: Drawing, areas: list[_Area], certified: bool, plan: "_Plan"
) -> Iterator[str]:
    if before.pages != after.pages:
        yield f"{after.pages} pages are shown, {before.pages} were signed"
        return
    for index in plan.pages:
        here = [area for area in areas if area.page == index]
        with before.page(index) as old, after.page(index) as new:
            yield from _page(old, new, here, certified, plan.pixels, index + 1)


def _page(
    old: Page, new: Page, areas: list[_Area], certified: bool, pixels: int, number: int
) -> Iterator[str]:
    if old.size != new.size:
        yield f"page {number} has another size"
        return
    canvas = Canvas.of(old.size, pixels)
    boxes = {area.name: new.box(canvas, area.rect) for area in areas}
    hidden: set[str] = set()
    for top, rows in canvas.strips:
        was, now = (page.strip(canvas, top, rows) for page in (old, new))
        bare = old.strip(canvas, top, rows, fields=False) if boxes else was
        for name, box in boxes.items():
            if (part := was.clipped(box)) is not None:
                if _hides(bare, now, part, certified):
                    hidden.add(name)
                was.blackened(part)
                now.blackened(part)
        if was.pixels != now.pixels:
            yield f"page {number} looks different"
            break
    where = "in a visible area of a certified document, " if certified else ""
    for name in sorted(hidden):
        yield f"a stamped signature {name} {where}covers what was signed on page {number}"


def _hides(bare: Strip, now: Strip, part: Box, certified: bool) -> bool:
    """Say whether a stamp covers what the page itself shows in its area.

    On a certified document the area has to be blank, but for a frame; elsewhere a stamp may add to
    what is there, a line to sign on, and take nothing away.
    """
    if certified:
        left, top, right, bottom = part
        inner = bare.cut((left + _BORDER, top + _BORDER, right - _BORDER, bottom - _BORDER))
        return len({row[at : at + 4] for row in inner for at in range(0, len(row), 4)}) > 1
    return not all(
        all(map(le, shown, signed))
        for shown, signed in zip(now.cut(part), bare.cut(part), strict=True)
    )
