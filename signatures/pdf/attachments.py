"""Files inside a PDF: taken out with limits, because a file of kilobytes may hold gigabytes."""

import io
import zlib
from pathlib import Path

import pikepdf

from signatures.pdf.policy import Limits
from signatures.pdf.report import plain

MALFORMED = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError)


class AttachmentsUnreadable(ValueError):  # noqa: N818 - reads as the sentence it is
    """The embedded files are damaged, too many or too large; the text says which."""


def embedded_files(pdf: bytes | Path, *, limits: Limits | None = None) -> list[tuple[str, bytes]]:
    """Return the name and the bytes of every file embedded in a PDF, in the order of its list.

    :raises AttachmentsUnreadable: for a PDF that cannot be read, for embedded files that are
        damaged, and for more of them than the limits allow.
    """
    try:
        source = io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf
        with pikepdf.open(source, attempt_recovery=False, suppress_warnings=True) as opened:
            return attachments_of(opened, limits or Limits())
    except pikepdf.PasswordError as error:
        raise AttachmentsUnreadable("the PDF is protected by a password") from error
    except (RecursionError, *MALFORMED) as error:
        if isinstance(error, AttachmentsUnreadable):
            raise
        raise AttachmentsUnreadable("the embedded files cannot be read") from error


def attachments_of(pdf: pikepdf.Pdf, limits: Limits) -> list[tuple[str, bytes]]:
    """Return the embedded files of an opened PDF (ISO 32000-2, 7.11.4).

    :raises AttachmentsUnreadable: for too many or too large ones.
    """
    found: list[tuple[str, bytes]] = []
    left = limits.attachment_bytes
    for specification in _specifications(pdf, limits):
        name = str(specification.get("/UF", specification.get("/F", "")))
        files = specification["/EF"]
        data = _decoded(files["/F"] if "/F" in files else files["/UF"], left)
        left -= len(data)
        found.append((plain(name), data))
    return found


def _specifications(pdf: pikepdf.Pdf, limits: Limits) -> list[pikepdf.Object]:
    """Walk the name tree of embedded files, each node once, and the associated files."""
    names = pdf.Root.get("/Names", pikepdf.Dictionary())
    waiting = [names["/EmbeddedFiles"]] if "/EmbeddedFiles" in names else []
    found: list[pikepdf.Object] = []
    nodes = 0
    while waiting:
        node = waiting.pop()
        nodes += 1
        pairs = list(node.get("/Names", []))
        found += pairs[1::2]
        waiting += reversed(list(node.get("/Kids", [])))
        if nodes > limits.attachments or len(found) > limits.attachments:
            raise AttachmentsUnreadable(f"more than {limits.attachments} embedded files")
    listed = {one.objgen for one in found}
    associated = [one for one in pdf.Root.get("/AF", []) if one.objgen not in listed]
    if len(found) + len(associated) > limits.attachments:
        raise AttachmentsUnreadable(f"more than {limits.attachments} embedded files")
    return [one for one in [*found, *associated] if "/EF" in one]


def _decoded(stream: pikepdf.Object, most: int) -> bytes:
    """Decode one stream, never past ``most`` bytes; only plain deflate is undone."""
    raw: bytes = stream.read_raw_bytes()
    filters = stream.get("/Filter")
    if filters is not None and not isinstance(filters, pikepdf.Name):
        names = list(filters)
        if len(names) > 1:
            raise AttachmentsUnreadable("an embedded file is packed more than once")
        filters = names[0] if names else None
    if filters is None:
        data = raw
    elif filters == pikepdf.Name.FlateDecode and "/DecodeParms" not in stream:
        data = _inflated(raw, most)
    else:
        raise AttachmentsUnreadable(f"an embedded file is packed with {filters}")
    if len(data) > most:
        raise AttachmentsUnreadable("the embedded files are too large")
    return data


def _inflated(raw: bytes, most: int) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(raw, most + 1)
    except zlib.error as error:
        raise AttachmentsUnreadable("an embedded file is damaged") from error
    if not unpacking.eof and len(data) <= most:
        raise AttachmentsUnreadable("an embedded file is cut short")
    return data
