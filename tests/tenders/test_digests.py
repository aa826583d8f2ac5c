"""A saved search tells, by the day or by the week, what was published since, and nothing twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from procurement.actors import Actor
from procurement.models import Mail, User
from procurement.refusals import NotFound
from procurement.texts import Text
from tenders.actions.searches import (
    MOST_SAVED,
    TooManySearches,
    end_digest,
    let_go,
    save,
    token_of,
)
from tenders.digests import due
from tenders.models import DigestRhythm, SavedSearch
from tenders.search import Search
from tests.world import HOUR, World, draft_tender, published_tender

pytestmark = pytest.mark.django_db
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@pytest.fixture
def reader(world: World) -> User:
    return world.person("reader")


def saved(world: World, user: User, q: str = "", digest: str = "daily") -> SavedSearch:
    by, rhythm = world.by(user), DigestRhythm(digest)
    return save(search=Search(q=q), digest=rhythm, by=by, now=world.now - HOUR)


def told(world: World, after: timedelta) -> list[Mail]:
    """Let so much time pass since the searches were saved, and give what was written."""
    before = set(Mail.objects.values_list("pk", flat=True))
    due(now=world.now - HOUR + after)
    return list(Mail.objects.exclude(pk__in=before).order_by("queued_at"))


def test_what_was_published_is_told_after_a_day(world: World, reader: User) -> None:
    saved(world, reader, "椅子 chairs")
    tender = published_tender(world)
    published_tender(world, title=Text("Salt", "盐"), description=Text("", ""))
    draft_tender(world)

    assert told(world, DAY - timedelta(seconds=1)) == []
    (digest,) = told(world, DAY)

    assert (digest.to, digest.kind) == (reader, "digest")
    assert digest.subject == "New tenders that you look for: 2"  # both have chairs as an item
    assert f"/tenders/{tender.pk}/" in digest.body
    assert "Bids close: " in digest.body
    assert "?q=%E6%A4%85%E5%AD%90+chairs" in digest.body
    assert digest.unsubscribe in digest.body


def test_nothing_is_told_twice_and_nothing_new_is_no_letter(world: World, reader: User) -> None:
    saved(world, reader)
    published_tender(world)

    assert len(told(world, DAY)) == 1
    assert told(world, DAY) == []
    assert told(world, 2 * DAY) == []


def test_a_weekly_digest_waits_a_week(world: World, reader: User) -> None:
    saved(world, reader, digest="weekly")
    published_tender(world)

    assert told(world, WEEK - timedelta(seconds=1)) == []
    assert len(told(world, WEEK)) == 1


def test_what_is_no_match_is_not_told(world: World, reader: User) -> None:
    saved(world, reader, "bridge")
    published_tender(world)

    assert told(world, DAY) == []


def test_a_digest_shows_nothing_that_is_not_public(world: World) -> None:
    officer = world.people["officer"]
    saved(world, officer)
    draft_tender(world)

    assert told(world, DAY) == []


def test_a_digest_ends_by_the_word_in_its_letter_and_by_no_other(
    world: World, reader: User
) -> None:
    """RFC 8058: one click, no sign-in."""
    search = saved(world, reader)
    published_tender(world)
    (digest,) = told(world, DAY)
    token = digest.unsubscribe.rstrip("/").rpartition("/")[2]
    assert token == token_of(search)

    with pytest.raises(NotFound):
        end_digest(str(search.pk))
    with pytest.raises(NotFound):
        end_digest(token[:-1] + ("A" if token[-1] != "A" else "B"))
    end_digest(token)
    end_digest(token)

    assert not SavedSearch.objects.exists()


def test_nobody_lets_the_search_of_another_go(world: World, reader: User) -> None:
    search = saved(world, reader)

    with pytest.raises(NotFound):
        let_go(search_id=search.pk, by=world.by("officer"))
    let_go(search_id=search.pk, by=world.by(reader))

    assert not SavedSearch.objects.exists()


def test_one_person_saves_a_bounded_number(world: World, reader: User) -> None:
    by: Actor = world.by(reader)
    for number in range(MOST_SAVED):
        save(search=Search(q=str(number)), digest=DigestRhythm.DAILY, by=by, now=world.now)

    with pytest.raises(TooManySearches):
        save(search=Search(), digest=DigestRhythm.DAILY, by=by, now=world.now)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_digest_of_many_asks_no_more_than_a_digest_of_one(
    world: World, reader: User, rows: int
) -> None:
    saved(world, reader)
    for _ in range(rows):
        published_tender(world)

    with CaptureQueriesContext(connection) as queries:
        due(now=world.now + DAY)

    assert len(queries) == 8
