"""Digests: what was published since the last one and is what somebody looks for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from procurement.actors import ANONYMOUS
from procurement.instants import written
from procurement.mail import queue
from procurement.texts import Text, say
from tenders.actions.searches import token_of
from tenders.letters import facts_of
from tenders.models import DigestRhythm, SavedSearch, Tender, TenderState
from tenders.queries_search import found
from tenders.search import Search

RHYTHMS = {DigestRhythm.DAILY: timedelta(days=1), DigestRhythm.WEEKLY: timedelta(days=7)}
MOST_LISTED = 50  # tenders; the rest is one click away

_SUBJECT = Text("New tenders that you look for: {count}", "您关注的新招标：{count} 项")
_BODY = Text(
    "Published since {since}, for your search “{search}”:\n\n{tenders}\n\n"
    "All of them: {address}\n\nStop this letter: {unsubscribe}",
    "自{since}以来发布，符合您的搜索“{search}”：\n\n{tenders}\n\n全部结果：{address}\n\n"
    "停止接收：{unsubscribe}",
)
_TENDER = Text(
    "“{title}”\n{agency}\nBids close: {closes_at}\n{address}",
    "{title}\n{agency}\n投标截止：{closes_at}\n{address}",
)


def due(*, now: datetime) -> None:
    """Write every digest whose day or week is over; where nothing was found, none."""
    over = Q(pk__in=())
    for rhythm, period in RHYTHMS.items():
        over |= Q(digest=rhythm, told_until__lte=now - period)
    for saved in SavedSearch.objects.filter(over).values_list("pk", flat=True):
        _tell(saved, over, now)


@transaction.atomic
def _tell(search_id: UUID, over: Q, now: datetime) -> None:
    """Write one digest and note until when it tells, together; two runners never write two."""
    rows = SavedSearch.objects.select_for_update(skip_locked=True, of=("self",))
    saved = rows.select_related("user").filter(over, pk=search_id).first()
    if saved is None:
        return
    new = _published(saved, now)
    if new:
        _write(saved, new, now)
    SavedSearch.objects.filter(pk=saved.pk).update(told_until=now)


def _published(saved: SavedSearch, now: datetime) -> list[Tender]:
    search = Search.read(saved.query, states=TenderState.values)
    since = found(ANONYMOUS, search).filter(
        published_at__gt=saved.told_until, published_at__lte=now
    )
    return list(since[:MOST_LISTED])


def _write(saved: SavedSearch, new: Sequence[Tender], now: datetime) -> None:
    unsubscribe = f"{settings.SITE}/unsubscribe/{token_of(saved)}/"
    queue(
        message=None,
        to=saved.user,
        kind="digest",
        subject=_SUBJECT,
        body=_BODY,
        facts={
            "count": len(new),
            "since": written(saved.told_until),
            "search": " · ".join(saved.query.values()) or "*",
            "tenders": _listed(new),
            "address": f"{settings.SITE}/tenders/?{urlencode(saved.query)}",
            "unsubscribe": unsubscribe,
        },
        unsubscribe=unsubscribe,
        key=f"digest {saved.pk} {saved.told_until.isoformat()}",
        now=now,
    )


def _listed(tenders: Sequence[Tender]) -> Text:
    said = [facts_of(tender) for tender in tenders]
    return Text(
        *("\n\n".join(say(_TENDER, facts, lang) for facts in said) for lang in ("en", "zh"))
    )
