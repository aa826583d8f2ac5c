"""The letters of a stamp: one small font with those that it needs, which travels in the file.

They are cut out of the fonts that papers are set in, and put together where one alone does not have
them all. So a stamp looks the same in every viewer, and a PDF/A stays one.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools import merge, subset, ttLib
from pyhanko.pdf_utils.font import FontEngine, FontEngineFactory
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator

from procurement.fonts import font_with

_WIDE = "\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\uffef"  # may stand at either end of a line
_CLOSING = "，。、；：！？）》」』】”’"  # may not begin one
_OPENING = "（《「『【“‘"  # may not end one
_PIECES = re.compile(rf"\s*[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}]+)[{_CLOSING}]*")
# How a row of letters is laid out is not in it: each stands behind the other.
_LAYOUT = ("GDEF", "GPOS", "GSUB", "BASE", "VORG", "vhea", "vmtx", "STAT", "DSIG")


@dataclass(frozen=True)
class Letters(FontEngineFactory):
    """A font of few letters; ``widths`` are in parts of its em."""

    font: bytes
    widths: dict[str, float]

    @classmethod
    def of(cls, text: str, files: Sequence[Path]) -> "Letters":
        """Cut the letters of a text, which is ``settable``, out of these fonts.

        :raises FontsMissing: when one is not there.
        """
        taken: dict[Path, set[str]] = {}
        for letter in set(text):
            taken.setdefault(font_with(letter, files), set()).add(letter)
        parts = [_cut(file, taken[file]) for file in files if file in taken]
        font = parts[0] if len(parts) == 1 else _joined(parts)
        with ttLib.TTFont(io.BytesIO(font)) as read:
            names, em = read.getBestCmap(), read["head"].unitsPerEm
            widths = {chr(code): read["hmtx"][name][0] / em for code, name in names.items()}
        return cls(font, widths)

    def width(self, text: str) -> float:
        """Measure a text in ems."""
        return sum(self.widths[letter] for letter in text)

    def lines(self, text: str, width: float) -> Iterator[str]:
        """Break a line where it may be broken, so that no part is wider than so many ems.

        A word that is, stands alone.
        """
        line = ""
        for piece in _PIECES.findall(text):
            if line and self.width(line + piece) > width:
                yield line
                line = piece.lstrip()
            else:
                line += piece
        yield line

    def create_font_engine(self, writer: Any, obj_stream: Any = None) -> FontEngine:
        """Give pyHanko what it writes with."""
        return GlyphAccumulator(writer, io.BytesIO(self.font), None, obj_stream=obj_stream)


def _cut(file: Path, letters: set[str]) -> bytes:
    options = subset.Options(hinting=False, notdef_outline=True)
    options.drop_tables += _LAYOUT
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=map(ord, letters))
    with ttLib.TTFont(file, lazy=True, recalcTimestamp=False) as font:
        cutter.subset(font)
        return _saved(font)


def _joined(parts: Sequence[bytes]) -> bytes:
    return _saved(merge.Merger().merge([io.BytesIO(one) for one in parts]))


def _saved(font: ttLib.TTFont) -> bytes:
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()
