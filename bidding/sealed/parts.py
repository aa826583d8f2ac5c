"""The payload in parts of 8 MiB: what is uploaded, resumed, hashed and proved."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from bidding.sealed.manifest import PART_BYTES
from procurement.proof.merkle import leaf_hash, root

READ_BYTES = 1024 * 1024


def part_digests(source: BinaryIO) -> Iterator[bytes]:
    """Hash a payload part by part, from where ``source`` stands; memory stays flat."""
    while True:
        digest, length = hashlib.sha256(), 0
        while length < PART_BYTES:
            block = source.read(min(READ_BYTES, PART_BYTES - length))
            if not block:
                break
            digest.update(block)
            length += len(block)
        if length:
            yield digest.digest()
        if length < PART_BYTES:
            return


def payload_root(digests: Iterable[bytes]) -> str:
    """Give the RFC 6962 root, in hex, over the parts' SHA-256 digests."""
    return root([leaf_hash(digest) for digest in digests]).hex()


def part_count(length: int) -> int:
    """Say how many parts a payload of ``length`` bytes has."""
    return -(-length // PART_BYTES)
