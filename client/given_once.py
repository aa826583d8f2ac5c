"""What a supplier gave once, as a copy on this machine, so that sealing works without the platform.

Copies lie beside the sign-ins, a folder for each supplier, its owner's alone: ``profile.json``, and
``documents/`` with every file under its SHA-256 and the ending of its kind.
"""

import hashlib
import json
import mimetypes
import os
import re
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from client.answers import accepted
from client.files import read_json
from client.output import Stopped
from client.profiles import home
from client.server import Server, segment
from procurement.proof.instants import format_instant
from procurement.rules.profile import Standing, standing
from procurement.texts import Text

ID, DIGEST = re.compile("[0-9a-f-]{36}"), re.compile("[0-9a-f]{64}")
NOT_AN_ID = Text("“{supplier}” is no supplier's id.", "“{supplier}”不是供应商编号。")
OTHER_DOCUMENT = Text(
    "The document “{name}” is not the one that your profile names: it was not taken.",
    "文件“{name}”与企业资料所列不符，未予采用。",
)
UNREADABLE = Text(
    "This is no supplier's profile. Use: daylight profile save",
    "这不是供应商资料。请使用：daylight profile save",
)


@dataclass(frozen=True)
class Given:
    """A fact or a document that was given once, and when it holds."""

    asked: str  # the question or document that it answers
    since: datetime
    until: datetime | None
    value: str = ""  # a fact's
    sha256: str = ""  # a document's
    length: int = 0  # bytes
    ending: str = ""

    @classmethod
    def fact(cls, told: Mapping[str, Any]) -> "Given":
        """Read a fact as the platform tells it."""
        return cls(str(told["kind"]), *_validity(told), value=str(told["value"]))

    @classmethod
    def document(cls, told: Mapping[str, Any]) -> "Given":
        """Read a document as the platform tells it; its digest is to be a file's name here."""
        digest = str(told["sha256"])
        if not DIGEST.fullmatch(digest):
            raise ValueError(digest)
        ending = mimetypes.guess_extension(told["media_type"]) or ""
        validity = _validity(told)
        return cls(
            str(told["name"]), *validity, sha256=digest, length=told["length"], ending=ending
        )

    def standing(self, *, now: datetime, closes_at: datetime) -> Standing:
        """Say whether it holds now and at a deadline."""
        return standing(self.since, self.until, now=now, closes_at=closes_at)


@dataclass(frozen=True)
class Copy:
    """A supplier's profile on this machine, as the platform told it at ``taken_at``."""

    folder: Path
    taken_at: str
    facts: tuple[Given, ...]
    documents: tuple[Given, ...]

    @classmethod
    def read(cls, folder: Path, taken_at: str, told: Any) -> "Copy":
        """Read what the platform told, now or when the copy was taken.

        :raises Stopped: for what is no profile.
        """
        try:
            facts = tuple(Given.fact(one) for one in told["facts"])
            documents = tuple(Given.document(one) for one in told["documents"])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Stopped("not-a-profile", UNREADABLE) from None
        return cls(folder, taken_at, facts, documents)

    def place(self, document: Given) -> Path:
        """Name the file of a document; it is there if it was taken along."""
        return self.folder / "documents" / f"{document.sha256}{document.ending}"


def take_along(
    server: Server, supplier: str, now: datetime, names: Collection[str] | None = None
) -> Copy:
    """Copy a supplier's profile here, with all its documents or those that are named.

    The platform is asked once, not patiently: who is offline goes on with the copy.

    :raises Stopped: when the platform is away, says no, or gives another document than it names.
    """
    folder, address = _folder(supplier), f"suppliers/{segment(supplier)}"
    told = accepted(server.answer("GET", f"{address}/profile")).json()
    copy = Copy.read(folder, format_instant(now), told)
    (folder / "documents").mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in copy.documents:
        if (names is None or one.asked in names) and not copy.place(one).is_file():
            _fetch(server, f"{address}/documents/{segment(one.asked)}", one, copy)
    _write(folder / "profile.json", {"taken_at": copy.taken_at, "told": told})
    for path in {*(folder / "documents").iterdir()} - {copy.place(one) for one in copy.documents}:
        path.unlink()  # replaced since
    return copy


def copy_of(supplier: str) -> Copy | None:
    """Read the copy of a supplier's profile, None where none was taken.

    :raises Stopped: for a file that is none.
    """
    path = _folder(supplier) / "profile.json"
    if not path.is_file():
        return None
    kept = read_json(path)
    if not isinstance(kept, dict):
        raise Stopped("not-a-profile", UNREADABLE)
    return Copy.read(path.parent, str(kept.get("taken_at")), kept.get("told"))


def _validity(told: Mapping[str, Any]) -> tuple[datetime, datetime | None]:
    until = told["valid_until"]
    return _instant(told["valid_from"]), None if until is None else _instant(until)


def _instant(said: str) -> datetime:
    found = datetime.fromisoformat(said)
    if found.tzinfo is None:
        raise ValueError(said)
    return found


def _folder(supplier: str) -> Path:
    if not ID.fullmatch(supplier):
        raise Stopped("no-such-supplier", NOT_AN_ID, supplier=supplier)
    return home() / "suppliers" / supplier


def _fetch(server: Server, address: str, document: Given, copy: Copy) -> None:
    """Stream one document; it stays only if it is the one that the profile names."""
    with tempfile.TemporaryDirectory(dir=copy.folder) as beside:
        growing = Path(beside) / "document"
        with growing.open("w+b") as file:
            server.download(address, file, document.length)
            file.seek(0)
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != document.sha256:
            raise Stopped("other-document", OTHER_DOCUMENT, name=document.asked)
        growing.replace(copy.place(document))


def _write(path: Path, kept: Mapping[str, Any]) -> None:
    descriptor, growing = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(kept, file, ensure_ascii=False)
    Path(growing).replace(path)
