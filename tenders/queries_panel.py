"""Reading panels: how far one is, who sees it, and what still keeps its tender back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from procurement.actors import Actor
from procurement.anchors import FIRST_SERIES
from procurement.models import Jurisdiction, Membership, NoteKey, Organisation
from procurement.objects import fetch
from procurement.refusals import Fact, Fault, NotFound
from procurement.roles import Role
from procurement.texts import Text
from tenders.models import Interests, Panel, Seat, Tender, TenderState
from tenders.models.changes import OPEN
from tenders.panel.keyset import MOST_OPENERS, KeyPair, Keyset, Opener
from tenders.queries_rehearsals import has_repeated, last_repeat, last_repeats

ROLES = {"opener": Role.OPENER, "timekeeper": Role.TIMEKEEPER, "escrow": Role.ESCROW_HOLDER}

_NO_PANEL = Text("No panel is appointed", "尚未指定开标小组")
_NO_KEYS = Text("{name} ({holder}) has not handed in keys", "{name}（{holder}）尚未提交公钥")
_NOT_DRAWN_UP = Text("The keyset is not drawn up", "尚未生成密钥集")
_NOT_REHEARSED = Text(
    "{name} ({holder}) has not answered the rehearsal", "{name}（{holder}）尚未应答演练"
)
_CONFLICT = Text(
    "{name} ({holder}) has declared a conflict of interest", "{name}（{holder}）已申报利益冲突"
)
_KEY_RETIRED = Text(
    "The key of {name} ({holder}) is not its body's timekeeper key any more",
    "{name}（{holder}）的密钥已不再是所属机构的计时方密钥",
)
_ROLE_ENDED = Text(
    "{name} ({holder}) does not hold the role any more", "{name}（{holder}）已不再担任该角色"
)


@dataclass(frozen=True)
class Place:
    """A seat as it is shown: whose it is, and how far they are. No key, no answer."""

    holder: str
    user: UUID
    name: str
    organisation: UUID
    keys: bool
    answered: bool
    repeated: bool | None  # before the deadline; None: nobody was asked to


@dataclass(frozen=True)
class OwnPlace:
    """A holder's own seat: what has been done, and what can be done next."""

    holder: str
    keys: bool
    recipient: str | None  # of the keys that were handed in
    challenge: bool
    answered: bool
    repeated: bool | None
    interests_declared: bool | None  # None: a machine, which has none to declare


def seats_of(tender: UUID, amendment: UUID | None = None) -> list[Seat]:
    """Give a tender's seats with their holders, openers first and in order.

    Those in force, or those that an amendment proposes.
    """
    rows = Seat.everything.filter(amendment=amendment) if amendment else Seat.objects.all()
    seats = rows.filter(tender=tender).select_related("user")
    machines = ("timekeeper", "escrow-a", "escrow-b")
    return sorted(
        seats, key=lambda seat: seat.idx or MOST_OPENERS + 1 + machines.index(seat.holder)
    )


def panel_of(tender: UUID, amendment: UUID | None = None) -> Panel | None:
    """Give a tender's panel in force, or the one that an amendment proposes."""
    rows = Panel.everything.filter(amendment=amendment) if amendment else Panel.objects.all()
    return rows.filter(tender=tender).first()


def pending_panel(tender: UUID) -> Panel | None:
    """Give the panel that an open amendment of a published tender proposes."""
    open_ones = Panel.everything.filter(amendment__state__in=OPEN)
    return open_ones.filter(tender=tender, tender__state=TenderState.PUBLISHED).first()


def own_seat(by: Actor, tender: UUID) -> Seat | None:
    """Give the seat from which a holder acts: in a proposed panel, else in the one in force."""
    pending = pending_panel(tender)
    if pending is not None:
        proposed = Seat.everything.filter(amendment=pending.amendment_id, user=by.user_id)
        if seat := proposed.first():
            return seat
    return Seat.objects.filter(tender=tender, user=by.user_id).first()


def seen_panel(by: Actor, tender_id: UUID) -> Panel:
    """Find a tender's panel for those concerned: the agency, its supervisor and the panel.

    Whoever has a seat in one that is proposed sees that one.

    :raises NotFound: for anybody else, and before one is appointed.
    """
    tender = Tender.objects.visible_to(by).filter(pk=tender_id).first()
    if tender is None:
        raise NotFound
    seat = own_seat(by, tender_id)
    panel = panel_of(tender_id, seat.amendment_id if seat and not is_in_force(seat) else None)
    concerned = tender.agency_id in by.organisations() | by.jurisdiction
    if panel is None or not (concerned or seat):
        raise NotFound
    return panel


def is_in_force(row: Seat | Panel) -> bool:
    """Tell whether a seat or panel is in force, not proposed or replaced."""
    return type(row).objects.filter(pk=row.pk).exists()


def places(panel: Panel) -> list[Place]:
    """Show every seat."""
    seats = seats_beside(panel)
    repeats = last_repeats(seats)
    return [
        Place(
            holder=seat.holder,
            user=seat.user_id,
            name=seat.user.name,
            organisation=seat.organisation_id,
            keys=seat.keys_at is not None,
            answered=seat.answered_at is not None,
            repeated=has_repeated(repeats.get(seat.pk)),
        )
        for seat in seats
    ]


def seats_beside(row: Seat | Panel) -> list[Seat]:
    """Give all seats of a panel, or of the panel that a seat belongs to."""
    return seats_of(row.tender_id, None if is_in_force(row) else row.amendment_id)


def own_place(by: Actor, tender: UUID) -> OwnPlace | None:
    """Show a holder their own seat."""
    seat = own_seat(by, tender)
    if seat is None:
        return None
    declared = Interests.objects.filter(tender=tender, user=by.user_id).exists()
    return OwnPlace(
        holder=seat.holder,
        keys=seat.keys_at is not None,
        recipient=seat.recipient or None,
        challenge=seat.sealed_challenge is not None,
        answered=seat.answered_at is not None,
        repeated=has_repeated(last_repeat(seat)),
        interests_declared=declared if seat.is_opener else None,
    )


def own_challenge(by: Actor, tender: UUID) -> bytes:
    """Give a holder the age file of their own rehearsal, the repeated one where there is one.

    :raises NotFound: without a seat, and before the keyset is drawn up.
    """
    seat = own_seat(by, tender)
    if seat is None or seat.sealed_challenge is None:
        raise NotFound
    repeat = last_repeat(seat)
    return repeat.sealed_challenge if repeat else seat.sealed_challenge


def drawn_up_keyset(tender: UUID, amendment: UUID | None = None) -> Keyset:
    """Give the keyset that the panel's keys make, signed or not.

    :raises NotFound: before it is drawn up.
    """
    panel = panel_of(tender, amendment)
    if panel is None:
        raise NotFound
    return keyset_drawn_up_by(panel)


def keyset_drawn_up_by(panel: Panel) -> Keyset:
    """Give the keyset of one panel.

    :raises NotFound: before it is drawn up.
    """
    if not panel.keyset:
        raise NotFound
    return Keyset.read(fetch(panel.keyset).body)


def keyset_body(panel: Panel, seats: Sequence[Seat]) -> Keyset:
    """Write the keyset that these seats make; every one has keys.

    :raises Malformed: when they do not go together.
    """
    pairs = {seat.holder: KeyPair(seat.recipient, seat.verifier) for seat in seats}
    openers = tuple(
        Opener(seat.idx, str(seat.user_id), seat.recipient, seat.verifier)
        for seat in seats
        if seat.idx is not None
    )
    keyset = Keyset(
        tender=str(panel.tender_id),
        suite="age-v1-x25519",
        k=panel.k,
        n=panel.n,
        openers=openers,
        timekeeper=pairs["timekeeper"],
        escrow=(pairs["escrow-a"], pairs["escrow-b"]),
        log_origin=settings.LOG_ORIGIN,
        witness_policy_series=FIRST_SERIES,
    )
    return Keyset.of(keyset.to_json())


def panel_faults(tender: Tender, amendment: UUID | None = None) -> list[Fault]:
    """List what keeps the panel from opening: all of it must be gone before an approval."""
    panel = panel_of(tender.pk, amendment)
    if panel is None:
        return [Fault("no-panel", _NO_PANEL)]
    seats = seats_of(tender.pk, amendment)
    found = faults_of_seats(tender, seats)
    if not panel.keyset:
        return [*found, Fault("keyset-not-drawn-up", _NOT_DRAWN_UP)]
    unproved = [seat for seat in seats if seat.answered_at is None]
    return [*found, *_each("not-rehearsed", _NOT_REHEARSED, unproved)]


def faults_of_seats(tender: Tender, seats: Sequence[Seat]) -> list[Fault]:
    """List what keeps a keyset from being drawn up of these seats."""
    conflicted = conflicted_in(tender.pk)
    held = _held_roles(seats)
    return [
        *_each("keys-missing", _NO_KEYS, [seat for seat in seats if seat.keys_at is None]),
        *_each(
            "conflict-declared", _CONFLICT, [seat for seat in seats if seat.user_id in conflicted]
        ),
        *_each(
            "role-ended",
            _ROLE_ENDED,
            [s for s in seats if (s.user_id, s.organisation_id, _role_of(s)) not in held],
        ),
        *_each(
            "key-retired",
            _KEY_RETIRED,
            [s for s in seats if s.holder == "timekeeper" and s.keys_at and not is_enrolled(s)],
        ),
    ]


def conflicted_in(tender: UUID) -> set[UUID]:
    """Name those who declared a conflict of interest."""
    declared = Interests.objects.filter(tender=tender, conflict=True)
    return set(declared.values_list("user_id", flat=True))


def overseers_of(agency: Organisation) -> list[Organisation]:
    """Give the supervisors of an agency, and of those above it."""
    over = Jurisdiction.objects.filter(agency__in=line_of(agency)).select_related("supervisor")
    return list({one.supervisor_id: one.supervisor for one in over}.values())


def line_of(organisation: Organisation) -> list[Organisation]:
    """Give an organisation and all above it, nearest first."""
    line = [organisation]
    while parent := line[-1].parent:
        line.append(parent)
    return line


def is_enrolled(timekeeper: Seat) -> bool:
    """Tell whether a timekeeper's key is the one that its body has enrolled for it."""
    return NoteKey.objects.filter(
        vkey=timekeeper.verifier,
        organisation=timekeeper.organisation_id,
        purpose=NoteKey.TIMEKEEPER,
        retired_at=None,
    ).exists()


def _held_roles(seats: Sequence[Seat]) -> set[tuple[UUID, UUID, Role]]:
    held = Membership.objects.filter(
        user__in=[seat.user_id for seat in seats], until=None, user__is_active=True
    ).values_list("user_id", "organisation_id", "role")
    return {(user, organisation, Role(role)) for user, organisation, role in held}


def _role_of(seat: Seat) -> Role:
    return ROLES[seat.holder.split("-")[0]]


def _each(code: str, text: Text, seats: Iterable[Seat]) -> list[Fault]:
    return [Fault(code, text, _named(seat)) for seat in seats]


def _named(seat: Seat) -> dict[str, Fact]:
    return {"holder": seat.holder, "name": seat.user.name}
