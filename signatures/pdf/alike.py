"""Objects that are written alike, told apart without reading them one by one.

A file may have half a million objects, and most have one of a few forms: ``12 0 obj``, a dictionary
or a list of simple values, ``endobj``. What is left of such an object when its texts are taken out
and every number is one digit is its form; so many objects are looked at in one step, and each form
is read once. It tells that the object is closed, and that no dictionary in it names a key twice.

An object that is written in another way, with a comment or a stream, has no form that says either,
and is looked at by itself (``ends``, ``twice``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress, pairwise
from typing import Any

LONGEST = 512 * 1024  # bytes of an object
SHORT, BATCH = 4096, 1000  # so many objects of so many bytes are looked at in one step
READ = 1024 * 1024  # bytes of forms of one file
REMEMBERED = 500  # bytes of a form that is known when the next file comes

_STREAM_ENDS = b"endstream"  # of the last bytes of most objects that are long
_LAST = 32

_MARK = b"\x01"
_WHITE = b"\x00\t\n\f\r "
_NUMERIC = b"0123456789+-."
_ODD_BYTES = b"{}\x0b"  # a comment, for our purpose; some readers take the last one for a blank
_SAME = bytes.maketrans(
    _WHITE + _NUMERIC + _ODD_BYTES,
    b" " * len(_WHITE) + b"0" * len(_NUMERIC) + b"%" * len(_ODD_BYTES),
)
_PART = rb"[^()\\\x01]++|\\[^\x01]"
_TEXT = re.compile(rb"\((?:" + _PART + rb"|\((?:" + _PART + rb")*+\))*+\)", re.DOTALL)
_HEX = re.compile(rb"(<<)|<[0-9A-Fa-f\x00\t\n\f\r ]*+>")
_REGULAR = rb"[^ ()<>\[\]/%\\]"
_REFERENCE = rb"0 +0 +R(?!" + _REGULAR + rb")"
_FLAT = rb"\[(?:[^\[\]<>()%\\]++|\(\))*+\]"  # a list of simple values
_WORD = rb"/?" + _REGULAR + rb"++|/"
_TOKEN = re.compile(b"|".join([_REFERENCE, _FLAT, rb"<<|>>|\[|\]|\(\)", _WORD]))
_BLANKS = re.compile(rb" *+")
_KEYWORDS = {b"obj", b"endobj", b"stream", b"endstream"}
_VALUE = b""  # what stands for a list or a dictionary where only its place matters


@dataclass(frozen=True)
class Form:
    """What objects have in common that are written alike."""

    is_closed: bool  # an object of a file: its number, one value and its end
    is_value: bool  # one value and nothing else, as an object in a stream of objects is
    repeats: bool  # a dictionary in it may name a key twice


ODD = Form(is_closed=False, is_value=False, repeats=True)


@dataclass(frozen=True)
class Alike:
    """Where one object stands that ends before the next place, and which of these may repeat."""

    closed: set[int] = field(default_factory=set)
    repeats: set[int] = field(default_factory=set)


def alike(data: Any, places: Sequence[int], heads: Mapping[int, tuple[int, int]]) -> Alike:
    """Look at the objects that are asked about, as far as they are written alike.

    ``places`` are in order; ``heads`` are number and generation of the objects that are asked
    about, by their places.
    """
    found, forms = Alike(), Forms()
    spans = [*pairwise(places)]
    short = [one for one in spans if one[1] - one[0] <= SHORT and one[0] in heads]
    batches = [short[start : start + BATCH] for start in range(0, len(short), BATCH)]
    batches += [
        [(place, following)]
        for place, following in spans
        if SHORT < following - place <= LONGEST and place in heads
        if _STREAM_ENDS not in data[following - _LAST : following]
    ]
    for batch in batches:
        pieces = [data[place:end] for place, end in batch]
        stated = map(b"%d %d obj".__mod__, [heads[place] for place, _ in batch])
        headed = [*map(bytes.startswith, pieces, stated)]
        known = forms.of([*compress(pieces, headed)])
        closed = [form.is_closed for form in known]
        repeats = [form.is_closed and form.repeats for form in known]
        held = [place for place, _ in compress(batch, headed)]
        found.closed.update(compress(held, closed))
        found.repeats.update(compress(held, repeats))
    return found


class Forms:
    """Reads forms for one file, each once, and no more bytes of them than an honest file has."""

    def __init__(self) -> None:
        self._known: dict[bytes, Form] = {}
        self._left = READ

    def of(self, pieces: Sequence[bytes]) -> list[Form]:
        """Return the form of each piece of text, ``ODD`` for one that is written in another way."""
        bare = [piece for piece in pieces if _MARK not in piece]
        if len(bare) < len(pieces):  # nobody could tell where one that holds our own mark ends
            others = iter(self.of(bare))
            return [ODD if _MARK in piece else next(others) for piece in pieces]
        if not pieces:
            return []
        joined = _MARK.join(pieces)
        found = self._of(_emptied(joined))
        return found if len(found) == len(pieces) else self._of(_TEXT.sub(b"()", joined))

    def _of(self, bare: bytes) -> list[Form]:
        pieces = bare.translate(_SAME).split(_MARK)
        if any(one.count(b"<") != 2 * one.count(b"<<") for one in set(pieces)):
            bare = _HEX.sub(lambda found: found[1] or b"()", bare)
            pieces = bare.translate(_SAME).split(_MARK)
        known = {one: self._form(_shortened(one)) for one in sorted(set(pieces))}
        return [known[one] for one in pieces]

    def _form(self, text: bytes) -> Form:
        if text in self._known:
            return self._known[text]
        self._left -= len(text)
        if self._left < 0:
            return ODD
        found = self._known[text] = (_remembered if len(text) <= REMEMBERED else _form)(text)
        return found


def _emptied(joined: bytes) -> bytes:
    """Empty all texts; a text inside of a text stays there, and one without an end."""
    before, *behind = joined.split(b"(")
    ends = [text.find(b")") for text in behind]
    bare = b"()".join([before, *[text[at + 1 :] for text, at in zip(behind, ends, strict=True)]])
    each_ends = -1 not in ends and bare.count(b")") == len(ends)
    return bare if each_ends and b"\\" not in joined else _TEXT.sub(b"()", joined)


def _shortened(text: bytes) -> bytes:
    """Write each number as one digit."""
    while b"00" in text:
        text = text.replace(b"00", b"0")
    return text


@dataclass
class _Open:
    """A bracket that is still open: of a dictionary, with its keys, or of a list."""

    keys: set[bytes] | None
    owes: bool = False  # a key whose value is to come


def _form(text: bytes) -> Form:
    """Read a form; ``ODD`` for one with brackets that do not close."""
    values: list[bytes] = []
    around: list[_Open] = []
    repeats, at = False, _BLANKS.match(text).end()  # type: ignore[union-attr]
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            return ODD
        token, at = found.group(), _BLANKS.match(text, found.end()).end()  # type: ignore[union-attr]
        inner = around[-1] if around else None
        if token in (b">>", b"]"):
            if inner is None or (inner.keys is None) != (token == b"]"):
                return ODD
            repeats = repeats or inner.owes
            around.pop()
            if not around:
                values.append(_VALUE)
            continue
        if inner is None:
            if token not in (b"<<", b"["):
                values.append(token)
        elif inner.keys is not None:
            if not inner.owes:
                repeats = repeats or token in inner.keys or token[:1] != b"/" or b"#" in token
                inner.keys.add(token)
            inner.owes = not inner.owes
        if token in (b"<<", b"["):
            around.append(_Open(set() if token == b"<<" else None))
    return ODD if around else _of(values, repeats=repeats)


def _of(values: list[bytes], *, repeats: bool) -> Form:
    """Say what the words are that stand outside of all brackets."""
    *head, value, end = values if len(values) > 1 else [*values, _VALUE, _VALUE]
    is_closed = head == [b"0", b"0", b"obj"] and end == b"endobj" and value not in _KEYWORDS
    is_value = len(values) == 1 and values[0] not in _KEYWORDS
    return Form(is_closed, is_value, repeats)


@lru_cache(maxsize=2000)
def _remembered(text: bytes) -> Form:
    """Read a form that other files have, too: those of one writer have most in common."""
    return _form(text)
