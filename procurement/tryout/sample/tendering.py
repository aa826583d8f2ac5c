"""An agency at work in the sample world: from the plan line to the notice, by the real actions."""

from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

from django.conf import settings

from procurement.incoming import Incoming
from procurement.keys import write_once
from procurement.texts import Text
from procurement.tryout.sample.names import Thing, marked
from procurement.tryout.sample.world import OPENERS, Body, World
from procurement.tryout.story.tender import FORM
from tenders.actions.approvals import judge, submit_for_approval
from tenders.actions.drafting import draft
from tenders.actions.holders import answer, hand_in_keys
from tenders.actions.interests import declare
from tenders.actions.panel import appoint, draw_up_keyset
from tenders.actions.plan import add_plan_line
from tenders.actions.publishing import Signed
from tenders.ceremonies.documents import add_document
from tenders.ceremonies.publication import publish_notice
from tenders.drafting import notice_to_sign, shown_pdf
from tenders.escrow import due as escrow_due
from tenders.models import ApprovalKind, Seat, Tender
from tenders.panel.holders import HolderKey
from tenders.queries import keyset_of
from tenders.queries_panel import own_challenge
from tenders.rules.draft import Draft, ItemDraft, LotDraft

VALIDITY_DAYS = 90
PRESENT = 2  # openers who open together
SPECIFICATION = (
    "{en}\n\nThis tender is part of a sample world. Nobody buys anything here.\n\n"
    "{zh}\n\n本招标属于示例，并无真实采购。\n"
)


@dataclass(frozen=True)
class Wanted:
    """What an agency asks for, under which rules, and until when."""

    agency: Body
    thing: Thing
    pack: str
    closes_at: datetime
    prefix: str = ""  # "Try" or "Watch", of those that a visitor is meant to find


_PREFIX = {"Try": Text("Try to bid: ", "试投标："), "Watch": Text("Watch it open: ", "观看开标：")}


def drafted(world: World, wanted: Wanted) -> Tender:
    """Plan a purchase and draft its tender, with a specification."""
    officer = world.by(wanted.agency.people["officer"])
    thing = wanted.thing
    title = _title(wanted)
    line = add_plan_line(
        agency_id=wanted.agency.organisation.pk,
        title=title,
        amount=f"{int(thing.quantity) * thing.price * 13 // 10}.00",
        currency="CNY",
        by=officer,
        now=world.now,
    )
    tender = draft(
        plan_line_id=line.pk, pack=wanted.pack, draft=_draft(wanted), by=officer, now=world.now
    )
    said = SPECIFICATION.format(en=title.en, zh=title.zh).encode()
    add_document(
        tender_id=tender.pk,
        name="specification.txt",
        media_type="text/plain",
        body=Incoming(BytesIO(said), len(said)),
        by=officer,
        now=world.now,
    )
    _declare(world, tender.pk, wanted.agency, "officer", *OPENERS)
    return tender


def with_panel(world: World, tender: UUID, agency: Body) -> None:
    """Seat a panel: keys of everybody, the keyset, and the rehearsal."""
    officer = world.by(agency.people["officer"])
    appoint(
        tender_id=tender,
        k=PRESENT,
        openers=[agency.people[name].pk for name in OPENERS],
        timekeeper=world.timekeeper.pk,
        escrow=[user.pk for user in world.escrow],
        by=officer,
        now=world.now,
    )
    ours = list(Seat.objects.filter(tender=tender).exclude(holder__startswith="escrow"))
    for seat in ours:
        key = made_key(world, seat)
        public = key.public()
        hand_in_keys(
            tender_id=tender,
            recipient=str(public.recipient),
            verifier=public.verifier,
            by=world.by(seat.user),
            now=world.now,
        )
    escrow_due(now=world.now)
    draw_up_keyset(tender_id=tender, by=officer, now=world.now)
    keyset = keyset_of(Tender.objects.get(pk=tender))
    for seat in ours:
        key, by = kept_key(world.home, tender, seat.holder), world.by(seat.user)
        said = key.rehearse(own_challenge(by, tender), keyset, seat.holder)
        note = said.sign(key.note_signer()).decode()
        answer(tender_id=tender, note=note, by=by, now=world.now)
    escrow_due(now=world.now)


def submitted(world: World, tender: UUID, agency: Body) -> None:
    """Submit a draft for approval."""
    submit_for_approval(tender_id=tender, by=world.by(agency.people["officer"]), now=world.now)


def approved(world: World, tender: UUID, agency: Body, *kinds: ApprovalKind) -> None:
    """Let people approve: both, unless some are named."""
    for kind in kinds or tuple(ApprovalKind):
        by = world.by(agency.people[kind.value])
        judge(tender_id=tender, kind=kind, approved=True, comment="", by=by, now=world.now)


def published(world: World, tender: UUID, agency: Body) -> Tender:
    """Sign notice, keyset and paper, and publish."""
    assert agency.key and agency.credential
    officer = world.by(agency.people["officer"])
    row = Tender.objects.select_related("agency", "plan_line").get(pk=tender)
    signed = Signed(
        notice_note=notice_to_sign(row).sign(agency.key),
        keyset_note=keyset_of(row).sign(agency.key),
        pdf=world.sign(shown_pdf(row, by=officer), agency.credential),
    )
    return publish_notice(tender_id=tender, signed=signed, by=officer, now=world.now)


def made_key(world: World, seat: Seat) -> HolderKey:
    """Make a holder's keys for one tender, and leave them where the keeper finds them."""
    role = seat.holder.split("-")[0]
    name = f"{settings.LOG_ORIGIN}/{role}/{seat.pk}"
    key = HolderKey.generate(role, name, str(seat.tender_id))  # type: ignore[arg-type]
    if seat.holder == "timekeeper":
        standing = world.timekeeper_key
        key = replace(key, name=standing.name, signer=standing.encode())
    write_once(_key_path(world.home, seat.tender_id, seat.holder), key.canonical().decode())
    return key


def kept_key(home: Path, tender: UUID, holder: str) -> HolderKey:
    """Read a holder's keys for one tender."""
    return HolderKey.read(_key_path(home, tender, holder).read_bytes().strip())


def _key_path(home: Path, tender: UUID, holder: str) -> Path:
    return home / "sample" / "keys" / str(tender) / f"{holder}.json"


def _declare(world: World, tender: UUID, agency: Body, *who: str) -> None:
    for name in who:
        by = world.by(agency.people[name])
        declare(tender_id=tender, conflict=False, statement="", by=by, now=world.now)


def _title(wanted: Wanted) -> Text:
    english, chinese = wanted.thing.text
    if before := _PREFIX.get(wanted.prefix):
        return marked(Text(before.en + english, f"{before.zh}{chinese}采购"))
    return marked(Text(english[0].upper() + english[1:], f"{chinese}采购"))


def _draft(wanted: Wanted) -> Draft:
    thing, title = wanted.thing, _title(wanted)
    item = ItemDraft(thing.key, thing.text.en, thing.quantity, thing.unit, "CPV", thing.cpv)
    asked = Text(
        f"{thing.quantity} × {thing.text.en}, delivered to {wanted.agency.name.en}.",
        f"{thing.text.zh} {thing.quantity} 件，交付{wanted.agency.name.zh}。",
    )
    return Draft(
        procedure="open",
        title=title,
        description=asked,
        currency="CNY",
        validity_days=VALIDITY_DAYS,
        closes_at=wanted.closes_at,
        opens_at=wanted.closes_at,
        lots=(LotDraft("lot-1", title, "price", (item,)),),
        questions=tuple(FORM["questions"]),
        required_documents=(),
    )
