"""Act one: the bodies, the people, their roles, keys and certificates."""

import json
import secrets
import sys
from datetime import UTC, datetime
from functools import partial

import httpx

from procurement.tryout import authority
from procurement.tryout.processes import Processes
from procurement.tryout.run import Site
from procurement.tryout.story.stage import PATIENCE, Person, Stage, at_once

PASSPHRASE = "practice makes perfect"
ORIGIN = "try-out"
OPENERS = ("opener-1", "opener-2", "opener-3", "opener-4")
SUPPLIERS = {
    "north": ("North Furniture", "北方家具"),
    "south": ("South Woodworks", "南方木业"),
    "east": ("East Interiors", "东方内饰"),
    "west": ("West Seating", "西部座椅"),
}
AGENCY_PEOPLE = {
    "officer": "officer",
    "legal": "legal-approver",
    "finance": "finance-approver",
    **dict.fromkeys(OPENERS, "opener"),
    "proposer": "award-proposer",
    "decider": "award-decider",
}


def register_bodies(stage: Stage, site: Site) -> str:
    """Let the operator register everybody who takes part."""
    operator = stage.person("operator", site.operator, site.password)
    stage.ids["agency"] = _body(operator, "agency", "Riverside Schools", "滨河教育局", "AGENCY")
    stage.ids["audit"] = _body(operator, "supervisor", "Riverside Audit", "滨河审计局", "AUDIT")
    for letter in ("a", "b"):
        stage.ids[f"custodian-{letter}"] = _body(
            operator, "custodian", f"Notary {letter.upper()}", f"公证处{letter.upper()}", letter
        )
    for name, (english, chinese) in SUPPLIERS.items():
        stage.ids[name] = _body(operator, "supplier", english, chinese, name.upper())
    operator.ask(
        "POST", f"organisations/{stage.ids['audit']}/agencies", {"agency": stage.ids["agency"]}
    )
    return f"an agency, its supervisor, two custodians and {len(SUPPLIERS)} suppliers registered"


def hire_people(stage: Stage) -> str:
    """Give every person an account and one role."""
    roles = [(name, role, stage.ids["agency"]) for name, role in AGENCY_PEOPLE.items()]
    roles += [("supervisor", "supervisor", stage.ids["audit"])]
    roles += [(name, "supplier-signer", stage.ids[name]) for name in SUPPLIERS]
    for name, role, body in roles:
        _hire(stage, name, role, body)
    at_once([partial(_log_in, stage[name]) for name, _, _ in roles])
    return f"{len(roles)} people, each with one role, have signed in"


def start_machines(stage: Stage, processes: Processes) -> str:
    """Give the timekeeper and the escrow holders accounts; start the timekeeper's own process."""
    operator = stage["operator"]
    machines = (
        ("timekeeper", "timekeeper", "audit"),
        ("escrow-a", "escrow-holder", "custodian-a"),
        ("escrow-b", "escrow-holder", "custodian-b"),
    )
    for name, role, body in machines:
        made = operator.ask(
            "POST", f"organisations/{stage.ids[body]}/machines", {"name": name, "role": role}
        )
        stage.ids[name] = made["id"]
        _secret(stage, f"{name}.token", made["token"])
    for name, body, purpose in (
        ("agency", "agency", "standing"),
        ("supervisor", "audit", "standing"),
        ("timekeeper", "audit", "timekeeper"),
    ):
        made = _key(operator, name, stage.ids[body])
        operator.ask(
            "POST",
            f"organisations/{stage.ids[body]}/note-keys",
            {"vkey": made["verifier"], "purpose": purpose},
        )
        stage.facts[f"{name} key"] = made["key"]
    _take_anchors(stage)
    processes.start(
        "timekeeper",
        [
            *(sys.executable, "-m", "client.main", "timekeeper", "--server", stage.address),
            *("--token-file", stage.path("timekeeper.token"), "--home", stage.path("clock")),
            *("--key", stage.facts["timekeeper key"], "--anchors", stage.anchors),
        ],
    )
    return "the timekeeper runs as a process of its own; the agency and the supervisor have keys"


def give_certificates(stage: Stage) -> str:
    """Give the officer and the suppliers certificates of the practice authority."""
    home = stage.home.parent.parent
    now = datetime.now(UTC)
    holders = {"officer": "AGENCY", **{name: name.upper() for name in SUPPLIERS}}
    for name, identifier in holders.items():
        packed = authority.credential(
            home,
            common_name=f"{name.title()} (practice)",
            organisation=SUPPLIERS.get(name, ("Riverside Schools", ""))[0],
            identifier=f"NTRXX-{identifier}-{stage.run}",
            passphrase=PASSPHRASE,
            now=now,
        )
        (stage[name].folder / "certificate.p12").write_bytes(packed)
    stage.path("passphrase").write_text(PASSPHRASE + "\n")
    return f"{len(holders)} certificates of the practice authority handed out"


def _body(operator: Person, kind: str, english: str, chinese: str, identifier: str) -> str:
    stage = operator.stage
    made = operator.ask(
        "POST",
        "organisations",
        {
            "kind": kind,
            "name_en": f"{english} ({stage.run})",
            "name_zh": f"{chinese}（{stage.run}）",
            "identifier_scheme": "NTRXX",
            "identifier": f"{identifier}-{stage.run}",
        },
    )
    return str(made["id"])


def _hire(stage: Stage, name: str, role: str, body: str) -> None:
    operator, password = stage["operator"], secrets.token_urlsafe(12)
    email = f"{name}.{stage.run}@try-out.example"
    made = operator.ask(
        "POST", "users", {"email": email, "name": name.title(), "password": password}
    )
    operator.ask("POST", f"organisations/{body}/roles", {"user": made["id"], "role": role})
    stage.ids[name if name in AGENCY_PEOPLE else f"{name} person"] = made["id"]
    stage.people[name] = Person(stage, name, email, password)


def _log_in(person: Person) -> None:
    """Sign in: with ``daylight`` whoever seals, signs or opens, else at the interface alone."""
    if person.name not in (*OPENERS, *SUPPLIERS, "officer"):
        person.sign_in()
        return
    password = person.folder / "password"
    password.write_text(person.password)
    person.daylight(
        *("login", person.stage.address, "--email", person.email, "--password-file", password)
    )
    person.token = json.loads((person.folder / "default.json").read_text())["session"]


def _key(operator: Person, name: str, body: str) -> dict[str, str]:
    """Make a body's standing note key."""
    role = "timekeeper" if name == "timekeeper" else name
    made = operator.daylight(
        *("keys", "new", "--for", role, "--name", f"{ORIGIN}/{role}/{body}"),
        *("--out", operator.stage.path("keys", name).parent / name, "--no-passphrase"),
    )
    return {"key": made["key"], "verifier": made["verifier"]}


def _take_anchors(stage: Stage) -> None:
    """Take the anchors before anything depends on them; in life they come from elsewhere."""
    answer = httpx.get(f"{stage.address}/api/v1/anchors", timeout=PATIENCE).json()
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    stage.anchors.write_text(text)


def _secret(stage: Stage, name: str, text: str) -> None:
    path = stage.path(name)
    path.touch(mode=0o600)
    path.write_text(text)
