"""Where on a page there is room for a stamp, so that no signer covers what another one signed."""

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pikepdf

from signatures.pdf.appearance import Appearance
from signatures.pdf.drawing import Canvas, NotDrawn, drawn
from signatures.pdf.ink import is_blank
from signatures.pdf.source import Source

_PIXELS = 256 * 1024
_MARGIN, _BETWEEN = 36, 10  # points
_LOWEST = 24  # points
_TRIED = 200  # places on a page
_SMALLEST = 120  # points: narrower, nobody could read it

Rect = tuple[float, float, float, float]  # left, bottom, right, top


def placed(pdf: bytes, wanted: Appearance) -> Appearance:
    """Give an appearance without a box the lowest one in which nothing is drawn and nothing waits.

    Where there is none, or the page cannot be drawn, it is the lowest of all.
    """
    if wanted.box is not None:
        return wanted
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        pages = opened.pages
        index = wanted.page % len(pages) if wanted.page < 0 else wanted.page - 1
        page = pages[index]
        shown = [float(side) for side in page.mediabox]
        taken = [_rect(note) for note in page.obj.get("/Annots", ()) if "/Rect" in note]
    boxes = [*islice(_boxes(shown), _TRIED)]
    free = [one for one in boxes if not any(_meet(_corners(one), other) for other in taken)]
    box = next(_blank(pdf, index, free), boxes[0])
    return replace(wanted, box=box)


def _boxes(shown: list[float]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the boxes of a page, from the lowest up, each row from the left."""
    one, two, three, four = (int(side) for side in shown)
    left, bottom, right, top = min(one, three), min(two, four), max(one, three), max(two, four)
    width, height = Appearance.SIZE
    width = max(_SMALLEST, min(width, right - left - 2 * _MARGIN))
    for low in range(bottom + _LOWEST, max(bottom + _LOWEST + 1, top - height), height + _BETWEEN):
        for across in range(
            left + _MARGIN, max(left + _MARGIN + 1, right - width - _MARGIN + 1), width + _BETWEEN
        ):
            yield across, low, width, height


def _blank(
    pdf: bytes, index: int, boxes: list[tuple[int, int, int, int]]
) -> Iterator[tuple[int, int, int, int]]:
    try:
        with drawn(Source(pdf), len(pdf)) as drawing, drawing.page(index) as page:
            canvas = Canvas.of(page.size, _PIXELS)
            strip = page.strip(canvas, 0, canvas.height)
            scale = canvas.width / page.size[0]
            for box in boxes:
                part = strip.clipped(page.box(canvas, _corners(box)))
                if part is not None and is_blank(strip.cut(part), scale):
                    yield box
    except NotDrawn:
        return


def _corners(box: tuple[int, int, int, int]) -> Rect:
    left, bottom, width, height = box
    return left, bottom, left + width, bottom + height


def _rect(note: pikepdf.Object) -> Rect:
    one, two, three, four = (float(side) for side in note.Rect)
    return min(one, three), min(two, four), max(one, three), max(two, four)


def _meet(one: Rect, other: Rect) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
