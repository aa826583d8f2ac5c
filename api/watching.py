"""What operators see of requests: probes that are answered before anything else, and public pages.

Of requests to anything but public pages nothing is counted or written, since whoever watches would
see a bid come in (``procurement/metrics.py``). Only where the server itself failed is a line
written, under a name that it makes for the request, without its address.
"""

import hmac
import logging
import re
import secrets
import time
from collections.abc import Callable
from functools import lru_cache

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from procurement import health, metrics
from procurement.addresses import client_address, is_loopback
from procurement.clock import now
from procurement.texts import Text

ANSWER_HOLDS_SECONDS = 2  # readiness, so that asking often asks the vault seldom
PUBLIC_PAGES = {  # kind → the addresses of it; read by anybody, before and after any filing
    "front": re.compile(r"/"),
    "search": re.compile(r"/(tenders/?|tenders\.atom|tenders\.ics|api/v1/tenders)"),
    "tender": re.compile(r"/tenders/[^/]+/"),
    "manual": re.compile(r"/api/(docs|schema)/"),
}
READING = ("GET", "HEAD")
Next = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger("daylight.requests")


class Probes:
    """Answers /healthz, /readyz and /metrics, by whatever name and protocol one asks."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self._answers = {"/healthz": _alive, "/readyz": _ready, "/metrics": _measured}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self._answers.get(request.path)
        if answer is None or request.method not in READING:
            return self.get_response(request)
        return answer(request)


class Watched:
    """Counts and times public pages, and names every request in what is written during it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        named = structlog.contextvars.bound_contextvars(request=f"r-{secrets.token_hex(6)}")
        began = time.perf_counter()
        with named:
            answer = self.get_response(request)
            self._look(kind_of(request), answer.status_code, time.perf_counter() - began)
        return answer

    def _look(self, kind: str | None, status: int, seconds: float) -> None:
        if kind is not None:
            metrics.REQUESTS.labels(kind=kind, status=str(status)).inc()
            metrics.SECONDS.labels(kind=kind).observe(seconds)
            told = {"kind": kind, "status": status, "milliseconds": round(seconds * 1000)}
            log.info("read %(kind)s: %(status)d in %(milliseconds)d ms", told)
        elif status >= 500:
            log.error("the server failed: %d", status)


def kind_of(request: HttpRequest) -> str | None:
    """Name the kind of a public page; None for everything else."""
    if request.method in READING:
        for kind, addresses in PUBLIC_PAGES.items():
            if addresses.fullmatch(request.path):
                return kind
    return None


def _alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


def _ready(_request: HttpRequest) -> HttpResponse:
    reasons = _unready(int(time.monotonic()) // ANSWER_HOLDS_SECONDS)
    said = {"ready": not reasons, "reasons": [{"en": one.en, "zh": one.zh} for one in reasons]}
    return JsonResponse(said, status=503 if reasons else 200)


@lru_cache(maxsize=1)
def _unready(_moment: int) -> tuple[Text, ...]:
    try:
        return tuple(health.unready(now()))
    except Exception:
        log.exception("readiness could not be judged")
        return (health.DATABASE_AWAY,)


def _measured(request: HttpRequest) -> HttpResponse:
    if not _may_measure(request):
        return HttpResponse(status=404)
    return HttpResponse(metrics.exposition(now()), content_type="text/plain; version=0.0.4")


def _may_measure(request: HttpRequest) -> bool:
    """Let in who has the token; without one in the settings, who asks from this machine."""
    if token := settings.METRICS_TOKEN:
        said = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(said, f"Bearer {token}".encode())
    return is_loopback(client_address(request.META))
