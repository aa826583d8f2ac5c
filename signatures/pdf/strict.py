"""What an increment wrote, read so that no two readers can understand it differently.

Where a dictionary names a key twice, a table an object twice, or an object stream other numbers
than the table does, some readers take the first and some the last. What pyHanko takes is judged;
what a viewer takes would be shown. So none of it may stand behind a signature.
"""

import re
from typing import Any

from pyhanko.pdf_utils import generic

from signatures.pdf.parsers import Document
from signatures.pdf.reading import Content, meter_of

_SECTION = re.compile(rb"(\d{1,10}) (\d{1,10})[ \t]*[\r\n]+((?:\d{10} \d{5} [nf][ \r\n]{2})*)")
_ENTRY_BYTES = 20  # ISO 32000-2, 7.5.4


class _Strict:
    """The reader of a document, as one that does not forgive a key that comes twice."""

    strict = True

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)


def reference(document: Document, number: int, generation: int) -> generic.Reference:
    """Return a place in the file under which an object is read strictly."""
    return generic.Reference(number, generation, _Strict(document.reader))


def trailer(document: Document) -> Any:
    """Return the place under which a trailer is read strictly."""
    return generic.TrailerReference(_Strict(document.reader))  # type: ignore[no-untyped-call]


def check_table(table: bytes) -> None:
    """Check that a table of objects is what it says, and names no object twice.

    :raises ValueError: when it is not.
    """
    end = 0
    for first, count, entries in _SECTION.findall(table):
        if len(entries) != _ENTRY_BYTES * int(count):
            raise ValueError("a section has other entries than it says")
        if int(first) < end:
            raise ValueError("an object is named twice")
        end = int(first) + int(count)


def check_size(document: Document, revision: int) -> None:
    """Check that a trailer lets every object live that was there before (ISO 32000-2, 7.5.5).

    :raises ValueError: when its /Size is smaller than one before; readers may drop what lies above.
    """
    before, now = (
        max(
            int(document.reader.trailer.raw_get("/Size", revision=one)) for one in range(start, end)
        )
        for start, end in ((0, revision), (revision, revision + 1))
    )
    if now < before:
        raise ValueError("a trailer drops objects")


def check_object_streams(document: Document, revision: int) -> None:
    """Check that the object streams of a revision hold what its table says they hold.

    :raises ValueError: when one does not; its members may raise what a parser raises.
    """
    held = document.reader.xrefs.get_xref_data(revision).xrefs_in_objstm
    members: dict[int, dict[int, int]] = {}
    for number, place in held.items():
        members.setdefault(place.obj_stream_id, {})[place.ix_in_stream] = number
    for stream in sorted(members):
        _check_object_stream(document, stream, revision, members[stream])


def _check_object_stream(
    document: Document, stream: int, revision: int, members: dict[int, int]
) -> None:
    place = generic.Reference(stream, 0, document.reader)
    held = document.reader.get_object(place, revision=revision)
    data, first = held.data, int(held["/First"])
    heads = [int(word) for word in data[:first].split()]
    numbers, offsets = heads[::2], heads[1::2]
    if len(numbers) != len(set(numbers)) or len(numbers) != int(held["/N"]):
        raise ValueError("an object stream names an object twice")
    if len(members) != len(numbers) or sorted(offsets) != offsets:
        raise ValueError("an object stream holds what no table names")
    inside = Content(data, meter_of(document.reader.stream))
    for index, number in members.items():
        if numbers[index] != number:
            raise ValueError("an object stream holds another object")
        inside.seek(first + offsets[index])
        generic.read_object(inside, reference(document, number, 0))
