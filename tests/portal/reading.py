"""Reading a page as a person does."""

import html
import re

from django.test import Client


def fetched(path: str, lang: str = "en") -> str:
    """Fetch a page in a language; it must be there."""
    answer = Client().get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def words(page: str) -> str:
    """Give the words of a page, on one line."""
    body = page.split("<main", 1)[1].split("</main>", 1)[0].split(">", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def still(page: str) -> str:
    """Give a page without what its clock says."""
    return re.sub(r'<time .*?</time>|<span class="away">.*?</span>', "", page)
