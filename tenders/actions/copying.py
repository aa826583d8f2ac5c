"""Beginning a tender from an earlier one: its text and its documents, with new times."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement.actors import Actor
from tenders.actions.drafting import draft
from tenders.drafting import draft_of
from tenders.models import Tender, TenderDocument
from tenders.queries import documents_of, tender_seen_by


@transaction.atomic
def copy(
    *,
    tender_id: UUID,
    plan_line_id: UUID,
    closes_at: datetime,
    opens_at: datetime | None = None,
    by: Actor,
    now: datetime,
) -> Tender:
    """Draft a tender for a planned purchase as an earlier one was, in force or still a draft.

    The rule pack is that of the earlier one in its newest edition. Panel, approvals, reductions
    of the period and everything that was decided stay behind.

    :raises NotFound: when ``by`` sees no such tender, or no such plan line.
    :raises Refusal: as ``drafting.draft`` does.
    """
    earlier = tender_seen_by(by, tender_id)

    again = replace(
        draft_of(earlier),
        closes_at=closes_at,
        opens_at=opens_at or closes_at,
        reductions=(),
        justification="",
    )
    made = draft(plan_line_id=plan_line_id, pack=earlier.pack_name, draft=again, by=by, now=now)

    TenderDocument.objects.bulk_create(
        TenderDocument(
            tender=made,
            name=one.name,
            version=1,
            media_type=one.media_type,
            length=one.length,
            sha256=one.sha256,
            object_name=one.object_name,  # the same bytes in the vault
            object_version=one.object_version,
            added_by_id=by.user_id,
            added_at=now,
        )
        for one in documents_of(earlier)
    )
    return made
