"""Everyone who may ask: every role, at the agency of a tender and at another, and nobody at all."""

from dataclasses import dataclass, field

from django.test import Client
from knox.models import AuthToken

from procurement.actions.accounts import create_machine, create_organisation, give_jurisdiction
from procurement.actors import system_actor
from procurement.models import Organisation, User
from procurement.roles import OrganisationKind, Role
from tests.world import HOLDERS, OPENERS, Company, World

Group = frozenset[str]

STRANGER, NEWCOMER, OPERATOR = "a stranger", "someone without a role", "operator"
SPARE = "spare opener"  # of the agency, without a seat
OVERSEER, OTHER_OVERSEER = "overseer", "other overseer"
BIDDER, BIDDER_ADMIN = "bidder", "bidder's administrator"
RIVAL, RIVAL_ADMIN = "rival", "rival's administrator"

AGENCY: Group = frozenset(
    {"officer", "legal", "finance", "proposer", "decider", SPARE, *OPENERS},
)
OTHER_AGENCY = {
    "other officer": Role.OFFICER,
    "other legal": Role.LEGAL_APPROVER,
    "other finance": Role.FINANCE_APPROVER,
    "other opener": Role.OPENER,
    "other proposer": Role.AWARD_PROPOSER,
    "other decider": Role.AWARD_DECIDER,
}
OTHER_MACHINES = {
    "other timekeeper": Role.TIMEKEEPER,
    "other escrow": Role.ESCROW_HOLDER,
    "witness": Role.WITNESS,
}
SEATS: Group = frozenset(HOLDERS)
CONCERNED: Group = AGENCY | SEATS | {OVERSEER}  # they see a draft
OWN: Group = frozenset({BIDDER, BIDDER_ADMIN})
SUPPLIERS: Group = OWN | {RIVAL, RIVAL_ADMIN}
SIGNED_IN: Group = (
    CONCERNED
    | set(OTHER_AGENCY)
    | set(OTHER_MACHINES)
    | SUPPLIERS
    | {OTHER_OVERSEER, OPERATOR, NEWCOMER}
)
EVERYONE: Group = SIGNED_IN | {STRANGER}
OUTSIDE: Group = SIGNED_IN - CONCERNED
NOBODY: Group = frozenset()


@dataclass
class Cast:
    """The world of a tender, everyone in it and beside it, and how each asks."""

    world: World
    other_agency: Organisation
    other_supervisor: Organisation
    others: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    @classmethod
    def around(cls, world: World) -> "Cast":
        """Hire those beside the world of a tender, and sign everyone in."""
        agency = _body(world, OrganisationKind.AGENCY, "Harbour Board")
        supervisor = _body(world, OrganisationKind.SUPERVISOR, "Port Audit")
        give_jurisdiction(
            supervisor_id=supervisor.pk, agency_id=agency.pk, by=system_actor(), now=world.now
        )
        cast = cls(world, agency, supervisor)
        cast._hire()
        cast.clients = {who: Client(headers=cast._headers(who)) for who in EVERYONE}
        return cast

    @property
    def bidder(self) -> Company:
        """The supplier whose bids are asked for."""
        return self.world.suppliers[0]

    @property
    def rival(self) -> Company:
        """Another supplier."""
        return self.world.suppliers[1]

    def user(self, who: str) -> User:
        """Name the account of somebody."""
        return self.others.get(who) or self.world.people[who]

    def _hire(self) -> None:
        world = self.world
        for name, role in OTHER_AGENCY.items():
            self.others[name] = world.person(name)
            world.grant(self.others[name], role, self.other_agency)
        self.others[SPARE] = world.person(SPARE, opener=world.agency)
        self.others[OTHER_OVERSEER] = world.person(OTHER_OVERSEER, supervisor=self.other_supervisor)
        self.others[NEWCOMER] = world.person("newcomer")
        for name, role in OTHER_MACHINES.items():
            self.others[name], _ = create_machine(
                name=name.capitalize(),
                organisation_id=self.other_supervisor.pk,
                role=role,
                by=system_actor(),
                now=world.now,
            )
        for (signer, administrator), company in zip(
            ((BIDDER, BIDDER_ADMIN), (RIVAL, RIVAL_ADMIN)), world.suppliers, strict=False
        ):
            self.others[signer] = company.signer
            self.others[administrator] = company.administrator

    def _headers(self, who: str) -> dict[str, str]:
        if who == STRANGER:
            return {}
        _, token = AuthToken.objects.create(self.user(who), expiry=None)
        return {"Authorization": f"Token {token}"}


def _body(world: World, kind: OrganisationKind, name: str) -> Organisation:
    return create_organisation(
        kind=kind,
        name_en=name,
        name_zh="",
        identifier_scheme="NTRCN",
        identifier=f"91310000{name.replace(' ', '').upper()}",
        by=system_actor(),
        now=world.now,
    )
