"""What an amendment brings besides its text: documents, and a panel in the place of another."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor
from procurement.journal.record import record
from procurement.proof.canonical import JSON
from procurement.vault import Stored
from tenders.actions.amending import begun_edit, revise
from tenders.actions.documents import added, told_of
from tenders.actions.panel import NoPanel, appointed, draw_up, left_out, seat, sound_proposal
from tenders.models import Panel, TenderDocument
from tenders.panel.keyset import Keyset
from tenders.queries_panel import panel_of
from tenders.rules.letters_panel import INSTEAD
from tenders.verbs import Verb


@transaction.atomic
def add_document(
    *, amendment_id: UUID, name: str, media_type: str, stored: Stored, by: Actor, now: datetime
) -> TenderDocument:
    """Add a document, or the next version of one; it is seen once the amendment is in force.

    :raises Refusal: as ``begun_edit`` does.
    """
    tender, change = begun_edit(amendment_id, by=by, now=now)

    document, made = added(tender, name, media_type, stored, amendment=change, by=by, now=now)
    if not made:
        return document
    removed = [one for one in change.body.get("remove_documents", ()) if one != name]
    if "remove_documents" in change.body:
        change.body = {**change.body, "remove_documents": removed}
    revise(change)
    change.save()
    body = {**told_of(document), "change": str(change.pk), "revision": change.revision}
    record(Verb.DOCUMENT_ADDED, tender=tender.pk, by=by, at=now, body=body)
    return document


@transaction.atomic
def appoint_instead(
    *,
    amendment_id: UUID,
    k: int,
    openers: Sequence[UUID],
    timekeeper: UUID,
    escrow: Sequence[UUID],
    one_spare: bool = False,
    by: Actor,
    now: datetime,
) -> Panel:
    """Appoint a panel that takes over when the amendment is in force, with a keyset of its own.

    Whoever stays keeps the keys of this tender and rehearses anew; bids are sealed again then.

    :raises BadInput: with everything that speaks against this panel.
    :raises Refusal: as ``begun_edit`` does.
    """
    tender, change = begun_edit(amendment_id, by=by, now=now)

    proposal = sound_proposal(tender, k, openers, timekeeper, escrow, one_spare=one_spare)

    without = left_out(tender, proposal, change)
    panel = seat(tender, proposal, amendment=change, by=by, now=now)
    revise(change)
    change.save()
    body: dict[str, JSON] = {"change": str(change.pk), "revision": change.revision}
    body |= appointed(proposal)
    record(Verb.PANEL_APPOINTED, tender=tender.pk, by=by, at=now, body=body)
    outbox.announce(Verb.PANEL_APPOINTED, tender.pk, effect=INSTEAD, left_out=without)
    return panel


@transaction.atomic
def draw_up_keyset_instead(*, amendment_id: UUID, by: Actor, now: datetime) -> Keyset:
    """Make the keyset of a panel that an amendment proposes, and a challenge for each holder.

    :raises NoPanel: before one is appointed.
    :raises AlreadyDone: when it is drawn up.
    :raises PanelNotReady: with everything that is missing.
    :raises Refusal: as ``begun_edit`` does.
    """
    tender, change = begun_edit(amendment_id, by=by, now=now)

    panel = panel_of(tender.pk, change.pk)
    if panel is None:
        raise NoPanel

    keyset = draw_up(tender, panel, by=by, now=now)
    revise(change)
    change.save()
    return keyset
