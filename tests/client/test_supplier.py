"""A small firm comes in by itself, bids together with another, and says of itself once.

Nobody makes its account: it registers, is verified, invites, hands over, enrols what it signs with,
and leads a consortium (requirements C1, C26, D33).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from procurement.actions import invitations, registration
from procurement.models import Invitation, Registration
from tests.client.live import PASSWORD, Live, Person
from tests.client.stage import Stage
from tests.signing import Trust
from tests.world import published_tender

OPEN_FOR = timedelta(hours=2)


@dataclass
class Firm:
    """A supplier that registered itself, and the person who did."""

    id: str
    owner: Person
    registered: dict[str, Any]


@pytest.fixture(scope="module")
def stage(live: Live, _trust: Trust, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A published tender that nobody else needs."""
    stage = Stage.set_up(live, tmp_path_factory.mktemp("small-firm"), _trust)
    with stage.acting() as world:
        stage.tender = str(published_tender(world, closes_in=OPEN_FOR).pk)
    stage.until(stage.in_the_log, what="the notice in the log")
    return stage


def number_of(stage: Stage) -> str:
    return f"NTRCN-{stage.home.name}"


@pytest.fixture(scope="module")
def firm(stage: Stage) -> Firm:
    """Reed Mills: registered, confirmed by the letter, signed in, and verified by an operator."""
    email, password = f"ada@{stage.home.name}.example", stage.home / "ada-password"
    password.write_text(PASSWORD)
    stranger, address = stage.supplier(1), stage.site.address
    stranger.done(
        *("supplier", "register", address, "--name-en", "Reed Mills", "--name-zh", "芦苇纸业"),
        *("--scheme", "NTRCN", "--identifier", number_of(stage), "--country", "CN"),
        *("--person", "Ada", "--email", email, "--password-file", password),
    )
    with stage.acting():
        key = registration.KEYS.sign(str(Registration.objects.get(email=email).pk))

    made = stranger.done(
        *("supplier", "confirm", address, "--key", key, "--password-file", password)
    )

    owner = stage.site.person("ada", email, stage.home)
    return Firm(made["organisation"], owner, made)


# Coming in


def test_who_registered_holds_both_roles_of_a_supplier_that_is_still_to_be_verified(
    firm: Firm,
) -> None:
    people = firm.owner.done("supplier", "people")["people"]

    assert firm.registered["verified_at"] is None
    assert {one["person"]["name"] for one in people} == {"Ada"}
    assert sorted(one["role"] for one in people) == ["supplier-administrator", "supplier-signer"]


def test_a_colleague_comes_in_by_letter_and_a_role_is_handed_over_to_them(
    stage: Stage, firm: Firm
) -> None:
    email, password = f"ben@{stage.home.name}.example", stage.home / "ada-password"
    taken_back = firm.owner.done(*inviting(f"eve@{stage.home.name}.example", "supplier-signer"))
    firm.owner.done("supplier", "withdraw-invitation", taken_back["id"])
    made = firm.owner.done(*inviting(email, "supplier-administrator"))
    waiting = firm.owner.done("supplier", "people")["invitations"]
    with stage.acting():
        key = invitations.KEYS.sign(str(Invitation.objects.get(pk=made["id"]).pk))

    accepted = stage.supplier(1).done(
        *("supplier", "accept", key, "--server", stage.site.address, "--name", "Ben"),
        *("--password-file", password),
    )
    ben = stage.site.person("ben", email, stage.home)
    handed = ben.done(
        *("supplier", "hand-over", "supplier-signer", "--from", firm.owner.id, "--to", ben.id)
    )

    assert [one["email"] for one in waiting] == [email]
    assert [one["role"] for one in accepted["roles"]] == ["supplier-administrator"]
    assert handed["role"] == "supplier-signer"
    people = ben.done("supplier", "people")["people"]
    assert sorted((one["person"]["name"], one["role"]) for one in people) == [
        ("Ada", "supplier-administrator"),
        ("Ben", "supplier-administrator"),
        ("Ben", "supplier-signer"),
    ]
    assert firm.owner.refused("supplier", "people") == "sign-in-first", "who hands over is out"


def inviting(email: str, role: str) -> tuple[object, ...]:
    return ("supplier", "invite", email, "--role", role)


# Bidding together


def test_a_consortium_is_formed_looked_at_agreed_to_and_left(stage: Stage, firm: Firm) -> None:
    firm.owner.sign_in()
    partner, other = stage.supplier(0), str(stage.company(0).organisation.pk)
    formed = firm.owner.done("consortium", "form", stage.tender, "--member", other)
    before = partner.done("consortium", "list", stage.tender)["consortia"]

    agreed = partner.done("consortium", "mandate", formed["id"])
    left = partner.done("consortium", "leave", formed["id"])
    again = partner.refused("consortium", "leave", formed["id"])
    partner.done("consortium", "mandate", formed["id"])

    assert mandated(formed) == {firm.id: False, other: False}
    assert [mandated(one) for one in before] == [mandated(formed)]
    assert mandated(agreed) == {firm.id: False, other: True}, "the lead needs none"
    assert mandated(left) == mandated(formed)
    assert again == "not-found"
    assert mandated(firm.owner.done("consortium", "show", formed["id"])) == mandated(agreed)
    assert stage.supplier(2).refused("consortium", "show", formed["id"]) == "not-found"


def mandated(consortium: dict[str, Any]) -> dict[str, bool]:
    return {one["supplier"]: one["mandate"] is not None for one in consortium["members"]}
