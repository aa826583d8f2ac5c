"""Telling a PDF that was never signed from one that lost its signature in a printer driver."""

from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf.malformed import MALFORMED
from signatures.pdf.parsers import Document
from signatures.pdf.report import Finding, plain

# Producers that make a new PDF out of pages shown on a screen.
PRINTERS = (
    "Microsoft: Print To PDF",
    "Microsoft Print to PDF",
    "Quartz PDFContext",
    "PDFCreator",
    "CutePDF",
    "doPDF",
    "PDF24",
    "Foxit PDF Printer",
    "Bullzip",
    "PrimoPDF",
    "novaPDF",
    "Skia/PDF",
    "cairo",
)


def unsigned(document: Document) -> Finding:
    """Say that a document is not signed, and whether it was printed to PDF."""
    producer = _producer(document)
    if any(name.lower() in producer.lower() for name in PRINTERS):
        return Finding.of("printed-to-pdf", producer=producer)
    return Finding.of("unsigned")


def _producer(document: Document) -> str:
    try:
        return plain(str(document.reader.trailer_view["/Info"]["/Producer"]))
    except (PdfError, *MALFORMED):
        return ""
