"""Act five: people decide, a lot is awarded, and a stranger checks it all without a network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from procurement.tryout.story.bids import ALTERS, IN_TIME, REPLACES
from procurement.tryout.story.stage import Json, Stage, StepFailed, require, until
from procurement.tryout.story.tender import LOT

CODES = {"AUTHENTIC": 0, "CONSISTENT_NOT_AUTHENTICATED": 3, "BROKEN": 1}


def judge(stage: Stage) -> str:
    """Let the proposer judge the bid with the altered document, and the decider confirm."""
    path = f"tenders/{stage.tender}/lots/{LOT}/proposal"
    best = stage.facts["bids"][stage.ids[ALTERS]]["bid"]
    early = {"bid": best, "reason": "It is the cheapest"}
    stage["proposer"].ask("POST", path, early, refused="judgement-missing")
    made = stage["proposer"].ask(
        "POST",
        f"tenders/{stage.tender}/judgements",
        {"bid": best, "counts": False, "reason": "The technical offer was altered after signing"},
    )
    stage["decider"].ask(
        "POST",
        f"judgements/{made['id']}/decision",
        {"decision": "confirmed", "reason": "The report names the change"},
    )
    return "south's price counts only if people say so: the proposer says no, the decider confirms"


def rank(stage: Stage) -> str:
    """Show the ranking."""
    lots = stage["supervisor"].ask("GET", f"tenders/{stage.tender}/ranking")["lots"]
    places = lots[0]["ranking"]["places"]
    named = {stage.ids[name]: name for name in IN_TIME}
    order = [named[place["bidder"]] for place in places]
    require(order == ["north", "east"], f"wrong order: {order}")
    said = ", ".join(
        f"{one['place']}. {named[one['bidder']]} {one['points']} points" for one in places
    )
    return f"ranked by price: {said}"


def award(stage: Stage) -> str:
    """Let one person propose and another decide."""
    winner = stage.facts["bids"][stage.ids[REPLACES]]["bid"]
    path = f"tenders/{stage.tender}/lots/{LOT}"
    said = {"bid": winner, "reason": "The lowest price among the bids that count"}
    stage["proposer"].ask("POST", f"{path}/proposal", said)
    decision = {"decision": "confirmed", "reason": "As proposed"}
    stage["proposer"].ask("POST", f"{path}/decision", decision, refused="not-permitted")
    stage["decider"].ask("POST", f"{path}/decision", decision)
    tender = stage["officer"].ask("GET", f"tenders/{stage.tender}")
    require(tender["state"] == "concluded", f"the tender is {tender['state']}")
    decided = stage["officer"].ask("GET", f"tenders/{stage.tender}/ranking")["lots"][0]["award"]
    address = decided["decision_paper"].removeprefix("/api/v1/")
    paper = until(
        lambda: stage["officer"].fetched(address), within=60, what="the paper of the award"
    )
    require(paper.startswith(b"%PDF-"), "the decision is no PDF")
    return (
        "the proposer proposes north and may not decide; the decider does: concluded, "
        "and the decision is a paper with the platform's seal"
    )


def read_timeline(stage: Stage) -> str:
    """Let the supervisor read everything, which is written down."""
    timeline = stage["supervisor"].ask("GET", f"tenders/{stage.tender}/timeline")
    verbs = [entry["verb"] for entry in timeline["events"]]
    require("bid.filed" in verbs, f"the timeline shows no filing: {verbs}")
    return f"the supervisor reads the timeline: {len(verbs)} events, from the draft to the award"


def verify(stage: Stage) -> str:
    """Download the bundle, and check it by the one-file verifier, with a receipt in hand."""
    bundle, verifier = stage.path("bundle.zip"), stage.path("verify.pyz")
    bundle.write_bytes(stage["supervisor"].fetch(f"tenders/{stage.tender}/bundle"))
    packed = [sys.executable, "-m", "oversight.verify.pack", str(verifier)]
    subprocess.run(packed, check=True, capture_output=True)
    receipts = [part for name in IN_TIME for part in ("--receipt", stage.facts[f"receipt {name}"])]
    answer = _verified(stage, bundle, *receipts)
    require(answer["verdict"] == "AUTHENTIC", f"{answer['verdict']}: {answer['findings']}")
    proved = {one["code"] for one in answer["proved"]}
    require("sealed-papers" in proved, "the sealed papers are not among what was proved")
    limits = {one["code"] for one in answer["not_proved"]}
    require("without-paper" not in limits, "the minutes or the award have no sealed paper")
    size = bundle.stat().st_size // (1024 * 1024)
    return (
        f"bundle of {size} MB checked without a network: {answer['verdict']}, "
        f"{len(answer['proved'])} things proved, {len(answer['not_proved'])} named as not proved"
    )


def find_tampering(stage: Stage) -> str:
    """Change one byte in a copy, and let the verifier name it."""
    copy = stage.path("tampered.zip")
    shutil.copyfile(stage.path("bundle.zip"), copy)
    with zipfile.ZipFile(copy) as opened:
        name = next(one for one in opened.namelist() if one.endswith("payload.age"))
        at = opened.getinfo(name).header_offset + 30 + len(name.encode()) + 5_000
    with copy.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0] ^ 1
        file.seek(at)
        file.write(bytes([byte]))
    answer = _verified(stage, copy)
    require(answer["verdict"] == "BROKEN", f"a changed byte went unseen: {answer['verdict']}")
    found = answer["findings"][0]
    return f"one byte changed in a copy: {answer['verdict']}: {found['code']} in {found['where']}"


def _verified(stage: Stage, bundle: Path, *receipts: object) -> Json:
    ran = subprocess.run(
        [
            *(sys.executable, str(stage.path("verify.pyz")), "--json", str(bundle)),
            *("--anchors", str(stage.anchors), *map(str, receipts)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        answer: Json = json.loads(ran.stdout)
    except ValueError:
        raise StepFailed(f"the verifier said nothing: {ran.stderr[-400:]}") from None
    require(ran.returncode == CODES[answer["verdict"]], f"wrong exit code {ran.returncode}")
    return answer
