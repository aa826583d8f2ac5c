"""The witnesses that run in this process, until four other bodies run them.

A witness cosigns a checkpoint only when the log proves that it begins with the last one.
"""

from collections.abc import Sequence

from procurement.keys import checkpoint_signer, witness_signers
from procurement.proof.checkpoint import Checkpoint, open_checkpoint
from procurement.proof.merkle import EMPTY_ROOT, verify_consistency
from procurement.proof.note_keys import CosignVerifier, Verifier
from procurement.proof.notes import cosign


class Fork(RuntimeError):  # noqa: N818 - reads as the verdict it is
    """A checkpoint that does not continue the log that the witness knows."""


def cosigned(
    note: bytes, *, before: Checkpoint | None, proof: Sequence[bytes], at_unix: int
) -> bytes:
    """Have every witness judge and cosign a checkpoint; give the whole note.

    :raises Fork: when the new tree does not begin with the old one.
    """
    checkpoint = open_checkpoint(note, log_verifier(), []).checkpoint
    old_size, old_root = (before.size, before.root) if before else (0, EMPTY_ROOT)
    if not verify_consistency(old_size, checkpoint.size, old_root, checkpoint.root, proof):
        raise Fork(f"{checkpoint.size} leaves do not continue {old_size}")
    for signer in witness_signers():
        note = cosign(note, signer, at_unix)
    return note


def log_verifier() -> Verifier:
    """Give the public half of the key that signs checkpoints."""
    return Verifier.parse(checkpoint_signer().verifier)


def witness_verifiers() -> list[CosignVerifier]:
    """Give the public halves of the witnesses' keys."""
    return [CosignVerifier.parse(signer.verifier) for signer in witness_signers()]
