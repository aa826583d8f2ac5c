"""Asking authorities over HTTP, from an allow-list and with limits.

No address ever comes out of a file that is judged. What is asked was approved with an anchor, or
stands in a list of the lists whose signer is pinned. Redirects lead only to what is allowed, too.
A name that leads into a private network is refused unless the operator says so, and the address
that was looked at is the one that is connected to.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import httpx

MIB = 1024 * 1024
PATIENCE = timedelta(seconds=10)  # for a single read
LONGEST = timedelta(seconds=60)  # for a whole answer
HOPS = 3
USER_AGENT = "Daylight"

Resolver = Callable[[str, int], list[str]]


class NotFetched(OSError):  # noqa: N818 - reads as the sentence it is
    """An authority did not answer, or may not be asked; the message is for the operator."""


def addresses_of(host: str, port: int) -> list[str]:
    """Look a name up; every address that it has."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True)
class Fetcher:
    """Fetches from an allow-list of exact addresses."""

    allowed: Collection[str]
    largest: int = 20 * MIB
    private: bool = False  # addresses of private networks may be asked, too
    resolver: Resolver = addresses_of
    clock: Callable[[], float] = time.monotonic

    def get(self, url: str) -> bytes:
        """Fetch what lies at an allowed address.

        :raises NotFetched: when it may not be asked, does not answer, or answers too much.
        """
        return self._asked("GET", url, None, {})

    def post(self, url: str, body: bytes, media_type: str) -> bytes:
        """Send a question to an allowed address, and give the answer.

        :raises NotFetched: when it may not be asked, does not answer, or answers too much.
        """
        return self._asked("POST", url, body, {"Content-Type": media_type})

    def _asked(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        until = self.clock() + LONGEST.total_seconds()
        for _ in range(HOPS + 1):
            if url not in self.allowed:
                raise NotFetched(f"{url} is not on the list of what may be asked")
            answer = self._once(method, url, body, headers, until)
            if isinstance(answer, bytes):
                return answer
            url = answer
        raise NotFetched(f"{url} leads on and on")

    def _once(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], until: float
    ) -> bytes | str:
        """Ask once: the answer, or where it leads."""
        to, host = self._connected(url)
        request = {"headers": {**headers, "Host": host, "User-Agent": USER_AGENT}, "content": body}
        name = {"sni_hostname": urlsplit(url).hostname}
        try:
            with (
                httpx.Client(timeout=PATIENCE.total_seconds(), trust_env=False) as client,
                client.stream(method, to, extensions=name, **request) as answer,  # type: ignore[arg-type]
            ):
                if answer.has_redirect_location:
                    return urljoin(url, answer.headers["Location"])
                if answer.status_code != httpx.codes.OK:
                    raise NotFetched(f"{url} answers {answer.status_code}")
                return self._read(url, answer, until)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotFetched(f"{url} does not answer: {error}") from error

    def _read(self, url: str, answer: httpx.Response, until: float) -> bytes:
        found = bytearray()
        for chunk in answer.iter_bytes():
            found += chunk
            if len(found) > self.largest:
                raise NotFetched(f"{url} answers more than {self.largest} bytes")
            if self.clock() > until:
                raise NotFetched(f"{url} took longer than {LONGEST.total_seconds():.0f} seconds")
        return bytes(found)

    def _connected(self, url: str) -> tuple[httpx.URL, str]:
        """Give the address with the number that the name leads to, and what the host is called."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NotFetched(f"{url} is no address of the web")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            numbers = self.resolver(parts.hostname, port)
        except OSError as error:
            raise NotFetched(f"{parts.hostname} is not known: {error}") from error
        if not numbers:
            raise NotFetched(f"{parts.hostname} is not known")
        if not self.private and not all(_is_public(one) for one in numbers):
            raise NotFetched(f"{parts.hostname} lies in a private network")
        return httpx.URL(url).copy_with(host=numbers[0]), parts.netloc


def _is_public(number: str) -> bool:
    found = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast
