"""Writing down sealed papers; what was sealed while the stamping authority was away is owed.

The log names every copy. Before the bids are announced an entry would tell that somebody filed, so
papers wait for the announcement, and are then named all at once.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bidding.models import Bid, Opening, SealedPaper
from bidding.queries_opening import ANNOUNCED
from bidding.verbs import Verb
from procurement import objects, outbox
from procurement.actors import system_actor
from procurement.journal.record import record
from procurement.proof.sealed_papers import FORM, MOST, RECEIPT, PaperKind, SealedCopy, SealedPapers


@dataclass(frozen=True)
class Paper:
    """A paper to be kept: of which tender, about what, and its name in the vault."""

    tender: UUID
    kind: PaperKind
    about: str
    name: str
    bid: UUID | None = None

    @classmethod
    def form_of(cls, bid: Bid) -> "Paper":
        """Name the countersigned form of a filed bid."""
        return cls(bid.slot.tender_id, FORM, bid.form_sha256, bid.countersigned_name, bid.pk)

    @classmethod
    def receipt_of(cls, bid: Bid) -> "Paper":
        """Name the paper of a bid's receipt."""
        receipt = bid.receipt
        return cls(bid.slot.tender_id, RECEIPT, receipt.digest, receipt.paper_name, bid.pk)


@transaction.atomic
def keep_copy(
    paper: Paper, *, sha256: str, version: str, level: str, stamp_owed: bool, now: datetime
) -> SealedPaper | None:
    """Write down the first copy of a sealed paper, once; None when there is one already.

    With ``stamp_owed`` a second copy follows, stamped as soon as the authority answers.
    """
    kept, made = _written(paper, 1, sha256=sha256, version=version, level=level, now=now)
    if not made:
        return None
    if stamp_owed:
        outbox.announce(Verb.STAMP_DUE, kept.pk)
    return kept


@transaction.atomic
def keep_stamped(
    *, paper: SealedPaper, sha256: str, version: str, level: str, now: datetime
) -> bool:
    """Write down the second copy of a paper, once. Tell whether this one is it."""
    kind: PaperKind = paper.kind  # type: ignore[assignment]  # as the first copy was written
    first = Paper(paper.tender_id, kind, paper.about, paper.name, paper.bid_id)
    _, made = _written(first, 2, sha256=sha256, version=version, level=level, now=now)
    return made


def _written(
    paper: Paper, copy: int, *, sha256: str, version: str, level: str, now: datetime
) -> tuple[SealedPaper, bool]:
    """Write a copy down and name it in the log; tell with it whether there was none before."""
    kept, made = SealedPaper.objects.get_or_create(
        name=paper.name,
        copy=copy,
        defaults={
            "tender_id": paper.tender,
            "bid_id": paper.bid,
            "kind": paper.kind,
            "about": paper.about,
            "sha256": sha256,
            "version": version,
            "level": level,
            "made_at": now,
        },
    )
    if made:
        enter_papers(tender_id=paper.tender, now=now)
    return kept, made


@transaction.atomic
def enter_papers(*, tender_id: UUID, now: datetime) -> None:
    """Name in the log the sealed papers of a tender that it does not name yet.

    Nothing happens before the bids are announced.
    """
    if not Opening.objects.filter(tender=tender_id, state__in=ANNOUNCED).exists():
        return

    left = SealedPaper.objects.select_for_update().filter(tender=tender_id, entry=None)
    while papers := list(left.order_by("kind", "about", "copy")[:MOST]):
        copies = tuple(_named(one) for one in papers)
        said = SealedPapers(str(tender_id), copies)
        body = {"object": objects.store(said.to_json(), tender=tender_id, at=now, restricted=True)}
        entry = record(
            Verb.PAPERS_SEALED, tender=tender_id, by=system_actor(), at=now, body={**body}
        )
        SealedPaper.objects.filter(pk__in=[one.pk for one in papers]).update(entry=entry.pk)


def _named(paper: SealedPaper) -> SealedCopy:
    said = {name: getattr(paper, name) for name in ("kind", "about", "copy", "sha256")}
    return SealedCopy(**said)
