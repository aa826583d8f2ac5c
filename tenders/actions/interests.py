"""Declaring one's interests in a tender: everybody who acts on it does, before it is approved."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.refusals import AlreadyDone, BadInput, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions.entry import locked, require_state
from tenders.models import BEFORE_PUBLICATION, Interests, TenderState
from tenders.rules import remark
from tenders.verbs import Verb

_DECLARE = Text("declare interests", "申报利益关系")
_SAY_WHICH = Text("Say which interest it is", "请说明是何种利益关系")


class ConflictStands(Refusal):
    code, status = "conflict-stands", 409
    title = Text(
        "A conflict of interest that was declared is not taken back",
        "已申报的利益冲突不得撤回",
    )


@transaction.atomic
def declare(
    *, tender_id: UUID, conflict: bool, statement: str, by: Actor, now: datetime
) -> Interests:
    """Declare that one has no interest in a tender, or which. It can be found out later, too.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` has a part in the agency's tenders.
    :raises WrongState: when the tender has ended.
    :raises BadInput: for a conflict that is not named.
    :raises AlreadyDone: when it was declared.
    :raises ConflictStands: to a conflict that was declared before.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.DECLARE_INTERESTS, of=tender.agency_id)

    running = (*BEFORE_PUBLICATION, TenderState.PUBLISHED, TenderState.CLOSED)
    require_state(tender, *running, action=_DECLARE)
    needed = _SAY_WHICH if conflict else None
    if found := list(remark.faults(statement, pointer="/statement", needed=needed)):
        raise BadInput(faults=found)
    before = Interests.objects.filter(tender=tender, user=by.user_id).first()
    if before and before.conflict == conflict:
        raise AlreadyDone
    if before and before.conflict:
        raise ConflictStands

    interests, _ = Interests.objects.update_or_create(
        tender=tender,
        user_id=by.user_id,
        defaults={"conflict": conflict, "statement": statement, "declared_at": now},
    )
    body = {"conflict": conflict}
    record(Verb.INTERESTS_DECLARED, tender=tender.pk, by=by, at=now, body={**body})
    return interests
