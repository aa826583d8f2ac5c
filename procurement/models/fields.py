"""A column of bytes that gives bytes."""

from typing import TYPE_CHECKING, TypeVar

from django.db import models

if TYPE_CHECKING:  # fields are generic in the stubs alone
    _Set = TypeVar("_Set", contravariant=True)
    _Get = TypeVar("_Get", covariant=True)

    class BytesField(models.BinaryField[_Set, _Get]):
        _pyi_private_set_type: bytes
        _pyi_private_get_type: bytes

else:

    class BytesField(models.BinaryField):
        """Django's gives memoryviews from PostgreSQL, which neither hash nor print as bytes do."""

        def from_db_value(self, value: object, *_: object) -> bytes | None:
            """Give bytes."""
            return None if value is None else bytes(value)
