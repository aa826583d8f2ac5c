"""A copy of what was signed stays checkable for years, and is renewed in time: requirement K97."""

import io
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from procurement.stored import vault
from procurement.vault import DOCUMENTS
from signatures.evidence import archiving
from signatures.evidence.archiving import EVERY, archive, due, is_due
from signatures.evidence.places import Place
from signatures.models import ArchiveCopy
from signatures.pdf.lasting import MARGIN, before
from signatures.pdf.policy import Policy
from signatures.pdf.report import Verdict
from signatures.service import check, look
from signatures.training_services import timestamp
from tests.signatures.documents import NOW, RECEIVED, plain_pdf
from tests.signatures.locking import held_elsewhere
from tests.signing import Trust

HELD: list[Place] = []
YEARS = timedelta(days=365)


def held() -> Iterator[Place]:
    yield from HELD


@pytest.fixture
def clock() -> list[datetime]:
    """When the time-stamping authority stamps; nothing: it is away."""
    return [RECEIVED]


@pytest.fixture
def signed(
    trust: Trust,
    settings: Settings,
    clock: list[datetime],
    monkeypatch: pytest.MonkeyPatch,
    db: None,
) -> Iterator[bytes]:
    """A file that was found sound, as the supplier left it."""

    def tsa_at(url: str) -> Callable[[bytes], bytes]:
        def ask(request: bytes) -> bytes:
            if not clock:
                raise OSError(f"{url} does not answer")
            return timestamp(trust.authority, request, at=clock[0])

        return ask

    settings.SIGNED_FILES = [f"{__name__}.held"]
    settings.TSA_URL = "http://tsa.example"
    monkeypatch.setattr(archiving, "tsa_at", tsa_at)
    for remembered in ("_looked", "_failed"):
        monkeypatch.setattr(archiving, remembered, {})
    pdf = trust.sign(plain_pdf(), trust.issue("Lotus Works", "NTRCN-LOTUS"), NOW)
    stored = vault().put(DOCUMENTS, "archiving/one", io.BytesIO(pdf), len(pdf))
    report, _ = check(pdf, policy=Policy(), at=RECEIVED, now=RECEIVED)
    assert report.verdict is Verdict.VALID
    HELD[:] = [Place(stored.sha256, DOCUMENTS, stored.name, stored.version_id)]
    yield pdf
    HELD.clear()


def _bytes(copy: ArchiveCopy) -> bytes:
    return b"".join(vault().get(copy.bucket, copy.object_name, copy.object_version))


def test_a_sound_file_gets_a_copy_with_evidence_and_a_timestamp(signed: bytes) -> None:
    (copy,) = archive(now=RECEIVED)

    kept = _bytes(copy)
    report = look(kept, policy=Policy(), at=RECEIVED)
    assert kept.startswith(signed)
    assert (report.verdict, report.signatures[0].level) == (Verdict.VALID, "B-LTA")
    assert (copy.stamped_at, copy.level) == (RECEIVED, "B-LTA")
    assert vault().status(copy.bucket, copy.object_name, copy.object_version).hold
    assert archive(now=RECEIVED) == []


def test_it_is_renewed_before_its_timestamp_ends(signed: bytes, clock: list[datetime]) -> None:
    (copy,) = archive(now=RECEIVED)
    later = copy.renew_by - timedelta(days=40)
    clock[:] = [later]

    (renewed,) = archive(now=later)

    kept = _bytes(renewed)
    report = look(kept, policy=Policy(), at=later)
    assert kept.startswith(_bytes(copy))
    assert (renewed.file_sha256, renewed.stamped_at) == (copy.file_sha256, later)
    assert report.verdict is Verdict.VALID
    assert len(report.document_timestamps) == 2


def test_an_authority_that_is_away_is_asked_again(
    signed: bytes, clock: list[datetime], caplog: pytest.LogCaptureFixture
) -> None:
    clock.clear()
    due(now=RECEIVED)
    assert not ArchiveCopy.objects.exists()

    clock.append(RECEIVED)
    due(now=RECEIVED + EVERY / 2)
    assert not ArchiveCopy.objects.exists()
    due(now=RECEIVED + EVERY)
    copy = ArchiveCopy.objects.get()

    clock.clear()
    with caplog.at_level(logging.WARNING):
        archive(now=copy.renew_by - timedelta(days=20))
        archive(now=copy.renew_by - timedelta(days=10))
    levels = [one.levelno for one in caplog.records if copy.sha256 in one.getMessage()]
    assert levels == [logging.WARNING, logging.ERROR]


def test_a_look_that_ends_early_leaves_nothing_open_in_the_database(
    signed: bytes, clock: list[datetime], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is closed later, when nobody knows, could spoil the transaction of somebody else."""
    (copy,) = archive(now=RECEIVED)
    clock.clear()

    with caplog.at_level(logging.WARNING):
        archive(now=copy.renew_by)

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_cursors")
        assert cursor.fetchall() == []


def test_what_is_not_sound_when_it_was_made_is_not_kept(
    signed: bytes, clock: list[datetime]
) -> None:
    clock[:] = [RECEIVED + YEARS]  # its clock is wrong

    assert archive(now=RECEIVED) == []
    assert not ArchiveCopy.objects.exists()


def test_a_file_that_cannot_last_is_tried_once_a_day(
    signed: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    HELD[:] = [Place(HELD[0].sha256, DOCUMENTS, HELD[0].name, "0" * 32)]

    with caplog.at_level(logging.WARNING):
        for hours in (0, 1, 24):
            assert archive(now=RECEIVED + timedelta(hours=hours)) == []

    assert sum("the vault does not have it" in text for text in caplog.messages) == 2


def test_without_a_time_stamping_authority_nothing_is_made(
    signed: bytes, settings: Settings
) -> None:
    settings.TSA_URL = ""
    due(now=RECEIVED)

    assert not ArchiveCopy.objects.exists()


def test_one_process_makes_copies_at_a_time(
    signed: bytes,
) -> None:
    with held_elsewhere(archiving._LOCK):
        due(now=RECEIVED)
    assert not ArchiveCopy.objects.exists()

    due(now=RECEIVED + archiving.EVERY)

    assert ArchiveCopy.objects.count() == 1


@pytest.mark.parametrize(
    ("life", "left"), [(YEARS * 10, MARGIN), (timedelta(days=40), timedelta(days=10))]
)
def test_some_time_is_left_before_a_timestamp_ends(life: timedelta, left: timedelta) -> None:
    end = NOW + life
    copy = ArchiveCopy(stamped_at=NOW, renew_by=before(end, NOW))

    assert copy.renew_by == end - left
    assert not is_due(copy, NOW + life / 4)
    assert is_due(copy, copy.renew_by)
