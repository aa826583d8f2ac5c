"""How an action on a tender begins: its row locked, by somebody who may see it and act on it."""

from uuid import UUID

from procurement.actors import Actor
from procurement.refusals import NotFound, Refusal, WrongState
from procurement.texts import Text
from tenders.models import Interests, Tender, TenderState


class ConflictDeclared(Refusal):
    code, status = "conflict-declared", 409
    title = Text(
        "Whoever declared a conflict of interest takes no further part",
        "已申报利益冲突的人不得继续参与",
    )


def locked(tender_id: UUID, *, by: Actor) -> Tender:
    """Lock a tender's row until the transaction ends.

    :raises NotFound: when ``by`` sees no such tender.
    """
    visible = Tender.objects.visible_to(by).select_for_update(of=("self",))
    if (tender := visible.filter(pk=tender_id).first()) is None:
        raise NotFound
    return tender


def require_impartial(by: Actor, tender: Tender) -> None:
    """Let pass who has not declared a conflict of interest in this tender.

    :raises ConflictDeclared: otherwise.
    """
    if Interests.objects.filter(tender=tender, user=by.user_id, conflict=True).exists():
        raise ConflictDeclared


def require_state(tender: Tender, *states: TenderState, action: Text) -> None:
    """Let pass a tender that is in one of these states.

    :raises WrongState: otherwise; ``action`` says what was asked for.
    """
    if tender.state not in states:
        raise WrongState(action=action, state=str(tender.state))
