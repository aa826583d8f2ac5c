"""Papers for people: PDF/A-3b files that carry what a machine reads inside them.

A template is a ``papers/*.typ`` of a room. It sees four virtual files beside itself: ``paper.typ``
(what all papers have in common), ``content.json``, ``attachments.json``, and nothing else of this
machine. What people wrote reaches it as JSON, so that no character of it is ever markup. Equal
input gives equal bytes: no clock is read, and only fonts of this project are used.
"""

import hashlib
import json
import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from procurement.proof.canonical import JSON

COMMON = Path(__file__).parent / "papers" / "paper.typ"
WEIGHTS = ("400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf")
STANDARD = "a-3b"  # ISO 19005-3: the one that may embed any file
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)  # PDF/A wants a date, and a bid form has none to tell
_KEPT = "\t\n"  # control characters that typst lays out


@dataclass(frozen=True)
class Attachment:
    """A file that a paper carries inside, byte for byte."""

    name: str
    data: bytes
    media_type: str
    description: str


def typeset(
    template: Path,
    content: Mapping[str, JSON],
    *,
    attachments: Sequence[Attachment] = (),
    title: str,
    dated: datetime = UNDATED,
) -> bytes:
    """Set a paper as PDF/A-3b, with the attachments inside.

    ``dated`` is what the file gives as its date. A character that the fonts do not have, or that
    would hide or reorder others, is set as ``[U+1F600]``.

    :raises ImproperlyConfigured: when the fonts are not where ``settings.FONTS_DIR`` says.
    """
    fonts = Path(settings.FONTS_DIR)
    files = {
        "main.typ": template.read_bytes(),
        "paper.typ": COMMON.read_bytes(),
        "content.json": _json(settable(dict(content), fonts)),
        "attachments.json": _json(settable([_described(one) for one in attachments], fonts)),
    }
    for one in attachments:  # as numbers: virtual files hold text only
        files[f"{hashlib.sha256(one.data).hexdigest()}.json"] = _json([*one.data])
    made = typst.compile(  # type: ignore[call-overload]  # its stubs know no virtual files
        files,
        format="pdf",
        pdf_standards=[STANDARD],
        sys_inputs={"title": str(settable(title, fonts))},
        font_paths=_fonts(fonts),
        ignore_system_fonts=True,
        timestamp=int(dated.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def settable(value: JSON, fonts: Path) -> JSON:
    """Give a value in which every string can be set with the fonts of this directory.

    :raises ImproperlyConfigured: when they are not there.
    """
    if isinstance(value, dict):
        return {name: settable(inner, fonts) for name, inner in value.items()}
    if isinstance(value, list):
        return [settable(inner, fonts) for inner in value]
    if not isinstance(value, str) or (value.isascii() and value.isprintable()):
        return value
    covered = _covered(fonts)
    return "".join(c if _is_plain(c, covered) else f"[U+{ord(c):04X}]" for c in value)


def _is_plain(character: str, covered: frozenset[int]) -> bool:
    if character in _KEPT:
        return True
    # Cc and Cf: controls, and what makes text run the other way or vanish.
    return ord(character) in covered and unicodedata.category(character) not in ("Cc", "Cf")


def _described(attachment: Attachment) -> dict[str, JSON]:
    return {
        "name": attachment.name,
        "media_type": attachment.media_type,
        "description": attachment.description,
        "length": len(attachment.data),
        "sha256": hashlib.sha256(attachment.data).hexdigest(),
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


@cache
def _fonts(directory: Path) -> Any:
    _covered(directory)  # refuses a directory without them
    places = [str((directory / weight).parent) for weight in WEIGHTS]
    return typst.Fonts(include_system_fonts=False, font_paths=places)


@cache
def _covered(directory: Path) -> frozenset[int]:
    """Collect the code points for which every weight has a glyph."""
    try:
        weights = [(directory / weight).read_bytes() for weight in WEIGHTS]
    except OSError as error:
        raise ImproperlyConfigured(
            f"The fonts for PDF files are missing ({error.filename}): run `make setup`, "
            "or set DAYLIGHT_FONTS_DIR."
        ) from None
    return frozenset.intersection(*(frozenset(_code_points(font)) for font in weights))


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
