"""Where too few openers are left another panel takes over, by an amendment with its own keyset.

Requirement A4 and B15; protocol, message 1: forced remaining time, and everybody seals again.
"""

from itertools import chain

import pytest

from procurement.models import Mail
from procurement.objects import fetch
from procurement.outbox import deliver
from procurement.proof.notes import Verifier
from procurement.refusals import BadInput, NotPermitted
from tenders.actions.amending import drop_amendment
from tenders.actions.amendment_parts import draw_up_keyset_instead
from tenders.actions.approvals import NotReady
from tenders.actions.interests import declare
from tenders.escrow import due
from tenders.models import Change, Panel, Seat, Tender
from tenders.panel.keyset import Keyset
from tenders.queries import control_events, keyset_of, notice_of
from tenders.queries_panel import own_place, seen_panel
from tenders.rules.letters_panel import LEFT_OUT, OF_THE_PANEL
from tests.tenders.changing import (
    again,
    approved,
    asked,
    drafted,
    published_amendment,
    running_tender,
)
from tests.tenders.replacing import (
    STAYING,
    appointed_instead,
    keys_of_the_spare,
    rehearsed,
    with_another_panel,
)
from tests.world import OPENERS, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def tender(world: World) -> Tender:
    return running_tender(world)


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


# ── letters ──────────────────────────────────────────────────────────────────────────────────


def told(world: World) -> dict[str, set[str]]:
    """Say which letters about panels went to whom since the last time."""
    Mail.objects.all().delete()
    deliver(world.now)
    people = {user.pk: name for name, user in world.people.items()}
    kinds = {LEFT_OUT.kind, *(letter.kind for letter in chain(*OF_THE_PANEL.values()))}
    found: dict[str, set[str]] = {}
    for mail in Mail.objects.filter(kind__in=kinds):
        found.setdefault(mail.kind, set()).add(people[mail.to_id])
    return found


def test_holders_hear_that_they_are_called_or_leave_and_when_that_stands(
    world: World, tender: Tender
) -> None:
    told(world)

    change = drafted(world, tender)
    appointed_instead(world, change)
    assert told(world) == {"called": {"spare"}, "leaving": {"opener-1"}}

    keys_of_the_spare(world, tender)
    draw_up_keyset_instead(amendment_id=change.pk, by=world.by("officer"), now=world.now)
    assert told(world) == {"rehearse-instead": {"spare", *STAYING}}

    rehearsed(world, tender, change)
    published_amendment(world, approved(world, change))
    assert told(world) == {"replaced": {"opener-1"}, "seated": {"spare", *STAYING}}


def test_a_spare_who_is_not_called_after_all_hears_of_it(world: World, tender: Tender) -> None:
    change = drafted(world, tender)
    appointed_instead(world, change)
    told(world)

    first, world.people["spare"] = world.people["spare"], world.people["opener-1"]
    appointed_instead(world, change)
    world.people["spare"] = first

    assert told(world) == {"left-out": {"spare"}}


def test_holders_hear_that_an_amendment_was_given_up(world: World, tender: Tender) -> None:
    change = with_another_panel(world, tender)
    told(world)

    drop_amendment(amendment_id=change.pk, by=world.by("officer"), now=world.now)

    assert told(world) == {"not-called": {"spare"}, "staying": {"opener-1"}}


def test_an_amendment_that_brings_no_panel_tells_holders_nothing(
    world: World, tender: Tender
) -> None:
    told(world)

    published_amendment(world, approved(world, drafted(world, tender)))
    drop_amendment(amendment_id=drafted(world, tender).pk, by=world.by("officer"), now=world.now)

    assert told(world) == {}
