"""The page that shows the interface works under the policy that every page has."""

from html.parser import HTMLParser

import pytest
from django.contrib.staticfiles.finders import find
from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/api/docs/"


class Page(HTMLParser):
    """What a browser would have to fetch, and what our policy would not let it use."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if tag in ("link", "script", "img"):
            self.fetched.append(given.get("href") or given.get("src") or "")


def test_the_page_has_no_script_and_no_style_of_its_own() -> None:
    answer = Client().get(PAGE)

    page = Page(answer.content.decode())
    assert page.inline == []
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]


def test_everything_that_the_page_fetches_is_ours_and_there() -> None:
    page = Page(Client().get(PAGE).content.decode())

    script = [path for path in page.fetched if path.startswith(PAGE)]
    static = [path.removeprefix("/static/") for path in page.fetched if path not in script]
    assert len(script) == 1
    assert Client().get(script[0])["Content-Type"].startswith("application/javascript")
    assert len(static) == 5
    assert [path for path in static if find(path) is None] == []


@pytest.mark.parametrize("form", ["application/vnd.oai.openapi", "application/json"])
def test_the_description_is_the_same_for_everybody_and_at_every_request(form: str) -> None:
    first, again = (Client(headers={"Accept": form}).get("/api/schema/") for _ in range(2))

    assert first["Content-Type"].startswith(form)
    assert b"/api/v1/tenders" in first.content
    assert (again.content, dict(again.headers)) == (first.content, dict(first.headers))


def test_a_description_in_a_language_that_there_is_not_is_given_in_english() -> None:
    known, unknown = (Client().get(f"/api/schema/?lang={lang}") for lang in ("en", "xx"))

    assert unknown.content == known.content
