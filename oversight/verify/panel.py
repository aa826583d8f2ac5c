"""Who may decide and who may open: named by the anchors, and fixed before the first bid."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from oversight.verify.bundle import (
    FORMS,
    HISTORY,
    MANDATES,
    NOTICE_PDF,
    NOTICES,
    REPORTS,
    document_path,
)
from oversight.verify.case import Case
from oversight.verify.changes import (
    FIXED,
    PUBLISHED,
    fixed_for,
    keysets_are_fixed_first,
    versions,
)
from oversight.verify.filings import bids_filed
from oversight.verify.report import Broken, Finding
from tenders.panel.keyset import RehearsalAnswer

NAMED_BY_DIGEST = ("documents/", FORMS, MANDATES, NOTICES, REPORTS)


def notice_and_keyset_are_signed(case: Case) -> Iterator[Finding]:
    """Notice and keyset carry the note of an agency of the anchors; the timekeeper is theirs too.

    The history was read so: it does not hold otherwise.
    """
    keyset = case.keyset
    if keyset.timekeeper.verifier not in case.anchors.timekeepers:
        yield Finding(
            "unknown-timekeeper", HISTORY, "one of the anchors", keyset.timekeeper.verifier
        )
    if keyset.log_origin != case.anchors.origin:
        yield Finding("other-log", HISTORY, case.anchors.origin, keyset.log_origin)
    yield from keysets_are_fixed_first(case)


def published_papers_are_there(case: Case) -> Iterator[Finding]:
    """Every document of the notice is there, the signed notice too, each as it is named."""
    for folder in NAMED_BY_DIGEST:
        for path in case.bundle.paths(folder, ""):
            if case.bundle.sha256[path] != PurePosixPath(path).stem:
                yield Finding("other-file", path, "the file of that digest", "another")
    for document in case.notice.documents:
        path = document_path(document.sha256)
        if path not in case.bundle:
            yield Finding("missing-document", path, document.name, "none")
    if NOTICE_PDF not in case.bundle:
        yield Finding("missing-document", NOTICE_PDF, "the signed notice", "none")


def holders_rehearsed(case: Case) -> Iterator[Finding]:
    """Every holder of the keyset signed what could only be read with the other key."""
    answers = {}
    for digest in case.objects:
        if case.kind(digest) == RehearsalAnswer.TYPE:
            answer = case.object(RehearsalAnswer, digest, digest)
            if answer.keyset == case.keyset.digest():
                answers[answer.holder] = digest
    for holder, keys in case.keyset.holders().items():
        if holder not in answers:
            yield Finding("not-rehearsed", holder, "a signed answer", "none")
            continue
        try:
            case.signed(RehearsalAnswer, answers[holder], [keys.verifier], holder)
        except Broken as broken:
            yield broken.finding


def panel_is_fixed_before_the_first_bid(case: Case) -> Iterator[Finding]:
    """Each version's keyset and notice are in the log by the tick of the first bid for it.

    Inside one tick places are shuffled; there the receipts tell, as each names a decision that
    had been made, the notice or a later one.
    """
    for verb in (FIXED, PUBLISHED):
        if not case.decided(verb):
            yield Finding("missing-event", HISTORY, verb, "none")
    for version in versions(case):
        for_it = [one for one in bids_filed(case) if one.bid.notice == version.digest]
        first = min((one.placed.size for one in for_it), default=None)
        for decided in (fixed_for(case, version), version.decision):
            if decided is not None and first is not None and decided.placed.size > first:
                path = decided.placed.path
                yield Finding("panel-after-bid", path, "before any bid", "after one")
