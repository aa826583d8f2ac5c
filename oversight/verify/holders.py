"""k named openers and the timekeeper: what each answered, signed, for the whole set."""

from collections.abc import Iterator, Mapping

from bidding.sealed.answers import (
    TIMEKEEPER,
    Asked,
    NotAccepted,
    file_name,
    read_disclosure,
    read_failures,
    read_release,
)
from bidding.sealed.combining import require_fit
from bidding.sealed.manifest import Manifest
from bidding.sealed.minimum import Trial, openable, stopped
from bidding.sealed.opening import Disclosure, Failures, Release, Request, RevealsClosed
from bidding.sealed.unsealing import NotOpened
from oversight.verify.bundle import sealed_path
from oversight.verify.case import Case, Decision, once
from oversight.verify.filings import bids_filed
from oversight.verify.opening import (
    DISCLOSED,
    FAILURES,
    INTENT,
    RELEASED,
    REQUESTED,
    REVEALS,
    envelope_of,
)
from oversight.verify.report import Broken, Finding
from tenders.panel.keyset import Keyset

SHARE_BYTES = 64 * 1024


def holders_answered(case: Case) -> Iterator[Finding]:
    """The named openers, k at least, and the timekeeper answered for the whole set, each signed.

    Every share and every pad is checked against the sealed file by its file key alone.
    """
    requested = case.only(REQUESTED)
    if requested is None:
        return
    request = case.object(Request, requested.object, requested.placed.path)
    closed = case.only("bids.closed")
    if closed is None or request.close != closed.object or request.tender != case.tender:
        yield Finding("other-close", requested.placed.path, "the close that stands", request.close)
    if len(request.openers) < case.keyset.k or max(request.openers) > case.keyset.n:
        quorum, present = f"{case.keyset.k} openers", str(list(request.openers))
        yield Finding("no-quorum", requested.placed.path, quorum, present)
        return
    failed: dict[str, frozenset[str]] = {}
    yield from _failures(case, request, failed)
    yield from _disclosures(case, request, failed)
    yield from _release(case, request, failed)


@once
def opening_set(case: Case) -> dict[str, Manifest]:
    """Give the envelopes that were to be opened, by manifest digest.

    Those of lots in which too few could be opened are not among them.
    """
    few = stopped_lots(case)
    return {digest: one for digest, one in tried_set(case).items() if one.lot not in few}


@once
def stopped_lots(case: Case) -> frozenset[str]:
    """Name the lots with too few bids that could be opened, by what the holders signed."""
    requested = case.only(REQUESTED)
    if requested is None or case.only(REVEALS) is None:
        return frozenset()
    failed: dict[str, set[str]] = {}
    for manifest, holders in claims(case).items():
        for holder in holders:
            failed.setdefault(holder, set()).add(manifest)
    trial = Trial(
        bids=[
            (one.lot, digest if _fits(one, case.keyset, one.envelope) else "")
            for digest, one in tried_set(case).items()
        ],
        openers=case.object(Request, requested.object, requested.placed.path).openers,
        k=case.keyset.k,
        claims=failed,
    )
    return stopped(trial, case.notice.pack.minimum_bidders)


@once
def tried_set(case: Case) -> dict[str, Manifest]:
    """Give the envelopes that every holder tried, by manifest digest.

    Those of lots with too few bidders stay sealed.
    """
    closed = {one.bid for one in openable(case.close, case.notice)} if case.close else set()
    name = envelope_of(case)
    found = {}
    for one in bids_filed(case):
        if one.digest in closed and name in one.bid.envelopes:
            digest = one.bid.envelopes[name]
            found[digest] = case.object(Manifest, digest, one.placed.path)
    return found


def bids_to_open(case: Case) -> set[str]:
    """Name the bids of the close that were to be opened: none of a lot with too few."""
    if case.close is None:
        return set()
    few = stopped_lots(case)
    return {one.bid for one in openable(case.close, case.notice) if one.lot not in few}


@once
def disclosures(case: Case) -> list[Disclosure]:
    """Read what the openers disclosed, in the order of the journal."""
    return [
        case.object(Disclosure, decision.object, decision.placed.path)
        for decision in case.decided(DISCLOSED)
    ]


@once
def claims(case: Case) -> dict[str, set[str]]:
    """Give who said that an envelope would not decrypt, by manifest."""
    found: dict[str, set[str]] = {}
    for decision in case.decided(FAILURES):
        said = case.object(Failures, decision.object, decision.placed.path)
        for manifest in said.failed:
            found.setdefault(manifest, set()).add(said.holder)
    return found


def changed_files(case: Case) -> list[str]:
    """Name the small files of the set that are not those that their manifests name."""
    found = []
    for digest, manifest in opening_set(case).items():
        named = {f"share-{idx}.age": one for idx, one in enumerate(manifest.shares, start=1)}
        for name, sha256 in {**named, "p.age": manifest.p, "e.age": manifest.e}.items():
            path = sealed_path(digest, name)
            if case.bundle.sha256.get(path) != sha256:
                found.append(path)
    return found


def small_file(case: Case, manifest: str, holder: str) -> bytes:
    """Read the sealed file of one holder; empty where it is not in the bundle."""
    path = sealed_path(manifest, file_name(holder))
    return case.bundle.read(path, SHARE_BYTES) if path in case.bundle else b""


def _asked(
    case: Case, request: Request, decision: Decision, since: str, whole: Mapping[str, Manifest]
) -> Asked:
    """Say what a holder was asked, and which heads it may have seen: from one step to its own."""
    seen_from = case.only(since)
    first = seen_from.position if seen_from else 0
    heads = {one.placed.leaf for one in case.decisions[first : decision.position]}
    fit = {
        digest: manifest
        for digest, manifest in whole.items()
        if _fits(manifest, case.keyset, request.envelope)
    }
    return Asked(request, case.keyset, fit, frozenset(heads))


def _fits(manifest: Manifest, keyset: Keyset, envelope: str) -> bool:
    try:
        require_fit(manifest, keyset, envelope)
    except NotOpened:
        return False
    return True


def _note(case: Case, decision: Decision) -> bytes:
    stored = case.objects.get(decision.object)
    if stored is None or stored.note is None:
        raise Broken("not-signed", decision.placed.path, "a signed note", "none")
    return stored.note.encode()


def _not_theirs(
    case: Case, kind: type[Failures | Disclosure | Release], decision: Decision, holder: str
) -> Iterator[Finding]:
    """Say whose key should have signed an answer, where another did."""
    try:
        key = case.keyset.holders()[holder].verifier
        case.signed(kind, decision.object, [key], decision.placed.path)
    except Broken as broken:
        found = broken.finding
        yield Finding("holder-did-not-sign", found.where, found.expected, found.found)


def _failures(case: Case, request: Request, failed: dict[str, frozenset[str]]) -> Iterator[Finding]:
    for decision in case.decided(FAILURES):
        path = decision.placed.path
        holder = case.object(Failures, decision.object, path).holder
        if holder not in _present(request) or holder in failed:
            yield Finding("other-holder", path, "a holder who is present, once", holder)
            continue
        if wrong := [*_not_theirs(case, Failures, decision, holder)]:
            yield from wrong
            continue
        asked = _asked(case, request, decision, REQUESTED, tried_set(case))
        try:
            failed[holder] = frozenset(read_failures(_note(case, decision), asked, holder).failed)
        except NotAccepted as refused:
            yield from _refused(refused, path)
    closed = case.only(REVEALS)
    if closed is None:
        return
    openers = len(failed.keys() - {TIMEKEEPER})
    if TIMEKEEPER not in failed or openers < case.keyset.k:
        everyone = f"the timekeeper and {case.keyset.k} openers tried the set"
        yield Finding("not-tried", closed.placed.path, everyone, f"{openers} openers did")
    reveals = case.object(RevealsClosed, closed.object, closed.placed.path)
    if reveals.request != request.digest() or (reveals.reveals and not any(failed.values())):
        yield Finding("other-reveals", closed.placed.path, "of this request", "others")


def _disclosures(
    case: Case, request: Request, failed: dict[str, frozenset[str]]
) -> Iterator[Finding]:
    told: set[str] = set()
    for decision in case.decided(DISCLOSED):
        path = decision.placed.path
        holder = f"opener-{case.object(Disclosure, decision.object, path).idx}"
        if holder not in _present(request) or holder in told:
            yield Finding("other-holder", path, "an opener who is present, once", holder)
            continue
        if wrong := [*_not_theirs(case, Disclosure, decision, holder)]:
            yield from wrong
            continue
        told.add(holder)
        asked = _asked(case, request, decision, REVEALS, opening_set(case))
        files = {digest: small_file(case, digest, holder) for digest in asked.manifests}
        could_not = failed.get(holder, frozenset())
        try:
            read_disclosure(_note(case, decision), asked, holder, failed=could_not, files=files)
        except NotAccepted as refused:
            yield from _refused(refused, path)
    intended = case.only(INTENT)
    if intended is not None and len(told) < case.keyset.k:
        quorum = f"{case.keyset.k} openers"
        yield Finding("no-quorum", intended.placed.path, quorum, f"{len(told)}")


def _release(case: Case, request: Request, failed: dict[str, frozenset[str]]) -> Iterator[Finding]:
    intended, released = case.only(INTENT), case.only(RELEASED)
    if released is None:
        return
    path = released.placed.path
    if intended is None:
        yield Finding("no-intent", path, "an intent before it", "none")
        return
    if wrong := [*_not_theirs(case, Release, released, TIMEKEEPER)]:
        yield from wrong
        return
    asked = _asked(case, request, released, REQUESTED, opening_set(case))
    files = {digest: small_file(case, digest, TIMEKEEPER) for digest in asked.manifests}
    could_not = failed.get(TIMEKEEPER, frozenset())
    try:
        read_release(
            _note(case, released),
            asked,
            intent=intended.placed.leaf,
            failed=could_not,
            files=files,
        )
    except NotAccepted as refused:
        yield from _refused(refused, path)


def _present(request: Request) -> set[str]:
    return {TIMEKEEPER, *(f"opener-{idx}" for idx in request.openers)}


def _refused(refused: NotAccepted, path: str) -> Iterator[Finding]:
    for fault in refused.faults:
        yield Finding(fault.code, path, "an answer that checks", fault.said("en"))
