"""Papers that were sealed while the time-stamping authority was away, stamped when it is back.

The outbox asks again, with growing pauses, until it answers. The copy as it was sealed stays.
"""

from contextlib import suppress
from datetime import datetime
from io import BytesIO

from bidding.actions.papers import keep_stamped
from bidding.models import SealedPaper
from bidding.papers_due import lock
from bidding.queries import best_copy
from bidding.verbs import Verb
from procurement.models.outbox import OutboxMessage
from procurement.proof.canonical import sha256_hex
from procurement.stored import vault
from procurement.vault import VaultFault
from signatures.service import stamp


def handle(message: OutboxMessage, *, now: datetime) -> None:
    """Stamp a paper that owes it.

    :raises OSError: while the authority is away; the outbox asks again.
    """
    if message.verb == Verb.STAMP_DUE:
        papers = SealedPaper.objects.select_related("bid__slot__tender")
        stamp_paper(papers.get(pk=message.subject), now=now)


def stamp_paper(paper: SealedPaper, *, now: datetime) -> None:
    """Keep a second copy of a paper, with the time and with what is known of revocations."""
    if best_copy(paper.name) != paper:
        return
    with vault().get(paper.bucket, paper.object_name, paper.version) as reading:
        stamped = stamp(b"".join(reading))
    name = SealedPaper(name=paper.name, copy=2).object_name
    stored = vault().put(paper.bucket, name, BytesIO(stamped.pdf), len(stamped.pdf))
    kept = keep_stamped(
        paper=paper,
        sha256=sha256_hex(stamped.pdf),
        version=stored.version_id,
        level=stamped.level,
        now=now,
    )
    if kept and paper.bid:
        lock(paper.bid, name, stored.version_id)
    elif not kept:
        with suppress(VaultFault):  # another runner was faster, and its copy stays
            vault().delete(paper.bucket, name, stored.version_id)
