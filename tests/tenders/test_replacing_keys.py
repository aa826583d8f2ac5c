"""Where too few openers are left another panel takes over, by an amendment with its own keyset.

Requirement A4 and B15; protocol, message 1: forced remaining time, and everybody seals again.
"""

import pytest

from procurement.objects import fetch
from procurement.proof.notes import Verifier
from procurement.refusals import BadInput, NotPermitted
from tenders.actions.amending import drop_amendment
from tenders.actions.amendment_parts import appoint_instead, draw_up_keyset_instead
from tenders.actions.approvals import NotReady
from tenders.actions.holders import answer, hand_in_keys
from tenders.actions.interests import declare
from tenders.escrow import due
from tenders.models import Change, Panel, Seat, Tender
from tenders.panel.keyset import Keyset
from tenders.queries import control_events, keyset_of, notice_of
from tenders.queries_panel import drawn_up_keyset, own_challenge, own_place, seen_panel
from tests.tenders.changing import (
    again,
    approved,
    asked,
    drafted,
    published_amendment,
    running_tender,
)
from tests.world import OPENERS, World, declare_none, holder_key

pytestmark = pytest.mark.django_db
STAYING = OPENERS[1:]  # opener-1 has left


@pytest.fixture
def tender(world: World) -> Tender:
    return running_tender(world)


def appointed_instead(world: World, change: Change) -> None:
    """Appoint a spare in the place of the first opener."""
    if "spare" not in world.people:
        world.people["spare"] = world.person("spare", opener=world.agency)
    appoint_instead(
        amendment_id=change.pk,
        k=2,
        openers=[world.people[name].pk for name in ("spare", *STAYING)],
        timekeeper=world.people["timekeeper"].pk,
        escrow=[world.people["escrow-a"].pk, world.people["escrow-b"].pk],
        by=world.by("officer"),
        now=world.now,
    )


def keys_of_the_spare(world: World, tender: Tender) -> None:
    declare_none(world, tender, "spare")
    seat = Seat.everything.get(tender=tender, user=world.people["spare"])
    key = holder_key(world, tender, seat)
    world.holders[tender.pk]["spare"] = key
    public = key.public()
    hand_in_keys(
        tender_id=tender.pk,
        recipient=str(public.recipient),
        verifier=public.verifier,
        by=world.by("spare"),
        now=world.now,
    )


def rehearsed(world: World, tender: Tender, change: Change) -> None:
    keyset = drawn_up_keyset(tender.pk, change.pk)
    for who in ("spare", *STAYING, "timekeeper", "escrow-a", "escrow-b"):
        by, key = world.by(who), world.holders[tender.pk][who]
        if own_place(by, tender.pk).answered:  # type: ignore[union-attr]
            continue
        holder = own_place(by, tender.pk).holder  # type: ignore[union-attr]
        said = key.rehearse(own_challenge(by, tender.pk), keyset, holder)
        note = said.sign(key.note_signer()).decode()
        answer(tender_id=tender.pk, note=note, by=by, now=world.now)


def with_another_panel(world: World, tender: Tender) -> Change:
    """Draft an amendment that seats another panel, rehearsed."""
    change = drafted(world, tender, "An opener has left")
    appointed_instead(world, change)
    keys_of_the_spare(world, tender)
    draw_up_keyset_instead(amendment_id=change.pk, by=world.by("officer"), now=world.now)
    rehearsed(world, tender, change)
    return change


def test_another_panel_takes_over_when_the_amendment_is_in_force(
    world: World, tender: Tender
) -> None:
    before = keyset_of(tender)
    change = with_another_panel(world, tender)
    assert keyset_of(again(tender)) == before, "nothing changes until it is published"

    after = published_amendment(world, approved(world, change))

    keyset = keyset_of(again(after))
    assert keyset != before
    assert notice_of(after).keyset == keyset.digest()
    seated = set(Seat.objects.filter(tender=tender).values_list("user", flat=True))
    assert world.people["spare"].pk in seated
    assert world.people["opener-1"].pk not in seated
    assert Panel.objects.get(tender=tender).keyset == keyset.digest()
    replaced = Seat.everything.filter(tender=tender, replaced_at=world.now)
    assert replaced.count() == len(OPENERS) + 3


def test_the_new_keyset_is_signed_and_told_before_the_notice(world: World, tender: Tender) -> None:
    published_amendment(world, approved(world, with_another_panel(world, tender)))

    verbs = [event.verb for event in control_events(tender.pk)]
    assert verbs == ["keyset.fixed", "notice.published"] * 2
    notice = notice_of(again(tender))
    note = fetch(notice.keyset).note or b""
    assert Keyset.open(note, Verifier.parse(notice.agency)) == keyset_of(tender)


def test_without_another_panel_the_keyset_is_not_told_again(world: World, tender: Tender) -> None:
    published_amendment(world, approved(world, drafted(world, tender)))

    verbs = [event.verb for event in control_events(tender.pk)]
    assert verbs == ["keyset.fixed", "notice.published", "notice.published"]


def test_whoever_stays_keeps_their_keys_and_rehearses_anew(world: World, tender: Tender) -> None:
    change = drafted(world, tender)
    appointed_instead(world, change)

    staying, new = (
        own_place(world.by("opener-2"), tender.pk),
        own_place(world.by("spare"), tender.pk),
    )

    assert staying is not None
    assert (staying.keys, staying.answered) == (True, False)
    assert new is not None
    assert not new.keys
    assert seen_panel(world.by("spare"), tender.pk).amendment_id == change.pk
    assert seen_panel(world.by("officer"), tender.pk).amendment_id is None


def test_a_panel_that_has_not_rehearsed_keeps_the_amendment_back(
    world: World, tender: Tender
) -> None:
    change = drafted(world, tender)
    appointed_instead(world, change)

    with pytest.raises(NotReady) as refusal:
        asked(world, change)

    found = {fault.code for fault in refusal.value.faults}
    assert {"keys-missing", "keyset-not-drawn-up", "interests-not-declared"} <= found


def test_an_opener_with_a_conflict_is_not_seated(world: World, tender: Tender) -> None:
    declare(
        tender_id=tender.pk,
        conflict=True,
        statement="My brother bids",
        by=world.by("opener-2"),
        now=world.now,
    )

    with pytest.raises(BadInput) as refusal:
        appointed_instead(world, drafted(world, tender))

    assert "conflict-declared" in [fault.code for fault in refusal.value.faults]


def test_only_an_officer_appoints_another_panel(world: World, tender: Tender) -> None:
    change = drafted(world, tender)

    with pytest.raises(NotPermitted):
        draw_up_keyset_instead(amendment_id=change.pk, by=world.by("legal"), now=world.now)


def test_the_panel_of_a_dropped_amendment_takes_nothing_over(world: World, tender: Tender) -> None:
    before = keyset_of(tender)
    change = with_another_panel(world, tender)

    drop_amendment(amendment_id=change.pk, by=world.by("officer"), now=world.now)

    assert keyset_of(again(tender)) == before
    assert own_place(world.by("spare"), tender.pk) is None
    assert Seat.objects.filter(tender=tender).count() == len(OPENERS) + 3


def test_an_edit_of_the_panel_voids_the_approval(world: World, tender: Tender) -> None:
    change = approved(world, with_another_panel(world, tender))

    appointed_instead(world, change)

    assert Change.objects.get(pk=change.pk).state == "draft"
    assert Panel.everything.get(amendment=change).keyset == ""


def test_escrow_holders_of_the_practice_platform_act_for_a_proposed_panel(
    world: World, tender: Tender, settings: object
) -> None:
    settings.ESCROW_IN_PROCESS = True  # type: ignore[attr-defined]
    change = drafted(world, tender)
    appointed_instead(world, change)
    keys_of_the_spare(world, tender)
    draw_up_keyset_instead(amendment_id=change.pk, by=world.by("officer"), now=world.now)

    due(now=world.now)

    answered = Seat.everything.filter(amendment=change, answered_at__isnull=False)
    assert set(answered.values_list("holder", flat=True)) == {"escrow-a", "escrow-b"}
