"""pyHanko's tables of objects, read as columns instead of line by line, and counted.

A file of 30,000 objects has as many lines in its cross-reference table, and pyHanko takes ten
microseconds for each. A table that is written as the standard says (ISO 32000-2, 7.5.4 and 7.5.8)
is read here at once; any other is left to pyHanko, with a lower limit. What comes out is the same.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from typing import Any, BinaryIO

from pyhanko.pdf_utils import generic, xref
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.xref import ObjStreamRef, XRefEntry, XRefSectionData

from signatures.pdf.reading import Exhausted, meter_of, read_non_whitespace

ODD_ENTRIES = 100_000  # of tables that pyHanko has to read line by line

_LINES = {
    20: re.compile(rb"(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*"),
    19: re.compile(rb"(?:\d{10} \d{5} [nf][\r\n])*"),  # many writers forget the blank
}
_HIGHEST_GENERATION = 0xFFFF
_WIDEST = 8  # bytes of a column
_SIGN = 1 << 63  # pyHanko takes eight bytes for a number with a sign
_LEAST = 6  # lines that a part of a table counts as, however short
_FREE, _STANDARD, _IN_STREAM = 0, 1, 2
_KINDS = bytes.maketrans(b"fn", bytes([_FREE, _STANDARD]))


@dataclass(frozen=True)
class Rows:
    """Some consecutive lines of a table as columns: kind, place (or stream), generation (index)."""

    first: int  # object number of the first line
    kinds: Sequence[int]
    places: Sequence[int]
    generations: Sequence[int]

    def of(self, kind: int) -> tuple[list[int], list[int], list[int]]:
        """Return object numbers, places and generations of one kind, without object 0."""
        chosen = [found == kind for found in self.kinds]
        if chosen and self.first == 0:
            chosen[0] = False
        numbers = range(self.first, self.first + len(chosen))
        columns = (numbers, self.places, self.generations)
        found = ([*compress(column, chosen)] for column in columns)
        return next(found), next(found), next(found)


class Columns(list[Rows]):
    """A whole table."""


Entries = Columns | Iterable[XRefEntry]


def parse_xref_table(stream: BinaryIO, strict: bool) -> Entries:
    """Read a table and go behind the word ``trailer``."""
    start = stream.tell()
    meter_of(stream).spend("revisions")
    columns = _columns(stream)
    if columns is not None:
        return columns
    stream.seek(start)
    return _counted(_pyhanko_table(stream, strict))


def parse_xref_stream(held: generic.StreamObject, strict: bool = True) -> Entries:
    """Read a cross-reference stream."""
    place: Any = held.container_ref
    stream = place.get_pdf_handler().stream
    meter = meter_of(stream)
    meter.spend("revisions")
    pairs = _pairs(held)
    meter.spend("objects", sum(size for _, size in pairs))
    columns = _stream_columns(held, pairs)
    return _counted(_pyhanko_stream(held, strict)) if columns is None else columns


def process_entries(section: XRefSectionData, entries: Entries, strict: bool) -> int:
    """File what a table says, and return its highest object number.

    ``section.left_out`` tells how many lines of it are not filed, because pyHanko does not look at
    them or finds the same number twice; None for a table that pyHanko reads line by line.
    """
    kept: Any = section  # pyHanko's class; the number of lines left out is ours
    kept.left_out = None
    if not isinstance(entries, Columns):
        return int(_pyhanko_process(section, entries, strict=strict))
    for rows in entries:
        _file(section, rows)
    lines = sum(len(rows.kinds) - (rows.first == 0 < len(rows.kinds)) for rows in entries)
    filed = section.standard_xrefs.keys() | section.xrefs_in_objstm.keys() | section.freed.keys()
    kept.left_out = lines - len(filed)
    return max((rows.first + len(rows.kinds) - 1 for rows in entries if rows.kinds), default=0)


def _file(section: XRefSectionData, rows: Rows) -> None:
    refs, kinds = section.explicit_refs_in_revision, set(rows.kinds)
    if _STANDARD in kinds:
        numbers, places, generations = _possible(*rows.of(_STANDARD))
        section.standard_xrefs.update(
            zip(numbers, zip(generations, places, strict=True), strict=True)
        )
        refs.update(zip(numbers, generations, strict=True))
    if _IN_STREAM in kinds:
        numbers, streams, indexes = rows.of(_IN_STREAM)
        held = map(ObjStreamRef, streams, indexes)
        section.xrefs_in_objstm.update(zip(numbers, held, strict=True))
        section.obj_streams_used.update(streams)
        refs.update(zip(numbers, repeat(0, len(numbers)), strict=True))
    if _FREE in kinds:
        numbers, _, generations = _possible(*rows.of(_FREE))
        section.freed.update(zip(numbers, generations, strict=True))
        refs.update((number, one - 1) for number, one in zip(numbers, generations, strict=True))


def _possible(
    numbers: list[int], places: list[int], generations: list[int]
) -> tuple[list[int], list[int], list[int]]:
    """Leave out the lines with a generation that there cannot be."""
    if max(generations, default=0) <= _HIGHEST_GENERATION:
        return numbers, places, generations
    chosen = [generation <= _HIGHEST_GENERATION for generation in generations]
    found = ([*compress(column, chosen)] for column in (numbers, places, generations))
    return next(found), next(found), next(found)


def _columns(stream: BinaryIO) -> Columns | None:
    """Read subsections as long as each is written as it must be; None when one is not."""
    columns, meter = Columns(), meter_of(stream)
    read_non_whitespace(stream, seek_back=True)
    while True:
        first = _number(stream)
        read_non_whitespace(stream, seek_back=True)
        size = _number(stream)
        read_non_whitespace(stream, seek_back=True)
        if not isinstance(first, int) or not isinstance(size, int) or first < 0 or size < 0:
            return None
        meter.spend("objects", max(size, _LEAST))
        rows = _rows(stream, first, size)
        if rows is None:
            return None
        columns.append(rows)
        read_non_whitespace(stream, seek_back=True)
        if stream.read(7) == b"trailer":
            read_non_whitespace(stream, seek_back=True)
            return columns
        stream.seek(-7, 1)


def _rows(stream: BinaryIO, first: int, size: int) -> Rows | None:
    text = stream.read(20 * size)
    for width, written in _LINES.items():
        lines = text[: width * size]
        if len(lines) == width * size and written.fullmatch(lines):
            stream.seek(len(lines) - len(text), 1)
            if width == 20 or _ends_as_lines_do(stream):
                words = lines.split()
                generations = {word: int(word) for word in set(words[1::3])}
                return Rows(
                    first,
                    kinds=lines[17::width].translate(_KINDS),
                    places=[*map(int, words[::3])],
                    generations=[generations[word] for word in words[1::3]],
                )
    return None


def _ends_as_lines_do(stream: BinaryIO) -> bool:
    """Say whether a short line is followed by what pyHanko knows a short line by, or by nothing."""
    following = stream.read(1)
    stream.seek(-len(following), 1)
    return following in b"0123456789t \r\n"


def _pairs(held: generic.StreamObject) -> list[tuple[int, int]]:
    """Return the subsections of a stream, which are increasing pairs of numbers."""
    listed = held.get("/Index", [0, held.get("/Size")])
    numbers = [int(one) for one in listed if isinstance(one, int) and one >= 0]
    pairs = [*zip(numbers[::2], numbers[1::2], strict=False)]
    ends = [start + size for start, size in pairs]
    rising = all(end <= start for end, (start, _) in zip(ends, pairs[1:], strict=False))
    if len(listed) != 2 * len(pairs) or not rising:
        raise ValueError("the subsections of a table are no increasing pairs of numbers")
    return pairs


def _stream_columns(held: generic.StreamObject, pairs: list[tuple[int, int]]) -> Columns | None:
    stated = held.get("/W")
    widths = [one for one in stated if isinstance(one, int)] if isinstance(stated, list) else []
    if len(widths) != 3 or not all(0 <= width <= _WIDEST for width in widths):
        return None
    row = sum(widths)
    total = sum(size for _, size in pairs)
    expected = total * (row + 1)  # a filter of PNG has a byte of its own in every row
    data = held.read_data(DecodePurpose.XREF_STREAM, expected_size=expected)
    if len(data) != total * row:
        return None
    columns, at = Columns(), 0
    for first, size in pairs:
        part = data[at : at + size * row]
        at += size * row
        kind, place, generation = (
            _numbers(part, sum(widths[:which]), width, row, size)
            for which, width in enumerate(widths)
        )
        if _WIDEST in widths and max([0, *kind, *place, *generation]) >= _SIGN:
            return None
        kinds = kind if widths[0] else [_STANDARD] * size
        columns.append(Rows(first, kinds, place, generation))
    return columns


def _numbers(data: bytes, at: int, width: int, row: int, size: int) -> Sequence[int]:
    """Return one column of big-endian numbers."""
    found: Sequence[int] = [*repeat(0, size)]
    for offset in range(at, at + width):
        found = [high << 8 | low for high, low in zip(found, data[offset::row], strict=True)]
    return found


def _counted(entries: Iterable[XRefEntry]) -> Iterator[XRefEntry]:
    """Pass the lines of an odd table on, and stop when there are too many of them."""
    for count, entry in enumerate(entries):
        if count >= ODD_ENTRIES:
            raise Exhausted("objects", ODD_ENTRIES)
        yield entry


_number: Any = generic.NumberObject.read_from_stream
_pyhanko_table: Any = xref.parse_xref_table
_pyhanko_stream: Any = xref.parse_xref_stream
_pyhanko_process: Any = XRefSectionData.process_entries


def _put_in_place() -> None:
    module: Any = xref
    module.parse_xref_table = parse_xref_table
    module.parse_xref_stream = parse_xref_stream
    module.XRefSectionData.process_entries = process_entries


_put_in_place()
