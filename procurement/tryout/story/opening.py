"""Act four: nobody opens early or alone; a quorum and the timekeeper open all bids together."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from procurement.tryout.story.bids import ALTERS, BETTER_PRICE, IN_TIME, UNIT_PRICES, total
from procurement.tryout.story.stage import (
    Json,
    Person,
    Stage,
    at_once,
    require,
    until,
    wait_until,
)
from procurement.tryout.story.tender import passphrase

GRACE = timedelta(seconds=5)  # the pack's 3, and a tick or two
PATIENCE = 45.0  # seconds


def refuse_early(stage: Stage) -> str:
    """Show that nobody opens before the time."""
    opener = stage["opener-1"]
    refusal = opener.daylight("open", "request", stage.tender, refused="not-closed-yet")
    return f"an opener asks before the time, and is refused: {refusal['message']}"


def refuse_alone(stage: Stage) -> str:
    """Show that one opener alone opens nothing."""
    wait_until(stage.facts["closes_at"] + GRACE)
    opener = stage["opener-1"]
    until(lambda: _closed(opener), within=20, what="the bids were not closed")
    opener.daylight("open", "present", stage.tender)
    refusal = opener.daylight("open", "request", stage.tender, refused="too-few-present")
    return f"one opener alone, after the time, and is refused: {refusal['message']}"


def open_together(stage: Stage) -> str:
    """Let two of four openers attend, and the timekeeper answer by itself."""
    at_once([partial(_attend, stage[name]) for name in ("opener-1", "opener-3")])
    status = until(lambda: _opened(stage), within=PATIENCE, what="the bids were not opened")
    prices = {bid["bidder"]: bid["announced"]["total"] for bid in status["bids"]}
    expected = dict(UNIT_PRICES, north=BETTER_PRICE)
    right = {stage.ids[name]: total(expected[name]) for name in IN_TIME}
    require(prices == right, f"other prices than were sealed: {prices}")
    stage.facts["bids"] = {bid["bidder"]: bid for bid in status["bids"]}
    said = ", ".join(f"{name} {right[stage.ids[name]]}" for name in IN_TIME)
    return f"two openers and the timekeeper open all bids: {said} CNY"


def find_altered_document(stage: Stage) -> str:
    """Show that the PDF altered after signing was found, and stands in the minutes."""
    minutes = stage["supervisor"].ask("GET", f"tenders/{stage.tender}/minutes")
    verdicts = {
        outcome["bidder"]: outcome["documents"][0]["verdict"] for outcome in minutes["announced"]
    }
    altered = stage.ids[ALTERS]
    require(verdicts[altered] == "INVALID", f"the altered PDF passed: {verdicts}")
    good = {verdict for bidder, verdict in verdicts.items() if bidder != altered}
    require(good <= {"VALID", "VALID_WITH_REMARKS"}, f"a sound PDF failed: {verdicts}")
    codes = stage.facts["bids"][altered]["documents"][0]["codes"]
    return f"inside south's bid a PDF was altered after signing: minuted as {', '.join(codes)}"


def _attend(opener: Person) -> None:
    stage = opener.stage
    opener.daylight(
        *("open", "attend", stage.tender, stage.facts[opener.name], *passphrase(stage)),
        *("--anchors", stage.anchors),
    )


def _closed(opener: Person) -> bool:
    tender = opener.ask("GET", f"tenders/{opener.stage.tender}")
    return bool(tender["state"] == "closed")


def _opened(stage: Stage) -> Json | None:
    status: Json = stage["supervisor"].ask("GET", f"tenders/{stage.tender}/opening")
    return status if status["state"] == "minuted" else None
