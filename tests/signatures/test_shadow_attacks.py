"""What a signed file keeps in the dark, wraps, forges or swaps never comes to light as VALID.

The classes are those of the published attacks: shadow (hide, replace, both), signature wrapping,
universal forgery, and the tricks by which an increment makes old objects say new things.
"""

import asyncio
import io
import re
from collections.abc import Callable

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.stamp import TextStampStyle

from signatures.pdf.policy import Policy
from signatures.pdf.report import Report, Verdict
from signatures.pdf.signing import _Stamper
from tests.signatures.certifying import signed_with, waiting
from tests.signatures.documents import Practice, appended, increment, plain_pdf, table

N = generic.NameObject
ACCEPTED = (Verdict.VALID, Verdict.VALID_WITH_REMARKS)
Writer = IncrementalPdfFileWriter


def _changed(report: Report) -> str:
    """Return the changes that a report names; there have to be some."""
    assert report.verdict is Verdict.INVALID
    assert "changed-after-signing" in report.codes
    return "; ".join(change for each in report.signatures for change in each.changes)


def _root(pdf: bytes) -> tuple[int, bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return opened.Root.objgen[0], opened.Root.unparse(resolved=True)


def _rewritten(pdf: bytes, number: int, **entries: pikepdf.Object) -> dict[int, bytes]:
    """Write an object as it is, with other entries."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        held = opened.get_object(number, 0)
        for name, value in entries.items():
            held[f"/{name}"] = value
        return {number: held.unparse(resolved=True)}


def _content(text: bytes) -> bytes:
    body = b"BT /F1 24 Tf 50 150 Td (%s) Tj ET" % text
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body)


# -- shadow attacks: the signer signs a document in which another one lies hidden ------------------


def _layered() -> bytes:
    """A page whose price lies under a picture of another price, and both may be switched."""
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        page = pdf.pages[0].obj
        cover = pdf.make_stream(b"1 g 0 0 300 300 re f 0 g BT /F1 24 Tf 50 150 Td (5.00) Tj ET")
        cover["/Type"], cover["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
        cover["/BBox"], cover["/Resources"] = [0, 0, 300, 300], page.Resources
        layer = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String("cover"))
        )
        cover["/OC"] = layer
        page.Resources["/XObject"] = pikepdf.Dictionary(Cover=cover)
        page["/Contents"] = pikepdf.Array([page.Contents, pdf.make_stream(b"/Cover Do")])
        pdf.Root["/OCProperties"] = pdf.make_indirect(
            pikepdf.Dictionary(OCGs=[layer], D=pdf.make_indirect(pikepdf.Dictionary(ON=[layer])))
        )
        pdf.Root["/Spare"] = pdf.make_indirect(pikepdf.Dictionary(pdf.pages[1].obj))
        target = io.BytesIO()
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return target.getvalue()


def _emptied_cover(writer: Writer) -> None:
    cover = writer.root["/Pages"]["/Kids"][0]["/Resources"]["/XObject"].raw_get("/Cover")
    held = generic.StreamObject(
        {N("/Subtype"): N("/Form"), N("/BBox"): generic.ArrayObject()}, stream_data=b" "
    )
    writer.objects[(0, cover.idnum)] = held


def _other_font(writer: Writer) -> None:
    font = writer.root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]["/F1"]
    font["/Encoding"] = generic.DictionaryObject(
        {N("/Differences"): generic.ArrayObject([generic.NumberObject(49), N("/nine")])}
    )
    writer.update_container(font)


def _spare_page(writer: Writer) -> None:
    tree = writer.root["/Pages"]
    tree["/Kids"] = generic.ArrayObject([writer.root.raw_get("/Spare"), tree["/Kids"].raw_get(1)])
    writer.update_container(tree)


def _layer_off(writer: Writer) -> None:
    layers = writer.root["/OCProperties"]
    layers["/D"]["/OFF"] = layers["/OCGs"]
    writer.update_container(layers["/D"])


def _layers_of_the_catalog(writer: Writer) -> None:
    layers = generic.DictionaryObject(writer.root["/OCProperties"])
    writer.root["/OCProperties"] = layers
    writer.update_root()


def _freed(pdf: bytes) -> bytes:
    """Free the cover by an entry of a table, without an object."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        cover = opened.pages[0].obj.Resources.XObject.Cover.objgen[0]
    written = table(pdf, {cover: 0}, len(pdf))
    return pdf + written.replace(b"0000000000 00000 n", b"0000000000 00001 f")


SHADOWS = [
    pytest.param(lambda pdf: appended(pdf, _emptied_cover), id="hide: the cover is emptied"),
    pytest.param(_freed, id="hide: the cover is freed by a table alone"),
    pytest.param(lambda pdf: appended(pdf, _other_font), id="replace: a font says other figures"),
    pytest.param(lambda pdf: appended(pdf, _spare_page), id="hide and replace: the spare page"),
    pytest.param(lambda pdf: appended(pdf, _layer_off), id="a layer is switched off"),
    pytest.param(lambda pdf: appended(pdf, _layers_of_the_catalog), id="the layers are rewritten"),
]


@pytest.mark.parametrize("attack", SHADOWS)
def test_what_was_hidden_when_it_was_signed_is_not_brought_out(
    practice: Practice, attack: Callable[[bytes], bytes]
) -> None:
    signed = practice.sign(_layered())
    assert practice.judged(signed).codes == ("active-content-found",)

    assert _changed(practice.judged(attack(signed)))


@pytest.mark.parametrize("attack", SHADOWS)
def test_a_second_signature_brings_nothing_out_either(
    practice: Practice, attack: Callable[[bytes], bytes]
) -> None:
    attacked = attack(practice.sign(_layered()))
    signed = practice.sign(attacked, practice.key_of(), field="Partner")

    assert _changed(practice.judged(signed, policy=Policy()))


# -- tricks of an increment ------------------------------------------------------------------------


def test_an_object_that_was_freed_is_not_used_again(practice: Practice) -> None:
    """The attacker frees the number in the signed file, and gives it a body later."""
    pdf = plain_pdf()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        page, content = opened.pages[0].obj.objgen[0], opened.pages[0].obj.Contents.objgen[0]
    freed = pdf + table(pdf, {content: 0}, len(pdf)).replace(
        b"0000000000 00000 n", b"0000000000 00001 f"
    )
    signed = practice.sign(freed)
    assert practice.judged(signed).verdict is Verdict.VALID

    same = increment(signed, {content: _content(b"1.00")})
    later = same.replace(b"%d 0 obj" % content, b"%d 1 obj" % content)
    next_one = later.replace(b" 00000 n \ntrailer", b" 00001 n \ntrailer")

    assert page
    for attack in (same, next_one):
        assert practice.judged(attack).verdict not in ACCEPTED


def test_a_table_alone_is_a_change_even_if_it_changes_nothing(practice: Practice) -> None:
    signed = practice.sign(plain_pdf())
    free = table(signed, {90: 0}, len(signed)).replace(b"00000 n", b"00000 f")

    assert _changed(practice.judged(signed + free)) == (
        "an increment brings neither a signature nor evidence"
    )


def test_another_page_tree_in_an_object_stream_is_a_change(practice: Practice) -> None:
    signed = practice.sign(
        plain_pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), tsa=practice.tsa
    )

    def swapped(writer: Writer) -> None:
        tree = writer.root.raw_get("/Pages")
        held = generic.DictionaryObject(writer.root["/Pages"])
        first, second = (held["/Kids"].raw_get(index) for index in range(2))
        held[N("/Kids")] = generic.ArrayObject([second, first])
        packed = writer.prepare_object_stream()
        packed.add_object(tree.idnum, held)
        writer.update_root()

    attack = appended(signed, swapped)

    assert b"/ObjStm" in attack[len(signed) :]
    assert _changed(practice.judged(attack))


def test_a_form_in_the_place_of_a_pages_content_is_a_change(practice: Practice) -> None:
    """The catalog gives its form the number of a page's content, and the content is gone."""
    signed = practice.sign(plain_pdf(), tsa=practice.tsa)
    with pikepdf.open(io.BytesIO(signed)) as opened:
        content = opened.pages[0].obj.Contents.objgen[0]

    def moved(writer: Writer) -> None:
        form = generic.DictionaryObject(writer.root["/AcroForm"])
        writer.objects[(0, content)] = form
        writer.root["/AcroForm"] = generic.IndirectObject(content, 0, writer)
        writer.update_root()

    attack = signed_with(practice, signed, field="Partner", key=practice.key_of(), tamper=moved)

    assert f"overwrites object {content}" in _changed(practice.judged(attack, policy=Policy()))


def _spoofed(kind: str) -> Callable[[Writer], None]:
    """Give new content a type that a checker could take for harmless."""

    def change(writer: Writer) -> None:
        content = writer.root["/Pages"]["/Kids"][0].raw_get("/Contents")
        held = generic.StreamObject(
            {N("/Type"): N(kind), N("/Subtype"): N("/XML")},
            stream_data=b"BT /F1 24 Tf 50 150 Td (1.00) Tj ET",
        )
        writer.objects[(0, content.idnum)] = held

    return change


@pytest.mark.parametrize("kind", ["/Metadata", "/XRef", "/ObjStm", "/DSS", "/Sig", "/Extensions"])
def test_content_under_a_false_type_is_a_change(practice: Practice, kind: str) -> None:
    assert _changed(practice.judged(appended(practice.sign(plain_pdf()), _spoofed(kind))))


def _catalog(key: str, value: generic.PdfObject) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        writer.root[N(key)] = value
        writer.update_root()

    return change


def _dictionary(**entries: generic.PdfObject) -> generic.DictionaryObject:
    return generic.DictionaryObject({N(f"/{key}"): value for key, value in entries.items()})


_SCRIPT = _dictionary(S=N("/JavaScript"), JS=generic.pdf_string("app.alert(1)"))
CATALOG = [
    pytest.param("/Perms", _dictionary(UR3=_dictionary(Type=N("/Sig"))), id="permissions"),
    pytest.param("/Names", _dictionary(JavaScript=_dictionary()), id="names"),
    pytest.param("/OpenAction", _SCRIPT, id="an action when it is opened"),
    pytest.param("/AA", _dictionary(WC=_SCRIPT), id="an action when it is closed"),
    pytest.param("/OCProperties", _dictionary(OCGs=generic.ArrayObject()), id="layers"),
    pytest.param("/Outlines", _dictionary(), id="bookmarks"),
    pytest.param("/PageLabels", _dictionary(Nums=generic.ArrayObject()), id="page numbers"),
    pytest.param("/ViewerPreferences", _dictionary(), id="the viewer's window"),
    pytest.param("/Collection", _dictionary(), id="a portfolio"),
    pytest.param("/Version", N("/<b>"), id="a version that is none"),
    pytest.param("/StructTreeRoot", _dictionary(), id="what is read aloud"),
    pytest.param("/Lang", generic.pdf_string("zh"), id="its language"),
]


@pytest.mark.parametrize(("key", "value"), CATALOG)
@pytest.mark.parametrize("signing", [False, True], ids=["alone", "with a second signature"])
def test_nothing_is_added_to_the_catalog(
    practice: Practice, key: str, value: generic.PdfObject, signing: bool
) -> None:
    signed = practice.sign(plain_pdf())
    tamper = _catalog(key, value)

    if signing:
        partner = practice.key_of()
        attack = signed_with(practice, signed, field="Partner", key=partner, tamper=tamper)
    else:
        attack = appended(signed, tamper)

    assert f"the catalog's {key}" in _changed(practice.judged(attack, policy=Policy()))


def test_extensions_may_be_declared_and_carry_nothing(practice: Practice) -> None:
    signed = practice.sign(plain_pdf(), tsa=practice.tsa, evidence=practice.evidence())
    assert b"/Extensions" in signed
    assert practice.judged(signed).verdict is Verdict.VALID

    def smuggled(writer: Writer) -> None:
        stream = writer.add_object(generic.StreamObject(stream_data=b"BT (1.00) Tj ET"))
        writer.root["/Extensions"] = _dictionary(ADBE=_dictionary(Url=stream))
        writer.update_root()

    assert "/Extensions" in _changed(practice.judged(appended(signed, smuggled)))


# -- fields and appearances ------------------------------------------------------------------------


def _checkbox() -> bytes:
    """A form with a box that is off, and pictures of both of its states."""
    with pikepdf.open(io.BytesIO(plain_pdf(field=True))) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        states = {}
        for name, grey in (("/Yes", b"0"), ("/Off", b"1")):
            picture = pdf.make_stream(grey + b" g 0 0 150 30 re f")
            picture["/Type"], picture["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
            picture["/BBox"] = [0, 0, 150, 30]
            states[name] = picture
        field["/FT"], field["/AS"], field["/V"] = (
            pikepdf.Name.Btn,
            pikepdf.Name.Off,
            pikepdf.Name.Off,
        )
        field["/AP"] = pikepdf.Dictionary(N=pikepdf.Dictionary(states))
        target = io.BytesIO()
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return target.getvalue()


@pytest.mark.parametrize("signing", [False, True], ids=["alone", "with a second signature"])
def test_a_box_is_not_ticked_by_its_appearance(practice: Practice, signing: bool) -> None:
    signed = practice.sign(_checkbox())

    def ticked(writer: Writer) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        field["/AS"] = N("/Yes")
        writer.update_container(field)

    if signing:
        attack = signed_with(
            practice, signed, field="Partner", key=practice.key_of(), tamper=ticked
        )
    else:
        attack = appended(signed, ticked)

    assert "price" in _changed(practice.judged(attack, policy=Policy()))


def test_a_field_may_not_be_a_pages_resources_as_well(practice: Practice) -> None:
    """The field that waits is also the page's list of pictures; its stamp becomes one of them."""
    form = waiting(plain_pdf(), on_page=1, box=(20, 20, 40, 40))
    with pikepdf.open(io.BytesIO(form)) as pdf:
        page = pdf.pages[0].obj
        page.Resources["/XObject"] = pdf.Root.AcroForm.Fields[0]
        page["/Contents"] = pikepdf.Array([page.Contents, pdf.make_stream(b"/AP Do")])
        target = io.BytesIO()
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    signed = practice.sign(target.getvalue())
    stamped = signed_with(
        practice, signed, field="Partner", key=practice.key_of(), stamp=TextStampStyle()
    )

    assert "as something else, too" in _changed(practice.judged(stamped, policy=Policy()))


def test_a_new_field_brings_no_action(practice: Practice) -> None:
    def acting(writer: Writer) -> None:
        form = writer.root["/AcroForm"]
        added = writer.add_object(
            _dictionary(
                Type=N("/Annot"),
                Subtype=N("/Widget"),
                FT=N("/Sig"),
                T=generic.pdf_string("Partner"),
                A=_SCRIPT,
            )
        )
        form["/Fields"].append(added)
        writer.update_container(form["/Fields"])
        writer.update_container(form)

    attack = signed_with(
        practice,
        practice.sign(plain_pdf()),
        field="Partner",
        key=practice.key_of(),
        tamper=acting,
    )

    assert "the /A of the new field Partner" in _changed(practice.judged(attack, policy=Policy()))


def _is_signed(field: generic.IndirectObject) -> bool:
    return "/V" in field.get_object()


def test_two_fields_on_one_signature_are_a_change(practice: Practice) -> None:
    signed = practice.sign(waiting(plain_pdf()), field="Signature1")

    def shared(writer: Writer) -> None:
        first, second = sorted(writer.root["/AcroForm"]["/Fields"], key=_is_signed)
        empty, signed_one = first.get_object(), second.get_object()
        empty["/V"] = signed_one.raw_get("/V")
        writer.update_container(empty)

    assert _changed(practice.judged(appended(signed, shared)))


def test_a_field_is_not_signed_twice(practice: Practice) -> None:
    first = practice.sign(plain_pdf(), tsa=practice.tsa)

    def emptied(writer: Writer) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        del field["/V"]
        writer.update_container(field)

    again = signed_with(practice, first, field="Signature1", key=practice.key_of(), tamper=emptied)

    report = practice.judged(again, policy=Policy())
    names = [each.signer.organisation for each in report.signatures if each.signer]
    assert names == [
        "Another Company"
    ]  # the first signature is nobody's any more, and says nothing


# -- signature wrapping and universal forgery ------------------------------------------------------


def _range_of(pdf: bytes) -> list[int]:
    found = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf)
    assert found is not None
    return [int(number) for number in found.groups()]


def _wrapped(pdf: bytes, *, keep: bool) -> bytes:
    """Move the second signed part to the end, and put objects of one's own between the parts."""
    _, first, second, length = _range_of(pdf)
    page = next(number for number in range(1, 20) if b"%d 0 obj\n<< /Length" % number in pdf)
    own = b"\n%d 0 obj\n%s\nendobj\n" % (page, _content(b"1.00"))
    copy = pdf[first:second] if keep else b""
    moved = second + len(own) + len(copy)
    head = pdf[:second] if not keep else pdf[:first] + copy
    attack = head + own + (pdf[second:] if not keep else b"" + pdf[second:])
    stated = b"/ByteRange [0 %d %d %d]" % (first, moved, length)
    old = re.search(rb"/ByteRange \[[^]]*\] *", attack)
    assert old is not None
    return attack[: old.start()] + stated.ljust(len(old.group())) + attack[old.end() :]


@pytest.mark.parametrize("keep", [False, True])
def test_a_signature_that_is_wrapped_around_other_objects_is_invalid(
    practice: Practice, keep: bool
) -> None:
    assert practice.judged(_wrapped(practice.sign(plain_pdf()), keep=keep)).verdict is (
        Verdict.INVALID
    )


def test_duplicate_objects_inside_the_signed_bytes_do_not_come_back(practice: Practice) -> None:
    """The signed file holds a page's content twice; a later table points at the other one."""
    pdf = plain_pdf()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        content = opened.pages[0].obj.Contents.objgen[0]
    twice = increment(pdf, {content: _content(b"1.00")})
    other = twice.rindex(b"%d 0 obj" % content)
    honest = increment(twice, {content: _content(b"Page 1: 1000.00")})
    signed = practice.sign(honest)
    assert practice.judged(signed).verdict is Verdict.VALID

    assert "brings back an object" in _changed(
        practice.judged(signed + table(signed, {content: other}, len(signed)))
    )


def _filled_with(pdf: bytes, pattern: bytes, text: bytes) -> bytes:
    found = re.search(pattern, pdf)
    assert found is not None
    assert len(text) <= len(found.group())
    return pdf[: found.start()] + text.ljust(len(found.group())) + pdf[found.end() :]


_RANGE, _CONTENTS, _KIND = (
    rb"/ByteRange \[[^]]*\] *",
    rb"/Contents <[0-9a-fA-F]*>",
    rb"/SubFilter\s*/ETSI\.CAdES\.detached",
)
FORGERIES = [
    pytest.param(_RANGE, b"", id="no /ByteRange"),
    pytest.param(_RANGE, b"/ByteRange null", id="/ByteRange null"),
    pytest.param(_RANGE, b"/ByteRange []", id="/ByteRange empty"),
    pytest.param(_RANGE, b"/ByteRange [0 0 0 0]", id="/ByteRange of zeros"),
    pytest.param(_RANGE, b"/ByteRange [0 -1 2 3]", id="/ByteRange negative"),
    pytest.param(_RANGE, b"/ByteRange [0 1.5 2 3]", id="/ByteRange of fractions"),
    pytest.param(_RANGE, b"/ByteRange [(0)(1)]", id="/ByteRange of strings"),
    pytest.param(_RANGE, b"/ByteRange [0 1 2]", id="/ByteRange of three"),
    pytest.param(_RANGE, b"/ByteRange [true 1 2 3]", id="/ByteRange with true"),
    pytest.param(_RANGE, b"/ByteRange (0 1 2 3)", id="/ByteRange as text"),
    pytest.param(_CONTENTS, b"", id="no /Contents"),
    pytest.param(_CONTENTS, b"/Contents null", id="/Contents null"),
    pytest.param(_CONTENTS, b"/Contents <>", id="/Contents empty"),
    pytest.param(_CONTENTS, b"/Contents <00>", id="/Contents of a zero"),
    pytest.param(_CONTENTS, b"/Contents 0", id="/Contents a number"),
    pytest.param(_CONTENTS, b"/Contents [<00>]", id="/Contents an array"),
    pytest.param(_KIND, b"", id="no /SubFilter"),
    pytest.param(_KIND, b"/SubFilter null", id="/SubFilter null"),
    pytest.param(_KIND, b"/SubFilter 1", id="/SubFilter a number"),
    pytest.param(_KIND, b"/SubFilter (none)", id="/SubFilter a string"),
    pytest.param(_KIND, b"/SubFilter [/None]", id="/SubFilter an array"),
]


@pytest.mark.parametrize(("pattern", "text"), FORGERIES)
def test_a_signature_with_a_part_missing_or_void_is_never_valid(
    practice: Practice, pattern: bytes, text: bytes
) -> None:
    signed = practice.sign(plain_pdf())

    report = practice.judged(_filled_with(signed, pattern, text))

    assert report.verdict in (Verdict.INVALID, Verdict.UNDECIDED)
    assert report.codes != ("crashed",)
    assert len(report.signatures) == 1


# -- the security store ----------------------------------------------------------------------------


def test_a_store_that_is_also_a_pages_content_is_a_change(practice: Practice) -> None:
    """The signed page takes its content from the array that the store may add to."""
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        page = pdf.pages[0].obj
        page["/Contents"] = pdf.make_indirect(pikepdf.Array([page.Contents]))
        pdf.Root["/DSS"] = pikepdf.Dictionary(Certs=page.Contents)
        target = io.BytesIO()
        pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    with pikepdf.open(io.BytesIO(target.getvalue())) as pdf:
        shared = pdf.pages[0].obj.Contents.objgen[0]
        content = pdf.pages[0].obj.Contents[0].objgen[0]
    victim = practice.sign(target.getvalue())
    assert practice.judged(victim).verdict is Verdict.VALID
    der = practice.authority.authority("root").certificate_der

    attack = increment(
        victim,
        {
            shared: b"[ %d 0 R 95 0 R ]" % content,
            95: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(der), der),
        },
    )

    assert f"uses object {shared} as something else" in _changed(practice.judged(attack))


def test_two_signers_may_keep_their_evidence_one_after_the_other(practice: Practice) -> None:
    """The store grows in place; nobody else refers to its lists."""
    how = {"tsa": practice.tsa, "evidence": practice.evidence()}
    both = practice.sign(practice.sign(plain_pdf(), **how), practice.key_of(), **how)

    report = practice.judged(both, policy=Policy())

    assert [each.changes for each in report.signatures] == [(), ()]
    assert report.verdict is Verdict.VALID


# -- what the document says about itself -----------------------------------------------------------


def _with_metadata(pdf: bytes, old: bytes, new: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        number, text = opened.Root.Metadata.objgen[0], opened.Root.Metadata.read_bytes()
    assert old in text
    text = text.replace(old, new)
    head = b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n" % len(text)
    return increment(pdf, {number: head + text + b"\nendstream"})


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        pytest.param(b"Bid form", b"Bid farm", "the document's title in its metadata", id="title"),
        pytest.param(
            b"<x:xmpmeta",
            b"<!DOCTYPE a [<!ENTITY b 'c'>]><x:xmpmeta",
            "the metadata cannot be compared",
            id="entities",
        ),
        pytest.param(b"</rdf:RDF>", b"", "the metadata cannot be compared", id="no XML"),
        pytest.param(
            b"<?xpacket", b" " * 2_000_000 + b"<?xpacket", "cannot be compared", id="long"
        ),
    ],
)
def test_metadata_that_says_something_else_is_a_change(
    practice: Practice, old: bytes, new: bytes, change: str
) -> None:
    assert change in _changed(practice.judged(_with_metadata(practice.bb, old, new)))


def _informed(**entries: str) -> Callable[[Writer], None]:
    """Give the trailer an information dictionary of its own."""

    def change(writer: Writer) -> None:
        held = _dictionary(**{name: generic.pdf_string(text) for name, text in entries.items()})
        writer.set_info(writer.add_object(held))

    return change


@pytest.mark.parametrize(
    ("entries", "changed"),
    [
        pytest.param({"Title": "Bid form", "ModDate": "D:2027"}, False, id="dated anew"),
        pytest.param({"Title": "Bid form", "Producer": "P"}, False, id="its writer"),
        pytest.param({"Title": "Another"}, True, id="another title"),
        pytest.param({"Producer": "P"}, True, id="the title is left out"),
        pytest.param({"Title": "Bid form", "Author": "X"}, True, id="an author"),
    ],
)
def test_another_information_dictionary_is_compared_with_the_signed_one(
    practice: Practice, entries: dict[str, str], changed: bool
) -> None:
    signed = practice.sign(appended(plain_pdf(), _informed(Title="Bid form")))

    both = signed_with(
        practice, signed, field="Partner", key=practice.key_of(), tamper=_informed(**entries)
    )

    report = practice.judged(both, policy=Policy())
    assert (report.verdict is Verdict.INVALID) == changed
    if changed:
        assert "the document's /" in _changed(report)


def test_a_visible_field_over_the_pages_of_an_ordinary_file_is_a_change(practice: Practice) -> None:
    attack = signed_with(
        practice,
        practice.sign(plain_pdf()),
        field="Visible",
        key=practice.key_of(),
        spec=SigFieldSpec("Visible", on_page=0, box=(0, 0, 300, 300)),
    )

    assert "takes a large part of its page" in _changed(practice.judged(attack, policy=Policy()))


@pytest.mark.parametrize("stamped", [True, False], ids=["with a stamp", "without one"])
def test_a_timestamp_takes_no_field_that_waits_for_a_person(
    practice: Practice, stamped: bool
) -> None:
    """Anybody can get a timestamp; in a visible field it would look like somebody's signature."""
    signed = practice.sign(waiting(plain_pdf(), box=(20, 20, 120, 60)), tsa=practice.tsa)
    writer = Writer(io.BytesIO(signed), strict=False)
    if stamped:
        fields = writer.root["/AcroForm"]["/Fields"]
        field = next(one for one in map(fields.__getitem__, range(2)) if one["/T"] == "Partner")
        box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 100, 40)))
        stamp = generic.StreamObject(
            {N("/Subtype"): N("/Form"), N("/BBox"): box}, stream_data=b"0 0 100 40 re S"
        )
        field["/AP"] = generic.DictionaryObject({N("/N"): writer.add_object(stamp)})
        writer.update_container(field)
    stamper = signers.PdfTimeStamper(_Stamper(practice.tsa), field_name="Partner")
    taken = asyncio.run(stamper.async_timestamp_pdf(writer, "sha256")).getvalue()

    assert "the timestamp Partner took a visible field" in _changed(practice.judged(taken))
