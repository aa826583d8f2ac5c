"""A site that answers one word, with nothing before it."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def word(_request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse("word")


urlpatterns = [path("", word)]
