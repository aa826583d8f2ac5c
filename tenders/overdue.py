"""What the passing of time asks for while questions wait for their answers."""

import logging
from datetime import datetime

from django.db import IntegrityError
from django.db.models import Exists, F, OuterRef

from procurement.refusals import Refusal
from tenders.actions.overdue import miss_cut_off
from tenders.models import MissedCutOff, Question, Tender, TenderState

_log = logging.getLogger(__name__)


def due(*, now: datetime) -> None:
    """Say of every tender whose cut-off has passed which questions are overdue; safe to repeat."""
    asked = Question.objects.unanswered().filter(
        tender=OuterRef("pk"), asked_at__lt=OuterRef("answers_until")
    )
    missed = MissedCutOff.objects.filter(
        tender=OuterRef("pk"), answers_until=OuterRef("answers_until")
    )
    passed = Tender.objects.filter(
        Exists(asked), ~Exists(missed), state=TenderState.PUBLISHED, answers_until__lte=now
    )
    for tender in passed.order_by(F("closes_at"), "pk").values_list("pk", flat=True):
        try:
            miss_cut_off(tender, now=now)
        except (Refusal, IntegrityError):  # one that cannot does not keep the others waiting
            _log.warning("a cut-off of %s was not looked after", tender, exc_info=True)
