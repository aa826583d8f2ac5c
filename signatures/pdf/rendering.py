"""Step 6, the cross-check: the signed revision and the final one look alike, on every page.

What the increments changed is judged object by object before. Here another program draws both
revisions as a viewer would and compares them pixel by pixel; nothing is tolerated, because the same
content drawn by the same program gives the same pixels. What a further signature may show is its
stamp: in an area that waited for it, where it must not hide what was signed, or where nothing is
beneath it but a line to sign on.

Pages are drawn whenever anything was written that could be seen. An increment that brings nothing
but new evidence writes no object that a page leads to; then there is nothing to compare. Every page
is drawn, as long as all of them are not too much; past that, those are that lead to anything that
was written since, and if they are too much as well, nothing is decided.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from operator import le

import pikepdf

from signatures.pdf.changes import LONGEST_LIST
from signatures.pdf.drawing import Box, Canvas, Drawing, NotDrawn, Page, Strip, drawn
from signatures.pdf.effort import Effort
from signatures.pdf.increments import signed_revision
from signatures.pdf.ink import is_blank, is_drowned
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
_EDGE = 2  # pixels by which a box is wider than the area it was made for


@dataclass(frozen=True)
class _Area:
    """A field that was signed since and may show a stamp now."""

    name: str
    page: int
    rect: tuple[float, float, float, float]
    waited: bool  # the signer before knew the place


@dataclass(frozen=True)
class _Plan:
    """Which pages are drawn, counted from 0, and on how many pixels each."""

    pages: Sequence[int]
    pixels: int


@dataclass(frozen=True)
class Looks:
    """How one document looks at the end of each of its signatures; they share one budget."""

    document: Document
    signed: list[Signed]
    limits: Limits

    def differences(self, end: int) -> tuple[str, ...]:
        """Name the pages that look different since the byte where a signature ends.

        :raises Unjudgeable: with ``too-much-to-draw`` or ``not-drawn``.
        """
        revision = signed_revision(self.document, end)
        written = _overwritten(self.document, revision)
        if not written:
            return ()
        plan = self._planned(written)
        areas = _areas(self.document, revision, end, self.signed)
        certified = any(one.leaves.certifies for one in self.signed if one.end <= end)
        source = self.document.source
        try:
            with drawn(source, end) as before, drawn(source, source.length) as after:
                found = _compared(before, after, areas, certified, plan)
                return tuple(islice(found, LONGEST_LIST))
        except NotDrawn as not_drawn:
            raise Unjudgeable(Finding.of("not-drawn", what=not_drawn)) from not_drawn

    @cached_property
    def _share(self) -> Limits:
        sharing = max(1, sum(one.kind == "signature" for one in self.signed))
        pixels, steps = self.limits.drawn_pixels, self.limits.drawn_steps
        return replace(self.limits, drawn_pixels=pixels // sharing, drawn_steps=steps // sharing)

    @cached_property
    def _steps(self) -> list[int]:
        effort = Effort(self._share.drawn_steps)
        return [effort.of(page) for page in self.document.qpdf.pages]

    def _planned(self, written: set[Ref]) -> _Plan:
        """Draw every page, if that is not too much; else those that lead to what was written.

        :raises Unjudgeable: with ``too-much-to-draw`` when these are too much, too.
        """
        chosen: Sequence[int] = range(len(self._steps))
        if not self._affordable(chosen):
            reach, pages = Reach(self.document.qpdf, written), self.document.qpdf.pages
            chosen = [n for n, page in enumerate(pages) if not reach.is_untouched(page)]
        if not self._affordable(chosen):
            raise Unjudgeable(Finding.of("too-much-to-draw", limit=self.limits.drawn_pixels))
        return _Plan(chosen, self._pixels(chosen))

    def _affordable(self, pages: Sequence[int]) -> bool:
        steps = sum(self._steps[page] for page in pages)
        pixels = 2 * len(pages) * _COARSEST
        return steps <= self._share.drawn_steps and pixels <= self._share.drawn_pixels

    def _pixels(self, pages: Sequence[int]) -> int:
        """Return the pixels of each page: fewer, the more there is to draw."""
        by_pages = self._share.drawn_pixels // 2 // max(1, len(pages))
        steps = sum(self._steps[page] for page in pages)
        by_steps = self._share.drawn_steps * _COARSEST // max(1, steps)
        return min(by_pages, by_steps, _FINEST)


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


def _areas(document: Document, revision: int, end: int, signed: list[Signed]) -> list[_Area]:
    """Find the fields that were signed since, each where it stands; one that stands twice is none.

    What they show elsewhere makes a page look different.
    """
    filled = {one.field: one for one in signed if one.end > end}
    found = [*_widgets(document, set(filled))] if filled else []
    shown = Counter(ref for _, ref, _ in found)
    return [
        _Area(filled[ref].name, page, rect, object_at(document, ref, revision) is not None)
        for page, ref, rect in found
        if shown[ref] == 1
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
    before: Drawing, after: Drawing, areas: list[_Area], certified: bool, plan: _Plan
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
    scale = canvas.width / max(1.0, old.size[0])
    hidden: set[str] = set()
    for top, rows in canvas.strips:
        was, now = (page.strip(canvas, top, rows) for page in (old, new))
        bare = old.strip(canvas, top, rows, fields=False) if areas else was
        parts = [(area, was.clipped(new.box(canvas, area.rect))) for area in areas]
        here = [(area, part) for area, part in parts if part is not None]
        for area, part in here:
            if area.waited:
                hides = _hides(bare, now, part, certified)
            else:
                hides = not is_blank(was.cut(_inside(part, _EDGE)), scale)
            if hides:
                hidden.add(area.name)
        for _, part in here:
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
        inner = bare.cut(_inside(part, _BORDER))
        return len({row[at : at + 4] for row in inner for at in range(0, len(row), 4)}) > 1
    signed, shown = bare.cut(part), now.cut(part)
    only_adds = all(all(map(le, one, other)) for one, other in zip(shown, signed, strict=True))
    return not only_adds or is_drowned(signed, shown)


def _inside(part: Box, edge: int) -> Box:
    left, top, right, bottom = part
    return left + edge, top + edge, right - edge, bottom - edge
