"""What somebody does to a PDF after it was signed, for exercises, demonstrations and tests.

Nothing here is a secret of the trade: any editor of PDF files does the same. It shows that the
judge sees it.
"""

import io

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

_WHITE_OUT = b"q 1 1 1 rg 60 640 300 60 re f Q\n"


def edited(pdf: bytes) -> bytes:
    """Paint over a part of the first page, as an incremental update after all that is there.

    A viewer shows the page as painted over; the bytes that were signed stand unchanged before.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    paint = writer.add_object(generic.StreamObject(stream_data=_WHITE_OUT))
    writer.add_stream_to_page(0, paint)  # type: ignore[no-untyped-call]
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def with_annex(pdf: bytes, annex: bytes, name: str) -> bytes:
    """Enclose a file in a PDF that nobody has signed yet, as a thick offer encloses drawings."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.attachments[name] = pikepdf.AttachedFileSpec(opened, annex, filename=name)
        opened.save(out)
    return out.getvalue()
