"""What waits for an operator: what another has proposed about whose signatures count."""

from datetime import datetime

from procurement.actors import Actor
from procurement.refusals import Fact
from procurement.texts import Text
from procurement.waiting import Waiting
from signatures.queries_trust import proposals

DECIDE = Text(
    "Decide what {name} proposed about whose signatures count: {reason}",
    "决定 {name} 关于受信任签名机构的提议：{reason}",
)


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:  # noqa: ARG001 - rooms are asked so
    """List the proposals of others that nobody has decided; nothing for whoever is no operator."""
    undecided = proposals(actor).filter(decision=None).exclude(proposed_by=actor.user_id)
    found = []
    for one in undecided:
        facts: dict[str, Fact] = {"name": one.proposed_by.name, "reason": one.reason}
        where = f"/api/v1/trust/proposals/{one.pk}/approval"
        found.append(Waiting("decide-trust", None, one.proposed_at, DECIDE, facts, where))
    return found
