"""Sealed bytes out of the vault: the small files of the holders, and payloads as streams."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bidding.models import Envelope, Part
from bidding.queries_set import Counted
from bidding.rules.fit import LARGEST_SMALL_FILE, payload_part
from bidding.sealed.answers import file_name
from bidding.sealed.manifest import Manifest
from bidding.sealed.parts import part_count
from bidding.sealed.unsealing import NotOpened
from procurement.stored import vault
from procurement.vault import SEALED, NotStored


def small_files(envelope: Envelope, names: Iterable[str]) -> dict[str, bytes]:
    """Read small files of an envelope by name; one that is not stored is left out."""
    parts = Part.objects.filter(envelope=envelope, name__in=list(names))
    read = {part.name: _read(part) for part in parts.select_related("envelope")}
    return {name: file for name, file in read.items() if file is not None}


def files_of(counted: Sequence[Counted], holder: str) -> dict[str, bytes]:
    """Read the small file that a holder decrypts, of every envelope, by manifest."""
    envelopes = {one.envelope.pk: one for one in counted if one.envelope and one.manifest}
    parts = Part.objects.filter(envelope__in=envelopes, name=file_name(holder))
    found = {}
    for part in parts.select_related("envelope"):
        file, manifest = _read(part), envelopes[part.envelope_id].manifest
        if file is not None and manifest is not None:
            found[manifest.digest()] = file
    return found


def payload_into(target: Path, envelope: Envelope, manifest: Manifest) -> None:
    """Write a payload, part after part, as it is stored; its root is checked when it is opened.

    :raises NotOpened: ``integrity``, when a part is missing or has another length.
    """
    parts = {
        part.name: part
        for part in Part.objects.filter(envelope=envelope, name__startswith="payload-")
        .select_related("envelope")
        .order_by("name")
    }
    with target.open("xb") as out:
        for number in range(part_count(manifest.payload.length)):
            name = payload_part(number)
            if name not in parts or not _copied(parts[name], out.write):
                raise NotOpened("integrity", f"{name} is not stored as it was filed")


def _copied(part: Part, write: object) -> bool:
    assert callable(write)
    left = part.length
    try:
        with vault().get(SEALED, part.object_name, part.object_version) as chunks:
            for chunk in chunks:
                left -= len(chunk)
                if left < 0:
                    return False
                write(chunk)
    except NotStored:
        return False
    return left == 0


def _read(part: Part) -> bytes | None:
    try:
        return vault().read_range(
            SEALED, part.object_name, part.object_version, 0, LARGEST_SMALL_FILE + 1
        )
    except NotStored:
        return None
