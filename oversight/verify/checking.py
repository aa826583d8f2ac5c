"""Every check, in the order of the protocol's section on evidence, and what each one proves."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bidding.sealed.opening import Opened
from oversight.verify import (
    bids,
    changes,
    frozen,
    holders,
    later_acts,
    members,
    minutes,
    named,
    one_history,
    opening,
    panel,
    papers,
    reopening,
    sealed_papers,
    winners,
)
from oversight.verify.bundle import ANCHORS, CHECKPOINTS, COUNTERSIGNED
from oversight.verify.case import Case
from oversight.verify.reader import open_bundle
from oversight.verify.report import Broken, Finding, Remark, Report, Said, Verdict
from oversight.verify.sentences import NOT_PROVED, PROVED
from procurement.proof.anchors import Anchors
from procurement.refusals import Refusal


@dataclass(frozen=True)
class Check:
    """One check: ``name`` is the code of the sentence that it proves.

    ``asked`` says whether there is anything in this bundle that it is about.
    """

    name: str
    run: Callable[[Case], Iterator[Finding]]
    asked: Callable[[Case], object] = lambda _: True


def _told(case: Case) -> object:
    return case.tells_of_bids


def _closed(case: Case) -> object:
    return case.tells_of_bids and case.close


def _asked(case: Case) -> object:
    return _told(case) and case.only(opening.REQUESTED) and not _opened(case)


def _opened(case: Case) -> object:
    return case.only(opening.OPENED)


def _countersigned(case: Case) -> object:
    return case.bundle.paths(COUNTERSIGNED, ".pdf")


def _minuted(case: Case) -> object:
    return case.only(opening.MINUTES)


def _judged(case: Case) -> object:
    return case.only(later_acts.JUDGED)


def _awarded(case: Case) -> object:
    return case.only(later_acts.PROPOSED)


CHECKS = (
    # One history, no branch
    Check("witnessed", one_history.checkpoints_are_witnessed),
    Check("only-grew", one_history.log_only_grew),
    Check("in-the-log", one_history.events_are_in_the_log),
    Check("one-chain", one_history.decisions_are_one_chain),
    Check("concealed-chain", one_history.concealed_chain_is_whole, _told),
    # Notice and keyset by the bodies named; openers fixed before the first bid
    Check("named-bodies", panel.notice_and_keyset_are_signed),
    Check("published-papers", panel.published_papers_are_there),
    Check("rehearsed", panel.holders_rehearsed),
    Check("panel-first", panel.panel_is_fixed_before_the_first_bid, _told),
    Check("changes", changes.changes_are_later_and_in_time),
    # Every counted bid in time; closed set = what lived
    Check("receipts-signed", bids.receipts_are_signed, _told),
    Check("bids-bound", bids.bids_bind_their_content, _told),
    Check("members-once", members.members_stand_once, _told),
    Check("members-behind", members.members_stand_behind, _told),
    Check("looked-up", members.bidders_were_looked_up, _told),
    Check("withdrawals", bids.withdrawals_are_signed_for, _told),
    Check("in-time", bids.bids_are_in_time, _told),
    Check("lapses", bids.lapses_follow_the_notice, _told),
    Check("closed-set", bids.closed_set_is_what_lived, _closed),
    # No early release; k named openers
    Check("in-order", opening.steps_are_in_order),
    Check("not-early", opening.nothing_was_opened_early),
    Check("answers", holders.holders_answered, _asked),
    Check("named-openers", holders.holders_answered, _opened),
    # Content is what was sealed; announced values were in the seals
    Check("content", reopening.content_is_what_was_sealed, _opened),
    Check("reports", named.verdicts_have_reports),
    Check("named", named.reports_are_named),
    Check("evidence", frozen.evidence_is_what_it_is_named),
    Check("mandates", papers.mandates_stand_behind, papers.signed_by_mandate),
    Check("countersigned", papers.copies_begin_with_the_form, _countersigned),
    Check("sealed-papers", sealed_papers.papers_are_named, sealed_papers.has_papers),
    Check("minutes", minutes.minutes_are_signed, _minuted),
    # Later acts in order
    Check("not-suspended", later_acts.nothing_was_decided_while_suspended, _minuted),
    Check("judgements", later_acts.judgements_are_decided_by_another, _judged),
    Check("rankings", later_acts.rankings_follow, _awarded),
    Check("awards", later_acts.awards_are_decided_by_another, _opened),
    Check("winners", winners.winners_are_named_and_looked_up, _awarded),
)


def verify_bundle(
    path: Path,
    anchors: Anchors | None,
    receipts: tuple[bytes, ...] = (),
    extra: tuple[Check, ...] = (),
) -> Report:
    """Check a bundle against anchors that were obtained apart from the platform.

    ``extra`` checks are those that need more than Python and ``cryptography``.

    Without them everything is judged by the keys that the bundle brings itself, which proves
    that it agrees with itself and no more. Hostile bytes get a verdict, never an exception.

    :raises OSError: when there is no file to read.
    """
    found = _SoFar([], [], [], [])
    try:
        with open_bundle(path) as bundle:
            found.proved.append(Said("whole", PROVED["whole"], {"files": len(bundle.sha256)}))
            case = Case(bundle, anchors or bundle.statement(Anchors, ANCHORS))
            for check in (*CHECKS, *_given(receipts), *extra):
                _run(check, case, found)
            checked = {check.name for check in extra}
            limits = _limits(case, given=anchors is not None, receipts=len(receipts))
            found.not_proved.extend(said for said in limits if said.code not in checked)
    except Broken as broken:
        found.wrong.append(broken.finding)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - hostile bytes get a verdict, whatever they broke
        kind = type(error).__name__
        found.wrong.append(Finding("not-understood", str(path), "a bundle", f"{kind}: {error}"))
    return found.report(anchors)


@dataclass(frozen=True)
class _SoFar:
    """What was found so far."""

    proved: list[Said]
    not_proved: list[Said]
    wrong: list[Finding]
    remarks: list[Remark]

    def report(self, anchors: Anchors | None) -> Report:
        if self.wrong:
            self.not_proved.append(Said("stopped", NOT_PROVED["stopped"]))
        said = tuple(self.proved), tuple(self.not_proved), tuple(self.wrong)
        return Report(_verdict(anchors, self.wrong), *said, tuple(self.remarks))


def _run(check: Check, case: Case, so_far: _SoFar) -> None:
    """Run a check; what it finds is kept, and what it cannot get past ends the verification."""
    try:
        if not check.asked(case):
            return
        found = list(check.run(case))
    except Refusal as refused:
        raise Broken(refused.code, check.name, "a sound object", refused.said("en")) from refused
    wrong = [one for one in found if not isinstance(one, Remark)]
    so_far.remarks.extend(one for one in found if isinstance(one, Remark))
    so_far.wrong.extend(wrong)
    if not wrong:
        so_far.proved.append(Said(check.name, PROVED[check.name], _facts(case)))


def _given(receipts: tuple[bytes, ...]) -> list[Check]:
    if not receipts:
        return []
    return [Check("receipts-count", lambda case: bids.receipts_count(case, receipts), _told)]


def _facts(case: Case) -> dict[str, str | int]:
    return {
        "checkpoints": len(case.checkpoints),
        "events": len(case.events),
        "quorum": case.anchors.quorum,
        "bids": case.close.count if case.close else 0,
        "k": case.keyset.k,
        "title": case.notice.title.get("en") or case.notice.title.get("zh", ""),
        "tender": case.tender,
    }


def _verdict(anchors: Anchors | None, findings: list[Finding]) -> Verdict:
    if findings:
        return Verdict.BROKEN
    return Verdict.AUTHENTIC if anchors else Verdict.CONSISTENT_NOT_AUTHENTICATED


def _limits(case: Case, *, given: bool, receipts: int) -> Iterator[Said]:
    """Say what no bundle proves, and what this one does not."""
    changed = holders.changed_files(case) if case.only(opening.OPENED) else []
    unsealed = sealed_papers.without_paper(case)
    holds: Mapping[str, object] = {
        "no-anchors": not given,
        "own-witnesses": case.anchors.run_by_the_operator(),
        "own-holders": True,
        "signatures": True,
        "timestamps": case.bundle.paths(CHECKPOINTS, ".tsr"),
        "no-timestamps": not case.bundle.paths(CHECKPOINTS, ".tsr"),
        "no-receipts": not receipts and case.tells_of_bids,
        "concealed": not case.tells_of_bids,
        "silent-decryption": True,
        "not-opened": not case.only(opening.OPENED),
        "causes": _without_price(case),
        "released": case.only(opening.RELEASED) and not case.only(opening.OPENED),
        "changed": changed,
        "without-paper": unsealed,
    }
    facts: dict[str, str | int] = {
        "own": len(case.anchors.run_by_the_operator()),
        "changed": len(changed),
        "unsealed": unsealed,
        "witnesses": len(case.anchors.witnesses),
        "count": len(_without_price(case)),
        "causes": ", ".join(sorted(set(_without_price(case)))),
    }
    for code, said in NOT_PROVED.items():
        if holds.get(code):
            yield Said(code, said, facts)


def _without_price(case: Case) -> list[str]:
    decided = case.only(opening.OPENED)
    if decided is None:
        return []
    opened = case.object(Opened, decided.object, decided.placed.path)
    return [str(one.cause) for one in opened.bids if one.announced is None]
