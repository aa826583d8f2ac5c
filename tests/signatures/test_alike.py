"""What is told of many objects at a time is true of each when it is read by itself."""

import io
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signatures.pdf.alike import BATCH, LONGEST, READ, SHORT, Forms, alike
from signatures.pdf.ends import Ends
from tests.signatures.documents import increment, plain_pdf

_PLAIN = plain_pdf(1)
_ODD = [*(b"(", b")", b"\\", b"%", b"<", b">", b"<<", b">>", b"[", b"]", b"\n", b"\x01")]
_WORDS = [*(b"/A ", b" 1 0 R ", b"41", b" ", b"stream\n", b" endobj ", b"(a)", b"<41>", b"(%)")]
_FLAT = st.lists(st.sampled_from(_ODD + _WORDS), max_size=5).map(b"".join)
_NESTED = st.recursive(
    st.sampled_from([b"", b"(a)", b"/A ", b"<<>>", b"[]", b"(b[)", b"<41>"]) | _FLAT,
    lambda inner: (
        st.lists(inner, max_size=3)
        .map(b" ".join)
        .flatmap(lambda text: st.sampled_from([b"<< %s >>" % text, b"[ %s ]" % text, text]))
    ),
    max_leaves=6,
)
AFTER = b"13 0 obj\n(after it) ) >> ] endobj\n"


def _ends(text: bytes) -> bool:
    """Follow the bytes of one object, and say whether it ends before the next begins."""
    data = text + AFTER
    document: Any = SimpleNamespace(source=SimpleNamespace(data=data, length=len(data)))
    found = Ends(document)._top_level_end(len(b"12 0 obj"))
    return found is not None and not found.group(1) and found.end() <= len(text)


def _told(*texts: bytes) -> list[bool]:
    places, data = [0], b""
    for text in texts:
        data += text
        places.append(len(data))
    heads = dict.fromkeys(places, (12, 0))
    found = alike(data + AFTER, places, heads)
    return [place in found.closed for place in places[:-1]]


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(bodies=st.lists(_NESTED, min_size=1, max_size=3))
@example(bodies=[b"<< >>\n<< >>"])
@example(bodies=[b"<< /Length 9 >> stream\n << >>"])
@example(bodies=[b"<< /A <A<<41>> >>"])
@example(bodies=[b"<< /A (\x01", b"<< >>"])
@example(bodies=[b"<< (\\) >>"])
@example(bodies=[b"<< << >A> >>"])
@example(bodies=[b"<< % ( \n ) >>"])
def test_what_is_told_to_be_closed_ends_before_the_next_object(bodies: list[bytes]) -> None:
    texts = [b"12 0 obj\n%s\nendobj\n" % body for body in bodies]

    for text, told in zip(texts, _told(*texts), strict=True):
        assert not told or _ends(text)


@pytest.mark.parametrize(
    "body",
    [
        *(b"<< >>", b"[ 1 2 0 R ]", b"<< /A << /B [ (a (b) %) << >> ] >> >>", b"12", b"/Name"),
        *(b"true", b"2 0 R", b"<< /A (a\x01b) >>", b"[ << /A [ /B (a) 2 ] >> ]"),
        b"[" + b" 12 0 R" * SHORT + b" ]",
    ],
)
def test_the_usual_objects_are_told_to_be_closed(body: bytes) -> None:
    text = b"12 0 obj\n%s\nendobj\n" % body

    assert _told(*[text] * (BATCH + 1)) == [b"\x01" not in body] * (BATCH + 1)
    assert _ends(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"13 0 obj\n<< >>\nendobj\n", id="another number"),
        pytest.param(b"12 1 obj\n<< >>\nendobj\n", id="another generation"),
        pytest.param(b"12 0 obj\n<< >>\nendobj\n" + b" " * LONGEST, id="a long one"),
        pytest.param(b"12 0 obj\n<< /L 1 >>\nstream\n1\nendstream\nendobj\n", id="a stream"),
        pytest.param(b"12 0 obj\nendobj\n", id="nothing"),
        pytest.param(b"12 0 obj\n<< >>\n", id="no end"),
    ],
)
def test_an_odd_object_is_not_told_to_be_closed(text: bytes) -> None:
    assert _told(text) == [False]


# -- keys that stand twice -------------------------------------------------------------------------

_KEYS = [*(b"/A", b"/B", b"/A1", b"/A2", b"/A-1", b"/#41", b"/A#31", b"/", b"/F.1")]
_VALUES = [
    *(b" 1", b" -1.5", b" 1 0 R", b"(a)", b"(a(b))", b"(\\()", b"(/A)", b"<41>", b"<>", b" true"),
    *(b" null", b"[/A 1]", b"[]", b"%/A\n", b"\n", b" R", b" 0", b"<</A 1>>", b"<</A(1)/B 2>>"),
]
_ENTRIES = st.lists(st.sampled_from(_KEYS + _VALUES), max_size=8).map(b"".join)
_TREES = st.recursive(
    _ENTRIES.map(lambda text: b"<<%s>>" % text),
    lambda inner: st.tuples(st.sampled_from(_KEYS), inner, _ENTRIES, inner).map(
        lambda parts: b"<<%s %s%s[%s]>>" % parts
    ),
    max_leaves=4,
)


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(bodies=st.lists(_TREES, min_size=1, max_size=3))
@example(bodies=[b"<< /A /B /B /A >>"])
@example(bodies=[b"<< /A 1 0 R /A 2 0 R >>", b"<< /F1 1 0 R /F2 2 0 R >>"])
def test_no_key_stands_twice_where_none_is_told(bodies: list[bytes]) -> None:
    for body, form in zip(bodies, Forms().of(bodies), strict=True):
        assert form.repeats or not form.is_value or not _read_twice(body)


def test_no_usual_object_is_told_to_repeat_a_key() -> None:
    usual = [
        b"<< /Type /Page /Parent 1 0 R /Contents 7 0 R /Resources << /Font << /F1 9 0 R >> >> >>",
        b"<</Type/StructElem/S/P/P 3 0 R/Pg 2 0 R/K[1 2]/T(a \\(b\\))/ID<4142>>>",
        b"<< /Rect [ 1 2 3.5 -4 ] /Subtype /Link /A << /S /URI /URI (x) >> /Next << /S /A >> >>",
    ]

    assert [(form.is_value, form.repeats) for form in Forms().of(usual)] == [(True, False)] * len(
        usual
    )


def test_no_more_forms_are_read_than_an_honest_file_has() -> None:
    """Then each object is looked at by itself, and what is found is the same."""
    names = [b"<< /%s /B >>" % (b"A" * length) for length in range(2000)]
    forms = Forms()

    told = [forms.of([one])[0].is_value for one in names]

    assert told == [True] * (read := sum(told)) + [False] * (len(told) - read)
    assert READ - SHORT < sum(map(len, names[:read])) <= READ
    assert forms.of(names[:9]) == Forms().of(names[:9])


def _read_twice(body: bytes) -> bool:
    """Let qpdf read one object, and say whether it finds a key in it twice."""
    pdf = increment(_PLAIN, {90: body})
    with pikepdf.open(io.BytesIO(pdf), attempt_recovery=False, suppress_warnings=True) as opened:
        opened.get_object(90, 0)
        return any("duplicated key" in str(warning) for warning in opened.get_warnings())


def test_qpdf_tells_of_keys_that_stand_twice() -> None:
    assert _read_twice(b"<< /A << /B 1 /#42 2 >> >>")
    assert not _read_twice(b"<< /A << /B 1 >> /C << /B 1 >> >>")
