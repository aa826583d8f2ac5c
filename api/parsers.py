"""Reading what was sent: strictly, so that two readers never understand it differently."""

import json
from collections.abc import Mapping
from typing import IO, Any, ClassVar, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from procurement.refusals import TooLarge

MAX_BYTES = 2 * 1024 * 1024  # a tender with a long form; files go elsewhere
MAX_DEPTH = 40
MAX_DIGITS = 30  # of any number: beyond all money, below what is slow to convert


class StrictJSONParser(BaseParser):
    """JSON without duplicate keys, absurd numbers or absurd nesting."""

    media_type = "application/json"
    max_bytes: ClassVar[int] = MAX_BYTES

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Read one JSON text.

        :raises ParseError: for what is none, or not a strict one.
        :raises TooLarge: beyond ``max_bytes``.
        """
        raw = stream.read(self.max_bytes + 1)
        if len(raw) > self.max_bytes:
            raise TooLarge
        return strict_json(raw)


class PublicationParser(StrictJSONParser):
    """For the notice of the longest draft that is taken, as a note and as a paper."""

    max_bytes = 4 * MAX_BYTES


def strict_json(raw: bytes) -> Any:
    """Read one JSON text from its bytes.

    :raises ParseError: saying what is wrong with it.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_number,
            parse_float=_fraction,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as error:
        raise ParseError("not UTF-8") from error
    except json.JSONDecodeError as error:
        raise ParseError(f"{error.msg} (line {error.lineno}, column {error.colno})") from error
    except RecursionError as error:
        raise ParseError("nested too deeply") from error
    _require_shallow(value, MAX_DEPTH)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError("an object has the same key twice")
    return found


def _number(numeral: str) -> int:
    if len(numeral) > MAX_DIGITS:
        raise ParseError("a number has too many digits")
    return int(numeral)


def _fraction(numeral: str) -> NoReturn:
    raise ParseError(f"write the number {numeral[:MAX_DIGITS]} as a string: amounts are exact here")


def _constant(name: str) -> NoReturn:
    raise ParseError(f"{name} is not JSON")


def _require_shallow(value: Any, left: int) -> None:
    if left == 0:
        raise ParseError("nested too deeply")
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        _require_shallow(part, left - 1)
