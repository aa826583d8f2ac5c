"""Several people may sign where one sees it, each where nothing stands, and nothing else comes in.

A stamp that nobody had prepared a place for is accepted when it is always seen, stands on one page
over nothing but paper or a line to sign on, and was written with its signature to the last object.
"""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils import generic

from signatures.pdf.appearance import Appearance
from signatures.pdf.ink import is_blank, is_drowned
from signatures.pdf.policy import Policy
from signatures.pdf.report import Verdict
from tests.signatures.certifying import signed_with, waiting
from tests.signatures.documents import Practice, appended, increment, plain_pdf
from tests.signatures.stamping import (
    ABOVE,
    LEFT,
    PRICE,
    RIGHT,
    Drawn,
    N,
    Writer,
    numbers,
    saved,
    second,
    stamped,
)

ANYBODY = Policy()


def _changes(practice: Practice, pdf: bytes) -> str:
    report = practice.judged(pdf, policy=ANYBODY)
    assert report.verdict is Verdict.INVALID
    assert set(report.codes) - {"active-content-found"} == {"changed-after-signing"}
    return "; ".join(change for each in report.signatures for change in each.changes)


def _require_valid(practice: Practice, pdf: bytes, signers: int) -> None:
    report = practice.judged(pdf, policy=ANYBODY)
    assert [each.changes for each in report.signatures] == [()] * signers
    assert (report.verdict, report.codes) == (Verdict.VALID, ())


# -- honest files ----------------------------------------------------------------------------------


def test_two_and_three_people_sign_in_stamps_beside_each_other(practice: Practice) -> None:
    pdf = plain_pdf()
    for signers, (name, box) in enumerate([("A", LEFT), ("B", RIGHT), ("C", ABOVE)], 1):
        pdf = stamped(practice, pdf, name, box)
        _require_valid(practice, pdf, signers)


def test_each_who_signs_with_daylight_gets_a_place_where_there_is_room(practice: Practice) -> None:
    pdf = practice.form
    for _ in range(3):
        key = practice.key_of(common_name="李伟 Li Wei")
        pdf = practice.sign(pdf, key, appearance=Appearance(), reason="投标", tsa=practice.tsa)

    _require_valid(practice, pdf, 3)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        boxes = [[int(side) for side in note.Rect] for note in opened.pages[-1].Annots]
    assert boxes == [[36, 24, 296, 76], [36, 86, 296, 138], [36, 148, 296, 200]]


def test_a_place_is_not_where_something_stands_or_waits(practice: Practice) -> None:
    """The page is 300 points high and says something from 150 to 175."""
    form = waiting(plain_pdf(), "Other", on_page=0, box=(40, 30, 50, 40))

    pdf = practice.sign(form, field="First", appearance=Appearance(page=1))
    pdf = practice.sign(pdf, practice.key_of(), field="Second", appearance=Appearance(page=1))

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        lowest = [int(note.Rect[1]) for note in opened.pages[0].Annots]
    assert lowest == [30, 86, 210]


def test_a_place_is_found_on_a_page_as_large_as_a_town_with_its_corners_swapped(
    practice: Practice,
) -> None:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        pdf.pages[1].obj["/MediaBox"] = [10**9, 10**9, 0, 0]
        vast = saved(pdf)

    signed = practice.sign(vast, appearance=Appearance(page=2))

    with pikepdf.open(io.BytesIO(signed)) as opened:
        assert [int(side) for side in opened.pages[1].Annots[0].Rect] == [36, 24, 296, 76]


def _many_annotations(pdf: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(Type=N("/Annot"), Subtype=pikepdf.Name.Link, Rect=[1, 1, 2, 2])
    pdf.pages[0].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(note), note])


def _annotations_elsewhere(pdf: pikepdf.Pdf) -> None:
    _many_annotations(pdf)
    pdf.pages[0].obj["/Annots"] = pdf.make_indirect(pdf.pages[0].obj.Annots)


def _inherited(pdf: pikepdf.Pdf) -> None:
    for key in ("/Resources", "/MediaBox"):
        pdf.Root.Pages[key] = pdf.pages[0].obj[key]
        for page in pdf.pages:
            del page.obj[key]


def _turned(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj["/Rotate"] = 90


def _elsewhere(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj["/MediaBox"] = [-100, -100, 300, 300]
    pdf.pages[0].obj["/CropBox"] = [0, 0, 300, 300]


def _line_to_sign_on(pdf: pikepdf.Pdf) -> None:
    line = pdf.make_stream(b"0.5 w 140 30 m 260 30 l S")
    pdf.pages[0].obj["/Contents"] = pikepdf.Array([pdf.pages[0].obj.Contents, line])


def _coloured_paper(pdf: pikepdf.Pdf) -> None:
    paper = pdf.make_stream(b"q 0.8 0.9 1 rg 0 0 300 300 re f Q")
    pdf.pages[0].obj["/Contents"] = pikepdf.Array([paper, pdf.pages[0].obj.Contents])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: None, id="no annotations"),
        _many_annotations,
        _annotations_elsewhere,
        _inherited,
        _turned,
        _elsewhere,
        _line_to_sign_on,
        _coloured_paper,
    ],
)
def test_pages_of_every_build_take_a_second_stamp(
    practice: Practice, change: Callable[[pikepdf.Pdf], None]
) -> None:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        change(pdf)
        form = saved(pdf)

    _require_valid(practice, second(practice, first=practice.sign(form)), 2)


class _SameValue(generic.PdfObject):
    """The value that a field has when it is written."""

    def __init__(self, widget: Any) -> None:
        self._widget = widget

    def write_to_stream(self, stream: Any, handler: Any = None, container_ref: Any = None) -> None:
        self._widget.raw_get("/V").write_to_stream(stream, handler, container_ref)


def _as_other_writers_do(writer: Writer, widget: Any) -> None:
    """Write the default value, as LibreOffice does; an empty frame, and an order of fields."""
    widget[N("/DV")] = _SameValue(widget)
    widget[N("/MK")] = generic.DictionaryObject()
    page = widget["/P"]
    page[N("/Tabs")] = N("/S")
    writer.update_container(page)


def test_what_honest_writers_put_beside_a_stamp_is_no_change(practice: Practice) -> None:
    _require_valid(practice, second(practice, Drawn(widget=_as_other_writers_do)), 2)


def _defaults_for_texts(writer: Writer, widget: Any) -> None:
    """Add what Acrobat adds to a form with the first field that it puts there."""
    del widget
    font = {N("/Type"): N("/Font"), N("/Subtype"): N("/Type1"), N("/BaseFont"): N("/Helvetica")}
    fonts = {N("/Helv"): writer.add_object(generic.DictionaryObject(font))}
    form = writer.root["/AcroForm"]
    form[N("/DA")] = generic.pdf_string("/Helv 0 Tf 0 g ")
    form[N("/DR")] = generic.DictionaryObject({N("/Font"): generic.DictionaryObject(fonts)})
    writer.update_container(form)


def test_a_form_gains_defaults_for_texts_where_it_has_no_text(practice: Practice) -> None:
    stamp = Drawn(widget=_defaults_for_texts)

    _require_valid(practice, second(practice, stamp), 2)
    _require_valid(
        practice, second(practice, stamp, first=second(practice, stamp), box=ABOVE, name="Third"), 3
    )
    texts = practice.sign(plain_pdf(field=True))
    assert "the form's /DA" in _changes(practice, second(practice, stamp, first=texts, box=ABOVE))
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        note = pikepdf.Dictionary(Subtype=pikepdf.Name.FreeText, Rect=[1, 1, 9, 9], Contents="1")
        pdf.pages[1].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(note)])
        noted = practice.sign(saved(pdf))
    assert "the form's /DA" in _changes(practice, second(practice, stamp, first=noted))


def test_two_prepared_fields_are_filled_one_after_the_other(practice: Practice) -> None:
    form = waiting(plain_pdf(), "A", on_page=0, box=LEFT)
    form = waiting(waiting(form, "B", on_page=0, box=RIGHT), "C", on_page=1, box=LEFT)
    for name in "ABC":
        form = signed_with(practice, form, field=name, key=practice.key_of(), stamp=Drawn())

    _require_valid(practice, form, 3)


def test_a_stamp_that_multiplies_over_paper_is_no_change(practice: Practice) -> None:
    """Company seals are drawn so; over a text it would still add to the text."""
    seal = Drawn(b"/G gs 1 0 0 rg 10 10 30 20 re f", _blending("/Multiply"))

    _require_valid(practice, second(practice, seal), 2)


def _cleared(writer: Writer, *, gone: bool) -> None:
    form = writer.root["/AcroForm"]
    field = form["/Fields"][0]
    del field["/V"]
    writer.update_container(field)
    if gone:
        form["/Fields"] = generic.ArrayObject()
        writer.update_container(form)


@pytest.mark.parametrize(
    ("gone", "codes"),
    [
        pytest.param(False, {"signature-replaced"}, id="cleared"),
        pytest.param(True, {"signature-removed"}, id="gone with its field"),
    ],
)
def test_a_signature_that_was_there_before_is_named(
    practice: Practice, gone: bool, codes: set[str]
) -> None:
    signed = stamped(practice, plain_pdf(), "First", LEFT)

    cleared = appended(signed, lambda writer: _cleared(writer, gone=gone))
    again = signed_with(practice, cleared, field="Second" if gone else "First")

    report = practice.judged(again, policy=ANYBODY)
    assert set(report.codes) == codes
    assert {dict(one.facts)["field"] for one in report.findings} == {"First"}


# -- where a stamp stands --------------------------------------------------------------------------


def _blending(mode: str) -> Callable[[Writer], dict[str, Any]]:
    state = generic.DictionaryObject({N("/BM"): N(mode)})
    states = generic.DictionaryObject({N("/G"): state})
    resources = generic.DictionaryObject({N("/ExtGState"): states})
    return lambda _: {"/Resources": resources}


COVERS = "a stamped signature Second covers what was signed on page 1"


@pytest.mark.parametrize(
    ("box", "stamp", "named"),
    [
        pytest.param(PRICE, Drawn(b"1 g 0 0 100 40 re f"), COVERS, id="a white box on the price"),
        pytest.param(PRICE, Drawn(b""), COVERS, id="an empty box on the price"),
        pytest.param(
            PRICE,
            Drawn(b"/G gs 1 g 0 0 100 40 re f", _blending("/Difference")),
            COVERS,
            id="a blending that inverts the price",
        ),
        pytest.param((60, 30, 160, 70), Drawn(), COVERS, id="on the first stamp"),
        pytest.param(
            (250, 20, 350, 60), Drawn(), "reaches over the edge of its page", id="over the edge"
        ),
        pytest.param(
            (400, 400, 500, 440), Drawn(), "reaches over the edge of its page", id="outside"
        ),
        pytest.param(
            (0, 180, 300, 299), Drawn(), "takes a large part of its page", id="a huge rectangle"
        ),
    ],
)
def test_a_stamp_stands_where_nothing_was_and_inside_of_its_page(
    practice: Practice, box: tuple[int, int, int, int], stamp: Drawn, named: str
) -> None:
    assert named in _changes(practice, second(practice, stamp, box=box))


def test_nobody_covers_a_stamp_that_came_between(practice: Practice) -> None:
    """The first signature has nothing to say about it, the second has."""
    both = stamped(practice, practice.sign(plain_pdf()), "Between", RIGHT)

    report = practice.judged(second(practice, first=both, box=RIGHT), policy=ANYBODY)

    assert [each.changes for each in report.signatures] == [(), (COVERS,), ()]


# -- what the field says ---------------------------------------------------------------------------


def _with(key: str, value: Any) -> Callable[[Writer, Any], None]:
    def change(_: Writer, widget: Any) -> None:
        widget[N(key)] = value

    return change


def _script(key: str) -> Callable[[Writer, Any], None]:
    action = generic.DictionaryObject(
        {N("/S"): N("/JavaScript"), N("/JS"): generic.pdf_string("this.print()")}
    )
    value = action if key == "/A" else generic.DictionaryObject({N("/U"): action})
    return _with(key, value)


def _page_with(key: str, value: str) -> Callable[[Writer, Any], None]:
    return lambda _, widget: widget["/P"].update({N(key): N(value)})


def _layer(writer: Writer) -> Any:
    return writer.add_object(
        generic.DictionaryObject({N("/Type"): N("/OCG"), N("/Name"): generic.pdf_string("x")})
    )


def _on_another_page(writer: Writer, widget: Any) -> None:
    """Say page 1, and hang on page 2."""
    second_page = writer.root["/Pages"]["/Kids"][1]
    number = next(n for (_, n), one in writer.objects.items() if one is widget)
    second_page[N("/Annots")] = generic.ArrayObject([generic.IndirectObject(number, 0, writer)])
    writer.update_container(second_page)


def _on_no_page(writer: Writer, widget: Any) -> None:
    page = widget["/P"]
    page["/Annots"] = generic.ArrayObject(
        [page["/Annots"].raw_get(index) for index in range(len(page["/Annots"]) - 1)]
    )


FRAME = generic.DictionaryObject({N("/BG"): numbers(1, 1, 1), N("/BC"): numbers(0, 0, 0)})
ON_THE_WIDGET = [
    pytest.param(_with("/F", generic.NumberObject(2)), "is not always seen", id="hidden"),
    pytest.param(_with("/F", generic.NumberObject(4 + 32)), "is not always seen", id="not viewed"),
    pytest.param(_with("/F", generic.NumberObject(4 + 256)), "is not always seen", id="toggled"),
    pytest.param(_with("/F", generic.NumberObject(4 + 8)), "is not always seen", id="no zoom"),
    pytest.param(_with("/MK", FRAME), "a frame around the new field", id="a filled frame"),
    pytest.param(_with("/BS", FRAME), "the /BS of the new field", id="a border"),
    pytest.param(_script("/A"), "the /A of the new field", id="a script"),
    pytest.param(_script("/AA"), "the /AA of the new field", id="a script for an event"),
    pytest.param(_with("/AS", N("/On")), "the /AS of the new field", id="a state"),
    pytest.param(_with("/DV", N("/On")), "the /DV of the new field", id="another value to go to"),
    pytest.param(_page_with("/AA", "/O"), "/AA of page 1", id="a script of the page"),
    pytest.param(_page_with("/Tabs", "/X"), "/Tabs of page 1", id="an order that is none"),
    pytest.param(_on_another_page, "page 2", id="on another page"),
    pytest.param(_on_no_page, "is on no page", id="on no page"),
    pytest.param(
        lambda writer, widget: widget.update({N("/OC"): _layer(writer)}),
        "the /OC of the new field",
        id="in a layer",
    ),
]


@pytest.mark.parametrize(("widget", "named"), ON_THE_WIDGET)
def test_a_new_field_is_seen_by_everybody_and_does_nothing(
    practice: Practice, widget: Callable[[Writer, Any], None], named: str
) -> None:
    assert named in _changes(practice, second(practice, Drawn(widget=widget)))


def test_a_new_field_does_not_hang_on_two_pages_at_once(practice: Practice) -> None:
    """Both pages share one list of annotations."""
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        shared = pdf.make_indirect(pikepdf.Array())
        for page in pdf.pages:
            page.obj["/Annots"] = shared
        first = practice.sign(saved(pdf))

    assert "looks different" in _changes(practice, second(practice, first=first))


def test_a_list_of_annotations_is_nothing_else(practice: Practice) -> None:
    with pikepdf.open(io.BytesIO(plain_pdf())) as pdf:
        shared = pdf.make_indirect(pikepdf.Array())
        pdf.pages[0].obj["/Annots"] = shared
        pdf.pages[1].obj["/Contents"] = shared
        first = practice.sign(saved(pdf))

    assert "as something else, too" in _changes(practice, second(practice, first=first))


# -- what the appearance is made of ----------------------------------------------------------------


def _signed_content(writer: Writer) -> dict[str, Any]:
    page = writer.root["/Pages"]["/Kids"][0]
    held = generic.DictionaryObject({N("/X"): page.raw_get("/Contents")})
    return {"/Resources": generic.DictionaryObject({N("/XObject"): held})}


def _nothing_yet(writer: Writer) -> dict[str, Any]:
    held = generic.DictionaryObject({N("/X"): generic.IndirectObject(999, 0, writer)})
    return {"/Resources": generic.DictionaryObject({N("/XObject"): held})}


def _named_layer(writer: Writer) -> dict[str, Any]:
    held = generic.DictionaryObject({N("/L"): _layer(writer)})
    return {"/Resources": generic.DictionaryObject({N("/Properties"): held})}


def _states(made: Any) -> dict[str, Any]:
    return {"/N": generic.DictionaryObject({N("/On"): made, N("/Off"): made})}


APPEARANCES = [
    pytest.param(Drawn(b"/X Do", _signed_content), "rests on object", id="signed content"),
    pytest.param(Drawn(b"/X Do", _nothing_yet), "rests on object 999", id="what may come later"),
    pytest.param(Drawn(others=_states), "has several states", id="states"),
    pytest.param(Drawn(others=lambda made: {"/D": made}), "has several states", id="a pressed one"),
    pytest.param(Drawn(others=lambda made: {"/R": made}), "has several states", id="a hovered one"),
    pytest.param(
        Drawn(entries=lambda writer: {"/OC": _layer(writer)}), "can be switched", id="a layer"
    ),
    pytest.param(
        Drawn(b"/OC /L BDC EMC", _named_layer), "can be switched", id="a layer in the content"
    ),
]


OF_NEW_FIELDS_ONLY = ("signed content", "what may come later", "states", "a pressed one")
OF_NEW_FIELDS_ONLY += ("a hovered one",)


@pytest.mark.parametrize(("stamp", "named"), APPEARANCES)
def test_an_appearance_was_written_with_its_signature_and_is_always_the_same(
    practice: Practice, stamp: Drawn, named: str
) -> None:
    assert named in _changes(practice, second(practice, stamp))


@pytest.mark.parametrize("key", ["/Ref", "/OPI", "/F"])
def test_an_appearance_shows_nothing_from_outside(practice: Practice, key: str) -> None:
    stamp = Drawn(
        entries=lambda _: {key: generic.DictionaryObject({N("/F"): generic.pdf_string("a.pdf")})}
    )

    report = practice.judged(second(practice, stamp), policy=ANYBODY)

    assert (report.verdict, report.codes) == (Verdict.INVALID, ("shown-from-outside",))


@pytest.mark.parametrize(
    ("stamp", "named"), [one for one in APPEARANCES if one.id not in OF_NEW_FIELDS_ONLY]
)
def test_an_appearance_in_a_field_that_waited_is_not_switched_either(
    practice: Practice, stamp: Drawn, named: str
) -> None:
    first = practice.sign(waiting(plain_pdf(), "Second", on_page=0, box=RIGHT))

    attack = signed_with(practice, first, field="Second", key=practice.key_of(), stamp=stamp)

    assert named in _changes(practice, attack)


def _old_layer(pdf: pikepdf.Pdf) -> None:
    layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="x"))
    layers = pikepdf.Array([layer])
    pdf.Root["/OCProperties"] = pikepdf.Dictionary(OCGs=layers, D=pikepdf.Dictionary())


def _of_signed_layer(key: str) -> Callable[[Writer], dict[str, Any]]:
    def entries(writer: Writer) -> dict[str, Any]:
        layer = writer.root["/OCProperties"]["/OCGs"].raw_get(0)
        if key == "/OC":
            return {key: layer}
        held = generic.DictionaryObject({N(key): generic.DictionaryObject({N("/L"): layer})})
        return {"/Resources": held}

    return entries


@pytest.mark.parametrize("key", ["/OC", "/Properties"])
def test_nor_is_it_put_into_a_layer_that_was_signed(practice: Practice, key: str) -> None:
    with pikepdf.open(io.BytesIO(waiting(plain_pdf(), "Second", on_page=0, box=RIGHT))) as pdf:
        _old_layer(pdf)
        first = practice.sign(saved(pdf))
    stamp = Drawn(b"/OC /L BDC 0 0 9 9 re f EMC", _of_signed_layer(key))

    attack = signed_with(practice, first, field="Second", key=practice.key_of(), stamp=stamp)

    assert "can be switched" in _changes(practice, attack)


def test_a_state_that_waited_is_not_chosen_by_who_signs(practice: Practice) -> None:
    first = practice.sign(waiting(plain_pdf(), "Second", on_page=0, box=RIGHT))
    stamp = Drawn(widget=_with("/AS", N("/On")))

    attack = signed_with(practice, first, field="Second", key=practice.key_of(), stamp=stamp)

    assert "the /AS of the field Second" in _changes(practice, attack)


def test_a_stamp_stands_at_a_place_that_can_be_measured(practice: Practice) -> None:
    endless = generic.ArrayObject([*numbers(150, 20, 250), generic.FloatObject("9" * 400 + ".5")])
    stamp = Drawn(widget=_with("/Rect", endless))

    changes = _changes(practice, second(practice, stamp))

    assert changes == "an increment cannot be read (ValueError)"


def test_a_signature_takes_the_number_of_nothing_that_was_signed(practice: Practice) -> None:
    """Readers of the first signature would find the second where the other object was."""
    first = stamped(practice, increment(plain_pdf(), {60: b"(a note)"}), "First", LEFT)

    def taking_over(writer: Writer, widget: Any) -> None:
        add = writer.add_object

        def add_there(value: Any, **how: Any) -> Any:
            if isinstance(value, generic.DictionaryObject) and value.get("/Type") == "/Sig":
                writer._allocated_placeholders.add(60)
                return add(value, idnum=60)
            return add(value, **how)

        del widget
        writer.add_object = add_there

    attack = second(practice, Drawn(widget=taking_over), first=first)

    report = practice.judged(attack, policy=ANYBODY)

    assert report.verdict is Verdict.INVALID
    assert "object 60" in report.signatures[0].changes
    (finding,) = report.signatures[1].findings
    assert dict(finding.facts)["what"] == "its dictionary was written twice"


# -- what is ink -----------------------------------------------------------------------------------

_W, _B, _G = b"\xff\xff\xff\0", b"\0\0\0\0", b"\xf8\xf8\xf8\0"


def _rows(*rows: str) -> list[bytes]:
    return [b"".join({".": _W, "#": _B, ",": _G}[dot] for dot in row) for row in rows]


@pytest.mark.parametrize(
    ("rows", "scale", "blank"),
    [
        pytest.param(_rows("." * 40), 1.0, True, id="nothing"),
        pytest.param(_rows("#" * 40), 1.0, True, id="a colour all over"),
        pytest.param(_rows("..,..,.."), 1.0, True, id="the grain of paper"),
        pytest.param(_rows("..,..,.."), 0.2, False, id="grain where a full stop is as faint"),
        pytest.param(_rows("...#....", "........"), 1.0, False, id="a dot"),
        pytest.param(_rows("." * 50, "#" * 50, "." * 50), 1.0, True, id="a line"),
        pytest.param(_rows("." * 50, "#" * 50, "." * 50), 0.2, False, id="a line, drawn too small"),
        pytest.param(_rows("." * 50, "." + "#" * 20 + "." * 29), 1.0, False, id="a minus"),
        pytest.param(
            _rows(*["." * 50] * 9, *["#" * 50] * 4, "." * 50), 1.0, False, id="a bar of 4 points"
        ),
        pytest.param(
            _rows("." * 50, *["." * 9 + "#" + "." * 40] * 3, "#" * 50, "." * 50),
            1.0,
            False,
            id="a letter on a line",
        ),
    ],
)
def test_paper_and_lines_to_sign_on_are_no_ink(
    rows: list[bytes], scale: float, blank: bool
) -> None:
    assert is_blank(rows, scale) is blank


@pytest.mark.parametrize(
    ("after", "drowned"),
    [
        pytest.param(_rows("#.#.#.#.", "#.#.#.#."), False, id="as it was"),
        pytest.param(_rows("########", "########"), True, id="black over black"),
        pytest.param(_rows("#.#.####", "#.#.#.#."), False, id="a stroke across"),
    ],
)
def test_what_is_painted_over_in_the_colour_of_ink_is_drowned(
    after: list[bytes], drowned: bool
) -> None:
    assert is_drowned(_rows("#.#.#.#.", "#.#.#.#."), after) is drowned
    assert not is_drowned(_rows("........", "........"), after)
