"""Everybody of the sample world, with the keys that only an invented world leaves lying about."""

from __future__ import annotations

import itertools
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from procurement import clock
from procurement.actions.accounts import (
    create_machine,
    create_organisation,
    create_user,
    give_jurisdiction,
    grant_role,
)
from procurement.actions.calendars import place
from procurement.actions.enrolment import enrol_note_key
from procurement.actors import Actor, system_actor
from procurement.background import run_once
from procurement.keys import write_once
from procurement.models import NoteKey, Organisation, User
from procurement.proof.notes import Signer
from procurement.roles import OrganisationKind, Role
from procurement.texts import Text
from procurement.tryout import authority
from procurement.tryout.sample import names
from signatures.pdf.signing import Evidence, SigningKey, sign_pdf
from signatures.training import Credential, TrainingAuthority
from signatures.training_services import revocation_list, timestamp

SCHEME = "NTRXX"  # of no country
OPENERS = ("opener-1", "opener-2", "opener-3", "opener-4")
STAFF = {
    "officer": Role.OFFICER,
    "legal": Role.LEGAL_APPROVER,
    "finance": Role.FINANCE_APPROVER,
    **dict.fromkeys(OPENERS, Role.OPENER),
    "proposer": Role.AWARD_PROPOSER,
    "decider": Role.AWARD_DECIDER,
}
LISTS = ("root", "issuing", "tsa-root")
MAIL = "sample.example"
SIGN_IN = (
    "officer",
    "legal",
    "finance",
    "proposer",
    "decider",
    "overseer",
    "signer",
    "administrator",
)


@dataclass
class Body:
    """An organisation with its people by what they do, and what it signs with."""

    organisation: Organisation
    people: dict[str, User] = field(default_factory=dict)
    key: Signer | None = None
    credential: Credential | None = None

    @property
    def name(self) -> Text:
        """Give its name in both languages."""
        return Text(self.organisation.name_en, self.organisation.name_zh)


@dataclass
class World:
    """The sample world at one instant of its past, which only goes on."""

    home: Path
    now: datetime
    authority: TrainingAuthority
    agencies: list[Body] = field(default_factory=list)
    suppliers: list[Body] = field(default_factory=list)
    supervisor: Body = field(init=False)
    timekeeper: User = field(init=False)
    timekeeper_key: Signer = field(init=False)
    escrow: list[User] = field(default_factory=list)
    _serial: Any = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def begin(cls, home: Path, *, began: datetime, suppliers: int) -> World:
        """Register everybody, as of the world's first instant."""
        world = cls(home, began, _authority(began))
        world.wind_to(began)
        world._bodies(suppliers)
        world.pass_on()
        return world

    @classmethod
    def load(cls, home: Path, *, now: datetime) -> World:
        """Find a world that was seeded here, with the keys that it left lying about."""
        world = cls(home, now, _authority(now))
        kept = json.loads(_kept(home).read_text())
        world.agencies = [_loaded(one) for one in kept["agencies"]]
        world.suppliers = [_loaded(one) for one in kept["suppliers"]]
        world.supervisor = _loaded(kept["supervisor"])
        machines = {user.name: user for user in User.objects.filter(machine=True)}
        world.timekeeper = machines["Timekeeper"]
        world.timekeeper_key = Signer.decode(kept["timekeeper"])
        world.escrow = [machines["Escrow A"], machines["Escrow B"]]
        return world

    def keep(self) -> None:
        """Leave the world's keys where its keeper finds them."""
        kept = {
            "agencies": [_saved(body) for body in self.agencies],
            "suppliers": [_saved(body) for body in self.suppliers],
            "supervisor": _saved(self.supervisor),
            "timekeeper": self.timekeeper_key.encode(),
        }
        write_once(_kept(self.home), json.dumps(kept))

    def wind_to(self, at: datetime) -> None:
        """Make it so late, here and in the database, whose triggers judge deadlines."""
        self.now = at
        clock.move(at - datetime.now(UTC))

    def pass_on(self) -> None:
        """Let the platform do what has become due, and the log tick once."""
        run_once(self.now)

    def by(self, who: User) -> Actor:
        """Act as somebody, in the roles that they have now."""
        return Actor.of(who, self.now)

    def sign(self, pdf: bytes, credential: Credential) -> bytes:
        """Sign a paper as B-LT, dated by the practice authority."""
        evidence = Evidence(
            certificates=(self.authority.authority("issuing").certificate_der,),
            crls=tuple(revocation_list(self.authority, one, at=self.now) for one in LISTS),
        )
        return sign_pdf(
            pdf,
            SigningKey.from_pem(credential.pem()),
            at=self.now,
            tsa=lambda request: timestamp(self.authority, request, at=self.now),
            evidence=evidence,
        )

    def _bodies(self, suppliers: int) -> None:
        for (name, above), (country, zone) in zip(names.AGENCIES, names.PLACES, strict=True):
            parent = self.agencies[above].organisation if above is not None else None
            body = self._agency(name, parent)
            place(
                organisation_id=body.organisation.pk,
                country=country,
                time_zone=zone,
                by=system_actor(),
                now=self.now,
            )
            self.agencies.append(body)
        self.supervisor = self._body(OrganisationKind.SUPERVISOR, names.SUPERVISOR)
        self.supervisor.people["overseer"] = self._person("overseer", self.supervisor)
        self._grant(self.supervisor.people["overseer"], Role.SUPERVISOR, self.supervisor)
        self.supervisor.key = self._enrolled(self.supervisor, "supervisor", NoteKey.STANDING)
        give_jurisdiction(
            supervisor_id=self.supervisor.organisation.pk,
            agency_id=self.agencies[0].organisation.pk,
            by=system_actor(),
            now=self.now,
        )
        self._machines()
        self.suppliers = [self._supplier(name) for name in names.SUPPLIERS[:suppliers]]

    def _agency(self, name: Text, parent: Organisation | None) -> Body:
        body = self._body(OrganisationKind.AGENCY, name, parent)
        for who, role in STAFF.items():
            body.people[who] = self._person(who, body)
            self._grant(body.people[who], role, body)
        body.key = self._enrolled(body, "agency", NoteKey.STANDING)
        body.credential = self._certificate(body, 1)
        return body

    def _supplier(self, name: Text) -> Body:
        body = self._body(OrganisationKind.SUPPLIER, name)
        for who, role in (
            ("administrator", Role.SUPPLIER_ADMINISTRATOR),
            ("signer", Role.SUPPLIER_SIGNER),
        ):
            body.people[who] = self._person(who, body)
            self._grant(body.people[who], role, body)
        body.credential = self._certificate(body, 1)
        return body

    def _machines(self) -> None:
        custodians = [self._body(OrganisationKind.CUSTODIAN, name) for name in names.CUSTODIANS]
        self.timekeeper = self._machine("Timekeeper", Role.TIMEKEEPER, self.supervisor)
        self.timekeeper_key = self._enrolled(self.supervisor, "timekeeper", NoteKey.TIMEKEEPER)
        self.escrow = [
            self._machine(f"Escrow {letter}", Role.ESCROW_HOLDER, body)
            for letter, body in zip("AB", custodians, strict=True)
        ]

    def _body(self, kind: OrganisationKind, name: Text, parent: Organisation | None = None) -> Body:
        said = names.marked(name)
        return Body(
            create_organisation(
                kind=kind,
                name_en=said.en,
                name_zh=said.zh,
                identifier_scheme=SCHEME,
                identifier=f"SAMPLE-{next(self._serial):04}",
                parent_id=parent.pk if parent else None,
                by=system_actor(),
                now=self.now,
            )
        )

    def _person(self, who: str, body: Body) -> User:
        number = body.organisation.identifier.rpartition("-")[2]
        return create_user(
            email=f"{who}.{number}@{MAIL}",
            name=f"{who.replace('-', ' ').capitalize()}, {body.name.en}",
            language="zh-hans" if int(number) % 2 else "en",
            password=password(self.home) if who in SIGN_IN else None,
            by=system_actor(),
            now=self.now,
        )

    def _grant(self, user: User, role: Role, body: Body) -> None:
        grant_role(
            user_id=user.pk,
            organisation_id=body.organisation.pk,
            role=role,
            by=system_actor(),
            now=self.now,
        )

    def _machine(self, name: str, role: Role, body: Body) -> User:
        user, _ = create_machine(
            name=name,
            organisation_id=body.organisation.pk,
            role=role,
            by=system_actor(),
            now=self.now,
        )
        return user

    def _enrolled(self, body: Body, name: str, purpose: str) -> Signer:
        key = Signer.generate(f"{settings.LOG_ORIGIN}/{name}/{body.organisation.pk}")
        enrol_note_key(
            organisation_id=body.organisation.pk,
            vkey=key.verifier,
            purpose=purpose,
            by=system_actor(),
            now=self.now,
        )
        return key

    def _certificate(self, body: Body, years: int) -> Credential:
        return self.authority.issue(
            common_name=f"Signer of {body.organisation.name_en}",
            organisation=body.organisation.name_en,
            identifier=f"{SCHEME}-{body.organisation.identifier}",
            country="XX",
            now=self.now,
            valid_until=self.now + timedelta(days=365 * (years + 1)),
        )


def _kept(home: Path) -> Path:
    return home / "sample" / "world.json"


def _saved(body: Body) -> dict[str, Any]:
    return {
        "organisation": str(body.organisation.pk),
        "people": {who: str(user.pk) for who, user in body.people.items()},
        "key": body.key.encode() if body.key else None,
        "credential": body.credential.pem().decode() if body.credential else None,
    }


def _loaded(kept: dict[str, Any]) -> Body:
    people = User.objects.in_bulk(kept["people"].values())
    return Body(
        organisation=Organisation.objects.get(pk=kept["organisation"]),
        people={who: people[UUID(pk)] for who, pk in kept["people"].items()},
        key=Signer.decode(kept["key"]) if kept["key"] else None,
        credential=Credential.from_pem(kept["credential"]) if kept["credential"] else None,
    )


def password(home: Path) -> str:
    """Give the password of every sample account: one for this machine, made once."""
    path = home / "sample" / "password"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(12))
        path.chmod(0o600)
    return path.read_text()


def _authority(began: datetime) -> TrainingAuthority:
    """Open the practice authority; it was there before the world began."""
    return authority.prepare(Path(settings.HOME), now=began)
