"""Changes of a published tender: only later, by whoever may, and answered before anything opens.

Read from the tender's own history, so that the server, the holders of keys and a stranger see the
same (protocol, messages 0 and 1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from procurement.proof.shapes import Statement
from procurement.refusals import Fault
from procurement.texts import Text
from tenders.answers import Answer, Overdue
from tenders.notice import Acknowledgement, Extension, Gate, Notice

Decision = tuple[str, Statement | None]  # the leaf of a control event, and what it decided


@dataclass
class Standing:
    """What is in force at one point of a tender's history."""

    notice: Notice | None = None
    closes_at: datetime | None = None
    gates: tuple[Gate, ...] = ()
    unanswered: set[str] = field(default_factory=set)  # overdue questions
    by_rule: int = 0  # extensions since the notice of version 1
    awaited: str | None = None  # the last extension, while the timekeeper has not acknowledged it
    later: set[str] = field(default_factory=set)  # leaves from that extension on


def faults_of_changes(decisions: Sequence[Decision]) -> list[Fault]:
    """Name what is wrong with the changes of a tender, and what is still awaited."""
    standing, broken = _followed(decisions)
    return [*broken, *_awaited(standing)]


def broken_changes(decisions: Sequence[Decision]) -> list[Fault]:
    """Name what is wrong with the changes of a tender, whatever is still awaited."""
    return _followed(decisions)[1]


def _followed(decisions: Sequence[Decision]) -> tuple[Standing, list[Fault]]:
    standing = Standing()
    broken = [fault for leaf, decided in decisions for fault in _follow(standing, leaf, decided)]
    return standing, broken


def _awaited(standing: Standing) -> Iterable[Fault]:
    if standing.awaited:
        yield Fault("extension-not-acknowledged", NOT_ACKNOWLEDGED)
    if standing.unanswered:
        yield Fault("question-unanswered", UNANSWERED, {"count": len(standing.unanswered)})


def _follow(standing: Standing, leaf: str, decided: Statement | None) -> Iterable[Fault]:
    found: list[Fault] = []
    if isinstance(decided, Notice):
        found = [*_next_version(standing, decided), *_only_later(standing, decided)]
        standing.notice = decided
    elif isinstance(decided, Extension):
        found = [*_extension(standing, decided), *_only_later(standing, decided)]
        standing.by_rule += decided.by_rule is not None
        standing.awaited, standing.later = decided.digest(), set()
    elif isinstance(decided, Acknowledgement):
        known = decided.extension == standing.awaited and decided.control_head in standing.later
        standing.awaited = None if known else standing.awaited
    elif isinstance(decided, Overdue):
        standing.unanswered |= {*decided.questions}
    elif isinstance(decided, Answer):
        standing.unanswered -= {*decided.questions}
    if isinstance(decided, Notice | Extension):
        standing.closes_at, standing.gates = decided.closes_at, decided.gates
    standing.later.add(leaf)
    return found


def _next_version(standing: Standing, notice: Notice) -> Iterable[Fault]:
    before = standing.notice
    follows = (notice.version, notice.previous) == (
        (before.version + 1, before.digest()) if before else (1, None)
    )
    if not follows or (before and before.agency != notice.agency):
        yield Fault("not-the-next-version", NOT_NEXT, {"version": notice.version})


def _only_later(standing: Standing, moved: Notice | Extension) -> Iterable[Fault]:
    """The deadline and every gate move later or not at all."""
    before = {(gate.lot, gate.envelope): gate.not_before for gate in standing.gates}
    now = {(gate.lot, gate.envelope): gate.not_before for gate in moved.gates}
    earlier = standing.closes_at is not None and moved.closes_at < standing.closes_at
    if earlier or any(now.get(gate, at) < at for gate, at in before.items()):
        yield Fault("moved-back", MOVED_BACK)
    if isinstance(moved, Extension) and now.keys() != before.keys():
        yield Fault("other-gates", OTHER_GATES)


def _extension(standing: Standing, extension: Extension) -> Iterable[Fault]:
    notice, closes_at = standing.notice, standing.closes_at
    if notice is None or closes_at is None or extension.notice != notice.digest():
        yield Fault("extension-of-other-notice", OTHER_NOTICE)
        return
    if extension.by_rule is None:
        return
    bound = timedelta(seconds=notice.pack.question_extension_seconds)
    allowed = standing.by_rule < notice.pack.question_extensions
    if not allowed or not standing.unanswered or extension.closes_at - closes_at > bound:
        yield Fault("not-by-rule", NOT_BY_RULE)


NOT_ACKNOWLEDGED = Text(
    "The timekeeper has not acknowledged the last extension", "计时方尚未确认最近一次延期"
)
UNANSWERED = Text(
    "Questions of suppliers are overdue and not answered: {count}",
    "供应商的提问逾期未答复：{count} 项",
)
NOT_NEXT = Text(
    "The notice of version {version} does not follow the one before it",
    "第 {version} 版公告与前一版不相衔接",
)
MOVED_BACK = Text("A deadline or an opening was moved to an earlier time", "截止或开标时间被提前")
OTHER_GATES = Text(
    "An extension moves every opening and adds none", "延期须同时推迟全部开标时间，不得增减"
)
OTHER_NOTICE = Text(
    "An extension was made for another notice than the one in force", "延期针对的不是现行公告"
)
NOT_BY_RULE = Text(
    "The platform moved the deadline without a rule that lets it",
    "平台未依规则擅自变更截止时间",
)
