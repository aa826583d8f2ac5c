"""Reads that are written down: who looks at what, and when."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from oversight.queries import Entry, timeline
from oversight.queries_supervision import Overview, attempts, overview
from oversight.verbs import Verb
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.refusals import BadInput, NotPermitted, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from tenders.models import Question
from tenders.queries import tender_seen_by
from tenders.queries_questions import askers
from tenders.rules import remark

_SAY_WHY = Text("Say why you ask for it", "请说明查阅理由")


class HiddenUntilTheEnd(Refusal):
    code, status = "hidden-until-the-end", 409
    title = Text(
        "Nobody learns who asked before the tender has ended", "招标结束前任何人不得获知提问人"
    )


@transaction.atomic
def read_timeline(*, tender_id: UUID, by: Actor, now: datetime) -> list[Entry]:
    """Give a supervisor the timeline of a tender, and write down that it was read.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` oversees the agency.
    """
    tender = tender_seen_by(by, tender_id)
    require(by, Permission.READ_TIMELINE, of=tender.agency_id)

    entries = timeline(tender.pk)

    record(Verb.TIMELINE_READ, tender=tender.pk, by=by, at=now, body={})
    return entries


@transaction.atomic
def read_supervision(*, by: Actor, now: datetime) -> Overview:
    """Give a supervisor what goes on in its jurisdiction, and write down that it was read.

    :raises NotPermitted: unless ``by`` is a supervisor.
    """
    if not by.has(Permission.READ_SUPERVISION, of=None):
        raise NotPermitted(permission=Permission.READ_SUPERVISION.value)

    found = overview(by.jurisdiction, now)

    record(Verb.SUPERVISION_READ, tender=None, by=by, at=now, body={})
    return found


@transaction.atomic
def read_attempts(*, tender_id: UUID, by: Actor, now: datetime) -> list[Entry]:
    """Give a supervisor what was refused about a tender, and write down that it was read.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` oversees the agency.
    """
    tender = tender_seen_by(by, tender_id)
    require(by, Permission.READ_ATTEMPTS, of=tender.agency_id)

    found = attempts(tender.pk)

    record(Verb.ATTEMPTS_READ, tender=tender.pk, by=by, at=now, body={})
    return found


@transaction.atomic
def read_askers(*, tender_id: UUID, reason: str, by: Actor, now: datetime) -> list[Question]:
    """Give a supervisor who asked what, after the end, and write down that it was read, and why.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` oversees the agency.
    :raises HiddenUntilTheEnd: before the tender has ended.
    :raises BadInput: without a reason.
    """
    tender = tender_seen_by(by, tender_id)
    require(by, Permission.READ_ASKERS, of=tender.agency_id)

    if tender.ended_at is None:
        raise HiddenUntilTheEnd
    if found := list(remark.faults(reason, pointer="/reason", needed=_SAY_WHY)):
        raise BadInput(faults=found)

    record(Verb.ASKERS_READ, tender=tender.pk, by=by, at=now, body={"reason": reason})
    return askers(tender)
