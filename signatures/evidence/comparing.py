"""Two reports on one question held against each other, byte for byte; neither needs Django."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from procurement.proof.canonical import canonical
from signatures.pdf.report import Report

SHOWN = 200  # characters of a value


class Outcome(StrEnum):
    """What became of judging again."""

    SAME = "same"
    OTHER_SOFTWARE = "other-software"  # with the same verdict and codes
    OTHER_ANSWER = "other-answer"  # of other software, which says another thing
    DIFFERS = "differs"  # of the same software: something was changed
    NOT_JUDGED = "not-judged"  # what is needed was not kept, or this machine gave up


FAULTS = frozenset({Outcome.DIFFERS})


def compared(recorded: Mapping[str, Any], again: Report) -> tuple[Outcome, str]:
    """Say how a recorded report and a new one relate, and name what is not the same."""
    found = again.to_json()
    if canonical(found) == canonical(dict(recorded)):
        return Outcome.SAME, ""
    if recorded.get("software") == found["software"]:
        return Outcome.DIFFERS, "; ".join(_differences(recorded, found))
    told = [_changed(name, recorded, found) for name in ("verdict", "codes")]
    differing = [one for one in told if one]
    software = f"by {recorded.get('software')}, now by {found['software']}"
    if differing:
        return Outcome.OTHER_ANSWER, "; ".join([*differing, software])
    return Outcome.OTHER_SOFTWARE, software


def _differences(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(recorded.keys() | found.keys()):
        if told := _changed(name, recorded, found):
            yield told


def _changed(name: str, recorded: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    was, now = recorded.get(name), found.get(name)
    return "" if was == now else f"{name}: was {str(was)[:SHOWN]}, is {str(now)[:SHOWN]}"
