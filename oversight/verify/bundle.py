"""An evidence bundle: where each thing lies in it, and writing one.

Whatever a stranger needs to repeat every step of a tender lies in one ZIP file::

    checkpoints/<size>.note, .tsr   the log's word on itself, cosigned; a time-stamp where there is
    consistency/<old>-<new>.json    that a later tree begins with the earlier one
    events/<nnnn>.json              every event, and its proof in the earliest checkpoint with it
    history.json                    the decisions with their proofs, and the tender's head, in the
                                    newest checkpoint: nothing after it is hidden
    objects/<digest>.json, .note    what the events name: notice, keyset, bids, receipts …
    documents/<sha256>              what was published
    notices/<sha256>.pdf            the signed notices that a later version replaced
    forms/<sha256>.pdf              signed bid forms and withdrawals
    countersigned/<form>.pdf        the same forms with the platform's seal over them, too
    mandates/<sha256>.pdf           the signed mandates by which somebody signed
    sealed/<manifest>/…             payload and small files of every bid that was to be opened
    reports/<sha256>.json           what was said about signatures, each by a policy …
    policies/<sha256>.json          … which is here, and a set of anchors, which is a list …
    trust/<sha256>.json             … of certificates and revocation data, by digest:
    anchor-parts/<sha256>           DER, or JSON where the operator said it
    papers/<kind>-<digest>.pdf      receipts, minutes and award decisions, with the same seal, by
                                    the digest of what they speak of
    notice.pdf, anchors.json        the signed notice; the anchors as the platform states them

Last come ``index.json``, which names every file above, and ``SHA256SUMS``, for ``sha256sum -c``.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from oversight.verify.archive import ArchiveWriter
from oversight.verify.formats import BundledFile, BundleIndex
from procurement.proof.sealed_papers import FORM

INDEX, SUMS = "index.json", "SHA256SUMS"
ANCHORS, HISTORY, NOTICE_PDF = "anchors.json", "history.json", "notice.pdf"
CHECKPOINTS, CONSISTENCY, EVENTS = "checkpoints/", "consistency/", "events/"
OBJECTS, REPORTS = "objects/", "reports/"
FORMS, NOTICES = "forms/", "notices/"
COUNTERSIGNED, MANDATES, PAPERS = "countersigned/", "mandates/", "papers/"
POLICIES, SETS, PARTS = "policies/", "trust/", "anchor-parts/"


@dataclass(frozen=True)
class Source:
    """A file to be put into a bundle; ``open`` gives its bytes in chunks.

    None for bytes says that it is not there any more: it is left out. None for the length says
    that it is not known, and below 4 GiB.
    """

    path: str
    length: int | None
    open: Callable[[], Iterable[bytes] | None]

    @classmethod
    def of(cls, path: str, content: bytes) -> "Source":
        """Make a source of bytes at hand."""
        return cls(path, len(content), lambda: [content])


def checkpoint_path(size: int) -> str:
    """Say where the checkpoint of so many leaves lies."""
    return f"{CHECKPOINTS}{size}.note"


def token_path(size: int) -> str:
    """Say where a checkpoint's RFC 3161 token lies."""
    return f"{CHECKPOINTS}{size}.tsr"


def consistency_path(old: int, new: int) -> str:
    """Say where the proof lies that one tree begins with the other."""
    return f"{CONSISTENCY}{old}-{new}.json"


def event_path(number: int) -> str:
    """Say where an event lies, counted from 1."""
    return f"{EVENTS}{number:04}.json"


def object_path(digest: str) -> str:
    """Say where an object lies."""
    return f"{OBJECTS}{digest}.json"


def note_path(digest: str) -> str:
    """Say where the signed note of an object lies."""
    return f"{OBJECTS}{digest}.note"


def document_path(sha256: str) -> str:
    """Say where a published document lies."""
    return f"documents/{sha256}"


def earlier_notice_path(sha256: str) -> str:
    """Say where a signed notice lies that a later version replaced."""
    return f"{NOTICES}{sha256}.pdf"


def form_path(sha256: str) -> str:
    """Say where a signed form lies."""
    return f"{FORMS}{sha256}.pdf"


def countersigned_path(form: str) -> str:
    """Say where the copy of a form lies that carries the platform's seal, too."""
    return f"{COUNTERSIGNED}{form}.pdf"


def paper_path(kind: str, about: str) -> str:
    """Say where a paper with the platform's seal lies, by the digest of what it is about."""
    return countersigned_path(about) if kind == FORM else f"{PAPERS}{kind}-{about}.pdf"


def mandate_path(paper: str) -> str:
    """Say where the signed paper of a mandate lies; ``paper`` is its SHA-256."""
    return f"{MANDATES}{paper}.pdf"


def sealed_path(manifest: str, name: str) -> str:
    """Say where a file of a sealed envelope lies: ``payload.age``, ``share-1.age`` …"""
    return f"sealed/{manifest}/{name}"


def report_path(sha256: str) -> str:
    """Say where the report on a file's signatures lies; ``sha256`` is the report's own."""
    return f"{REPORTS}{sha256}.json"


def policy_path(digest: str) -> str:
    """Say where the policy lies that a report names."""
    return f"{POLICIES}{digest}.json"


def set_path(digest: str) -> str:
    """Say where the list of the anchors lies that a report names."""
    return f"{SETS}{digest}.json"


def part_path(sha256: str) -> str:
    """Say where a certificate, a revocation list or another part of a set of anchors lies."""
    return f"{PARTS}{sha256}"


def write_bundle(
    out: BinaryIO,
    sources: Iterable[Source],
    *,
    tender: str,
    log_origin: str,
    made_at: datetime,
    checkpoint: int,
) -> BundleIndex:
    """Write a bundle to a file that can be sought in; equal sources give equal bytes.

    :raises ArchiveRefused: for a path that may not be.
    """
    archive, files = ArchiveWriter(out), []
    by_path = {source.path: source for source in sources}  # what is equal is written once
    for _, source in sorted(by_path.items()):
        chunks = source.open()
        if chunks is not None:
            entry, digest = archive.add(source.path, chunks, source.length or 0)
            files.append(BundledFile(source.path, entry.length, digest))
    index = BundleIndex(tender, log_origin, "full", made_at, checkpoint, tuple(files))
    for path, content in ((INDEX, index.canonical()), (SUMS, sums(index))):
        archive.add(path, [content])
    archive.finish()
    return index


def sums(index: BundleIndex) -> bytes:
    """Write ``SHA256SUMS`` as the tool ``sha256sum`` does."""
    named = [(file.sha256, file.path) for file in index.files]
    named.append((hashlib.sha256(index.canonical()).hexdigest(), INDEX))
    return "".join(f"{sha256}  {path}\n" for sha256, path in named).encode()
