"""What a supplier gave once answers every tender, while it holds (requirement C26)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from client.main import main
from procurement.proof.instants import format_instant
from procurement.rules.declaration import STATEMENTS
from tests.client.live import Live
from tests.client.stage import Stage
from tests.signing import Trust
from tests.world import published_tender

ASKING = "eu-2014-24"  # its pack asks for declarations: Directive 2014/24/EU, art. 59
DAYS = 70  # the pack's shortest period is shorter


@pytest.fixture(scope="module")
def stage(live: Live, _trust: Trust, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A published tender that nobody else needs."""
    stage = Stage.set_up(live, tmp_path_factory.mktemp("profiles"), _trust)
    with stage.acting() as world:
        made = published_tender(world, pack=ASKING, closes_in=timedelta(days=DAYS))
        stage.tender = str(made.pk)
    return stage


def after(days: int) -> str:
    return format_instant(datetime.now(UTC) + timedelta(days=days))


def test_facts_documents_and_declarations_are_given_once_and_answer_a_tender(
    stage: Stage, tmp_path: Path
) -> None:
    supplier, licence = stage.supplier(0), tmp_path / "licence.pdf"
    licence.write_bytes(b"%PDF-1.7 licence")
    nothing = supplier.done("profile", "show", "--for", stage.tender)

    supplier.done("profile", "fact", "delivery-days", "14", "--until", after(DAYS - 1))
    given = supplier.done("profile", "document", "technical", licence)
    shown = supplier.done("profile", "declare", "--until", after(30), "--show-only")
    undeclared = supplier.done("profile", "show")["declaration"]
    declared = supplier.done("profile", "declare", "--until", after(30))

    answers = supplier.done("profile", "show", "--for", stage.tender)
    own = supplier.done("profile", "show")
    assert standings(nothing) == {"delivery-days": "missing", "technical": "missing"}
    assert len(nothing["undeclared"]) == len(STATEMENTS)
    assert given["media_type"] == "application/pdf"
    assert (shown["declared"], undeclared) == (False, None)
    assert sorted(declared["statements"]) == sorted(STATEMENTS)
    expiring = {"delivery-days": "expires-before-deadline", "technical": "valid"}
    assert (standings(answers), answers["undeclared"]) == (expiring, [])
    assert [one["value"] for one in own["facts"]] == ["14"]
    assert [one["name"] for one in own["documents"]] == ["technical"]


def standings(told: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {one["asked"]: one["standing"] for one in (*told["questions"], *told["documents"])}


def test_what_is_missing_is_said_in_the_reader_s_language(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYLIGHT_CONFIG", str(stage.supplier(1).folder / "profiles"))
    show = ["profile", "show", "--for", stage.tender, "--lang"]

    codes = [main([*show, lang]) for lang in ("en", "zh")]

    said = capsys.readouterr().out
    assert codes == [0, 0]
    assert "technical: missing\n" in said
    assert "technical：缺失\n" in said
    assert f"尚待声明：{STATEMENTS['able'].zh}\n" in said


@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param(("declare", "--until", "tomorrow"), "not-an-instant", id="no instant"),
        pytest.param(
            ("declare", "--until", after(30), "--only", "perfect"),
            "no-such-statement",
            id="a statement that nobody knows",
        ),
        pytest.param(
            ("declare", "--until", after(400)), "bad-input", id="a declaration for over a year"
        ),
    ],
)
def test_what_cannot_be_declared_is_refused(
    stage: Stage, options: tuple[str, ...], code: str
) -> None:
    assert stage.supplier(2).refused("profile", *options) == code


def test_who_acts_for_no_supplier_has_no_profile(stage: Stage) -> None:
    assert stage.person("officer").refused("profile", "show") == "which-supplier"
