"""Production is judged by the version that two approved, and warned of what is about to end."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from procurement.production import judged
from signatures.actions.revocation import keep_round
from signatures.actions.trust import withdraw_trust
from signatures.fitness_trust import faults, worries
from signatures.models import TrustedList, TrustVersion
from signatures.rules.trust import Change
from signatures.training import TrainingAuthority
from signatures.trust.asking import Answer, Target
from tests.signatures import trusting
from tests.signatures.qualifying import granted
from tests.world import HOUR, World

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SAID = "it is said whose signatures count"
ENDING, REVOKED, LATE = (
    "no authority's certificate ends soon",
    "it is known what authorities revoked",
    "no trusted list is late",
)
LISTS = ("http://ca.example/root.crl", "http://ca.example/stamps.crl")


def _changes(world: World) -> list[Change]:
    """Give the training authority with addresses for both of its roots."""
    signer, seal, stamps = trusting.changes(world)
    return [
        replace(signer, addresses=(("crl", LISTS[0]),)),
        seal,
        replace(stamps, addresses=(("crl", LISTS[1]),)),
    ]


def _asked(world: World, at: datetime, until: datetime, urls: tuple[str, ...] = LISTS) -> None:
    answers = {
        Target("crl", url, b""): Answer(url.encode() + str(until).encode(), at, until)
        for url in urls
    }
    keep_round(answered=answers, kept={}, failed={}, now=at)


def _real(version: TrustVersion | None, now: datetime) -> list[str]:
    """Leave out that it is a practice authority, as every one is in a test."""
    found = faults(now=now)
    assert (found is None) == (version is None)
    return [one for one in found or [] if "practice" not in one]


# What keeps a server from starting


def test_while_no_version_stands_the_directory_is_judged(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    settings.SIGNATURE_ANCHORS_DIR = tmp_path

    assert faults(now=world.now) is None
    assert worries(now=world.now) == {}
    assert judged(world.now)[SAID] == [f"There is no certificate in {tmp_path / 'signers'}."]


def test_once_a_version_stands_no_directory_is_asked_for(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    settings.SIGNATURE_ANCHORS_DIR = tmp_path
    version = trusting.approved(world)

    assert _real(version, world.now) == []
    assert all("practice authority" in one for one in judged(world.now)[SAID])
    assert len(judged(world.now)[SAID]) == 2  # the roots of signers and of timestamps


@pytest.mark.parametrize(
    ("left_out", "lacks"),
    [
        pytest.param({"tsa"}, ["timestamps"], id="none for timestamps"),
        pytest.param({"signer", "seal"}, ["signatures"], id="none for signatures"),
        pytest.param({"signer"}, [], id="one for seals is enough"),
    ],
)
def test_a_version_names_authorities_for_signatures_and_for_timestamps(
    world: World, left_out: set[str], lacks: list[str]
) -> None:
    kept = [one for one in trusting.changes(world) if one.purpose not in left_out]
    version = trusting.approved(world, *kept)

    assert _real(version, world.now) == [
        f"Version 1 has no authority in force for {one}." for one in lacks
    ]


def test_an_authority_that_does_not_count_now_is_as_good_as_none(world: World) -> None:
    signer, _, stamps = trusting.changes(world)
    ended = replace(stamps, valid_until=world.now)
    coming = replace(signer, valid_from=world.now + HOUR)
    version = trusting.approved(world, ended, coming)

    assert len(_real(version, world.now)) == 2
    assert len(_real(version, world.now - SECOND)) == 1
    assert len(_real(version, world.now + HOUR)) == 1


@pytest.mark.parametrize("decided", [True, False], ids=["withdrawn", "not decided"])
def test_a_version_that_was_written_past_the_two_operators_is_named(
    world: World, decided: bool
) -> None:
    """Nothing here writes one; whoever may write into the database could."""
    version = trusting.approved(world)
    made = trusting.proposed(world, replace(trusting.changes(world)[0], remove=True))
    if decided:
        withdraw_trust(proposal_id=made.pk, by=world.by("operator"), now=world.now)
    TrustVersion.objects.create(
        number=2, proposal=made, entries=version.entries, digest=version.digest, at=world.now
    )

    found = faults(now=world.now)

    assert found is not None
    assert found[0] == "Version 2 was not approved by two people."


# What is about to be amiss


def _worries(world: World, at: datetime) -> dict[str, list[str]]:
    return {what: reasons for what, reasons in worries(now=at).items() if reasons}


def test_nothing_worries_where_all_is_fresh(world: World) -> None:
    trusting.approved(world, *_changes(world))
    _asked(world, world.now, world.now + 7 * DAY)

    assert _worries(world, world.now) == {}


def test_an_authority_whose_certificate_ends_within_thirty_days_is_named(
    world: World, tmp_path: Path
) -> None:
    root = trusting.changes(world)[0]
    trusting.approved(world, *_changes(world))
    ends = world.trust.authority.authority("root").certificate.not_valid_after_utc
    _asked(world, ends - 31 * DAY, ends)

    assert ENDING not in _worries(world, ends - 30 * DAY - SECOND)
    told = _worries(world, ends - 30 * DAY)[ENDING]
    assert told[0].startswith("The certificate of ")
    assert told[0].endswith(f"ends on {ends:%Y-%m-%d}.")
    assert len(told) == len({root.sha256, trusting.changes(world)[2].sha256})


def test_authorities_that_have_told_nothing_lately_are_named(world: World) -> None:
    trusting.approved(world, *_changes(world))
    now = world.now

    never = _worries(world, now)[REVOKED]
    assert never[0] == "The last round of questions to authorities never was."
    assert [one.rsplit(" ", 1)[1] for one in never[1:]] == [f"{url}." for url in LISTS]

    _asked(world, now, now + 7 * DAY, LISTS[:1])
    (silent,) = _worries(world, now)[REVOKED]
    assert silent.endswith(f"has told nothing of revocations at {LISTS[1]}.")

    _asked(world, now + SECOND, now + HOUR)
    assert _worries(world, now + HOUR - SECOND) == {}
    late = _worries(world, now + HOUR)[REVOKED]
    assert [one.split(" was good until ")[1] for one in late] == [
        f"{now + HOUR:%Y-%m-%d %H:%M}."
    ] * 2


def test_a_round_is_made_at_least_once_a_day(world: World) -> None:
    trusting.approved(world, *_changes(world))
    _asked(world, world.now, world.now + 7 * DAY)

    assert _worries(world, world.now + DAY) == {}
    (told,) = _worries(world, world.now + DAY + SECOND)[REVOKED]
    assert told == f"The last round of questions to authorities was on {world.now:%Y-%m-%d %H:%M}."


def test_an_authority_without_an_address_is_counted_and_named(world: World) -> None:
    signer, seal, stamps = _changes(world)
    trusting.approved(world, signer, seal, replace(stamps, addresses=()))
    _asked(world, world.now, world.now + 7 * DAY, LISTS[:1])

    (told,) = _worries(world, world.now)[REVOKED]

    assert told.startswith("No address is approved")
    assert "for authorities: 1 (" in told
    assert "Time Root" in told


def test_a_trusted_list_that_is_late_is_named(world: World) -> None:
    authority = world.trust.authority
    assert isinstance(authority, TrainingAuthority)
    signer, *others = _changes(world)
    listed: Any = granted(authority).to_json()
    trusting.approved(world, replace(signer, source="eu-list", services=(listed,)), *others)
    _asked(world, world.now, world.now + 7 * DAY)
    TrustedList.objects.create(
        sha256="0" * 64, territory="XX", sequence=1, issued_at=world.now,
        next_update=world.now + HOUR, xml=b"<list/>", kept_at=world.now,
    )  # fmt: skip

    assert _worries(world, world.now + HOUR - SECOND) == {}
    assert _worries(world, world.now + HOUR) == {
        LATE: [f"A newer trusted list of XX was due by {world.now + HOUR:%Y-%m-%d}."]
    }
