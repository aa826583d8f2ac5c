"""Feeds: what was published, for readers (Atom) and for calendars (iCalendar)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from oversight.queries_decided import Changed, changes_of
from oversight.queries_public import published_tenders
from portal.edge import SPOKEN, language_of
from portal.searching import address_of, asked_by
from procurement.actors import ANONYMOUS
from procurement.instants import written
from procurement.texts import Text, say
from tenders.models import Tender, TenderState
from tenders.queries import tender_seen_by

A_FEED = 50  # tenders
CALENDAR = "text/calendar; charset=utf-8"

_TITLE = Text("Tenders · Daylight", "招标 · Daylight")
_CLOSES = Text("Bids close: {title}", "投标截止：{title}")
_OPENS = Text("Opening: {title}", "开标：{title}")
_ENTRY = Text("{agency}\nBids close: {closes_at}", "{agency}\n投标截止：{closes_at}")


@require_safe
def tenders_atom(request: HttpRequest) -> HttpResponse:
    """Give the newest tenders of a search as an Atom feed (RFC 4287)."""
    lang, search = language_of(request), asked_by(request)
    found = list(published_tenders(search)[:A_FEED])
    changed = changes_of(found)
    feed = Atom1Feed(
        title=say(_TITLE, {}, lang),
        link=f"{settings.SITE}/tenders/{address_of(search)}",
        feed_url=f"{settings.SITE}/tenders.atom{address_of(search)}",
        description=None,
        language=SPOKEN[lang],
    )
    for tender in found:
        _enter(feed, tender, changed[tender.pk].at, lang)
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")


@require_safe
def tenders_ics(request: HttpRequest) -> HttpResponse:
    """Give the deadlines of a search as a calendar (RFC 5545)."""
    lang, search = language_of(request), asked_by(request)
    found = list(published_tenders(search)[:A_FEED])
    events = [_closes(tender, changed, lang) for tender, changed in _changed(found)]
    return _calendar(events)


@require_safe
def deadline_ics(request: HttpRequest, tender: UUID) -> HttpResponse:
    """Give deadline and opening of a tender as a calendar; both move as the tender does.

    :raises NotFound: for what was never published.
    """
    lang, found = language_of(request), tender_seen_by(ANONYMOUS, tender)
    ((_, changed),) = _changed([found])
    return _calendar([_closes(found, changed, lang), _opens(found, changed, lang)])


def _enter(feed: Atom1Feed, tender: Tender, changed_at: datetime, lang: str) -> None:
    said = {"agency": tender.agency.name_in(lang), "closes_at": written(tender.closes_at)}
    feed.add_item(
        title=say(Text("{title}", "{title}"), {"title": tender.title}, lang),
        link=_address(tender),
        description=say(_ENTRY, said, lang),
        unique_id=f"urn:uuid:{tender.pk}",
        pubdate=tender.published_at,
        updateddate=changed_at,
        author_name=tender.agency.name_in(lang),
    )


def _changed(tenders: Iterable[Tender]) -> list[tuple[Tender, Changed]]:
    tenders = list(tenders)
    changed: Mapping[UUID, Changed] = changes_of(tenders)
    return [(tender, changed[tender.pk]) for tender in tenders]


def _closes(tender: Tender, changed: Changed, lang: str) -> Event:
    return _event("closes", tender.closes_at, _CLOSES, tender, changed, lang)


def _opens(tender: Tender, changed: Changed, lang: str) -> Event:
    return _event("opens", tender.opens_at, _OPENS, tender, changed, lang)


def _event(
    what: str, at: datetime, title: Text, tender: Tender, changed: Changed, lang: str
) -> Event:
    """Write an instant of a tender. The UID stays; what moves it makes another sequence number."""
    event = Event()
    event.add("uid", f"{tender.pk}-{what}@{settings.LOG_ORIGIN.partition('/')[0]}")
    event.add("sequence", changed.times)
    event.add("dtstamp", changed.at)
    event.add("dtstart", at)
    event.add("summary", say(title, {"title": tender.title}, lang))
    event.add("description", f"{tender.agency.name_in(lang)}\n{say(written(at), {}, lang)}")
    event.add("url", _address(tender))
    cancelled = tender.state == TenderState.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _calendar(events: Iterable[Event]) -> HttpResponse:
    calendar = Calendar()
    calendar.add("prodid", "-//Daylight//Tenders//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in events:
        calendar.add_component(event)
    return HttpResponse(calendar.to_ical(), content_type=CALENDAR)


def _address(tender: Tender) -> str:
    return f"{settings.SITE}/tenders/{tender.pk}/"
