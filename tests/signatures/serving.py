"""A server on this machine that plays the authorities and list operators of the world."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from signatures.trust.fetching import Fetcher

Reply = tuple[int, dict[str, str], bytes]


def _nothing(_: bytes) -> Reply:
    return 404, {}, b""


class Authority:
    """A server on this machine that answers what it is told to."""

    def __init__(self) -> None:
        self.replies: dict[str, Callable[[bytes], Reply]] = {}
        self.asked: list[tuple[str, str, bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                outer.asked.append((self.path, self.headers["Host"], body))
                status, headers, told = outer.replies.get(self.path, _nothing)(body)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(told))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(told)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://ca.example:{self.server.server_port}"

    def gives(self, path: str, told: bytes, status: int = 200, **headers: str) -> str:
        self.replies[path] = lambda _: (status, headers, told)
        return self.url + path

    def fetcher(self, *allowed: str, **how: Any) -> Fetcher:
        return Fetcher(
            frozenset(allowed), **({"private": True, "resolver": lambda *_: ["127.0.0.1"]} | how)
        )


@contextmanager
def serving() -> Iterator[Authority]:
    made = Authority()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()
