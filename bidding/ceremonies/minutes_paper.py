"""The minutes as a paper: set, sealed by the platform, and kept, seconds after the announcement."""

from datetime import datetime

from bidding.actions.papers import Paper, enter_papers
from bidding.ceremonies.keeping import publish
from bidding.models import Opening
from bidding.papers import minutes_pdf
from bidding.queries import best_copy
from bidding.queries_opening import minutes_of
from bidding.sealed.opening import Minutes
from bidding.verbs import Verb
from procurement.models import Organisation
from procurement.models.outbox import OutboxMessage
from procurement.proof.canonical import JSON
from procurement.proof.sealed_papers import MINUTES
from procurement.texts import Text
from tenders.queries import notice_of

REASON = "Minutes of the opening / 开标记录"


def handle(message: OutboxMessage, *, now: datetime) -> None:
    """Make the paper of an announced opening; a second time changes nothing.

    The papers of the bids can be named in the log from now on, whatever delays this one.
    """
    if message.verb != Verb.OPENING_OPENED:
        return
    opening = Opening.objects.select_related("tender").get(pk=message.subject)
    enter_papers(tender_id=opening.tender_id, now=now)
    if best_copy(paper_name(opening)):
        return
    minutes = minutes_of(opening)
    pdf = minutes_pdf(
        _as_set(minutes),
        notice_of(opening.tender),
        names=_names(minutes),
        embedded=minutes.canonical(),
    )
    paper = Paper(opening.tender_id, MINUTES, minutes.digest(), paper_name(opening))
    publish(pdf, paper, reason=REASON, now=now)


def paper_name(opening: Opening) -> str:
    """Name the paper in the vault's bucket ``documents``."""
    return f"minutes/{opening.pk}"


def _as_set(minutes: Minutes) -> dict[str, JSON]:
    """Lay the minutes out as the paper sets them: an outcome's price beside its cause."""
    value = minutes.to_json()
    bids = value["announced"]
    assert isinstance(bids, list)
    return value | {"announced": [_priced(one) for one in bids]}


def _priced(outcome: JSON) -> JSON:
    assert isinstance(outcome, dict)
    nothing: JSON = {"total": None, "total_net": None, "currency": None}
    price = outcome["announced"] or nothing
    assert isinstance(price, dict)
    return outcome | price


def _names(minutes: Minutes) -> dict[str, Text]:
    bidders = {member for one in minutes.announced for member in one.members}
    return {
        str(found.pk): Text(found.name_in("en"), found.name_in("zh"))
        for found in Organisation.objects.filter(pk__in=bidders)
    }
