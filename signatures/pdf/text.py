"""The words of a PDF, page by page, as PDFium reads them: to be compared, never for a verdict."""

import pypdfium2

MOST_PAGES = 1_000
MOST_CHARACTERS = 2_000_000  # of all pages


def pages_of(pdf: bytes) -> tuple[str, ...] | None:
    """Read the words of every page; None for what is no PDF, is locked, or is too much.

    Hostile files are read in a worker of ``signatures.pool`` only, which has limits on memory and
    time.
    """
    try:
        with pypdfium2.PdfDocument(pdf) as document:
            return _read(document) if len(document) <= MOST_PAGES else None
    except pypdfium2.PdfiumError:
        return None


def _read(document: pypdfium2.PdfDocument) -> tuple[str, ...] | None:
    pages, left = [], MOST_CHARACTERS
    for page in document:
        words = page.get_textpage()
        left -= words.count_chars()
        if left < 0:
            return None
        pages.append(words.get_text_bounded(errors="replace"))
        page.close()
    return tuple(pages)
