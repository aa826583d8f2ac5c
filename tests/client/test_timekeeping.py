"""The timekeeper answers once: what lies on its disk is repeated, and nothing else is ever made."""

import json
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from client.memory import Memory
from client.output import Output
from client.server import Server
from client.timekeeping import Timekeeper
from procurement.proof.age import encrypt_bytes
from procurement.proof.anchors import Anchors
from procurement.proof.notes import Verifier
from tenders.panel.holders import HolderKey
from tenders.panel.keyset import KeyPair, Keyset, Rehearsal, RehearsalAnswer
from tests.client.script import Script, following
from tests.client.stage import Stage
from tests.client.tender import TENDER
from tests.vectors.samples import keyset

NAME = "daylight.example/timekeeper/1"
LISTED = {"next": None, "results": [{"id": TENDER}]}
SEATED = {
    "keyset": "0" * 64,
    "mine": {"holder": "timekeeper", "keys": True, "answered": True, "challenge": True},
}
AMENDMENT = str(uuid.UUID(int=9))
NO_ANCHORS = Anchors(
    *("log.example", "operator", f"log+00000000+{'A' * 44}", (), (), 1, 1, (), (), ()),
    *((), ()),
)


@pytest.fixture
def script() -> Iterator[Script]:
    with following() as script:
        yield script


@pytest.fixture
def keeper(script: Script, tmp_path: Path) -> Iterator[Timekeeper]:
    server = Server(script.address, token="t", lang="en")
    standing = replace(HolderKey.generate("timekeeper", NAME, None), identity=None)
    yield Timekeeper(server, NO_ANCHORS, standing, tmp_path, Output(as_json=False, lang="en"))
    server.close()


def answers(*bodies: object) -> list[tuple[int, dict[str, str], bytes]]:
    return [(200, {}, json.dumps(body).encode()) for body in bodies]


def test_a_restarted_timekeeper_repeats_its_answer_byte_for_byte(
    script: Script, keeper: Timekeeper
) -> None:
    memory = Memory(keeper.home / TENDER)
    memory.key(keeper.standing, TENDER)
    memory.keep_answer(b"the one answer\n\nas it was signed\n")
    script.answers = answers(LISTED, SEATED, {"state": "intended"}, {})

    keeper.look()

    method, path, _ = script.asked[-1]
    assert (method, path) == ("POST", f"/api/v1/tenders/{TENDER}/opening/release")
    assert json.loads(script.sent[-1]) == {"note": "the one answer\n\nas it was signed\n"}
    assert memory.done()


def test_what_was_answered_is_never_asked_about_again(script: Script, keeper: Timekeeper) -> None:
    memory = Memory(keeper.home / TENDER)
    memory.key(keeper.standing, TENDER)
    memory.remember_done()
    script.answers = answers(LISTED)

    keeper.look()

    assert len(script.asked) == 1


def test_a_history_that_does_not_hold_gets_no_answer(
    script: Script, keeper: Timekeeper, capsys: pytest.CaptureFixture[str]
) -> None:
    Memory(keeper.home / TENDER).key(keeper.standing, TENDER)
    script.answers = answers(LISTED, SEATED, {"state": "intended"}, {"type": "no history"})

    keeper.look()

    assert [method for method, _, _ in script.asked] == ["GET"] * 4
    assert not (keeper.home / TENDER / "release.note").exists()
    assert TENDER in capsys.readouterr().out


def test_every_tender_gets_an_identity_of_its_own_and_the_standing_note_key(
    keeper: Timekeeper,
) -> None:
    other = TENDER.replace("7", "8")
    first, again = (Memory(keeper.home / TENDER).key(keeper.standing, TENDER) for _ in range(2))
    second = Memory(keeper.home / other).key(keeper.standing, other)

    assert first == again
    assert first.identity != second.identity
    assert first.signer == second.signer == keeper.standing.signer
    assert (keeper.home / TENDER / "key.json").stat().st_mode & 0o777 == 0o600


def proposed(key: HolderKey, **seat: object) -> dict[str, object]:
    """A panel that an amendment brings, in which the timekeeper stays with earlier keys."""
    mine = {**SEATED["mine"], "recipient": key.public().recipient, "answered": False, **seat}  # type: ignore[dict-item]
    return {"amendment": AMENDMENT, "keyset": None, "mine": mine}


def keyset_with(key: HolderKey) -> Keyset:
    """A keyset in which these keys are the timekeeper's."""
    public = key.public()
    place = KeyPair(str(public.recipient), public.verifier)
    return replace(keyset(), tender=TENDER, timekeeper=place)


def test_a_panel_that_an_amendment_brings_gets_keys_of_its_own_once(
    script: Script, keeper: Timekeeper
) -> None:
    memory = Memory(keeper.home / TENDER)
    first = memory.key(keeper.standing, TENDER)
    script.answers = answers(LISTED, proposed(first, challenge=False), {}, {"state": "x"})

    keeper.look()

    second = memory.key(keeper.standing, TENDER, AMENDMENT)
    assert json.loads(script.sent[2])["recipient"] == second.public().recipient
    assert second.identity != first.identity
    assert memory.key_in(keyset_with(first)) == first, "in force until the new notice stands"
    assert memory.key_in(keyset_with(second)) == second
    assert memory.key_in(keyset()) is None

    script.answers = answers(LISTED, proposed(second, challenge=False), {"state": "x"})
    keeper.look()
    assert len(script.asked) == 7, "what was handed in is not handed in again"


@pytest.mark.parametrize(
    "seat",
    [
        pytest.param({}, id="of the panel that an amendment brings"),
        pytest.param({"answered": True, "repeated": False}, id="again before the deadline"),
    ],
)
def test_it_answers_with_the_keys_that_were_drawn_up_not_with_the_newest(
    script: Script, keeper: Timekeeper, seat: dict[str, object]
) -> None:
    """The officer may draw the keyset up before the fresh keys are in: then the earlier stand."""
    memory = Memory(keeper.home / TENDER)
    first = memory.key(keeper.standing, TENDER)
    memory.key(keeper.standing, TENDER, AMENDMENT)
    drawn_up = keyset_with(first)
    challenge = Rehearsal(drawn_up.digest(), "timekeeper", bytes(32))
    sealed = encrypt_bytes(challenge.canonical(), first.age_identity().recipient)
    panel = proposed(first, **seat) | {"keyset": drawn_up.digest()}
    script.answers = [
        *answers(LISTED, panel),
        *((200, {}, body) for body in (drawn_up.canonical(), sealed, b"{}")),
        *answers({"state": "x"}),
    ]

    keeper.look()

    note = json.loads(script.sent[4])["note"].encode()
    said = RehearsalAnswer.open(note, Verifier.parse(first.public().verifier))
    assert said == RehearsalAnswer(drawn_up.digest(), "timekeeper", challenge.digest())


def test_trouble_with_a_panel_to_come_does_not_hold_up_the_one_in_force(
    script: Script, keeper: Timekeeper, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = Memory(keeper.home / TENDER)
    first = memory.key(keeper.standing, TENDER)
    memory.keep_answer(b"the one answer")
    refusal = (409, {"Content-Type": "application/problem+json"}, b'{"code": "keyset-stands"}')
    script.answers = [
        *answers(LISTED, proposed(first)),
        refusal,
        *answers({"state": "intended"}, {}),
    ]

    keeper.look()

    assert json.loads(script.sent[-1]) == {"note": "the one answer"}
    assert TENDER in capsys.readouterr().out


def test_who_has_no_seat_any_more_waits_quietly(
    script: Script, keeper: Timekeeper, capsys: pytest.CaptureFixture[str]
) -> None:
    key = Memory(keeper.home / TENDER).key(keeper.standing, TENDER)
    gone = (404, {"Content-Type": "application/problem+json"}, b'{"code": "not-found"}')
    script.answers = [*answers(LISTED), gone]

    keeper.look()

    assert capsys.readouterr().out == ""
    assert Memory(keeper.home / TENDER).key(keeper.standing, TENDER) == key


def test_it_ends_when_it_is_told_to(published: Stage, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(published.world.tokens["timekeeper"])
    keeper = subprocess.Popen(
        [
            *(sys.executable, "-m", "client.main", "timekeeper", "--token-file", str(token)),
            *("--server", published.site.address, "--home", str(tmp_path / "clock")),
            *("--key", str(published.key("timekeeper")), "--anchors", str(published.anchors)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    published.until(lambda: (tmp_path / "clock").exists(), what="home")

    keeper.send_signal(signal.SIGTERM)

    out, _ = keeper.communicate(timeout=20)
    assert (keeper.returncode, out.strip().splitlines()[-1]) == (0, "The timekeeper has stopped.")


def test_a_key_that_the_anchors_do_not_name_keeps_no_time(published: Stage, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t")

    code = published.person("officer").refused(
        *("timekeeper", "--token-file", tmp_path / "token", "--server", published.site.address),
        *("--home", tmp_path / "clock", "--key", published.key("agency")),
        *("--anchors", published.anchors, "--once"),
    )

    assert code == "not-enrolled"
