"""What suppliers filed and took back, and what became of each bid, computed from the log alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bidding.sealed.bid import Bid, Receipt, Withdrawal
from bidding.sealed.manifest import Manifest
from oversight.verify.case import Case, once
from oversight.verify.events import Placed
from oversight.verify.report import Broken, Finding

FILED, WITHDRAWN, LAPSED = "bid.filed", "bid.withdrawn", "bid.lapsed"


@dataclass(frozen=True)
class Filing:
    """A bid, the receipt for it, and the event that fixes both."""

    placed: Placed
    receipt: Receipt
    bid: Bid

    @property
    def digest(self) -> str:
        """The bid's digest."""
        return self.receipt.bid

    @property
    def slot(self) -> tuple[str, str]:
        """The one place that a bidder has in a lot."""
        return self.bid.lot, self.bid.bidder.lead


@dataclass(frozen=True)
class TakenBack:
    """A withdrawal and its event."""

    placed: Placed
    withdrawal: Withdrawal


class Fate(StrEnum):
    """What became of a bid at the deadline."""

    COUNTED = "counted"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    LATE = "late"
    LAPSED = "lapsed"  # for an earlier notice than the one in force, and not confirmed


@dataclass
class Fates:
    """The fate of every bid by digest, and what was against the rules on the way."""

    of: dict[str, Fate]
    findings: list[Finding]

    def counted(self) -> set[str]:
        """Name the bids that live at the deadline."""
        return {digest for digest, fate in self.of.items() if fate is Fate.COUNTED}


@once
def filings(case: Case) -> tuple[Filing | TakenBack, ...]:
    """Read what was filed and taken back, in the order of the chain.

    :raises Broken: when an event names nothing that the bundle holds.
    """
    return tuple(_filings(case))


@once
def bids_filed(case: Case) -> list[Filing]:
    """List every filing of a bid, oldest first."""
    return [one for one in filings(case) if isinstance(one, Filing)]


def manifests_of(case: Case, filing: Filing) -> dict[str, Manifest]:
    """Read the manifests that a bid binds, by the envelope's name."""
    return {
        name: case.object(Manifest, digest, filing.placed.path)
        for name, digest in filing.bid.envelopes.items()
    }


@once
def fates(case: Case) -> Fates:
    """Follow every bid from its filing to the deadline.

    A bid lives until its replacement is receipted in time, or until it is withdrawn in time; what
    has ended never lives again. What lives for an earlier notice than the one in force lapses.
    """
    found = Fates({}, [])
    live: dict[tuple[str, str], str] = {}
    for one in filings(case):
        if isinstance(one, TakenBack):
            _take_back(case, one, live, found)
        else:
            _file(case, one, live, found)
    for one in bids_filed(case):
        if found.of[one.digest] is Fate.COUNTED and one.bid.notice != case.notice.digest():
            found.of[one.digest] = Fate.LAPSED
    return found


def in_time(case: Case, at: datetime, placed: Placed) -> bool:
    """Tell whether something arrived before the deadline, and witnesses saw it soon enough."""
    return at < case.closes_at and witnessed_in_time(case, placed)


def witnessed_in_time(case: Case, placed: Placed) -> bool:
    """Tell whether a quorum signed a checkpoint that holds it by the deadline and delta."""
    limit = case.closes_at + timedelta(seconds=case.notice.delta_seconds)
    return case.witnessed(placed.size) <= limit


def _filings(case: Case) -> Iterator[Filing | TakenBack]:
    for placed in case.concealed:
        if placed.event.verb == FILED:
            receipt = case.object(Receipt, _named(case, placed, Receipt.TYPE), placed.path)
            yield Filing(placed, receipt, case.object(Bid, receipt.bid, placed.path))
        elif placed.event.verb == WITHDRAWN:
            named = _named(case, placed, Withdrawal.TYPE)
            yield TakenBack(placed, case.object(Withdrawal, named, placed.path))


def _file(case: Case, one: Filing, live: dict[tuple[str, str], str], found: Fates) -> None:
    path = one.placed.path
    if not in_time(case, one.receipt.received_at, one.placed):
        found.of.setdefault(one.digest, Fate.LATE)
        found.findings.append(Finding("late-bid", path, "before the deadline", "after it"))
        return
    if one.digest in found.of:
        found.findings.append(Finding("revived-bid", path, "a bid of its own", "one that ended"))
        return
    before = live.get(one.slot)
    if one.bid.supersedes != before:
        expected, shown = str(before)[:16], str(one.bid.supersedes)[:16]
        found.findings.append(Finding("wrong-supersession", path, expected, shown))
    if before is not None:
        found.of[before] = Fate.SUPERSEDED
    live[one.slot] = one.digest
    found.of[one.digest] = Fate.COUNTED


def _take_back(case: Case, one: TakenBack, live: dict[tuple[str, str], str], found: Fates) -> None:
    said, path = one.withdrawal, one.placed.path
    grace = timedelta(seconds=case.notice.pack.grace_seconds)
    slot = said.lot, said.bidder.lead
    if said.tender != case.tender or live.get(slot) != said.bid:
        found.findings.append(Finding("withdrawn-nothing", path, "a bid that lives", "none"))
    elif one.placed.event.at >= case.closes_at + grace or not witnessed_in_time(case, one.placed):
        found.findings.append(Finding("late-withdrawal", path, "before the deadline", "after it"))
    else:
        del live[slot]
        found.of[said.bid] = Fate.WITHDRAWN


def _named(case: Case, placed: Placed, kind: str) -> str:
    for digest in placed.named():
        if case.kind(digest) == kind:
            return digest
    raise Broken("missing-object", placed.path, kind, "nothing")
