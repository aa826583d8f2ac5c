"""Files made to keep a judge busy for minutes or to fill its memory, by what they abuse.

Each takes ``scale``: 1 makes a small file that shows the defect, as tests need it, and a large
number one that would stall a judge who does not count, as measurements need it.
"""

import io
import random
import zlib
from collections.abc import Callable

import pikepdf

from tests.signatures.documents import Practice, increment, plain_pdf

Stalling = Callable[[int], bytes]


def _with_form(objects: dict[int, bytes], form: bytes) -> bytes:
    """Append objects to a plain PDF, and a catalog whose form is one of them."""
    pdf = plain_pdf()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
    return increment(pdf, {**objects, root: body[:-2] + b"/AcroForm " + form + b" >>"})


def _in_object_stream(content: bytes) -> bytes:
    """Write a PDF whose form is object 4, and stands in an object stream with this content."""
    header = b"4 0 "
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R >>",
        2: b"<< /Type /Pages /Kids [ 6 0 R ] /Count 1 >>",
        3: b"<< /Type /ObjStm /N 1 /First %d /Length %d >>\nstream\n%s\nendstream"
        % (len(header), len(header + content), header + content),
        6: b"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 9 9 ] >>",
    }
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    rows = [(0, 0, 0), *((1, places[n], 0) for n in (1, 2, 3)), (2, 3, 0), (1, at, 0)]
    rows.append((1, places[6], 0))
    table = b"".join(
        bytes([kind]) + place.to_bytes(4) + bytes([last]) for kind, place, last in rows
    )
    out += b"5 0 obj\n<< /Type /XRef /Size 7 /W [ 1 4 1 ] /Root 1 0 R /Length %d >>\n" % len(table)
    return bytes(out) + b"stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, at)


def revisions(number: int) -> bytes:
    """Append empty revisions to a plain PDF."""
    out = bytearray(plain_pdf())
    place = int(out[out.rindex(b"startxref") + 9 :].split()[0])
    with pikepdf.open(io.BytesIO(out)) as opened:
        facts = int(opened.trailer.Size), opened.Root.objgen[0]
    for _ in range(number):
        place, before = len(out), place
        out += b"xref\n0 0\ntrailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (*facts, before)
        out += b"startxref\n%d\n%%%%EOF\n" % place
    return bytes(out)


def _dense(objects: int, *, forms: bool) -> bytes:
    """Write objects of thousands of names, of one form or each of its own."""
    chance = random.Random(1)
    names = [b"/" + bytes([letter]) for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    bodies = {
        100 + number: b"<< /A 1 /A 2 /X [ %s ] >>" % b"".join(chance.choices(names, k=1300))
        if forms
        else b"<< /A 1 /A 2 /X [ %s ] >>" % (b"/B" * 1300)
        for number in range(objects)
    }
    return increment(plain_pdf(), bodies)


def _table(entries: int, lines: bytes) -> bytes:
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    body += b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    return (
        body
        + b"xref\n0 %d\n%s" % (entries, lines)
        + b"trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )


def _bomb(scale: int) -> bytes:
    packed = zlib.compress(b"\0" * 60_000 * scale, 9)
    stream = b"<< /Type /XRef /Size 9000000 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode "
    stream += b"/Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream"
    return b"%%PDF-1.7\n1 0 obj\n%s\nendobj\nstartxref\n9\n%%%%EOF\n" % stream


def _diamonds(width: int) -> bytes:
    layers = {n: b"[ %d 0 R %d 0 R ]" % (n + 1, n + 1) for n in range(50, 50 + width)}
    return _with_form(layers, b"<< /Fields [ 50 0 R ] >>")


def _long_line(scale: int) -> bytes:
    pdf = plain_pdf()
    at = pdf.rindex(b"startxref")
    return pdf[:at] + b"%" + b"x" * 1000 * scale + pdf[at:].replace(b"\n", b" ")


def _looping(_: int) -> bytes:
    fields = {50: b"<< /T (a) /Kids [ 51 0 R ] >>", 51: b"<< /T (b) /Kids [ 50 0 R 51 0 R ] >>"}
    return _with_form(fields, b"<< /Fields [ 50 0 R ] >>")


def _nested_fields(number: int) -> bytes:
    """Every field is the kid of the one before, and its full name longer than all before."""
    fields = {
        one: b"<< /T (" + b"x" * 300 + b") /Kids [ %d 0 R ] >>" % (one + 1)
        for one in range(50, 50 + number)
    }
    return _with_form(fields, b"<< /Fields [ 50 0 R ] >>")


STALLING: dict[str, Stalling] = {
    "a table that declares thousands of millions": lambda _: _table(2_000_000_000, b""),
    "a table with millions of lines": lambda n: _table(
        n * 1000, b"0000000009 00000 n \n" * 1000 * n
    ),
    "a table with lines of another width": lambda n: _table(
        n * 1000, b"0000000009  0000 n \n" * 1000 * n
    ),
    "a table of empty parts": lambda n: _table(0, b"0 0\n" * 1000 * n),
    "a bomb in a table": _bomb,
    "a form of one long list": lambda n: _with_form(
        {50: b"[" + b"1 " * 1000 * n + b"]"}, b"50 0 R"
    ),
    "a form of one long text": lambda n: _with_form({50: b"(" + b"x" * 1000 * n + b")"}, b"50 0 R"),
    "a form of open brackets": lambda n: _with_form({50: b"(" * 1000 * n}, b"50 0 R"),
    "a form of escapes": lambda n: _with_form({50: b"(" + b"\\n" * 1000 * n + b")"}, b"50 0 R"),
    "a form of one long name": lambda n: _with_form({50: b"/" + b"x" * 1000 * n + b" "}, b"50 0 R"),
    "a form of one long number": lambda n: _with_form({50: b"1" * 1000 * n + b" "}, b"50 0 R"),
    "a form of hexadecimal digits": lambda n: _with_form({50: b"<" + b"30" * 1000 * n}, b"50 0 R"),
    "a form behind white space": lambda n: _with_form({50: b" " * 1000 * n + b"[]"}, b"50 0 R"),
    "a form behind comments": lambda n: _with_form({50: b"%\n" * 1000 * n + b"[]"}, b"50 0 R"),
    "a form of nested dictionaries": lambda n: _with_form(
        {50: b"<< /A " * 100 * n + b"1" + b" >>" * 100 * n}, b"50 0 R"
    ),
    "a comment without an end": lambda _: _in_object_stream(b"% no end"),
    "a list as long as the file in an object stream": lambda n: _in_object_stream(
        b"[" + b"1 " * 1000 * n + b"]"
    ),
    "a last line as long as the file": _long_line,
    "a graph of diamonds": lambda n: _diamonds(20 + n),
    "fields that are their own kids": _looping,
    "fields within fields": lambda n: _nested_fields(10 * n),
    "thousands of revisions": lambda n: revisions(100 * n),
    "many names in objects of many forms": lambda n: _dense(4 * n, forms=True),
    "many names in objects of one form": lambda n: _dense(4 * n, forms=False),
    "deep nesting": lambda n: b"%PDF-1.7\n" + b"[" * 1000 * n + b"\n%%EOF\n",
    "open brackets": lambda n: b"%PDF-1.7\n" + b"(" * 1000 * n + b"\n%%EOF\n",
}


def giant_contents(practice: Practice, scale: int) -> bytes:
    """Give a signature a /Contents of very many digits."""
    start = practice.bb.index(b"/Contents <30") + 11
    return practice.bb[:start] + b"30" * 1000 * scale + practice.bb[start:]
