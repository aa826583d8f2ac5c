"""Papers for people: PDF/A-3b files that carry what a machine reads inside them.

A template is a ``papers/*.typ`` of a room. It sees four virtual files beside itself: ``paper.typ``
(what all papers have in common), ``content.json``, ``attachments.json``, and nothing else of this
machine. What people wrote reaches it as JSON, so that no character of it is ever markup. Equal
input gives equal bytes: no clock is read, and only fonts of this project are used.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from procurement.fonts import BOLD, REGULAR, SECOND, covered, fonts_in, settable
from procurement.proof.canonical import JSON

COMMON = Path(__file__).parent / "papers" / "paper.typ"
STANDARD = "a-3b"  # ISO 19005-3: the one that may embed any file
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)  # PDF/A wants a date, and a bid form has none to tell


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

    :raises FontsMissing: when the fonts are not where ``settings.FONTS_DIR`` says.
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
        sys_inputs={"title": str(settable(title, fonts)), "second": SECOND},
        font_paths=_fonts(fonts),
        ignore_system_fonts=True,
        timestamp=int(dated.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


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
    covered(directory)  # refuses a directory without them
    files = [*fonts_in(directory, REGULAR), *fonts_in(directory, BOLD)]
    places = [str(file.parent) for file in files]
    return typst.Fonts(include_system_fonts=False, font_paths=places)
