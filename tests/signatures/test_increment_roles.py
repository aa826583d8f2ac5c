"""Each object of an increment has one role; whatever plays another, or a wrong one, is named.

The attacks with names stand in ``test_shadow_attacks``; here every rule of step 6 is held once.
"""

import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signatures.pdf.certification import Unreadable, permission_of
from signatures.pdf.fields import SignatureField
from signatures.pdf.parsers import parsed
from signatures.pdf.policy import Limits, Policy
from signatures.pdf.report import Verdict
from signatures.pdf.source import Source
from tests.signatures.certifying import signed_with, waiting
from tests.signatures.documents import Practice, appended, increment, plain_pdf

N = generic.NameObject
Writer = IncrementalPdfFileWriter
HEX = b"/" + b"A1" * 20
_TEXT = b"<< /Length 15 >>\nstream\nBT (1.00) Tj ET\nendstream"


def _changes(practice: Practice, pdf: bytes) -> str:
    report = practice.judged(pdf, policy=Policy())
    assert report.verdict is Verdict.INVALID
    assert "changed-after-signing" in report.codes
    return "; ".join(change for each in report.signatures for change in each.changes)


def _with_catalog(pdf: bytes, entries: bytes, objects: dict[int, bytes] | None = None) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for key in {"/DSS", "/Extensions"} & set(opened.Root.keys()):
            del opened.Root[key]
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
    return increment(pdf, {root: body[:-2] + entries + b" >>", **(objects or {})})


def _content_number(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return int(opened.pages[0].obj.Contents.objgen[0])


# -- the security store ----------------------------------------------------------------------------

STORES = [
    pytest.param(b"/DSS 90 0 R", {90: b"[ ]"}, "the security store is none", id="no dictionary"),
    pytest.param(b"/DSS << /Font 1 >>", {}, "the security store's /Font", id="fonts"),
    pytest.param(b"/DSS << /VRI << /F1 << >> >> >>", {}, "of an unknown kind", id="no digest"),
    pytest.param(
        b"/DSS << /VRI << " + HEX + b" << /XObject 1 >> >> >>", {}, "of an unknown kind", id="kind"
    ),
    pytest.param(b"/DSS << /Certs [ (x) ] >>", {}, "something that is no stream", id="text"),
    pytest.param(
        b"/DSS << /VRI << " + HEX + b" << /TS 90 0 R >> >> >>",
        {90: _TEXT},
        "object 90 in the security store is no evidence",
        id="content for a timestamp",
    ),
    pytest.param(
        b"/DSS << /Certs [ 90 0 R ] >>",
        {90: b"<< /Length 1 /Filter /Unknown >>\nstream\nx\nendstream"},
        "object 90 in the security store is no evidence",
        id="something that nobody unpacks",
    ),
]


@pytest.mark.parametrize(("entries", "objects", "named"), STORES)
def test_a_store_holds_evidence_and_nothing_else(
    practice: Practice, entries: bytes, objects: dict[int, bytes], named: str
) -> None:
    signed = practice.sign(plain_pdf())

    assert named in _changes(practice, _with_catalog(signed, entries, objects))


def test_a_store_does_not_take_the_number_of_something_else(practice: Practice) -> None:
    signed = practice.sign(plain_pdf())
    content = _content_number(signed)

    attack = _with_catalog(signed, b"/DSS %d 0 R" % content, {content: b"<< >>"})

    assert "the security store overwrites something else" in _changes(practice, attack)


def test_a_store_is_not_taken_away(practice: Practice) -> None:
    signed = practice.sign(_with_catalog(plain_pdf(), b"/DSS << >>"))
    with pikepdf.open(io.BytesIO(signed)) as opened:
        root = opened.Root.objgen[0]
        del opened.Root["/DSS"]
        body = opened.Root.unparse(resolved=True)

    assert "the security store was taken away" in _changes(
        practice, increment(signed, {root: body})
    )


# -- the catalog, its tables and what it declares --------------------------------------------------


def test_another_catalog_is_a_change(practice: Practice) -> None:
    signed = practice.sign(plain_pdf())
    with pikepdf.open(io.BytesIO(signed)) as opened:
        body = opened.Root.unparse(resolved=True)

    assert "another catalog" in _changes(practice, increment(signed, {90: body}, root="90 0 R"))


def test_a_table_does_not_take_the_number_of_a_pages_content(practice: Practice) -> None:
    signed = practice.sign(plain_pdf())
    content = _content_number(signed)
    with pikepdf.open(io.BytesIO(signed)) as opened:
        size, root = int(opened.trailer["/Size"]), opened.Root.objgen[0]
    previous = int(signed[signed.rindex(b"startxref") + 9 :].split()[0])
    entry = b"\1" + len(signed).to_bytes(4) + b"\0"
    table = b"%d 0 obj\n<< /Type /XRef /Size %d /W [1 4 1] /Index [%d 1] /Root %d 0 R /Prev %d " % (
        content,
        size,
        content,
        root,
        previous,
    )
    table += b"/Length 6 >>\nstream\n%s\nendstream\nendobj\n" % entry
    attack = signed + table + b"startxref\n%d\n%%%%EOF\n" % len(signed)

    assert f"a table of objects overwrites object {content}" in _changes(practice, attack)


@pytest.mark.parametrize(
    ("entries", "objects", "change"),
    [
        pytest.param(
            b"/DSS << >> /Extensions << /ADBE [ << /BaseVersion /1.7 /ExtensionLevel 8 >> ] >>",
            {},
            None,
            id="a list of levels",
        ),
        pytest.param(
            b"/DSS << >> /Extensions 90 0 R", {90: _TEXT}, "/Extensions", id="a stream instead"
        ),
        pytest.param(
            b"/DSS << >> /Extensions << /A << /B << /C << /D 1 >> >> >> >>",
            {},
            "/Extensions",
            id="deeper than any",
        ),
    ],
)
def test_extensions_are_small_and_show_nothing(
    practice: Practice, entries: bytes, objects: dict[int, bytes], change: str | None
) -> None:
    grown = _with_catalog(practice.sign(plain_pdf()), entries, objects)

    if change is None:
        assert practice.judged(grown).verdict is Verdict.VALID
    else:
        assert change in _changes(practice, grown)


def test_metadata_stays_metadata(practice: Practice) -> None:
    with pikepdf.open(io.BytesIO(practice.bb)) as opened:
        number = opened.Root.Metadata.objgen[0]

    attack = increment(practice.bb, {number: b"<< /Type /Metadata >>"})

    assert "the metadata is none" in _changes(practice, attack)


def test_metadata_is_not_taken_away(practice: Practice) -> None:
    signed = practice.sign(plain_pdf())
    with pikepdf.open(io.BytesIO(signed)) as opened:
        root = opened.Root.objgen[0]
        assert "/Metadata" in opened.Root
        del opened.Root["/Metadata"]
        body = opened.Root.unparse(resolved=True)

    assert "the catalog's /Metadata" in _changes(practice, increment(signed, {root: body}))


def test_an_object_that_nobody_could_read_before_is_a_change(practice: Practice) -> None:
    signed = practice.sign(increment(plain_pdf(), {80: b"<< /A "}))

    changes = _changes(practice, increment(signed, {80: b"<< >>"}))

    assert changes == "an increment cannot be read (PdfReadError)"


def test_information_stays_a_dictionary(practice: Practice) -> None:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        pdf.docinfo["/Title"] = "Bid form"
        target = io.BytesIO()
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    signed = practice.sign(target.getvalue())
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        number = pdf.docinfo.objgen[0]
    grown = increment(signed, {number: b"[ ]"})
    at = grown.rindex(b"/Prev")
    attack = grown[:at] + b"/Info %d 0 R " % number + grown[at:]

    assert "the document's information is none" in _changes(practice, attack)


def test_a_page_that_is_in_no_tree_is_named_by_its_number(practice: Practice) -> None:
    attack = increment(practice.sign(plain_pdf()), {90: b"<< /Type /Page >>"})

    assert "page (object 90)" in _changes(practice, attack)


# -- what two readers would read in two ways ------------------------------------------------------


def _raw(pdf: bytes) -> tuple[int, bytes, bytes]:
    """Return number and body of the catalog, and a reference to a spare page tree in the file."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        spare = b"%d %d R" % opened.Root.Spare.objgen
        return opened.Root.objgen[0], opened.Root.unparse(resolved=True), spare


def _with_spare_tree() -> bytes:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        tree = pdf.Root.Pages
        pdf.Root["/Spare"] = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Pages, Count=2, Kids=[tree.Kids[1], tree.Kids[0]])
        )
        target = io.BytesIO()
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return target.getvalue()


@pytest.mark.parametrize("key", [b"/Pages", b"/P#61ges"], ids=["plain", "escaped"])
def test_a_catalog_does_not_name_two_page_trees(practice: Practice, key: bytes) -> None:
    """pyHanko takes the first, qpdf and viewers the last."""
    signed = practice.sign(_with_spare_tree())
    root, body, spare = _raw(signed)

    twice = body[:-2] + b"/DSS << >> " + key + b" " + spare + b" >>"

    assert f"object {root} cannot be read" in _changes(practice, increment(signed, {root: twice}))


def test_a_catalog_in_an_object_stream_does_not_name_two_page_trees(practice: Practice) -> None:
    signed = practice.sign(_with_spare_tree())
    root, body, spare = _raw(signed)
    twice = body[:-2] + b"/DSS << >> /Pages " + spare + b" >>"

    attack = _in_object_stream(signed, b"%d 0 " % root + twice, root)

    assert "an object stream can be read in two ways" in _changes(practice, attack)


@pytest.mark.parametrize("head", [b"90 0 ", b"%d 0 %d 0 ", b"%d 0 90 9 ", b"%d "])
def test_an_object_stream_holds_what_its_table_names(practice: Practice, head: bytes) -> None:
    signed = practice.sign(_with_spare_tree())
    root, body, _ = _raw(signed)
    head = head.replace(b"%d", b"%d" % root)

    attack = _in_object_stream(signed, head + body[:-2] + b"/DSS << >> >>", root)

    assert practice.judged(attack, policy=Policy()).verdict is Verdict.INVALID


def _in_object_stream(pdf: bytes, packed: bytes, number: int) -> bytes:
    """Append an object stream and a cross-reference stream that places one object in it."""
    previous = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    first = packed.index(b"<<")
    count = len(packed[:first].split()) // 2
    out = pdf + b"95 0 obj\n<< /Type /ObjStm /N %d /First %d " % (count, first)
    out += b"/Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(packed), packed)
    at = len(out)
    entries = b"\2" + (95).to_bytes(4) + b"\0"
    entries += b"\1" + len(pdf).to_bytes(4) + b"\0" + b"\1" + at.to_bytes(4) + b"\0"
    out += b"96 0 obj\n<< /Type /XRef /Size 97 /W [1 4 1] /Index [%d 1 95 2] " % number
    out += b"/Root %d 0 R /Prev %d /Length %d >>\n" % (number, previous, len(entries))
    return out + b"stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (entries, at)


def test_evidence_may_come_in_an_object_stream(practice: Practice) -> None:
    signed = practice.sign(_with_spare_tree())
    root, body, _ = _raw(signed)
    honest = _in_object_stream(signed, b"%d 0 " % root + body[:-2] + b"/DSS << >> >>", root)

    assert practice.judged(honest, policy=Policy()).verdict is Verdict.VALID


def test_a_trailer_does_not_name_two_catalogs(practice: Practice) -> None:
    signed = practice.sign(_with_spare_tree())
    root, body, spare = _raw(signed)
    grown = increment(signed, {root: body[:-2] + b"/DSS << >> >>"})
    at = grown.rindex(b"/Prev")

    attack = grown[:at] + b"/Root " + spare + b" " + grown[at:]

    assert practice.judged(attack).verdict is Verdict.INVALID


def test_a_table_does_not_place_an_object_twice(practice: Practice) -> None:
    """qpdf takes the first entry, which brings an old catalog back; pyHanko takes the last."""
    old = plain_pdf()
    signed = practice.sign(old)
    with pikepdf.open(io.BytesIO(signed)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
    stored = increment(signed, {root: body[:-2] + b"/DSS << >> >>"})
    table = stored.rindex(b"\nxref\n") + 6
    stale = b"%d 1\n%010d 00000 n \n" % (root, old.index(b"%d 0 obj" % root))
    assert practice.judged(stored).verdict is Verdict.VALID

    for entries in (stale, stale.replace(b" 1\n", b" 0\n"), b"0 2\n0000000000 65535 f \n"):
        attack = stored[:table] + entries + stored[table:]
        assert practice.judged(attack, policy=Policy()).verdict is Verdict.INVALID


def test_a_trailer_counts_every_object_that_was_there(practice: Practice) -> None:
    """A reader may take what lies above /Size for missing, and a page loses its content."""
    signed = practice.sign(plain_pdf())
    with pikepdf.open(io.BytesIO(signed)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
    stored = increment(signed, {root: body[:-2] + b"/DSS << >> >>"})
    at = stored.rindex(b"/Size ")

    attack = stored[:at] + re.sub(rb"/Size \d+", b"/Size 6", stored[at:], count=1)

    assert "a trailer does not count all objects" in _changes(practice, attack)


# -- a further signature ---------------------------------------------------------------------------


def _co_signed(practice: Practice, pdf: bytes, tamper: Callable[[Writer], None]) -> bytes:
    return signed_with(practice, pdf, field="Partner", key=practice.key_of(), tamper=tamper)


def _waiting_field(writer: Writer) -> Any:
    field = next(
        f for f in writer.root["/AcroForm"]["/Fields"] if f.get_object()["/T"] == "Partner"
    )
    writer.update_container(field.get_object())
    return field.get_object()


def _moved(writer: Writer) -> None:
    box = generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 300, 300)])
    _waiting_field(writer)["/Rect"] = box


def _content_as_icon(writer: Writer) -> None:
    content = writer.root["/Pages"]["/Kids"][0].raw_get("/Contents")
    writer.objects[(0, content.idnum)] = generic.StreamObject(stream_data=b"0 g")
    icon = writer.add_object(generic.StreamObject(stream_data=b"0 g"))
    _waiting_field(writer)["/MK"] = generic.DictionaryObject(
        {N("/I"): content, N("/RI"): icon, N("/IX"): icon}
    )


def _other_content(writer: Writer) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents")])
    writer.update_container(page)


def _other_order(writer: Writer) -> None:
    form = writer.root["/AcroForm"]
    fields = form["/Fields"]
    form["/Fields"] = generic.ArrayObject([fields.raw_get(index) for index in (1, 0, 2)])
    writer.update_container(form)


def _on_no_page(writer: Writer) -> None:
    _waiting_field(writer)["/P"] = writer.root.raw_get("/Pages")


WRITTEN_BESIDE = [
    pytest.param(_moved, "the /Rect of the field Partner", id="the field moves"),
    pytest.param(_content_as_icon, "the appearance of Partner overwrites", id="a stolen number"),
    pytest.param(_other_content, "page 1", id="the page"),
    pytest.param(_other_order, "the form gained or lost other fields", id="the order of fields"),
    pytest.param(_on_no_page, "the /P of the field Partner", id="the field leaves its page"),
]


@pytest.mark.parametrize(("tamper", "named"), WRITTEN_BESIDE)
def test_a_partner_who_signs_writes_nothing_beside(
    practice: Practice, tamper: Callable[[Writer], None], named: str
) -> None:
    form = waiting(waiting(plain_pdf(), "Other"), on_page=1, box=(20, 20, 40, 40))

    assert named in _changes(practice, _co_signed(practice, practice.sign(form), tamper))


@pytest.mark.parametrize("flag", [2, 32], ids=["hidden", "not viewed"])
def test_a_field_that_nobody_saw_shows_no_stamp_later(practice: Practice, flag: int) -> None:
    with pikepdf.open(io.BytesIO(waiting(plain_pdf(), on_page=0, box=(20, 20, 99, 60)))) as pdf:
        pdf.Root.AcroForm.Fields[0]["/F"] = flag
        target = io.BytesIO()
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    signed = practice.sign(target.getvalue(), field="First")

    def shown(writer: Writer) -> None:
        _waiting_field(writer)["/F"] = generic.NumberObject(4)

    assert "the field Partner was hidden" in _changes(practice, _co_signed(practice, signed, shown))


def _new_field(page: Callable[[Writer], Any]) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        field = {N("/FT"): N("/Sig"), N("/T"): generic.pdf_string("Partner"), N("/P"): page(writer)}
        form = writer.root["/AcroForm"]
        form["/Fields"].append(writer.add_object(generic.DictionaryObject(field)))
        writer.update_container(form["/Fields"])
        writer.update_container(form)

    return change


def _first_page(writer: Writer) -> Any:
    _other_content(writer)
    return writer.root["/Pages"]["/Kids"].raw_get(0)


@pytest.mark.parametrize(
    ("page", "named"),
    [
        pytest.param(_first_page, "/Contents of page 1", id="a page that changes otherwise"),
        pytest.param(
            lambda writer: writer.root.raw_get("/Pages"), "something that is no page", id="no page"
        ),
    ],
)
def test_a_new_field_changes_nothing_of_its_page(
    practice: Practice, page: Callable[[Writer], Any], named: str
) -> None:
    attack = _co_signed(practice, practice.sign(plain_pdf()), _new_field(page))

    assert named in _changes(practice, attack)


def _linked() -> bytes:
    """Make a page with a link, which shows nothing."""
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        terms = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://terms.example"))
        link = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[50, 50, 150, 90], A=terms)
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(link)])
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, compress_streams=False)
        return out.getvalue()


def _without_annotations(writer: Writer) -> Any:
    page = writer.root["/Pages"]["/Kids"][0]
    del page["/Annots"]
    writer.update_container(page)
    return writer.root["/Pages"]["/Kids"].raw_get(0)


def test_a_new_field_takes_no_annotation_away_also_not_all_of_them(practice: Practice) -> None:
    signed = practice.sign(_linked())

    attack = _co_signed(practice, signed, _new_field(_without_annotations))

    assert "the page gained or lost other fields or annotations" in _changes(practice, attack)


def test_a_partner_does_not_sign_outside_of_any_form(practice: Practice) -> None:
    """The form that comes back afterwards lists the field, as if it had been there all along."""
    signed = practice.sign(plain_pdf())
    both = practice.sign(signed, practice.key_of(), field="Partner")
    with pikepdf.open(io.BytesIO(both)) as opened:
        root, body = opened.Root.objgen[0], opened.Root.unparse(resolved=True)
    hidden = signed + both[len(signed) :].replace(b"/AcroForm", b"/AcroFort")

    changes = _changes(practice, increment(hidden, {root: body}))

    assert "the catalog's /AcroForm" in changes
    assert "the catalog's /AcroFort" in changes


def test_a_broken_signature_behind_another_is_a_change_of_that(practice: Practice) -> None:
    both = practice.sign(practice.sign(plain_pdf()), practice.key_of(), field="Partner")
    start = both.rindex(b"/Contents <30")
    value = both[start : both.index(b">", start)].rstrip(b"0")
    at = start + len(value) - 4  # within the value of the signature, where the DER ends
    broken = both[:at] + (b"1" if both[at : at + 1] != b"1" else b"2") + both[at + 1 :]

    assert "the signature Partner behind it is broken" in _changes(practice, broken)


def test_a_field_that_was_signed_is_not_signed_again(practice: Practice) -> None:
    first = practice.sign(waiting(plain_pdf()))
    second = signed_with(practice, first, field="Partner", key=practice.key_of())

    def emptied(writer: Writer) -> None:
        del _waiting_field(writer)["/V"]

    assert "the field Partner was signed before" in _changes(
        practice, _co_signed(practice, second, emptied)
    )


def test_a_signature_does_not_take_the_number_of_something_else(practice: Practice) -> None:
    signed = practice.sign(waiting(plain_pdf()))
    content = _content_number(signed)

    def counted_back(writer: Writer) -> None:
        writer._lastobj_id = content - 1

    assert _changes(practice, _co_signed(practice, signed, counted_back))


# -- what an author allows, as it is written -------------------------------------------------------


def _dictionary(text: bytes) -> generic.DictionaryObject:
    made: generic.DictionaryObject = generic.DictionaryObject.read_from_stream(
        io.BytesIO(text), generic.TrailerReference(None)
    )
    return made


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(b"/Reference 1", id="no references"),
        pytest.param(b"/Reference [ 1 ]", id="a reference that is none"),
        pytest.param(b"/Reference [" + b" << >>" * 30 + b"]", id="too many references"),
        pytest.param(
            b"/Reference [<< /TransformMethod /DocMDP /TransformParams << /P true >> >>]",
            id="a level that is none",
        ),
        pytest.param(
            b"/Reference [<< /TransformMethod /FieldMDP /TransformParams << /Action /X >> >>]",
            id="an action that is none",
        ),
        pytest.param(
            b"/Reference [<< /TransformMethod /FieldMDP "
            b"/TransformParams << /Action /Include >> >>]",
            id="no names",
        ),
    ],
)
def test_a_wish_that_cannot_be_read_is_no_permission(written: bytes) -> None:
    with parsed(Source(plain_pdf(field=True)), Limits()) as document:
        reference = document.qpdf.Root.AcroForm.Fields[0].objgen
        dictionary = _dictionary(b"<< " + written + b" >>")
        field = SignatureField("X", "signature", reference, (0, 0), dictionary)

        with pytest.raises(Unreadable):
            permission_of(document, field)


def test_permissions_of_a_catalog_that_are_none_are_refused(practice: Practice) -> None:
    odd = _with_catalog(plain_pdf(), b"/Perms [ ]")

    assert practice.judged(odd).codes == ("certification-unreadable", "unsigned")


def test_an_update_that_only_says_who_wrote_it_is_a_change(practice: Practice) -> None:
    """Neither evidence nor a signature came; nobody has a reason to write into a signed file."""
    signed = practice.sign(plain_pdf())

    def dated(writer: Writer) -> None:
        writer.set_info(
            writer.add_object(
                generic.DictionaryObject({N("/ModDate"): generic.pdf_string("D:2027")})
            )
        )

    assert _changes(practice, appended(signed, dated)) == (
        "an increment brings neither a signature nor evidence"
    )
