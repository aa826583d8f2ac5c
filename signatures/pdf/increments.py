"""Byte accounting for step 6: what was appended behind a signature, without a byte left over.

A signed file may only grow by increments. Here each one is read as a file writer would write it:
objects, a cross-reference section, ``startxref``, ``%%EOF``. Each entry of the section has to point
at an object inside the increment's own bytes, and between the objects nothing may stand but white
space and plain comments. So no object that lay dormant in the signed bytes can be brought to life,
and no text can hide where a viewer would look and a checker would not.
"""

import re
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.xref import XRefSectionType

from signatures.pdf import strict
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.parsers import Document, touched

_BETWEEN = re.compile(rb"(?:[\x00\t\n\f\r ]|%(?!%EOF|PDF-)[\x20-\x7e]{0,100}[\r\n])*+")
_HEAD = re.compile(rb"(\d{1,10})[\x00\t\n\f\r ]+(\d{1,5})[\x00\t\n\f\r ]+obj")
_TABLE = re.compile(
    rb"xref[ \t]*[\r\n]+(?:\d+ \d+[ \t]*[\r\n]+(?:\d{10} \d{5} [nf][ \r\n]{2})*+)++"
    rb"[\x00\t\n\f\r ]*trailer"
)
_END = re.compile(rb"startxref[\x00\t\n\f\r ]+(\d{1,12})[\x00\t\n\f\r ]+%%EOF(?:\r\n|\n|\r)?")
_SIGNED_END = re.compile(
    rb"startxref[\x00\t\n\f\r ]+(\d{1,12})[\x00\t\n\f\r ]+%%EOF[\x00\t\n\f\r ]*\Z"
)
MOST_BETWEEN = 1024  # bytes of white space and comments at one place
_END_WINDOW = 1200  # bytes before the end of a revision in which its startxref stands


class Unaccounted(Exception):  # noqa: N818 - reads as the finding it is
    """Bytes behind the signature belong to nothing that may stand there; the text says which."""


@dataclass(frozen=True)
class Increment:
    """One accounted increment: its revision number and the bytes from ``start`` up to ``end``."""

    revision: int
    start: int
    end: int


def signed_revision(document: Document, end: int) -> int:
    """Return the revision whose last byte is the last that a signature covers.

    :raises Unaccounted: when the signed bytes do not end with the end of a revision, or the chain
        of cross-reference sections does not respect that end.
    """
    tail = document.source.data[max(0, end - _END_WINDOW) : end]
    found = _SIGNED_END.search(tail)
    if found is None:
        raise Unaccounted("the signed bytes do not end with a revision of the file")
    xrefs = document.reader.xrefs
    sections = [xrefs.get_xref_container_info(r) for r in range(xrefs.total_revisions)]
    declared = int(found.group(1))
    inside = [r for r, section in enumerate(sections) if section.start_location < end]
    ends = [r for r in inside if sections[r].declared_startxref == declared]
    if len(ends) != 1 or inside != list(range(ends[0] + 1)):
        raise Unaccounted("the signed revision is not part of the file's history")
    if any(sections[r].end_location > end for r in inside):
        raise Unaccounted("a table of objects reaches behind the signed bytes")
    return ends[0]


def account(document: Document, revision: int, end: int) -> list[Increment]:
    """Read everything behind ``end`` as increments after ``revision``, to the last byte.

    :raises Unaccounted: for any byte that belongs to none of them.
    """
    increments = []
    for later in range(revision + 1, document.reader.xrefs.total_revisions):
        increment = _increment(document, later, end)
        increments.append(increment)
        end = increment.end
    if increments:
        signed = increments[0].start
        if (number := document.layout.overhanging(revision, signed)) is not None:
            raise Unaccounted(f"object {number} does not end within the signed bytes")
    if end != document.source.length:
        left = document.source.length - end
        raise Unaccounted(f"{left} bytes at the end of the file are signed by nobody")
    return increments


def _increment(document: Document, revision: int, start: int) -> Increment:
    data = document.source.data
    xrefs = document.reader.xrefs
    info = xrefs.get_xref_container_info(revision)
    if info.xref_section_type not in (XRefSectionType.STANDARD, XRefSectionType.STREAM):
        raise Unaccounted("an increment has two tables of objects")
    places = _places(document, revision, start)
    at = start
    for place in places:
        at = _between(data, at)
        if at != place:
            raise Unaccounted(f"bytes {at} to {place} belong to no object")
        at = _object_end(document, place)
    _check_members(document, revision)
    at = _between(data, at)
    if info.xref_section_type is XRefSectionType.STANDARD:
        if at != info.declared_startxref:
            raise Unaccounted(f"bytes {at} to {info.declared_startxref} belong to no object")
        at = _between(data, _table_end(document, at))
    found = _END.match(data, at)
    if found is None:
        raise Unaccounted(f"the increment at {start} does not end as it must")
    if int(found.group(1)) != info.declared_startxref:
        raise Unaccounted("startxref points elsewhere")
    return Increment(revision, start, found.end())


def _places(document: Document, revision: int, start: int) -> list[int]:
    """Return the offsets of all objects of an increment in order, the xref stream included."""
    xrefs = document.reader.xrefs
    written = xrefs.get_xref_data(revision)
    info = xrefs.get_xref_container_info(revision)
    places = {offset for _, offset in written.standard_xrefs.values()}
    if info.stream_ref is not None:
        places.add(info.declared_startxref)
    if any(place < start for place in places):
        raise Unaccounted("an entry brings back an object from the signed bytes")
    streams = {place.obj_stream_id for place in written.xrefs_in_objstm.values()}
    if not streams <= written.standard_xrefs.keys():
        raise Unaccounted("an entry brings back an object from a signed object stream")
    if len(places) != len(written.standard_xrefs) + (
        info.stream_ref is not None and info.stream_ref.idnum not in written.standard_xrefs
    ):
        raise Unaccounted("two entries point at one object")
    for number, generation in touched(document, revision):
        if generation != 0 and number in written.standard_xrefs:
            raise Unaccounted(f"object {number} is used a second time")
    return sorted(places)


def _object_end(document: Document, place: int) -> int:
    """Parse the object at an offset and return the offset behind its ``endobj``."""
    data, stream = document.source.data, document.reader.stream
    head = _HEAD.match(data, place)
    if head is None:
        raise Unaccounted(f"no object stands at {place}")
    number, generation = int(head.group(1)), int(head.group(2))
    if not _is_here(document, number, generation, place):
        raise Unaccounted(f"object {number} stands at {place}, its entry points elsewhere")
    stream.seek(_between(data, head.end()))
    try:
        generic.read_object(stream, strict.reference(document, number, generation))
    except (PdfError, *MALFORMED) as error:
        raise Unaccounted(f"object {number} cannot be read") from error
    at = _between(data, stream.tell())
    if data[at : at + 6] != b"endobj":
        raise Unaccounted(f"object {number} does not end")
    return at + 6


def _check_members(document: Document, revision: int) -> None:
    try:
        strict.check_object_streams(document, revision)
    except (PdfError, *MALFORMED) as error:
        raise Unaccounted("an object stream can be read in two ways") from error
    try:
        strict.check_size(document, revision)
    except (PdfError, *MALFORMED) as error:
        raise Unaccounted("a trailer does not count all objects") from error


def _is_here(document: Document, number: int, generation: int, place: int) -> bool:
    """Say whether an entry, or the xref stream itself, owns the object at an offset."""
    xrefs = document.reader.xrefs
    for revision in range(xrefs.total_revisions):
        info = xrefs.get_xref_container_info(revision)
        if info.stream_ref is not None and info.declared_startxref == place:
            return bool(info.stream_ref.idnum == number)
        if xrefs.get_xref_data(revision).standard_xrefs.get(number) == (generation, place):
            return True
    return False


def _table_end(document: Document, at: int) -> int:
    """Parse a cross-reference table and its trailer; return the offset behind it."""
    data, stream = document.source.data, document.reader.stream
    table = _TABLE.match(data, at)
    if table is None:
        raise Unaccounted("a table of objects is not written as it must be")
    try:
        strict.check_table(table.group())
    except ValueError as error:
        raise Unaccounted(f"a table of objects can be read in two ways: {error}") from error
    stream.seek(_between(data, table.end()))
    try:
        generic.DictionaryObject.read_from_stream(stream, strict.trailer(document))
    except (PdfError, *MALFORMED) as error:
        raise Unaccounted("a trailer cannot be read") from error
    end: int = stream.tell()
    return end


def _between(data: object, at: int) -> int:
    found = _BETWEEN.match(data, at)  # type: ignore[call-overload]
    end = int(found.end())
    if end - at > MOST_BETWEEN:
        raise Unaccounted(f"bytes {at} to {end} belong to no object")
    return end
