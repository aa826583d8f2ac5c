"""A server that stands between the command and the site, and changes what it is told to change."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

Alter = Callable[[str, bytes], bytes]  # of an address's path, and the body that the site gives
PASSED_ON = ("content-type", "retry-after")


@contextlib.contextmanager
def lying(site: str, alter: Alter) -> Iterator[str]:
    """Give the address of a server that says what ``site`` says, altered."""

    class Handler(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host",)}
            try:
                answer = httpx.request(
                    self.command, site + self.path, content=sent, headers=headers, timeout=60
                )
                body = alter(self.path.split("?")[0], answer.content)
            except (httpx.TransportError, ConnectionAbortedError):
                self.close_connection = True  # hang up without a word
                return
            self.send_response(answer.status_code)
            for name in PASSED_ON:
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _pass_on

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
