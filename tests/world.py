"""A small world in which tenders happen: bodies, people, machines and keys, by the real actions.

    def test_…(world: World):
        tender = published_tender(world)                  # or draft_tender, tender_in_approval
        orders.make(tender_id=tender.pk, …, by=world.by("overseer"), now=world.now)

Whoever needs committed rows makes it in a fresh database::

    @pytest.mark.usefixtures("fresh_database")
    def test_…(trust: Trust):
        world = World.at_first(trust)

What many tests begin with is made once and put back (``tests.kept``).
"""

import itertools
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from procurement import clock
from procurement.actions.accounts import (
    create_machine,
    create_organisation,
    create_user,
    give_jurisdiction,
    grant_role,
)
from procurement.actions.enrolment import enrol_note_key
from procurement.actors import Actor, system_actor
from procurement.incoming import Incoming
from procurement.journal.record import control_head
from procurement.models import NoteKey, Organisation, User
from procurement.proof.basis import Basis
from procurement.proof.notes import Signer
from procurement.roles import OrganisationKind, Role
from procurement.texts import Text
from signatures.training import Credential
from tenders.actions.approvals import judge, submit_for_approval
from tenders.actions.closing import close
from tenders.actions.drafting import draft
from tenders.actions.holders import answer, hand_in_keys
from tenders.actions.interests import declare
from tenders.actions.panel import appoint, draw_up_keyset
from tenders.actions.plan import add_plan_line
from tenders.actions.publishing import Signed
from tenders.ceremonies.documents import add_document
from tenders.ceremonies.publication import publish_notice
from tenders.drafting import notice_to_sign, shown_pdf
from tenders.escrow import HOLDERS as ESCROW_HOLDERS
from tenders.escrow import key_of as escrow_key
from tenders.models import ApprovalKind, PlanLine, Seat, Tender
from tenders.notice import Order
from tenders.packs import TRAINING
from tenders.panel.holders import HolderKey
from tenders.queries import keyset_of
from tenders.queries_panel import own_challenge
from tenders.rules.draft import Draft, ItemDraft, LotDraft
from tests import kept
from tests.signing import Trust

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPENERS = ("opener-1", "opener-2", "opener-3", "opener-4")
HOLDERS = (*OPENERS, "timekeeper", "escrow-a", "escrow-b")
SUPPLIERS = ("Lotus Works", "Crane Trading", "Bamboo Supply")
_serial = itertools.count(1)

AT_THE_AGENCY = {
    "officer": Role.OFFICER,
    "second officer": Role.OFFICER,
    "legal": Role.LEGAL_APPROVER,
    "finance": Role.FINANCE_APPROVER,
    **dict.fromkeys(OPENERS, Role.OPENER),
    "proposer": Role.AWARD_PROPOSER,
    "decider": Role.AWARD_DECIDER,
}
QUESTION = {
    "id": "delivery-days",
    "text": {"en": "Days until delivery?", "zh": "交货天数？"},
    "kind": "number",
    "required": True,
    "max_length": None,
    "choices": [],
}
TECHNICAL = {
    "name": "technical",
    "title": {"en": "Technical part", "zh": "技术部分"},
    "media_types": ["application/pdf"],
    "max_bytes": 100_000_000,
    "signature": "required",
    "required": True,
}
JUDGED = Basis(report="a" * 64, policy="b" * 64, anchors="c" * 64)  # beforehand, and well
CHAIRS = ItemDraft("chairs", "Folding chair", "10", "piece", "CPV", "39112000-0")
ONE_LOT = (LotDraft("lot-1", Text("Chairs", "椅子"), "price", (CHAIRS,)),)


@dataclass
class Company:
    """A supplier: its body, its two people, and the certificate that signs for it."""

    organisation: Organisation
    administrator: User
    signer: User
    credential: Credential


@dataclass
class World:
    """Everyone who takes part, and every key that they keep."""

    trust: Trust
    agency: Organisation
    supervisor: Organisation
    custodians: tuple[Organisation, Organisation]
    operator: Organisation
    now: datetime
    people: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # of machines, for the interface
    keys: dict[str, Signer] = field(default_factory=dict)  # agency, supervisor, timekeeper
    credentials: dict[str, Credential] = field(default_factory=dict)  # agency
    suppliers: list[Company] = field(default_factory=list)
    holders: dict[UUID, dict[str, HolderKey]] = field(default_factory=dict)  # by tender

    @classmethod
    def build(cls, trust: Trust, now: datetime = NOW) -> "World":
        """Register everyone and enrol every key."""
        kind = OrganisationKind
        world = cls(
            trust=trust,
            agency=organisation(kind.AGENCY, "City Roads Office", "市道路管理局", now=now),
            supervisor=organisation(kind.SUPERVISOR, "Audit Office", "审计局", now=now),
            custodians=(
                organisation(kind.CUSTODIAN, "Notary Chamber", "公证处", now=now),
                organisation(kind.CUSTODIAN, "City Archive", "市档案馆", now=now),
            ),
            operator=organisation(kind.OPERATOR, "Platform Operator", "平台运营方", now=now),
            now=now,
        )
        give_jurisdiction(
            supervisor_id=world.supervisor.pk,
            agency_id=world.agency.pk,
            by=system_actor(),
            now=now,
        )
        world._hire()
        world._enrol()
        world.suppliers = [world.supplier(name) for name in SUPPLIERS]
        return world

    @classmethod
    def at_first(cls, trust: Trust, now: datetime = NOW) -> "World":
        """Give a world where there was nothing; one that was built before comes back as it was."""
        built = kept.once(f"world {now}", lambda: cls.build(trust, now), first=True)
        return deepcopy(built, {id(trust): trust} | {id(key): key for key in built.secrets()})

    def secrets(self) -> list[object]:
        """List what nobody changes and no copy is made of."""
        credentials = [company.credential for company in self.suppliers]
        return [*self.keys.values(), *self.credentials.values(), *credentials]

    def wound(self, tmp_path: Path, settings: Settings) -> "World":
        """Wind the clocks to the world's instant, and give it a vault of its own."""
        settings.VAULT = f"dir://{tmp_path}/vault"
        self.wind_to(self.now)
        return self

    def by(self, who: str | User) -> Actor:
        """Act as somebody, in the roles they hold now."""
        return Actor.of(self.people[who] if isinstance(who, str) else who, self.now)

    def person(self, name: str, **roles: Organisation) -> User:
        """Make another person with roles, ``officer=agency``."""
        user = create_user(
            email=f"{name.replace(' ', '.')}.{next(_serial)}@example.org",
            name=name.capitalize(),
            by=system_actor(),
            now=self.now,
        )
        for role, body in roles.items():
            self.grant(user, Role(role.replace("_", "-")), body)
        return user

    def grant(self, user: User, role: Role, body: Organisation) -> None:
        """Give a role."""
        grant_role(
            user_id=user.pk,
            organisation_id=body.pk,
            role=role,
            by=system_actor(),
            now=self.now,
        )

    def supplier(self, name: str) -> Company:
        """Register another supplier, with an administrator and a signer."""
        body = organisation(OrganisationKind.SUPPLIER, name, now=self.now)
        return Company(
            organisation=body,
            administrator=self.person(f"{name} admin", supplier_administrator=body),
            signer=self.person(f"{name} signer", supplier_signer=body),
            credential=self.trust.issue(name, identifier_of(body)),
        )

    def wind_to(self, at: datetime) -> None:
        """Make it so late, here and in the database, whose triggers judge deadlines."""
        self.now = at
        clock.move(at - datetime.now(UTC))

    def _hire(self) -> None:
        for name, role in AT_THE_AGENCY.items():
            self.people[name] = self.person(name)
            self.grant(self.people[name], role, self.agency)
        self.people["overseer"] = self.person("overseer", supervisor=self.supervisor)
        self.people["operator"] = self.person("operator", operator=self.operator)
        a, b = self.custodians
        self._machine("timekeeper", Role.TIMEKEEPER, self.supervisor)
        self._machine("escrow-a", Role.ESCROW_HOLDER, a)
        self._machine("escrow-b", Role.ESCROW_HOLDER, b)

    def _machine(self, name: str, role: Role, body: Organisation) -> None:
        self.people[name], self.tokens[name] = create_machine(
            name=name.capitalize(),
            organisation_id=body.pk,
            role=role,
            by=system_actor(),
            now=self.now,
        )

    def enrol(
        self, name: str, body: Organisation, purpose: str = NoteKey.STANDING, suffix: str = ""
    ) -> Signer:
        """Give a body another key to sign with, and keep it under a name."""
        key = Signer.generate(f"{settings.LOG_ORIGIN}/{name}/{body.pk}{suffix}")
        enrol_note_key(
            organisation_id=body.pk,
            vkey=key.verifier,
            purpose=purpose,
            by=system_actor(),
            now=self.now,
        )
        self.keys[name] = key
        return key

    def _enrol(self) -> None:
        self.enrol("agency", self.agency)
        self.enrol("supervisor", self.supervisor)
        self.enrol("timekeeper", self.supervisor, NoteKey.TIMEKEEPER)
        identifier = identifier_of(self.agency)
        self.credentials["agency"] = self.trust.issue(self.agency.name_en, identifier)


@pytest.fixture
def world(db: None, trust: Trust, tmp_path: Path, settings: Settings) -> World:
    """Give a world whose rows go when the test ends, and a vault that nobody else uses."""
    settings.VAULT = f"dir://{tmp_path}/vault"
    return World.at_first(trust)


@pytest.fixture
def real_world(fresh_database: str, trust: Trust, tmp_path: Path, settings: Settings) -> World:
    """Give a world that is committed, in a database where every trigger fires."""
    return World.at_first(trust).wound(tmp_path, settings)


def identifier_of(body: Organisation) -> str:
    """Write a body's identifier as certificates do (ETSI EN 319 412-1)."""
    return f"{body.identifier_scheme}-{body.identifier}"


# ── towards publication ──────────────────────────────────────────────────────────────────────


def plan_line(world: World, amount: str = "50000.00", currency: str = "CNY") -> PlanLine:
    """Plan a purchase."""
    return add_plan_line(
        agency_id=world.agency.pk,
        title=Text("Chairs for the hall", "大厅座椅"),
        amount=amount,
        currency=currency,
        by=world.by("officer"),
        now=world.now,
    )


def a_draft(world: World, *, closes_in: timedelta = HOUR, **overrides: Any) -> Draft:
    """Write what an officer would."""
    closes_at = world.now + closes_in
    plain = Draft(
        procedure="open",
        title=Text("Chairs for the hall", "大厅座椅"),
        description=Text("Ten folding chairs", "十把折叠椅"),
        currency="CNY",
        validity_days=90,
        closes_at=closes_at,
        opens_at=closes_at,
        lots=ONE_LOT,
        questions=(QUESTION,),
        required_documents=(TECHNICAL,),
    )
    return replace(plain, **overrides)


def draft_tender(
    world: World, *, line: PlanLine | None = None, pack: str = TRAINING, **overrides: Any
) -> Tender:
    """Draft a tender; ``overrides`` are fields of ``Draft``, and ``closes_in``."""
    return draft(
        plan_line_id=(line or plan_line(world)).pk,
        pack=pack,
        draft=a_draft(world, **overrides),
        by=world.by("officer"),
        now=world.now,
    )


def attach(
    world: World, tender: Tender, name: str = "specification.txt", data: bytes = b"10"
) -> None:
    """Add a document to a draft."""
    add_document(
        tender_id=tender.pk,
        name=name,
        media_type="text/plain",
        body=Incoming(BytesIO(data), len(data)),
        by=world.by("officer"),
        now=world.now,
    )


def declare_none(world: World, tender: Tender, *who: str) -> None:
    """Let people declare that they have no interest in a tender."""
    for name in who:
        declare(
            tender_id=tender.pk,
            conflict=False,
            statement="",
            by=world.by(name),
            now=world.now,
        )


def appoint_panel(world: World, tender: Tender, *, k: int = 2) -> None:
    """Appoint k of four openers, the timekeeper and the two escrow holders."""
    appoint(
        tender_id=tender.pk,
        k=k,
        openers=[world.people[name].pk for name in OPENERS],
        timekeeper=world.people["timekeeper"].pk,
        escrow=[world.people["escrow-a"].pk, world.people["escrow-b"].pk],
        by=world.by("officer"),
        now=world.now,
    )


def hand_in(world: World, tender: Tender, *holders: str) -> None:
    """Let holders make keys and hand in the public halves."""
    kept = world.holders.setdefault(tender.pk, {})
    for holder in holders or HOLDERS:
        kept[holder] = _holder_key(world, tender, holder)
        public = kept[holder].public()
        hand_in_keys(
            tender_id=tender.pk,
            recipient=str(public.recipient),
            verifier=public.verifier,
            by=world.by(holder),
            now=world.now,
        )


def rehearse(world: World, tender: Tender, *holders: str) -> None:
    """Let holders answer their challenges."""
    keyset = keyset_of(tender)
    for holder in holders or HOLDERS:
        key, by = world.holders[tender.pk][holder], world.by(holder)
        said = key.rehearse(own_challenge(by, tender.pk), keyset, holder)
        note = said.sign(key.note_signer()).decode()
        answer(tender_id=tender.pk, note=note, by=by, now=world.now)


def seat_panel(world: World, tender: Tender) -> None:
    """Do all that a panel does before approval: declare, hand in keys, rehearse."""
    appoint_panel(world, tender)
    declare_none(world, tender, *OPENERS)
    hand_in(world, tender)
    draw_up_keyset(tender_id=tender.pk, by=world.by("officer"), now=world.now)
    rehearse(world, tender)


def ready_tender(world: World, **overrides: Any) -> Tender:
    """Draft a tender that may be submitted for approval."""
    tender = draft_tender(world, **overrides)
    declare_none(world, tender, "officer")
    seat_panel(world, tender)
    return Tender.objects.get(pk=tender.pk)


def tender_in_approval(world: World, **overrides: Any) -> Tender:
    """Bring a tender to its approvers."""

    def bring() -> Tender:
        tender = ready_tender(world, **overrides)
        return submit_for_approval(tender_id=tender.pk, by=world.by("officer"), now=world.now)

    return _brought_once(world, f"in approval {overrides}", bring)


def approve(world: World, tender: Tender, *kinds: ApprovalKind) -> None:
    """Let the approvers approve, both unless one is named."""
    for kind in kinds or tuple(ApprovalKind):
        judge(
            tender_id=tender.pk,
            kind=kind,
            approved=True,
            comment="",
            by=world.by(kind.value),
            now=world.now,
        )


def approved_tender(world: World, **overrides: Any) -> Tender:
    """Bring a tender through both approvals."""
    tender = tender_in_approval(world, **overrides)
    approve(world, tender)
    return Tender.objects.get(pk=tender.pk)


def signed_notice(
    world: World,
    tender: Tender,
    *,
    key: Signer | None = None,
    paper: Callable[[bytes], bytes] | None = None,
) -> Signed:
    """Sign notice, keyset and paper as an officer of the agency does."""
    tender = Tender.objects.select_related("agency", "plan_line").get(pk=tender.pk)
    key = key or world.keys["agency"]
    pdf = shown_pdf(tender, by=world.by("officer"))
    sign = paper or (lambda made: world.trust.sign(made, world.credentials["agency"], world.now))
    return Signed(
        notice_note=notice_to_sign(tender).sign(key),
        keyset_note=keyset_of(tender).sign(key),
        pdf=sign(pdf),
    )


def publish(world: World, tender: Tender) -> Tender:
    """Publish a tender that is approved."""
    return publish_notice(
        tender_id=tender.pk,
        signed=signed_notice(world, tender),
        by=world.by("officer"),
        now=world.now,
    )


def published_tender(world: World, **overrides: Any) -> Tender:
    """Bring a tender into the open; ``closes_in`` says for how long bids come in."""

    def bring() -> Tender:
        return publish(world, approved_tender(world, **overrides))

    return _brought_once(world, f"published {overrides}", bring)


def closed_tender(world: World, **overrides: Any) -> Tender:
    """Bring a tender past its deadline and its grace, and close it to bids."""
    tender = published_tender(world, **overrides)
    world.wind_to(tender.closes_at + timedelta(seconds=tender.grace_seconds or 0))
    return close(tender.pk, now=world.now)


# ── after publication ────────────────────────────────────────────────────────────────────────


def order(
    world: World, tender: Tender, effect: str, /, *, key: Signer | None = None, **said: Any
) -> bytes:
    """Sign an order upon the newest decision: the agency's to cancel, else the supervisor's."""
    plain = Order(
        tender=str(tender.pk),
        notice=tender.notice,
        effect=effect,  # type: ignore[arg-type]  # tests try others, too
        cause="A complaint is being looked into",
        starts_at=world.now,
        ends_at=None,
        control_head=control_head(tender.pk) or "0" * 64,
    )
    signer = key or world.keys["agency" if effect == "cancel" else "supervisor"]
    return replace(plain, **said).sign(signer)


def _brought_once(world: World, name: str, bring: Callable[[], Tender]) -> Tender:
    """Bring a tender somewhere, with its holders' keys, or have it as it was brought before."""

    def take() -> tuple[UUID, dict[str, HolderKey]]:
        tender = bring()
        return tender.pk, world.holders[tender.pk]

    pk, keys = kept.once(f"{name} {world.now}", take)
    world.holders[pk] = dict(keys)
    return Tender.objects.get(pk=pk)


def _holder_key(world: World, tender: Tender, holder: str) -> HolderKey:
    """Make a holder's keys; the timekeeper's note key is a standing one.

    The escrow holders have those of ``tenders.escrow``: a site at work may be handing them in, too.
    """
    return holder_key(world, tender, Seat.objects.get(tender=tender, holder=holder))


def holder_key(world: World, tender: Tender, seat: Seat) -> HolderKey:
    """Make a holder's keys for one seat, of a panel in force or proposed."""
    holder, role = seat.holder, seat.holder.split("-")[0]
    if holder in ESCROW_HOLDERS:
        return escrow_key(seat)
    name = f"{settings.LOG_ORIGIN}/{role}/{seat.pk}"
    key = HolderKey.generate(role, name, str(tender.pk))  # type: ignore[arg-type]
    if holder == "timekeeper":
        standing = world.keys["timekeeper"]
        key = replace(key, name=standing.name, signer=standing.encode())
    return key


def organisation(
    kind: OrganisationKind, name: str, name_zh: str = "", *, now: datetime
) -> Organisation:
    """Register a body."""
    return create_organisation(
        kind=kind,
        name_en=name,
        name_zh=name_zh,
        identifier_scheme="NTRCN",
        identifier=f"91110000MA1K{next(_serial):04}XX",
        by=system_actor(),
        now=now,
    )
