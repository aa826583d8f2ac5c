"""Debarments for tests, by the real actions: an operator proposes, a supervisor confirms."""

from datetime import datetime, timedelta

from procurement.actions.debarment import decide_debarment, propose_debarment, propose_lifting
from procurement.models import Debarment, Organisation
from tests.world import World

SOURCE = "Decision 12/2026 of the Audit Office"


def proposed(
    world: World,
    body: Organisation,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Debarment:
    """Let the operator put a body forward."""
    return propose_debarment(
        identifier_scheme=body.identifier_scheme,
        identifier=body.identifier,
        name=body.name_en,
        starts_at=starts_at or world.now - timedelta(days=1),
        ends_at=ends_at,
        source=SOURCE,
        reason="False documents",
        by=world.by("operator"),
        now=world.now,
    )


def decided(world: World, debarment: Debarment, *, confirmed: bool = True) -> Debarment:
    """Let the supervisor decide what was put forward."""
    return decide_debarment(
        debarment_id=debarment.pk, confirmed=confirmed, by=world.by("overseer"), now=world.now
    )


def listed(world: World, body: Organisation, **dates: datetime) -> Debarment:
    """Put a body on the list."""
    return decided(world, proposed(world, body, **dates))


def lifted(world: World, debarment: Debarment) -> Debarment:
    """Take an entry off the list before its date."""
    propose_lifting(
        debarment_id=debarment.pk, reason="Set aside", by=world.by("operator"), now=world.now
    )
    return decided(world, debarment)


def listed_and_proposed(world: World) -> dict[str, str]:
    """Have one body listed and another proposed, neither of which bids; name both entries."""
    return {
        "listed": str(listed(world, world.custodians[0]).pk),
        "proposed": str(proposed(world, world.custodians[1]).pk),
    }
