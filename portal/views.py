"""The public pages. Each reads one query and shows it."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from oversight.queries_public import (
    open_tenders,
    public_opening,
    public_result,
    public_tender,
    published_tenders,
)
from portal.edge import page
from portal.searching import address_of, asked_by, narrowings
from procurement.anchors import current_anchors
from procurement.clock import now
from procurement.journal.proofs import latest_checkpoint
from procurement.refusals import NotFound
from tenders.actions.searches import end_digest, meant_by
from tenders.queries import suspended_among
from tenders.queries_search import matches

A_PAGE = 20  # tenders
REFRESH_SECONDS = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what takes bids, the one that closes next at the top."""
    at = now()
    tenders = list(open_tenders(at)[:A_PAGE])
    shown = {"tenders": tenders, "suspended": suspended_among(tenders, at)}
    return page(request, "portal/home.html", {"now": at, **shown})


@require_safe
def tenders(request: HttpRequest) -> HttpResponse:
    """Show the tenders that are looked for, page by page, and by what they can be narrowed.

    :raises BadInput: for values that cannot be meant.
    """
    at, search = now(), asked_by(request)
    found = Paginator(published_tenders(search), A_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": found,
        "suspended": suspended_among(found.object_list, at),
        "search": search,
        "asked": address_of(search),
        "narrowings": narrowings(search),
        "matches": matches(found.object_list, search),
    }
    return page(request, "portal/tenders.html", {"now": at, **shown})


@require_safe
def tender_page(request: HttpRequest, tender: UUID) -> HttpResponse:
    """Show everything that was published about a tender."""
    at = now()
    return page(request, "portal/tender.html", {"now": at, "shown": public_tender(tender, at)})


@require_safe
def opening(request: HttpRequest, tender: UUID) -> HttpResponse:
    """Show the opening as it stands; while it runs, the page reads itself again."""
    at = now()
    shown = public_opening(tender, at)
    still = request.GET.get("refresh") == "off"
    seconds = REFRESH_SECONDS if shown.runs and not still else None
    frame = {"now": at, "shown": shown, "refresh": seconds, "still": still}
    return page(request, "portal/opening.html", frame)


@require_safe
def result(request: HttpRequest, tender: UUID) -> HttpResponse:
    """Show ranking, judgements and awards, lot by lot."""
    at = now()
    return page(request, "portal/result.html", {"now": at, "shown": public_result(tender, at)})


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show the newest checkpoint and the digest of the anchors."""
    shown = {"checkpoint": latest_checkpoint(), "anchors": current_anchors()}
    return page(request, "portal/log.html", {"now": now(), **shown})


@csrf_exempt  # mail programs send this by themselves (RFC 8058); the token is the permission
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether a digest shall end, and end it.

    :raises NotFound: for a word that this platform did not write.
    """
    meant_by(token)
    if request.method == "POST":
        end_digest(token)
    shown = {"now": now(), "ended": request.method == "POST"}
    return page(request, "portal/unsubscribe.html", shown)


def nothing_here(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Refuse an address that no room answers.

    :raises NotFound: always.
    """
    raise NotFound
