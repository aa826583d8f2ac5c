"""Archive copies: signed files that stay checkable after their certificates have ended (B-LTA).

A copy of each file that was found sound gets its evidence and a timestamp while all of it is still
valid; before that timestamp ends, another one follows, on a copy of the copy. What was made is
judged before it is kept. The supplier's file is only read. Files under seal come after the opening.
"""

import logging
import tempfile
from collections.abc import Generator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings

from procurement.locks import held
from procurement.stored import vault
from procurement.vault import VaultUnavailable
from signatures.actions.archiving import keep_copy
from signatures.evidence.places import Place, copied, places
from signatures.models import ArchiveCopy, SignatureReport
from signatures.pdf.lasting import evidence_for, make_last
from signatures.pdf.policy import MIB, Policy
from signatures.pdf.report import ACCEPTED, Indication, Report
from signatures.platform import tsa_at
from signatures.queries_frozen import policy_kept
from signatures.service import again, current_anchors

EVERY = timedelta(minutes=30)  # between two looks at what there is to do
AT_ONCE = 5  # tries in a look: openings are due in the same pass
AGAIN = timedelta(days=1)  # after a try that failed because of the file
AHEAD = timedelta(days=60)  # before ``renew_by`` the first try, or at half of the time to it
ALARM = timedelta(days=14)  # before ``renew_by`` every failed try is an error for the operator
LARGEST = 100 * MIB
_LOCK = "archive copies"
_looked: dict[str, datetime] = {}  # by this process
_failed: dict[str, datetime] = {}  # by file, in this process
_log = logging.getLogger(__name__)


class NotSound(Exception):  # noqa: N818 - reads as the sentence it is
    """What was made is not found sound by our own judge, so it is not kept."""


def due(*, now: datetime) -> None:
    """Make and renew copies, a few at a time; nothing where there is no time-stamping authority."""
    if not settings.TSA_URL or now - _looked.get("at", now - EVERY) < EVERY:
        return
    _looked["at"] = now
    with held(_LOCK) as free:
        if free:
            archive(now=now)


def archive(*, now: datetime) -> list[ArchiveCopy]:
    """Make the copies that are due now, at most so many, and give them.

    An authority or a vault that is away ends the look; the next one finds the same.
    """
    made = []
    waiting = {sha256 for sha256, at in _failed.items() if now - at < AGAIN}
    with closing(_wanted(now)) as all_wanted:  # it has a cursor open in the database
        wanted = (place for place in all_wanted if place.sha256 not in waiting)
        for place in islice(wanted, AT_ONCE):
            try:
                made.append(_copy(place, now))
            except (OSError, VaultUnavailable) as away:
                _told(place, now, away)
                break
            except Exception as error:  # noqa: BLE001 - one file never keeps another from lasting
                _failed[place.sha256] = now
                _told(place, now, error)
    return made


def newest_copies() -> Generator[ArchiveCopy, None, None]:
    """Give the newest copy of every file."""
    newest = ArchiveCopy.objects.order_by("file_sha256", "-created_at").distinct("file_sha256")
    yield from newest.iterator()


def is_due(copy: ArchiveCopy, now: datetime) -> bool:
    """Say whether a copy is to be renewed now."""
    return now >= copy.renew_by - min(AHEAD, (copy.renew_by - copy.stamped_at) / 2)


def _wanted(now: datetime) -> Generator[Place, None, None]:
    """Give copies whose timestamps end first, and then files that have none yet."""
    with closing(newest_copies()) as copies:
        for copy in copies:
            if is_due(copy, now):
                where = (copy.bucket, copy.object_name, copy.object_version)
                yield Place(copy.sha256, *where)
    kept = set(ArchiveCopy.objects.values_list("file_sha256", flat=True))
    for place in places():
        if place.sha256 not in kept and _sound(place.sha256) is not None:
            kept.add(place.sha256)
            yield place


def _sound(sha256: str) -> SignatureReport | None:
    asked = SignatureReport.objects.filter(file_sha256=sha256, verdict__in=ACCEPTED)
    small = asked.filter(report__file_bytes__lte=LARGEST).exclude(report__signatures=[])
    return small.order_by("-created_at").first()


def _copy(place: Place, now: datetime) -> ArchiveCopy:
    """Make a copy that lasts.

    :raises NotSound: when it is not, or the vault has another file.
    :raises OSError, VaultUnavailable: when the authority or the vault is away.
    """
    before = ArchiveCopy.objects.filter(sha256=place.sha256).order_by("-created_at").first()
    original = before.file_sha256 if before else place.sha256
    row = _sound(original)
    policy = (policy_kept(row.policy_digest) if row else None) or Policy()
    with tempfile.TemporaryDirectory(prefix="daylight-archive-") as folder:
        file = Path(folder) / "copy"
        if not copied(place, file):
            raise NotSound("the vault does not have it as its digest says")
        anchors = current_anchors()
        lasting = make_last(file, evidence_for(file, anchors), tsa_at(settings.TSA_URL))
        _require_sound(again(file, policy=policy, anchors=anchors, at=now))
        with file.open("rb") as source:
            name = f"archive/{original}"
            stored = vault().put(place.bucket, name, source, file.stat().st_size)
    vault().hold(place.bucket, stored.name, stored.version_id)
    return keep_copy(
        file_sha256=original, bucket=place.bucket, stored=stored, lasting=lasting, now=now
    )


def _require_sound(report: Report) -> None:
    stamps = report.document_timestamps
    newest_holds = bool(stamps) and stamps[-1].indication is Indication.PASSED
    if report.verdict not in ACCEPTED or not newest_holds:
        raise NotSound(f"it was judged {report.verdict}: {', '.join(report.codes)}")


def _told(place: Place, now: datetime, why: Exception) -> None:
    """Log that a copy was not made; as an error where its time runs out."""
    before = ArchiveCopy.objects.filter(sha256=place.sha256).first()
    near = before is not None and now >= before.renew_by - ALARM
    level = logging.ERROR if near else logging.WARNING
    until = f", which has to be renewed by {before.renew_by:%Y-%m-%d}" if before else ""
    _log.log(level, "No archive copy of %s%s was made: %s", place.sha256, until, why)
