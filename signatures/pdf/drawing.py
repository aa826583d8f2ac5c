"""A revision of a file as a viewer would show it: pages with annotations and forms, by pdfium.

A page of any size is drawn on about the same number of pixels, in strips, so that memory is bounded
by us and not by the file. Nothing in the file is run: this pdfium has neither JavaScript nor XFA.
"""

import ctypes
import logging
import math
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from signatures.pdf.source import Source

LONGEST_SIDE = 8192  # pixels
STRIP_PIXELS = 1024 * 1024  # drawn at once, 4 bytes each
_DEPTH = 4  # bytes of a pixel
_WHITE = (255, 255, 255, 255)
_BLACK = (0, 0, 0, 255)

Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels of a page

logging.getLogger("pypdfium2").setLevel(logging.CRITICAL + 1)


class NotDrawn(Exception):  # noqa: N818 - reads as the finding it is
    """A document or a page cannot be drawn at all; the text says which."""


@dataclass(frozen=True)
class Canvas:
    """The pixels that a page is drawn on."""

    width: int
    height: int

    @classmethod
    def of(cls, size: tuple[float, float], pixels: int) -> "Canvas":
        """Scale a page to about so many pixels, whatever its size is, and keep its shape."""
        width, height = (side if math.isfinite(side) and side > 0 else 1.0 for side in size)
        scale = math.sqrt(pixels / width / height)
        sides = (min(LONGEST_SIDE, max(1, round(side * scale))) for side in (width, height))
        return cls(*sides)

    @property
    def strips(self) -> Iterator[tuple[int, int]]:
        """Yield first row and number of rows of every strip."""
        rows = max(1, STRIP_PIXELS // self.width)
        for top in range(0, self.height, rows):
            yield top, min(rows, self.height - top)


@dataclass(frozen=True)
class Drawing:
    """One revision, open in pdfium."""

    document: Any  # a pypdfium2.PdfDocument

    @property
    def pages(self) -> int:
        """Return how many pages there are."""
        return len(self.document)

    @contextmanager
    def page(self, index: int) -> Iterator["Page"]:
        """Open a page, counted from 0.

        :raises NotDrawn: when pdfium cannot.
        """
        try:
            page = self.document[index]
        except pypdfium2.PdfiumError as error:
            raise NotDrawn(f"page {index + 1}") from error
        try:
            yield Page(page, self.document.formenv)
        finally:
            page.close()


@dataclass(frozen=True)
class Page:
    """One page, ready to be drawn."""

    page: Any
    forms: Any

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height as a viewer shows it, rotated and cropped, in points."""
        width, height = self.page.get_size()
        return float(width), float(height)

    def strip(self, canvas: Canvas, top: int, rows: int, *, fields: bool = True) -> "Strip":
        """Draw some rows of a page, with its annotations and, if asked, its form fields."""
        bitmap = pypdfium2.PdfBitmap.new_native(canvas.width, rows, pdfium.FPDFBitmap_BGRx)
        bitmap.fill_rect(_WHITE, 0, 0, canvas.width, rows)
        place = (0, -top, canvas.width, canvas.height, 0, pdfium.FPDF_ANNOT)
        pdfium.FPDF_RenderPageBitmap(bitmap, self.page, *place)
        if fields and self.forms is not None:
            pdfium.FPDF_FFLDraw(self.forms, bitmap, self.page, *place)
        return Strip(bitmap, canvas.width, top, rows)

    def box(self, canvas: Canvas, rect: tuple[float, float, float, float]) -> Box:
        """Say where a rectangle of the page, in its own points, stands on the canvas."""
        corners = [self._point(canvas, x, y) for x in rect[::2] for y in rect[1::2]]
        across, down = zip(*corners, strict=True)
        return min(across) - 1, min(down) - 1, max(across) + 2, max(down) + 2

    def _point(self, canvas: Canvas, x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        place = (0, 0, canvas.width, canvas.height, 0)
        pdfium.FPDF_PageToDevice(self.page, *place, x, y, across, down)
        return across.value, down.value


@dataclass(frozen=True)
class Strip:
    """Some rows of a page as pixels."""

    bitmap: Any
    width: int
    top: int
    rows: int

    @property
    def pixels(self) -> bytes:
        """Return all pixels, row by row, four bytes each."""
        return bytes(self.bitmap.buffer)

    def clipped(self, box: Box) -> Box | None:
        """Return the part of a box that lies in this strip, None if there is none."""
        left, right = max(0, box[0]), min(self.width, box[2])
        top, bottom = max(self.top, box[1]), min(self.top + self.rows, box[3])
        return (left, top, right, bottom) if left < right and top < bottom else None

    def blackened(self, box: Box) -> None:
        """Cover a part of this strip, so that it is not compared."""
        left, top, right, bottom = box
        self.bitmap.fill_rect(_BLACK, left, top - self.top, right - left, bottom - top)

    def cut(self, box: Box) -> list[bytes]:
        """Return the rows of a part of this strip."""
        left, top, right, bottom = box
        stride, view = self.bitmap.stride, memoryview(self.bitmap.buffer).cast("B")
        starts = (stride * (row - self.top) for row in range(top, bottom))
        return [bytes(view[at + _DEPTH * left : at + _DEPTH * right]) for at in starts]


@contextmanager
def drawn(source: Source, end: int) -> Iterator[Drawing]:
    """Open the file as it was when it ended at ``end``.

    :raises NotDrawn: when pdfium cannot read it.
    """
    with _memory(source) as start:
        raw = pdfium.FPDF_LoadMemDocument64(start, end, None)
        if not raw:
            raise NotDrawn("the document")
        document = pypdfium2.PdfDocument(raw)
        try:
            document.init_forms()
            yield Drawing(document)
        except pypdfium2.PdfiumError as error:
            raise NotDrawn("its form") from error
        finally:
            document.close()


@contextmanager
def _memory(source: Source) -> Iterator[Any]:
    """Give pdfium the bytes where they are; a mapped file is mapped again, not read."""
    if isinstance(source.data, bytes):
        yield source.data
        return
    assert source.path is not None
    with (
        source.path.open("rb") as handle,
        mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_COPY) as mapped,
    ):
        held = (ctypes.c_char * len(mapped)).from_buffer(mapped)
        try:
            yield ctypes.addressof(held)
        finally:
            del held
