"""The minimum of bidders, lot by lot: nothing of a lot with too few of them is ever decrypted.

Applied at the close, and once more when every holder has tried the whole set, to what can be
opened (protocol, messages 8 and 9a). Server, holders and strangers compute the same.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bidding.sealed.answers import TIMEKEEPER
from bidding.sealed.opening import Close, ClosedBid, ShortLot
from tenders.notice import Notice

ONE = 1  # a minimum of one asks for nothing: a lot of which nothing opens tells the cause of each


@dataclass(frozen=True)
class Trial:
    """The set as it was tried: each bid's lot and envelope, who was present, and who failed."""

    bids: Iterable[tuple[str, str]]  # lot, and manifest; an empty one cannot be opened
    openers: Collection[int]
    k: int
    claims: Mapping[str, Collection[str]]  # by holder: the manifests that would not decrypt

    def opens(self, manifest: str) -> bool:
        """Tell whether a quorum of the openers and the timekeeper can open an envelope."""
        able = [one for one in self.openers if manifest not in self._failed(f"opener-{one}")]
        return bool(manifest) and len(able) >= self.k and manifest not in self._failed(TIMEKEEPER)

    def _failed(self, holder: str) -> Collection[str]:
        return self.claims.get(holder, ())


def openable(close: Close, notice: Notice) -> tuple[ClosedBid, ...]:
    """Give the bids of those lots that have the pack's minimum of bidders.

    The others stay sealed: nothing of a lot with too few bidders is ever decrypted.
    """
    lots = Counter(closed.lot for closed in close.bids)
    least = notice.pack.minimum_bidders
    return tuple(closed for closed in close.bids if lots[closed.lot] >= least)


def stopped(trial: Trial, least: int) -> frozenset[str]:
    """Name the lots that have too few bidders left, of what can be opened."""
    able = Counter({lot: 0 for lot, _ in trial.bids})
    able.update(lot for lot, manifest in trial.bids if trial.opens(manifest))
    return frozenset(lot for lot, count in able.items() if count < least and least > ONE)


def short_lots(close: Close, notice: Notice, stopped: Collection[str]) -> tuple[ShortLot, ...]:
    """Say which lots are not opened, how many bids each has, and when that was seen."""
    lots = Counter(closed.lot for closed in close.bids)
    few = {one.lot for one in notice.lots if lots[one.lot] < notice.pack.minimum_bidders}
    return tuple(
        ShortLot(lot, lots[lot], "at-the-close" if lot in few else "after-the-failures")
        for lot in sorted(few | {*stopped})
    )
