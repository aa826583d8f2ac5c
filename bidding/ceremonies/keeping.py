"""Sealing a paper of the platform and keeping it in the vault; once, however often it is asked."""

from contextlib import suppress
from datetime import datetime
from io import BytesIO

from bidding.actions.papers import Paper, keep_copy
from bidding.models.papers import bucket_of
from bidding.papers_due import lock
from bidding.queries import best_copy
from procurement.proof.canonical import sha256_hex
from procurement.refusals import NotFound
from procurement.stored import vault
from procurement.vault import Reading, VaultFault
from signatures.platform import Sealed
from signatures.service import seal

SECONDS_TO_A_PAPER = 5


def publish(pdf: bytes, paper: Paper, *, reason: str, now: datetime) -> None:
    """Seal a paper that everybody may read, and keep it."""
    keep(seal(pdf, reason=reason, at=now), paper, now=now)


def keep(sealed: Sealed, paper: Paper, *, now: datetime) -> None:
    """Put a sealed paper into the vault and write it down. The first one stays."""
    bucket = bucket_of(paper.kind)
    stored = vault().put(bucket, paper.name, BytesIO(sealed.pdf), len(sealed.pdf))
    kept = keep_copy(
        paper,
        sha256=sha256_hex(sealed.pdf),
        version=stored.version_id,
        level=sealed.level,
        stamp_owed=sealed.stamp_owed,
        now=now,
    )
    if kept and kept.bid:
        lock(kept.bid, paper.name, stored.version_id)
    elif not kept:
        with suppress(VaultFault):  # another runner was faster, and its copy stays
            vault().delete(bucket, paper.name, stored.version_id)


def read_public(name: str) -> Reading:
    """Open the copy that proves most of a paper that everybody may read.

    :raises NotFound: before it is sealed, with the seconds after which to ask again.
    """
    best = best_copy(name)
    if best is None:
        raise NotFound(retry_after=SECONDS_TO_A_PAPER)
    return vault().get(best.bucket, best.object_name, best.version)
