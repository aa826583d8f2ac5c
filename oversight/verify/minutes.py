"""The minutes: what was opened, signed by the openers who were there."""

from collections.abc import Iterator

from bidding.sealed.opening import Minutes, Opened, Request
from oversight.verify.case import Case
from oversight.verify.opening import MINUTES, OPENED, REQUESTED
from oversight.verify.report import Broken, Finding


def minutes_are_signed(case: Case) -> Iterator[Finding]:
    """The minutes say what was opened, signed by the openers who were there."""
    decided, opened = case.only(MINUTES), case.only(OPENED)
    if decided is None or opened is None:
        return
    path = decided.placed.path
    minutes = case.object(Minutes, decided.object, path)
    came_out = case.object(Opened, opened.object, path)
    said = minutes.tender, minutes.notice, minutes.opened, minutes.announced
    if said != (case.tender, case.notice.digest(), opened.object, came_out.bids):
        yield Finding("other-minutes", path, "what was opened", "something else")
    requested = case.only(REQUESTED)
    request = case.object(Request, requested.object, path) if requested else None
    if request is None or minutes.attended != request.openers:
        yield Finding("other-minutes", path, "the openers of the request", str(minutes.attended))
        return
    signed = [idx for idx in minutes.attended if _signed(case, decided.object, idx, path)]
    if len(signed) < case.keyset.k:
        yield Finding("minutes-not-signed", path, f"by {case.keyset.k} openers", str(signed))


def _signed(case: Case, minutes: str, idx: int, path: str) -> bool:
    """Tell whether an opener signed the minutes; nobody waits for ever for one who does not."""
    try:
        case.signed(Minutes, minutes, [case.keyset.openers[idx - 1].verifier], path)
    except Broken:
        return False
    return True
