"""Grave acts ask who is there, now: a session may have been left open on somebody's desk.

Opening, award, publication and filing are done by somebody who has shown within
``settings.FRESH_FOR`` who they are, by every factor that their session rests on. In production a
second factor has to be among them (``settings.SECOND_FACTOR_REQUIRED``). Machines are known by
their tokens, which are no sessions.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from procurement.actors import ANONYMOUS, Actor
from procurement.refusals import Refusal
from procurement.texts import Text

SECOND_FACTOR = "mfa"  # as allauth calls it in the records of a session


class FreshAuthenticationNeeded(Refusal):
    code, status = "fresh-authentication-needed", 401
    title = Text(
        "Show once more who you are: your last sign-in is more than {minutes} minutes old",
        "请再次验证身份：您上次登录已超过 {minutes} 分钟",
    )


class SecondFactorNeeded(Refusal):
    code, status = "second-factor-needed", 401
    title = Text(
        "This needs a second factor: set up codes of an authenticator app, and sign in with one",
        "此操作需要第二重验证：请设置身份验证器应用，并用其验证码登录",
    )


def require_fresh(by: Actor, *, now: datetime) -> None:
    """Let a person pass who has shown a moment ago who they are; a stranger is others' affair.

    :raises SecondFactorNeeded: when the session rests on a password alone, where that is too few.
    :raises FreshAuthenticationNeeded: when the last proof is too old.
    """
    if by == ANONYMOUS:
        return
    if settings.SECOND_FACTOR_REQUIRED and not by.second_factor:
        raise SecondFactorNeeded
    if by.authenticated_at is None or now - by.authenticated_at >= settings.FRESH_FOR:
        raise FreshAuthenticationNeeded(minutes=int(settings.FRESH_FOR.total_seconds() // 60))


def last_proof(
    records: Iterable[Mapping[str, Any]], *, wall: float, now: datetime
) -> tuple[datetime | None, bool]:
    """Read a session's records of proofs: since when all factors are fresh, and if two are there.

    The records are dated by the machine's clock, seconds since 1970, which reads ``wall`` now;
    the answer is by the platform's.
    """
    newest: dict[bool, float] = {}
    for one in records:
        newest[one["method"] == SECOND_FACTOR] = float(one["at"])
    if not newest:
        return None, False
    return now - timedelta(seconds=wall - min(newest.values())), True in newest
