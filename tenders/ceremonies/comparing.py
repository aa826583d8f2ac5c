"""Comparing the wording of documents that an amendment replaced, moments after its publication.

Nobody waits for it: bytes are read from the vault and words from PDFs outside any transaction and
any request, and what was found is kept for everybody who looks.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from procurement.vault import VaultFault
from signatures.reading import words_of
from tenders.actions.comparing import keep_comparison
from tenders.models import TenderDocument
from tenders.queries import content_of
from tenders.queries_comparisons import pairs_to_compare
from tenders.rules.wording import WhyNot, Wording, compared, of_lines, of_pages

AT_ONCE = 5  # pairs of documents; the rest a moment later
MOST_BYTES = 50 * 1024 * 1024  # of a PDF whose words are read
MOST_TEXT = 4 * 1024 * 1024  # bytes of a text
PDF = b"%PDF-"

_log = logging.getLogger(__name__)


def due(*, now: datetime) -> None:
    """Compare some of the documents that were replaced with the versions before them."""
    for earlier, later in pairs_to_compare(AT_ONCE):
        try:
            before, after = _wordings((earlier, later))
        except VaultFault:
            _log.warning("%s could not be fetched to be compared", later, exc_info=True)
            continue
        keep_comparison(earlier=earlier, later=later, found=compared(before, after), now=now)


def _wordings(documents: Iterable[TenderDocument]) -> list[Wording | WhyNot]:
    bodies = [_body(one) for one in documents]
    pdfs = [one for one in bodies if isinstance(one, bytes)]
    pages = iter(words_of(pdfs) if pdfs else ())
    return [_read(next(pages)) if isinstance(one, bytes) else one for one in bodies]


def _body(document: TenderDocument) -> bytes | Wording | WhyNot:
    """Give the bytes of a PDF, by which it begins, and of a text its lines."""
    if document.length > MOST_BYTES:
        return "too-large"
    body = b"".join(content_of(document))
    if body.startswith(PDF):
        return body
    if not document.media_type.startswith("text/"):
        return "other-kind"
    return _lines(body) if len(body) <= MOST_TEXT else "too-large"


def _lines(body: bytes) -> Wording | WhyNot:
    try:
        return of_lines(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "not-read"


def _read(pages: tuple[str, ...] | None) -> Wording | WhyNot:
    return "not-read" if pages is None else of_pages(pages)
