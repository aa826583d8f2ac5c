"""What follows a signature leaves every page looking as it did, and looking costs what it may."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2.raw as pdfium
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.stamp import TextStampStyle

from signatures.pdf.drawing import LONGEST_SIDE, STRIP_PIXELS, Canvas, NotDrawn, drawn
from signatures.pdf.effort import Effort, TooMuch
from signatures.pdf.packed import Bottomless, dots_of, unfolded
from signatures.pdf.parsers import parsed
from signatures.pdf.policy import Limits, Policy
from signatures.pdf.reach import Reach
from signatures.pdf.rendering import Looks
from signatures.pdf.report import Verdict
from signatures.pdf.source import Source, Unjudgeable, opened
from tests.signatures.certifying import signed_with, waiting
from tests.signatures.documents import POLICY, Practice, appended, plain_pdf

N = generic.NameObject
Writer = IncrementalPdfFileWriter
PLENTY = Limits()


def _looks(signed: bytes, attack: bytes | Path, limits: Limits = PLENTY) -> tuple[str, ...]:
    """Compare by looks alone, as if no object had been found changed."""
    with opened(attack) as source, parsed(source, limits) as document:
        return Looks(document, [], limits).differences(len(signed))


def _page(writer: Writer, index: int) -> generic.DictionaryObject:
    page: generic.DictionaryObject = writer.root["/Pages"]["/Kids"][index]
    writer.update_container(page)
    return page


def _content(text: bytes, index: int = 0) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        stream = generic.StreamObject(stream_data=text)
        _page(writer, index)["/Contents"] = writer.add_object(stream)

    return change


def _entry(key: str, value: generic.PdfObject, index: int = 1) -> Callable[[Writer], None]:
    def change(writer: Writer) -> None:
        _page(writer, index)[N(key)] = value

    return change


def _numbers(*numbers: float) -> generic.ArrayObject:
    return generic.ArrayObject([generic.FloatObject(number) for number in numbers])


def _covered(kind: str) -> Callable[[Writer], None]:
    """Put an annotation with an appearance of its own over the second page."""

    def change(writer: Writer) -> None:
        picture = generic.StreamObject(
            {
                N("/Type"): N("/XObject"),
                N("/Subtype"): N("/Form"),
                N("/BBox"): _numbers(0, 0, 100, 100),
            },
            stream_data=b"0.5 g 0 0 100 100 re f",
        )
        note = generic.DictionaryObject(
            {
                N("/Type"): N("/Annot"),
                N("/Subtype"): N(kind),
                N("/F"): generic.NumberObject(4),
                N("/Rect"): _numbers(20, 100, 280, 200),
                N("/AP"): generic.DictionaryObject({N("/N"): writer.add_object(picture)}),
            }
        )
        if kind == "/Widget":
            note[N("/FT")], note[N("/T")] = N("/Tx"), generic.pdf_string("new")
        _page(writer, 1)["/Annots"] = generic.ArrayObject([writer.add_object(note)])

    return change


def _one_page_less(writer: Writer) -> None:
    tree = writer.root["/Pages"]
    tree["/Kids"] = generic.ArrayObject([tree["/Kids"].raw_get(0)])
    tree["/Count"] = generic.NumberObject(1)
    writer.update_container(tree)


LOOKS = [
    pytest.param(_content(b"1 g", 1), ("page 2 looks different",), id="an empty page"),
    pytest.param(
        _content(b"BT /F1 24 Tf 50 150 Td (Page 1: 1000.01) Tj ET"),
        ("page 1 looks different",),
        id="one figure",
    ),
    pytest.param(
        _content(b"BT /F1 24 Tf 50 150 Td (Page 1: 1000.00) Tj ET"), (), id="the same again"
    ),
    pytest.param(_covered("/Square"), ("page 2 looks different",), id="an annotation"),
    pytest.param(_covered("/Widget"), ("page 2 looks different",), id="a form field"),
    pytest.param(
        _entry("/MediaBox", _numbers(0, 0, 300, 200)), ("page 2 has another size",), id="its size"
    ),
    pytest.param(
        _entry("/CropBox", _numbers(0, 0, 300, 200)), ("page 2 has another size",), id="cropped"
    ),
    pytest.param(
        _entry("/Rotate", generic.NumberObject(180)), ("page 2 looks different",), id="turned"
    ),
    pytest.param(_one_page_less, ("1 pages are shown, 2 were signed",), id="a page is gone"),
]


@pytest.mark.parametrize(("change", "named"), LOOKS)
def test_a_page_that_looks_different_is_named(
    practice: Practice, change: Callable[[Writer], None], named: tuple[str, ...]
) -> None:
    signed = practice.sign(plain_pdf(2, field=True))

    assert _looks(signed, appended(signed, change)) == named


def test_the_last_of_many_pages_is_looked_at(practice: Practice) -> None:
    signed = practice.sign(plain_pdf(60))

    found = _looks(signed, appended(signed, _content(b"BT /F1 24 Tf (1.00) Tj ET", 59)))

    assert found == ("page 60 looks different",)


def test_a_mapped_file_is_drawn_like_bytes(practice: Practice, tmp_path: Path) -> None:
    signed = practice.sign(plain_pdf())
    file = tmp_path / "bid.pdf"
    file.write_bytes(appended(signed, _content(b"1 g")))

    assert _looks(signed, file) == ("page 1 looks different",)


# -- stamps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("colour", "hides"),
    [
        pytest.param(b"", False, id="text on the line"),
        pytest.param(b"1 g", True, id="a white card"),
        pytest.param(b"0 g", True, id="a card as black as the text"),
    ],
)
def test_a_stamp_may_add_to_what_is_there_and_not_cover_it(
    practice: Practice, colour: bytes, hides: bool
) -> None:
    form = waiting(plain_pdf(), on_page=0, box=(40, 140, 260, 180))
    card = RawContent(colour + b" 0 0 220 40 re f", box=BoxConstraints(width=220, height=40))
    style = TextStampStyle(stamp_text="P", background=card if hides else None, background_opacity=1)
    stamped = signed_with(
        practice, practice.sign(form), field="Partner", key=practice.key_of(), stamp=style
    )

    report = practice.judged(stamped, policy=Policy())

    changes = [change for each in report.signatures for change in each.changes]
    if hides:
        assert changes == ["a stamped signature Partner covers what was signed on page 1"]
    else:
        assert (report.verdict, changes) == (Verdict.VALID, [])


# -- what it may cost ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "size",
    [
        pytest.param((595.0, 842.0), id="A4"),
        pytest.param((14400.0, 14400.0), id="five metres"),
        pytest.param((1e30, 1e-30), id="a thread"),
        pytest.param((0.0, -5.0), id="nothing"),
        pytest.param((float("inf"), float("nan")), id="no numbers"),
    ],
)
def test_a_page_of_any_size_is_drawn_on_a_bounded_canvas(size: tuple[float, float]) -> None:
    canvas = Canvas.of(size, 256 * 1024)

    assert 1 <= canvas.width <= LONGEST_SIDE
    assert 1 <= canvas.height <= LONGEST_SIDE
    assert sum(rows for _, rows in canvas.strips) == canvas.height
    assert all(rows * canvas.width <= STRIP_PIXELS for _, rows in canvas.strips)


def test_a_catalog_that_may_show_something_else_has_every_page_drawn(practice: Practice) -> None:
    """And where every page looks the same, nothing is said."""

    def other(writer: Writer) -> None:
        writer.root["/PageMode"] = N("/UseOutlines")
        writer.update_root()

    signed = practice.sign(plain_pdf(2))

    assert _looks(signed, appended(signed, other)) == ()
    with pytest.raises(Unjudgeable):  # so the pages are drawn, though none of them was touched
        _looks(signed, appended(signed, other), Limits(drawn_steps=1))


def test_a_huge_page_is_compared_in_strips(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signatures.pdf.drawing.STRIP_PIXELS", 10_000)
    with pikepdf.open(io.BytesIO(plain_pdf(2))) as pdf:
        pdf.pages[1].obj["/MediaBox"] = [0, 0, 14400, 14400]
        pdf.pages[1].obj["/UserUnit"] = 10
        target = io.BytesIO()
        pdf.save(target)
    signed = practice.sign(target.getvalue())
    attack = appended(signed, _content(b"0 g 100 100 200 200 re f", 1))

    assert _looks(signed, attack) == ("page 2 looks different",)


def _archived(practice: Practice, pdf: bytes, limits: Limits) -> tuple[str, ...]:
    how = {"tsa": practice.tsa, "evidence": practice.evidence(), "archive": True}
    policy = Policy(supplier=POLICY.supplier, limits=limits)
    return practice.judged(practice.sign(pdf, **how), policy=policy).codes  # type: ignore[arg-type]


def test_past_the_budget_nothing_is_decided_and_its_reason_is_named(practice: Practice) -> None:
    for limits in (Limits(drawn_pixels=1000), Limits(drawn_steps=10)):
        assert _archived(practice, plain_pdf(), limits) == ("too-much-to-draw",)


def test_nothing_is_drawn_where_nothing_follows_or_only_evidence_does(practice: Practice) -> None:
    nothing = Policy(supplier=POLICY.supplier, limits=Limits(drawn_pixels=0, drawn_steps=0))

    for pdf in (practice.bb, practice.bt, practice.blt):
        assert practice.judged(pdf, policy=nothing).verdict is Verdict.VALID


def test_past_the_budget_a_page_that_leads_to_nothing_new_needs_no_drawing(
    practice: Practice,
) -> None:
    with pikepdf.open(io.BytesIO(plain_pdf(3))) as pdf:
        for page in pdf.pages[1:]:
            page.obj["/Contents"] = pdf.make_stream(b"0 0 1 1 re f " * 1000)
        target = io.BytesIO()
        pdf.save(target)

    assert _archived(practice, target.getvalue(), Limits(drawn_steps=20_000)) == ()


def test_a_page_with_form_fields_or_a_new_appearance_counts_as_touched() -> None:
    with pikepdf.open(io.BytesIO(plain_pdf(3, field=True))) as pdf:
        note = pdf.make_indirect(
            pikepdf.Dictionary(
                Subtype=pikepdf.Name.Square, AP=pikepdf.Dictionary(N=pdf.make_stream(b"0 g"))
            )
        )
        pdf.pages[1].obj["/Annots"] = pdf.make_indirect(pikepdf.Array([note]))
        content = pdf.pages[2].obj.Contents.objgen
        for written, untouched in [
            (set(), [False, True, True]),
            ({content}, [False, True, False]),
            ({note.objgen}, [False, False, True]),
            ({note.AP.N.objgen}, [False, False, True]),
            ({pdf.pages[1].obj.Annots.objgen}, [False, False, True]),
            ({pdf.pages[2].obj.objgen}, [False, True, False]),
        ]:
            reach = Reach(pdf, written)
            assert [reach.is_untouched(page) for page in pdf.pages] == untouched


def _drawing(content: bytes, **resources: object) -> bytes:
    """Make a page whose content names resources of all kinds."""
    with pikepdf.open(io.BytesIO(plain_pdf(1))) as pdf:
        page = pdf.pages[0].obj
        page["/Contents"] = pdf.make_stream(content)
        for kind, made in resources.items():
            held = made(pdf) if callable(made) else made
            page.Resources[f"/{kind}"] = pikepdf.Dictionary(X=held)
        target = io.BytesIO()
        pdf.save(target, compress_streams=False)
        return target.getvalue()


def _stream(pdf: pikepdf.Pdf, data: bytes, **entries: object) -> pikepdf.Stream:
    made = pdf.make_stream(data)
    for name, value in entries.items():
        made[f"/{name}"] = value
    return made


def _nested(pdf: pikepdf.Pdf, depth: int = 30) -> pikepdf.Stream:
    inner = _stream(pdf, b"0 0 1 1 re f", Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])
    for _ in range(depth):
        held = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
        entries = {"Subtype": pikepdf.Name.Form, "BBox": [0, 0, 9, 9], "Resources": held}
        inner = _stream(pdf, b"/#58 Do /X Do", **entries)
    return inner


def _own_drawing(pdf: pikepdf.Pdf) -> pikepdf.Stream:
    made = _stream(pdf, b"/X Do /X Do", Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])
    made["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=made))
    return made


def _image(pdf: pikepdf.Pdf, side: int, **entries: object) -> pikepdf.Stream:
    how = {"Subtype": pikepdf.Name.Image, "Width": side, "Height": side, "BitsPerComponent": 1}
    return _stream(pdf, b"0", **how, **entries)


def _hatched(pdf: pikepdf.Pdf, step: float) -> pikepdf.Stream:
    return _stream(
        pdf,
        b"0 0 1 1 re f",
        PatternType=1,
        PaintType=1,
        TilingType=1,
        BBox=[0, 0, 1, 1],
        XStep=step,
        YStep=step,
        Resources=pikepdf.Dictionary(),
    )


def _program(pdf: pikepdf.Pdf) -> pikepdf.Stream:
    return _stream(pdf, b"{" + b" sin cos" * 4000 + b"}", FunctionType=4, Domain=[0, 1, 0, 1])


def _bomb(pdf: pikepdf.Pdf) -> pikepdf.Stream:
    made = pdf.make_stream(b"")
    made.write(zlib.compress(b" " * 50_000_000), filter=pikepdf.Name.FlateDecode)
    made["/Subtype"], made["/BBox"] = pikepdf.Name.Form, [0, 0, 9, 9]
    return made


def _shading(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(ShadingType=1, Function=_program(pdf))


ENDLESS = [
    pytest.param(b"/X Do", {"XObject": _nested}, id="forms within forms"),
    pytest.param(b"/X Do", {"XObject": _own_drawing}, id="a form that draws itself"),
    pytest.param(b"/X Do", {"XObject": _bomb}, id="a form that never ends"),
    pytest.param(b"/X Do", {"XObject": lambda pdf: _image(pdf, 100_000)}, id="a giant picture"),
    pytest.param(
        b"/X Do",
        {
            "XObject": lambda pdf: _image(
                pdf, 4_000, ColorSpace=pikepdf.Array([pikepdf.Name.DeviceN, _program(pdf)])
            )
        },
        id="a picture whose colours are calculated",
    ),
    pytest.param(
        b"BI /W 100000 /H 100000 /BPC 1 /CS /G ID 0 EI", {}, id="a giant picture in the content"
    ),
    pytest.param(
        b"/Pattern cs /X scn 0 0 300 300 re f",
        {"Pattern": lambda pdf: _hatched(pdf, 0.001)},
        id="tiles smaller than a pixel",
    ),
    pytest.param(
        b"/Pattern cs /X scn 0 0 300 300 re f",
        {"Pattern": lambda pdf: _hatched(pdf, 0)},
        id="tiles that do not move on",
    ),
    pytest.param(b"/X sh", {"Shading": _shading}, id="a shading that is calculated"),
    pytest.param(
        b"/Pattern cs /X scn 0 0 300 300 re f",
        {"Pattern": lambda pdf: pikepdf.Dictionary(PatternType=2, Shading=_shading(pdf))},
        id="a pattern that is calculated",
    ),
    pytest.param(
        b"/X gs 0 0 300 300 re f",
        {"ExtGState": lambda pdf: pikepdf.Dictionary(SMask=pikepdf.Dictionary(G=_nested(pdf)))},
        id="a mask of nested forms",
    ),
    pytest.param(
        b"BT /X 1 Tf (aaaa) Tj ET",
        {
            "Font": lambda pdf: pikepdf.Dictionary(
                Subtype=pikepdf.Name.Type3, CharProcs=pikepdf.Dictionary(a=_nested(pdf))
            )
        },
        id="letters of nested forms",
    ),
]


@pytest.mark.parametrize(("content", "resources"), ENDLESS)
def test_a_page_that_would_be_drawn_for_ever_is_not_drawn(
    practice: Practice, content: bytes, resources: dict[str, object]
) -> None:
    assert _archived(practice, _drawing(content, **resources), PLENTY) == ("too-much-to-draw",)


def test_what_a_page_does_not_name_costs_nothing() -> None:
    pdf = _drawing(b"0 g", XObject=_nested, Shading=_shading)

    with pikepdf.open(io.BytesIO(pdf)) as opened_pdf:
        assert Effort(1000).of(opened_pdf.pages[0]) == 3


def test_an_annotation_costs_what_its_appearances_cost() -> None:
    with pikepdf.open(io.BytesIO(_drawing(b"0 g"))) as pdf:
        shown = _stream(pdf, b"0 g 0 g", Subtype=pikepdf.Name.Form)
        states = pikepdf.Dictionary(On=shown, Off=shown)
        pdf.pages[0].obj["/Annots"] = pikepdf.Array(
            [
                pdf.make_indirect(pikepdf.Dictionary(AP=pikepdf.Dictionary(N=one)))
                for one in (shown, states)
            ]
        )

        assert Effort(10_000).of(pdf.pages[0]) == 3 + 3 * (150 + 7)


def test_a_letter_that_is_drawn_costs_what_the_most_laborious_one_costs() -> None:
    def font(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
        letters = pikepdf.Dictionary(a=pdf.make_stream(b"0 g"), b=pdf.make_stream(b"0 g 1 g"))
        return pikepdf.Dictionary(Subtype=pikepdf.Name.Type3, CharProcs=letters)

    content = b"BT /X 1 Tf (ab) Tj ET"
    with pikepdf.open(io.BytesIO(_drawing(content, Font=font))) as pdf:
        assert Effort(10_000).of(pdf.pages[0]) == len(content) + len(content) * (150 + 7)


def _in_other_filter(pdf: pikepdf.Pdf) -> pikepdf.Stream:
    made = pdf.make_stream(b"")
    made.write(b"80>", filter=pikepdf.Name.ASCIIHexDecode)
    made["/Subtype"] = pikepdf.Name.Form
    return made


def _colours_in_colours(pdf: pikepdf.Pdf) -> pikepdf.Array:
    held = pikepdf.Array([pikepdf.Name.DeviceN])
    for _ in range(9):
        held = pikepdf.Array([pikepdf.Name.Indexed, held])
    return held


def _font_without_end(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
    """Let a font be packed tightly: of a thousand bytes a million come."""
    packed = pdf.make_stream(b"")
    packed.write(zlib.compress(bytes(60_000_000), 9), filter=pikepdf.Name.FlateDecode)
    held = pikepdf.Dictionary(Type=pikepdf.Name.FontDescriptor, FontFile2=packed)
    return pikepdf.Dictionary(Subtype=pikepdf.Name.TrueType, FontDescriptor=held)


def _tiled_form(pdf: pikepdf.Pdf) -> pikepdf.Stream:
    tile = pdf.make_stream(b"0 g", Type=pikepdf.Name.Pattern, PatternType=1, PaintType=1)
    tile["/XStep"] = tile["/YStep"] = 1
    tile["/BBox"] = pikepdf.Array([0, 0, 1, 1])
    form = pdf.make_stream(b"/Pattern cs /T scn 0 0 9 9 re f")
    form["/Subtype"] = pikepdf.Name.Form
    form["/Resources"] = pikepdf.Dictionary(Pattern=pikepdf.Dictionary(T=tile))
    return form


@pytest.mark.parametrize(
    ("content", "resources"),
    [
        pytest.param(b"/X Do", {"XObject": _in_other_filter}, id="a rare filter"),
        pytest.param(b"/X Do", {"XObject": lambda pdf: _nested(pdf, 15)}, id="15 forms, once each"),
        pytest.param(b"/X cs", {"ColorSpace": _colours_in_colours}, id="colours within colours"),
        pytest.param(b"/X sh", {"Shading": _bomb}, id="a mesh that never ends"),
        pytest.param(b"/X Do", {"XObject": _tiled_form}, id="tiles in a form of any size"),
        pytest.param(b"BT /X 1 Tf (a) Tj ET", {"Font": _font_without_end}, id="a font to unpack"),
    ],
)
def test_what_cannot_be_counted_counts_as_too_much(
    content: bytes, resources: dict[str, object]
) -> None:
    with pikepdf.open(io.BytesIO(_drawing(content, **resources))) as pdf:
        assert Effort(20_000).of(pdf.pages[0]) == 20_001


def test_colours_within_colours_are_not_loaded_for_ever() -> None:
    """What counts their functions has stopped before; so this is asked by itself."""
    with pikepdf.new() as pdf, pytest.raises(TooMuch):
        Effort(20_000)._loaded(_colours_in_colours(pdf))


# -- when it cannot be drawn -----------------------------------------------------------------------


def test_a_document_that_cannot_be_drawn_is_undecided(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdfium, "FPDF_LoadMemDocument64", lambda *_: None)

    report = practice.judged(practice.blta)

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("not-drawn",))


def test_a_page_that_cannot_be_drawn_is_undecided(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdfium, "FPDF_LoadPage", lambda *_: None)

    report = practice.judged(practice.blta)

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("not-drawn",))


def test_a_form_that_cannot_be_drawn_is_undecided(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdfium, "FPDFDOC_InitFormFillEnvironment", lambda *_: None)

    assert practice.judged(practice.blta).codes == ("not-drawn",)


def test_garbage_is_not_drawn() -> None:
    with pytest.raises(NotDrawn), drawn(Source(b"%PDF-1.7 garbage"), 16):
        pass


def test_too_much_is_said_before_anything_is_drawn(practice: Practice) -> None:
    signed = practice.sign(plain_pdf())

    with pytest.raises(Unjudgeable) as stopped:
        _looks(signed, appended(signed, _content(b"0 g")), Limits(drawn_pixels=1))
    assert stopped.value.finding.code == "too-much-to-draw"


# -- what unfolds further than it says -------------------------------------------------------------


def _jpeg(across: int, down: int, scans: int = 1) -> bytes:
    frame = b"\xff\xc0\x00\x11\x08" + down.to_bytes(2) + across.to_bytes(2) + b"\x03" + b"\0" * 9
    return b"\xff\xd8" + frame + b"\xff\xda\x00\x08\x01\x01\0\0\x3f\0" * scans + b"\xff\xd9"


def _jpeg_2000(across: int, down: int, parts: int = 1) -> bytes:
    sides = (across, down, 0, 0, across, down, 0, 0)
    numbers = b"".join(side.to_bytes(4) for side in sides)
    return b"\xff\x4f\xff\x51\x00\x29\0\0" + numbers + parts.to_bytes(2) + b"\x07\1\1"


def _jbig2(across: int, down: int, regions: int = 1, *, many: bool = False) -> bytes:
    body = across.to_bytes(4) + down.to_bytes(4) + b"\0" * 10
    referred = b"\xe0\0\0\5\0" + b"\0" * 5 if many else b"\0"
    one = b"\0\0\0\1\x26" + referred + b"\1" + len(body).to_bytes(4) + body
    return b"\0\0\0\0\x30\0\1\0\0\0\x02\0\0" + one * regions


@pytest.mark.parametrize(
    ("filters", "data", "dots"),
    [
        pytest.param(["DCTDecode"], _jpeg(300, 200), 60_000, id="JPEG"),
        pytest.param(["DCTDecode"], _jpeg(300, 200, 200), 1_200_000, id="JPEG in many scans"),
        pytest.param(["DCTDecode"], b"\xff\xd8", 0, id="no JPEG"),
        pytest.param(
            ["FlateDecode", "DCTDecode"],
            zlib.compress(_jpeg(300, 200)),
            60_000,
            id="JPEG, deflated",
        ),
        pytest.param(["FlateDecode", "DCTDecode"], b"none", 0, id="nothing, deflated"),
        pytest.param(
            ["FlateDecode", "DCTDecode"],
            zlib.compress(_jpeg(300, 200) + bytes(3_000_000)),
            60_000,
            id="JPEG, of which only the beginning is unpacked",
        ),
        pytest.param(["JPXDecode"], _jpeg_2000(300, 200), 60_000, id="JPEG 2000"),
        pytest.param(["JPXDecode"], _jpeg_2000(300, 200, 9), 540_000, id="JPEG 2000 of 9 parts"),
        pytest.param(["JPXDecode"], b"", 0, id="no JPEG 2000"),
        pytest.param(["JBIG2Decode"], _jbig2(300, 200, 3), 180_000, id="JBIG2"),
        pytest.param(["JBIG2Decode"], _jbig2(300, 200, many=True), 60_000, id="JBIG2, referring"),
        pytest.param(["JBIG2Decode"], _jbig2(300, 200)[:-25], 0, id="JBIG2, cut off"),
        pytest.param(["JBIG2Decode"], b"\0" * 5 + b"\xc0" + bytes(6), 0, id="JBIG2, cut short"),
        pytest.param(["FlateDecode"], zlib.compress(b"x"), 0, id="another kind"),
    ],
)
def test_a_picture_is_as_large_as_it_says_itself(
    filters: list[str], data: bytes, dots: int
) -> None:
    pdf = pikepdf.new()
    image = pdf.make_stream(b"")
    image.write(data, filter=pikepdf.Array([pikepdf.Name(f"/{one}") for one in filters]))

    assert dots_of(image) == dots


def _packed_picture(data: bytes, kind: str) -> Callable[[pikepdf.Pdf], pikepdf.Stream]:
    def made(pdf: pikepdf.Pdf) -> pikepdf.Stream:
        image = _image(pdf, 1)
        image.write(data, filter=pikepdf.Name(f"/{kind}"))
        return image

    return made


def _deflated(pdf: pikepdf.Pdf, length: int) -> pikepdf.Stream:
    made = pdf.make_stream(b"")
    made.write(zlib.compress(b"\0" * length), filter=pikepdf.Name.FlateDecode)
    return made


def _font_of(length: int, key: str = "FontFile2") -> Callable[[pikepdf.Pdf], pikepdf.Object]:
    def made(pdf: pikepdf.Pdf) -> pikepdf.Object:
        descriptor = pikepdf.Dictionary({f"/{key}": _deflated(pdf, length)})
        inner = pikepdf.Dictionary(Subtype=pikepdf.Name.CIDFontType2, FontDescriptor=descriptor)
        kind = pikepdf.Name.Type0
        return pdf.make_indirect(
            pikepdf.Dictionary(Subtype=kind, DescendantFonts=pikepdf.Array([inner]))
        )

    return made


def _map_of(length: int) -> Callable[[pikepdf.Pdf], pikepdf.Object]:
    return lambda pdf: pikepdf.Dictionary(
        Subtype=pikepdf.Name.Type0, Encoding=_deflated(pdf, length)
    )


def _profile_of(length: int) -> Callable[[pikepdf.Pdf], pikepdf.Array]:
    return lambda pdf: pikepdf.Array([pikepdf.Name.ICCBased, _deflated(pdf, length)])


MIB = 1024 * 1024
BOMBS = [
    pytest.param(b"/X Do", {"XObject": _packed_picture(_jpeg(65_000, 65_000), "DCTDecode")}),
    pytest.param(b"/X Do", {"XObject": _packed_picture(_jpeg_2000(60_000, 60_000), "JPXDecode")}),
    pytest.param(b"/X Do", {"XObject": _packed_picture(_jbig2(9000, 9000, 90), "JBIG2Decode")}),
    pytest.param(b"BT /X 1 Tf (a) Tj ET", {"Font": _font_of(200 * MIB)}),
    pytest.param(b"BT /X 1 Tf (a) Tj ET", {"Font": _map_of(200 * MIB)}),
    pytest.param(b"/X cs", {"ColorSpace": _profile_of(200 * MIB)}),
]
BOMB_NAMES = ["JPEG", "JPEG 2000", "JBIG2", "a font", "a table of letters", "a profile"]


@pytest.mark.parametrize(("content", "resources"), BOMBS, ids=BOMB_NAMES)
def test_a_page_that_unfolds_to_gigabytes_is_not_drawn(
    practice: Practice, content: bytes, resources: dict[str, object]
) -> None:
    assert _archived(practice, _drawing(content, **resources), PLENTY) == ("too-much-to-draw",)


def test_a_large_font_is_loaded_once_however_often_it_is_used() -> None:
    content = b"BT " + b"/X 1 Tf (a) Tj " * 10 + b"ET"

    with pikepdf.open(io.BytesIO(_drawing(content, Font=_font_of(16 * MIB)))) as pdf:
        effort = Effort(PLENTY.drawn_steps)
        assert effort.of(pdf.pages[0]) == len(content) + MIB
        assert effort.of(pdf.pages[0]) == len(content)


def test_nothing_is_unfolded_further_than_anybody_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signatures.pdf.packed.MOST", 1000)
    pdf = pikepdf.new()

    assert unfolded(_deflated(pdf, 1000)) == 1000
    with pytest.raises(Bottomless):
        unfolded(_deflated(pdf, 1001))


def test_what_is_not_deflated_unfolds_to_what_it_is() -> None:
    pdf = pikepdf.new()

    assert unfolded(pdf.make_stream(b"12345")) == 5
