"""Who was looked up in the debarment list, and why a bid is to be judged: after the opening."""

from collections.abc import Iterable, Iterator
from itertools import chain

from awards.queries import SOUND, opening_of
from bidding.models import OpenedBid
from procurement.actors import Actor
from procurement.models import DebarmentCheck
from procurement.refusals import NotFound
from procurement.roles import Role
from procurement.texts import Text, say
from tenders.models import Tender

LISTED = Text(
    "{name} was on the debarment list when it was looked up at {at} (version {version}, evidence "
    "{check})",
    "{name} 在 {at} 查询时位于禁入名单（第 {version} 版，证据 {check}）",
)
FAILED = Text("a signature that was asked for does not hold", "有须具备的签名未通过")
DEPARTS = Text("the offer departs from the form: {why}", "报价与响应表不符：{why}")
BETWEEN = Text("; ", "；")
LANGS = ("en", "zh")


def checks_of(tender: Tender, by: Actor) -> list[DebarmentCheck]:
    """List the look-ups of the bids that were opened, the oldest first.

    :raises NotFound: before the opening, and to all but the agency and those who oversee it.
    """
    concerned = tender.agency_id in by.organisations() or (
        tender.agency_id in by.jurisdiction and bool(by.organisations(Role.SUPERVISOR))
    )
    opening = opening_of(tender.pk)
    if opening is None or not concerned:
        raise NotFound
    opened = OpenedBid.objects.filter(opening=opening).values("bid__digest")
    found = DebarmentCheck.objects.filter(tender=tender.pk, bid__in=opened)
    return list(found.select_related("organisation").order_by("at", "organisation"))


def why_to_judge(bids: Iterable[OpenedBid]) -> dict[str, Text]:
    """Say by digest why bids are to be judged: for the agency that judges and decides.

    Who is on the debarment list is named with the newest look-up that found it, and its evidence.
    """
    opened = {one.bid.digest: one for one in bids}
    found = DebarmentCheck.objects.filter(bid__in=opened, found=True).select_related("organisation")
    newest = {(one.bid, one.organisation_id): one for one in found.order_by("at", "pk")}
    return {
        digest: _joined(
            chain((_listed(one) for one in newest.values() if one.bid == digest), _amiss(bid))
        )
        for digest, bid in opened.items()
    }


def _listed(check: DebarmentCheck) -> Text:
    facts = {
        "at": f"{check.at:%Y-%m-%d %H:%M:%S} UTC",
        "version": check.list_version,
        "check": check.object,
    }
    return Text(
        *(say(LISTED, facts | {"name": check.organisation.name_in(lang)}, lang) for lang in LANGS)
    )


def _amiss(bid: OpenedBid) -> Iterator[Text]:
    papers = [one for one in bid.documents.all() if one.signature == "required"]
    if any(verdict not in SOUND for verdict in (bid.bid.verdict, *(one.verdict for one in papers))):
        yield FAILED
    if bid.why:
        yield Text(*(say(DEPARTS, {"why": bid.why}, lang) for lang in LANGS))


def _joined(reasons: Iterable[Text]) -> Text:
    said = [*reasons]
    return Text(BETWEEN.en.join(one.en for one in said), BETWEEN.zh.join(one.zh for one in said))
