"""Whose move it is in a change of a published tender: its approvers, its officers, its holders."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from procurement.actors import Actor
from procurement.roles import Role
from procurement.texts import Text
from procurement.waiting import Waiting
from tenders.models import Change, ChangeKind, ChangeState, Interests, Seat, TenderState
from tenders.models.changes import OPEN, ChangeQuerySet
from tenders.waiting import MAKE_KEYS, REHEARSE

_APPROVE = Text("Judge the amendment of “{title}”", "请审批“{title}”的修改公告")
_PUBLISH = Text(
    "The amendment of “{title}” is approved: sign and publish it",
    "“{title}”的修改公告已获批准，请签署并发布",
)
_EXTENSION = Text("Decide on a later deadline for “{title}”", "请决定是否延长“{title}”的截止时间")


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:
    """List what a person or machine can do next for changes, while the deadline is ahead."""
    return [*_as_approver(actor, now), *_as_officer(actor, now), *_as_holder(actor, now)]


def _as_approver(actor: Actor, now: datetime) -> Iterator[Waiting]:
    legal = actor.organisations(Role.LEGAL_APPROVER)
    either = actor.organisations(Role.LEGAL_APPROVER, Role.FINANCE_APPROVER)
    found = _running(now).filter(
        Q(kind=ChangeKind.AMENDMENT, tender__agency__in=legal)
        | Q(kind=ChangeKind.EXTENSION, tender__agency__in=either),
        state=ChangeState.IN_APPROVAL,
    )
    own = Interests.objects.filter(tender=OuterRef("tender"), user=actor.user_id, conflict=True)
    for change in found.exclude(Exists(own)).exclude(proposed_by=actor.user_id):
        if change.kind == ChangeKind.AMENDMENT:
            yield _entry("approve-amendment", change, _APPROVE, "decision")
        else:
            yield _entry("decide-extension", change, _EXTENSION, "decision")


def _as_officer(actor: Actor, now: datetime) -> Iterator[Waiting]:
    found = _running(now).filter(
        tender__agency__in=actor.organisations(Role.OFFICER), state=ChangeState.APPROVED
    )
    for change in found:
        yield _entry("publish-amendment", change, _PUBLISH, "publication")


def _as_holder(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """A proposed panel makes its keys and rehearses like the first."""
    seats = (
        Seat.everything.filter(user=actor.user_id, amendment__in=_running(now))
        .filter(Q(keys_at=None) | Q(answered_at=None) & ~Q(challenge=""))
        .select_related("amendment", "tender")
    )
    for seat in seats:
        what, text, address = (
            ("make-keys", MAKE_KEYS, "panel/keys")
            if seat.keys_at is None
            else ("answer-rehearsal", REHEARSE, "panel/answers")
        )
        yield Waiting(
            what,
            seat.tender_id,
            seat.amendment.proposed_at if seat.amendment else None,
            text,
            {"title": seat.tender.title},
            f"/api/v1/tenders/{seat.tender_id}/{address}",
        )


def _running(now: datetime) -> ChangeQuerySet:
    return Change.objects.filter(
        state__in=OPEN, tender__state=TenderState.PUBLISHED, tender__closes_at__gt=now
    ).select_related("tender")


def _entry(what: str, change: Change, text: Text, address: str) -> Waiting:
    where = f"/api/v1/{change.kind}s/{change.pk}/{address}"
    since = change.decided_at or change.proposed_at
    return Waiting(what, change.tender_id, since, text, {"title": change.tender.title}, where)
