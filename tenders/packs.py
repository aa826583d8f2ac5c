"""Rule packs: what a law asks of a tender, as data with whom each rule rests on.

A pack is a file in ``tenders/packs``. A tender names its pack and version, and its notice repeats
the periods, so that a later edition of the file changes nothing that was published.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from procurement.texts import Text
from tenders.notice import Pack

PACKS = Path(__file__).parent / "packs"
TRAINING = "training"


class BadPack(ValueError):  # noqa: N818 - reads as the sentence it is
    """A pack that cannot be used; the text says why."""


@dataclass(frozen=True)
class Rule:
    """One number of a pack, and the article that it rests on."""

    value: int
    source: str


@dataclass(frozen=True)
class Rules:
    """What every pack has to say. Periods are in seconds."""

    bid_period: Rule  # from publication to the deadline, at least
    grace: Rule  # to commit a bid that arrived in time
    delta: Rule  # until a quorum of witnesses has seen every bid in time
    tick: Rule  # of the log
    reveal: Rule  # for suppliers to open what failed to open
    freshness: Rule  # of a proof of the history
    minimum_bidders: Rule
    retention: Rule  # of bids and documents after the end
    repeat_rehearsal: Rule  # so long before the deadline; 0 for not at all


@dataclass(frozen=True)
class RulePack:
    """The rules of one regime, in one edition."""

    name: str
    version: int
    title: Text
    rules: Rules

    @property
    def grace_seconds(self) -> int:
        """How long a bid that arrived in time may take to be committed."""
        return self.rules.grace.value

    @property
    def delta_seconds(self) -> int:
        """How long after the deadline witnesses may first see a bid that counts."""
        return self.rules.delta.value

    @property
    def reveal_seconds(self) -> int:
        """How long suppliers of bids that fail to open may reveal them (W)."""
        return self.rules.reveal.value

    @property
    def freshness_seconds(self) -> int:
        """How old a proof of the history may be when something is opened."""
        return self.rules.freshness.value

    @property
    def minimum_bidders(self) -> int:
        """How many bidders a lot needs to be opened."""
        return self.rules.minimum_bidders.value

    @property
    def retention_seconds(self) -> int:
        """How long bids and documents are kept at least."""
        return self.rules.retention.value

    def in_notice(self) -> Pack:
        """Give what the notice repeats of the pack."""
        return Pack(
            name=self.name,
            version=self.version,
            grace_seconds=self.grace_seconds,
            freshness_seconds=self.freshness_seconds,
            reveal_seconds=self.reveal_seconds,
            minimum_bidders=self.minimum_bidders,
            who_decrypts="quorum",
            public_opening=True,
            question_extensions=2,
            question_extension_seconds=86_400,
        )


@cache
def packs() -> Mapping[str, RulePack]:
    """Read every pack that is here, by name.

    :raises BadPack: naming the file and what is wrong with it.
    """
    found = [read_pack(path.read_text(), path.name) for path in sorted(PACKS.glob("*.toml"))]
    return {pack.name: pack for pack in found}


def read_pack(text: str, origin: str) -> RulePack:
    """Read a pack from its TOML. Every rule must be there, with a number and a source.

    :raises BadPack: naming ``origin`` and the first thing that is wrong.
    """
    try:
        told = tomllib.loads(text)
        pack = RulePack(
            name=_of(str, told.pop("name")),
            version=_of(int, told.pop("version")),
            title=Text(**told.pop("title")),
            rules=Rules(**{name: _rule(rule) for name, rule in told.pop("rules").items()}),
        )
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadPack(f"{origin}: {error}") from error
    if told:
        raise BadPack(f"{origin}: there is nothing called {sorted(told)[0]}")
    if pack.delta_seconds < pack.grace_seconds + 2 * pack.rules.tick.value:
        raise BadPack(f"{origin}: delta is less than grace and two ticks (protocol, step 8)")
    return pack


def _rule(told: Mapping[str, Any]) -> Rule:
    rule = Rule(**told)
    if _of(int, rule.value) < 0:
        raise ValueError("a number is below zero")
    if not _of(str, rule.source).strip():
        raise ValueError("a rule names no source")
    return rule


def _of(kind: type[Any], value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
