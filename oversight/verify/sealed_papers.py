"""Papers with the platform's seal: each is the one that the log names, about what the log tells.

That a seal was put on something is not enough: whoever has the key can seal another paper. The
entry says which one was made, and it comes after what the paper speaks of.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bidding.sealed.opening import Minutes
from oversight.verify.bundle import COUNTERSIGNED, PAPERS, paper_path
from oversight.verify.case import Case, once
from oversight.verify.events import Placed
from oversight.verify.filings import bids_filed
from oversight.verify.later_acts import DECIDED
from oversight.verify.opening import MINUTES, OPENED
from oversight.verify.report import Finding
from procurement.proof import sealed_papers as kinds
from procurement.proof.events import OBJECT
from procurement.proof.sealed_papers import SealedCopy, SealedPapers

PAPERS_SEALED = "papers.sealed"


@dataclass(frozen=True)
class Entered:
    """A copy of a paper, and the event that names it."""

    placed: Placed
    copy: SealedCopy

    @property
    def path(self) -> str:
        """Where the paper lies in a bundle."""
        return paper_path(self.copy.kind, self.copy.about)


@once
def newest_papers(case: Case) -> dict[str, Entered]:
    """Give the last copy of every paper that the log names, by its path."""
    return {one.path: one for one in sorted(_entered(case), key=lambda one: one.copy.copy)}


def has_papers(case: Case) -> bool:
    """Tell whether there is any paper with the platform's seal, or ought to be."""
    return bool(_in_bundle(case) or newest_papers(case))


def papers_are_named(case: Case) -> Iterator[Finding]:
    """Every paper is the last copy that the log names of it, about what the log told before."""
    told, copies = _told(case), set[tuple[str, int]]()
    for one in _entered(case):
        where, about = one.placed.path, one.copy.about
        since = told.get((one.copy.kind, about))
        if since is None:
            yield Finding("paper-about-nothing", where, f"a {one.copy.kind} of the log", about)
        elif one.placed.size < since:
            yield Finding("sealed-too-soon", where, "after what it is about", "before")
        if (one.path, one.copy.copy) in copies:
            yield Finding("sealed-twice", where, f"copy {one.copy.copy} once", one.path)
        copies.add((one.path, one.copy.copy))
    for path, one in newest_papers(case).items():
        found = case.bundle.sha256.get(path)
        if found is None:
            yield Finding("missing-file", path, "the paper that the log names", "none")
        elif found != one.copy.sha256:
            yield Finding("other-paper", path, one.copy.sha256, found)
    for path in _in_bundle(case):
        if path not in newest_papers(case):
            yield Finding("paper-not-named", path, "a paper that the log names", "another")


def without_paper(case: Case) -> int:
    """Count the minutes and award decisions of which there is no paper with the seal."""
    papers = newest_papers(case)
    paths = {paper_path(kinds.MINUTES, one.object) for one in case.decided(MINUTES)}
    paths |= {paper_path(kinds.DECISION, one.object) for one in case.decided(DECIDED)}
    return len(paths - papers.keys())


@once
def _entered(case: Case) -> tuple[Entered, ...]:
    return tuple(
        Entered(placed, one)
        for placed in case.events
        if placed.event.verb == PAPERS_SEALED
        for one in _said(case, placed).papers
    )


def _said(case: Case, placed: Placed) -> SealedPapers:
    return case.object(SealedPapers, str(placed.event.body.get(OBJECT)), placed.path)


def _in_bundle(case: Case) -> list[str]:
    return [path for folder in (PAPERS, COUNTERSIGNED) for path in case.bundle.paths(folder, "")]


def _told(case: Case) -> dict[tuple[str, str], int]:
    """Say of what there may be papers, and the size of the log from which on."""
    opened = case.only(OPENED)
    if opened is None:
        return {}
    since = opened.placed.size
    found: dict[tuple[str, str], int] = {}
    for filing in bids_filed(case):
        found[kinds.RECEIPT, filing.receipt.digest()] = since
        found[kinds.FORM, filing.receipt.form] = since
    signed = case.only(MINUTES)
    for one in _entered(case):
        if one.copy.kind == kinds.MINUTES and signed is None:  # announced, and not signed yet
            minutes = case.object(Minutes, one.copy.about, one.placed.path)
            if minutes.opened == opened.object:
                found[kinds.MINUTES, one.copy.about] = since
    if signed is not None:
        found[kinds.MINUTES, signed.object] = since
    for decision in case.decided(DECIDED):
        found.setdefault((kinds.DECISION, decision.object), decision.placed.size)
    return found
