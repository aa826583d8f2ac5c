"""Whom the platform trusts: one operator proposes, another approves, and a new version stands.

Nobody approves what they proposed themselves. Whoever proposed may take it back. What the platform
draws up from a trusted list is nobody's proposal before an operator takes it up.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from procurement.actors import Actor
from procurement.journal.record import record
from procurement.proof.canonical import JSON
from procurement.refusals import BadInput, Fault, NotFound, NotPermitted, Refusal, WrongState
from procurement.roles import Permission
from procurement.texts import Text
from signatures.actions.proposing import changes_in, kept_proposal
from signatures.models import TrustProposal, TrustVersion
from signatures.queries_trust import current_version
from signatures.rules.trust import Change, digest_of, faults_of, key_of, next_entries
from signatures.verbs import Verb

_WHY = Text("Say why", "请说明理由")


class FourEyes(Refusal):
    code, status = "four-eyes", 409
    title = Text(
        "Another operator has to decide this: nobody approves what they proposed themselves",
        "须由另一名运营人员决定：任何人不得批准自己的提议",
    )


class NotYours(Refusal):
    code, status = "not-yours-to-withdraw", 409
    title = Text("Only whoever proposed this may withdraw it", "仅提议人可以撤回该提议")


@transaction.atomic
def propose_trust(
    *, changes: Sequence[Change], reason: str, by: Actor, now: datetime
) -> TrustProposal:
    """Put changes of the set of anchors forward; nothing counts before another approves them.

    :raises NotPermitted: unless ``by`` is an operator.
    :raises BadInput: without a reason, and with a fault for each change that cannot be.
    """
    _require(by)

    held = {key_of(entry) for entry in _entries()}
    if found := [*faults_of(changes, reason, held, practice=not settings.PRODUCTION)]:
        raise BadInput(faults=found)

    proposal = kept_proposal(changes, reason=reason.strip(), proposed_by_id=by.user_id, at=now)
    _record(Verb.TRUST_PROPOSED, proposal, by, now, changes=len(changes))
    return proposal


@transaction.atomic
def take_up_trust(*, proposal_id: UUID, by: Actor, now: datetime) -> TrustProposal:
    """Propose what the platform has drawn up from a trusted list; another operator decides it.

    :raises NotFound: when there is no such proposal.
    :raises NotPermitted: unless ``by`` is an operator.
    :raises WrongState: when an operator has taken it up.
    """
    proposal = _locked(proposal_id, by)

    if proposal.proposed_by_id is not None:
        raise WrongState(action=Text("take up this proposal", "采纳该提议"), state=_PROPOSED)

    proposal.proposed_by_id = by.user_id
    proposal.save(update_fields=["proposed_by"])
    _record(Verb.TRUST_PROPOSED, proposal, by, now, changes=proposal.changes.count())
    return proposal


@transaction.atomic
def approve_trust(*, proposal_id: UUID, by: Actor, now: datetime) -> TrustVersion:
    """Let a proposal count: the set has its next version, and every verdict from now on names it.

    :raises NotFound: when there is no such proposal.
    :raises NotPermitted: unless ``by`` is an operator.
    :raises WrongState: when it is decided.
    :raises FourEyes: to whoever proposed it.
    :raises BadInput: when it removes what is not there any more.
    """
    proposal = _waiting(proposal_id, by)

    if proposal.proposed_by_id == by.user_id:
        raise FourEyes
    before = current_version()
    entries = before.entries if before else []
    changes = changes_in(proposal)
    held = {key_of(entry) for entry in entries}
    practice = not settings.PRODUCTION
    if found := [*faults_of(changes, proposal.reason, held, practice=practice)]:
        raise BadInput(faults=found)

    _decide(proposal, TrustProposal.APPROVED, by, now)
    after = next_entries(entries, changes)
    version = TrustVersion.objects.create(
        number=before.number + 1 if before else 1,
        proposal=proposal,
        entries=after,
        digest=digest_of(after),
        at=now,
    )
    told: dict[str, JSON] = {"version": version.number, "digest": version.digest}
    _record(Verb.TRUST_APPROVED, proposal, by, now, **told)
    return version


@transaction.atomic
def reject_trust(*, proposal_id: UUID, remark: str, by: Actor, now: datetime) -> TrustProposal:
    """Turn a proposal down, and say why.

    :raises NotFound: when there is no such proposal.
    :raises NotPermitted: unless ``by`` is an operator.
    :raises WrongState: when it is decided.
    :raises FourEyes: to whoever proposed it; they withdraw it.
    :raises BadInput: without a remark.
    """
    proposal = _waiting(proposal_id, by)

    if proposal.proposed_by_id == by.user_id:
        raise FourEyes
    if not remark.strip():
        raise BadInput(faults=[Fault("blank", _WHY, pointer="/remark")])

    _decide(proposal, TrustProposal.REJECTED, by, now, remark.strip())
    _record(Verb.TRUST_REJECTED, proposal, by, now)
    return proposal


@transaction.atomic
def withdraw_trust(*, proposal_id: UUID, by: Actor, now: datetime) -> TrustProposal:
    """Take back what one has proposed.

    :raises NotFound: when there is no such proposal.
    :raises NotPermitted: unless ``by`` is an operator.
    :raises WrongState: when it is decided.
    :raises NotYours: to anybody else.
    """
    proposal = _waiting(proposal_id, by)

    if proposal.proposed_by_id != by.user_id:
        raise NotYours

    _decide(proposal, TrustProposal.WITHDRAWN, by, now)
    _record(Verb.TRUST_WITHDRAWN, proposal, by, now)
    return proposal


def _require(by: Actor) -> None:
    if not by.has(Permission.KEEP_TRUST, of=None):
        raise NotPermitted(permission=Permission.KEEP_TRUST.value)


def _locked(proposal_id: UUID, by: Actor) -> TrustProposal:
    found = TrustProposal.objects.select_for_update(of=("self",)).filter(pk=proposal_id).first()
    _require(by)
    if found is None:
        raise NotFound
    return found


def _waiting(proposal_id: UUID, by: Actor) -> TrustProposal:
    """Lock a proposal of an operator that nobody has decided."""
    found = _locked(proposal_id, by)
    if found.proposed_by_id is None:
        raise WrongState(action=_DECIDE, state=_DRAWN_UP)
    if found.decision is not None:
        raise WrongState(action=_DECIDE, state=_STATES[found.decision])
    return found


_DECIDE = Text("decide this proposal", "决定该提议")
_DRAWN_UP = Text("drawn up, and taken up by no operator yet", "系统草拟、尚无运营人员采纳")
_PROPOSED = Text("proposed by an operator", "已由运营人员提出")
_STATES = {
    TrustProposal.APPROVED: Text("approved", "已批准"),
    TrustProposal.REJECTED: Text("rejected", "已否决"),
    TrustProposal.WITHDRAWN: Text("withdrawn", "已撤回"),
}


def _decide(
    proposal: TrustProposal, decision: str, by: Actor, now: datetime, remark: str | None = None
) -> None:
    proposal.decision, proposal.remark = decision, remark
    proposal.decided_by_id, proposal.decided_at = by.user_id, now
    proposal.save(update_fields=["decision", "decided_by", "decided_at", "remark"])


def _entries() -> list[dict[str, JSON]]:
    version = current_version()
    return version.entries if version else []


def _record(verb: Verb, proposal: TrustProposal, by: Actor, at: datetime, **told: JSON) -> None:
    body: dict[str, JSON] = {"proposal": str(proposal.pk), **told}
    record(verb, tender=None, by=by, at=at, body=body)
