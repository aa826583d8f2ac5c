"""Where a public page meets the house: in which language, at what time, in which frame."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

LANGUAGES = {"en": "en", "zh": "zh-hans"}  # as ?lang= says them, and as cookies and browsers do
SPOKEN = {"en": "en", "zh": "zh-Hans"}  # as HTML and HTTP name them
A_YEAR = 31_536_000  # seconds


def page(
    request: HttpRequest, template: str, shown: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Set a page in the reader's language, and remember a language that was asked for."""
    lang = language_of(request)
    frame = {"lang": lang, "spoken": SPOKEN[lang], "try_out": not settings.PRODUCTION}
    frame["other"] = _in_language(request, "en" if lang == "zh" else "zh")
    answer = render(request, template, {**frame, **shown}, status=status)
    answer["Content-Language"] = SPOKEN[lang]
    answer["Cache-Control"] = "no-cache"
    patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    if request.GET.get("lang") == lang:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            LANGUAGES[lang],
            max_age=A_YEAR,
            samesite="Lax",
            httponly=True,
            secure=settings.PRODUCTION,
        )
    return answer


def language_of(request: HttpRequest) -> str:
    """Give ``en`` or ``zh``: as the address asks, else as remembered, else as the browser says."""
    asked = request.GET.get("lang")
    if asked in LANGUAGES:
        return asked
    return "zh" if get_language_from_request(request).startswith("zh") else "en"


def _in_language(request: HttpRequest, lang: str) -> str:
    """Give the address of this page in another language."""
    query = request.GET.copy()
    query["lang"] = lang
    return f"?{query.urlencode()}"
