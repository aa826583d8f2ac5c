"""k openers and the timekeeper open together; fewer open nothing; one bad bid stops no other."""

import json
import shutil
from pathlib import Path

import pytest

from tests.client.tender import Tender, daylight, done, make_tender


@pytest.fixture
def tender(tmp_path: Path) -> Tender:
    return make_tender(tmp_path)


def test_two_openers_and_the_timekeeper_open_every_bid(tender: Tender) -> None:
    sealed = [tender.seal("north", "12.50"), tender.seal("south", "11.00")]
    tender.ask(*sealed)
    notes = [tender.take_share(i, *sealed) for i in (1, 2)]
    release = tender.take_pads(*sealed)

    code, answer = daylight(
        *("open", "combine", *sealed, "--keyset", tender.keyset, "--release", release),
        *("--disclosure", notes[0], "--disclosure", notes[1], "--out", tender.home / "opened"),
    )

    assert code == 0
    found = [(bid["envelope"], bid["cause"], bid["total"]) for bid in answer["bids"]]
    assert found == [("north", "opened", "141.25"), ("south", "opened", "124.30")]
    inside = tender.home / "opened" / "north" / "files" / "documents" / "technical.pdf"
    assert inside.read_bytes() == (tender.home / "north.pdf").read_bytes()
    assert json.loads((tender.home / "opened" / "result.json").read_text())["bids"]


@pytest.mark.parametrize(
    ("openers", "with_timekeeper", "code"),
    [
        pytest.param((1,), True, "no-quorum", id="one opener and the timekeeper"),
        pytest.param((1, 2), False, "no-release", id="two openers without the timekeeper"),
        pytest.param((1, 1), True, "same-opener", id="one opener counted twice"),
    ],
)
def test_too_few_open_nothing(
    tender: Tender, openers: tuple[int, ...], with_timekeeper: bool, code: str
) -> None:
    sealed = tender.seal("north", "12.50")
    tender.ask(sealed)
    notes = {i: tender.take_share(i, sealed) for i in set(openers)}
    release = ("--release", tender.take_pads(sealed)) if with_timekeeper else ()

    exit_code, answer = daylight(
        *("open", "combine", sealed, "--keyset", tender.keyset, *release),
        *(part for i in openers for part in ("--disclosure", notes[i])),
        *("--out", tender.home / "opened"),
    )

    assert (exit_code, answer["code"]) == (1, code)
    assert not (tender.home / "opened").exists()


@pytest.mark.parametrize("file", ["payload.age", "share-1.age", "p.age"])
def test_a_flipped_byte_is_named_and_the_others_still_open(tender: Tender, file: str) -> None:
    sealed = [tender.seal("north", "12.50"), tender.seal("south", "11.00")]
    tender.ask(*sealed)
    notes = [tender.take_share(i, *sealed) for i in (1, 2)]
    release = tender.take_pads(*sealed)
    copy = tender.home / "copy" / "north"
    shutil.copytree(sealed[0], copy)
    raw = bytearray((copy / file).read_bytes())
    raw[-1] ^= 1
    (copy / file).write_bytes(raw)

    code, answer = daylight(
        *("open", "combine", copy, sealed[1], "--keyset", tender.keyset, "--release", release),
        *("--disclosure", notes[0], "--disclosure", notes[1], "--out", tender.home / "opened"),
    )

    causes = {bid["envelope"]: bid["cause"] for bid in answer["bids"]}
    assert (code, causes) == (1, {"north": "integrity", "south": "opened"})


def test_a_manifest_that_is_none_stops_no_other(tender: Tender) -> None:
    sealed = [tender.seal("north", "12.50"), tender.seal("south", "11.00")]
    tender.ask(*sealed)
    notes = [tender.take_share(i, *sealed) for i in (1, 2)]
    release = tender.take_pads(*sealed)
    (sealed[0] / "manifest.json").write_bytes(b"{")

    _, answer = daylight(
        *("open", "combine", *sealed, "--keyset", tender.keyset, "--release", release),
        *("--disclosure", notes[0], "--disclosure", notes[1], "--out", tender.home / "opened"),
    )

    assert [bid["cause"] for bid in answer["bids"]] == ["integrity", "opened"]


def test_nobody_takes_anything_out_before_the_deadline(tmp_path: Path) -> None:
    tender = make_tender(tmp_path, closes_in=3600)
    sealed = tender.seal("north", "12.50")
    tender.ask(sealed)

    code, answer = daylight(*tender.taking_share(1, sealed), "--out", tmp_path / "early.note")

    assert (code, answer["code"]) == (1, "too-early")
    assert not (tmp_path / "early.note").exists()


def test_an_opener_whom_the_request_does_not_name_discloses_nothing(tender: Tender) -> None:
    sealed = tender.seal("north", "12.50")
    tender.ask(sealed)

    code, answer = daylight(*tender.taking_share(3, sealed), "--out", tender.home / "n.note")

    assert (code, answer["code"]) == (1, "not-asked")


def test_an_opener_cannot_pose_as_another(tender: Tender) -> None:
    sealed = tender.seal("north", "12.50")
    tender.ask(sealed)
    arguments = tender.taking_share(1, sealed)
    arguments[2] = tender.key("opener-2")

    code, answer = daylight(*arguments, "--out", tender.home / "n.note")

    assert (code, answer["code"]) == (1, "not-your-place")


def test_a_disclosure_by_someone_else_is_refused(tender: Tender) -> None:
    sealed = tender.seal("north", "12.50")
    tender.ask(sealed)
    first, second = (tender.take_share(i, sealed) for i in (1, 2))
    text, signature = second.read_bytes().split(b"\n\n")
    second.write_bytes(text.replace(b'"idx":2', b'"idx":3') + b"\n\n" + signature)
    release = tender.take_pads(sealed)

    code, _ = daylight(
        *("open", "combine", sealed, "--keyset", tender.keyset, "--release", release),
        *("--disclosure", first, "--disclosure", second, "--out", tender.home / "opened"),
    )

    assert code == 1


def test_the_set_is_looked_at_whole_with_a_missing_share_named(tender: Tender) -> None:
    sealed = [tender.seal("north", "12.50"), tender.seal("south", "11.00")]
    tender.ask(*sealed)
    (sealed[0] / "share-1.age").unlink()

    answer = done(*tender.taking_share(1, *sealed), "--out", tender.home / "n.note")

    assert answer["taken"] == 1
    assert [one["envelope"] for one in answer["failed"]] == ["north"]
