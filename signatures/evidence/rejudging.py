"""Stored verdicts judged again, offline, from what they rest on: ``manage.py verify_signatures``.

A sample is judged by the day, and what is amiss is told to the operator. Nothing is journalled: a
difference is a question about this machine's database, vault or software, not an act of anybody.
"""

import logging
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from procurement.proof.canonical import digest
from signatures.actions.reports import PASSING
from signatures.evidence.comparing import FAULTS, Outcome, compared
from signatures.evidence.places import Place, copied, places
from signatures.models import Rejudging, SignatureReport
from signatures.pdf.anchors import Anchors
from signatures.pdf.frozen import SetUnreadable
from signatures.pdf.policy import PolicyUnreadable
from signatures.pdf.report import instant
from signatures.queries_frozen import anchors_kept, policy_kept
from signatures.service import again

EVERY = timedelta(days=1)
SAMPLE = 2  # files in a pass: openings are due in the same
Kept = Callable[[str], Anchors | None]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Judged:
    """What became of one stored verdict; ``why`` is for the operator."""

    file_sha256: str
    at: datetime
    outcome: Outcome
    why: str = ""

    def __str__(self) -> str:
        return f"{self.outcome}: {self.file_sha256} as of {instant(self.at)}: {self.why}"


def due(*, now: datetime) -> None:
    """Judge a few stored verdicts again once a day, and log what is amiss as an error."""
    last = Rejudging.objects.order_by("-at").first()
    if last is not None and now - last.at < EVERY:
        return
    judged = [*judged_again(_sample())] if last is not None else []
    amiss = [str(one) for one in judged if one.outcome in FAULTS]
    for sentence in amiss:
        _log.error("A stored verdict on a signature is not what its evidence gives: %s", sentence)
    Rejudging.objects.create(at=now, judged=len(judged), amiss=amiss)


def judged_again(
    wanted: Iterable[Place] | None = None, *, since: datetime | None = None
) -> Iterator[Judged]:
    """Judge verdicts again, one file after the other: those made ``since``, or all.

    :raises VaultUnavailable: when the vault is away.
    """
    anchors = lru_cache(maxsize=2)(anchors_kept)  # sets are large, and shared by many reports
    with tempfile.TemporaryDirectory(prefix="daylight-again-") as folder:
        file = Path(folder) / "file"
        for place in places() if wanted is None else wanted:
            rows = SignatureReport.objects.filter(file_sha256=place.sha256)
            asked = rows.filter(created_at__gte=since) if since else rows
            if asked.exists():
                yield from _about(place, file, asked.order_by("anchors_digest", "pk"), anchors)


def _about(
    place: Place, file: Path, rows: Iterable[SignatureReport], anchors: Kept
) -> Iterator[Judged]:
    there = copied(place, file)
    for row in rows:
        outcome, why = _answer(row, file, anchors) if there else _lost(place)
        yield Judged(row.file_sha256, row.at, outcome, why)
    file.unlink(missing_ok=True)


def _lost(place: Place) -> tuple[Outcome, str]:
    return Outcome.DIFFERS, f"{place.bucket}/{place.name} is not in the vault as its digest says"


def _answer(row: SignatureReport, file: Path, kept: Kept) -> tuple[Outcome, str]:
    if digest(row.report) != row.report_digest or not _is_of(row):
        return Outcome.DIFFERS, "the stored report is not as its digest and its row say"
    try:
        policy, anchors = policy_kept(row.policy_digest), kept(row.anchors_digest)
    except (PolicyUnreadable, SetUnreadable) as error:
        return Outcome.DIFFERS, str(error)
    if policy is None or anchors is None:
        return Outcome.NOT_JUDGED, "its policy or its anchors were not kept"
    report = again(file, policy=policy, anchors=anchors, at=row.at)
    if PASSING & set(report.codes):
        return Outcome.NOT_JUDGED, f"this machine gave up: {', '.join(report.codes)}"
    return compared(row.report, report)


def _is_of(row: SignatureReport) -> bool:
    """Say whether the columns of a row say what its report says."""
    told = row.report
    stated = (row.file_sha256, row.policy_digest, row.anchors_digest, row.verdict, row.software)
    names = ("file_sha256", "policy_digest", "anchors_digest", "verdict", "software")
    return (*stated, [*row.codes], instant(row.at)) == (
        *(told.get(name) for name in names),
        told.get("codes"),
        told.get("at"),
    )


def _sample() -> list[Place]:
    """Pick a few files, each as likely as every other, reading their places once."""
    picked: list[Place] = []
    for number, place in enumerate(places()):
        if number < SAMPLE:
            picked.append(place)
        elif (at := random.randrange(number + 1)) < SAMPLE:  # noqa: S311 - no secret
            picked[at] = place
    return picked
