"""Publishing: everything judged once more as of now, then the notice stands for good."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor, require
from procurement.journal.record import Kind, record
from procurement.objects import store
from procurement.proof.basis import Basis
from procurement.proof.canonical import JSON
from procurement.refusals import Fault, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from procurement.vault import Stored
from tenders.actions.approvals import NotReady
from tenders.actions.entry import locked, require_impartial, require_state
from tenders.drafting import agency_key, notice_to_sign
from tenders.models import ApprovalKind, NoticeVersion, Tender, TenderState
from tenders.notice import Notice
from tenders.panel.keyset import Keyset
from tenders.queries import keyset_of, pack_of
from tenders.queries_duties import approvals_of, officers_of
from tenders.queries_timetable import dated
from tenders.readiness import faults
from tenders.signed import opened
from tenders.verbs import Verb

_PUBLISH = Text("publish", "发布")
_NOT_APPROVED = Text("The {kind} approval of this revision is missing", "本修订版缺少{kind}审批")
_SAME_PERSON = Text("Both approvals were given by one person", "两项审批由同一人作出")
_OWN_WORK = Text("An approver had a part in the draft", "审批人参与了起草")
_KINDS = {
    ApprovalKind.LEGAL: Text("legal", "法务"),
    ApprovalKind.FINANCE: Text("finance", "财务"),
}


class NoticeChanged(Refusal):
    code, status = "notice-changed", 409
    title = Text(
        "What was signed is not what would be published now; fetch notice and PDF, and sign again",
        "所签内容与现在将发布的内容不一致，请重新获取公告和 PDF 并再次签署",
    )


@dataclass(frozen=True)
class Signed:
    """What an officer hands in: both objects as notes of the agency, and the signed paper."""

    notice_note: bytes
    keyset_note: bytes
    pdf: bytes


def judge_publication(tender: Tender, signed: Signed, *, by: Actor, now: datetime) -> Notice:
    """Let pass what may be published now, and give the notice that it is.

    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: unless the tender is in approval.
    :raises NotReady: with every reason against, each with its rule.
    :raises BadInput: for a note that the agency's standing key did not sign.
    :raises NoticeChanged: when something else was signed than what stands.
    """
    require(by, Permission.PUBLISH_TENDER, of=tender.agency_id)
    require_impartial(by, tender)

    require_state(tender, TenderState.IN_APPROVAL, action=_PUBLISH)
    if found := [*_approval_faults(tender), *faults(tender, acting=by.user_id, now=now)]:
        raise NotReady(faults=found)
    key = agency_key(tender)
    notice = opened(Notice, signed.notice_note, [key], pointer="/notice_note")
    keyset = opened(Keyset, signed.keyset_note, [key], pointer="/keyset_note")
    if notice != notice_to_sign(tender) or keyset != keyset_of(tender):
        raise NoticeChanged
    return notice


@transaction.atomic
def publish(
    *, tender_id: UUID, signed: Signed, paper: Stored, judged: Basis, by: Actor, now: datetime
) -> Tender:
    """Publish a tender whose signed paper was judged, and is in the vault as ``paper``.

    ``judged`` is what the verdict on the paper rests on.

    :raises NotFound: when ``by`` sees no such tender.
    :raises Refusal: as ``judge_publication`` does.
    """
    tender = locked(tender_id, by=by)

    notice = judge_publication(tender, signed, by=by, now=now)

    tender.publish(
        at=now, by=by.user_id, notice=notice.digest(), grace_seconds=pack_of(tender).grace_seconds
    )
    tender.questions_until, tender.answers_until = notice.questions_until, notice.answers_until
    tender.timetable = dated(tender, now)
    tender.notice_pdf_sha256, tender.notice_pdf_version = paper.sha256, paper.version_id
    tender.save()
    keep_version(tender, notice, paper, now)
    keyset = keyset_of(tender).to_json()
    store(keyset, tender=tender.pk, at=now, note=signed.keyset_note)
    store(notice.to_json(), tender=tender.pk, at=now, note=signed.notice_note)
    decided(tender, Verb.KEYSET_FIXED, {"object": notice.keyset}, by, now)
    body: dict[str, JSON] = {"object": tender.notice, "pdf": paper.sha256, **judged.named()}
    decided(tender, Verb.NOTICE_PUBLISHED, body, by, now)
    outbox.announce(Verb.NOTICE_PUBLISHED, tender.pk)
    return tender


def keep_version(tender: Tender, notice: Notice, paper: Stored, now: datetime) -> None:
    """Keep a version of the notice, with its paper, for ever."""
    NoticeVersion.objects.create(
        tender=tender,
        version=notice.version,
        digest=notice.digest(),
        reason=notice.reason or "",
        pdf_sha256=paper.sha256,
        pdf_version=paper.version_id,
        published_at=now,
    )


def decided(tender: Tender, verb: Verb, body: dict[str, JSON], by: Actor, now: datetime) -> None:
    """Write a decision down as the tender's newest."""
    record(verb, tender=tender.pk, by=by, at=now, body=body, kind=Kind.CONTROL)


def _approval_faults(tender: Tender) -> list[Fault]:
    approvals = approvals_of(tender)
    given = {approval.kind for approval in approvals}
    missing = [kind for kind in ApprovalKind if kind not in given]
    found = [Fault("not-approved", _NOT_APPROVED, {"kind": _KINDS[kind]}) for kind in missing]
    if len({approval.by_id for approval in approvals}) < len(approvals):
        found.append(Fault("two-people", _SAME_PERSON))
    if officers_of(tender) & {approval.by_id for approval in approvals}:
        found.append(Fault("own-work", _OWN_WORK))
    return found
