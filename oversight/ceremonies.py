"""Downloading a bundle: judged, written down, and only then collected, outside any transaction."""

import tempfile
from contextlib import ExitStack
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from bidding.models import Opening, OpeningState
from oversight.bundles import Evidence, evidence_of, write_evidence
from oversight.verbs import Verb
from oversight.verify.sealed_papers import PAPERS_SEALED
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.models import Event, Kind
from procurement.proof.canonical import JSON
from procurement.refusals import BadInput, Refusal
from procurement.roles import Permission
from procurement.texts import Text
from tenders.models import Tender
from tenders.queries import tender_seen_by
from tenders.rules import remark


class NoEvidenceYet(Refusal):
    code, status = "no-evidence-yet", 409
    title = Text(
        "There is a bundle once the minutes are signed, or the tender was published and has ended",
        "开标记录签署后，或已发布的招标结束后，方可取得证据包",
    )


class NotInTheLogYet(Refusal):
    code, status = "not-in-the-log-yet", 503
    title = Text(
        "The newest decision or paper is not in the log yet; ask again in a moment",
        "最新决定或文件尚未写入日志，请稍后再试",
    )


def download(*, tender_id: UUID, by: Actor, now: datetime, reason: str = "") -> BinaryIO:
    """Write a tender's bundle to a temporary file, for a supervisor.

    The download is journalled, and why, where a reason is given.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` oversees the agency.
    :raises NoEvidenceYet: before the minutes are signed or the tender has ended.
    :raises BadInput: for a reason that cannot be written down.
    :raises NotInTheLogYet: until a checkpoint holds the newest decision and the newest paper.
    :raises VaultUnavailable: when the vault is away.
    """
    evidence = _released(tender_id=tender_id, reason=reason, by=by, now=now)
    with ExitStack() as unless_written:
        file = unless_written.enter_context(tempfile.TemporaryFile(prefix="daylight-bundle-"))
        write_evidence(file, evidence, now=now)
        file.seek(0)
        unless_written.pop_all()
    return file


@transaction.atomic
def _released(*, tender_id: UUID, reason: str, by: Actor, now: datetime) -> Evidence:
    tender = tender_seen_by(by, tender_id)
    require(by, Permission.DOWNLOAD_BUNDLE, of=tender.agency_id)

    _require_ready(tender)
    if found := list(remark.faults(reason, pointer="/reason")):
        raise BadInput(faults=found)
    evidence = evidence_of(tender)

    body: dict[str, JSON] = {"checkpoint": evidence.size, **({"reason": reason} if reason else {})}
    record(Verb.BUNDLE_DOWNLOADED, tender=tender.pk, by=by, at=now, body=body)
    return evidence


def _require_ready(tender: Tender) -> None:
    minuted = Opening.objects.filter(tender=tender, state=OpeningState.MINUTED).exists()
    if tender.published_at is None or not (minuted or tender.ended_at):
        raise NoEvidenceYet
    waiting = Event.objects.filter(tender=tender.pk, leaf_index=None)
    if waiting.filter(Q(kind=Kind.CONTROL) | Q(verb=PAPERS_SEALED)).exists():
        raise NotInTheLogYet(retry_after=settings.TICK_SECONDS + 1)
