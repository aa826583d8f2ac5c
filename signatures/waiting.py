"""What waits for an operator: about whose signatures count, and trusted lists that are late."""

from collections.abc import Iterator
from datetime import datetime

from procurement.actors import Actor
from procurement.refusals import Fact
from procurement.roles import Permission
from procurement.texts import Text
from procurement.waiting import Waiting
from signatures.queries_trust import late_lists, proposals

DECIDE = Text(
    "Decide what {name} proposed about whose signatures count: {reason}",
    "决定 {name} 关于受信任签名机构的提议：{reason}",
)
TAKE_UP = Text("Take up what trusted lists tell: {reason}", "采纳可信列表所示的变更：{reason}")
LATE = Text(
    "A newer trusted list of {territory} was due by {due}: bring it, or find out why none comes",
    "可信列表 {territory} 应于 {due} 前更新：请导入新版，或查明未更新的原因",
)
_PROPOSALS = "/api/v1/trust/proposals"


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:
    """List what operators have to decide and to see to; nothing for whoever is no operator."""
    if not actor.has(Permission.KEEP_TRUST, of=None):
        return []
    return [*_undecided(actor), *_late(now)]


def _undecided(actor: Actor) -> Iterator[Waiting]:
    for one in proposals(actor).filter(decision=None).exclude(proposed_by=actor.user_id):
        facts: dict[str, Fact] = {"reason": one.reason}
        if one.proposed_by is None:
            where = f"{_PROPOSALS}/{one.pk}/adoption"
            yield Waiting("take-up-trust", None, one.proposed_at, TAKE_UP, facts, where)
        else:
            facts["name"] = one.proposed_by.name
            where = f"{_PROPOSALS}/{one.pk}/approval"
            yield Waiting("decide-trust", None, one.proposed_at, DECIDE, facts, where)


def _late(now: datetime) -> Iterator[Waiting]:
    for one in late_lists(now):
        facts: dict[str, Fact] = {"territory": one.territory, "due": f"{one.next_update:%Y-%m-%d}"}
        yield Waiting("renew-trusted-list", None, one.next_update, LATE, facts)
