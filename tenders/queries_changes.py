"""Reading changes of published tenders, and the versions of notices and documents."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max

from procurement.actors import Actor
from procurement.models import Event, Kind
from procurement.objects import fetch
from procurement.refusals import NotFound
from procurement.stored import vault
from procurement.vault import DOCUMENTS
from procurement.working_days import Calendar
from tenders.models import Change, ChangeKind, NoticeVersion, Tender, TenderState
from tenders.notice import Notice
from tenders.queries import notice_pdf_name, tender_seen_by
from tenders.rules.differences import Difference, differences
from tenders.verbs import Verb

SETS_THE_DEADLINE = (Verb.NOTICE_PUBLISHED, Verb.DEADLINE_EXTENDED)


def running_tender_seen_by(by: Actor, tender_id: UUID) -> Tender:
    """Find a tender that takes bids.

    :raises NotFound: when ``by`` sees no such tender, or it takes none.
    """
    if (tender := tender_seen_by(by, tender_id)).state != TenderState.PUBLISHED:
        raise NotFound
    return tender


def change_seen_by(by: Actor, change_id: UUID, kind: ChangeKind) -> Change:
    """Find a change of a tender.

    :raises NotFound: when ``by`` sees no such change.
    """
    visible = Change.objects.visible_to(by).select_related("tender__agency", "tender__plan_line")
    if (found := visible.filter(pk=change_id, kind=kind).first()) is None:
        raise NotFound
    return found


def changes_seen_by(by: Actor, tender: UUID, kind: ChangeKind) -> list[Change]:
    """List a tender's changes of a kind, oldest first."""
    found = Change.objects.visible_to(by).filter(tender=tender, kind=kind)
    return list(found.select_related("proposed_by", "decided_by").order_by("proposed_at", "pk"))


def deadline_set_at(tender: UUID) -> datetime | None:
    """Tell when a tender's deadline was last set, by a notice or an extension."""
    decided = Event.objects.filter(tender=tender, kind=Kind.CONTROL, verb__in=SETS_THE_DEADLINE)
    last: datetime | None = decided.aggregate(last=Max("at"))["last"]
    return last


def notice_versions(tender: Tender) -> list[NoticeVersion]:
    """List the versions of a tender's notice, oldest first."""
    return list(NoticeVersion.objects.filter(tender=tender))


def notice_version(tender: Tender, version: int) -> NoticeVersion:
    """Find a version of a tender's notice.

    :raises NotFound: when there is none.
    """
    found = NoticeVersion.objects.filter(tender=tender, version=version).first()
    if found is None:
        raise NotFound
    return found


def notice_at(tender: Tender, version: int) -> Notice:
    """Read a version of a tender's notice.

    :raises NotFound: when there is none.
    """
    return Notice.read(fetch(notice_version(tender, version).digest).body)


def notice_paper(tender: Tender, version: int) -> bytes:
    """Give the signed paper of a version.

    :raises NotFound: when there is none.
    """
    kept = notice_version(tender, version).pdf_version
    return b"".join(vault().get(DOCUMENTS, notice_pdf_name(tender), kept))


def notice_differences(tender: Tender, version: int) -> list[Difference]:
    """Compare a version of a notice with the one before it.

    :raises NotFound: when there is none, or none before it.
    """
    before, after = notice_at(tender, version - 1), notice_at(tender, version)
    return differences(before, after, zone_of(tender))


def zone_of(tender: Tender) -> Calendar:
    """Give the clock of a tender's agency; which days are worked it does not know."""
    return Calendar(tender.agency.time_zone)
