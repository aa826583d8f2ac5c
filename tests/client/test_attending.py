"""Openers and the timekeeper open together, in time, on a history that each has proved."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from client.memory import Memory
from client.output import Stopped
from client.proving import Proved, proved, read_anchors
from procurement.proof.evidence import TenderHistory
from tests.client.live import Live, Person
from tests.client.stage import Stage
from tests.signing import Trust

CLOSES_IN = timedelta(seconds=45)  # the pack's 30, and what approval and publication take here
LATE = 2  # the supplier that signs a form and brings it back too late
PRICES = {0: ("12.50", "141.25"), 1: ("11.00", "124.30")}


@pytest.fixture(scope="module")
def running(live: Live, _trust: Trust, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A tender with two bids, whose deadline is near."""
    stage = Stage.set_up(live, tmp_path_factory.mktemp("opening"), _trust)
    stage.draft(closes_in=timedelta(hours=1))
    stage.start_timekeeper()
    stage.seat_openers()
    stage.rehearse()
    stage.approve(closes_in=CLOSES_IN)
    stage.publish()
    for place, (price, _) in PRICES.items():
        sealed = stage.seal(place, price)
        stage.supplier(place).done(*stage.submitting(place, sealed), "--wait", 0)
    stage.seal(LATE, "9.00")
    stage.supplier(LATE).done(*_submitting_late(stage), "--form-only", stage.home / "late.pdf")
    return stage


@pytest.fixture(scope="module")
def closed(running: Stage) -> Stage:
    """The same tender, once its set is closed."""
    left = running.world_closes_at() - datetime.now(UTC)
    running.until(
        lambda: _state(running) == "gathering", what="close", within=left.total_seconds() + 20
    )
    return running


@pytest.fixture(scope="module")
def opened(closed: Stage) -> list[dict[str, Any]]:
    """What two openers were told, who attended the opening to its end."""
    openers = [closed.person(name) for name in ("opener-1", "opener-3")]
    attending = [_attend(closed, opener) for opener in openers]
    told = [one.communicate(timeout=90) for one in attending]
    assert [one.returncode for one in attending] == [0, 0], told
    closed.until(lambda: _state(closed) == "minuted", what="minutes")
    return [json.loads(out) for out, _ in told]


def test_before_the_deadline_nobody_asks_for_the_opening(running: Stage) -> None:
    opener = running.person("opener-1")
    trying = ("open", "try", running.tender, running.keys["opener-1"])

    code, _ = opener.daylight("open", "request", running.tender)
    refusal = opener.refused(*trying, "--anchors", running.anchors)

    assert (code, refusal) == (1, "may-not-open")


def test_one_opener_alone_asks_in_vain(closed: Stage) -> None:
    opener = closed.person("opener-1")
    opener.done("open", "present", closed.tender)
    opener.done("open", "present", closed.tender)

    assert opener.refused("open", "request", closed.tender) == "too-few-present"


def test_who_comes_after_the_deadline_is_refused_however_ready(closed: Stage) -> None:
    late, signed = closed.supplier(LATE), closed.home / "late-signed.pdf"
    late.done_quietly(
        *(
            "sign",
            closed.home / "late.pdf",
            "--without-timestamp",
            "--key",
            late.folder / "signer.p12",
        ),
        *("--passphrase-file", late.folder / "passphrase", "--out", signed),
    )

    assert late.refused(*_submitting_late(closed), "--signed", signed) == "submission-closed"


def test_two_openers_and_the_timekeeper_open_every_bid(
    closed: Stage, opened: list[dict[str, Any]]
) -> None:
    status = closed.person("opener-2").ask("GET", f"tenders/{closed.tender}/opening")

    totals = {bid["bidder"]: bid["announced"]["total"] for bid in status["bids"]}
    assert totals == {
        str(closed.company(place).organisation.pk): total for place, (_, total) in PRICES.items()
    }
    assert [(one["failed"], one["disclosed"]) for one in opened] == [({}, 2), ({}, 2)]


def test_the_timekeeper_s_one_answer_lies_on_its_disk(
    closed: Stage, opened: list[dict[str, Any]]
) -> None:
    memory = closed.home / "clock" / closed.tender

    assert {path.name for path in memory.iterdir()} == {
        *("key.json", "head.json", "deadline.json", "tried", "release.note", "done"),
    }
    assert {path.stat().st_mode & 0o777 for path in memory.iterdir()} == {0o600}


def test_a_timekeeper_follows_no_other_branch(closed: Stage, tmp_path: Path) -> None:
    proof = _proof(closed)
    memory = Memory(tmp_path / closed.tender)
    memory.folder.mkdir()
    memory.follow(proof)
    memory.follow(proof)
    (memory.folder / "head.json").write_text(json.dumps("0" * 64))

    with pytest.raises(Stopped) as stopped:
        memory.follow(proof)

    assert stopped.value.code == "other-branch"


def test_a_stranger_verifies_the_evidence_with_both_receipts(
    closed: Stage, opened: list[dict[str, Any]], tmp_path: Path
) -> None:
    overseer, bundle = closed.person("overseer"), tmp_path / "bundle.zip"
    bundle.write_bytes(overseer.fetch(f"tenders/{closed.tender}/bundle"))
    receipts = [closed.supplier(place).folder / "sealed" / "offer.receipt.note" for place in PRICES]

    code, report = overseer.daylight(
        *("verify", bundle, "--anchors", closed.anchors),
        *(part for receipt in receipts for part in ("--receipt", receipt)),
    )

    assert (code, report["verdict"], report["findings"]) == (0, "AUTHENTIC", [])


def test_an_opener_signs_no_minutes_twice_differently(
    closed: Stage, opened: list[dict[str, Any]]
) -> None:
    assert len({one["minutes"] for one in opened}) == 1


def _submitting_late(stage: Stage) -> tuple[object, ...]:
    folder = stage.supplier(LATE).folder
    return "submit", folder / "sealed" / "offer", "--tender", folder / "tender"


def _attend(stage: Stage, opener: Person) -> "subprocess.Popen[str]":
    command = [
        *(sys.executable, "-m", "client.main", "open", "attend", stage.tender),
        *(stage.keys[opener.name], "--anchors", stage.anchors, "--patience", 80, "--json"),
    ]
    return subprocess.Popen(
        [str(word) for word in command],
        env={**os.environ, "DAYLIGHT_CONFIG": str(opener.folder / "profiles")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _state(stage: Stage) -> str:
    opening = stage.person("opener-2").ask("GET", f"tenders/{stage.tender}/opening")
    return str(opening["state"])


def _proof(stage: Stage) -> Proved:
    history = stage.person("opener-2").ask("GET", f"tenders/{stage.tender}/history")
    return proved(TenderHistory.of(history), read_anchors(stage.anchors), stage.tender)
