"""Reading back what was filed: every byte as its digest says, and every object locked.

By the week, and once more between the close and the opening. What is amiss goes into the journal
as a concealed attempt, so that before the opening nobody learns from it that somebody bids. A lock
that is missing is put back at once.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bidding.actions.again import keep_read_back
from bidding.models import Bid, ReadBack
from bidding.papers_due import retained_until
from bidding.queries_again import Kept, filed_and_opened, kept_of, to_read_back
from procurement.actors import system_actor
from procurement.journal.record import attempt
from procurement.proof.canonical import JSON
from procurement.stored import vault
from procurement.vault import SEALED, NotStored, VaultRefused, VaultUnavailable
from tenders.queries_changes import deadline_set_at

CODE = "stored-not-as-filed"
BYTES_A_PASS = 64 * 1024 * 1024  # about a second's reading; openings are due in the same pass
BIDS_A_PASS = 100
RETAINED_WITHIN = timedelta(hours=1)  # after an act; the outbox tries again at least so often
MISSING, CHANGED, NOT_HELD, NOT_RETAINED = "missing", "changed", "not held", "not retained"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scrubbed:
    """What was wrong with one bid, and how much was read for it."""

    found: list[str]
    bytes_read: int


@dataclass(frozen=True)
class Summary:
    """What may be said of everything: nothing about how many bids lie under seal."""

    sealed_as_filed: bool
    opened: int  # bids that were opened and read back
    amiss: dict[str, list[str]]  # of those, by digest


def due(*, now: datetime) -> None:
    """Read back the bids whose time has come, up to so many bytes. What fails stops no other."""
    left = BYTES_A_PASS
    for bids in to_read_back(now):
        for bid in bids[:BIDS_A_PASS]:
            if left <= 0:
                return
            try:
                left -= scrub(bid, now=now).bytes_read
            except VaultUnavailable:
                return
            except Exception:  # noqa: BLE001 - one bid never keeps another from being read back
                _log.exception("a bid could not be read back; it is tried again")


def scrub_everything(*, now: datetime) -> Summary:
    """Read back every bid that was ever filed, now.

    :raises VaultUnavailable: when the vault is away.
    """
    sealed_as_filed, opened, amiss = True, 0, {}
    for bid, is_opened in filed_and_opened():
        found = scrub(bid, now=now).found
        opened += is_opened
        if found and is_opened:
            amiss[bid.digest] = found
        sealed_as_filed &= is_opened or not found
    return Summary(sealed_as_filed, opened, amiss)


def scrub(bid: Bid, *, now: datetime) -> Scrubbed:
    """Read back one bid, write down what is amiss, and put back missing locks.

    Nothing is asked of a bid whose retention is over.

    :raises VaultUnavailable: when the vault is away; nothing is written down.
    """
    until, read = retained_until(bid), 0
    found: list[str] = []
    retained = until if _last_act(bid) <= now - RETAINED_WITHIN else None
    for one in kept_of(bid) if now < until else ():
        digest, length = _read(one)
        read += length
        faults = [*_faults(one, digest, retained)]
        found += [f"{one.name}: {fault}" for fault in faults]
        if {NOT_HELD, NOT_RETAINED} & set(faults):
            _lock_again(one, until)
    _written_down(bid, found, now)
    return Scrubbed(found, read)


def _last_act(bid: Bid) -> datetime:
    """Give when it was filed, taken back, or its tender's deadline moved: retention follows."""
    taken_back = bid.withdrawal_arrival.at if bid.withdrawal_arrival else None
    acts = (bid.receipt.issued_at, taken_back, deadline_set_at(bid.slot.tender_id))
    return max(at for at in acts if at is not None)


def _read(one: Kept) -> tuple[str | None, int]:
    """Hash what the vault gives in the version that was filed; None where it gives nothing."""
    digest, length = hashlib.sha256(), 0
    try:
        with vault().get(SEALED, one.object_name, one.version) as reading:
            for chunk in reading:
                digest.update(chunk)
                length += len(chunk)
    except NotStored:
        return None, length
    return digest.hexdigest(), length


def _faults(one: Kept, digest: str | None, retained: datetime | None) -> Iterator[str]:
    if digest is None:
        yield MISSING
        return
    if digest != one.sha256:
        yield CHANGED
    lock = vault().status(SEALED, one.object_name, one.version)
    if not lock.hold:
        yield NOT_HELD
    if retained and (lock.retain_until is None or lock.retain_until < retained):
        yield NOT_RETAINED


def _lock_again(one: Kept, until: datetime) -> None:
    at = (SEALED, one.object_name, one.version)
    vault().hold(*at)
    with suppress(VaultRefused):  # over, by the vault's own clock
        vault().retain(*at, until)


def _written_down(bid: Bid, found: list[str], now: datetime) -> None:
    """Journal what was not known to be amiss before, and keep when this was."""
    before: ReadBack | None = getattr(bid, "read_back", None)
    if set(found) - set(before.found if before else ()):
        _log.error("Something under seal is not as it was filed; the journal has what")
        facts: dict[str, JSON] = {"bid": bid.digest, "found": [*found]}
        by, tender = system_actor(), bid.slot.tender_id
        attempt(CODE, by=by, at=now, tender=tender, concealed=True, facts=facts)
    keep_read_back(bid_id=bid.pk, found=found, now=now)
