"""What every act after the opening asks first: minutes signed, nothing ended, nothing suspended."""

from datetime import datetime
from uuid import UUID

from awards.queries import opening_of
from bidding.models import Opening, OpeningState
from procurement.actors import Actor
from procurement.refusals import BadInput, NotPermitted, Refusal
from procurement.texts import Text
from tenders.actions.entry import require_impartial, require_state
from tenders.models import Tender, TenderState
from tenders.queries import suspended
from tenders.rules import remark

SAY_WHY = Text("Say why", "请说明理由")


class MinutesNotSigned(Refusal):
    code, status = "minutes-not-signed", 409
    title = Text(
        "Nothing is judged or awarded before the openers have signed the minutes",
        "开标人签署开标记录之前，不得审查或定标",
    )


class TenderSuspended(Refusal):
    code, status = "tender-suspended", 409
    title = Text("The tender is suspended: {cause}", "招标已暂停：{cause}")


class TooFewBidders(Refusal):
    code, status = "too-few-bidders", 409
    title = Text(
        "Too few bidders took part in this lot: nothing of it was opened, and nothing is awarded",
        "该标段投标人不足：未开启任何投标，亦不定标",
    )


class NotYourOwn(NotPermitted):
    code = "own-proposal"
    title = Text("Nobody decides on what they put forward", "任何人不得决定自己提出的事项")


def require_ready(tender: Tender, *, action: Text, by: Actor, now: datetime) -> Opening:
    """Let an act after the opening pass, and give that opening.

    :raises ConflictDeclared: to whoever declared one.
    :raises WrongState: unless the tender is closed and has not ended.
    :raises MinutesNotSigned: before they are.
    :raises TenderSuspended: while an order stands.
    """
    require_impartial(by, tender)
    require_state(tender, TenderState.CLOSED, action=action)
    opening = opening_of(tender.pk)
    if opening is None or opening.state != OpeningState.MINUTED:
        raise MinutesNotSigned
    if suspension := suspended(tender, now):
        raise TenderSuspended(cause=suspension.cause)
    return opening


def require_another(first: UUID | None, by: Actor) -> None:
    """Let only a second person decide.

    :raises NotYourOwn: to the one who put it forward.
    """
    if first == by.user_id:
        raise NotYourOwn


def require_reason(reason: str) -> None:
    """Let only a decision with a reason pass.

    :raises BadInput: for one that is missing or too long.
    """
    if found := list(remark.faults(reason, pointer="/reason", needed=SAY_WHY)):
        raise BadInput(faults=found)
