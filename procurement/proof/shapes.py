"""One definition per object of the protocol: its reader, its writer and its JSON Schema.

An object is a frozen dataclass under ``Statement``. Its annotations are its format::

    @dataclass(frozen=True)
    class Withdrawal(Statement):
        TYPE: ClassVar[str] = "daylight/withdrawal/v1"
        bid: Digest
        reason: Sentence | None

What is read is either an object in which every field holds what its annotation says, or refused
with the JSON pointer of the first field that does not. Unknown fields are refused.
"""

import base64
import binascii
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    NoReturn,
    Self,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from procurement.proof.canonical import JSON, canonical, parse, sha256_hex
from procurement.proof.instants import format_instant, parse_instant
from procurement.proof.notes import Signer, Verifier, open_object, sign_object

DRAFT = "https://json-schema.org/draft/2020-12/schema"
MOST_ENTRIES = 100_000  # of a list or map that says nothing narrower


class Malformed(ValueError):  # noqa: N818 - reads as the verdict it is
    """An object that is not what its type says; ``where`` is a JSON pointer into it."""

    def __init__(self, code: str, message: str, where: str) -> None:
        super().__init__(f"{message} (at {where or 'the whole object'})")
        self.code = code
        self.where = where


@dataclass(frozen=True)
class Pattern:
    """A string that matches a regular expression from end to end."""

    regex: str


@dataclass(frozen=True)
class Length:
    """A string of so many characters, or a list or map of so many entries."""

    least: int
    most: int


@dataclass(frozen=True)
class Range:
    """An integer between two others, both included."""

    least: int
    most: int


@dataclass(frozen=True)
class Hex:
    """Bytes of one length, written as lower-case hex."""

    length: int


@dataclass(frozen=True)
class Base64:
    """Bytes up to a length, written as standard base64 with padding (RFC 4648 section 4)."""

    most: int


@dataclass(frozen=True)
class Keys:
    """The names that a map may use, as a regular expression."""

    regex: str


@dataclass(frozen=True)
class Anything:
    """A map whose content another format describes."""


Digest = Annotated[str, Pattern("[0-9a-f]{64}")]  # SHA-256, lower-case hex
Body = Annotated[dict[str, Any], Anything()]
Id = Annotated[str, Pattern("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]  # RFC 9562
Name = Annotated[str, Pattern("[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")]  # lots, envelopes, roles
Sentence = Annotated[str, Length(1, 4_000)]
Title = Annotated[str, Length(1, 500)]
Instant = Annotated[datetime, "2026-01-01T00:00:00.000000Z"]
Count = Annotated[int, Range(0, 2**53 - 1)]
Bytes32 = Annotated[bytes, Hex(32)]
FileKey = Annotated[bytes, Hex(16)]  # of an age file
AgeRecipient = Annotated[str, Pattern("age1[02-9ac-hj-np-z]{58}")]
NoteKey = Annotated[str, Pattern(r"[^\s+]{1,250}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}")]  # C2SP vkey
Amount = Annotated[str, Pattern(r"(0|[1-9][0-9]{0,17})(\.[0-9]{1,4})?")]
Currency = Annotated[str, Pattern("[A-Z]{3}")]  # ISO 4217


class Statement:
    """An object of the protocol: read from canonical bytes, hashed, signed as a note."""

    TYPE: ClassVar[str]

    def to_json(self) -> dict[str, JSON]:
        """Give the object as JSON, with its ``type``."""
        return {"type": self.TYPE, **_object_out(self)}

    def canonical(self) -> bytes:
        """Write the object as its only canonical bytes."""
        return canonical(self.to_json())

    def digest(self) -> str:
        """Hash the canonical bytes: SHA-256, hex."""
        return sha256_hex(self.canonical())

    def sign(self, *signers: Signer) -> bytes:
        """Sign the object as a C2SP note, whose text is the canonical bytes and a line feed."""
        return sign_object(self.to_json(), *signers)

    @classmethod
    def of(cls, value: JSON) -> Self:
        """Take an object out of JSON.

        :raises Malformed: naming the first field that is not what the format says.
        """
        if not isinstance(value, dict):
            _refuse("not-an-object", "An object is needed", "")
        if value.get("type") != cls.TYPE:
            _refuse("wrong-type", f"The type is not {cls.TYPE}", "/type")
        inner = {name: field for name, field in value.items() if name != "type"}
        read = _object_in(cls, inner, "")
        assert isinstance(read, cls)
        read.check()
        return read

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Read an object from its canonical bytes.

        :raises NotCanonical: for bytes that are not canonical JSON.
        :raises Malformed: for another type, or a field that is not what the format says.
        """
        return cls.of(parse(data))

    @classmethod
    def open(cls, note: bytes, *verifiers: Verifier) -> Self:
        """Read an object out of a note that every one of ``verifiers`` signed.

        :raises BadNote: when one of them did not, or a signature does not hold.
        :raises Malformed: for what the note says not being such an object.
        """
        value, opened = open_object(note, verifiers)
        if missing := {key.name for key in verifiers} - set(opened.signed_by):
            _refuse("not-signed", f"Not signed by {', '.join(sorted(missing))}", "")
        return cls.of(value)

    def check(self) -> None:
        """Refuse what the fields allow one by one but not together.

        :raises Malformed: with the field that is wrong.
        """

    @classmethod
    def schema(cls) -> dict[str, JSON]:
        """Write the JSON Schema (2020-12) of the object."""
        body = _object_schema(cls)
        properties = body["properties"]
        required = body["required"]
        assert isinstance(properties, dict)
        assert isinstance(required, list)
        return {
            "$schema": DRAFT,
            "$id": f"urn:{cls.TYPE.replace('/', ':')}",
            "title": cls.TYPE,
            "description": (cls.__doc__ or "").split("\n")[0],
            **body,
            "properties": {"type": {"const": cls.TYPE}, **properties},
            "required": ["type", *required],
        }


def malformed(code: str, message: str, where: str) -> Malformed:
    """Make the refusal that a ``check`` raises."""
    return Malformed(code, message, where)


def _refuse(code: str, message: str, where: str) -> NoReturn:
    raise Malformed(code, message, where)


_HINTS: dict[Any, Mapping[str, Any]] = {}  # annotations are resolved once per format


def _hints(cls: Any) -> Mapping[str, Any]:
    if cls not in _HINTS:
        _HINTS[cls] = _resolved(cls)
    return _HINTS[cls]


def _resolved(cls: Any) -> Mapping[str, Any]:
    known = get_type_hints(cls, include_extras=True)
    assert is_dataclass(cls)
    return {field.name: known[field.name] for field in fields(cls)}


def _parts(hint: Any) -> tuple[Any, Any]:
    """Tell a type from the mark that narrows it."""
    if get_origin(hint) is Annotated:
        base, mark, *_ = get_args(hint)
        return base, mark
    return hint, None


def _optional(hint: Any) -> Any | None:
    """Give X of ``X | None``, else None."""
    if get_origin(hint) in (Union, types.UnionType):
        inner = [part for part in get_args(hint) if part is not type(None)]
        assert len(inner) == 1, "a field is of one type, or of one type or null"
        return inner[0]
    return None


# ── reading ──────────────────────────────────────────────────────────────────────────────────


def _object_in(cls: type, value: JSON, where: str) -> object:
    if not isinstance(value, dict):
        _refuse("not-an-object", "An object is needed", where)
    hints = _hints(cls)
    if unknown := sorted(set(value) - set(hints)):
        _refuse("unknown-field", f"There is no field {unknown[0]!r}", f"{where}/{unknown[0]}")
    if missing := [name for name in hints if name not in value]:
        _refuse("missing-field", f"The field {missing[0]!r} is missing", f"{where}/{missing[0]}")
    return cls(**{name: _in(hint, value[name], f"{where}/{name}") for name, hint in hints.items()})


def _in(hint: Any, value: JSON, where: str) -> Any:
    if (inner := _optional(hint)) is not None:
        return None if value is None else _in(inner, value, where)
    base, mark = _parts(hint)
    origin = get_origin(base)
    if origin is Literal:
        return _choice_in(get_args(base), value, where)
    if origin is tuple:
        return _list_in(get_args(base)[0], mark, value, where)
    if origin is dict:
        return _map_in(get_args(base)[1], mark, value, where)
    if is_dataclass(base):
        assert isinstance(base, type)
        return _object_in(base, value, where)
    return _scalar_in(base, mark, value, where)


def _choice_in(choices: tuple[Any, ...], value: JSON, where: str) -> JSON:
    if not isinstance(value, str) or value not in choices:
        _refuse("not-a-choice", f"One of {', '.join(choices)} is needed", where)
    return value


def _list_in(hint: Any, mark: Any, value: JSON, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        _refuse("not-a-list", "A list is needed", where)
    _require_length(len(value), mark, where)
    return tuple(_in(hint, entry, f"{where}/{i}") for i, entry in enumerate(value))


def _map_in(hint: Any, mark: Any, value: JSON, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse("not-an-object", "An object is needed", where)
    _require_length(len(value), mark, where)
    if isinstance(mark, Anything):
        return dict(value)
    if isinstance(mark, Keys):
        for name in value:
            if not re.fullmatch(mark.regex, name):
                _refuse("bad-name", f"{name[:80]!r} is no name for this", where)
    return {name: _in(hint, entry, f"{where}/{name}") for name, entry in value.items()}


def _require_length(length: int, mark: Any, where: str) -> None:
    least, most = (mark.least, mark.most) if isinstance(mark, Length) else (0, MOST_ENTRIES)
    if not least <= length <= most:
        _refuse("wrong-length", f"Between {least} and {most} are allowed, not {length}", where)


def _scalar_in(base: Any, mark: Any, value: JSON, where: str) -> Any:
    if base is bool:
        if not isinstance(value, bool):
            _refuse("not-a-boolean", "true or false is needed", where)
        return value
    if base is int:
        return _integer_in(mark, value, where)
    if not isinstance(value, str):
        _refuse("not-a-string", "A string is needed", where)
    if base is datetime:
        return _instant_in(value, where)
    if base is bytes:
        return _bytes_in(mark, value, where)
    if isinstance(mark, Pattern) and not re.fullmatch(mark.regex, value):
        _refuse("wrong-form", f"{value[:80]!r} is not of the form {mark.regex}", where)
    if isinstance(mark, Length):
        _require_length(len(value), mark, where)
    return value


def _integer_in(mark: Any, value: JSON, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        _refuse("not-an-integer", "An integer is needed", where)
    if isinstance(mark, Range) and not mark.least <= value <= mark.most:
        _refuse("out-of-range", f"Between {mark.least} and {mark.most} is needed", where)
    return value


def _instant_in(value: str, where: str) -> datetime:
    try:
        return parse_instant(value)
    except ValueError as error:
        _refuse("not-an-instant", str(error), where)


def _bytes_in(mark: Any, value: str, where: str) -> bytes:
    if isinstance(mark, Hex):
        if not re.fullmatch(f"[0-9a-f]{{{2 * mark.length}}}", value):
            _refuse("not-hex", f"{2 * mark.length} lower-case hex digits are needed", where)
        return bytes.fromhex(value)
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        _refuse("not-base64", "Base64 with padding is needed", where)
    if base64.b64encode(raw).decode() != value or len(raw) > mark.most:
        _refuse("not-base64", f"Base64 of at most {mark.most} bytes is needed", where)
    return raw


# ── writing ──────────────────────────────────────────────────────────────────────────────────


def _object_out(value: Any) -> dict[str, JSON]:
    hints = _hints(type(value))
    return {name: _out(hint, getattr(value, name)) for name, hint in hints.items()}


def _out(hint: Any, value: Any) -> JSON:
    if value is None:
        return None
    if (inner := _optional(hint)) is not None:
        return _out(inner, value)
    base, mark = _parts(hint)
    origin = get_origin(base)
    if origin is tuple:
        return [_out(get_args(base)[0], entry) for entry in value]
    if isinstance(mark, Anything):
        return dict(value)
    if origin is dict:
        return {name: _out(get_args(base)[1], entry) for name, entry in value.items()}
    if is_dataclass(base):
        return _object_out(value)
    if base is datetime:
        return format_instant(value)
    if base is bytes:
        return value.hex() if isinstance(mark, Hex) else base64.b64encode(value).decode()
    written: JSON = value
    return written


# ── describing ───────────────────────────────────────────────────────────────────────────────


def _object_schema(cls: type) -> dict[str, JSON]:
    hints = _hints(cls)
    return {
        "type": "object",
        "properties": {name: _schema(hint) for name, hint in hints.items()},
        "required": list(hints),
        "additionalProperties": False,
    }


def _schema(hint: Any) -> JSON:
    if (inner := _optional(hint)) is not None:
        return {"anyOf": [_schema(inner), {"type": "null"}]}
    base, mark = _parts(hint)
    origin = get_origin(base)
    if origin is Literal:
        return {"enum": list(get_args(base))}
    if origin is tuple:
        return {"type": "array", "items": _schema(get_args(base)[0]), **_bounds(mark, "Items")}
    if isinstance(mark, Anything):
        return {"type": "object"}
    if origin is dict:
        names: dict[str, JSON] = (
            {"propertyNames": {"pattern": f"^(?:{mark.regex})$"}} if isinstance(mark, Keys) else {}
        )
        return {"type": "object", "additionalProperties": _schema(get_args(base)[1]), **names}
    if is_dataclass(base):
        assert isinstance(base, type)
        return _object_schema(base)
    return _scalar_schema(base, mark)


def _scalar_schema(base: Any, mark: Any) -> dict[str, JSON]:
    if base is bool:
        return {"type": "boolean"}
    if base is int:
        bounds: dict[str, JSON] = (
            {"minimum": mark.least, "maximum": mark.most} if isinstance(mark, Range) else {}
        )
        return {"type": "integer", **bounds}
    if base is datetime:
        digits = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z"
        return {"type": "string", "format": "date-time", "pattern": f"^{digits}$"}
    if isinstance(mark, Hex):
        return {"type": "string", "pattern": f"^[0-9a-f]{{{2 * mark.length}}}$"}
    if isinstance(mark, Base64):
        return {"type": "string", "contentEncoding": "base64"}
    if isinstance(mark, Pattern):
        return {"type": "string", "pattern": f"^(?:{mark.regex})$"}
    return {"type": "string", **_bounds(mark, "Length")}


def _bounds(mark: Any, what: str) -> dict[str, JSON]:
    if not isinstance(mark, Length):
        return {}
    return {f"min{what}": mark.least, f"max{what}": mark.most}
