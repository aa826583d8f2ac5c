"""A token dates a checkpoint at a fixed rhythm. An authority that is away delays that alone."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from pytest_django.fixtures import Settings
from rfc3161_client import TimestampRequestBuilder, TimeStampResponse, decode_timestamp_response

from procurement.background import run_once
from procurement.journal.timestamping import NoToken, fetch_token, stamped_text
from procurement.models import Checkpoint, OutboxMessage

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TSA_AT = datetime(2026, 3, 2, 9, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The training authority's own time-stamping service, in a process of its own."""
    directory = tmp_path_factory.mktemp("authority")
    words = ["-m", "signatures.training", "serve", "--dir", str(directory)]
    with subprocess.Popen(
        [sys.executable, *words, "--at", TSA_AT.isoformat()], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1] + "/tsa"
        process.terminate()


def passes(start: datetime, *seconds: int) -> None:
    for later in seconds:
        run_once(start + timedelta(seconds=later))


@pytest.mark.usefixtures("fresh_database")
def test_one_checkpoint_a_minute_gets_a_token_about_its_text(
    settings: Settings, authority: str
) -> None:
    settings.TSA_URL = authority
    passes(START, 0, 10, 20, 59, 70, 71, 80)

    stamped = Checkpoint.objects.exclude(token=None).order_by("size")

    assert [found.at for found in stamped] == [START, START + timedelta(seconds=70)]
    assert OutboxMessage.objects.count() == 2
    for found in stamped:
        assert stamped_text(found).startswith(b"daylight.example/try-out\n")
        assert stamped_text(found).count(b"\n") == 3
        assert found.token is not None
        assert sha256(stamped_text(found)).digest() in found.token


@pytest.mark.usefixtures("fresh_database")
def test_an_authority_that_is_away_delays_the_token_and_nothing_else(
    settings: Settings, authority: str
) -> None:
    settings.TSA_URL = "http://127.0.0.1:9/tsa"  # nobody answers on the discard port
    passes(START, 0, 1, 5)
    assert Checkpoint.objects.count() == 3
    assert not Checkpoint.objects.exclude(token=None).exists()
    assert "ConnectError" in OutboxMessage.objects.get().last_error

    settings.TSA_URL = authority
    passes(START, 30)

    assert Checkpoint.objects.exclude(token=None).get().size == 4


def answering(body: bytes, status: int = 200) -> str:
    """Serve one answer, whatever is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)

    def serve() -> None:
        with server:
            server.handle_request()

    Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("body", [b"", b"\x30\x03\x02\x01\x00", b"<html>", bytes(200_000)], ids=len)
def test_an_answer_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(NoToken):
        fetch_token(b"text", url=answering(body))


def test_an_error_page_is_no_answer() -> None:
    with pytest.raises(httpx.HTTPStatusError):
        fetch_token(b"text", url=answering(b"", status=500))


def test_the_token_of_another_question_is_refused(authority: str) -> None:
    recorded = httpx.post(
        authority,
        content=_request(b"text"),
        headers={"Content-Type": "application/timestamp-query"},
    ).content
    response: TimeStampResponse = decode_timestamp_response(recorded)
    assert response.tst_info.gen_time == TSA_AT

    with pytest.raises(NoToken, match="about something else"):
        fetch_token(b"text", url=answering(recorded))  # the text is ours, the nonce is not


def _request(text: bytes) -> bytes:
    return TimestampRequestBuilder().data(text).nonce(nonce=True).build().as_bytes()


def test_a_token_arrives_whole(authority: str, tmp_path: Path) -> None:
    token = fetch_token(b"text", url=authority)

    assert sha256(b"text").digest() in token
    assert token[:1] == b"\x30"
