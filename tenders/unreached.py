"""When a notice that must reach somebody has reached nobody: operators and supervisors hear of it.

Counted are the officers and those who chose to follow the tender. Who follows it because they
filed a bid is not, so neither the alert nor its absence tells whether anybody did.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, Min

from procurement.actors import Actor
from procurement.mail import write_to_each
from procurement.models import Mail, Membership
from procurement.recipients import holding
from procurement.roles import Role
from procurement.texts import Text
from procurement.waiting import Waiting
from tenders.letters import facts_of, tell
from tenders.models import Tender
from tenders.rules.letters import UNREACHED

ALERT_AFTER = timedelta(minutes=15)  # a mail server that restarts is no news
ASKED_FOR = timedelta(days=7)  # what is older was given up, and said

_UNREACHED = Text(
    "A letter about “{title}” has reached no officer and nobody who chose to follow it: look "
    "after the mail server. This says nothing about who takes part",
    "关于“{title}”的一封通知未送达任何经办人或主动关注者，请检查邮件服务器。"
    "本提示与何人参与招标无关",
)


def due(*, now: datetime) -> None:
    """Write to operators and supervisors, once for each notice that has reached nobody."""
    found = {f"unreached {source}": tender for source, tender, _ in _unreached(now)}
    told = Mail.objects.filter(source__in=found).values_list("source", flat=True)
    new = {source: found[source] for source in found.keys() - set(told)}
    tenders = Tender.objects.select_related("agency").in_bulk(new.values())
    for source, tender_id in new.items():
        _alert(tenders[tender_id], source, now)


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:
    """List the notices that have reached nobody, for operators and the agency's supervisors."""
    operates = bool(actor.organisations(Role.OPERATOR))
    if not operates and not actor.jurisdiction:
        return []
    found = _unreached(now)
    tenders = Tender.objects.in_bulk([tender for _, tender, _ in found])
    return [
        Waiting(
            what="look-after-mail",
            tender=tender.pk,
            since=since,
            text=_UNREACHED,
            facts={"title": tender.title},
            address=f"/api/v1/tenders/{tender.pk}",
        )
        for tender, since in ((tenders[one], since) for _, one, since in found)
        if operates or tender.agency_id in actor.jurisdiction
    ]


def _alert(tender: Tender, source: str, now: datetime) -> None:
    tell(UNREACHED, tender, source=source, facts={}, now=now)
    write_to_each(
        UNREACHED,
        holding(Role.OPERATOR, _everywhere(), now),
        source=source,
        facts=facts_of(tender),
        tender=tender.pk,
        now=now,
    )


def _everywhere() -> Iterable[UUID]:
    found = Membership.objects.filter(role=Role.OPERATOR)
    return found.values_list("organisation", flat=True)


def _unreached(now: datetime) -> list[tuple[str, UUID, datetime]]:
    """Give the reasons of which every letter that counts is still on its way, or given up."""
    asked = Mail.objects.filter(
        critical=True,
        tender__isnull=False,
        queued_at__gt=now - ASKED_FOR,
        queued_at__lte=now - ALERT_AFTER,
    )
    each = asked.values("source", "tender").annotate(since=Min("queued_at"), sent=Max("sent_at"))
    found = each.filter(sent=None).order_by("since", "source")
    return [(row["source"], row["tender"], row["since"]) for row in found if row["tender"]]
