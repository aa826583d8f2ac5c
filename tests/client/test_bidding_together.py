"""A lead files for its consortium by one command, and confirms by another when the notice changes.

Nobody is named twice: who bids stays as it was filed (requirement D33).
"""

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tenders.models import Tender
from tests.bidding.together import consortium_of, mandate
from tests.client.live import Live
from tests.client.stage import Stage
from tests.signing import Trust
from tests.tenders.changing import amended
from tests.world import published_tender


@pytest.fixture(scope="module")
def stage(live: Live, _trust: Trust, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A published tender that nobody else needs."""
    stage = Stage.set_up(live, tmp_path_factory.mktemp("confirming"), _trust)
    with stage.acting() as world:
        stage.tender = str(published_tender(world, closes_in=timedelta(hours=1)).pk)
    stage.until(stage.in_the_log, what="the notice in the log")
    return stage


def kept(sealed: Path) -> dict[str, Any]:
    """Read the bid that lies beside an envelope."""
    text = sealed.with_name(f"{sealed.name}.bid.json").read_text()
    found: dict[str, Any] = json.loads(text)["bid"]
    return found


def fetched(stage: Stage, notice: str) -> Path | None:
    """Fetch the tender, until that notice is in force in the fetched history."""
    folder = stage.supplier(0).folder / f"fetched-{time.monotonic_ns()}"
    told = stage.supplier(0).done(
        *("fetch", stage.tender, "--anchors", stage.anchors, "--out", folder)
    )
    return folder if told["notice"] == notice else None


@pytest.fixture(scope="module")
def filed(stage: Stage) -> dict[str, Any]:
    """A bid that the first supplier filed for itself and the second."""
    with stage.acting() as world:
        tender = Tender.objects.get(pk=stage.tender)
        consortium = consortium_of(world, tender, stage.company(0), stage.company(1))
        mandate(world, consortium, stage.company(1))
    sealed = stage.seal(0, "12.50")
    command = (*stage.submitting(0, sealed), "--consortium", consortium.pk)
    return {**stage.supplier(0).done(*command), "sealed": sealed, "kept": kept(sealed)}


def test_a_lead_files_for_all_its_members(stage: Stage, filed: dict[str, Any]) -> None:
    lead, member = (str(stage.company(place).organisation.pk) for place in (0, 1))

    assert filed["kept"]["bidder"] == {"lead": lead, "members": sorted([lead, member])}
    assert filed["proved"]


def test_its_bid_is_confirmed_for_the_same_members_without_naming_the_consortium_again(
    stage: Stage, filed: dict[str, Any]
) -> None:
    lead, sealed, before = stage.supplier(0), filed["sealed"], filed["kept"]
    with stage.acting() as world:
        notice = amended(world, Tender.objects.get(pk=stage.tender)).notice
    signing = stage.submitting(0, sealed)[4:]

    early = lead.refused("confirm", sealed, "--tender", lead.folder / "tender", *signing)
    changed = stage.until(lambda: fetched(stage, notice), what="the newer notice in the log")
    told = lead.done("confirm", sealed, "--tender", changed, *signing)

    assert early == "newer-notice", "the same once more would confirm nothing"
    after = kept(sealed)
    assert (after["bidder"], after["envelopes"]) == (before["bidder"], before["envelopes"])
    assert (after["notice"], after["supersedes"]) == (notice, filed["bid"])
    assert told["number"] != filed["number"]
    states = {one["digest"]: one["state"] for one in lead.done("status", stage.tender)["bids"]}
    assert states == {filed["bid"]: "superseded", told["bid"]: "filed"}
    assert (sealed.parent / f"offer.receipt-{filed['number']}.note").exists()


def test_a_bidder_alone_confirms_in_the_same_way(stage: Stage, filed: dict[str, Any]) -> None:
    alone = stage.supplier(2)
    sealed = stage.seal(2, "13.00")
    first = alone.done(*stage.submitting(2, sealed))
    with stage.acting() as world:
        notice = amended(world, Tender.objects.get(pk=stage.tender)).notice
    changed = stage.until(lambda: fetched(stage, notice), what="the newer notice in the log")

    told = alone.done("confirm", sealed, "--tender", changed, *stage.submitting(2, sealed)[4:])

    assert (kept(sealed)["supersedes"], kept(sealed)["notice"]) == (first["bid"], notice)
    assert told["number"] not in (first["number"], filed["number"])
