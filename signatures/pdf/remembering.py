"""pyHanko's reader of files, which remembers what it has read, also of earlier revisions.

Step 6 asks for the same objects again and again, each as it was in one revision. An object that
stands at one place of the file is parsed once here, and so is the list in front of a stream of
objects, which pyHanko walks from its beginning for every object in it. Nothing that was read is
ever changed.
"""

import re
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader

from signatures.pdf.reading import Content, meter_of, read_non_whitespace

_HEADER = re.compile(rb"[ \n\r\t\f]*(?:\d{1,10}[ \n\r\t\f]+\d{1,10}(?:[ \n\r\t\f]+|\Z))*")


@dataclass(frozen=True)
class _Held:
    """A decoded stream of objects, and where in it each of them begins."""

    data: bytes
    offsets: dict[int, int]
    count: int


class RememberingReader(PdfFileReader):
    """A reader for one file that nobody writes to."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._places: dict[tuple[Any, ...], Any] = {}
        self._streams: dict[int, _Held | None] = {}
        super().__init__(*arguments, **named)

    def _read_object(
        self,
        ref: generic.Reference,
        marker: Any,
        never_decrypt: bool = False,
        as_metadata_stream: bool = False,
    ) -> Any:
        place = (ref.idnum, ref.generation, marker, never_decrypt, as_metadata_stream)
        if place not in self._places:
            self._places[place] = super()._read_object(
                ref, marker, never_decrypt, as_metadata_stream
            )
        return self._places[place]

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        if stmnum not in self._streams:
            self._streams[stmnum] = self._opened(stmnum)
        held = self._streams[stmnum]
        if held is None or not 0 <= idx < held.count or idnum not in held.offsets:
            return super()._get_object_from_stream(idnum, stmnum, idx)  # type: ignore[no-untyped-call]
        content = Content(held.data, meter_of(self.stream))
        content.seek(held.offsets[idnum])
        found = generic.read_object(content, generic.Reference(idnum, 0, self))
        if not isinstance(found, generic.StreamObject | generic.IndirectObject):
            read_non_whitespace(content, seek_back=True, allow_eof=True)
        return found

    def _opened(self, number: int) -> _Held | None:
        """Read the list in front of a stream of objects; None leaves an odd one to pyHanko."""
        stream = generic.Reference(number, 0, self).get_object()
        if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
            return None
        count, first = stream["/N"], stream["/First"]
        if not isinstance(count, int) or not isinstance(first, int) or first < 0:
            return None
        meter_of(self.stream).spend("objects", max(count, 0))
        data = stream.read_data(DecodePurpose.OBJECT_STREAM)
        numbers = data[:first].split()
        if not _HEADER.fullmatch(data[:first]) or len(numbers) != 2 * count:
            return None
        pairs = zip(numbers[-2::-2], numbers[::-2], strict=True)  # of two, the first one counts
        return _Held(data, {int(one): first + int(offset) for one, offset in pairs}, count)
