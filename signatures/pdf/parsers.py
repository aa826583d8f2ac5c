"""Step 2: two independent parsers read the same document from the file, neither repairing it.

pyHanko is asked to be lenient, because strict parsing turns away many honest files; qpdf, through
pikepdf, is asked not to reconstruct anything. Where they count other pages, the file shows
different people different documents.
"""

import logging
import re
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO

import pikepdf
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget
from pyhanko.pdf_utils.misc import PdfDecodeLimitError, PdfError

from signatures.pdf import tables  # noqa: F401 - takes the place of pyHanko's own
from signatures.pdf.layout import Layout
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.policy import MIB, Limits
from signatures.pdf.reading import Exhausted, Meter, Stream
from signatures.pdf.references import Reference, references_to
from signatures.pdf.remembering import RememberingReader
from signatures.pdf.report import Finding
from signatures.pdf.source import Source, Unjudgeable
from signatures.pdf.weight import weigh

DECODED_RATIO = 4  # decoded bytes per byte of file
VALUES = 400_000  # numbers, names, texts and so on that pyHanko parses of one file, all in all
ESCAPES = 1_000_000  # backslashes and brackets in all texts that it parses
TABLES = 2  # tables of objects in one revision
DECODED_FLOOR = 32 * MIB  # what a small file may decode to in any case

# What pyHanko would log about a hostile file stands in our report instead.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL + 1)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL + 1)
logging.getLogger("pikepdf").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True)
class Document:
    """One file under both parsers."""

    source: Source
    reader: Any  # a PdfFileReader; half of its methods carry no types
    qpdf: pikepdf.Pdf
    pages: int

    @property
    def hybrid(self) -> bool:
        """Say whether old and new readers are given different tables of objects."""
        return bool(self.reader.xrefs.hybrid_xrefs_present)

    @cached_property
    def touched(self) -> tuple[frozenset[tuple[int, int]], ...]:
        """Return number and generation of every object that each revision touches."""
        return tuple(
            frozenset(_touched(self.reader.xrefs.get_xref_data(revision)))
            for revision in range(self.reader.xrefs.total_revisions)
        )

    @cached_property
    def layout(self) -> Layout:
        """Return how the objects lie in the file."""
        return Layout(self)

    @cached_property
    def streams(self) -> tuple[pikepdf.Stream, ...]:
        """Return every stream of the final file; none of the objects that are written alike is."""
        return tuple(one for one in self.read(self.layout.apart) if isinstance(one, pikepdf.Stream))

    def read(self, refs: Set[tuple[int, int]] | None) -> Iterator[Any]:
        """Let qpdf read some objects of the final file in order, all of them for None.

        :raises Exhausted: when they hold too many values.
        """
        weigh(self.layout, refs)
        if refs is None:
            yield from self.qpdf.objects
        else:
            yield from map(self.qpdf.get_object, sorted(refs))

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Return every reference in the final file to an object that an increment wrote."""
        numbers = {number for later in self.touched[1:] for number, _ in later}
        return references_to(numbers, self.read(None))


@contextmanager
def parsed(source: Source, limits: Limits) -> Iterator[Document]:
    """Open the file with both parsers and compare what they see.

    :raises Unjudgeable: with ``password-protected``, ``broken`` or ``resource-count``.
    """
    try:
        with _parsed(source, limits) as document:
            yield document
    except Exhausted as exhausted:  # also where a later step reads more of the file
        raise Unjudgeable(
            Finding.of("resource-count", what=exhausted.what, limit=exhausted.limit)
        ) from exhausted


@contextmanager
def _parsed(source: Source, limits: Limits) -> Iterator[Document]:
    """Let pyHanko go first: what it reads of the tables is counted, and qpdf does not count."""
    with source.stream() as first, source.stream() as second:
        reader = _read(first, limits)
        with _qpdf(second) as qpdf:
            if qpdf.is_encrypted:
                raise Unjudgeable(Finding.of("password-protected"))
            if int(qpdf.trailer.get("/Size", 0)) > limits.objects:
                found = Finding.of("resource-count", what="objects", limit=limits.objects)
                raise Unjudgeable(found)
            yield Document(source, reader, qpdf, _same_pages(reader, qpdf, limits))


def _same_pages(reader: RememberingReader, qpdf: pikepdf.Pdf, limits: Limits) -> int:
    with _readable():
        pages, declared = len(qpdf.pages), _declared_pages(reader)
    if pages > limits.pages:
        raise Unjudgeable(Finding.of("resource-count", what="pages", limit=limits.pages))
    if declared != pages:
        what = f"one counts {declared} pages, the other {pages}"
        raise Unjudgeable(Finding.of("broken", what=what))
    return pages


@contextmanager
def _readable() -> Iterator[None]:
    """Turn what parsers say of a file that is none into a finding."""
    try:
        yield
    except PdfDecodeLimitError as error:
        raise Unjudgeable(
            Finding.of("resource-count", what="decoded bytes", limit=DECODED_RATIO)
        ) from error
    except (PdfError, pikepdf.PdfError, *MALFORMED) as error:
        raise Unjudgeable(Finding.of("broken", what=_short(error))) from error


def touched(document: Document, revision: int) -> frozenset[tuple[int, int]]:
    """Return number and generation of every object that a revision writes, overwrites or frees."""
    return document.touched[revision]


def _touched(written: Any) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = written.explicit_refs_in_revision
    if written.hybrid is not None:
        found = found | written.hybrid.xref_data.explicit_refs_in_revision
    return found


@contextmanager
def _qpdf(stream: BinaryIO) -> Iterator[pikepdf.Pdf]:
    try:
        pdf = pikepdf.open(
            stream,
            attempt_recovery=False,
            suppress_warnings=True,
            access_mode=pikepdf.AccessMode.mmap,  # four times as fast as asking a stream of Python
        )
    except pikepdf.PasswordError as error:
        raise Unjudgeable(Finding.of("password-protected")) from error
    except (pikepdf.PdfError, pikepdf.QpdfRuntimeError, ValueError) as error:
        raise Unjudgeable(Finding.of("broken", what=_short(error))) from error
    with pdf:
        yield pdf


def _read(stream: BinaryIO, limits: Limits) -> RememberingReader:
    budget = DocumentDecodeBudget(base_allowance=DECODED_FLOOR, max_ratio=DECODED_RATIO)
    meter = Meter(
        values=VALUES,
        escapes=ESCAPES,
        objects=limits.objects,
        revisions=TABLES * limits.revisions,
    )
    counted = Stream(getattr(stream, "raw", stream), meter)
    with _readable():
        reader = RememberingReader(
            counted, strict=False, decode_limits=DecodeLimits(document_budget=budget)
        )
        if reader.encrypted:
            raise Unjudgeable(Finding.of("password-protected"))
    if reader.xrefs.total_revisions > limits.revisions:
        raise Exhausted("revisions", limits.revisions)
    return reader


def _declared_pages(reader: RememberingReader) -> int:
    return int(reader.root["/Pages"]["/Count"])


def _short(error: Exception) -> str:
    """Say what a parser said, without the name of a file or the address of an object here."""
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return _HERE.sub("the file", text.rsplit(">: ", 1)[-1])[:160]


_HERE = re.compile(r"stream <.*>")
