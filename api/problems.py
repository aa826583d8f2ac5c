"""The one edge at which a refusal becomes problem details (RFC 9457).

Nothing leaves as a bare traceback. What is not ours is answered with a reference, and logged.
"""

import logging
import math
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import SignInFirst, actor_of, language_of
from procurement.clock import now
from procurement.constraint_refusals import refusal_for
from procurement.journal.record import attempt
from procurement.proof.canonical import JSON
from procurement.rates import TooOften
from procurement.refusals import (
    BadInput,
    Fault,
    NotFound,
    NotPermitted,
    Refusal,
    TemporarilyUnavailable,
)
from procurement.roles import Permission
from procurement.texts import Text, spoken

log = logging.getLogger("daylight.api")
RETRY_SECONDS = 10
NOT_READABLE = Text("The request could not be read: {what}", "无法读取请求：{what}")
DATABASE_AWAY = Text(
    "The database does not answer. Nothing of this request was kept; send it again",
    "数据库无响应。本次请求未保存任何内容，请稍后重新提交",
)


class MethodNotHere(Refusal):
    code, status = "method-not-allowed", 405
    title = Text("This address does not do that", "该地址不支持此操作")


class NotThisMedium(Refusal):
    code, status = "unsupported-media-type", 415
    title = Text("Send JSON (application/json)", "请以 JSON（application/json）格式提交")


class NoSuchRendering(Refusal):
    code, status = "not-acceptable", 406
    title = Text("This address answers in JSON only", "该地址只返回 JSON")


class OurFault(Refusal):
    code, status = "our-fault", 500
    title = Text(
        "Something broke on our side. Nothing was changed; quote the reference {reference}",
        "系统内部出错。未作任何更改；请提供编号 {reference}",
    )


def handler(error: Exception, context: dict[str, Any]) -> Response:
    """Turn whatever a view raised into problem details, in the reader's language."""
    request: Request | None = context.get("request")
    refusal = refusal_of(error)
    if isinstance(refusal, NotPermitted) and request is not None:
        _remember(refusal, request, context.get("kwargs", {}))
    return problem(refusal, language_of(request))


def problem(refusal: Refusal, lang: str) -> Response:
    """Write problem details: type, title, status, code, and one entry for every fault."""
    body: dict[str, Any] = {
        "type": f"urn:daylight:problem:{refusal.code}",
        "title": refusal.titled(lang),
        "status": refusal.status,
        "code": refusal.code,
    }
    if refusal.detail:
        body["detail"] = refusal.detail_said(lang)
    if refusal.facts:
        body["facts"] = spoken(refusal.facts, lang)
    if refusal.faults:
        body["errors"] = [_error(fault, lang) for fault in refusal.faults]
    headers = {"Content-Language": "zh-Hans" if lang.startswith("zh") else "en"}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    return Response(body, refusal.status, headers=headers, content_type="application/problem+json")


def _error(fault: Fault, lang: str) -> dict[str, object]:
    said: dict[str, object] = {
        "pointer": fault.pointer,
        "code": fault.code,
        "detail": fault.said(lang),
    }
    if fault.help is not None:
        more = spoken({"who": fault.help.who, "text": fault.help.text}, lang)
        said["who"] = more["who"]
        said["help"] = {"text": more["text"], "link": fault.help.link}
    return said


def refusal_of(error: Exception) -> Refusal:
    """Say in our own words what any error means to whoever asked."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, Http404 | exceptions.NotFound):
        return NotFound()
    if isinstance(error, DatabaseError):
        return _of_database(error)
    if isinstance(error, exceptions.APIException | PermissionDenied):
        return _of_framework(error)
    return _unexpected(error)


def _of_database(error: DatabaseError) -> Refusal:
    if found := refusal_for(error):
        return found
    if isinstance(error, OperationalError):
        log.warning("the database is away", exc_info=error)
        return TemporarilyUnavailable(DATABASE_AWAY, retry_after=RETRY_SECONDS)
    return _unexpected(error)


def _of_framework(error: Exception) -> Refusal:
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return SignInFirst()
    if isinstance(error, exceptions.PermissionDenied | PermissionDenied):
        return NotPermitted()
    if isinstance(error, exceptions.MethodNotAllowed):
        return MethodNotHere()
    if isinstance(error, exceptions.UnsupportedMediaType):
        return NotThisMedium()
    if isinstance(error, exceptions.NotAcceptable):
        return NoSuchRendering()
    if isinstance(error, exceptions.Throttled):
        return TooOften(retry_after=math.ceil(getattr(error, "wait", None) or RETRY_SECONDS))
    if isinstance(error, exceptions.ParseError):
        fact = str(error.detail)
        return BadInput(faults=[Fault("not-readable", NOT_READABLE, {"what": fact})])
    return _unexpected(error)


def _unexpected(error: Exception) -> Refusal:
    reference = uuid.uuid4().hex[:12]
    log.error("unexpected, reference %s", reference, exc_info=error)
    return OurFault(reference=reference)


def _remember(refusal: Refusal, request: Request, asked: dict[str, Any]) -> None:
    """Write down who tried what they may not; the refused transaction has been rolled back.

    Of which tender it was is told in that tender's own record, but of a supplier's people nobody
    learns before the opening what they look at.
    """
    at, by = now(), actor_of(request, now())
    tender = None if by.has(Permission.ASK, of=None) else asked.get("tender")
    facts: dict[str, JSON] = {"method": request.method or "", "path": request.path[:500]}
    attempt(refusal.code, by=by, at=at, tender=tender, concealed=False, facts=facts)
