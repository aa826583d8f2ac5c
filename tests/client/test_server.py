"""The platform may be away or say no: people hear its words, and nothing is sent twice unasked."""

import json
from collections.abc import Iterator

import pytest

from client.answers import Refused
from client.output import Stopped
from client.server import Server
from tests.client.script import Script, following


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    monkeypatch.setattr("client.server.PAUSES", (0.01, 0.01, 0.01))
    with following() as script:
        yield script


@pytest.fixture
def server(script: Script) -> Iterator[Server]:
    server = Server(script.address, session="s-1", lang="zh")
    yield server
    server.close()


def test_what_is_away_for_a_moment_is_asked_again(script: Script, server: Server) -> None:
    script.answers = [(503, {"Retry-After": "0"}, b""), (0, {}, b""), (200, {}, b'{"a": 1}')]

    assert server.get("things") == {"a": 1}
    assert len(script.asked) == 3


def test_what_stays_away_is_named(script: Script, server: Server) -> None:
    script.answers = [(0, {}, b"")] * 4

    with pytest.raises(Stopped) as stopped:
        server.get("things")

    assert stopped.value.code == "server-away"


def test_what_must_not_happen_twice_is_not_sent_twice(script: Script, server: Server) -> None:
    script.answers = [(0, {}, b""), (200, {}, b"{}")]

    with pytest.raises(Stopped):
        server.post("things", {})

    assert len(script.asked) == 1


def test_a_refusal_is_said_in_the_platform_s_own_words(script: Script, server: Server) -> None:
    problem = {
        "title": "This is late",
        "detail": "By 3 s.",
        "code": "late",
        "errors": [{"pointer": "/a", "code": "a-b", "detail": "Not {this}"}],
    }
    script.answers = [(409, {}, json.dumps(problem).encode())]

    with pytest.raises(Refused) as refused:
        server.get("things")

    assert (refused.value.status, refused.value.code) == (409, "late")
    assert str(refused.value) == "This is late. By 3 s."
    assert refused.value.said("zh") == "This is late。By 3 s。"
    assert [(one.pointer, one.said("en")) for one in refused.value.faults] == [("/a", "Not {this}")]


def test_whoever_is_signed_out_is_told_how_to_sign_in_again(script: Script, server: Server) -> None:
    script.answers = [(401, {}, json.dumps({"title": "请先登录。"}).encode())]

    with pytest.raises(Refused) as refused:
        server.get("things")

    assert refused.value.said("zh") == "请先登录。请使用：daylight login。"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param((500, {}, b"<html>"), "not-daylight", id="another program's page"),
        pytest.param((302, {"Location": "https://x"}, b""), "not-daylight", id="sent elsewhere"),
        pytest.param((200, {}, b"{"), "not-daylight", id="half an answer"),
        pytest.param((404, {}, b"[]"), "not-daylight", id="a list of nothing"),
    ],
)
def test_what_daylight_would_never_say_is_not_taken(
    script: Script, server: Server, answer: tuple[int, dict[str, str], bytes], code: str
) -> None:
    script.answers = [answer]

    with pytest.raises(Stopped) as stopped:
        server.get("things")

    assert stopped.value.code == code


def test_an_endless_answer_is_cut_off(
    script: Script, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.server.LARGEST", 1000)
    script.answers = [(200, {}, b"x" * 1001)]

    with pytest.raises(Stopped) as stopped:
        server.read("things")

    assert stopped.value.code == "too-large"


def test_a_list_is_read_page_after_page(script: Script, server: Server) -> None:
    pages = [
        {"next": f"{script.address}/api/v1/things?page=2", "results": [1, 2]},
        {"next": None, "results": [3]},
    ]
    script.answers = [(200, {}, json.dumps(page).encode()) for page in pages]

    assert server.results("things") == [1, 2, 3]
    assert [path for _, path, _ in script.asked] == ["/api/v1/things", "/api/v1/things?page=2"]


def test_who_asks_and_in_which_language_goes_along(script: Script, server: Server) -> None:
    script.answers = [(200, {}, b"{}")]

    server.get("me")

    _, path, headers = script.asked[0]
    assert (path, headers["X-Session-Token"], headers["Accept-Language"]) == (
        *("/api/v1/me", "s-1"),
        "zh-hans",
    )
