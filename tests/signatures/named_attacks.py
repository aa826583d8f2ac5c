"""One file for every class of attack that has a name, and the code that it has to be met with.

The classes are those of the published work on signed PDF files: incremental saving (ISA), wrapping
(SWA) and universal forgery (USF) by Mladenov and others, 2019; shadow attacks by Mainka and others,
2021; evil annotations and sneaky signatures on certified files (EAA, SSA) by Rohlmann and others,
2021. The other tests of this room take each of them apart; this table is the whole of it.
"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec

from tests.signatures.certifying import certified, signed_with, waiting
from tests.signatures.documents import Practice, increment, plain_pdf, table
from tests.signatures.forging import contents_of, with_contents
from tests.signatures.meaning import outside_page, outside_stream, replacing_form, two_contents
from tests.signatures.stalling import STALLING, giant_contents
from tests.signatures.stamping import PRICE, Box, Drawn, second


@dataclass(frozen=True)
class Attack:
    """A file that says something else than its signer did, or that is made to stall."""

    name: str
    made: Callable[[Practice], bytes]
    code: str


def _held(pdf: bytes, find: Callable[[pikepdf.Pdf], pikepdf.Object]) -> tuple[int, bytes]:
    """Return number and body of an object."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        found = find(opened)
        return int(found.objgen[0]), found.unparse(resolved=True)


def _first_page(opened: pikepdf.Pdf) -> pikepdf.Object:
    return opened.pages[0].obj


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


_CHEAPER = _stream(b"BT /F1 24 Tf 50 150 Td (1.00) Tj ET")


def _incremental_saving(practice: Practice) -> bytes:
    signed = practice.sign(plain_pdf())
    number, _ = _held(signed, lambda opened: _first_page(opened).Contents)
    return increment(signed, {number: _CHEAPER})


def _without_a_table(practice: Practice) -> bytes:
    """Append an object that only a reader finds which repairs the file."""
    signed = practice.sign(plain_pdf())
    number, _ = _held(signed, lambda opened: _first_page(opened).Contents)
    return signed + b"%d 0 obj\n%s\nendobj\n%%%%EOF\n" % (number, _CHEAPER)


def _wrapped(practice: Practice) -> bytes:
    """Move the second signed range to the end of the file, and put other objects in between."""
    signed = practice.sign(plain_pdf())
    _, place = contents_of(signed)
    behind = place.stop + 1
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\] *", signed)
    assert found is not None
    between = b" >>\nendobj\n1 0 obj\n" + _CHEAPER + b"\nendobj\n"
    moved = b"/ByteRange [0 %s %d %s]" % (found[1], behind + len(between), found[3])
    head = signed[: found.start()] + moved.ljust(len(found[0])) + signed[found.end() : behind]
    return head + between + signed[behind:]


def _forged(name: bytes, instead: bytes) -> Callable[[Practice], bytes]:
    """Void what a signature is verified by, in the hope that nobody verifies it then."""

    def made(practice: Practice) -> bytes:
        signed = practice.sign(plain_pdf())
        assert signed.count(name) == 1
        return signed.replace(name, instead)

    return made


def _layered() -> bytes:
    """A page whose price is covered by a picture of another price, and a spare page tree."""
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        page = pdf.pages[0].obj
        cover = pdf.make_stream(b"1 g 0 0 300 300 re f", Type=pikepdf.Name.XObject)
        cover["/Subtype"], cover["/BBox"] = pikepdf.Name.Form, [0, 0, 300, 300]
        page.Resources["/XObject"] = pikepdf.Dictionary(Cover=cover)
        page["/Contents"] = pikepdf.Array([page.Contents, pdf.make_stream(b"/Cover Do")])
        spare = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages, Count=2))
        spare["/Kids"] = pikepdf.Array([pdf.pages[1].obj, pdf.pages[1].obj])
        pdf.Root["/Spare"] = spare
        target = io.BytesIO()
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return target.getvalue()


def _shadow_hide(practice: Practice) -> bytes:
    signed = practice.sign(_layered())
    cover, _ = _held(signed, lambda opened: _first_page(opened).Resources.XObject.Cover)
    return increment(signed, {cover: b"null"})


def _shadow_replace(practice: Practice) -> bytes:
    signed = practice.sign(plain_pdf())
    font, _ = _held(signed, lambda opened: _first_page(opened).Resources.Font.F1)
    figures = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences "
    return increment(signed, {font: figures + b"[ 49 /nine ] >> >>"})


def _shadow_hide_and_replace(practice: Practice) -> bytes:
    signed = practice.sign(_layered())
    root, body = _held(signed, lambda opened: opened.Root)
    spare, _ = _held(signed, lambda opened: opened.Root.Spare)
    return increment(signed, {root: re.sub(rb"/Pages \d+", b"/Pages %d" % spare, body)})


def _two_page_trees(practice: Practice) -> bytes:
    """Name another page tree beside the signed one, together with honest evidence."""
    signed = practice.sign(_layered())
    root, body = _held(signed, lambda opened: opened.Root)
    spare, _ = _held(signed, lambda opened: opened.Root.Spare)
    der = practice.authority.authority("root").certificate_der
    store = b"/DSS << /Certs [ 900 0 R ] >> /Pages %d 0 R >>" % spare
    return increment(signed, {900: _stream(der), root: body[:-2] + store})


def _evil_annotation(practice: Practice) -> bytes:
    author = certified(practice, plain_pdf(), MDPPerm.ANNOTATE)
    page, body = _held(author, _first_page)
    note = b"<< /Type /Annot /Subtype /FreeText /Rect [0 0 300 300] /Contents (1.00) >>"
    return increment(author, {900: note, page: body[:-2] + b"/Annots [ 900 0 R ] >>"})


def _sneaky_signature(practice: Practice) -> bytes:
    author = certified(practice, plain_pdf(), MDPPerm.FILL_FORMS)
    spec = SigFieldSpec("Sneaky", on_page=0, box=(0, 0, 300, 300))
    return signed_with(practice, author, field="Sneaky", spec=spec)


def _well_aligned_wrapping(practice: Practice) -> bytes:
    """Wrap so that every offset is right: another table stands where the signed one stood.

    The signed tail still names that place, and moves to the end of the file.
    """
    signed = practice.sign(plain_pdf())
    _, place = contents_of(signed)
    tail = signed[place.stop + 1 :]
    at = int(signed[signed.rindex(b"startxref") + 9 :].split()[0])
    number, _ = _held(signed, lambda opened: _first_page(opened).Contents)
    der = signed[place].rstrip(b"0")
    head = signed[: place.start] + der + b"0" * (len(der) % 2) + b"> /ByteRange "
    of_signed = signed[at : signed.rindex(b"startxref")].removeprefix(b"xref\n")
    page = len(head) + 200
    table_ = b"xref\n%d 1\n%010d 00000 n \n%s" % (number, page, of_signed)
    ranges = b"[0 %d %d %d]" % (place.start - 1, at + len(table_), len(tail))
    ranges += b" /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached >>\nendobj\n"
    body = (head + ranges).ljust(page) + b"%d 0 obj\n%s\nendobj\n" % (number, _CHEAPER)
    assert len(body) <= at
    return body.ljust(at) + table_ + tail


def _removed_field(practice: Practice) -> bytes:
    """Sign, and take away the field of whoever signed before."""
    signed = practice.sign(plain_pdf())

    def tamper(writer: IncrementalPdfFileWriter) -> None:
        form = writer.root["/AcroForm"]
        form["/Fields"] = generic.ArrayObject()
        writer.update_container(form)

    return signed_with(practice, signed, field="Second", key=practice.key_of(), tamper=tamper)


def _taken_certification(practice: Practice) -> bytes:
    """Sign, and take away what says that the document is certified."""
    author = certified(practice, plain_pdf(), MDPPerm.FILL_FORMS)

    def tamper(writer: IncrementalPdfFileWriter) -> None:
        del writer.root["/Perms"]
        writer.update_root()

    return signed_with(practice, author, field="Second", key=practice.key_of(), tamper=tamper)


def _usage_rights_later(practice: Practice) -> bytes:
    signed = practice.sign(plain_pdf())
    root, body = _held(signed, lambda opened: opened.Root)
    return increment(signed, {root: body[:-2] + b"/Perms << /UR3 90 0 R >> >>", 90: b"<< >>"})


def _lock_of(instead: bytes) -> Callable[[Practice], bytes]:
    """Change, behind a signature, which fields the one that waits will close."""

    def made(practice: Practice) -> bytes:
        lock = FieldMDPSpec(FieldMDPAction.INCLUDE, ["Partner"])
        form = waiting(plain_pdf(), field_mdp_spec=lock)
        signed = signed_with(practice, form, field="First")

        def tamper(writer: IncrementalPdfFileWriter) -> None:
            fields = writer.root["/AcroForm"]["/Fields"]
            waits = next(one.get_object() for one in fields if one.get_object()["/T"] == "Partner")
            if instead:
                waits["/Lock"]["/Action"] = generic.NameObject(instead.decode())
                writer.update_container(waits["/Lock"])
            else:
                del waits["/Lock"]
            writer.update_container(waits)

        return signed_with(practice, signed, field="Partner", key=practice.key_of(), tamper=tamper)

    return made


def _tail(practice: Practice) -> bytes:
    end = practice.bb[practice.bb.rindex(b"startxref") :]
    return practice.bb + b"1 0 obj (1.00) endobj\n" + end


def _dormant(practice: Practice) -> bytes:
    """Bring an older version of a page back by a table alone."""
    first = plain_pdf()
    page, body = _held(first, _first_page)
    signed = practice.sign(increment(first, {page: body}))
    return signed + table(signed, {page: first.index(b"%d 0 obj" % page)}, len(signed))


def _form_value(practice: Practice) -> bytes:
    signed = practice.sign(plain_pdf(field=True))
    field, body = _held(signed, lambda opened: opened.Root.AcroForm.Fields[0])
    return increment(signed, {field: body.replace(b"(1000.00)", b"(1.00)")})


def _appearance(practice: Practice) -> bytes:
    signed = practice.sign(plain_pdf(field=True))
    field, body = _held(signed, lambda opened: opened.Root.AcroForm.Fields[0])
    return increment(signed, {900: _CHEAPER, field: body[:-2] + b"/AP << /N 900 0 R >> >>"})


def _copied_signature(practice: Practice) -> bytes:
    """Put a good signature of one file into another."""
    honest = practice.sign(plain_pdf())
    other = practice.sign(plain_pdf().replace(b"Page 1: 1000.00", b"Page 1: 0001.00"))
    return with_contents(other, contents_of(honest)[0].dump())


def _boxed(box: Box) -> Callable[[Practice], bytes]:
    return lambda practice: second(practice, Drawn(b"1 g 0 0 100 40 re f"), box=box)


def _stalling(name: str, scale: int) -> Callable[[Practice], bytes]:
    return lambda _: STALLING[name](scale)


CHANGED, BROKEN = "changed-after-signing", "broken-signature"
UNREADABLE = "broken"  # without a repair, and nothing is repaired
ATTACKS = [
    Attack("ISA: a page is overwritten", _incremental_saving, CHANGED),
    Attack("ISA: an object without a table", _without_a_table, UNREADABLE),
    Attack("SWA: other objects between the ranges", _wrapped, UNREADABLE),
    Attack("SWA: the same, and every offset is right", _well_aligned_wrapping, BROKEN),
    Attack("USF: no /ByteRange", _forged(b"/ByteRange", b"/ByteRangf"), BROKEN),
    Attack("USF: /Contents is no signature", _forged(b"/Contents <30", b"/Contents <00"), BROKEN),
    Attack("USF: a range that overlaps", _forged(b"/ByteRange [0 ", b"/ByteRange [9 "), BROKEN),
    Attack("shadow, hide", _shadow_hide, CHANGED),
    Attack("shadow, replace", _shadow_replace, CHANGED),
    Attack("shadow, hide and replace", _shadow_hide_and_replace, CHANGED),
    Attack("two page trees under one name", _two_page_trees, CHANGED),
    Attack("EAA: an annotation on a certified file", _evil_annotation, CHANGED),
    Attack("SSA: a stamp on a certified file", _sneaky_signature, CHANGED),
    Attack("the field of another signer is gone", _removed_field, "signature-removed"),
    Attack("the certification is gone", _taken_certification, CHANGED),
    Attack("usage rights that came later", _usage_rights_later, CHANGED),
    Attack("a lock that is gone", _lock_of(b""), CHANGED),
    Attack("a lock that closes all", _lock_of(b"/All"), CHANGED),
    Attack("a white box on the price", _boxed(PRICE), CHANGED),
    Attack("a stamp on a stamp", _boxed((60, 30, 160, 70)), CHANGED),
    Attack("a stamp as large as a page", _boxed((0, 0, 300, 300)), CHANGED),
    Attack("a stream from another file", outside_stream, "shown-from-outside"),
    Attack("a page of another document", outside_page, "shown-from-outside"),
    Attack("a page with two contents", two_contents, "read-in-two-ways"),
    Attack("a form in place of the pages", replacing_form, "active-content"),
    Attack("a tail, then the old end again", _tail, CHANGED),
    Attack("an object that lay dormant", _dormant, CHANGED),
    Attack("a form value", _form_value, CHANGED),
    Attack("an appearance", _appearance, CHANGED),
    Attack("a signature of another file", _copied_signature, "content-altered"),
    Attack("a giant /Contents", lambda practice: giant_contents(practice, 600), UNREADABLE),
    Attack("a graph of diamonds", _stalling("a graph of diamonds", 20), "unsigned"),
    Attack(
        "a table of thousands of millions",
        _stalling("a table that declares thousands of millions", 1),
        "resource-count",
    ),
    Attack("a bomb in a table", _stalling("a bomb in a table", 1000), "resource-count"),
    Attack("deep nesting", _stalling("deep nesting", 5), "resource-count"),
    Attack("fields within fields", _stalling("fields within fields", 20), "resource-count"),
    Attack("thousands of revisions", _stalling("thousands of revisions", 50), "resource-count"),
]
