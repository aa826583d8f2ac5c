"""The platform's keys are files that only it may read, made once, each with a name of its own."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from procurement.keys import checkpoint_signer, receipt_signer, witness_signers


@pytest.fixture(autouse=True)
def directory(settings: Settings, tmp_path: Path) -> Path:
    settings.KEYS_DIR = tmp_path / "keys"
    return tmp_path / "keys"


def test_keys_are_made_once_and_closed_to_others(directory: Path) -> None:
    first, again = checkpoint_signer(), checkpoint_signer()

    assert first.encode() == again.encode()
    assert first.name == "daylight.example/try-out/checkpoint/1"
    assert [path.name for path in directory.iterdir()] == ["checkpoint-1.key"]
    assert stat.S_IMODE((directory / "checkpoint-1.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_no_two_keys_are_the_same() -> None:
    keys = [checkpoint_signer(), receipt_signer(), *witness_signers()]

    assert len({key.encode()[-44:] for key in keys}) == 6
    assert len({key.name for key in keys}) == 6


def test_processes_that_start_at_once_agree_on_one_key() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [pool.submit(receipt_signer) for _ in range(40)]

    assert len({found.result().encode() for found in made}) == 1


def test_a_key_of_another_log_is_refused(settings: Settings) -> None:
    checkpoint_signer()
    settings.LOG_ORIGIN = "elsewhere.example/log"

    with pytest.raises(ImproperlyConfigured, match="not elsewhere"):
        checkpoint_signer()


@pytest.mark.parametrize("text", ["", "PRIVATE+KEY+x", "\ufffd"])
def test_a_file_that_is_no_key_is_refused_without_being_shown(directory: Path, text: str) -> None:
    directory.mkdir()
    (directory / "checkpoint-1.key").write_text(text)

    with pytest.raises(ImproperlyConfigured, match="cannot be used"):
        checkpoint_signer()
