"""Escrow holders that live in this process, for try-out and tests: nobody else is there to be one.

In production an escrow key is made and kept at a custodian, on paper or on a token; a platform
that holds both would hold a way round the timekeeper.
"""

import logging
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from procurement.actors import Actor
from procurement.keys import write_once
from procurement.refusals import Refusal
from tenders.actions.holders import answer, hand_in_keys
from tenders.models import BEFORE_PUBLICATION, Seat, TenderState
from tenders.models.changes import OPEN
from tenders.panel.holders import HolderKey
from tenders.queries_panel import drawn_up_keyset, own_challenge
from tenders.queries_rehearsals import last_repeats

HOLDERS = ("escrow-a", "escrow-b")

_log = logging.getLogger(__name__)


def due(*, now: datetime) -> None:
    """Hand in keys and answer rehearsals for escrow holders who have not yet."""
    if not settings.ESCROW_IN_PROCESS:
        return
    proposed = Q(tender__state=TenderState.PUBLISHED, amendment__state__in=OPEN)
    unanswered = Q(tender__state__in=BEFORE_PUBLICATION) | proposed
    waiting = Seat.everything.filter(
        Q(keys_at=None) & (Q(tender__state=TenderState.DRAFT) | proposed)
        | Q(answered_at=None) & unanswered & ~Q(challenge="")
        | Q(pk__in=_to_repeat()),
        holder__in=HOLDERS,
    )
    for seat in waiting.select_related("user"):
        act = _hand_in if seat.keys_at is None else _answer
        try:
            act(seat, Actor.of(seat.user, now), now)
        except (Refusal, ValueError):  # one that cannot does not keep the others waiting
            _log.warning("%s of %s did nothing", seat.holder, seat.tender_id, exc_info=True)


def _to_repeat() -> list[UUID]:
    """Find the seats in force whose holder was asked to rehearse again and has not answered.

    Where an amendment proposes another panel its holders act for that one first.
    """
    proposed = Seat.everything.filter(amendment__state__in=OPEN).values("tender")
    asked = Seat.objects.filter(
        holder__in=HOLDERS, tender__state=TenderState.PUBLISHED, repeats__isnull=False
    ).exclude(tender__in=proposed)
    return [seat for seat, one in last_repeats(asked).items() if one.answered_at is None]


def key_of(seat: Seat) -> HolderKey:
    """Give the keys that an escrow holder has for a tender, made at first use."""
    path = Path(settings.KEYS_DIR) / "escrow" / str(seat.tender_id) / f"{seat.user_id}.json"
    if not path.exists():
        name = f"{settings.LOG_ORIGIN}/escrow/{seat.pk}"
        key = HolderKey.generate("escrow", name, str(seat.tender_id))
        write_once(path, key.canonical().decode())
    return HolderKey.read(path.read_bytes().strip())


def _hand_in(seat: Seat, by: Actor, now: datetime) -> None:
    key = key_of(seat)
    hand_in_keys(
        tender_id=seat.tender_id,
        recipient=key.age_identity().recipient.encode(),
        verifier=key.note_signer().verifier,
        by=by,
        now=now,
    )


def _answer(seat: Seat, by: Actor, now: datetime) -> None:
    key, sealed = key_of(seat), own_challenge(by, seat.tender_id)
    said = key.rehearse(sealed, drawn_up_keyset(seat.tender_id, seat.amendment_id), seat.holder)
    note = said.sign(key.note_signer()).decode()
    answer(tender_id=seat.tender_id, note=note, by=by, now=now)
