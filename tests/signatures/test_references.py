"""Looking for references by their last letter finds what reading every byte finds."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from signatures.pdf.references import REFERENCE, references_in

_PARTS = [
    *(b"12", b"120", b"7", b"07", b"0007", b"99999999999", b"0", b"65535", b"655350", b"x7"),
    *(b"R", b"RG", b"/Contents", b"/A", b"<<", b">>", b"[", b"]", b"(12 0 R)", b"(a7", b"\n"),
    b"/" + b"N" * 61,
]


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(parts=st.lists(st.sampled_from(_PARTS), max_size=12), between=st.sampled_from([b" ", b""]))
@example(parts=[b"/A", b"12", b"0", b"R"], between=b" ")
@example(parts=[b"/" + b"N" * 60, b"12", b"65535", b"R"], between=b" ")
@example(parts=[b"(a7", b"0", b"R", b"/A", b"0007", b"0", b"R"], between=b" ")
@example(parts=[b"7", b"0", b"RG"], between=b" ")
def test_the_same_references_are_found(parts: list[bytes], between: bytes) -> None:
    text = between.join(parts)
    expected = [
        ((found.group(1) or b"").decode("latin-1"), int(found.group(2)))
        for found in REFERENCE.finditer(text)
        if int(found.group(2)) in (12, 7)
    ]

    assert list(references_in(text, {b"12", b"7"})) == expected
