"""Checkpoints: a log's signed statement of how large it is and what its root is.

The text has three lines and opaque extension lines (C2SP tlog-checkpoint): origin, size, root.
The log's key is named like the origin, or like a role below it (``<origin>/<role>/<id>``).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from procurement.proof.merkle import EMPTY_ROOT, HASH_BYTES
from procurement.proof.note_keys import BadNote, CosignVerifier, Verifier, base64_text, unbase64
from procurement.proof.notes import cosignatures, open_note

LARGEST_SIZE = 2**53 - 1  # leaves; what JSON can say exactly

_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_CONTROL = re.compile(r"[\x00-\x1f]")


class BadCheckpoint(ValueError):  # noqa: N818 - reads as the verdict it is
    """A checkpoint that must not be relied on; ``code`` is stable and kebab-case."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its name, its number of leaves, its root of 32 bytes."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no checkpoint can say.

        :raises BadCheckpoint: for empty or broken lines, a size out of range, a short root, or an
            empty tree whose root is not the empty root.
        """
        for line in (self.origin, *self.extensions):
            if not line or _CONTROL.search(line):
                raise BadCheckpoint("bad-line", "A checkpoint's lines are not empty, and plain")
        if not 0 <= self.size <= LARGEST_SIZE:
            raise BadCheckpoint("bad-size", f"No tree has {self.size} leaves")
        if len(self.root) != HASH_BYTES or (self.size == 0 and self.root != EMPTY_ROOT):
            raise BadCheckpoint("bad-root", "The root does not fit the tree")

    def text(self) -> bytes:
        """Write the note text, which ends in a line feed."""
        lines = (self.origin, str(self.size), base64_text(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines).encode()

    @classmethod
    def parse(cls, text: bytes) -> Self:
        """Read a note text.

        :raises BadCheckpoint: unless it is exactly what ``text`` would write.
        """
        try:
            *lines, end = text.decode().split("\n")
        except UnicodeDecodeError:
            raise BadCheckpoint("not-utf8", "A checkpoint is UTF-8") from None
        if end or len(lines) < 3:
            raise BadCheckpoint("too-short", "A checkpoint has three lines, each with a line feed")
        origin, size, root, *extensions = lines
        raw = unbase64(root)
        if raw is None:
            raise BadCheckpoint("bad-root", "The root is not base64")
        if not _SIZE.fullmatch(size):
            raise BadCheckpoint("bad-size", "The size is not a plain decimal number")
        return cls(origin, int(size), raw, tuple(extensions))


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint that the log signed, and the witnesses that saw it."""

    checkpoint: Checkpoint
    cosigned: Mapping[str, int]  # witness's name → POSIX seconds


def open_checkpoint(
    note: bytes, log: Verifier, witnesses: Iterable[CosignVerifier]
) -> SignedCheckpoint:
    """Verify a checkpoint note against the log's key and the witnesses one knows.

    :raises BadNote: when the log did not sign, or a known signature does not hold.
    :raises BadCheckpoint: when the text is no checkpoint, or the log's key is not of this origin.
    """
    opened = open_note(note, [log])
    checkpoint = Checkpoint.parse(opened.text)
    if log.name != checkpoint.origin and not log.name.startswith(f"{checkpoint.origin}/"):
        raise BadCheckpoint("foreign-origin", f"{log.name} does not speak for {checkpoint.origin}")
    return SignedCheckpoint(checkpoint, cosignatures(note, witnesses))


def require_quorum(signed: SignedCheckpoint, quorum: int) -> None:
    """Let a checkpoint pass only if at least ``quorum`` witnesses cosigned it.

    :raises BadNote: with the code ``quorum-missing``.
    """
    if len(signed.cosigned) < quorum:
        raise BadNote(
            "quorum-missing", f"{len(signed.cosigned)} witnesses cosigned, {quorum} have to"
        )
