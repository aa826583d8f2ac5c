"""Act two: a tender from the plan to its publication."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial

from procurement.proof.instants import format_instant
from procurement.tryout.story.cast import OPENERS, PASSPHRASE, SUPPLIERS
from procurement.tryout.story.stage import (
    Json,
    Person,
    Stage,
    at_once,
    problem,
    require,
    until,
)

LEAST_PERIOD = 40.0  # seconds from the submission for approval; the pack asks for 30
COMMANDS = 20  # that suppliers run one after the other until the deadline, the heavy ones twice
LOT = "lot-1"
SPECIFICATION = b"Chairs for 24 class rooms. Oak or beech. Delivery to four schools.\n" * 40
FORM: Json = {
    "questions": [
        {
            "id": "delivery-days",
            "text": {"en": "Days until delivery?", "zh": "交货天数？"},
            "kind": "number",
            "required": True,
            "max_length": None,
            "choices": [],
        }
    ],
    "required_documents": [
        {
            "name": "technical",
            "title": {"en": "Technical offer", "zh": "技术方案"},
            "media_types": ["application/pdf"],
            "max_bytes": 100_000_000,
            "signature": "required",
            "required": True,
        }
    ],
}


def draft(stage: Stage) -> str:
    """Plan, and draft a tender with one lot and a document."""
    officer = stage["officer"]
    line = officer.ask(
        "POST",
        "plan-lines",
        {
            "agency": stage.ids["agency"],
            "title": {"en": "School chairs", "zh": "学校座椅"},
            "budget": {"amount": "20000.00", "currency": "CNY"},
        },
    )
    too_soon = datetime.now(UTC) + timedelta(seconds=15)
    made = officer.ask("POST", "tenders", _tender(line["id"], too_soon))
    stage.ids["tender"] = made["id"]
    officer.send("PUT", f"tenders/{made['id']}/documents/specification.txt", SPECIFICATION,
                 "text/plain")  # fmt: skip
    for name in ("officer", *OPENERS):
        stage[name].ask(
            "POST", f"tenders/{stage.tender}/interests", {"conflict": False, "statement": ""}
        )
    return "drafted: 100 chairs, one lot, judged by price; the officer and the openers declared"


def make_keys(stage: Stage) -> str:
    """Appoint the panel; let every holder make keys and rehearse."""
    officer = stage["officer"]
    officer.ask(
        "PUT",
        f"tenders/{stage.tender}/panel",
        {
            "k": 2,
            "openers": [stage.ids[name] for name in OPENERS],
            "timekeeper": stage.ids["timekeeper"],
            "escrow": [stage.ids["escrow-a"], stage.ids["escrow-b"]],
        },
    )
    at_once([partial(_hand_in, stage[name]) for name in OPENERS])
    until(lambda: _all_seats(officer, "keys"), within=60, what="not every holder has keys")
    officer.ask("POST", f"tenders/{stage.tender}/panel/keyset", {})
    at_once([partial(_rehearse, stage[name]) for name in OPENERS])
    until(lambda: _all_seats(officer, "answered"), within=60, what="not everyone rehearsed")
    return "four openers, the timekeeper and two escrow holders have keys, and rehearsed: 2 of 4"


def refuse_short_period(stage: Stage) -> str:
    """Show that suppliers get the time that the rules give them."""
    refusal = stage["officer"].ask(
        "POST", f"tenders/{stage.tender}/approval-request", {}, refused="not-ready"
    )
    return f"submission for approval refused: {problem(refusal)}"


def submit_for_approval(stage: Stage) -> str:
    """Move the deadline to where this machine is sure to make it, and submit again."""
    closes_at = datetime.now(UTC) + timedelta(seconds=max(LEAST_PERIOD, COMMANDS * _pace(stage)))
    stage.facts["closes_at"] = closes_at
    officer = stage["officer"]
    officer.ask("PATCH", f"tenders/{stage.tender}", {"closes_at": format_instant(closes_at)})
    officer.ask("POST", f"tenders/{stage.tender}/approval-request", {})
    return f"deadline moved to {closes_at:%H:%M:%S} UTC, and accepted"


def approve(stage: Stage) -> str:
    """Let two people approve at the same time."""
    path, said = f"tenders/{stage.tender}/approvals", {"approved": True, "comment": ""}
    at_once(
        [
            partial(stage[name].ask, "POST", path, {"kind": name, **said})
            for name in ("legal", "finance")
        ]
    )
    return "legal and finance approved, side by side"


def publish(stage: Stage) -> str:
    """Sign notice and keyset, and publish."""
    officer = stage["officer"]
    answer = officer.daylight(
        *("publish", stage.tender, "--agency-key", stage.facts["agency key"]),
        *("--key", officer.folder / "certificate.p12"),
        *("--passphrase-file", stage.path("passphrase"), "--anchors", stage.anchors),
    )
    return f"published: notice {str(answer['notice'])[:16]}…, signed by the agency and the officer"


def _tender(line: str, closes_at: datetime) -> Json:
    return {
        "plan_line": line,
        "procedure": "open",
        "pack": "training",
        "title": {"en": "Chairs for Riverside schools", "zh": "滨河学校座椅采购"},
        "description": {"en": "Chairs for 24 class rooms.", "zh": "24 间教室的座椅。"},
        "currency": "CNY",
        "validity_days": 30,
        "closes_at": format_instant(closes_at),
        "lots": [
            {
                "id": LOT,
                "title": {"en": "Chairs", "zh": "座椅"},
                "criterion": "price",
                "items": [
                    {
                        "id": "chairs",
                        "description": "Stackable chair, oak or beech",
                        "quantity": "100",
                        "unit": "piece",
                        "classification": {"scheme": "CPV", "id": "39112000-0"},
                    }
                ],
            }
        ],
        **FORM,
    }


def _hand_in(opener: Person) -> None:
    """Make an opener's keys under a passphrase, and hand in the public halves."""
    stage = opener.stage
    made = opener.daylight(
        *("keys", "new", "--for", "opener", "--tender", stage.tender),
        *("--name", f"try-out/opener/{stage.ids[opener.name]}", "--out", opener.folder / "keys"),
        *("--passphrase-file", stage.path("passphrase")),
    )
    stage.facts[opener.name] = made["key"]
    opener.daylight("panel", "keys", stage.tender, made["key"], *passphrase(stage))


def _rehearse(opener: Person) -> None:
    stage = opener.stage
    opener.daylight(
        *("panel", "rehearse", stage.tender, stage.facts[opener.name], *passphrase(stage))
    )


def _pace(stage: Stage) -> float:
    """Measure how long four commands take that run at once, here and now, in seconds."""
    began = time.monotonic()
    at_once([partial(stage[name].daylight, "status") for name in SUPPLIERS])
    return time.monotonic() - began


def passphrase(stage: Stage) -> tuple[object, ...]:
    """Name the file with the passphrase of this story's keys."""
    path = stage.path("passphrase")
    if not path.exists():
        path.write_text(PASSPHRASE + "\n")
    return "--passphrase-file", path


def _all_seats(officer: Person, what: str) -> bool:
    panel = officer.ask("GET", f"tenders/{officer.stage.tender}/panel")
    require(len(panel["seats"]) == 7, f"seven seats, and not {len(panel['seats'])}")
    return all(seat[what] for seat in panel["seats"])
