"""Every place in the final file that refers to an object which an increment wrote, found once.

Step 6 asks it of each signature. qpdf reads the objects and writes each in one form only, in which
a reference is ``12 0 R``; a search for its last letter leaves little to look at closely. What a
text says, a title for one, refers to nothing.
"""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Any

import pikepdf

REFERENCE = re.compile(
    rb"(?:(/[^\x00-\x20()<>\[\]{}/%]{1,60}) )?(?<!\d)(\d{1,10}) \d{1,5} R(?![A-Za-z])"
)
_STRING = re.compile(
    rb"\((?:[^\\)]|\\.)*\)", re.DOTALL
)  # qpdf writes every bracket in it as \( or \)
_LONGEST = 90  # bytes that a reference with its name can take


@dataclass(frozen=True)
class Reference:
    """A reference to ``number`` in the object ``holder``, with the name it is filed under."""

    holder: tuple[int, int]
    key: str
    number: int


def references_to(numbers: Set[int], objects: Iterable[Any]) -> tuple[Reference, ...]:
    """Find the references to some numbers in objects that qpdf has read, in their order."""
    words = {b"%d" % number for number in numbers}
    found: list[Reference] = []
    for one in objects:
        if isinstance(one, pikepdf.Object) and any(references_in(text := _text(one), words)):
            said = references_in(_STRING.sub(b"()", text), words)
            found += [Reference(one.objgen, *each) for each in said]
    return tuple(found)


def references_in(text: bytes, words: Set[bytes]) -> Iterator[tuple[str, int]]:
    """Yield name and number of the references in a text whose number is one of some words."""
    at = text.find(b" R")
    while at != -1:
        number = text[max(0, at - _LONGEST) : at].rsplit(b" ", 2)[-2:][0]
        if number in words or not number.isdigit() or number[:1] == b"0":
            for match in REFERENCE.finditer(text, max(0, at - _LONGEST), at + 3):
                if match.end() == at + 2 and match.group(2).lstrip(b"0") in words:
                    yield (match.group(1) or b"").decode("latin-1"), int(match.group(2))
        at = text.find(b" R", at + 2)


def _text(one: pikepdf.Object) -> bytes:
    if isinstance(one, pikepdf.Stream):
        return one.stream_dict.unparse()
    if isinstance(one, pikepdf.Dictionary | pikepdf.Array):
        return one.unparse(resolved=True)
    return b""
