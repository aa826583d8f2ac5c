"""Where signed files lie that may be spoken of: the rooms that hold them say so.

A room names nothing that is under seal, not even by leaving a gap.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from procurement.dotted import found
from procurement.stored import vault
from procurement.vault import NotStored


@dataclass(frozen=True)
class Place:
    """A signed file as it lies in the vault."""

    sha256: str
    bucket: str
    name: str
    version: str


def places() -> Iterator[Place]:
    """Give every signed file that may be spoken of, once for each place where it lies."""
    for of_room in found(settings.SIGNED_FILES):
        yield from of_room()


def copied(place: Place, file: Path) -> bool:
    """Copy a file out of the vault; tell whether it was there, and as its digest says.

    :raises VaultUnavailable: when the vault is away.
    """
    digest = hashlib.sha256()
    try:
        with (
            vault().get(place.bucket, place.name, place.version) as reading,
            file.open("wb") as out,
        ):
            for chunk in reading:
                digest.update(chunk)
                out.write(chunk)
    except NotStored:
        return False
    return digest.hexdigest() == place.sha256
