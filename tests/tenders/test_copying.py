"""An agency begins again from an earlier tender: its text and documents, nothing decided."""

from datetime import timedelta

import pytest

from procurement.refusals import NotFound, NotPermitted
from tenders.actions.copying import copy
from tenders.drafting import draft_of
from tenders.models import Panel, Tender, TenderState
from tenders.queries import content_of, documents_of
from tests.world import World, attach, draft_tender, plan_line, published_tender

pytestmark = pytest.mark.django_db
NEXT_YEAR = timedelta(days=365)


def copied(world: World, tender: Tender, who: str = "officer") -> Tender:
    return copy(
        tender_id=tender.pk,
        plan_line_id=plan_line(world).pk,
        closes_at=world.now + NEXT_YEAR,
        by=world.by(who),
        now=world.now,
    )


def test_a_copy_is_a_draft_with_the_same_text_and_other_times(world: World) -> None:
    earlier = published_tender(world)

    made = copied(world, earlier)

    assert made.state == TenderState.DRAFT
    before, after = draft_of(earlier), draft_of(Tender.objects.get(pk=made.pk))
    assert (after.title, after.lots, after.questions) == (
        before.title,
        before.lots,
        before.questions,
    )
    assert after.closes_at == after.opens_at == world.now + NEXT_YEAR
    assert (made.notice, made.version, made.revision) == ("", 1, 1)
    assert not Panel.objects.filter(tender=made).exists()


def test_a_copy_has_the_documents_byte_for_byte(world: World) -> None:
    earlier = draft_tender(world)
    attach(world, earlier, data=b"Ten chairs")

    (document,) = documents_of(copied(world, earlier))

    assert (document.name, document.version) == ("specification.txt", 1)
    assert b"".join(content_of(document)) == b"Ten chairs"


def test_only_an_officer_copies_and_only_what_they_see(world: World) -> None:
    earlier = published_tender(world)
    with pytest.raises(NotPermitted):
        copied(world, earlier, "legal")

    hidden = draft_tender(world)
    with pytest.raises(NotFound):
        copy(
            tender_id=hidden.pk,
            plan_line_id=plan_line(world).pk,
            closes_at=world.now + NEXT_YEAR,
            by=world.by(world.suppliers[0].signer),
            now=world.now,
        )
