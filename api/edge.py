"""Where HTTP meets the rules: who asks, in which language, at what time."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import get_language_from_request
from rest_framework.request import Request
from rest_framework.views import APIView

from procurement.actors import ANONYMOUS, Actor
from procurement.clock import now
from procurement.models import User
from procurement.refusals import Refusal
from procurement.texts import Text

LONGEST_REQUEST_ID = 100


class SignInFirst(Refusal):
    code, status = "sign-in-first", 401
    title = Text("Sign in first", "请先登录")


class View(APIView):
    """A view with an instant and an actor; it decides nothing."""

    now: datetime

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read the clock once, before anything is judged."""
        self.now = now()
        super().initial(request, *args, **kwargs)

    @cached_property  # the roles are read once a request
    def by(self) -> Actor:
        """Give who asks; a stranger is nobody, and may read what is public."""
        return actor_of(self.request, self.now)

    def signed_in(self) -> Actor:
        """Give who asks.

        :raises SignInFirst: to a stranger.
        """
        if self.by is ANONYMOUS:
            raise SignInFirst
        return self.by


def actor_of(request: Request, at: datetime) -> Actor:
    """Give who asks, with the roles that they hold at this instant."""
    if not isinstance(request.user, User):
        return ANONYMOUS
    request_id = request.headers.get("X-Request-Id", "")[:LONGEST_REQUEST_ID]
    return Actor.of(request.user, at).with_request(
        ip=request.META.get("REMOTE_ADDR") or None, request_id=request_id or None
    )


def language_of(request: Request | None) -> str:
    """Give the reader's language: as the request asks, else as the person's account says."""
    if request is None:
        return "en"
    if "Accept-Language" not in request.headers and isinstance(request.user, User):
        return request.user.language
    return get_language_from_request(request._request)
