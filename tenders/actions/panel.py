"""What an officer does for the panel: appoint it, and draw up the keyset of everybody's keys.

Both happen while the tender is a draft. Whoever changes a panel whose keyset was drawn up voids
the keyset with every challenge and answer, and makes another revision of the draft.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.objects import store
from procurement.proof.age import encrypt_bytes
from procurement.proof.age_keys import Recipient
from procurement.proof.canonical import JSON
from procurement.refusals import AlreadyDone, BadInput, Refusal
from procurement.roles import Permission, Role
from procurement.texts import Text
from tenders.actions.entry import locked, require_impartial, require_state
from tenders.candidates import body_of, candidates, custodians, operators
from tenders.models import Change, Panel, Seat, Tender, TenderState
from tenders.panel.keyset import Keyset, Rehearsal
from tenders.queries_panel import faults_of_seats, keyset_body, overseers_of, panel_of, seats_of
from tenders.rules.letters_panel import INSTEAD
from tenders.rules.panel import Candidate, Proposal, faults_of_panel
from tenders.verbs import Verb

RANDOM_BYTES = 32  # of a challenge: what cannot be guessed, only decrypted

_APPOINT = Text("appoint a panel", "指定开标小组")
_DRAW_UP = Text("draw up the keyset", "生成密钥集")


class NoPanel(Refusal):
    code, status = "no-panel", 409
    title = Text("No panel is appointed yet", "尚未指定开标小组")


class PanelNotReady(Refusal):
    code, status = "panel-not-ready", 409
    title = Text("The keyset cannot be drawn up yet", "尚不能生成密钥集")


@transaction.atomic
def appoint(
    *,
    tender_id: UUID,
    k: int,
    openers: Sequence[UUID],
    timekeeper: UUID,
    escrow: Sequence[UUID],
    one_spare: bool = False,
    by: Actor,
    now: datetime,
) -> Panel:
    """Appoint k of n openers, a timekeeper and two escrow holders, or others in their place.

    Whoever stays keeps the keys they handed in. ``one_spare`` asks for k = n - 1.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: unless the tender is a draft.
    :raises BadInput: with everything that speaks against this panel.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.APPOINT_PANEL, of=tender.agency_id)
    require_impartial(by, tender)

    require_state(tender, TenderState.DRAFT, action=_APPOINT)
    proposal = sound_proposal(tender, k, openers, timekeeper, escrow, one_spare=one_spare)

    voided, without = _revised(tender), left_out(tender, proposal)
    panel = seat(tender, proposal, by=by, now=now)
    body: dict[str, JSON] = {"revision": tender.revision, "voided": voided}
    body |= appointed(proposal)
    record(Verb.PANEL_APPOINTED, tender=tender.pk, by=by, at=now, body=body)
    outbox.announce(Verb.PANEL_APPOINTED, tender.pk, left_out=without)
    return panel


@transaction.atomic
def draw_up_keyset(*, tender_id: UUID, by: Actor, now: datetime) -> Keyset:
    """Make the keyset of everybody's keys, and a challenge that each holder alone can read.

    Of a challenge the platform keeps the digest and what it sealed, nothing that could answer it.

    :raises NotFound: when ``by`` sees no such tender.
    :raises NotPermitted: unless ``by`` is an officer of the agency.
    :raises ConflictDeclared: when ``by`` declared a conflict of interest.
    :raises WrongState: unless the tender is a draft.
    :raises NoPanel: before one is appointed.
    :raises AlreadyDone: when it is drawn up.
    :raises PanelNotReady: with everything that is missing.
    """
    tender = locked(tender_id, by=by)
    require(by, Permission.APPOINT_PANEL, of=tender.agency_id)
    require_impartial(by, tender)

    require_state(tender, TenderState.DRAFT, action=_DRAW_UP)
    panel = panel_of(tender.pk)
    if panel is None:
        raise NoPanel
    return draw_up(tender, panel, by=by, now=now)


def draw_up(tender: Tender, panel: Panel, *, by: Actor, now: datetime) -> Keyset:
    """Make a panel's keyset and its challenges; whoever calls has judged the rest.

    :raises AlreadyDone: when it is drawn up.
    :raises PanelNotReady: with everything that is missing.
    """
    if panel.keyset:
        raise AlreadyDone
    seats = seats_of(tender.pk, panel.amendment_id)
    if found := faults_of_seats(tender, seats):
        raise PanelNotReady(faults=found)

    keyset = keyset_body(panel, seats)
    panel.keyset = store(keyset.to_json(), tender=tender.pk, at=now)
    panel.drawn_up_at = now
    panel.save()
    for seat in seats:
        challenge = Rehearsal(panel.keyset, seat.holder, secrets.token_bytes(RANDOM_BYTES))
        seat.challenge = challenge.digest()
        recipient = Recipient.decode(seat.recipient)
        seat.sealed_challenge = encrypt_bytes(challenge.canonical(), recipient)
    Seat.everything.bulk_update(seats, ["challenge", "sealed_challenge"])
    challenges: dict[str, JSON] = {seat.holder: seat.challenge for seat in seats}
    body: dict[str, JSON] = {"keyset": panel.keyset, "challenges": challenges}
    record(Verb.KEYSET_DRAWN_UP, tender=tender.pk, by=by, at=now, body=body)
    instead = {"effect": INSTEAD} if panel.amendment_id else {}
    outbox.announce(Verb.KEYSET_DRAWN_UP, tender.pk, **instead)
    return keyset


def appointed(proposal: Proposal) -> dict[str, JSON]:
    """Tell who was appointed, as the journal keeps it."""
    who: dict[str, JSON] = {holder: str(one.user) for holder, one in proposal.seats().items()}
    return {"k": proposal.k, "n": len(proposal.openers), "seats": who}


def sound_proposal(
    tender: Tender,
    k: int,
    openers: Sequence[UUID],
    timekeeper: UUID,
    escrow: Sequence[UUID],
    *,
    one_spare: bool,
) -> Proposal:
    """Look up who is put forward.

    :raises BadInput: with everything that speaks against this panel.
    """
    overseers = overseers_of(tender.agency)
    keeper = candidates([timekeeper], role=Role.TIMEKEEPER, at=overseers, tender=tender)
    proposal = Proposal(
        k=k,
        openers=candidates(openers, role=Role.OPENER, at=[tender.agency], tender=tender),
        timekeeper=keeper[0],
        escrow=candidates(escrow, role=Role.ESCROW_HOLDER, at=custodians(), tender=tender),
        one_spare=one_spare,
    )
    agency = body_of(tender.agency)
    if found := faults_of_panel(proposal, agency=agency, operators=operators()):
        raise BadInput(faults=found)
    return proposal


def _revised(tender: Tender) -> bool:
    """Make another revision of a draft whose keyset was drawn up; tell whether there was one."""
    if not Panel.objects.filter(tender=tender).exclude(keyset="").exists():
        return False
    tender.revision += 1
    tender.save()
    return True


def seat(
    tender: Tender,
    proposal: Proposal,
    *,
    amendment: Change | None = None,
    by: Actor,
    now: datetime,
) -> Panel:
    """Fill the seats anew; whoever stays keeps the keys they handed in for this tender.

    For an amendment the panel in force stays beside it until that is published.
    """
    panel, _ = Panel.everything.update_or_create(
        tender=tender,
        amendment=amendment,
        defaults={
            "k": proposal.k,
            "n": len(proposal.openers),
            "keyset": "",
            "drawn_up_at": None,
            "appointed_by_id": by.user_id,
            "appointed_at": now,
        },
    )
    before = _held(tender, amendment)
    Seat.everything.filter(tender=tender, amendment=amendment).delete()
    Seat.everything.bulk_create(
        _fresh(Seat(tender=tender, amendment=amendment, holder=holder), one, before.get(one.user))
        for holder, one in proposal.seats().items()
    )
    return panel


def left_out(tender: Tender, proposal: Proposal, amendment: Change | None = None) -> str:
    """Name, for the letters, who has a seat in what is appointed anew and would have none."""
    stay = [one.user for one in proposal.seats().values()]
    seats = Seat.everything.filter(tender=tender, amendment=amendment).exclude(user__in=stay)
    if amendment is not None:
        seats = seats.exclude(user__in=Seat.objects.filter(tender=tender).values("user"))
    return " ".join(sorted(str(user) for user in seats.values_list("user", flat=True)))


def _held(tender: Tender, amendment: Change | None) -> dict[UUID, Seat]:
    """Give the seats of those who may stay, what was proposed in place of what is in force."""
    in_force = {seat.user_id: seat for seat in Seat.objects.filter(tender=tender)}
    if amendment is None:
        return in_force
    proposed = Seat.everything.filter(tender=tender, amendment=amendment)
    return in_force | {seat.user_id: seat for seat in proposed if seat.keys_at}


def _fresh(seat: Seat, one: Candidate, old: Seat | None) -> Seat:
    seat.user_id, seat.organisation_id = one.user, one.bodies[0].id
    if old and old.organisation_id == seat.organisation_id:
        seat.recipient, seat.verifier, seat.keys_at = old.recipient, old.verifier, old.keys_at
    return seat
