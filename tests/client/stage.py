"""A tender on the running site, with everybody who takes part signed in as they would be."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from procurement.models import User
from procurement.proof.notes import Signer
from procurement.tryout.processes import Child
from tenders.actions.approvals import submit_for_approval
from tenders.actions.panel import draw_up_keyset
from tenders.models import Tender
from tenders.panel.holders import HolderKey
from tests.client.live import PASSWORD, Live, Person
from tests.signing import Trust
from tests.world import (
    OPENERS,
    Company,
    World,
    appoint_panel,
    approve,
    attach,
    declare_none,
    draft_tender,
)

Found = TypeVar("Found")
PASSPHRASE = "try-out"
SPECIFICATION = b"Ten folding chairs, beech, delivered to the hall.\n" * 200


@dataclass
class Stage:
    """One world on the site, and one tender in it."""

    site: Live
    home: Path
    world: World
    tender: str = ""
    people: dict[str, Person] = field(default_factory=dict)
    keys: dict[str, Path] = field(default_factory=dict)  # of openers, by name

    @classmethod
    def set_up(cls, site: Live, home: Path, trust: Trust) -> "Stage":
        """Register everybody, and take the anchors."""
        with site.inside():
            world = World.build(trust, datetime.now(UTC))
            stage = cls(site, home, world)
            for user in (*world.people.values(), *(one.signer for one in world.suppliers)):
                if user.email:
                    user.set_password(PASSWORD)
                    user.save()
        for name, signer in world.keys.items():
            stage._keep_standing(name, signer)
        stage.anchors = home / "anchors.json"
        stage.person("officer").done("anchors", "--out", stage.anchors)
        return stage

    anchors: Path = Path()

    def person(self, name: str) -> Person:
        """Let somebody of the world sign in, once."""
        if name not in self.people:
            user = self.world.people[name]
            self.people[name] = self._signed_in(name.replace(" ", "-"), user)
        return self.people[name]

    def supplier(self, place: int) -> Person:
        """Let a supplier's signer sign in, once; the certificate lies in their folder."""
        company, name = self.company(place), f"supplier-{place}"
        if name not in self.people:
            self.people[name] = person = self._signed_in(name, company.signer)
            (person.folder / "signer.p12").write_bytes(company.credential.pkcs12(PASSPHRASE))
            (person.folder / "passphrase").write_text(PASSPHRASE)
        return self.people[name]

    def company(self, place: int) -> Company:
        """Give a supplier, counted from 0."""
        return self.world.suppliers[place]

    def key(self, name: str) -> Path:
        """Name the file with a body's standing key."""
        return self.home / f"{name}.key.json"

    # ── to publication ───────────────────────────────────────────────────────────────────────

    def draft(self, *, closes_in: timedelta) -> None:
        """Draft a tender with one document; everybody declares; the panel is appointed."""
        with self.acting() as world:
            made = draft_tender(world, closes_in=closes_in)
            attach(world, made, data=SPECIFICATION)
            declare_none(world, made, "officer", *OPENERS)
            appoint_panel(world, made)
        self.tender = str(made.pk)

    def seat_openers(self) -> None:
        """Let the openers make keys and hand them in, by the command."""
        for name in OPENERS:
            person = self.person(name)
            told = person.done(
                *("keys", "new", "--for", "opener", "--tender", self.tender, "--no-passphrase"),
                *("--name", f"try-out/opener/{person.id}", "--out", person.folder / self.tender),
            )
            self.keys[name] = Path(told["key"])
            person.done("panel", "keys", self.tender, self.keys[name])

    def rehearse(self) -> None:
        """Draw up the keyset when all keys are in; let everybody rehearse."""
        self.until(lambda: self._all("keys"), what="keys")
        with self.acting() as world:
            draw_up_keyset(tender_id=self.row().pk, by=world.by("officer"), now=world.now)
        for name in OPENERS:
            self.person(name).done("panel", "rehearse", self.tender, self.keys[name])
        self.until(lambda: self._all("answered"), what="rehearsals")

    def approve(self, *, closes_in: timedelta | None = None) -> None:
        """Bring the draft through both approvals; its deadline may be set a moment before."""
        if closes_in is not None:
            closes_at = (datetime.now(UTC) + closes_in).isoformat()
            sections = {"closes_at": closes_at, "opens_at": closes_at}
            self.person("officer").ask("PATCH", f"tenders/{self.tender}", sections)
        with self.acting() as world:
            made = submit_for_approval(
                tender_id=self.row().pk, by=world.by("officer"), now=world.now
            )
            approve(world, made)

    def publish(self) -> dict[str, Any]:
        """Let the officer sign and publish, by the command."""
        officer = self.person("officer")
        key = officer.folder / "officer.p12"
        key.write_bytes(self.world.credentials["agency"].pkcs12(PASSPHRASE))
        (officer.folder / "passphrase").write_text(PASSPHRASE)
        told = officer.done(
            *("publish", self.tender, "--agency-key", self.key("agency"), "--key", key),
            *("--passphrase-file", officer.folder / "passphrase", "--anchors", self.anchors),
        )
        self.until(self.in_the_log, what="the notice in the log")
        return told

    def in_the_log(self) -> bool:
        """Tell whether a stranger can prove the tender's history."""
        stranger = self.person("officer")
        code, _ = stranger.daylight(
            *("fetch", self.tender, "--anchors", self.anchors),
            *("--out", self.home / "tried" / str(time.monotonic_ns())),
        )
        return code == 0

    # ── bids ─────────────────────────────────────────────────────────────────────────────────

    def fetch(self, supplier: Person) -> Path:
        """Let a supplier fetch the tender."""
        folder = supplier.folder / "tender"
        supplier.done("fetch", self.tender, "--anchors", self.anchors, "--out", folder)
        return folder

    def seal(self, place: int, price: str, name: str = "offer") -> Path:
        """Let a supplier seal an offer with a signed document."""
        supplier = self.supplier(place)
        if not (supplier.folder / "tender").exists():
            self.fetch(supplier)
        offer, document = supplier.folder / f"{name}.json", supplier.folder / "technical.pdf"
        prices = {"chairs": {"unit_price": price, "tax_rate": "0.13"}}
        offer.write_text(json.dumps({"answers": {"delivery-days": "14"}, "prices": prices}))
        if not document.exists():
            document.write_bytes(b"%PDF-1.7\n% " + name.encode() * 1000)
        sealed = supplier.folder / "sealed" / name
        supplier.done(
            *("seal", "--tender", supplier.folder / "tender", "--lot", "lot-1"),
            *("--bidder", self.company(place).organisation.pk, "--offer", offer),
            *("--document", f"technical={document}", "--out", sealed),
        )
        return sealed

    def submitting(self, place: int, sealed: Path) -> tuple[object, ...]:
        """Write the command by which a supplier submits."""
        supplier = self.supplier(place)
        return (
            *("submit", sealed, "--tender", supplier.folder / "tender"),
            *("--key", supplier.folder / "signer.p12"),
            *("--passphrase-file", supplier.folder / "passphrase"),
        )

    # ── machines ─────────────────────────────────────────────────────────────────────────────

    def start_timekeeper(self) -> Child:
        """Start the timekeeper, as a process of its own."""
        token = self.home / "timekeeper.token"
        token.write_text(self.world.tokens["timekeeper"])
        return self.site.processes.start(
            f"timekeeper-{self.home.name}",
            [
                *(sys.executable, "-m", "client.main", "timekeeper", "--token-file", token),
                *("--server", self.site.address, "--home", self.home / "clock"),
                *("--key", self.key("timekeeper"), "--anchors", self.anchors),
            ],
        )

    # ── what helps ───────────────────────────────────────────────────────────────────────────

    def acting(self) -> "Acting":
        """Act in the site's database, now."""
        return Acting(self)

    def world_closes_at(self) -> datetime:
        """Read the deadline."""
        with self.acting():
            return self.row().closes_at

    def row(self) -> Tender:
        """Read the tender's row."""
        return Tender.objects.get(pk=self.tender)

    def until(self, asked: Callable[[], Found], *, what: str, within: float = 30) -> Found:
        """Ask until there is an answer."""
        ends = time.monotonic() + within
        while not (found := asked()):
            assert time.monotonic() < ends, f"no {what} within {within} s"
            time.sleep(0.3)
        return found

    def _all(self, what: str) -> bool:
        seats = self.person("officer").ask("GET", f"tenders/{self.tender}/panel")["seats"]
        return all(seat[what] for seat in seats)

    def _signed_in(self, name: str, user: User) -> Person:
        return self.site.person(name, user.email, self.home)

    def _keep_standing(self, name: str, signer: Signer) -> None:
        role = {"agency": "agency", "supervisor": "supervisor"}.get(name, "timekeeper")
        key = HolderKey(role, signer.name, None, None, signer.encode())  # type: ignore[arg-type]
        self.key(name).write_bytes(key.canonical())


class Acting:
    """A while in which the world acts in the site's database, at the time that it is."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.inside = stage.site.inside()

    def __enter__(self) -> World:
        self.inside.__enter__()
        self.stage.world.now = datetime.now(UTC)
        return self.stage.world

    def __exit__(self, *error: Any) -> None:
        self.inside.__exit__(*error)
