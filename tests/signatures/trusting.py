"""Anchors for tests, by the real actions: one operator proposes, another approves."""

from typing import Any

from procurement.actors import system_actor
from procurement.models import User
from signatures.actions.lists import draw_up
from signatures.actions.trust import approve_trust, propose_trust
from signatures.models import TrustProposal, TrustVersion
from signatures.rules.trust import Change
from signatures.trust.lists import SignedList
from tests.world import World

REASON = "The authority is on the list of the ministry"
AUTHORITIES = (("root", "signer"), ("root", "seal"), ("tsa-root", "tsa"))


def changes(world: World, **how: Any) -> list[Change]:
    """Name the training authority for everything that it is good for."""
    authority = world.trust.authority
    return [
        Change(certificate=authority.authority(label).certificate_der, purpose=purpose, **how)
        for label, purpose in AUTHORITIES
    ]


def second_operator(world: World) -> User:
    """Have another operator, once."""
    if "second operator" not in world.people:
        found = world.person("second operator", operator=world.operator)
        world.people["second operator"] = found
    return world.people["second operator"]


def proposed(world: World, *wanted: Change, by: str = "operator") -> TrustProposal:
    """Let an operator propose changes, those of the training authority unless others are named."""
    second_operator(world)
    named = wanted or changes(world)
    return propose_trust(changes=named, reason=REASON, by=world.by(by), now=world.now)


def approved(world: World, *wanted: Change) -> TrustVersion:
    """Let the second operator approve what the first has proposed."""
    made = proposed(world, *wanted)
    return approve_trust(proposal_id=made.pk, by=world.by("second operator"), now=world.now)


def drawn_up(world: World) -> TrustProposal:
    """Have the platform draw changes up, as a trusted list tells them."""
    one = SignedList("XX", b"<list/>", "", 1, world.now, world.now)
    made = draw_up(changes=changes(world), lists=[one], by=system_actor(), now=world.now)
    assert made is not None
    return made


def both_proposed(world: World) -> dict[str, str]:
    """Have a proposal of the operator, one of another, and one of nobody; none is decided."""
    return {
        "drawn_up_proposal": str(drawn_up(world).pk),
        "own_proposal": str(proposed(world).pk),
        "foreign_proposal": str(proposed(world, by="second operator").pk),
        "number": "1",
    }
