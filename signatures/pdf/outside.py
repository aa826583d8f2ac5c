"""Step 7: what a file shows and does not hold.

A stream may lie in another file (ISO 32000-2, 7.3.8.2), a drawing may stand for a page of another
document (8.10.4), and a picture may be another one in print (OPI, 14.11.7). What the signer signed
is then not what a reader sees, and whoever changes the other file changes what is seen.
"""

from collections.abc import Iterator

from signatures.pdf.parsers import Document
from signatures.pdf.report import Finding

_ELSEWHERE = {
    "/F": "a stream",
    "/Ref": "a page of another document",
    "/OPI": "a picture for print",
}
NAMED = 5  # in a report


def shown_from_outside(document: Document) -> list[Finding]:
    """Name what the file only refers to and shows all the same."""
    named = dict.fromkeys(_found(document))
    return [Finding.of("shown-from-outside", what=", ".join(list(named)[:NAMED]))] if named else []


def _found(document: Document) -> Iterator[str]:
    for one in document.streams:
        for key, what in _ELSEWHERE.items():
            if key in one and one.get(key) is not None:
                yield f"{what} (object {one.objgen[0]})"
