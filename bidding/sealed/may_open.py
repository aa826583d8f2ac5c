"""May this tender's envelopes be opened now? One pure function, asked by everyone.

The server, the timekeeper, every opener's client and the verifier ask the same question of the
same history, and act only when the list of reasons against is empty (protocol, "Control events").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bidding.sealed.changes import faults_of_changes
from bidding.sealed.minimum import openable
from bidding.sealed.opening import Close, Request
from procurement.refusals import Fault
from procurement.texts import Text
from tenders.answers import Answer, Overdue
from tenders.notice import Acknowledgement, Extension, Gate, Notice, Order

INTENT = "release.intent"
KNOWN = frozenset(
    {
        "keyset.fixed",
        "notice.published",
        "deadline.extended",
        "extension.acknowledged",
        "questions.overdue",
        "answer.published",
        "order.made",
        "bids.closed",
        "opening.requested",
        "opening.failures",
        "reveals.closed",
        "opening.disclosed",
        INTENT,
        "opening.released",
        "opening.opened",
        "minutes.signed",
    }
)
Found = TypeVar("Found")
Decided = Notice | Extension | Acknowledgement | Overdue | Answer | Order | Close | Request | None


@dataclass(frozen=True)
class Step:
    """One control event, its leaf hash, the leaf it follows, and the object that it decided.

    Whoever builds a step has checked the object's digest against the event's body, and its note
    against the anchors.
    """

    leaf: str
    prev: str | None
    verb: str
    decided: Decided = None


@dataclass(frozen=True)
class Seen:
    """A control head proved in a cosigned checkpoint, and when each witness signed that."""

    control_head: str
    witnessed_at: tuple[datetime, ...]
    quorum: int


@dataclass(frozen=True)
class History:
    """Everything that was decided about one tender, oldest first, and the proof that it is all."""

    steps: tuple[Step, ...]
    seen: Seen


def may_open(history: History, now: datetime, envelope: str) -> list[Fault]:
    """Give every reason against opening ``envelope`` at ``now``; none means: open.

    What follows a release intent stands for everything later, and is not asked here.
    """
    steps = _until_intent(history.steps)
    notice = _last(steps, Notice)
    if notice is None:
        return [Fault("no-notice", NO_NOTICE)]
    return [
        *_unbroken(history),
        *_unknown_verbs(steps),
        *faults_of_changes([(step.leaf, step.decided) for step in steps]),
        *_deadline(steps, notice, history.seen, now, envelope),
        *_fresh(history.seen, notice, now),
        *_closed_once(steps),
        *_enough_bidders(steps, notice),
        *_standing_orders(steps, now),
    ]


def deadline(steps: Sequence[Step]) -> datetime | None:
    """Give the deadline as last moved, None before there is a notice."""
    moved = [
        step.decided.closes_at for step in steps if isinstance(step.decided, Notice | Extension)
    ]
    return moved[-1] if moved else None


def _until_intent(steps: Sequence[Step]) -> Sequence[Step]:
    verbs = [step.verb for step in steps]
    return steps[: verbs.index(INTENT) + 1] if INTENT in verbs else steps


def _unbroken(history: History) -> Iterable[Fault]:
    """The chain runs from the first decision to the one that the witnesses signed."""
    heads = [None, *(step.leaf for step in history.steps)]
    if [step.prev for step in history.steps] != heads[:-1]:
        yield Fault("broken-chain", BROKEN_CHAIN)
    if history.seen.control_head != heads[-1]:
        yield Fault("not-the-head", NOT_THE_HEAD)


def _unknown_verbs(steps: Sequence[Step]) -> Iterable[Fault]:
    for step in steps:
        if step.verb not in KNOWN:
            yield Fault("unknown-decision", UNKNOWN_DECISION, {"verb": step.verb})


def _deadline(
    steps: Sequence[Step], notice: Notice, seen: Seen, now: datetime, envelope: str
) -> Iterable[Fault]:
    """Passed by the own clock, and by the clocks of a quorum of witnesses."""
    gates = [gate for gate in _gates(steps) if gate.envelope == envelope]
    if not gates:
        yield Fault("no-such-envelope", NO_SUCH_ENVELOPE, {"envelope": envelope})
        return
    if any(gate.envelope != envelope for gate in _gates(steps) if gate.not_before < _at(gates)):
        yield Fault("not-admitted", NOT_ADMITTED, {"envelope": envelope})
    opens_at = max(_at(gates), deadline(steps) or notice.closes_at)
    facts = {"opens_at": opens_at.astimezone(UTC).isoformat()}
    if now < opens_at:
        yield Fault("too-early", TOO_EARLY, facts)
    if len([at for at in seen.witnessed_at if at > opens_at]) < seen.quorum:
        yield Fault("not-witnessed-after-deadline", NOT_WITNESSED, facts)


def _gates(steps: Sequence[Step]) -> tuple[Gate, ...]:
    moved = [step.decided.gates for step in steps if isinstance(step.decided, Notice | Extension)]
    return moved[-1] if moved else ()


def _at(gates: Iterable[Gate]) -> datetime:
    return max(gate.not_before for gate in gates)


def _fresh(seen: Seen, notice: Notice, now: datetime) -> Iterable[Fault]:
    """At least a quorum signed within the freshness bound, so no decision can be kept back."""
    bound = timedelta(seconds=notice.pack.freshness_seconds)
    recent = [at for at in seen.witnessed_at if now - bound <= at <= now + bound]
    if len(recent) < seen.quorum:
        yield Fault("stale-proof", STALE_PROOF, {"seconds": notice.pack.freshness_seconds})


def _closed_once(steps: Sequence[Step]) -> Iterable[Fault]:
    """Exactly one close after the last extension and before the request; no extension after it."""
    verbs = [step.verb for step in steps]
    extended = _positions(verbs, "deadline.extended")
    requested = _positions(verbs, "opening.requested")
    first_request = requested[0] if requested else len(verbs)
    closes = _positions(verbs, "bids.closed")
    standing = [at for at in closes if not extended or at > extended[-1]]
    if not standing:
        yield Fault("not-closed", NOT_CLOSED)
    elif len(standing) > 1 or closes[-1] > first_request:
        yield Fault("closed-twice", CLOSED_TWICE)
    if extended and extended[-1] > first_request:
        yield Fault("extended-after-request", EXTENDED_LATE)


def _positions(verbs: Sequence[str], verb: str) -> list[int]:
    return [at for at, found in enumerate(verbs) if found == verb]


def _enough_bidders(steps: Sequence[Step], notice: Notice) -> Iterable[Fault]:
    """One lot at least has the pack's minimum; the others' bids stay sealed."""
    close = _last(steps, Close)
    if close is not None and not openable(close, notice):
        yield Fault("too-few-bidders", TOO_FEW, {"minimum": notice.pack.minimum_bidders})


def _standing_orders(steps: Sequence[Step], now: datetime) -> Iterable[Fault]:
    suspended: Order | None = None
    for step in steps:
        order = step.decided
        if not isinstance(order, Order):
            continue
        if order.effect == "cancel":
            yield Fault("cancelled", CANCELLED, {"cause": order.cause})
        elif order.effect == "suspend":
            suspended = order
        elif order.effect == "resume":
            suspended = None
    if suspended and (suspended.ends_at is None or now < suspended.ends_at):
        yield Fault("suspended", SUSPENDED, {"cause": suspended.cause})


def _last(steps: Sequence[Step], kind: type[Found]) -> Found | None:
    found = [step.decided for step in steps if isinstance(step.decided, kind)]
    return found[-1] if found else None


NO_NOTICE = Text("There is no notice for this tender", "该招标没有公告")
BROKEN_CHAIN = Text(
    "A decision is missing from this tender's history", "该招标的决定记录中缺少一项"
)
NOT_THE_HEAD = Text(
    "The witnesses signed another history than this one", "见证方签署的记录与此不同"
)
UNKNOWN_DECISION = Text(
    "This program does not know the decision “{verb}”; use a newer one",
    "本程序不认识决定“{verb}”，请使用新版本",
)
NO_SUCH_ENVELOPE = Text(
    "The notice asks for no envelope “{envelope}”", "公告没有要求信封“{envelope}”"
)
NOT_ADMITTED = Text(
    "An earlier envelope decides which “{envelope}” envelopes may be opened",
    "须先由前一信封决定哪些“{envelope}”信封可以开启",
)
TOO_EARLY = Text("Nothing is opened before {opens_at}", "{opens_at} 之前不得开标")
NOT_WITNESSED = Text(
    "Too few witnesses have seen that {opens_at} has passed", "确认已过 {opens_at} 的见证方不足"
)
STALE_PROOF = Text(
    "The proof of this history is older than {seconds} seconds; fetch it again",
    "该记录的证明已超过 {seconds} 秒，请重新获取",
)
NOT_CLOSED = Text("The bids have not been closed since the last deadline", "上次截止后尚未封存投标")
CLOSED_TWICE = Text("The bids were closed more than once", "投标被封存了不止一次")
EXTENDED_LATE = Text(
    "The deadline was moved after the opening was requested", "申请开标之后截止时间被改动"
)
TOO_FEW = Text(
    "No lot has the {minimum} bidders that the rules ask for",
    "没有标段达到规则要求的 {minimum} 家投标人",
)
CANCELLED = Text("The tender was cancelled: {cause}", "招标已取消：{cause}")
SUSPENDED = Text("The tender is suspended: {cause}", "招标已暂停：{cause}")
