"""Reading a file fast gives what pyHanko's own reading gives, for every input; and it ends."""

import importlib.util
import io
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic, misc, reader, xref

from signatures.pdf import reading, tables

_SHARED = ("read_non_whitespace", "read_until_delimiter", "read_until_regex")
_TOKENS = [
    *(b"<<", b">>", b"<", b">", b"[", b"]", b"(", b")", b"\\", b"/", b"%", b"#", b"#41", b"R"),
    *(b" ", b"\n", b"\r", b"\r\n", b"\t", b"\x00", b"\f", b"\x0b", b"\xe9", b"\xfe\xff"),
    *(b"0", b"7", b"12", b"-1", b"+.5", b"99999999999", b"true", b"null", b"f", b"n", b"A", b"9z"),
    *(b"1 0 R ", b"/Name", b"<48 65>", b"(a(b)\\051)", b"% c\n", b"stream\r\n", b"\nendstream"),
    *(b"/Length 2 ", b" " * 70, b"a" * 70, b"4" * 300),
]
_texts = st.lists(st.sampled_from(_TOKENS), max_size=14).map(b"".join)


def _examples(number: int) -> settings:
    return settings(max_examples=number, deadline=None, derandomize=True)


def _untouched(module: ModuleType) -> Any:
    """Load another copy of a module, as pyHanko has it."""
    assert module.__spec__ is not None
    assert module.__spec__.origin is not None
    spec = importlib.util.spec_from_file_location(module.__name__, module.__spec__.origin)
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy


_misc, _generic, _xref = _untouched(misc), _untouched(generic), _untouched(xref)
_xref.misc, _xref.generic = _misc, _generic
for _name in (*_SHARED, "skip_over_whitespace"):
    setattr(_generic, _name, getattr(_misc, _name))


class _Handler:
    strict = False

    def get_object(self, _: object) -> int:
        return 2


def _outcome(module: Any, text: bytes) -> tuple[str, ...]:
    """Read one value and say what it is, and how far the file was read; or what was raised."""
    stream = io.BytesIO(text)
    reference = module.Reference(1, 0, _Handler())
    try:
        found = module.read_object(stream, reference)
    except RecursionError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it raises has to be the same
        return (type(error).__name__,)
    data = getattr(found, "encoded_data", b"")
    said = re.sub(" at 0x[0-9a-f]+", "", repr(found))
    return said, type(found).__name__, repr(data), f"{stream.tell()}"


@_examples(1500)
@given(text=_texts)
@example(text=b"<4 8%>\n6 5>")
@example(text=b"<486>")
@example(text=b"(\\8)")
@example(text=b"(a\\")
@example(text=b"(\\12")
@example(text=b"(\\(\\))")
@example(text=b"(a\\\nb)")
@example(text=b"(a\\\r\nb)")
@example(text=b"(a\\xb)")
@example(text=b"/A#20B ")
@example(text=b"/A#e9B#c3#a9 ")
@example(text=b"/" + b"a" * 70 + b"#4 ")
@example(text=b"/A#")
@example(text=b"/ ")
@example(text=b"123456789012345678 ")
@example(text=b"12 0 Rx ")
@example(text=b"12 0                      R ")
@example(text=b"0 0 R ")
@example(text=b"12.5 ")
@example(text=b"12-5 ")
@example(text=b"12 0 %x\nR ")
@example(text=b"<< /Length 2 >> stream  \rabendstream")
@example(text=b"<feff0041>")
def test_a_value_is_read_as_pyhanko_reads_it(text: bytes) -> None:
    text += b"\n"  # on a comment without an end pyHanko never returns

    assert _outcome(generic, text) == _outcome(_generic, text)


@_examples(300)
@given(text=_texts, stop=st.booleans(), most=st.integers(1, 30))
@example(text=b" \r\n1", stop=True, most=1)
@example(text=b" \r1", stop=True, most=1)
@example(text=b" \r", stop=True, most=1)
def test_what_stands_between_values_is_skipped_as_pyhanko_skips_it(
    text: bytes, stop: bool, most: int
) -> None:
    def walked(module: Any) -> list[object]:
        stream = io.BytesIO(text)
        said: list[object] = []
        acts: tuple[Callable[[], object], ...] = (
            lambda: module.skip_over_whitespace(stream, stop, False),
            lambda: module.skip_over_comments(stream, False),
            lambda: module.read_until_whitespace(stream, maxchars=most),
            lambda: module.read_non_whitespace(stream, allow_eof=True),
            lambda: module.read_until_delimiter(stream),
            lambda: module.skip_over_whitespace(stream),
        )
        for act in acts:
            try:
                said += [act(), stream.tell()]
            except Exception as error:  # noqa: BLE001
                return [*said, type(error).__name__]
        return said

    assert walked(misc) == walked(_misc)


@pytest.mark.parametrize("text", [b"", b"ab", b"ab/c", b"a" * 200 + b"/c"])
@pytest.mark.parametrize("ignore_eof", [True, False])
def test_what_stands_before_a_pattern_is_read_as_pyhanko_reads_it(
    text: bytes, ignore_eof: bool
) -> None:
    def read(module: Any) -> object:
        stream = io.BytesIO(text)
        try:
            found = module.read_until_regex(stream, re.compile(rb"[ /]"), ignore_eof)
        except Exception as error:  # noqa: BLE001
            return type(error).__name__
        return found, stream.tell()

    assert read(misc) == read(_misc)


_LINES = st.lists(
    st.sampled_from(
        [
            *(b"0000000009 00000 n \n", b"0000000100 00001 n\r\n", b"0000000000 65535 f \r"),
            *(b"0000000007 00000 n\n", b"0000000009 99999 n \n", b"       9     0 n \n"),
            *(b"0000000009 00000 x \n", b"\r\n0000000009 00000 n"),
        ]
    ),
    max_size=5,
)


def _filed(module: Any, table: bytes) -> object:
    """Read a table of objects and say what was kept of it, or what was raised."""
    stream, section = (
        io.BytesIO(b"\n" + table + b"trailer\n<< /Size 9 >>"),
        module.XRefSectionData(),
    )
    try:
        highest = section.process_entries(module.parse_xref_table(stream, False), strict=False)
    except Exception as error:  # noqa: BLE001
        return type(error).__name__
    return _as_pyhanko_keeps(section), highest, stream.tell()


def _streamed(module: Any, kinds: Any, told: dict[str, Any], data: bytes) -> object:
    """Read a stream of entries and say what was kept of it, or what was raised."""

    def value(one: Any) -> Any:
        if isinstance(one, list | tuple):
            return kinds.ArrayObject(map(value, one))
        return kinds.NullObject() if one is None else kinds.NumberObject(one)

    held = kinds.StreamObject({name: value(one) for name, one in told.items()}, data)
    held.container_ref = kinds.Reference(1, 0, reader.PdfFileReader.__new__(_Reader))
    section = module.XRefSectionData()
    try:
        section.process_entries(module.parse_xref_stream(held, strict=False), strict=False)
    except Exception as error:  # noqa: BLE001
        return type(error).__name__
    places = {n: (p.obj_stream_id, p.ix_in_stream) for n, p in section.xrefs_in_objstm.items()}
    return {**_as_pyhanko_keeps(section), "xrefs_in_objstm": places}


@_examples(500)
@given(
    sections=st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 1), _LINES), max_size=3),
    uniform=st.booleans(),
)
def test_a_table_of_objects_is_read_as_pyhanko_reads_it(
    sections: list[tuple[int, int, list[bytes]]], uniform: bool
) -> None:
    text = b""
    for first, more, lines in sections:
        written = lines[:1] * len(lines) if uniform else lines
        text += b"%d %d\n" % (first, max(0, len(lines) + (0 if uniform else more)))
        text += b"".join(written)

    assert _filed(xref, text) == _filed(_xref, text)


_LINE = b"0000000009 00000 n"


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(b"-1 1\n" + _LINE + b" \n", id="it begins below zero"),
        pytest.param(b"1 -1\n", id="it has less than no lines"),
        pytest.param(b"1 2\n" + (_LINE + b"\n") * 2 + b"%\n", id="a comment behind short lines"),
        pytest.param(b"1 2\n" + (_LINE + b"\n") * 2, id="short lines"),
    ],
)
def test_a_table_with_odd_numbers_is_read_as_pyhanko_reads_it(table: bytes) -> None:
    assert _filed(xref, table) == _filed(_xref, table)


@pytest.mark.parametrize(
    ("told", "data"),
    [
        pytest.param({"/W": [1, 2]}, b"\1\0\7", id="two columns"),
        pytest.param({"/W": [1, 9, 1]}, b"\1" + bytes(8) + b"\7\0", id="a column of nine bytes"),
        pytest.param({"/W": 3}, b"\1\0\7", id="no columns"),
        pytest.param({"/W": [1, 8, 1]}, b"\1\xff" + bytes(8), id="a place past the largest"),
        pytest.param({"/W": [1, 1, 1], "/Index": [0, 1]}, b"\1\7\0", id="as it must be"),
    ],
)
def test_a_stream_with_odd_columns_is_read_as_pyhanko_reads_it(
    told: dict[str, Any], data: bytes
) -> None:
    told = {"/Index": [1, 1]} | told

    assert _streamed(xref, generic, told, data) == _streamed(_xref, generic, told, data)


@pytest.mark.parametrize("index", [[3, 1, 1, 1], [1, 2, 2, 1], [1], [1, -1], [1, None]])
def test_sections_that_overlap_or_fall_are_no_table(index: list[Any]) -> None:
    """PyHanko would read some of them; no two readers would read the same."""
    said = _streamed(xref, generic, {"/W": [1, 1, 1], "/Index": index}, b"\1\7\0" * 3)

    assert said == "ValueError"


@_examples(300)
@given(
    widths=st.tuples(st.integers(0, 2), st.sampled_from([0, 1, 2, 3, 8]), st.integers(0, 2)),
    index=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=3),
    data=st.binary(max_size=30).map(lambda held: bytes(byte % 4 for byte in held)),
    exact=st.booleans(),
)
def test_a_stream_of_entries_is_read_as_pyhanko_reads_it(
    widths: tuple[int, ...], index: list[tuple[int, int]], data: bytes, exact: bool
) -> None:
    at, pairs = 0, []
    for gap, size in index:
        pairs += [at + gap, size]
        at += gap + size
    if exact:
        data = (data * 30)[: sum(widths) * sum(pairs[1::2])]

    told = {"/W": widths, "/Index": pairs}

    assert _streamed(xref, generic, told, data) == _streamed(_xref, generic, told, data)


class _Reader(reader.PdfFileReader):
    stream = None


def _as_pyhanko_keeps(section: Any) -> dict[str, Any]:
    """Leave out what our reading notes beside."""
    return {name: held for name, held in vars(section).items() if name != "left_out"}


@pytest.mark.parametrize("text", [b"% no end", b"[1 % no end", b"<48 % no end"])
def test_a_comment_without_an_end_is_no_endless_loop(text: bytes) -> None:
    with pytest.raises(misc.PdfStreamError):
        generic.read_object(io.BytesIO(text), generic.Reference(1, 0, _Handler()))


@pytest.mark.parametrize("text", [b"%\n" * 20_000 + b"1 ", b"<" + b"%\n1" * 20_000 + b">"])
def test_comments_without_number_are_not_read(text: bytes) -> None:
    with pytest.raises(reading.Exhausted):
        generic.read_object(io.BytesIO(text), generic.Reference(1, 0, _Handler()))


def test_a_line_as_long_as_the_file_is_not_read_backwards() -> None:
    file = io.BytesIO(b"\n" + b"x" * 100_000)
    file.seek(-1, io.SEEK_END)

    with pytest.raises(misc.PdfReadError):
        reading.read_next_end_line(file)


def test_what_is_read_of_one_file_is_counted() -> None:
    def small() -> reading.Meter:
        return reading.Meter(values=10, escapes=2, objects=6, revisions=1)

    handler = _Handler()
    handler.stream = reading.Stream(io.BytesIO(b"[" + b"1 " * 20 + b"]"), small())  # type: ignore[attr-defined]
    with pytest.raises(reading.Exhausted):
        generic.read_object(handler.stream, generic.Reference(1, 0, handler))  # type: ignore[attr-defined]

    text = reading.Stream(io.BytesIO(b"((\\n))"), small())
    with pytest.raises(reading.Exhausted):
        generic.read_object(text, generic.Reference(1, 0, handler))

    table = reading.Stream(io.BytesIO(b"\n0 7\n" + b"0000000009 00000 n \n" * 7), small())
    with pytest.raises(reading.Exhausted):
        tables.parse_xref_table(table, False)

    odd = reading.Stream(io.BytesIO(b"\n0 0\ntrailer << >>"), small())
    tables.parse_xref_table(odd, False)
    with pytest.raises(reading.Exhausted):
        tables.parse_xref_table(odd, False)
