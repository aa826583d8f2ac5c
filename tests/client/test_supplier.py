"""A small firm comes in by itself, bids together with another, and says of itself only once.

Nobody makes its account. It registers, invites, hands over, is verified, enrols what it signs with,
leads a consortium, and seals with what it gave before (requirements C21 and C26).
"""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from procurement.actions import invitations, registration
from procurement.models import Registration
from procurement.proof.instants import format_instant
from tenders.models import Tender
from tests.client.live import PASSWORD, Live, Person
from tests.client.stage import PASSPHRASE, Stage
from tests.signing import Trust
from tests.tenders.changing import extended
from tests.world import published_tender

OPEN_FOR = timedelta(hours=2)
PRICED = {"answers": {}, "prices": {"chairs": {"unit_price": "9", "tax_rate": "0"}}}  # no more


@dataclass
class Firm:
    """A supplier that registered itself, and the two people who act for it."""

    id: str
    ada: Person  # registered it
    ben: Person  # came in by her letter, and signs since she handed that over
    told: dict[str, dict[str, Any]]  # what the commands answered


@pytest.fixture(scope="module")
def stage(live: Live, _trust: Trust, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A published tender that nobody else needs."""
    stage = Stage.set_up(live, tmp_path_factory.mktemp("small-firm"), _trust)
    (stage.home / "password").write_text(PASSWORD)
    with stage.acting() as world:
        stage.tender = str(published_tender(world, closes_in=OPEN_FOR).pk)
    stage.until(stage.in_the_log, what="the notice in the log")
    return stage


def address(stage: Stage, name: str) -> str:
    return f"{name}@{stage.home.name}.example"


def number(stage: Stage) -> str:
    return f"REED-{stage.home.name}"


def registered(stage: Stage) -> tuple[dict[str, Any], Person]:
    """Register Reed Mills and confirm it by the letter; Ada signs in."""
    stranger, asked = stage.supplier(1), ("--password-file", stage.home / "password")
    stranger.done(
        *("supplier", "register", stage.site.address, "--name-en", "Reed Mills"),
        *("--scheme", "NTRCN", "--identifier", number(stage), "--country", "CN"),
        *("--person", "Ada", "--email", address(stage, "ada"), *asked),
    )
    with stage.acting():
        asking = Registration.objects.get(email=address(stage, "ada"))
        key = registration.KEYS.sign(str(asking.pk))
    made = stranger.done("supplier", "confirm", stage.site.address, "--key", key, *asked)
    return made, stage.site.person("ada", address(stage, "ada"), stage.home)


@pytest.fixture(scope="module")
def firm(stage: Stage) -> Firm:
    """Reed Mills, with Ada as its administrator, and Ben as its administrator and signer."""
    made, ada = registered(stage)
    told = {"registered": made, "at first": ada.done("supplier", "people")}
    eve = ada.done(*inviting(stage, "eve", "supplier-signer"))
    ada.done("supplier", "withdraw-invitation", eve["id"])
    invitation = ada.done(*inviting(stage, "ben", "supplier-administrator"))
    told["waiting"] = ada.done("supplier", "people")
    with stage.acting():
        key = invitations.KEYS.sign(invitation["id"])
    told["accepted"] = stage.supplier(1).done(
        *("supplier", "accept", key, "--server", stage.site.address, "--name", "Ben"),
        *("--password-file", stage.home / "password"),
    )
    ben = stage.site.person("ben", address(stage, "ben"), stage.home)
    ben.done("supplier", "hand-over", "supplier-signer", "--from", ada.id, "--to", ben.id)
    told["in the end"] = ben.done("supplier", "people")
    told["signed out"] = {"code": ada.refused("supplier", "people")}
    ada.sign_in()
    return Firm(made["organisation"], ada, ben, told)


def inviting(stage: Stage, name: str, role: str) -> tuple[object, ...]:
    return ("supplier", "invite", address(stage, name), "--role", role)


def roles(people: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((one["person"]["name"], one["role"]) for one in people["people"])


def test_who_registers_a_supplier_holds_its_two_roles_and_it_is_still_to_be_verified(
    firm: Firm,
) -> None:
    assert firm.told["registered"]["verified_at"] is None
    assert firm.told["at first"]["supplier"] == firm.id
    both = [("Ada", "supplier-administrator"), ("Ada", "supplier-signer")]
    assert roles(firm.told["at first"]) == both


def test_a_colleague_comes_in_by_letter_and_takes_over_a_role_in_one_step(
    stage: Stage, firm: Firm
) -> None:
    waiting = [one["email"] for one in firm.told["waiting"]["invitations"]]

    assert waiting == [address(stage, "ben")], "the letter to Eve was taken back"
    assert [one["role"] for one in firm.told["accepted"]["roles"]] == ["supplier-administrator"]
    assert roles(firm.told["in the end"]) == [
        ("Ada", "supplier-administrator"),
        ("Ben", "supplier-administrator"),
        ("Ben", "supplier-signer"),
    ]
    assert firm.told["signed out"]["code"] == "sign-in-first", "who hands over is out at once"


def test_a_role_that_somebody_holds_can_be_ended_but_never_the_last_administrators(
    firm: Firm,
) -> None:
    ada, ben = firm.ada, firm.ben

    ended = ben.done("supplier", "end-role", "supplier-administrator", "--of", ada.id)
    last = ben.refused("supplier", "end-role", "supplier-administrator", "--of", ben.id)
    never = ben.refused("supplier", "end-role", "supplier-signer", "--of", ada.id)

    assert ended["role"] == "supplier-administrator"
    assert (last, never) == ("last-administrator", "no-such-role")
    assert ada.refused("supplier", "people") == "sign-in-first"


@pytest.fixture(scope="module")
def consortium(stage: Stage, firm: Firm) -> dict[str, dict[str, Any]]:
    """Reed Mills leads another supplier, which agreed, left, and agreed again."""
    partner, other = stage.supplier(0), stage.company(0).organisation.pk
    formed = firm.ben.done("consortium", "form", stage.tender, "--member", other)
    told = {"formed": formed, "listed": partner.done("consortium", "list", stage.tender)}
    for done in ("mandate", "leave"):
        told[done] = partner.done("consortium", done, formed["id"])
    told["twice"] = {"code": partner.refused("consortium", "leave", formed["id"])}
    partner.done("consortium", "mandate", formed["id"])
    return told


def agreed(consortium: dict[str, Any]) -> dict[str, bool]:
    return {one["supplier"]: one["mandate"] is not None for one in consortium["members"]}


def test_a_member_looks_at_a_consortium_agrees_to_it_and_leaves_it(
    stage: Stage, firm: Firm, consortium: dict[str, dict[str, Any]]
) -> None:
    other, name = str(stage.company(0).organisation.pk), consortium["formed"]["id"]

    shown = firm.ben.done("consortium", "show", name)

    assert [agreed(one) for one in consortium["listed"]["consortia"]] == [
        {firm.id: False, other: False}
    ]
    assert agreed(consortium["mandate"]) == {firm.id: False, other: True}, "a lead needs none"
    assert agreed(consortium["leave"]) == {firm.id: False, other: False}
    assert consortium["twice"]["code"] == "not-found"
    assert agreed(shown) == {firm.id: False, other: True}
    assert stage.supplier(2).refused("consortium", "show", name) == "not-found"


def test_its_lead_is_verified_seals_with_what_it_gave_once_and_files_for_both(
    stage: Stage, firm: Firm, consortium: dict[str, dict[str, Any]], operator: Person
) -> None:
    ben, folder = firm.ben, stage.fetch(firm.ben)
    give_once(ben)
    vouched = {"verified": True, "evidence": "Extract", "source": "Register of companies"}
    operator.ask("POST", f"organisations/{firm.id}/verification", vouched)
    signing = enrolled(stage, ben)
    (ben.folder / "offer.json").write_text(json.dumps(PRICED))

    sealed = ben.done(
        *("seal", "--tender", folder, "--lot", "lot-1", "--bidder", firm.id),
        *("--offer", ben.folder / "offer.json", "--out", ben.folder / "sealed"),
    )
    filed = ben.done(
        *("submit", ben.folder / "sealed", "--tender", folder, *signing),
        *("--consortium", consortium["formed"]["id"]),
    )

    assert [one["asked"] for one in sealed["from_profile"]] == ["delivery-days", "technical"]
    assert sealed["from_profile"][0]["value"] == "14"
    assert filed["proved"]
    assert ben.done("profile", "save")["documents"] == ["technical"]


def give_once(ben: Person) -> None:
    """Give a fact and a document, before anybody thinks of a bid."""
    until = format_instant(datetime.now(UTC) + 2 * OPEN_FOR)
    (ben.folder / "technical.pdf").write_bytes(b"%PDF-1.7\n% Reed Mills")
    ben.done("profile", "fact", "delivery-days", "14", "--until", until)
    ben.done("profile", "document", "technical", ben.folder / "technical.pdf")


def enrolled(stage: Stage, ben: Person) -> tuple[object, ...]:
    """Enrol a certificate by a signed paper; give the options that sign with it."""
    made = stage.world.trust.issue("Reed Mills", f"NTRCN-{number(stage)}")
    (ben.folder / "signer.p12").write_bytes(made.pkcs12(PASSPHRASE))
    (ben.folder / "passphrase").write_text(PASSPHRASE)
    signing = (
        *("--key", ben.folder / "signer.p12"),
        *("--passphrase-file", ben.folder / "passphrase"),
    )
    assert "Reed Mills" in ben.done("supplier", "certificate", *signing)["subject"]
    return signing


def test_what_was_given_once_has_to_hold_until_the_deadline_as_it_was_moved(stage: Stage) -> None:
    alone, supplier = stage.supplier(2), str(stage.company(2).organisation.pk)
    until = format_instant(stage.world_closes_at() + OPEN_FOR / 2)
    alone.done("profile", "fact", "delivery-days", "14", "--until", until)
    with stage.acting() as world:
        moved = extended(world, Tender.objects.get(pk=stage.tender), OPEN_FOR).closes_at
    folder = stage.until(lambda: fetched(stage, alone, moved), what="the extension in the log")
    offer = alone.folder / "offer.json"
    offer.write_text(json.dumps(PRICED))

    refused = alone.refused(
        *("seal", "--tender", folder, "--lot", "lot-1", "--bidder", supplier),
        *("--offer", offer, "--out", alone.folder / "sealed"),
    )

    assert refused == "profile-does-not-hold"


def fetched(stage: Stage, person: Person, closes_at: datetime) -> Path | None:
    """Fetch the tender, until its deadline is the one as moved."""
    folder = person.folder / f"fetched-{time.monotonic_ns()}"
    told = person.done("fetch", stage.tender, "--anchors", stage.anchors, "--out", folder)
    return folder if told["closes_at"] == format_instant(closes_at) else None
