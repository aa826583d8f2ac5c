"""The fonts of this project: what papers are set in, and what a signature on a page is written in.

Noto Sans SC has the Chinese and the Latin letters that go with it; Noto Sans has what that lacks of
the Latin, Greek and Cyrillic letters of Europe.
"""

import os
import re
import struct
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from procurement.proof.canonical import JSON
from procurement.texts import Text

FAMILIES = (("noto-sans-sc", "NotoSansSC"), ("noto-sans", "NotoSans"))  # whose letters come first
REGULAR, BOLD = "400Regular", "700Bold"
# Out of the second font, also where the first has some of them: letters with accents, which that
# puts together out of parts that do not fit, and marks that it draws as wide as a Chinese letter.
SECOND = "[‘’\u0100-\u024f\u0370-\u052f\u1e00-\u1fff]"
PACKAGES = "node_modules/@expo-google-fonts"
_KEPT = "\t\n"  # control characters that a paper lays out


class FontsMissing(OSError):  # noqa: N818 - reads as the sentence it is
    """A font is not where it should be; the message says what to do, ``text`` in both languages."""

    def __init__(self, file: str) -> None:
        packages = " ".join(f"@expo-google-fonts/{package}" for package, _ in FAMILIES)
        self.text = Text(
            f"The fonts for PDF files are missing ({file}): run `make setup`, or "
            f"`npm install {packages}` and set DAYLIGHT_FONTS_DIR to {PACKAGES}.",
            f"缺少 PDF 所用字体（{file}）：请运行 make setup，或运行 npm install {packages}，"
            f"并将 DAYLIGHT_FONTS_DIR 设为 {PACKAGES}。",
        )
        super().__init__(self.text.en)


def fonts_directory() -> Path:
    """Say where the fonts are: where the environment says, else where ``make setup`` puts them."""
    here = Path(__file__).resolve().parent.parent / PACKAGES
    return Path(os.environ.get("DAYLIGHT_FONTS_DIR") or here)


def fonts_in(directory: Path, weight: str) -> tuple[Path, ...]:
    """Name the font files of one weight, in the order in which they are asked for a letter."""
    return tuple(
        directory / package / weight / f"{name}_{weight}.ttf" for package, name in FAMILIES
    )


def font_with(letter: str, fonts: Sequence[Path]) -> Path:
    """Choose the font out of which a letter is taken.

    :raises StopIteration: for a letter that none of them has.
    """
    asked = reversed(fonts) if re.match(SECOND, letter) else fonts
    return next(font for font in asked if ord(letter) in code_points(font))


def settable(value: JSON, fonts: Path) -> JSON:
    """Give a value in which every string can be set with the fonts of this directory.

    An accent is put on its letter. A character that they do not have, or that would hide or reorder
    others, becomes ``[U+1F600]``.

    :raises FontsMissing: when they are not there.
    """
    if isinstance(value, dict):
        return {name: settable(inner, fonts) for name, inner in value.items()}
    if isinstance(value, list):
        return [settable(inner, fonts) for inner in value]
    if not isinstance(value, str) or (value.isascii() and value.isprintable()):
        return value
    has, composed = covered(fonts), unicodedata.normalize("NFC", value)
    return "".join(c if _is_plain(c, has) else f"[U+{ord(c):04X}]" for c in composed)


@cache
def covered(directory: Path) -> frozenset[int]:
    """Collect the code points for which there is a glyph in every weight.

    :raises FontsMissing: when the fonts are not there.
    """
    return frozenset.intersection(
        *(
            frozenset().union(*(code_points(font) for font in fonts_in(directory, weight)))
            for weight in (REGULAR, BOLD)
        )
    )


@cache
def code_points(font: Path) -> frozenset[int]:
    """Collect the code points for which a font has a glyph.

    :raises FontsMissing: when it is not there.
    """
    try:
        return frozenset(_code_points(font.read_bytes()))
    except OSError as error:
        raise FontsMissing(str(error.filename)) from None


def _is_plain(character: str, has: frozenset[int]) -> bool:
    if character in _KEPT:
        return True
    # Cc and Cf: controls, and what makes text run the other way or vanish.
    return ord(character) in has and unicodedata.category(character) not in ("Cc", "Cf")


def _code_points(font: bytes) -> Iterator[int]:
    """Read the character map of a font, format 12 (OpenType specification, ``cmap``)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * i) for i in range(tables))
    start = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    maps = struct.unpack_from(">H", font, start + 2)[0]
    offsets = [struct.unpack_from(">HHI", font, start + 4 + 8 * i)[2] + start for i in range(maps)]
    full = next(o for o in offsets if struct.unpack_from(">H", font, o)[0] == 12)
    for i in range(struct.unpack_from(">I", font, full + 12)[0]):
        first, last, _ = struct.unpack_from(">III", font, full + 16 + 12 * i)
        yield from range(first, last + 1)
