"""The one edge at which a refusal becomes a page, in our own words. The interface has its own."""

import logging
import uuid
from collections.abc import Callable

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse

from portal.edge import page
from procurement.refusals import NotFound, Refusal, TemporarilyUnavailable
from procurement.texts import Text

log = logging.getLogger("daylight.portal")
NOT_PAGES = ("/api/", "/_allauth/")
RETRY_SECONDS = 10


class PageFailed(Refusal):
    code, status = "page-failed", 500
    title = Text(
        "Something broke on our side. Nothing was changed; quote the reference {reference}",
        "系统内部出错。未作任何更改；请提供编号 {reference}",
    )


class RefusalPages:
    """Answers whatever a page raised with a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show a refusal; anything else is logged under a reference that the reader can quote."""
        if request.path.startswith(NOT_PAGES):
            return None
        refusal = refusal_of(error)
        answer = page(request, "portal/refusal.html", {"refusal": refusal}, refusal.status)
        if refusal.retry_after is not None:
            answer["Retry-After"] = str(refusal.retry_after)
        return answer


def refusal_of(error: Exception) -> Refusal:
    """Say what an error means to whoever asked for a page."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, OperationalError):
        log.warning("the database is away", exc_info=error)
        return TemporarilyUnavailable(retry_after=RETRY_SECONDS)
    reference = uuid.uuid4().hex[:12]
    log.error("unexpected, reference %s", reference, exc_info=error)
    return PageFailed(reference=reference)
