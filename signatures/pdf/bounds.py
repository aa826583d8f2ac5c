"""Step 1: size, header, end and resource limits, by searching raw bytes before any parser runs.

Revisions and objects are counted where tables name them (``tables``); no parser looks at others.
"""

from collections.abc import Mapping

from signatures.pdf.policy import Limits
from signatures.pdf.report import Finding
from signatures.pdf.source import Source, Unjudgeable

HEADER = b"%PDF-"
HEADER_WINDOW = 1024  # bytes in which old readers look for the header
TAIL_WINDOW = 2048  # bytes at the end in which the last %%EOF has to stand
_SIGNED = b"/ByteRange"


def check_bounds(source: Source, limits: Limits) -> None:
    """Refuse what is no PDF and what is too much, by counting words.

    :raises Unjudgeable: with ``too-large``, ``not-a-pdf``, ``broken`` or ``resource-count``.
    """
    if source.length > limits.file_bytes:
        raise Unjudgeable(Finding.of("too-large", bytes=source.length, limit=limits.file_bytes))
    if source.data[: len(HEADER)] != HEADER:
        if HEADER in source.data[:HEADER_WINDOW]:
            raise Unjudgeable(Finding.of("broken", what="something stands before the header"))
        raise Unjudgeable(Finding.of("not-a-pdf"))
    if source.data.rfind(b"%%EOF", max(0, source.length - TAIL_WINDOW)) == -1:
        raise Unjudgeable(Finding.of("broken", what="the end of the file is missing"))

    if source.count(_SIGNED) > limits.signatures:
        found = Finding.of("resource-count", what="signatures", limit=limits.signatures)
        raise Unjudgeable(found)
    if source.count(_nested(limits)):
        raise Unjudgeable(Finding.of("resource-count", what="nesting", limit=limits.nesting))


def words_of(limits: Limits) -> Mapping[bytes, int]:
    """Return the words to count in a file, each with the number of which one more is too many."""
    return {_SIGNED: limits.signatures, _nested(limits): 0}


def _nested(limits: Limits) -> bytes:
    return b"[" * (limits.nesting + 1)
