"""An offer is checked whole, sealed whole, and otherwise leaves nothing behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from client.main import main
from tests.client.tender import Tender, daylight, done, make_tender, offer

# Stands in for a machine with nothing but the base installation.
BARE = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "pyhanko", "rich", "httpx", "pikepdf", "pypdfium2"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from client.main import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def tender(tmp_path: Path) -> Tender:
    return make_tender(tmp_path, closes_in=3600)


def entered(tender: Tender, value: object) -> list[object]:
    """Write an offer and a document, and give the command that would seal them."""
    (tender.home / "offer.json").write_text(json.dumps(value))
    (tender.home / "doc.pdf").write_bytes(b"%PDF-1.7\n")
    return tender.sealing("north", tender.home / "offer.json", tender.home / "doc.pdf")


def listed(tender: Tender) -> list[str]:
    return sorted(path.name for path in tender.home.iterdir())


def test_a_sealed_folder_holds_what_is_filed_and_never_the_seed(tender: Tender) -> None:
    sealed = tender.seal("north", "12.50")

    names = sorted(path.name for path in sealed.iterdir())
    shares = [f"share-{i}.age" for i in range(1, 5)]
    assert names == ["e.age", "manifest.json", "p.age", "payload.age", *shares]
    seed = tender.home / "north.seed"
    assert seed.stat().st_mode & 0o777 == 0o600
    assert seed.read_text().startswith("AGE-SECRET-KEY-1")


def test_every_fault_is_named_at_once_in_the_persons_language(
    tender: Tender, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = entered(tender, offer("12,50") | {"answers": {}, "colour": "red"})
    before = listed(tender)

    code, answer = daylight(*arguments)
    main([*map(str, arguments), "--lang", "zh"])

    assert code == 1
    found = sorted(fault["pointer"] for fault in answer["faults"])
    assert found == ["/answers/delivery-days", "/colour", "/prices/chairs/unit_price"]
    assert "缺少“delivery-days”" in capsys.readouterr().err
    assert listed(tender) == before


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"no document", "wrong-media-type", id="a file that is no PDF"),
        pytest.param(b"", "wrong-media-type", id="an empty file"),
    ],
)
def test_a_document_of_another_kind_is_refused(tender: Tender, content: bytes, code: str) -> None:
    arguments = entered(tender, offer("12.50"))
    (tender.home / "doc.pdf").write_bytes(content)

    exit_code, answer = daylight(*arguments)

    assert exit_code == 1
    assert code in [fault["code"] for fault in answer["faults"]]


def test_nothing_is_overwritten_and_nothing_half_done(tender: Tender) -> None:
    sealed = tender.seal("north", "12.50")
    kept = (sealed / "manifest.json").read_bytes(), (tender.home / "north.seed").read_bytes()
    before = listed(tender)

    code, answer = daylight(*entered(tender, offer("1.00")))

    assert (code, answer["code"]) == (1, "exists")
    again = (sealed / "manifest.json").read_bytes(), (tender.home / "north.seed").read_bytes()
    assert again == kept
    assert set(listed(tender)) - set(before) <= {"offer.json", "doc.pdf"}


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        pytest.param("--lot", "lot-9", "no-such-envelope", id="a lot that is not there"),
        pytest.param("--bidder", "me", "wrong-form", id="a bidder that is no id"),
        pytest.param("--keyset", "/nowhere.json", "file", id="a keyset that is not there"),
        pytest.param("--document", "x=/nowhere.pdf", "no-such-file", id="no such document"),
        pytest.param("--agency-key", "a+00000000+AAAA", "not-signed", id="key without a note"),
    ],
)
def test_bad_arguments_leave_nothing_behind(
    tender: Tender, option: str, value: str, code: str
) -> None:
    arguments = entered(tender, offer("12.50"))
    before = listed(tender)

    exit_code, answer = daylight(*arguments, option, value)

    assert (exit_code, answer["code"]) == (1, code)
    assert listed(tender) == before


def test_a_signed_notice_is_checked_by_the_agencys_key(tender: Tender) -> None:
    arguments = [
        str(one).replace("notice.json", "notice.note").replace("keyset.json", "keyset.note")
        for one in entered(tender, offer("12.50"))
    ]
    keys = {
        name: json.loads(tender.public(name).read_text())["verifier"]
        for name in ("agency", "opener-1")
    }

    assert daylight(*arguments, "--agency-key", keys["opener-1"])[0] == 1
    assert daylight(*arguments)[1]["code"] == "no-agency-key"
    done(*arguments, "--agency-key", keys["agency"])


def test_the_seed_shows_what_is_inside(tender: Tender) -> None:
    sealed = tender.seal("north", "12.50")

    answer = done(
        *("inspect", sealed, "--seed", tender.home / "north.seed", "--keyset", tender.keyset)
    )

    assert answer["rebuilt"]
    assert [file["path"] for file in answer["files"]] == ["documents/technical.pdf"]


def test_a_changed_file_is_named(tender: Tender) -> None:
    sealed = tender.seal("north", "12.50")
    with (sealed / "e.age").open("ab") as file:
        file.write(b"!")

    code, answer = daylight("inspect", sealed)

    assert (code, answer["wrong"]) == (1, ["e.age"])


def test_an_offer_in_which_a_name_stands_twice_is_refused(tender: Tender) -> None:
    arguments = entered(tender, offer("12.50"))
    text = json.dumps(offer("12.50"))
    (tender.home / "offer.json").write_text(text[:-1] + ', "answers": {"delivery-days": "1"}}')

    code, answer = daylight(*arguments)

    assert (code, answer["code"]) == (1, "not-json")


def test_wrong_use_is_one_sentence_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["seal"])

    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_base_installation_seals_without_any_extra(tender: Tender) -> None:
    arguments = entered(tender, offer("12.50"))

    def bare(*command: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", BARE, *map(str, command)],
            capture_output=True,
            text=True,
            env={**os.environ, "LANG": "C.UTF-8"},
            check=False,
        )

    keys = ("keys", "new", "--for", "opener", "--name", "x/y/z", "--no-passphrase", "--out")
    for command in (
        ("--help",),
        (*keys, tender.home / "more"),
        tuple(arguments),
        ("inspect", tender.home / "north"),
    ):
        ran = bare(*command)
        assert (ran.returncode, ran.stderr) == (0, "")
    signing = bare("check", tender.home / "doc.pdf", "--anchors", tender.home)
    assert signing.returncode == 1
    assert "daylight-procurement[client]" in signing.stderr
