"""Keys are made once, kept private, and answer rehearsals of their own tender only."""

import json
import shutil
from pathlib import Path

import pytest

from client.main import main
from procurement.proof.age import encrypt_bytes
from procurement.proof.age_keys import Recipient
from tenders.panel.keyset import Keyset, Rehearsal
from tests.client.tender import HOLDERS, Tender, daylight, done, make_tender


def new(folder: Path, *more: object, role: str = "opener") -> list[object]:
    return ["keys", "new", "--for", role, "--name", "log.example/x/1", "--out", folder, *more]


def test_a_key_file_is_its_owners_alone_and_names_no_secret_in_public(tmp_path: Path) -> None:
    answer = done(*new(tmp_path, "--no-passphrase"))

    kept, shown = Path(answer["key"]), Path(answer["public"])
    assert kept.stat().st_mode & 0o777 == 0o600
    assert json.loads(kept.read_bytes())["identity"].startswith("AGE-SECRET-KEY-1")
    assert "SECRET" not in shown.read_text()
    assert "PRIVATE" not in shown.read_text()


def test_a_passphrase_locks_the_key_file(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("correct horse\n")
    wrong.write_text("battery staple\n")

    kept = Path(done(*new(tmp_path, "--passphrase-file", right))["key"])

    assert kept.read_bytes().startswith(b"age-encryption.org/v1\n-> scrypt ")
    rehearse = ["keys", "rehearse", kept, "none.age", "--holder", "opener-1", "--out", "n.note"]
    tender = make_tender(tmp_path / "tender")
    for file, code in ((wrong, "wrong-passphrase"), (right, "not-your-place")):
        arguments = [*rehearse, "--keyset", tender.keyset, "--passphrase-file", file]
        assert daylight(*arguments)[1]["code"] == code


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    kept = Path(done(*new(tmp_path, "--no-passphrase"))["key"]).read_bytes()

    code, answer = daylight(*new(tmp_path, "--no-passphrase"))

    assert (code, answer["code"]) == (1, "exists")
    assert (tmp_path / "log.example-x-1.key.json").read_bytes() == kept


@pytest.mark.parametrize("role", ["agency", "supervisor"])
def test_a_body_that_only_signs_gets_no_key_that_decrypts(tmp_path: Path, role: str) -> None:
    answer = done(*new(tmp_path, "--no-passphrase", role=role))

    assert json.loads(Path(answer["public"]).read_bytes())["recipient"] is None


def test_the_paper_copy_is_printed_only_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*map(str, new(tmp_path / "a", "--no-passphrase"))])
    silent = capsys.readouterr().out
    main([*map(str, new(tmp_path / "b", "--no-passphrase", "--paper"))])

    assert "AGE-SECRET-KEY-1" not in silent
    assert "whoever has this file has the key" in silent
    assert "AGE-SECRET-KEY-1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param(["--tender", "seven"], "wrong-form", id="a tender that is no id"),
        pytest.param(["--name", "two words"], "bad-key-name", id="a name with a space"),
    ],
)
def test_bad_keys_are_refused_before_anything_is_written(
    tmp_path: Path, more: list[str], code: str
) -> None:
    folder = tmp_path / "keys"

    exit_code, answer = daylight(*new(folder, "--no-passphrase", *more))

    assert (exit_code, answer["code"]) == (1, code)
    assert not folder.exists()


def rehearsing(tender: Tender, challenge: Path, holder: str = "opener-1") -> list[object]:
    out = tender.home / "answer.note"
    return [
        *("keys", "rehearse", tender.key(holder), challenge, "--keyset", tender.keyset),
        *("--holder", holder, "--out", out),
    ]


def test_every_holder_answers_a_rehearsal(tmp_path: Path) -> None:
    tender, folder = make_tender(tmp_path), tmp_path / "rehearsal"
    done("practice", "challenges", "--keyset", tender.keyset, "--out", folder)
    for holder in HOLDERS:
        arguments = rehearsing(tender, folder / f"{holder}.age", holder)
        done(*arguments[:-1], folder / f"{holder}.note")

    answer = done("practice", "answers", folder, "--keyset", tender.keyset)

    assert answer["answered"] == sorted(HOLDERS)


def test_an_answer_to_another_challenge_is_noticed(tmp_path: Path) -> None:
    tender, folder, old = make_tender(tmp_path), tmp_path / "rehearsal", tmp_path / "old"
    for made in (old, folder):
        done("practice", "challenges", "--keyset", tender.keyset, "--out", made)
    for holder in HOLDERS:
        done(*rehearsing(tender, folder / f"{holder}.age", holder)[:-1], folder / f"{holder}.note")
    (folder / "opener-1.note").unlink()
    done(*rehearsing(tender, old / "opener-1.age")[:-1], folder / "opener-1.note")

    code, answer = daylight("practice", "answers", folder, "--keyset", tender.keyset)

    assert (code, answer["code"]) == (1, "wrong-answer")


def test_a_share_is_no_rehearsal(tmp_path: Path) -> None:
    tender = make_tender(tmp_path)
    sealed = tender.seal("north", "12.50")

    code, answer = daylight(*rehearsing(tender, sealed / "share-1.age"))

    assert (code, answer["code"]) == (1, "wrong-type")
    assert "share" not in json.dumps(answer).replace("daylight/share", "")
    assert not (tmp_path / "answer.note").exists()


@pytest.mark.parametrize(
    ("keyset", "holder", "code"),
    [
        pytest.param("0" * 64, "opener-1", "other-keyset", id="another keyset"),
        pytest.param(None, "opener-2", "other-holder", id="another holder"),
    ],
)
def test_a_challenge_that_was_meant_otherwise_is_not_answered(
    tmp_path: Path, keyset: str | None, holder: str, code: str
) -> None:
    tender = make_tender(tmp_path)
    fixed = Keyset.read(tender.keyset.read_bytes())
    challenge = Rehearsal(keyset or fixed.digest(), holder, bytes(32))
    recipient = Recipient.decode(fixed.openers[0].recipient)
    path = tmp_path / "challenge.age"
    path.write_bytes(encrypt_bytes(challenge.canonical(), recipient))

    exit_code, answer = daylight(*rehearsing(tender, path))

    assert (exit_code, answer["code"]) == (1, code)
    assert not (tmp_path / "answer.note").exists()


def test_a_challenge_is_not_answered_with_the_wrong_key(tmp_path: Path) -> None:
    tender, folder = make_tender(tmp_path), tmp_path / "rehearsal"
    done("practice", "challenges", "--keyset", tender.keyset, "--out", folder)
    shutil.copy(tender.key("opener-2"), tender.key("opener-1"))

    code, answer = daylight(*rehearsing(tender, folder / "opener-1.age"))

    assert (code, answer["code"]) == (1, "not-your-place")
