"""Everybody finds what was published, in both languages, without a script, and hears of more."""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from procurement.actors import system_actor
from procurement.journal.record import Kind, record
from procurement.texts import Text
from tenders.actions import ending
from tenders.actions.searches import save, token_of
from tenders.models import DigestRhythm, SavedSearch, Tender
from tenders.search import Search
from tests.portal.reading import fetched, words
from tests.world import World, draft_tender, order, published_tender

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


class Extended(StrEnum):
    EXTENDED = "deadline.extended"


@pytest.fixture
def open_world(world: World) -> World:
    """Give a world whose clock is the database's too."""
    world.wind_to(world.now)
    return world


@pytest.fixture
def chairs(open_world: World) -> Tender:
    return published_tender(open_world)


@pytest.fixture
def salt(open_world: World, chairs: Tender) -> Tender:
    title = Text("Road salt & sand", "道路融雪剂")
    return published_tender(open_world, title=title, closes_in=timedelta(days=2))


def titles(page: str) -> list[str]:
    return re.findall(r'class="title"><a [^>]*>(.*?)</a>', page)


def calendar(path: str) -> list[dict[str, Any]]:
    """Read a calendar's events, every value as what it means."""
    read = Calendar.from_ical(Client().get(path).content)
    events = [{name: event.decoded(name) for name in event} for event in read.walk("VEVENT")]
    return [
        {name: one.decode() if isinstance(one, bytes) else one for name, one in event.items()}
        for event in events
    ]


# ── the page ─────────────────────────────────────────────────────────────────────────────────


def test_words_of_either_language_find_a_tender_and_it_is_said_why(
    chairs: Tender, salt: Tender
) -> None:
    en = fetched("/tenders/?q=SALT")
    zh = fetched("/tenders/?q=融雪", "zh")

    assert (titles(en), titles(zh)) == (["Road salt &amp; sand"], ["道路融雪剂"])
    assert "Found: 1" in words(en)
    assert "Title: Road salt & sand" in words(en)
    assert "标题: 道路融雪剂" in words(zh)
    assert 'value="SALT"' in en


def test_a_list_is_narrowed_by_links_that_keep_what_was_asked(chairs: Tender, salt: Tender) -> None:
    page = fetched("/tenders/?q=salt&order=closing")

    agency = f"?q=salt&amp;agency={chairs.agency_id}&amp;order=closing"
    assert f'<a href="{agency}">City Roads Office</a> <span class="small">1</span>' in page
    chosen = fetched(f"/tenders/{agency.replace('&amp;', '&')}")
    assert '<a href="?q=salt&amp;order=closing" aria-current="true">City Roads Office</a>' in chosen
    assert f'name="agency" value="{chairs.agency_id}"' in chosen


def test_nothing_that_is_not_public_is_found_or_counted(open_world: World) -> None:
    draft_tender(open_world, title=Text("Secret plans", "秘密计划"))

    page = fetched("/tenders/?q=secret")

    assert "Nothing that was published fits" in words(page)
    assert "Found: 0" in words(page)


def test_a_value_that_cannot_be_meant_is_refused_in_words(chairs: Tender) -> None:
    answer = Client().get("/tenders/?agency=seven&closes_after=tomorrow&lang=en")

    assert answer.status_code == 400
    assert "“seven” is no value for “agency”" in words(answer.content.decode())
    assert "“tomorrow” is no value for “closes_after”" in words(answer.content.decode())


def test_what_was_typed_is_shown_as_text(chairs: Tender) -> None:
    page = fetched("/tenders/?q=%22%3E%3Cscript%3E")

    assert "<script" not in page
    assert "&quot;&gt;&lt;script&gt;" in page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("path", ["/tenders/?q=chairs", "/tenders.atom", "/tenders.ics"])
def test_the_number_of_queries_does_not_grow_with_tenders(
    open_world: World, path: str, rows: int
) -> None:
    for _ in range(rows):
        published_tender(open_world)
    Client().get(path)

    with CaptureQueriesContext(connection) as queries:
        Client().get(path)

    assert len(queries) == {"/tenders/?q=chairs": 9}.get(path, 2)


# ── feeds ────────────────────────────────────────────────────────────────────────────────────


def test_a_feed_has_what_a_search_finds_under_names_that_stay(chairs: Tender, salt: Tender) -> None:
    answer = Client().get("/tenders.atom?q=salt&lang=zh")

    feed = ElementTree.fromstring(answer.content)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert answer["Content-Type"] == "application/atom+xml"
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{salt.pk}"
    assert entry.findtext(f"{ATOM}title") == "道路融雪剂"
    assert "投标截止：2026年" in (entry.findtext(f"{ATOM}summary") or "")
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href", "").endswith(f"/tenders/{salt.pk}/")


def test_a_deadline_stands_in_a_calendar_in_utc_and_its_name_stays(chairs: Tender) -> None:
    closes, opens = calendar(f"/tenders/{chairs.pk}/deadline.ics?lang=en")

    assert (closes["DTSTART"], opens["DTSTART"]) == (chairs.closes_at, chairs.opens_at)
    assert closes["SUMMARY"] == "Bids close: Chairs for the hall"
    assert closes["UID"] == f"{chairs.pk}-closes@daylight.example"
    assert (closes["SEQUENCE"], closes["STATUS"]) == (0, "CONFIRMED")
    text = Client().get(f"/tenders/{chairs.pk}/deadline.ics").content.decode()
    assert f"DTSTART:{chairs.closes_at:%Y%m%dT%H%M%SZ}" in text
    assert "VTIMEZONE" not in text


def test_each_extension_makes_a_later_edition_of_the_same_entry(
    open_world: World, chairs: Tender
) -> None:
    """Calendars take over what has the same UID and a higher SEQUENCE (RFC 5545, 3.8.7.4)."""
    path = f"/tenders/{chairs.pk}/deadline.ics"
    before = calendar(path)[0]

    for hours in (2, 3):
        closes_at = chairs.published_at + timedelta(hours=hours)  # type: ignore[operator]
        Tender.objects.filter(pk=chairs.pk).update(closes_at=closes_at, opens_at=closes_at)
        _extended(open_world, chairs)

    after = calendar(path)[0]
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 2)
    assert after["DTSTART"] == closes_at


def test_what_is_cancelled_says_so_in_the_calendar(open_world: World, chairs: Tender) -> None:
    note = order(open_world, chairs, "cancel")
    ending.cancel(
        tender_id=chairs.pk, order_note=note, by=open_world.by("officer"), now=open_world.now
    )

    event = calendar("/tenders.ics")[0]

    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)


def test_what_was_never_published_has_no_calendar(open_world: World) -> None:
    draft = draft_tender(open_world)

    assert Client().get(f"/tenders/{draft.pk}/deadline.ics").status_code == 404


def _extended(world: World, tender: Tender) -> None:
    """Write down an extension, as the control chain would have it."""
    body = {"object": "0" * 64}
    by, now = system_actor(), world.now
    record(Extended.EXTENDED, tender=tender.pk, by=by, at=now, body=body,
           kind=Kind.CONTROL)  # fmt: skip


# ── an end to letters ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def saved(open_world: World) -> SavedSearch:
    by = open_world.by("officer")
    return save(search=Search(), digest=DigestRhythm.DAILY, by=by, now=open_world.now)


def test_looking_at_the_link_of_a_letter_ends_nothing(saved: SavedSearch) -> None:
    page = fetched(f"/unsubscribe/{token_of(saved)}/")

    assert "Shall this saved search go" in words(page)
    assert SavedSearch.objects.exists()


def test_one_click_ends_the_letters_without_signing_in(saved: SavedSearch) -> None:
    """RFC 8058: a mail program posts by itself, without a cookie."""
    client = Client(enforce_csrf_checks=True)

    answer = client.post(f"/unsubscribe/{token_of(saved)}/", {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert not SavedSearch.objects.exists()


def test_a_made_up_link_ends_nothing(saved: SavedSearch) -> None:
    assert Client().post(f"/unsubscribe/{saved.pk}:made-up/").status_code == 404
    assert SavedSearch.objects.exists()
