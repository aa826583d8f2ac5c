"""Rule packs: what a law asks of a tender, as data with whom each rule rests on.

A pack is a file in ``tenders/packs``, ``<name>.<version>.toml``. A tender keeps the edition under
which it was drafted and published, and its notice repeats what opening needs, so that a later
edition changes nothing that was published.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, get_args

from procurement.proof.shapes import Range, Statement
from procurement.texts import Text
from tenders.notice import LONGEST_DELTA, Pack
from tenders.rules.dates import CountFrom, Evidence, Roll, Rule, Unit
from tenders.rules.pack import RulePack
from tenders.rules.pack_parts import (
    QUORUM,
    AmendmentNotice,
    Needs,
    Reduction,
    Rules,
    Switch,
    Switches,
)

__all__ = ["PACKS", "TRAINING", "BadPack", "Reduction", "RulePack", "pack", "packs", "read_pack"]

PACKS = Path(__file__).parent / "packs"
TRAINING = "training"
COUNTS = frozenset({"minimum_bidders", "openers_minimum", "most_question_extensions"})
IN_SECONDS = frozenset({"grace", "delta", "tick", "reveal", "freshness", "repeat_rehearsal"})
IN_WORDS = frozenset({"who_decrypts", "amendment_notice"})  # switches that are no yes or no
COUNTED = frozenset({"days", "working-days"})  # by the pack's own way to count days

WHY_A_QUORUM = (
    "a bidder who decrypts alone can keep its bid shut once others are read (protocol, step 9)"
)


class BadPack(ValueError):  # noqa: N818 - reads as the sentence it is
    """A pack that cannot be used; the text says why."""


@dataclass(frozen=True)
class _Repeated(Statement):
    """What a notice repeats, read once by the notice's own rules."""

    TYPE: ClassVar[str] = "daylight/pack/v1"

    pack: Pack
    delta_seconds: Annotated[int, Range(1, LONGEST_DELTA)]


@cache
def every_pack() -> Mapping[tuple[str, int], RulePack]:
    """Read every edition of every pack that is here.

    :raises BadPack: naming the file and what is wrong with it.
    """
    found: dict[tuple[str, int], RulePack] = {}
    for path in sorted(PACKS.glob("*.toml")):
        one = read_pack(path.read_text(), path.name)
        if path.name != f"{one.name}.{one.version}.toml":
            raise BadPack(f"{path.name}: this is {one.name}.{one.version}")
        found[one.name, one.version] = one
    return found


@cache
def packs() -> Mapping[str, RulePack]:
    """Give the newest edition of every pack, by name.

    :raises BadPack: naming the file and what is wrong with it.
    """
    return {name: every_pack()[name, version] for name, version in sorted(every_pack())}


def pack(name: str, version: int) -> RulePack:
    """Give one edition of a pack.

    :raises KeyError: when there is none.
    """
    return every_pack()[name, version]


def editions(name: str) -> list[int]:
    """List the editions of a pack."""
    return sorted(version for known, version in every_pack() if known == name)


def read_pack(text: str, origin: str) -> RulePack:
    """Read a pack from its TOML. Every rule that is there has a number and a source.

    :raises BadPack: naming ``origin`` and the first thing that is wrong.
    """
    try:
        read = _pack(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadPack(f"{origin}: {error}") from error
    return read


def _pack(told: dict[str, Any]) -> RulePack:
    days = told.pop("day_count", {})
    read = RulePack(
        name=_of(str, told.pop("name")),
        version=_of(int, told.pop("version")),
        title=Text(**told.pop("title")),
        switches=Switches(
            **{name: _switch(name, one) for name, one in told.pop("switches").items()}
        ),
        rules=Rules(**{name: _rule(name, one, days) for name, one in told.pop("rules").items()}),
        reductions={
            name: _reduction(one, days) for name, one in told.pop("reductions", {}).items()
        },
        texts={name: Text(**one) for name, one in told.pop("texts", {}).items()},
    )
    if told:
        raise ValueError(f"there is nothing called {sorted(told)[0]}")
    _judge(read)
    return read


def _judge(read: RulePack) -> None:
    if read.delta_seconds < read.grace_seconds + 2 * read.rules.tick.value:
        raise ValueError("delta is less than grace and two ticks (protocol, step 8)")
    if (who := read.switches.who_decrypts.value) != QUORUM:
        raise ValueError(f"who_decrypts is {who!r}; only {QUORUM!r} is offered: {WHY_A_QUORUM}")
    if read.switches.amendment_notice.value not in get_args(AmendmentNotice):
        raise ValueError(f"amendment_notice is one of {get_args(AmendmentNotice)}")
    _Repeated.of(_Repeated(read.in_notice(), read.delta_seconds).to_json())


def _rule(name: str, told: Mapping[str, Any], days: Mapping[str, Any]) -> Rule:
    unit = told.get("unit", "count" if name in COUNTS else "seconds")
    counting = {key: days[key] for key in ("count_from", "roll") if unit in COUNTED}
    note = {"note": Text(**told["note"])} if "note" in told else {}
    rule = Rule(**{**counting, **told, **note, "unit": unit})
    if _of(int, rule.value) < 0:
        raise ValueError("a number is below zero")
    if (name in COUNTS) != (unit == "count") or (name in IN_SECONDS and unit != "seconds"):
        raise ValueError(f"{name} is not told in {unit}")
    _one_of(Unit, unit)
    _one_of(CountFrom, rule.count_from)
    _one_of(Roll, rule.roll)
    _one_of(Evidence, rule.evidence)
    if rule.effective_from is not None:
        _of(date, rule.effective_from)
    _sourced(rule.source)
    return rule


def _switch(name: str, told: Mapping[str, Any]) -> Switch:
    note = {"note": Text(**told["note"])} if "note" in told else {}
    switch = Switch(**{**told, **note})
    _of(str if name in IN_WORDS else bool, switch.value)
    _one_of(Evidence, switch.evidence)
    _sourced(switch.source)
    return switch


def _reduction(told: Mapping[str, Any], days: Mapping[str, Any]) -> Reduction:
    plain = {name: one for name, one in told.items() if name in ("needs", "title")}
    rules = {name: _rule(name, one, days) for name, one in told.items() if name not in plain}
    _one_of(Needs, plain["needs"])
    return Reduction(needs=plain["needs"], title=Text(**plain["title"]), **rules)


def _sourced(source: Any) -> None:
    if not _of(str, source).strip():
        raise ValueError("a rule names no source")


def _one_of(kind: Any, value: Any) -> None:
    if value not in get_args(kind):
        raise ValueError(f"{value!r} is none of {get_args(kind)}")


def _of(kind: type[Any], value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
