"""The platform over HTTP: one address, one sign-in, and its refusals in its own sentences.

What may be sent twice without harm is sent again after a pause, while the platform is away.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar
from urllib.parse import quote, urlsplit

from client.answers import Answer, Refused, accepted, capped, named_pause
from client.output import Stopped, needs_extra
from procurement.texts import Text

if TYPE_CHECKING:
    import httpx

TALKING = Text("Commands that talk to a server", "与服务器通信的命令")
SECONDS = 60  # for one answer
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # seconds between attempts, unless the server names one
AWAY = (429, 502, 503, 504)
WHO_IS_THERE = ("fresh-authentication-needed", "second-factor-needed")
LARGEST = 64 * 1024 * 1024  # bytes of one answer; files are streamed instead
READ_BYTES = 1024 * 1024
Found = TypeVar("Found")


class Server:
    """One platform, and who is signed in there."""

    def __init__(
        self, address: str, *, session: str | None = None, token: str | None = None, lang: str
    ) -> None:
        try:
            import httpx
        except ModuleNotFoundError:
            raise needs_extra(TALKING) from None

        self.address = checked_address(address)
        self.session = session
        self.prove: Callable[[Server, Refused], None] | None = None  # when it asks who is there
        headers = {"Accept-Language": "zh-hans" if lang == "zh" else "en"}
        if token:
            headers["Authorization"] = f"Token {token}"
        local = _is_loopback(urlsplit(self.address).hostname or "")
        self._http: httpx.Client = httpx.Client(
            headers=headers,
            timeout=SECONDS,
            trust_env=not local,  # no proxy to this machine
        )

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def get(self, path: str, **query: str) -> Any:
        """Read JSON."""
        return self.send("GET", path, query=query).json()

    def read(self, path: str, **query: str) -> bytes:
        """Read a small thing as the bytes that it is."""
        return self.send("GET", path, query=query).body

    def find(self, path: str) -> Any | None:
        """Read JSON, None where there is nothing (yet)."""
        return _unless_missing(lambda: self.get(path))

    def find_bytes(self, path: str) -> bytes | None:
        """Read a small thing as the bytes that it is, None where there is nothing (yet)."""
        return _unless_missing(lambda: self.read(path))

    def post(self, path: str, body: Any, *, repeatable: bool = False) -> Any:
        """Ask for something to be done; ``repeatable`` where twice is the same as once."""
        return self._say("POST", path, body, repeatable=repeatable)

    def patch(self, path: str, body: Any) -> Any:
        """Put something in the place of what stands there."""
        return self._say("PATCH", path, body)

    def _say(self, method: str, path: str, body: Any, *, repeatable: bool = False) -> Any:
        answer = self.send(
            method,
            path,
            content=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json"},
            repeatable=repeatable,
        )
        return answer.json() if answer.body else None

    def post_file(self, path: str, pdf: bytes, **query: str) -> Any:
        """Send a signed paper; sending the same one again is the same as sending it once.

        Its digest goes ahead, so that what counts as its arrival is the request, not its last byte.
        """
        digest = hashlib.sha256(pdf).hexdigest()
        headers = {
            "Content-Type": "application/pdf",
            "Content-SHA256": digest,
            "Idempotency-Key": digest,
        }
        answer = self.send("POST", path, content=pdf, headers=headers, query=query)
        return answer.json() if answer.body else None

    def results(self, path: str) -> list[Any]:
        """Read a list whole, page after page."""
        found: list[Any] = []
        page: Any = {"next": path}
        while page["next"]:
            page = self.get(page["next"].removeprefix(f"{self.address}/api/v1/"))
            if isinstance(page, list):
                return page
            found += page["results"]
        return found

    def send(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """Send a request, again after a pause while the platform is away; give what it answers.

        :raises Refused: when it says no.
        :raises Stopped: when it stays away, or answers what Daylight never would.
        """
        request = self._request(method, path, content, headers, query)
        try:
            return accepted(self._patiently(request, repeatable))
        except Refused as refused:
            if refused.code not in WHO_IS_THERE or self.prove is None:
                raise
            self._prove_once(self.prove, refused)
        request = self._request(method, path, content, headers, query)
        return accepted(self._patiently(request, repeatable))

    def answer(self, method: str, path: str, body: Any = None) -> Answer:
        """Send JSON once, and give whatever comes back, a refusal too.

        :raises Stopped: when the platform is away.
        """
        import httpx

        content = None if body is None else json.dumps(body).encode()
        json_header = {"Content-Type": "application/json"}
        try:
            return self._once(self._request(method, path, content, json_header, None))
        except httpx.TransportError as error:
            raise self._away(error) from None

    def download(self, path: str, out: BinaryIO, most: int) -> None:
        """Stream a file of at most ``most`` bytes.

        :raises Stopped: for a longer one, or when the connection breaks.
        """
        import httpx

        try:
            session = {"X-Session-Token": self.session} if self.session else None
            with self._http.stream("GET", self._url(path), headers=session) as stream:
                if stream.status_code != 200:
                    accepted(Answer(stream.status_code, stream.headers, stream.read()))
                for chunk in capped(stream.iter_bytes(READ_BYTES), most):
                    out.write(chunk)
        except httpx.TransportError as error:
            raise self._away(error) from None

    def _patiently(self, request: "httpx.Request", repeatable: bool) -> Answer:
        import httpx

        for pause in (*PAUSES, None):
            try:
                answer = self._once(request)
            except httpx.TransportError as error:
                untouched = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                if pause is None or not (repeatable or untouched):
                    raise self._away(error) from None
                wait = pause
            else:
                if answer.status not in AWAY or pause is None:
                    return answer
                wait = named_pause(answer) or pause
            time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _prove_once(self, prove: "Callable[[Server, Refused], None]", refused: Refused) -> None:
        self.prove = None  # what asks for the proof is not asked to prove itself
        try:
            prove(self, refused)
        finally:
            self.prove = prove

    def _request(
        self,
        method: str,
        path: str,
        content: bytes | None,
        headers: Mapping[str, str] | None,
        query: Mapping[str, str] | None,
    ) -> "httpx.Request":
        request = self._http.build_request(
            method, self._url(path), content=content, headers=headers, params=query or None
        )
        if self.session:
            request.headers["X-Session-Token"] = self.session
        return request

    def _once(self, request: "httpx.Request") -> Answer:
        stream = self._http.send(request, stream=True)
        try:
            body = b"".join(capped(stream.iter_bytes(READ_BYTES), LARGEST))
        finally:
            stream.close()
        return Answer(stream.status_code, stream.headers, body)

    def _url(self, path: str) -> str:
        return self.address + (path if path.startswith("/") else f"/api/v1/{path}")

    def _away(self, error: Exception) -> Stopped:
        return Stopped(
            "server-away",
            Text(
                "{address} does not answer ({why}). Nothing is lost: run the command again.",
                "{address} 没有答复（{why}）。没有任何损失，请重新运行该命令。",
            ),
            address=self.address,
            why=str(error) or type(error).__name__,
        )


def _unless_missing(read: Callable[[], Found]) -> Found | None:
    try:
        return read()
    except Refused as refused:
        if refused.status == 404:
            return None
        raise


def segment(name: str) -> str:
    """Write a name as one segment of a path."""
    return quote(name, safe="")


def checked_address(address: str) -> str:
    """Give a server's base address, without a slash at its end.

    :raises Stopped: unless it is https, or on this very machine.
    """
    parts = urlsplit(address.rstrip("/"))
    host = parts.hostname or ""
    if parts.scheme == "https" and host and not parts.query:
        return address.rstrip("/")
    if parts.scheme == "http" and _is_loopback(host):
        return address.rstrip("/")
    raise Stopped(
        "not-https",
        Text(
            "{address} is no https address: sign-ins would travel in the open.",
            "{address} 不是 https 地址：登录信息将以明文传输。",
        ),
        address=address,
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
