"""What is told to be closed, many objects at a time, is closed when its bytes are followed."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signatures.pdf.closed import BATCH, LONGEST, closed
from signatures.pdf.overhang import _Look

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
    found = _Look(document, len(data))._top_level_end(len(b"12 0 obj"))
    return found is not None and not found.group(1) and found.end() <= len(text)


def _told(*texts: bytes) -> list[bool]:
    places, data = [0], b""
    for text in texts:
        data += text
        places.append(len(data))
    heads = dict.fromkeys(places, (12, 0))
    found = closed(data + AFTER, places, heads)
    return [place in found for place in places[:-1]]


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
        *(b"true", b"2 0 R", b"<< /A (a\x01b) >>"),
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
