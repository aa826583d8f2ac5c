"""The shape of what is sent: every fault at once, each with its JSON pointer."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from procurement.refusals import BadInput, Fault
from procurement.texts import Text

UNKNOWN = Text("There is no field “{name}” here", "此处没有字段“{name}”")
SENTENCES = {
    "required": Text("This is missing", "缺少此项"),
    "blank": Text("This must not be empty", "此项不能为空"),
    "null": Text("This must not be null", "此项不能为 null"),
    "max_length": Text("This is too long", "此项过长"),
    "min_length": Text("This is too short", "此项过短"),
    "invalid_choice": Text("This is none of the choices", "此项不在可选范围内"),
    "not_a_list": Text("A list is needed here", "此处应为列表"),
    "no-zone": Text(
        "An instant with its zone is needed, such as 2026-03-02T09:00:00Z",
        "需要带时区的时间，例如 2026-03-02T09:00:00Z",
    ),
}
NOT_BASE64 = Text("Write these bytes as base64", "请将这些字节写成 base64")
NOT_USABLE = Text("This value cannot be used here", "该值不能用于此处")


class Shape(serializers.Serializer[Any]):
    """A serializer that knows its fields, and refuses others."""

    def to_internal_value(self, data: Any) -> Any:
        """Read the fields; name unknown ones."""
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields))):
            raise ValidationError({name: [ErrorDetail(name, "unknown")] for name in unknown})
        return super().to_internal_value(data)


class InstantField(serializers.CharField):
    """An instant with its zone (RFC 3339); without one nobody knows which instant is meant."""

    def to_internal_value(self, data: Any) -> Any:
        """Read an aware datetime."""
        try:
            found = datetime.fromisoformat(super().to_internal_value(data))
        except ValueError:
            raise ValidationError("not an instant", "no-zone") from None
        if found.tzinfo is None:
            raise ValidationError("no zone", "no-zone")
        return found


def read(shape: type[Shape], sent: Any) -> dict[str, Any]:
    """Read what was sent into a shape.

    :raises BadInput: with one fault for each field that is wrong.
    """
    form = shape(data=sent)
    if not form.is_valid():
        raise BadInput(faults=list(_faults(form.errors, "")))
    found: dict[str, Any] = form.validated_data
    return found


def unbase64(text: str, pointer: str) -> bytes:
    """Read base64 with padding (RFC 4648 section 4).

    :raises BadInput: for anything else.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput(faults=[Fault("not-base64", NOT_BASE64, pointer=pointer)]) from None


def _faults(errors: Any, pointer: str) -> Iterator[Fault]:
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            whole = name == "non_field_errors"
            yield from _faults(inner, pointer if whole else f"{pointer}/{_escaped(str(name))}")
        return
    for place, error in enumerate(errors):
        if isinstance(error, Mapping):
            yield from _faults(error, f"{pointer}/{place}")
        elif error.code == "unknown":
            yield Fault("unknown-field", UNKNOWN, {"name": str(error)}, pointer)
        else:
            text = SENTENCES.get(error.code, NOT_USABLE)
            yield Fault(error.code.replace("_", "-"), text, pointer=pointer)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")  # RFC 6901 section 3
