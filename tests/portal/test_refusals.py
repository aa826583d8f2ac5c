"""Whatever goes wrong on a page is answered with a page, in our words and the reader's language."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.http import Http404
from django.test import Client
from pytest_django.fixtures import Settings

from portal.middleware import refusal_of
from procurement.refusals import NotFound, TemporarilyUnavailable
from tests.portal.reading import words
from tests.world import World, draft_tender

pytestmark = pytest.mark.django_db
NOBODYS = "a257c345-10e3-46e5-a4dd-e4757ce28c86"  # no tender has it
NOWHERE = [
    "/nowhere",
    "/tenders",
    "/tenders/1/",
    f"/tenders/{NOBODYS}/",
    f"/tenders/{NOBODYS}/result/",
]


@pytest.mark.parametrize("path", NOWHERE)
@pytest.mark.parametrize(
    ("lang", "said"), [("en", "There is no such thing here"), ("zh", "此处没有该内容")]
)
def test_what_is_not_there_gets_a_page_that_says_so(path: str, lang: str, said: str) -> None:
    answer = Client().get(path, {"lang": lang})

    assert answer.status_code == 404
    assert said in words(answer.content.decode())


def test_a_draft_is_answered_like_nothing_at_all(world: World) -> None:
    draft = draft_tender(world)

    there, nowhere = (Client().get(f"/tenders/{pk}/") for pk in (draft.pk, uuid4()))

    assert there.status_code == nowhere.status_code == 404
    assert words(there.content.decode()) == words(nowhere.content.decode())


def test_pages_are_only_read() -> None:
    assert Client().post("/tenders/").status_code == 405
    assert Client().head("/tenders/").status_code == 200


def test_the_interface_answers_for_itself() -> None:
    answer = Client().get(f"/api/v1/tenders/{uuid4()}/ranking")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_what_breaks_is_logged_and_gets_a_reference_and_no_traceback(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = tmp_path / "keys"
    in_the_way.write_text("a file where a directory should be")
    settings.KEYS_DIR = in_the_way

    answer = Client().get("/log/")

    page = words(answer.content.decode())
    assert answer.status_code == 500
    assert "Something broke on our side" in page
    assert caplog.records[0].args[0] in page  # type: ignore[index]
    assert str(in_the_way) not in page


def test_other_errors_are_said_in_our_words() -> None:
    assert isinstance(refusal_of(Http404()), NotFound)
    away = refusal_of(OperationalError())
    assert isinstance(away, TemporarilyUnavailable)
    assert away.retry_after == 10
