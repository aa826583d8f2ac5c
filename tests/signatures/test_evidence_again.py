"""Stored verdicts are judged again from what they rest on, and every difference is named."""

import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from procurement.proof.canonical import digest
from procurement.stored import vault
from procurement.vault import DOCUMENTS, VaultUnavailable
from signatures.evidence import places as places_module
from signatures.evidence.comparing import Outcome, compared
from signatures.evidence.places import Place
from signatures.evidence.rejudging import EVERY, due, judged_again
from signatures.models import DirectoryPart, KeptPolicy, Rejudging, SignatureReport
from signatures.service import check
from tests.signatures.documents import NOW, POLICY, RECEIVED, Practice, plain_pdf
from tests.signing import Trust

HELD: list[Place] = []  # what the room of this test says it holds


def held() -> Iterator[Place]:
    yield from HELD


@pytest.fixture
def row(trust: Trust, settings: Settings, db: None) -> Iterator[SignatureReport]:
    """A signed file in the vault, and its stored verdict."""
    settings.SIGNED_FILES = [f"{__name__}.held"]
    pdf = trust.sign(plain_pdf(), trust.issue("Lotus Works", "NTRCN-LOTUS"), NOW)
    stored = vault().put(DOCUMENTS, "again/one", io.BytesIO(pdf), len(pdf))
    _, found = check(pdf, policy=POLICY, at=RECEIVED, now=RECEIVED)
    assert found is not None
    HELD[:] = [Place(found.file_sha256, DOCUMENTS, stored.name, stored.version_id)]
    yield found
    HELD.clear()


def _outcomes() -> list[tuple[Outcome, str]]:
    return [(one.outcome, one.why) for one in judged_again()]


def _rewritten(row: SignatureReport, **changed: object) -> None:
    """Write over a stored report, digest and all, as whoever owns the database could."""
    report = row.report | changed
    columns = {name: changed[name] for name in ("verdict", "software") if name in changed}
    rows = SignatureReport.objects.filter(pk=row.pk)
    rows.update(report=report, report_digest=digest(report), **columns)


def _run(*words: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_signatures", *words, stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_what_nobody_touched_is_the_same_byte_for_byte(row: SignatureReport) -> None:
    assert _outcomes() == [(Outcome.SAME, "")]
    assert _run("--all") == (0, "1 verdicts: 1 same\n")


def test_only_verdicts_since_then_are_looked_at(row: SignatureReport) -> None:
    after = RECEIVED + timedelta(days=1)

    assert _run("--since", f"{after:%Y-%m-%d}") == (0, "0 verdicts: none to judge\n")
    assert _run("--since", f"{RECEIVED:%Y-%m-%d}")[1] == "1 verdicts: 1 same\n"


def test_a_verdict_that_was_written_over_is_named(row: SignatureReport) -> None:
    _rewritten(row, verdict="VALID")

    code, told = _run("--all")

    assert code == 1
    assert row.file_sha256 in told
    assert "verdict: was VALID, is INVALID" in told


def test_a_report_that_is_not_as_its_row_says_is_named(row: SignatureReport) -> None:
    SignatureReport.objects.filter(pk=row.pk).update(verdict="VALID")
    assert _outcomes()[0][0] is Outcome.DIFFERS

    SignatureReport.objects.filter(pk=row.pk).update(report=row.report | {"pages": 9})
    assert _outcomes()[0][0] is Outcome.DIFFERS


def test_other_software_is_told_as_such_and_only_another_verdict_is_a_fault(
    row: SignatureReport,
) -> None:
    _rewritten(row, software="pyHanko 9")
    code, told = _run("--all")
    assert (code, told.count("other-software: ")) == (0, 1)
    assert "made by another version of the judge: pyHanko 9; here " in told

    _rewritten(row, software="pyHanko 9", pages=7)
    code, told = _run("--all")
    assert (code, told.count("other-software: ")) == (0, 1)
    assert "pages: was 7, is " in told

    _rewritten(row, software="pyHanko 9", verdict="VALID")
    code, told = _run("--all")
    assert (code, told.count("other-answer: ")) == (1, 1)
    assert "verdict: was VALID, is INVALID" in told


def test_a_file_that_is_not_there_any_more_is_named(row: SignatureReport) -> None:
    HELD[:] = [replace(HELD[0], version="0" * 32)]

    assert [outcome for outcome, _ in _outcomes()] == [Outcome.DIFFERS]


def test_what_was_stored_before_its_policy_was_kept_is_not_judged(row: SignatureReport) -> None:
    _forget(KeptPolicy)

    assert _run("--all")[0] == 2


def test_a_set_of_anchors_that_lost_a_part_is_named(row: SignatureReport) -> None:
    _forget(DirectoryPart)

    assert "was not kept" in _run("--all")[1]


def test_a_machine_that_gives_up_is_no_difference(
    row: SignatureReport, monkeypatch: pytest.MonkeyPatch, practice: Practice
) -> None:
    from signatures.evidence import rejudging
    from signatures.pdf.report import Finding

    gave_up = replace(practice.judged(practice.bb), findings=(Finding.of("wall-clock"),))
    monkeypatch.setattr(rejudging, "again", lambda *_, **__: gave_up)

    assert _outcomes() == [(Outcome.NOT_JUDGED, "this machine gave up: wall-clock")]


def test_a_vault_that_is_away_is_said(
    row: SignatureReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise VaultUnavailable("it sleeps")

    monkeypatch.setattr(places_module, "vault", away)

    with pytest.raises(CommandError, match="it sleeps"):
        call_command("verify_signatures", "--all", stdout=io.StringIO())


def test_a_sample_is_judged_once_a_day_and_the_operator_is_told(
    row: SignatureReport, caplog: pytest.LogCaptureFixture
) -> None:
    due(now=NOW)  # the first day begins
    HELD[:] = HELD * 5
    due(now=NOW + EVERY)
    due(now=NOW + EVERY * 1.5)
    _rewritten(row, verdict="VALID")
    with caplog.at_level(logging.ERROR):
        due(now=NOW + EVERY * 2)

    looked = [(one.judged, len(one.amiss)) for one in Rejudging.objects.order_by("at")]
    assert looked == [(0, 0), (2, 0), (2, 2)]
    assert row.file_sha256 in caplog.text


def test_reports_are_compared_by_every_member(practice: Practice) -> None:
    report = practice.judged(practice.bb)

    assert compared(report.to_json(), report)[0] is Outcome.SAME
    assert compared(report.to_json() | {"pages": 7}, report) == (
        Outcome.DIFFERS,
        f"pages: was 7, is {report.pages}",
    )


def _forget(model: type) -> None:
    """Delete what is never deleted, as whoever owns the database could."""
    from django.db import connection

    table = model._meta.db_table  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"DELETE FROM {table}")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
