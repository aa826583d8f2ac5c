"""Where HTTP meets the rules: who asks, in which language, at what time."""

import time
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any, ClassVar

from allauth.account.authentication import get_authentication_records
from django.db import DatabaseError
from django.utils.translation import get_language_from_request
from knox.models import AuthToken
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from procurement.actors import ANONYMOUS, Actor
from procurement.addresses import client_address
from procurement.clock import now
from procurement.fresh import last_proof, require_fresh
from procurement.models import User
from procurement.refusals import Refusal
from procurement.texts import Text

LONGEST_REQUEST_ID = 100


class SignInFirst(Refusal):
    code, status = "sign-in-first", 401
    title = Text("Sign in first", "请先登录")


class View(APIView):
    """A view with an instant and an actor; it decides nothing.

    ``fresh`` marks grave acts: whoever does one has shown a moment ago who they are.
    """

    fresh: ClassVar[bool] = False
    now: datetime

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read the clock once, before anything is judged; ask at grave acts who is there."""
        self.now = now()
        super().initial(request, *args, **kwargs)
        by_token = isinstance(request.auth, AuthToken)  # a machine
        if self.fresh and request.method not in SAFE_METHODS and not by_token:
            require_fresh(self.by, now=self.now)

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
    records = get_authentication_records(SimpleNamespace(session=_session(request)), request.user)
    proven_at, second = last_proof(records, wall=time.time(), now=at)
    return (
        Actor.of(request.user, at)
        .with_request(ip=client_address(request.META), request_id=request_id or None)
        .with_session(authenticated_at=proven_at, second_factor=second)
    )


def _session(request: Request) -> Any:
    if isinstance(request.auth, AuthToken):
        return {}
    return request.auth if request.auth is not None else request._request.session


def language_of(request: Request | None) -> str:
    """Give the reader's language: as the request asks, else as the person's account says."""
    if request is None:
        return "en"
    with suppress(DatabaseError):  # away, and we are asked in order to say so
        if "Accept-Language" not in request.headers and isinstance(request.user, User):
            return request.user.language
    return get_language_from_request(request._request)
