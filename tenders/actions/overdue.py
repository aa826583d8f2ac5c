"""Questions that nobody answered in time: said to all, and the deadline moves where a rule says so.

Nothing is opened while one of them has no answer (``may_open``), whatever the rules still move.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from procurement import outbox
from procurement.actors import system_actor
from procurement.journal.record import Kind, record
from procurement.objects import store
from tenders.actions.entry import locked
from tenders.actions.extending import extend_by_rule
from tenders.answers import Overdue
from tenders.models import MissedCutOff, Tender, TenderState
from tenders.queries_questions import unanswered_since
from tenders.verbs import Verb


@transaction.atomic
def miss_cut_off(tender_id: UUID, *, now: datetime) -> MissedCutOff | None:
    """Write down which questions were not answered by the cut-off in force, once for each.

    The deadline moves by the pack's days. Where no rule moves it any more, supervisor and agency
    are told so. None where nothing is overdue.

    :raises NotFound: when there is no such tender.
    """
    tender, by = locked(tender_id, by=system_actor()), system_actor()

    questions = _overdue(tender, now)
    if not questions or tender.answers_until is None:
        return None

    said = Overdue(str(tender.pk), tender.notice, questions, tender.answers_until)
    digest = store(said.to_json(), tender=tender.pk, at=now)
    body = {"object": digest}
    record(
        Verb.QUESTIONS_OVERDUE, tender=tender.pk, by=by, at=now, body={**body}, kind=Kind.CONTROL
    )
    extension = extend_by_rule(tender.pk, questions, now=now)
    missed = MissedCutOff.objects.create(
        tender=tender, answers_until=said.answers_until, object=digest,
        extended=extension is not None, at=now,
    )  # fmt: skip
    outbox.announce(Verb.QUESTIONS_OVERDUE if extension else Verb.QUESTIONS_STUCK, tender.pk)
    return missed


def _overdue(tender: Tender, now: datetime) -> tuple[str, ...]:
    """Name the questions to which the cut-off in force has passed without an answer."""
    until = tender.answers_until
    if tender.state != TenderState.PUBLISHED or until is None or now < until:
        return ()
    if MissedCutOff.objects.filter(tender=tender, answers_until=until).exists():
        return ()
    asked = unanswered_since(tender, until).values_list("pk", flat=True)
    return tuple(sorted(str(question) for question in asked))
