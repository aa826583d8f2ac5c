"""Before the web processes stands nginx: what it adds, what it hides, and what it lets through.

``docker/nginx/site.conf`` runs here in a real nginx. Behind it answers a few lines that tell what
reached them; they read an upload with the code that the application reads with.
"""

import hashlib
import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from procurement.addresses import client_address
from procurement.ceremonies import supplier_documents
from procurement.incoming import CutShort, Incoming
from procurement.tryout.processes import LOOPBACK
from tenders.ceremonies import documents
from tests.operations.proxying import CERTIFICATE, nginx

pytestmark = pytest.mark.services

PATIENCE_SECONDS = 20.0  # until a machine is called broken; nothing here waits for it
PART = b"0123456789" * 10


@dataclass
class Behind:
    """What answers behind nginx, and what it saw."""

    port: int = 0
    began: threading.Event = field(default_factory=threading.Event)
    cut: threading.Event = field(default_factory=threading.Event)
    kept: list[bytes] = field(default_factory=list)

    def read(self, stream: Any, length: int) -> None:
        """Read an upload as the application does, from the first piece on."""
        body = Incoming(stream, length, hashlib.sha256(PART).hexdigest())
        try:
            first = body.read(10)
            self.began.set()
            self.kept.append(first + b"".join(iter(body.read, b"")))
        except CutShort:
            self.cut.set()
            raise


@contextmanager
def answering() -> Iterator[Behind]:
    """Answer on loopback with the headers that arrived, or with the status the address asks for."""
    behind = Behind()

    class Web(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/cut-off":
                return  # the connection ends without an answer
            status = int(self.path[1:]) if self.path[1:].isdigit() else 200
            said = json.dumps(dict(self.headers)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def do_PUT(self) -> None:
            try:
                behind.read(self.rfile, int(self.headers["Content-Length"]))
            except CutShort:
                return
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((LOOPBACK, 0), Web) as server:
        behind.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield behind
        server.shutdown()


@dataclass(frozen=True)
class Front:
    """The site as the public sees it."""

    port: int
    trusted: ssl.SSLContext

    def connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(
            LOOPBACK, self.port, timeout=PATIENCE_SECONDS, context=self.trusted
        )

    def asked(self, target: str, **headers: str) -> tuple[int, bytes, http.client.HTTPMessage]:
        with closing(self.connection()) as connection:
            connection.request("GET", target, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers


@pytest.fixture(scope="module")
def behind() -> Iterator[Behind]:
    with answering() as running:
        yield running


@pytest.fixture(scope="module")
def front(behind: Behind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    yield from _before(behind.port, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def nobody_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with answering() as gone:
        pass
    yield from _before(gone.port, tmp_path_factory.mktemp("alone"))


def _before(port: int, place: Path) -> Iterator[Front]:
    here = {
        "listen 8443 ssl;": "listen LISTEN ssl;",
        "server web:8000;": f"server {LOOPBACK}:{port};",
    }
    with nginx(place, "site", here) as listening:
        yield Front(listening, ssl.create_default_context(cafile=place / CERTIFICATE))


def test_the_application_hears_who_asked_and_that_it_was_over_tls(
    front: Front, settings: Settings
) -> None:
    settings.PROXIES = 1

    _, said, _ = front.asked("/", **{"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "http"})

    heard = json.loads(said)
    assert heard["X-Forwarded-Proto"] == "https"
    assert heard["X-Forwarded-For"] == LOOPBACK
    assert heard["Host"] == f"{LOOPBACK}:{front.port}"
    assert client_address({"HTTP_X_FORWARDED_FOR": heard["X-Forwarded-For"]}) == LOOPBACK


def test_without_tls_nothing_reaches_the_application(front: Front) -> None:
    with closing(http.client.HTTPConnection(LOOPBACK, front.port, timeout=30)) as plain:
        plain.request("GET", "/")

        assert plain.getresponse().status == 400


def test_nobody_speaks_an_outworn_tls(front: Front) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.deprecated_call():
        old.maximum_version = old.minimum_version = ssl.TLSVersion.TLSv1_1

    with pytest.raises(ssl.SSLError, match=r"(?i)protocol version"):
        Front(front.port, old).asked("/")


@pytest.mark.parametrize(
    "target",
    ["/readyz", "/metrics", "/readyz?x", "//metrics", "/%6detrics", "/./readyz", "/x/../metrics"],
)
def test_what_operators_read_is_hidden_from_the_public(front: Front, target: str) -> None:
    status, said, _ = front.asked(target)

    assert (status, b"X-Forwarded" in said) == (404, False)


def test_nginx_says_by_itself_that_it_is_alive(nobody_behind: Front) -> None:
    assert nobody_behind.asked("/healthz")[:2] == (200, b"alive\n")


def test_an_upload_is_read_while_it_arrives(front: Front, behind: Behind) -> None:
    behind.began.clear()
    with closing(front.connection()) as connection:
        _begin(connection, len(PART))
        connection.send(PART[:10])

        assert behind.began.wait(PATIENCE_SECONDS)

        connection.send(PART[10:])
        assert connection.getresponse().status == 200
    assert behind.kept.pop() == PART


def test_a_part_that_was_cut_off_is_not_kept_and_can_be_sent_again(
    front: Front, behind: Behind
) -> None:
    behind.began.clear()
    behind.cut.clear()
    with closing(front.connection()) as connection:
        _begin(connection, len(PART))
        connection.send(PART[:50])
        assert behind.began.wait(PATIENCE_SECONDS)
    assert behind.cut.wait(PATIENCE_SECONDS)
    assert behind.kept == []

    with closing(front.connection()) as again:
        again.request("PUT", "/part", PART)

        assert again.getresponse().status == 200
    assert behind.kept.pop() == PART


def test_what_the_application_takes_nginx_takes_and_no_more(front: Front, behind: Behind) -> None:
    most = max(documents.MOST_BYTES, supplier_documents.MOST_BYTES)
    with closing(front.connection()) as connection:
        _begin(connection, most + 1)
        answer = connection.getresponse()

        assert answer.status == 413
        assert "larger than the 200 MiB" in answer.read().decode()
    behind.began.clear()
    with closing(front.connection()) as connection:
        _begin(connection, most)
        connection.send(PART[:10])
        assert behind.began.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("status", [400, 404, 409, 500, 503])
def test_what_the_application_answers_goes_through_as_it_is(front: Front, status: int) -> None:
    answered, said, _ = front.asked(f"/{status}")

    assert answered == status
    assert json.loads(said)["X-Forwarded-Proto"] == "https"


@pytest.mark.parametrize("running", ["front", "nobody_behind"])
def test_where_the_application_does_not_answer_a_sentence_says_so(
    running: str, request: pytest.FixtureRequest
) -> None:
    asked: Front = request.getfixturevalue(running)

    status, said, headers = asked.asked("/cut-off")

    assert (status, headers["Retry-After"]) == (502, "5")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert [line[:7] for line in said.decode().splitlines()] == ["Dayligh", "系统未作出响应"]


def _begin(connection: http.client.HTTPSConnection, length: int) -> None:
    """Announce an upload, and send nothing of it yet."""
    connection.putrequest("PUT", "/part")
    connection.putheader("Content-Length", str(length))
    connection.endheaders()
