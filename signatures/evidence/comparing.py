"""Two reports on one question held against each other, byte for byte; neither needs Django."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from procurement.proof.canonical import canonical
from signatures.pdf.report import Report

SHOWN = 200  # characters of a value
_SOFTWARE = "software"


class Outcome(StrEnum):
    """What became of judging again."""

    SAME = "same"
    OTHER_SOFTWARE = "other-software"  # made by another version of the judge, with this verdict
    OTHER_ANSWER = "other-answer"  # made by another version of the judge, with another verdict
    DIFFERS = "differs"  # by the same version: something was changed
    NOT_JUDGED = "not-judged"  # what is needed was not kept, or this machine gave up


FAULTS = frozenset({Outcome.DIFFERS, Outcome.OTHER_ANSWER})


def compared(recorded: Mapping[str, Any], again: Report) -> tuple[Outcome, str]:
    """Say how a recorded report and a new one relate, and name all that is not the same.

    By the same version of the judge nothing may differ. By another version it is said that it was
    one, and what differs; only another verdict is a fault then.
    """
    found = again.to_json()
    if canonical(found) == canonical(dict(recorded)):
        return Outcome.SAME, ""
    differing = "; ".join(_differences(recorded, found))
    if recorded.get(_SOFTWARE) == found[_SOFTWARE]:
        return Outcome.DIFFERS, differing
    versions = f"made by another version of the judge: {recorded.get(_SOFTWARE)}"
    why = f"{differing or 'nothing else differs'} ({versions}; here {found[_SOFTWARE]})"
    agree = recorded.get("verdict") == found["verdict"]
    return Outcome.OTHER_SOFTWARE if agree else Outcome.OTHER_ANSWER, why


def _differences(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted((recorded.keys() | found.keys()) - {_SOFTWARE}):
        was, now = recorded.get(name), found.get(name)
        if was != now:
            yield f"{name}: was {str(was)[:SHOWN]}, is {str(now)[:SHOWN]}"
