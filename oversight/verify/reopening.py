"""Opening every bid again, from what was disclosed: the content is what was sealed.

seed → rebuild everything, compare → decrypt → container → inner equals manifest → the offer's
totals. What comes out is held against what was announced, and the cause against what did not.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bidding.sealed.answers import TIMEKEEPER
from bidding.sealed.bid import Bidder
from bidding.sealed.combining import (
    Inside,
    cause_of,
    enclosed_as,
    is_pdf,
    open_envelope,
    read_answer,
    require_fit,
)
from bidding.sealed.container import Entry
from bidding.sealed.manifest import Manifest
from bidding.sealed.minimum import short_lots
from bidding.sealed.opening import (
    NOT_JUDGED,
    Announced,
    DisclosedShare,
    FoundDocument,
    Opened,
    Outcome,
    Release,
    ReleasedPad,
)
from bidding.sealed.opening import OPENED as AS_OPENED
from bidding.sealed.unsealing import NotOpened
from oversight.verify.bundle import sealed_path
from oversight.verify.case import Case
from oversight.verify.filings import Filing, bids_filed
from oversight.verify.holders import (
    bids_to_open,
    claims,
    disclosures,
    opening_set,
    small_file,
    stopped_lots,
)
from oversight.verify.opening import INTENT, OPENED, RELEASED, REQUESTED
from oversight.verify.report import Finding
from oversight.verify.unarchive import CHUNK
from procurement.proof.canonical import sha256_hex
from tenders.form import ResponseForm

# name, path, length, digest, signature asked for, and whether it is a PDF and so was judged
Enclosed = tuple[str, str, int, str, str, bool]


@dataclass(frozen=True)
class Reopened:
    """What came out of one bid, by whoever repeats the opening."""

    cause: str
    announced: Announced | None
    documents: tuple[Enclosed, ...]


@dataclass(frozen=True)
class Keys:
    """The shares and the pad of one envelope, and whether one of its small files was changed."""

    shares: tuple[DisclosedShare, ...]
    pad: ReleasedPad | None
    changed: bool


def content_is_what_was_sealed(case: Case) -> Iterator[Finding]:
    """Every bid of the set opens again to what was announced, or fails for the cause given."""
    decided = case.only(OPENED)
    if decided is None:
        return
    path, opened = decided.placed.path, case.object(Opened, decided.object, decided.placed.path)
    yield from _about(case, opened, path)
    filed = {one.digest: one for one in bids_filed(case)}
    closed = bids_to_open(case)
    yield from _short(case, opened, path)
    said = {outcome.bid: outcome for outcome in opened.bids}
    for digest in sorted(said.keys() ^ closed):
        yield Finding("other-set", path, "the closed set without short lots", digest)
    with tempfile.TemporaryDirectory() as folder:
        for digest in sorted(said.keys() & closed & filed.keys()):
            one, outcome = filed[digest], said[digest]
            yield from _compared(case, one, outcome, opened.envelope, Path(folder), path)


def reopened(case: Case, filing: Filing, envelope: str, folder: Path) -> Reopened:
    """Open one bid again."""
    manifest = opening_set(case).get(filing.bid.envelopes.get(envelope, ""))
    if manifest is None:
        return Reopened("integrity", None, ())
    keys = Keys((), None, False)
    try:
        require_fit(manifest, case.keyset, envelope)
        keys = _keys(case, manifest)
        with (
            _opened(case, manifest, keys, folder) as (inside, container),
            container.open("rb") as source,
        ):
            form, lot = case.notice.response_form, filing.bid.lot
            announced = read_answer(form, lot, inside, source).announced
            return _announced(case, inside, source, announced)
    except NotOpened as error:
        return Reopened("integrity" if keys.changed else cause_of(error), None, ())


def _announced(
    case: Case, inside: Inside, container: BinaryIO, announced: Announced | None
) -> Reopened:
    if announced is None:
        raise NotOpened("no-price", "There is no price that could be read out")
    return Reopened(AS_OPENED, announced, _enclosed(case, inside, container))


def enclosed_files(case: Case, folder: Path) -> Iterator[tuple[str, Path]]:
    """Give every file inside every bid that was opened: its digest, and a copy for a moment."""
    decided = case.only(OPENED)
    if decided is None:
        return
    opened = case.object(Opened, decided.object, decided.placed.path)
    wanted = {outcome.bid for outcome in opened.bids if outcome.cause == AS_OPENED}
    manifests = opening_set(case)
    for filing in bids_filed(case):
        if filing.digest not in wanted:
            continue
        manifest = manifests[filing.bid.envelopes[opened.envelope]]
        with _opened(case, manifest, _keys(case, manifest), folder) as (inside, container):
            for entry in inside.held.entries:
                copy = folder / "enclosed"
                _copy(container, entry, copy)
                yield entry.sha256, copy


@contextmanager
def _opened(
    case: Case, manifest: Manifest, keys: Keys, folder: Path
) -> Iterator[tuple[Inside, Path]]:
    """Decrypt an envelope for a moment.

    :raises NotOpened: with the cause.
    """
    pad = _require_keys(case, manifest, keys)
    sealed, container = sealed_path(manifest.digest(), "payload.age"), folder / "container.zip"
    if sealed not in case.bundle:
        raise NotOpened("integrity", "The payload is no longer there")
    with case.bundle.copied(sealed, folder) as payload:
        inside = open_envelope(
            payload, container, shares=keys.shares, pad=pad, manifest=manifest, keyset=case.keyset
        )
    try:
        yield inside, container
    finally:
        container.unlink()


def _copy(container: Path, entry: Entry, target: Path) -> None:
    with container.open("rb") as source, target.open("wb") as out:
        source.seek(entry.offset)
        left = entry.length
        while left:
            chunk = source.read(min(CHUNK, left))
            out.write(chunk)
            left -= len(chunk)


def _keys(case: Case, manifest: Manifest) -> Keys:
    """Pick what was disclosed of an envelope, by its small files as they are.

    A share whose file was changed cannot be checked; it serves only where the others are few.
    """
    digest, shares = manifest.digest(), {}
    for said in disclosures(case):
        mine = [share for share in said.shares if share.manifest == digest]
        shares.update({f"opener-{said.idx}": share for share in mine[:1]})
    named = {f"opener-{idx}": one for idx, one in enumerate(manifest.shares, start=1)}
    named[TIMEKEEPER] = manifest.p
    changed = {
        holder
        for holder, one in named.items()
        if sha256_hex(small_file(case, digest, holder)) != one
    }
    intact = tuple(share for holder, share in shares.items() if holder not in changed)
    released = case.only(RELEASED)
    pads = case.object(Release, released.object, released.placed.path).pads if released else ()
    return Keys(
        intact if len(intact) >= case.keyset.k else tuple(shares.values()),
        next((pad for pad in pads if pad.manifest == digest), None),
        bool(changed),
    )


def _require_keys(case: Case, manifest: Manifest, keys: Keys) -> ReleasedPad:
    """Give the pad where there are enough shares, too; else say whose fault that is.

    Holders who agree that their part does not decrypt are believed; where only some say so, it
    is disputed.

    :raises NotOpened: with the cause.
    """
    if len(keys.shares) >= case.keyset.k and keys.pad is not None:
        return keys.pad
    claimants = claims(case).get(manifest.digest(), set())
    if not keys.shares and len(claimants - {TIMEKEEPER}) >= case.keyset.k:
        raise NotOpened("unwrap-failed", "It does not decrypt for any opener")
    if claimants:
        raise NotOpened("disputed", "It does not decrypt for some, and does for others")
    raise NotOpened("authority-fault", "Too few shares were disclosed, or no pad was released")


def _enclosed(case: Case, inside: Inside, container: BinaryIO) -> tuple[Enclosed, ...]:
    names = enclosed_as(inside)
    form = ResponseForm.of(case.notice.response_form)
    asked = {document.name: str(document.signature) for document in form.documents}
    return tuple(
        (
            name if (name := names.get(entry.path, "")) in asked else "",
            entry.path,
            entry.length,
            entry.sha256,
            asked.get(names.get(entry.path, ""), "none"),
            is_pdf(container, entry),
        )
        for entry in sorted(inside.held.entries, key=lambda entry: entry.path)
    )


def _compared(
    case: Case, filing: Filing, said: Outcome, envelope: str, folder: Path, path: str
) -> Iterator[Finding]:
    found, where = reopened(case, filing, envelope, folder), f"{path} bid {said.bid}"
    bidder, named = filing.bid.bidder, Bidder(said.bidder, said.members)
    if (said.lot, said.receipt) != (filing.bid.lot, filing.receipt.number):
        yield Finding("other-bidder", where, filing.receipt.number, said.receipt)
    if named != bidder:
        yield Finding("other-members", where, str(bidder), str(named))
    if found.cause != said.cause:
        yield Finding("other-cause", where, found.cause, said.cause)
    if found.announced != said.announced:
        yield Finding("other-price", where, str(found.announced), str(said.announced))
    documents = tuple(map(_described, sorted(said.documents, key=lambda one: one.path)))
    if found.documents != documents:
        yield Finding("other-documents", where, str(found.documents), str(documents))


def _short(case: Case, opened: Opened, path: str) -> Iterator[Finding]:
    """The lots that were not opened are those with too few bidders, and their bids are told."""
    if case.close is None:
        return
    wanted = short_lots(case.close, case.notice, stopped_lots(case))
    if opened.short != wanted:
        yield Finding("other-short-lots", path, str(wanted), str(opened.short))


def _described(document: FoundDocument) -> Enclosed:
    return (
        document.name,
        document.path,
        document.length,
        document.sha256,
        str(document.signature),
        document.verdict != NOT_JUDGED,
    )


def _about(case: Case, opened: Opened, path: str) -> Iterator[Finding]:
    named = {
        "bids.closed": opened.close,
        REQUESTED: opened.request,
        RELEASED: opened.release,
    }
    for verb, digest in named.items():
        decision = case.only(verb)
        if decision is None or decision.object != digest or opened.tender != case.tender:
            yield Finding("other-opening", path, f"the object of {verb}", digest)
    if case.only(INTENT) is None:
        yield Finding("no-intent", path, "an intent before it", "none")
