"""How much drawing a page asks for, counted before it is drawn.

A page of a few hundred bytes can ask a viewer for hours: a form that draws another twice, and that
one another twice, thirty times over; a pattern of tiles that are smaller than a pixel; a picture of
a thousand million dots. Nothing interrupts a drawing program, so the work is estimated here, in
steps, from the bytes of the content streams and the names that occur in them. The estimate is never
far too low; where it is too high, a page is compared by its objects instead.

A step is what one byte of plain content costs on the coarsest canvas, about a tenth of a
microsecond.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from signatures.pdf.malformed import MALFORMED
from signatures.pdf.packed import Bottomless, dots_of, unfolded

_NESTING = 20  # forms within forms
_PER_USE = 150  # steps: what drawing anything named costs at least
_PER_PIXEL_SHADED = 800  # steps: a shading over the whole canvas
_PROGRAM = 1600  # steps: one byte of a calculator function, over the whole canvas
_UNFOLDED_PER_STEP = 16  # bytes of a font or a profile, which are read once
_SLOW_PICTURES = {"/DCTDecode", "/JPXDecode", "/JBIG2Decode", "/CCITTFaxDecode"}
_LONGEST = 1024 * 1024  # bytes of a mesh or a function
_COLOUR_DEPTH = 6  # colour spaces within colour spaces
_NAME = re.compile(rb"/([^\x00\t\n\f\r /\[\]<>(){}%]+)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_INLINE = re.compile(rb"(?<![A-Za-z])BI(?![A-Za-z])")
_SIDE = re.compile(rb"/(W|H|Width|Height)[\x00\t\n\f\r ]*(\d{1,9})")
_LOADED_ONCE = ("/Font", "/ColorSpace")
_KINDS = ("/XObject", "/Pattern", "/Shading", "/ExtGState", "/Font", "/ColorSpace")


def _is_drawn(font: Any) -> bool:
    return isinstance(font, pikepdf.Dictionary) and bool(font.get("/Subtype") == "/Type3")


class TooMuch(Exception):  # noqa: N818 - reads as the finding it is
    """A page asks for more steps than the limit, or for nobody knows how many."""


@dataclass
class Effort:
    """Counts the steps of pages of one document, up to ``limit``."""

    limit: int
    _known: dict[Any, int] = field(default_factory=dict)

    def of(self, page: pikepdf.Page) -> int:
        """Return the steps of one page with its annotations, ``limit`` + 1 when there are more."""
        try:
            total = self._streams(page)
            for appearance in _appearances(page.obj):
                total += self._form(appearance, page.resources, 0)
            return min(total, self.limit + 1)
        except (TooMuch, Bottomless, pikepdf.PdfError, UnicodeError, *MALFORMED):
            return self.limit + 1

    def _streams(self, page: pikepdf.Page) -> int:
        contents = page.obj.get("/Contents", pikepdf.Array())
        parts = [contents] if isinstance(contents, pikepdf.Stream) else list(contents)
        data = b"\n".join(_decoded(part, self.limit) for part in parts)
        box = [float(side) for side in page.mediabox]
        area = abs((box[2] - box[0]) * (box[3] - box[1]))
        return self._content(data, page.resources, 0, area)

    def _form(self, form: Any, inherited: Any, depth: int) -> int:
        own = form.get("/Resources")
        key = (form.objgen, None if own is not None else inherited.objgen)
        if key not in self._known:
            if depth > _NESTING:
                raise TooMuch
            self._known[key] = self.limit  # for a form that draws itself
            data = _decoded(form, self.limit)
            self._known[key] = self._content(data, own or inherited, depth + 1, None)
        return _PER_USE + self._known[key]

    def _content(self, data: bytes, resources: Any, depth: int, area: float | None) -> int:
        """Count a content stream: its bytes, and what it names as often as it names it."""
        if b"#" in data:
            data = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data)
        total = len(data) + _inline_pictures(data)
        named = Counter(_NAME.findall(data))
        for kind in _KINDS:
            held = resources.get(kind) or {}
            for name in held.keys():  # noqa: SIM118 - a pikepdf dictionary is no mapping
                if uses := named[name[1:].encode()]:
                    uses = 1 if kind in _LOADED_ONCE and not _is_drawn(held[name]) else uses
                    total += uses * self._use(kind, held[name], resources, depth, len(data), area)
                if total > self.limit:
                    raise TooMuch
        return total

    def _use(
        self, kind: str, one: Any, resources: Any, depth: int, length: int, area: float | None
    ) -> int:
        match kind:
            case "/XObject" if one.get("/Subtype") == "/Image":
                return _picture(one) + self._loaded(one.get("/ColorSpace"))
            case "/XObject":
                return self._form(one, resources, depth)
            case "/Pattern" if one.get("/PatternType") == 1:
                drawn_by = length // 4 + 1  # operators that may paint with it
                return drawn_by * (_tiles(one, area) + self._form(one, resources, depth))
            case "/Pattern":
                return (length // 4 + 1) * _shading(one.get("/Shading"))
            case "/Shading":
                return _shading(one)
            case "/ExtGState" if isinstance(one.get("/SMask"), pikepdf.Dictionary):
                return _PER_PIXEL_SHADED + self._form(one.SMask.G, resources, depth)
            case "/Font" if one.get("/Subtype") == "/Type3":
                return length * self._glyph(one, resources, depth)
            case "/Font":
                return self._font(one)
            case "/ColorSpace":
                return _program(one) + self._loaded(one)
        return 0

    def _loaded(self, value: Any, depth: int = _COLOUR_DEPTH) -> int:
        """Return the steps of loading the profiles and tables of a colour space, each once."""
        if depth == 0:
            raise TooMuch
        if isinstance(value, pikepdf.Array):
            return sum(self._loaded(member, depth - 1) for member in value)
        if not isinstance(value, pikepdf.Stream) or value.objgen in self._known:
            return 0
        self._known[value.objgen] = 0
        return unfolded(value) // _UNFOLDED_PER_STEP

    def _font(self, font: Any) -> int:
        """Return the steps of loading a font, counted for one use; the others find it loaded."""
        if font.objgen in self._known:
            return 0
        inner = [*(font.get("/DescendantFonts") or ())]
        total = 0
        for one in (font, *inner):
            descriptor = one.get("/FontDescriptor") or {}
            held = [descriptor.get(key) for key in ("/FontFile", "/FontFile2", "/FontFile3")]
            held += [one.get(key) for key in ("/Encoding", "/CIDToGIDMap")]
            streams = (each for each in held if isinstance(each, pikepdf.Stream))
            total += sum(unfolded(each) // _UNFOLDED_PER_STEP for each in streams)
            if total > self.limit:
                raise TooMuch
        if font.is_indirect:
            self._known[font.objgen] = total
        return total

    def _glyph(self, font: Any, resources: Any, depth: int) -> int:
        """Return the steps of a font's most laborious letter."""
        own = font.get("/Resources") or resources
        letters = font.get("/CharProcs") or {}
        found = [self._form(letters[name], own, depth) for name in letters.keys()]  # noqa: SIM118
        return max(found, default=0)


def _decoded(stream: Any, limit: int) -> bytes:
    """Decode a stream, but no more of it than may be drawn."""
    filters = stream.get("/Filter")
    names = list(filters) if isinstance(filters, pikepdf.Array) else [filters]
    if names in ([None], []):
        return bytes(stream.read_raw_bytes())
    if names != ["/FlateDecode"] or stream.get("/DecodeParms") is not None:
        raise TooMuch
    data = zlib.decompressobj().decompress(stream.read_raw_bytes(), limit + 1)
    if len(data) > limit:
        raise TooMuch
    return data


def _appearances(page: pikepdf.Object) -> Iterator[Any]:
    """Yield every stream that an annotation of a page may show."""
    for note in page.get("/Annots") or ():
        holder = note.get("/AP") if isinstance(note, pikepdf.Dictionary) else None
        shown = holder.get("/N") if isinstance(holder, pikepdf.Dictionary) else None
        if isinstance(shown, pikepdf.Stream):
            yield shown
        elif isinstance(shown, pikepdf.Dictionary):
            yield from (shown[state] for state in shown.keys())  # noqa: SIM118


def _picture(image: Any) -> int:
    filters = image.get("/Filter")
    names = list(filters) if isinstance(filters, pikepdf.Array) else [filters]
    dots_per_step = 10 if any(str(name) in _SLOW_PICTURES for name in names) else 100
    stated = abs(int(image.get("/Width", 0)) * int(image.get("/Height", 0)))
    dots = max(stated, dots_of(image))
    steps = _PER_USE + dots // dots_per_step * (1 + _program(image.get("/ColorSpace")))
    return steps + sum(_picture(image[key]) for key in ("/SMask",) if key in image)


def _inline_pictures(data: bytes) -> int:
    """Count pictures inside the content as if each had the largest sides that are stated."""
    if not (count := len(_INLINE.findall(data))):
        return 0
    sides = {b"W": 1, b"H": 1}
    for name, side in _SIDE.findall(data):
        sides[name[:1]] = max(sides[name[:1]], int(side))
    return count * (sides[b"W"] * sides[b"H"] // 100)


def _tiles(pattern: Any, area: float | None) -> int:
    """Count the tiles that cover a page; within a form nobody knows how large it is drawn."""
    if area is None:
        raise TooMuch
    a, b, c, d = (float(one) for one in list(pattern.get("/Matrix", [1, 0, 0, 1]))[:4])
    tile = abs(float(pattern.XStep) * float(pattern.YStep) * (a * d - b * c))
    return int(area / tile)


def _shading(shading: Any) -> int:
    mesh = len(_decoded(shading, _LONGEST)) if isinstance(shading, pikepdf.Stream) else 0
    return _PER_PIXEL_SHADED + 100 * mesh + _PROGRAM * _program(shading)


def _program(value: Any, depth: int = _COLOUR_DEPTH) -> int:
    """Return the length of the calculator functions that a colour goes through."""
    if depth == 0:
        raise TooMuch
    if isinstance(value, pikepdf.Array):
        return sum(_program(member, depth - 1) for member in value)
    if not isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        return 0
    own = len(_decoded(value, _LONGEST)) if value.get("/FunctionType") == 4 else 0
    below = ("/Function", "/Functions", "/ColorSpace", "/Alternate")
    return own + sum(_program(value[key], depth - 1) for key in below if key in value)
