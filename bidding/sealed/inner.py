"""What stands inside an envelope: whose it is, the offer, and a salted leaf for every part of it.

The leaves' RFC 6962 root stands in the manifest, so one price can be proved later without the
rest, and nothing can be guessed from the root, as every leaf has its own 32 random bytes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Protocol

from procurement.proof import merkle
from procurement.proof.canonical import JSON, canonical
from procurement.proof.paths import path_refusal
from procurement.proof.shapes import Body, Bytes32, Id, Length, Name, Statement, malformed
from procurement.refusals import BadInput
from tenders.response_form import fields

FILE_LEAF = {"length", "path", "salt", "sha256"}
FIELD_LEAF = {"name", "salt", "value"}
HEX32 = "[0-9a-f]{64}"

Leaf = dict[str, JSON]


class Sealable(Protocol):
    """A file by path inside the container, length in bytes and SHA-256 in hex."""

    @property
    def path(self) -> str: ...
    @property
    def length(self) -> int: ...
    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True)
class Inner(Statement):
    """The first file of a container: an offer, and every part of it as a salted leaf."""

    TYPE: ClassVar[str] = "daylight/inner/v1"

    tender: Id
    lot: Name
    envelope: Name
    bidder: Id
    nonce32: Bytes32
    items: Annotated[tuple[Body, ...], Length(1, 100_000)]
    offer: Body

    def check(self) -> None:
        """Refuse leaves that are malformed, out of order, or not the offer's own fields."""
        files = [leaf for leaf in self.items if "path" in leaf]
        named = [leaf for leaf in self.items if "path" not in leaf]
        if [*files, *named] != list(self.items):
            raise malformed("wrong-order", "Files come before fields", "/items")
        for i, leaf in enumerate(self.items):
            if not (_is_file(leaf) if "path" in leaf else _is_field(leaf)):
                raise malformed("bad-leaf", "This is no leaf of a file or field", f"/items/{i}")
        if any(one["path"] >= other["path"] for one, other in pairwise(files)):
            raise malformed("wrong-order", "Files are sorted by path, each once", "/items")
        if len({leaf["salt"] for leaf in self.items}) != len(self.items):
            raise malformed("same-salt", "Every leaf has a salt of its own", "/items")
        try:
            said = fields(self.offer)
        except BadInput as refusal:
            where = f"/offer{refusal.faults[0].pointer}"
            raise malformed("offer-of-strings", "Offers hold strings", where) from None
        if [(leaf["name"], leaf["value"]) for leaf in named] != said:
            raise malformed("other-fields", "The leaves are not the offer's fields", "/items")

    def root(self) -> str:
        """Compute the root that the manifest names as ``items_root``."""
        return items_root(self.items)


def items_leaves(
    files: Sequence[Sealable], fields: Sequence[tuple[str, str]], salts: Sequence[str]
) -> list[Leaf]:
    """Make the leaves: files sorted by path, then fields by name; one salt each, in that order.

    Salts are 32 random bytes in hex.

    :raises ValueError: unless there are as many salts as leaves, all different.
    """
    if len(set(salts)) != len(files) + len(fields) or len(salts) != len(set(salts)):
        raise ValueError("Every leaf needs a salt of its own")
    if not all(re.fullmatch(HEX32, salt) for salt in salts):
        raise ValueError("A salt is 32 bytes in lower-case hex")
    bare: list[Leaf] = [
        {"length": file.length, "path": file.path, "sha256": file.sha256}
        for file in sorted(files, key=lambda file: file.path)
    ]
    bare += [{"name": name, "value": value} for name, value in sorted(fields)]
    return [{**leaf, "salt": salt} for leaf, salt in zip(bare, salts, strict=True)]


def items_root(leaves: Sequence[Mapping[str, JSON]]) -> str:
    """Compute the RFC 6962 root over the leaves' canonical bytes, in hex."""
    return merkle.root(_hashes(leaves)).hex()


def item_proof(leaves: Sequence[Mapping[str, JSON]], index: int) -> list[bytes]:
    """Prove one leaf: 32-byte hashes, lowest first, for ``merkle.verify_inclusion``.

    :raises BadProof: when there is no such leaf.
    """
    return merkle.inclusion_proof(_hashes(leaves), index)


def build_inner(
    *,
    tender: str,
    lot: str,
    envelope: str,
    bidder: str,
    nonce32: bytes,
    items: Sequence[Mapping[str, JSON]],
    offer: Mapping[str, Any],
) -> bytes:
    """Write ``inner.json``, after reading it as whoever opens the envelope will.

    :raises Malformed: for what could not be read again.
    :raises NotCanonical: for strings that are not in normal form, and what is no JSON of ours.
    """
    leaves = tuple(dict(leaf) for leaf in items)
    written = Inner(tender, lot, envelope, bidder, nonce32, leaves, dict(offer)).canonical()
    read_inner(written)
    return written


def read_inner(data: bytes) -> Inner:
    """Read ``inner.json``.

    :raises NotCanonical: for bytes that are not canonical JSON.
    :raises Malformed: naming the first part that is not as it must be.
    """
    return Inner.read(data)


def file_differences(inner: Inner, found: Sequence[Sealable]) -> list[str]:
    """Name the paths that the container holds otherwise than ``inner`` says, sorted."""
    said = {
        leaf["path"]: (leaf["length"], leaf["sha256"]) for leaf in inner.items if "path" in leaf
    }
    held = {file.path: (file.length, file.sha256) for file in found}
    return sorted(path for path in said.keys() | held.keys() if said.get(path) != held.get(path))


def _hashes(leaves: Sequence[Mapping[str, JSON]]) -> list[bytes]:
    return [merkle.leaf_hash(canonical(dict(leaf))) for leaf in leaves]


def _is_file(leaf: Mapping[str, Any]) -> bool:
    length, path = leaf.get("length"), leaf["path"]
    return (
        leaf.keys() == FILE_LEAF
        and isinstance(length, int)
        and not isinstance(length, bool)
        and length >= 0
        and isinstance(path, str)
        and path_refusal(path) is None
        and _is_hex(leaf["salt"])
        and _is_hex(leaf["sha256"])
    )


def _is_field(leaf: Mapping[str, Any]) -> bool:
    texts = leaf.keys() == FIELD_LEAF and all(isinstance(leaf[part], str) for part in FIELD_LEAF)
    return texts and _is_hex(leaf["salt"])


def _is_hex(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(HEX32, value) is not None
