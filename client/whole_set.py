"""The whole set at an opening: the bids of all lots with enough of them, each with a holder's file.

What the platform shows is compared with the close and the request that the proved history holds,
so that it can neither leave a bid out nor slip one in.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bidding.sealed.bid import Bid
from bidding.sealed.manifest import Manifest
from bidding.sealed.may_open import INTENT
from bidding.sealed.minimum import Trial, openable, stopped
from bidding.sealed.opening import Close, Disclosure, Failures, Request
from bidding.sealed.unsealing import NotOpened
from client.answers import Refused
from client.explained import explained
from client.output import Stopped
from client.proving import Proved
from client.server import Server
from procurement.proof.events import ControlEvent
from procurement.proof.notes import Verifier
from procurement.texts import Text

NOT_SHOWN = Text("The server shows no envelope of bid {bid}.", "服务器没有出示投标 {bid} 的信封。")
OF_ANOTHER_TENDER = Text(
    "The envelope of bid {bid} is of another tender.", "投标 {bid} 的信封属于另一招标。"
)
NO_SUCH_FILE = Text("The server has no such file", "服务器上没有该文件")
REQUESTED, FAILURES = "opening.requested", "opening.failures"
REVEALS, DISCLOSED = "reveals.closed", "opening.disclosed"


@dataclass(frozen=True)
class WholeSet:
    """What was asked for, and the manifest of every envelope in it."""

    request: Request
    manifests: tuple[Manifest, ...]


@dataclass
class Tried:
    """What one holder took out of each envelope, and which would not decrypt, and why."""

    taken: list[object] = field(default_factory=list)
    failed: dict[str, Exception] = field(default_factory=dict)

    def why(self, lang: str) -> dict[str, str]:
        """Say of each envelope that would not decrypt why, in the reader's language."""
        return {manifest: explained(error, lang) for manifest, error in self.failed.items()}


def whole_set(server: Server, proof: Proved) -> WholeSet:
    """Fetch the whole set: the bids of every lot with enough bidders, exactly as it was closed.

    Once the reveals are closed, a lot in which too few can be opened is not in it any more.

    :raises Stopped: when nothing was requested, or the set is not the closed one.
    """
    told = proof.told
    request, close = told.object(Request, REQUESTED), told.object(Close, "bids.closed")
    if request is None or close is None:
        text = Text("The opening has not been requested yet.", "尚未申请开标。")
        raise Stopped("not-requested", text)
    tender = told.notice.tender
    if (request.tender, request.close, close.tender) != (tender, close.digest(), tender):
        raise Stopped(
            "other-request",
            Text(
                "The request is not for the bids that were closed.",
                "开标申请针对的不是封存集合中的投标。",
            ),
        )
    shown = server.get(f"tenders/{tender}/opening/set")
    bids = [Bid.of(one) for one in shown["bids"]]
    closed = openable(close, told.notice)
    if sorted((bid.digest(), bid.lot) for bid in bids) != [(one.bid, one.lot) for one in closed]:
        raise Stopped(
            "other-set",
            Text(
                "The server does not show the bids that were closed.",
                "服务器出示的不是封存集合中的投标。",
            ),
        )
    known = {manifest.digest(): manifest for manifest in map(Manifest.of, shown["manifests"])}
    manifests = tuple(_manifests(bids, known, request, proof))
    few = _stopped(manifests, request, proof) if proof.told.leaf(REVEALS) else ()
    return WholeSet(request, tuple(one for one in manifests if one.lot not in few))


def _stopped(manifests: Iterable[Manifest], request: Request, proof: Proved) -> frozenset[str]:
    """Name the lots in which too few can be opened, by the failures that the holders signed."""
    claims = {
        said.holder: said.failed
        for event in proof.told.events
        if event and (said := _said_failures(event, request, proof))
    }
    trial = Trial(
        bids=[(one.lot, one.digest()) for one in manifests],
        openers=request.openers,
        k=proof.told.keyset.k,
        claims=claims,
    )
    return stopped(trial, proof.told.notice.pack.minimum_bidders)


def _said_failures(event: ControlEvent, request: Request, proof: Proved) -> Failures | None:
    stored = proof.told.objects.get(str(event.body.get("object")))
    if event.verb != FAILURES or stored is None:
        return None
    said, holders = Failures.read(stored.body), proof.told.keyset.holders()
    if said.request != request.digest() or said.holder not in holders:
        return None
    key = Verifier.parse(holders[said.holder].verifier)
    return said if Failures.open((stored.note or "").encode(), key) == said else None


def _manifests(
    bids: Iterable[Bid], known: dict[str, Manifest], request: Request, proof: Proved
) -> Iterable[Manifest]:
    keyset = proof.told.keyset
    for bid in sorted(bids, key=Bid.digest):
        manifest = known.get(bid.envelopes.get(request.envelope, ""))
        if manifest is None:
            raise Stopped("other-set", NOT_SHOWN, bid=bid.digest())
        of = (manifest.keyset, manifest.tender, manifest.envelope, len(manifest.shares))
        if of != (keyset.digest(), request.tender, request.envelope, keyset.n):
            raise Stopped("other-set", OF_ANOTHER_TENDER, bid=bid.digest())
        yield manifest


def try_all(
    server: Server, wanted: WholeSet, name: str, take: Callable[[bytes, Manifest], object]
) -> Tried:
    """Take one holder's part out of every envelope; what does not decrypt stops no other."""
    tried = Tried()
    for manifest in wanted.manifests:
        try:
            address = f"tenders/{manifest.tender}/opening/sealed/{manifest.digest()}/{name}"
            tried.taken.append(take(server.read(address), manifest))
        except NotOpened as error:
            tried.failed[manifest.digest()] = error
        except Refused as refused:
            if refused.status != 404:
                raise
            tried.failed[manifest.digest()] = Stopped("no-such-file", NO_SUCH_FILE)
    return tried


def require_disclosed(proof: Proved, wanted: WholeSet) -> None:
    """Refuse a release before a quorum of those present disclosed, after the reveals closed.

    :raises Stopped: otherwise; who looks first could choose what to disclose.
    """
    steps = [step.verb for step in proof.told.history.steps]
    first = steps.index(INTENT) if INTENT in steps else len(steps)
    if REVEALS not in steps[:first] or DISCLOSED in steps[: steps.index(REVEALS)]:
        raise Stopped(
            "out-of-order",
            Text(
                "Disclosures follow the close of the reveals.",
                "提交密钥份额须在试解结束之后。",
            ),
        )
    who = {_discloser(event, proof, wanted) for event in proof.told.events[:first] if event}
    present = who & set(wanted.request.openers)
    if len(present) < proof.told.keyset.k:
        raise Stopped(
            "no-quorum",
            Text(
                "{count} openers have disclosed: nothing is released.",
                "仅有 {count} 名开标人提交了密钥份额：不予放行。",
            ),
            count=len(present),
        )


def _discloser(event: ControlEvent, proof: Proved, wanted: WholeSet) -> int | None:
    """Give the opener whose signed disclosure for this request an event names, None for others."""
    stored = proof.told.objects.get(str(event.body.get("object")))
    if event.verb != DISCLOSED or stored is None:
        return None
    said = Disclosure.read(stored.body)
    if said.request != wanted.request.digest() or said.idx > proof.told.keyset.n:
        return None
    key = Verifier.parse(proof.told.keyset.openers[said.idx - 1].verifier)
    return said.idx if Disclosure.open((stored.note or "").encode(), key) == said else None


def failures(wanted: WholeSet, holder: str, tried: Tried, control_head: str) -> Failures:
    """Write one holder's list of what would not decrypt; there are no secrets in it."""
    return Failures(
        tender=wanted.request.tender,
        envelope=wanted.request.envelope,
        request=wanted.request.digest(),
        holder=holder,
        tried=len(wanted.manifests),
        failed=tuple(sorted(tried.failed)),
        control_head=control_head,
    )
