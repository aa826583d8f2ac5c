"""How many values qpdf would hold if it read some objects; a megabyte may have a million.

Of most objects one knows where they end, and of the others that they end with the file.
"""

from collections.abc import Set
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf.ends import Held
from signatures.pdf.layout import Layout, Ref
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.object_streams import unpacked


def weigh(layout: Layout, refs: Set[Ref] | None) -> None:
    """See that some objects are not too much to be read, all of them for None.

    :raises Exhausted: for more than ``VALUES`` values.
    """
    held, data = Held(), layout.document.source.data
    for ref in layout.place_of if refs is None else refs:
        if (place := layout.place_of.get(ref)) is None:
            continue  # in a stream
        if place in layout.alike.closed:
            held.spend(data, place, layout.following(place))
        elif layout.others.get(ref) is None:  # those that end were counted when that was seen
            held.spend(data, place, layout.document.source.length)
    streams = _streams(layout, refs)
    for number, text in unpacked(layout, len(layout.tables) - 1) if streams else ():
        if number in streams:
            content = _read(layout, number) if text is None else text
            held.spend(content, 0, len(content))


def _streams(layout: Layout, refs: Set[Ref] | None) -> set[int]:
    """Name the streams that some objects are in; qpdf reads all that is in them."""
    if refs is None:
        return {number for table in layout.tables for number in table.obj_streams_used}
    inside = {ref[0] for ref in refs if ref not in layout.place_of}
    return {
        table.xrefs_in_objstm[number].obj_stream_id
        for table in layout.tables
        for number in inside & table.xrefs_in_objstm.keys()
    }


def _read(layout: Layout, number: int) -> bytes:
    """Unpack a stream that is packed in an unusual way; nothing for one that cannot be."""
    reader: Any = layout.document.reader
    try:
        return bytes(reader.get_object(generic.Reference(number, 0, reader)).data)
    except (PdfError, *MALFORMED):
        return b""
