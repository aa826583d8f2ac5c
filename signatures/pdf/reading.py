"""pyHanko's reading of tokens, done in stretches instead of characters, and to the same result.

pyHanko asks the file for one byte after the other: half of the time that judging a small file took,
minutes for a string of megabytes, and for ever on a comment without an end. What stands here takes
the place of those functions, inside pyHanko, for everybody who uses it in this process. Each gives
what the replaced one gives, and leaves the file at the same place; where a file is malformed, each
raises what the other raises. ``tests/signatures/test_reading.py`` holds them beside each other.

The one difference is that an unending run of comments stops with ``Exhausted``.
"""

import binascii
import codecs
import io
import os
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, BinaryIO

from pyhanko.pdf_utils import generic, misc, reader
from pyhanko.pdf_utils.misc import PdfReadError, PdfStreamError

FIRST_WINDOW = 64  # bytes; most tokens end within it
LAST_WINDOW = 64 * 1024
COMMENTS = 10_000  # lines of comment between two tokens
LONGEST_LAST_LINE = 64 * 1024

_WHITE = misc.PDF_WHITESPACE
_SPACE_OR_TAB = b" \t\f\x00"
_NOT_WHITE = re.compile(rb"[^ \n\r\t\f\x00]")
_NOT_SPACE = re.compile(rb"[^ \t\f\x00]")
_EOL = re.compile(rb"[\r\n]")
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f \n\r\t\f\x00]")
_NOT_PLAIN = re.compile(rb"[()\\]")
_INDIRECT = re.compile(rb"(\d{1,10})[ \t\n\r\f\v]+(\d{1,5})[ \t\n\r\f\v][ \n\r\t\f\x00]*R")
_INTEGER = re.compile(rb"\d{1,15}(?=[^+-.0-9])")
_MAYBE_INDIRECT = generic.INDIRECT_PATTERN
_PEEKED = 20  # bytes in which pyHanko looks for the end of a reference
_PLAIN = rb"!\x22$&'*-.0-;=?-Z\\^-z|~"
_DELIMITER = re.compile(rb"[ \n\r\t\f\x00()<>\[\]{}/%]")
_LONG_NAME = re.compile(rb"(?:[" + _PLAIN + rb"]|#[0-9A-Fa-f]{2})*")
_ESCAPED_BYTE = re.compile(rb"#(..)", re.DOTALL)
_UNDEFINED = "\ufffe"  # how a codec marks a byte that stands for nothing
_PDF_DOC = "".join(_UNDEFINED if c == "\0" else c for c in generic._pdfDocEncoding)


class Exhausted(BaseException):  # no ``except Exception`` inside a parser may swallow it
    """A file made the parser do more than any honest file would; ``what`` names the limit."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(what)
        self.what, self.limit = what, limit


class Meter:
    """Counts what a parser does with one file; every count has a limit."""

    def __init__(self, **limits: int) -> None:
        self._limits = limits
        self._left = dict(limits)

    def spend(self, what: str, number: int = 1) -> None:
        """Count something before it is done: ``values``, ``escapes``, ``objects``, ``revisions``.

        :raises Exhausted: when there is no more of it left.
        """
        self._left[what] -= number
        if self._left[what] < 0:
            raise Exhausted(what, self._limits[what])


class _Unmetered(Meter):
    def spend(self, what: str, number: int = 1) -> None:
        pass


_UNMETERED = _Unmetered()


class Stream(io.BufferedReader):
    """A file under judgement, with the meter of all that is read from it."""

    def __init__(self, raw: Any, meter: Meter) -> None:
        super().__init__(raw)
        self.meter = meter


class Content(io.BytesIO):
    """A stream out of a file under judgement, with the meter of that file."""

    def __init__(self, data: bytes, meter: Meter) -> None:
        super().__init__(data)
        self.meter = meter


def meter_of(stream: object) -> Meter:
    """Return the meter of a stream; one that is not under judgement has none that stops."""
    found: Meter = getattr(stream, "meter", _UNMETERED)
    return found


def read_object(
    stream: BinaryIO,
    container_ref: Any,
    as_metadata_stream: bool = False,
    in_content_stream: Any = generic.ContentOpReading.NO,
) -> Any:
    """Read one value, counted; a comment before it is skipped, and may be the end of the file."""
    meter_of(stream).spend("values")
    window = stream.read(FIRST_WINDOW)
    if not in_content_stream and (found := _number(stream, window, container_ref)) is not None:
        return found
    stream.seek(-len(window), os.SEEK_CUR)
    if window[:1] == b"%":
        read_non_whitespace(stream, seek_back=True)
        return _pyhanko_object(stream, container_ref)
    return _pyhanko_object(stream, container_ref, as_metadata_stream, in_content_stream)


def _number(stream: BinaryIO, window: bytes, container_ref: Any) -> Any:
    """Read a whole number or a reference, where it is written as most are."""
    if (plain := _INTEGER.match(window)) is None:
        return None
    value: Any
    if _MAYBE_INDIRECT.match(window, 0, _PEEKED):
        if (found := _INDIRECT.match(window)) is None or not int(found.group(1)):
            return None
        indirect: Any = generic.IndirectObject
        handler = container_ref.get_pdf_handler()
        value, end = indirect(int(found.group(1)), int(found.group(2)), handler), found.end()
    else:
        number: Any = generic.NumberObject
        value, end = number(plain.group()), plain.end()
    stream.seek(end - len(window), os.SEEK_CUR)
    value.container_ref = container_ref
    return value


def read_non_whitespace(
    stream: BinaryIO, seek_back: bool = False, allow_eof: bool = False
) -> bytes:
    """Read the next byte that is neither white space nor part of a comment."""
    token = stream.read(1)
    comments = 0
    while token in _WHITE or token == b"%":
        if token == b"%":
            comments = _counted(comments)
            stream.seek(-1, os.SEEK_CUR)
            skip_over_comments(stream)
        elif token:
            if (token := stream.read(1)) and token in _WHITE:  # mostly there is one blank only
                _run(stream, _NOT_WHITE)
                token = stream.read(1)
            continue
        elif allow_eof:
            return b""
        else:
            raise PdfStreamError("Stream ended prematurely")
        token = stream.read(1)
    if seek_back:
        stream.seek(-1, os.SEEK_CUR)
    return token


def skip_over_whitespace(
    stream: BinaryIO, stop_after_eol: bool = False, error_on_end_of_stream: bool = True
) -> bool:
    """Go to the next byte that is no white space, or behind the end of the line."""
    token, skipped = stream.read(1), False
    if token and token in (_SPACE_OR_TAB if stop_after_eol else _WHITE):
        _run(stream, _NOT_SPACE if stop_after_eol else _NOT_WHITE)
        token, skipped = stream.read(1), True
    if not token:
        if error_on_end_of_stream:
            raise PdfStreamError("Stream ended prematurely")
        return True
    if stop_after_eol and token == b"\n":
        return skipped
    if stop_after_eol and token == b"\r" and (token := stream.read(1)) in b"\n":
        return skipped  # CR LF, or CR and the end of the file
    stream.seek(-1, os.SEEK_CUR)
    return skipped


def skip_over_comments(stream: BinaryIO, error_on_end_of_stream: bool = True) -> bool:
    """Go behind the comments that begin here, and the white space after them."""
    token, comments = stream.read(1), 0
    while token == b"%":
        comments = _counted(comments)
        _run(stream, _EOL)
        stream.read(1)
        skip_over_whitespace(stream, error_on_end_of_stream=error_on_end_of_stream)
        token = stream.read(1)
    if token:
        stream.seek(-1, os.SEEK_CUR)
    return comments > 0


def read_until_class(
    class_chars: bytes, stream: BinaryIO, maxchars: int | None = None
) -> tuple[bytes, bool]:
    """Read up to a byte of a class and over it; say with it whether the file ended instead."""
    if maxchars is not None:
        piece = stream.read(maxchars)
        if found := _one_of(class_chars).search(piece):
            stream.seek(found.end() - len(piece), os.SEEK_CUR)
            return piece[: found.start()], False
        return piece, len(piece) < maxchars
    text = _text_before(stream, _one_of(class_chars))
    return text, not stream.read(1)


def read_until_regex(
    stream: BinaryIO, regex: "re.Pattern[bytes]", ignore_eof: bool = False
) -> bytes:
    """Read up to where a pattern of one byte matches."""
    text = _text_before(stream, regex)
    if not ignore_eof and not stream.read(1):
        raise PdfStreamError("Stream has ended unexpectedly")
    if not ignore_eof:
        stream.seek(-1, os.SEEK_CUR)
    return text


def read_hex_string(stream: BinaryIO) -> Any:
    """Read ``<...>``; comments and white space may stand between the digits."""
    stream.read(1)
    digits, comments = bytearray(), 0
    while True:
        digits += _text_before(stream, _NOT_HEX).translate(None, _WHITE)
        token = read_non_whitespace(stream)
        if token == b">":
            break
        if token not in generic.HEX_DIGITS:
            raise PdfStreamError("Unexpected token in hex string: " + repr(token))
        comments = _counted(comments)  # only behind a comment does a digit come now
        digits += token
    return generic.pdf_string(binascii.unhexlify(digits + (b"0" if len(digits) % 2 else b"")))


def read_literal_string(stream: BinaryIO) -> bytes:
    """Read ``(...)`` with what is nested and escaped in it."""
    stream.read(1)
    text, depth, meter = bytearray(), 1, meter_of(stream)
    while True:
        text += _text_before(stream, _NOT_PLAIN)
        token = stream.read(1)
        meter.spend("escapes")
        if not token:
            raise PdfStreamError("Stream has ended unexpectedly")
        if token == b"\\":
            text += _escaped(stream)
            continue
        depth += 1 if token == b"(" else -1
        if depth == 0:
            return bytes(text)
        text += token


_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _escaped(stream: BinaryIO) -> bytes:
    """Read what stands behind a backslash (ISO 32000-2, 7.3.4.2), as leniently as pyHanko."""
    token = stream.read(1)
    if token in b"() /%<>[]#_&$\\":
        return token
    if token in _ESCAPES:
        return _ESCAPES[token]
    if token.isdigit():
        for _ in range(2):
            following = stream.read(1)
            if not following.isdigit():
                stream.seek(-1, os.SEEK_CUR)
                break
            token += following
        return bytes((int(token, base=8),))
    if token in b"\n\r":
        if stream.read(1) not in b"\n\r":
            stream.seek(-1, os.SEEK_CUR)
        return b""
    raise PdfReadError("Unexpected escaped string: " + repr(token))


def decode_pdf_doc(encoded: bytes) -> str:
    """Decode PDFDocEncoding (ISO 32000-2, D.2)."""
    return codecs.charmap_decode(encoded, "strict", _PDF_DOC)[0]


def read_name(stream: BinaryIO) -> Any:
    """Read a name (ISO 32000-2, 7.3.5)."""
    if stream.read(1) != b"/":
        raise PdfReadError("Name object should start with /")
    text = _text_before(stream, _DELIMITER)
    if not _LONG_NAME.fullmatch(text):
        raise PdfReadError("a byte in a name is not escaped as it must be")
    if b"#" in text:
        text = _ESCAPED_BYTE.sub(lambda found: bytes.fromhex(found.group(1).decode()), text)
    try:
        return generic.NameObject("/" + text.decode("utf-8"))
    except UnicodeDecodeError:
        return generic.NameObject("/" + text.decode("latin-1"))


def read_reference(stream: BinaryIO, container_ref: Any) -> Any:
    """Read ``12 0 R``; one that is written in another way is left to pyHanko."""
    window = stream.read(FIRST_WINDOW)
    found = _INDIRECT.match(window)
    if found is None or not int(found.group(1)):
        stream.seek(-len(window), os.SEEK_CUR)
        return _pyhanko_reference(stream, container_ref)
    stream.seek(found.end() - len(window), os.SEEK_CUR)
    handler = container_ref.get_pdf_handler()
    indirect: Any = generic.IndirectObject
    return indirect(int(found.group(1)), int(found.group(2)), handler)


def read_next_end_line(stream: BinaryIO) -> bytes:
    """Read the line before this place, when it is one and not the whole file."""
    at = stream.tell()
    start = max(0, at - LONGEST_LAST_LINE)
    stream.seek(start)
    ends = _EOL.search(stream.read(at + 1 - start)) is not None
    stream.seek(at)
    if start and not ends:
        raise PdfReadError("EOL marker not found")
    line: bytes = _pyhanko_end_line(stream)
    return line


def _run(stream: BinaryIO, stop: "re.Pattern[bytes]") -> None:
    """Go to the next byte that matches, or to the end."""
    size = FIRST_WINDOW
    while piece := stream.read(size):
        if found := stop.search(piece):
            stream.seek(found.start() - len(piece), os.SEEK_CUR)
            return
        size = min(4 * size, LAST_WINDOW)


def _text_before(stream: BinaryIO, stop: "re.Pattern[bytes]") -> bytes:
    """Read up to the next byte that matches, or to the end."""
    text, size = bytearray(), FIRST_WINDOW
    while piece := stream.read(size):
        if found := stop.search(piece):
            stream.seek(found.start() - len(piece), os.SEEK_CUR)
            return bytes(text + piece[: found.start()])
        text += piece
        size = min(4 * size, LAST_WINDOW)
    return bytes(text)


def _counted(comments: int) -> int:
    if comments >= COMMENTS:
        raise Exhausted("comments", COMMENTS)
    return comments + 1


@lru_cache(maxsize=8)
def _one_of(class_chars: bytes) -> "re.Pattern[bytes]":
    return re.compile(b"[" + re.escape(class_chars) + b"]")


_pyhanko_object: Callable[..., Any] = generic.read_object
_pyhanko_reference: Callable[..., Any] = generic.IndirectObject.read_from_stream
_pyhanko_end_line: Callable[..., Any] = reader.read_next_end_line


def _put_in_place() -> None:
    tokens: Any = generic  # which exports none of what is replaced
    scanning: Any = misc
    for module in (scanning, tokens):
        module.read_non_whitespace = read_non_whitespace
        module.skip_over_whitespace = skip_over_whitespace
        module.read_until_regex = read_until_regex
    misc.skip_over_comments = skip_over_comments
    misc._read_until_class = read_until_class
    tokens.read_object = read_object
    tokens.read_hex_string_from_stream = read_hex_string
    tokens._read_string_literal_bytes = read_literal_string
    tokens.decode_pdfdocencoding = decode_pdf_doc
    tokens.NameObject.read_from_stream = staticmethod(read_name)
    tokens.IndirectObject.read_from_stream = staticmethod(read_reference)
    reader.read_next_end_line = read_next_end_line


_put_in_place()
