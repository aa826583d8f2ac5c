"""The authorities are asked by command, once or again and again; the answer says what came."""

import time

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from signatures.models import RevocationRound
from signatures.training_services import revocation_list
from signatures.trust import rounds
from tests.signatures import trusting
from tests.signatures.locking import held_elsewhere
from tests.signatures.test_trust_fetching import Authority, server  # noqa: F401 - a fixture
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(world: World, server: Authority, settings: Settings) -> str:  # noqa: F811
    """Approve one anchor whose list lies at an address of this machine."""
    settings.REVOCATION_PRIVATE = True
    change = trusting.changes(world)[0]
    url = f"http://127.0.0.1:{server.server.server_port}/root"
    trusting.approved(world, type(change)(change.certificate, change.purpose,
                                          addresses=(("crl", url),)))  # fmt: skip
    server.gives("/root", revocation_list(world.trust.authority, "root", at=world.now))
    return url


def test_where_nobody_is_to_be_asked_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("fetch_revocation")

    assert capsys.readouterr().out == "Nobody is to be asked, or another process does it.\n"


def test_it_says_what_is_known_and_who_did_not_answer(
    root: str,
    server: Authority,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("fetch_revocation")
    came = capsys.readouterr().out
    server.gives("/root", b"", status=503)
    call_command("fetch_revocation")
    away = capsys.readouterr().out

    known = f"1 answers are known, set {RevocationRound.objects.earliest('at').digest[:12]}\n"
    assert came == known
    assert away.startswith("1 answers are known, set ")
    assert f"  {root}: " in away
    assert "503" in away


def test_it_goes_on_at_the_rhythm_that_it_is_given(
    root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", sleep)

    with pytest.raises(KeyboardInterrupt):
        call_command("fetch_revocation", "--every", "5")

    assert slept == [300, 300]
    assert RevocationRound.objects.count() == 2


def test_one_process_asks_at_a_time(root: str, world: World) -> None:
    with held_elsewhere(rounds._LOCK):
        assert rounds.make_round(now=world.now) is None

    assert rounds.make_round(now=world.now) is not None
