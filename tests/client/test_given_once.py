"""What was given once fills in what an offer leaves out: shown, still valid, and offline as well.

Nothing is filled in silently, nothing that will not hold at the deadline is, and what the offer
says itself is never replaced (requirement C26).
"""

import hashlib
import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest

from bidding.sealed.container import read_container
from bidding.sealed.inner import read_inner
from bidding.sealed.manifest import Manifest
from bidding.sealed.unsealing import open_payload
from client.main import main
from client.profiles import Profile, keep
from procurement.proof.age_keys import Identity
from procurement.proof.instants import format_instant
from tests.client.script import following
from tests.client.tender import Tender, daylight, done, make_tender, offer

NORTH = str(uuid5(NAMESPACE_DNS, "north"))  # the bidder of these tests
CLOSES_IN = timedelta(hours=1)
LICENCE = b"%PDF-1.7 what was given once"
PAST, SOON, LATER = -timedelta(days=1), CLOSES_IN / 2, timedelta(days=1)


@pytest.fixture(scope="module")
def tender(tmp_path_factory: pytest.TempPathFactory) -> Tender:
    return make_tender(tmp_path_factory.mktemp("once"), closes_in=round(CLOSES_IN.total_seconds()))


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nobody has signed in."""
    monkeypatch.setenv("DAYLIGHT_CONFIG", str(tmp_path / "config"))
    return tmp_path / "config"


def instant(ahead: timedelta) -> str:
    return format_instant(datetime.now(UTC) + ahead)


def profile(
    value: str = "14",
    *,
    since: timedelta = PAST,
    until: timedelta | None = None,
    content: bytes = LICENCE,
) -> dict[str, Any]:
    """Tell a profile with one fact and one document, as the platform does."""
    valid = {
        "valid_from": instant(since),
        "valid_until": None if until is None else instant(until),
    }
    document = {"media_type": "application/pdf", "length": len(content)}
    document["sha256"] = hashlib.sha256(content).hexdigest()
    return {
        "facts": [{"kind": "delivery-days", "value": value, **valid}],
        "documents": [{"name": "technical", **document, **valid}],
        "declaration": None,
    }


def saved(config: Path, told: dict[str, Any], content: bytes = LICENCE) -> None:
    """Leave a copy on the machine, as ``daylight profile save`` does."""
    folder = config / "suppliers" / NORTH
    (folder / "documents").mkdir(parents=True)
    digest = told["documents"][0]["sha256"]
    (folder / "documents" / f"{digest}.pdf").write_bytes(content)
    kept = {"taken_at": instant(PAST), "told": told}
    (folder / "profile.json").write_text(json.dumps(kept))


def sealing(tender: Tender, out: Path, *more: object, answers: dict[str, str] | None = None) -> Any:
    """Give the command that seals an offer without a document, and with these answers only."""
    entered = out.with_suffix(".json")
    entered.write_text(json.dumps(offer("12.50") | {"answers": answers or {}}))
    return (
        *("seal", "--notice", tender.notice, "--keyset", tender.keyset, "--lot", "lot-1"),
        *("--bidder", NORTH, "--offer", entered, "--out", out, *more),
    )


def inside(sealed: Path) -> tuple[dict[str, Any], list[str]]:
    """Look into an envelope by its seed: the offer, and what files it holds."""
    manifest = Manifest.read((sealed / "manifest.json").read_bytes())
    seed = Identity.decode(sealed.with_name(f"{sealed.name}.seed").read_text().strip()).secret
    with tempfile.TemporaryDirectory() as beside:
        container = Path(beside) / "container.zip"
        open_payload(sealed / "payload.age", container, seed, manifest)
        with container.open("rb") as source:
            held = read_container(source)
    return dict(read_inner(held.inner).offer), [entry.path for entry in held.entries]


def test_a_copy_on_this_machine_fills_in_offline_what_the_offer_leaves_out(
    tender: Tender, config: Path, tmp_path: Path
) -> None:
    saved(config, profile(until=LATER))

    told = done(*sealing(tender, tmp_path / "sealed"))

    said, files = inside(tmp_path / "sealed")
    assert said["answers"] == {"delivery-days": "14"}
    assert files == ["documents/technical.pdf"]
    assert [(one["asked"], one["value"]) for one in told["from_profile"]] == [
        ("delivery-days", "14"),
        ("technical", None),
    ]
    assert told["from_profile"][1]["sha256"] == hashlib.sha256(LICENCE).hexdigest()


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        pytest.param("en", "delivery-days: 14 (from your profile, valid until {until})", id="en"),
        pytest.param("zh", "delivery-days：14（取自企业资料，有效期至 {until}）", id="zh"),
    ],
)
def test_everything_that_was_filled_in_is_shown_and_until_when_it_holds(
    tender: Tender,
    config: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    lang: str,
    line: str,
) -> None:
    told = profile(until=LATER)
    saved(config, told)

    code = main([*map(str, sealing(tender, tmp_path / "sealed", "--lang", lang))])

    said = capsys.readouterr().out
    assert code == 0
    assert line.format(until=told["facts"][0]["valid_until"]) in said
    assert "--no-profile" in said, "how to do without"


def test_what_the_offer_says_itself_stands(tender: Tender, config: Path, tmp_path: Path) -> None:
    saved(config, profile("99"))

    told = done(*sealing(tender, tmp_path / "sealed", answers={"delivery-days": "7"}))

    assert inside(tmp_path / "sealed")[0]["answers"] == {"delivery-days": "7"}
    assert [one["asked"] for one in told["from_profile"]] == ["technical"]


@pytest.mark.parametrize(
    ("valid", "code"),
    [
        pytest.param({"until": SOON}, "expires-before-deadline", id="ends before the deadline"),
        pytest.param({"until": PAST, "since": 2 * PAST}, "expired", id="has ended"),
        pytest.param({"since": SOON, "until": LATER}, "not-yet-valid", id="begins later"),
    ],
)
def test_what_does_not_hold_at_the_deadline_is_refused_with_what_to_do(
    tender: Tender, config: Path, tmp_path: Path, valid: dict[str, timedelta], code: str
) -> None:
    saved(config, profile(**valid))  # type: ignore[arg-type]  # instants only

    exit_code, answer = daylight(*sealing(tender, tmp_path / "sealed"))

    assert (exit_code, answer["code"]) == (1, "profile-does-not-hold")
    assert [(one["code"], one["pointer"]) for one in answer["faults"]] == [
        (code, "/answers/delivery-days"),
        (code, "/documents/technical"),
    ]
    assert "daylight profile fact delivery-days" in answer["faults"][0]["text"]
    assert "--document technical=PATH" in answer["faults"][1]["text"]
    assert not (tmp_path / "sealed").exists()


def no_copy(_config: Path) -> None:
    pass


def copy_without_end(config: Path) -> None:
    saved(config, profile())


@pytest.mark.parametrize(
    ("before", "more"),
    [
        pytest.param(no_copy, (), id="nothing was saved, and nobody has signed in"),
        pytest.param(copy_without_end, ("--no-profile",), id="it is not wanted"),
    ],
)
def test_without_a_profile_the_offer_answers_alone(
    tender: Tender,
    config: Path,
    tmp_path: Path,
    before: Callable[[Path], None],
    more: tuple[str, ...],
) -> None:
    before(config)

    exit_code, answer = daylight(*sealing(tender, tmp_path / "sealed", *more))

    assert (exit_code, answer["code"]) == (1, "bad-offer")
    missing = [one["pointer"] for one in answer["faults"] if one["code"] == "missing"]
    assert sorted(missing) == ["/answers/delivery-days", "/documents/technical"]


def test_a_document_that_is_not_the_one_named_is_not_taken(
    tender: Tender, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = profile()
    swapped = LICENCE[:-1] + b"?"
    with following() as server:
        server.answers += [(200, {}, json.dumps(told).encode()), (200, {}, swapped)]
        keep("default", Profile(server.address, session="north"))
        code = main([*map(str, sealing(tender, tmp_path / "sealed"))])

    assert code == 1
    assert "“technical” is not the one that your profile names" in capsys.readouterr().out
    assert not list((config / "suppliers").rglob("*.pdf"))


def test_while_the_platform_is_away_the_copy_serves_and_is_said_to(
    tender: Tender, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved(config, profile())
    with following() as server:
        server.answers.append((0, {}, b""))  # hangs up
        keep("default", Profile(server.address, session="north"))
        code = main([*map(str, sealing(tender, tmp_path / "sealed"))])

    said = capsys.readouterr().out
    assert code == 0
    assert "Your profile is taken from its copy of" in said
    assert "delivery-days: 14 (from your profile, valid without end)" in said


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param("[]", id="no object"),
        pytest.param('{"taken_at": "x", "told": {"facts": [{}], "documents": []}}', id="no fact"),
        pytest.param('{"told": null}', id="nothing told"),
    ],
)
def test_a_spoilt_copy_is_refused_in_words(
    tender: Tender, config: Path, tmp_path: Path, spoilt: str
) -> None:
    saved(config, profile())
    (config / "suppliers" / NORTH / "profile.json").write_text(spoilt)

    assert daylight(*sealing(tender, tmp_path / "sealed"))[1]["code"] == "not-a-profile"
