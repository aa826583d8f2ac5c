"""Whose move it is before a tender is published: its officers, its approvers, its panel."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Prefetch, Q

from procurement.actors import Actor
from procurement.roles import Role
from procurement.texts import Text
from procurement.waiting import Waiting
from tenders.models import (
    BEFORE_PUBLICATION,
    Approval,
    ApprovalKind,
    Interests,
    Seat,
    Tender,
    TenderState,
)

APPROVERS = {
    Role.LEGAL_APPROVER: ApprovalKind.LEGAL,
    Role.FINANCE_APPROVER: ApprovalKind.FINANCE,
}

_DECLARE = Text("Declare your interests in “{title}”", "请申报您在“{title}”中的利益关系")
MAKE_KEYS = Text("Make your keys for “{title}”", "请为“{title}”生成密钥")
REHEARSE = Text("Answer the rehearsal of “{title}”", "请应答“{title}”的演练")
_APPOINT = Text("Appoint the panel of “{title}”", "请为“{title}”指定开标小组")
_REPLACE = Text(
    "An opener of “{title}” has declared a conflict: appoint another",
    "“{title}”的一名开标人已申报利益冲突，请另行指定",
)
_DRAW_UP = Text(
    "All keys are in: draw up the keyset of “{title}”", "公钥已齐，请为“{title}”生成密钥集"
)
_SUBMIT = Text(
    "The panel is ready: submit “{title}” for approval", "开标小组已就绪，请提交“{title}”审批"
)
_APPROVE = Text("Approve “{title}”, or send it back", "请审批或退回“{title}”")
_PUBLISH = Text("“{title}” is approved: publish it", "“{title}”已获批准，请发布")


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:  # noqa: ARG001 - nothing is timed
    """List what a person or machine can do next for tenders that are not published yet."""
    return [*_as_holder(actor), *_as_officer(actor), *_as_approver(actor)]


def _as_holder(actor: Actor) -> Iterator[Waiting]:
    declared = Interests.objects.filter(tender=OuterRef("tender"), user=actor.user_id)
    seats = (
        Seat.objects.filter(user=actor.user_id, tender__state__in=BEFORE_PUBLICATION)
        .filter(Q(keys_at=None) | Q(answered_at=None) & ~Q(challenge=""))
        .exclude(Exists(declared.filter(conflict=True)))
        .annotate(declared=Exists(declared))
        .select_related("tender")
        .prefetch_related("tender__panels")
    )
    for seat in seats:
        tender, panel = seat.tender, seat.tender.panels.all()[0]
        if seat.is_opener and not seat.declared:
            yield _entry("declare-interests", tender, panel.appointed_at, _DECLARE, "interests")
        elif seat.keys_at is None:
            yield _entry("make-keys", tender, panel.appointed_at, MAKE_KEYS, "panel/keys")
        else:
            yield _entry("answer-rehearsal", tender, panel.drawn_up_at, REHEARSE, "panel/answers")


def _as_officer(actor: Actor) -> Iterator[Waiting]:
    tenders = Tender.objects.filter(
        agency__in=actor.organisations(Role.OFFICER), state__in=BEFORE_PUBLICATION
    ).prefetch_related("panels", "seats", Prefetch("approvals", Approval.objects.order_by("at")))
    of_holders = Interests.objects.filter(conflict=True, user__seats__tender=F("tender"))
    conflicted = set(of_holders.filter(tender__in=tenders).values_list("tender", flat=True))
    for tender in tenders:
        draft = tender.state == TenderState.DRAFT
        step = _of_draft(tender, tender.pk in conflicted) if draft else _approved(tender)
        if step:
            yield step


def _of_draft(tender: Tender, in_conflict: bool) -> Waiting | None:
    """Give the officer's next step towards the panel; None while others move."""
    panels, seats = list(tender.panels.all()), list(tender.seats.all())
    if not panels:
        return _entry("appoint-panel", tender, tender.created_at, _APPOINT, "panel")
    panel = panels[0]
    if in_conflict:
        return _entry("replace-opener", tender, panel.appointed_at, _REPLACE, "panel")
    handed_in = [seat.keys_at for seat in seats if seat.keys_at]
    if not panel.keyset and len(handed_in) == len(seats):
        return _entry("draw-up-keyset", tender, max(handed_in), _DRAW_UP, "panel/keyset")
    answered = [seat.answered_at for seat in seats if seat.answered_at]
    if panel.keyset and len(answered) == len(seats):
        since = max(answered)
        return _entry("submit-for-approval", tender, since, _SUBMIT, "approval-request")
    return None


def _approved(tender: Tender) -> Waiting | None:
    """Give the publication, once both judgements of this revision are there."""
    given = [one for one in tender.approvals.all() if one.approved]
    of_this = {one.kind: one.at for one in given if one.revision == tender.revision}
    if of_this.keys() != set(ApprovalKind):
        return None
    return _entry("publish", tender, max(of_this.values()), _PUBLISH, "publication")


def _as_approver(actor: Actor) -> Iterator[Waiting]:
    for role, kind in APPROVERS.items():
        judged = Approval.objects.filter(
            tender=OuterRef("pk"), revision=OuterRef("revision"), kind=kind
        )
        tenders = Tender.objects.filter(
            ~Exists(judged), agency__in=actor.organisations(role), state=TenderState.IN_APPROVAL
        )
        for tender in tenders:
            yield _entry("approve", tender, tender.submitted_at, _APPROVE, "approvals")


def _entry(what: str, tender: Tender, since: datetime | None, text: Text, address: str) -> Waiting:
    facts = {"title": tender.title}
    return Waiting(what, tender.pk, since, text, facts, f"/api/v1/tenders/{tender.pk}/{address}")
