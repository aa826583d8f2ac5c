"""One JSON text per value: RFC 8785 (JCS), narrowed so that no two readers disagree.

Everything that is hashed or signed in Daylight is an object written by ``canonical``. A reader
hashes the bytes that it received and refuses them unless they are exactly the bytes that
``canonical`` would write; ``parse`` does both. Narrower than the RFC: keys are ASCII, strings are
NFC, numbers are integers that every JavaScript engine holds exactly.
"""

import hashlib
import json
import re
import unicodedata
from typing import Any, NoReturn, TypeAlias

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | bool | None"

MAX_BYTES = 16 * 1024 * 1024  # far above any notice, far below what hurts a small machine
MAX_DEPTH = 32  # containers inside containers; our deepest format has nine
MAX_INTEGER = 2**53 - 1  # the largest integer that a double holds exactly (RFC 8785 appendix D)
MAX_DIGITS = len(str(MAX_INTEGER)) + 1  # and a sign; longer numerals are not even converted

_SURROGATE = re.compile("[\ud800-\udfff]")


class NotCanonical(ValueError):  # noqa: N818 - reads as the verdict it is
    """A value or text that has no place in a signed object.

    ``code`` is stable and kebab-case. ``where`` is a JSON pointer (str) into the value, a byte
    offset (int) into the text, or None where neither is known.
    """

    def __init__(self, code: str, message: str, where: str | int | None = None) -> None:
        super().__init__(message if where is None else f"{message} (at {where!r})")
        self.code = code
        self.where = where


def canonical(value: JSON) -> bytes:
    """Write a value as its only canonical JSON text, UTF-8, without a final newline.

    :raises NotCanonical: for floats, big integers, strings that are not NFC, keys that are not
        ASCII, other types, and nesting deeper than ``MAX_DEPTH`` (RFC 8785 section 3.2).
    """
    return _written(value, MAX_DEPTH)


def parse(data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> JSON:
    """Read a value from bytes that are its canonical text, and from no others.

    :raises NotCanonical: for everything else, however hostile.
    """
    if len(data) > max_bytes:
        raise NotCanonical("too-large", f"The text has {len(data)} bytes, at most {max_bytes} may")
    text = _decoded(data)
    value = _loaded(text)

    if _written(value, max_depth) != data:
        raise NotCanonical("not-canonical", "The text is JSON, but not in its canonical form")
    return value


def digest(value: JSON) -> str:
    """Hash the canonical text of a value: SHA-256, 64 lower-case hex digits."""
    return sha256_hex(canonical(value))


def sha256_hex(data: bytes) -> str:
    """Hash bytes: SHA-256, 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def _written(value: JSON, max_depth: int) -> bytes:
    _judge(value, "", max_depth)
    # For ASCII keys, Python's order is the RFC's order by UTF-16 units; for our strings its
    # escapes are the RFC's: the short ones, \u00xx in lower case, and nothing above U+001F.
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _judge(value: object, where: str, depth_left: int) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _judge_string(value, where)
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonical("integer-too-large", "An integer must be below 2^53", where)
    elif isinstance(value, float):
        raise NotCanonical("not-an-integer", "Fractions are written as strings", where)
    elif isinstance(value, list | dict):
        if depth_left == 0:
            raise NotCanonical("too-deep", "Too many containers inside containers", where)
        if isinstance(value, list):
            for index, element in enumerate(value):
                _judge(element, f"{where}/{index}", depth_left - 1)
        else:
            _judge_object(value, where, depth_left)
    else:
        raise NotCanonical("not-json", f"{type(value).__name__} is not a JSON type", where)


def _judge_object(value: dict[Any, Any], where: str, depth_left: int) -> None:
    for key, element in value.items():
        if not isinstance(key, str) or not key.isascii():
            raise NotCanonical("key-not-ascii", f"The key {key!r} is not ASCII", where)
        pointer = key.replace("~", "~0").replace("/", "~1")  # RFC 6901 section 3
        _judge(element, f"{where}/{pointer}", depth_left - 1)


def _judge_string(text: str, where: str) -> None:
    if text.isascii():
        return
    if _SURROGATE.search(text):
        raise NotCanonical("lone-surrogate", "Half of a surrogate pair is no character", where)
    if not unicodedata.is_normalized("NFC", text):
        raise NotCanonical("not-nfc", "The string is not in Unicode normal form C", where)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise NotCanonical("not-utf8", "The text is not UTF-8", error.start) from None


def _loaded(text: str) -> JSON:
    try:
        value: JSON = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_no_fraction,
            parse_constant=_no_constant,
        )
    except json.JSONDecodeError as error:
        offset = len(text[: error.pos].encode())
        raise NotCanonical("not-json", f"Not JSON: {error.msg}", offset) from None
    except RecursionError:
        raise NotCanonical("too-deep", "Too many containers inside containers") from None
    return value


def _object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("duplicate-key", "An object has the same key twice")
    return found


def _integer(numeral: str) -> int:
    if len(numeral) > MAX_DIGITS:
        raise NotCanonical("integer-too-large", "An integer must be below 2^53")
    return int(numeral)


def _no_fraction(numeral: str) -> NoReturn:
    raise NotCanonical("not-an-integer", f"{numeral[:40]} is no plain integer")


def _no_constant(name: str) -> NoReturn:
    raise NotCanonical("not-json", f"{name} is not JSON")
