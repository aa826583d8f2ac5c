"""What the platform refuses is shown as it said it; what it must not get signed is not signed."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from client.main import main
from client.mandating import MANDATE, MANDATE_TYPE
from client.profiles import Profile, keep
from client.registering import CHALLENGE, CHALLENGE_TYPE
from tests.client.script import Script, following
from tests.client.tender import daylight

OURS, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """A server that answers by a list, at which somebody has signed in."""
    monkeypatch.setenv("DAYLIGHT_CONFIG", str(tmp_path / "config"))
    with following() as script:
        keep("default", Profile(script.address, session="ours"))
        yield script


def refusal(status: int, **said: object) -> tuple[int, dict[str, str], bytes]:
    return status, {}, json.dumps(said).encode()


def paper(*inside: tuple[str, dict[str, str]]) -> bytes:
    """Make a PDF that carries these files."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        for name, said in inside:
            pdf.attachments[name] = json.dumps(said).encode()
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def challenge(**other: str) -> dict[str, str]:
    return {"type": CHALLENGE_TYPE, "organisation": OURS, **other}


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(b"%PDF-1.7", id="no PDF"),
        pytest.param(paper(), id="a paper without a challenge"),
        pytest.param(paper(("bid.json", challenge())), id="the form of a bid"),
        pytest.param(
            paper((CHALLENGE, challenge(type="daylight/bid/v1"))), id="a bid in its clothes"
        ),
        pytest.param(
            paper((CHALLENGE, challenge(organisation=OTHER))), id="a challenge to another"
        ),
        pytest.param(
            paper((CHALLENGE, challenge()), ("bid.json", {})), id="a challenge, and a bid with it"
        ),
    ],
)
def test_nothing_but_ones_own_challenge_is_signed_to_enrol_a_certificate(
    server: Script, given: bytes
) -> None:
    server.answers.append((201, {}, given))

    code, answer = daylight("supplier", "certificate", "--supplier", OURS, "--key", "unread.p12")

    assert (code, answer["code"]) == (1, "other-content")
    assert len(server.asked) == 1, "nothing was sent back"


def test_ones_own_challenge_is_signed(server: Script) -> None:
    server.answers.append((201, {}, paper((CHALLENGE, challenge()))))

    answer = daylight("supplier", "certificate", "--supplier", OURS, "--key", "there-is-none.p12")[
        1
    ]

    assert answer["code"] == "not-signed", "it came as far as the key"


def mandate(**other: str) -> dict[str, str]:
    said = {"organisation": OURS, "certificate": "c" * 64, "number": "M-1", "holder": "CN=Li Na"}
    ends = {"valid_until": "2027-03-01T00:00:00.000000Z"}
    return {"type": MANDATE_TYPE, **said, **ends, **other}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param(paper((MANDATE, mandate())), None, id="as asked for"),
        pytest.param(
            paper((MANDATE, mandate(type="daylight/bid/v1"))), "other-content", id="a bid"
        ),
        pytest.param(
            paper((MANDATE, mandate(organisation=OTHER))), "other-content", id="of another"
        ),
        pytest.param(
            paper((MANDATE, mandate(certificate="d" * 64))), "other-content", id="for another"
        ),
        pytest.param(
            paper((MANDATE, mandate(valid_until="2028-03-01T00:00:00.000000Z"))),
            "other-content",
            id="for longer",
        ),
    ],
)
def test_only_the_mandate_that_was_asked_for_is_written_to_be_signed(
    server: Script, tmp_path: Path, given: bytes, code: str | None
) -> None:
    server.answers.append((201, {}, given))
    file = tmp_path / "mandate.pdf"

    told = daylight(
        *("supplier", "mandate", "ask", "--supplier", OURS, "--enrolled", "c" * 64),
        *("--until", "2027-03-01T00:00:00.000000Z", "--paper", str(file)),
    )[1]

    assert (told.get("code"), file.exists()) == (code, code is None)


def test_a_mandate_is_never_sent_with_another_paper_in_its_place(
    server: Script, tmp_path: Path
) -> None:
    (tmp_path / "bid.pdf").write_bytes(paper(("bid.json", {})))

    told = daylight("supplier", "mandate", "give", str(tmp_path / "bid.pdf"), "--supplier", OURS)[1]

    assert told["code"] == "other-content"
    assert server.asked == []


@pytest.mark.parametrize(
    ("command", "answered"),
    [
        pytest.param(
            ("supplier", "accept", "KEY"),
            refusal(409, code="invited-is-another", title="It is for another address"),
            id="an invitation of somebody else",
        ),
        pytest.param(
            ("consortium", "mandate", OTHER, "--supplier", OURS),
            refusal(409, code="submission-closed", title="Submissions are closed"),
            id="a mandate that comes too late",
        ),
        pytest.param(
            ("consortium", "leave", OTHER, "--supplier", OURS),
            refusal(409, code="filed-already", title="The bid is filed: withdraw it first"),
            id="leaving when the bid is filed",
        ),
    ],
)
def test_the_platforms_no_is_shown_in_its_own_words(
    server: Script,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
    answered: tuple[int, dict[str, str], bytes],
) -> None:
    told: dict[str, Any] = json.loads(answered[2])
    server.answers.append(answered)

    code = main([*command, "--lang", "en"])

    assert code == 1
    assert capsys.readouterr().err == f"daylight: {told['title']}.\n"
