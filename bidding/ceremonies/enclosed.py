"""The files inside an opened envelope: kept, and every PDF judged as of the receipt's instant."""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid5

from bidding.rules.outcomes import FoundFile
from bidding.sealed.combining import Inside, enclosed_as, is_pdf
from bidding.sealed.container import Entry, extract
from procurement.models import Organisation
from procurement.proof.basis import Basis
from procurement.stored import vault
from procurement.vault import SEALED
from signatures.pdf.policy import Policy
from signatures.queries_frozen import basis_of
from signatures.service import check
from tenders.form import RequiredDocument, ResponseForm

TRIES = 2  # of judging a file, where this machine was the reason that it was not


@dataclass(frozen=True)
class Judging:
    """By what the files of one bid are judged: whose signature, and as of when."""

    bid: UUID
    supplier: Organisation
    form: ResponseForm
    policy: Policy
    received_at: datetime


def keep_files(container: BinaryIO, inside: Inside, by: Judging, now: datetime) -> list[FoundFile]:
    """Keep every enclosed file under ``sealed/opened`` and judge it.

    :raises VaultUnavailable: to be done again; the names are the same then.
    """
    asked = {document.name: document for document in by.form.documents}
    names = enclosed_as(inside)
    return [
        _kept(container, entry, asked.get(names.get(entry.path, "")), by, now)
        for entry in inside.held.entries
    ]


def stored_name(document: UUID) -> str:
    """Name an opened document in the vault's bucket ``sealed``."""
    return f"opened/{document}"


def _kept(
    container: BinaryIO,
    entry: Entry,
    asked: RequiredDocument | None,
    by: Judging,
    now: datetime,
) -> FoundFile:
    found = uuid5(by.bid, entry.path)
    with tempfile.TemporaryDirectory(prefix="daylight-enclosed-") as folder:
        file = Path(folder) / "enclosed"
        extract(container, entry, file)
        with file.open("rb") as source:
            stored = vault().put(SEALED, stored_name(found), source, entry.length)
        verdict, codes, basis = (
            _judged(file, by, now) if is_pdf(container, entry) else ("NOT_JUDGED", (), None)
        )
    return FoundFile(
        id=found,
        name=asked.name if asked else "",
        path=entry.path,
        length=entry.length,
        sha256=entry.sha256,
        signature=asked.signature if asked else "none",
        verdict=verdict,
        codes=codes,
        judged=basis,
        object_version=stored.version_id,
    )


def _judged(file: Path, by: Judging, now: datetime) -> tuple[str, tuple[str, ...], Basis]:
    """Judge a PDF as of the receipt. What this machine could not finish is UNDECIDED."""
    for _ in range(TRIES):
        report, row = check(file, policy=by.policy, at=by.received_at, now=now, queue=by.bid)
        if row is not None:
            break
    return report.verdict.value, report.codes, basis_of(report, row, [by.supplier])
