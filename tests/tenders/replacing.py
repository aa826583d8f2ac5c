"""Another panel in the place of one: opener-1 has left, and a spare comes by an amendment."""

from tenders.actions.amendment_parts import appoint_instead, draw_up_keyset_instead
from tenders.actions.holders import answer, hand_in_keys
from tenders.models import Change, Seat, Tender
from tenders.queries_panel import drawn_up_keyset, own_challenge, own_place
from tests.tenders.changing import drafted
from tests.world import OPENERS, World, declare_none, holder_key

STAYING = OPENERS[1:]


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
