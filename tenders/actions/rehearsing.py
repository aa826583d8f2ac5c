"""The clock asks a panel to rehearse again before the deadline; it answers as it did at first.

The keys are the same and the challenge is another, so that whoever answers has them at hand now.
"""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import system_actor
from procurement.journal.record import record
from procurement.proof.age import encrypt_bytes
from procurement.proof.age_keys import Recipient
from procurement.proof.canonical import JSON
from tenders.actions.entry import locked
from tenders.actions.panel import RANDOM_BYTES
from tenders.models import Panel, RepeatedRehearsal, Seat, Tender
from tenders.panel.keyset import Rehearsal
from tenders.queries_panel import pending_panel, seats_of
from tenders.queries_rehearsals import is_to_be_asked
from tenders.verbs import Verb


@transaction.atomic
def ask_again(tender_id: UUID, *, now: datetime) -> list[RepeatedRehearsal]:
    """Ask every holder of the keyset in force to rehearse again; none where that is not due.

    A panel that an open amendment replaces is not asked: the next one has just rehearsed, and its
    notice moves the deadline. Where the amendment is given up, it is asked then.

    :raises NotFound: when there is no such tender.
    """
    tender = locked(tender_id, by=system_actor())

    if pending_panel(tender.pk) is not None or not is_to_be_asked(tender, now):
        return []

    panel = Panel.objects.get(tender=tender)
    asked = [_asked(tender, panel, seat, now) for seat in seats_of(tender.pk)]
    RepeatedRehearsal.objects.bulk_create(asked)
    challenges: dict[str, JSON] = {one.seat.holder: one.challenge for one in asked}
    body: dict[str, JSON] = {"keyset": panel.keyset, "challenges": challenges}
    record(Verb.REHEARSE_AGAIN, tender=tender.pk, by=system_actor(), at=now, body=body)
    outbox.announce(Verb.REHEARSE_AGAIN, tender.pk)
    return asked


def _asked(tender: Tender, panel: Panel, seat: Seat, now: datetime) -> RepeatedRehearsal:
    challenge = Rehearsal(panel.keyset, seat.holder, secrets.token_bytes(RANDOM_BYTES))
    recipient = Recipient.decode(seat.recipient)
    return RepeatedRehearsal(
        seat=seat,
        closes_at=tender.closes_at,
        asked_at=now,
        challenge=challenge.digest(),
        sealed_challenge=encrypt_bytes(challenge.canonical(), recipient),
    )
