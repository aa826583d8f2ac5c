"""Step 11: was anyone on the path revoked, as of the proven time of signing, and as known when.

What decides is what the authority had said by T, the time of receipt. A revocation that it entered
after T and dated back is a remark where it had said before T that the certificate was good, and a
revocation dated after the proven time always is. Where nothing was known at T the verdict waits,
and what becomes known later decides, by the date that it names (EN 319 102-1, 5.2.5 and 5.2.6).

Beside pyHanko's answer every list and answer is searched here, because a "good" of an earlier day
must not hide a later revocation. And a "good" of pyHanko's alone is none: it takes the list of an
authority beside the issuer for the issuer's word. So each certificate has to be vouched for here.
pyHanko is shown only answers by whom one can rely on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import x509

from signatures.pdf.chain import NoPath, Path, common_name, context_of, validated
from signatures.pdf.confirming import (
    Pair,
    Spoiled,
    confirmed_answers,
    in_doubt,
    is_vouched_for,
    spoiled,
    statements,
)
from signatures.pdf.evidence import Store
from signatures.pdf.remembered import Asked, remembered
from signatures.pdf.report import Finding, instant
from signatures.pdf.statements import Statement, answers_about

# What is missed of a certificate, and may come yet (EN 319 102-1: TRY_LATER).
UNKNOWN = frozenset({"revocation-unavailable", "responder-unconfirmed", "responder-revoked"})


@dataclass(frozen=True)
class Instants:
    """The proven time of signing, and T, by which an authority had to say what it knew."""

    proven: datetime
    received: datetime


def revocation(
    path: Path,
    others: Iterable[x509.Certificate],
    store: Store,
    *,
    when: Instants,
    required: bool,
    freshness: timedelta | None = None,
) -> list[Finding]:
    """Say what is known of revocations on a path: revoked, unknown, stale, revoked later.

    An empty list means that for every certificate below the anchor somebody said that it was good.
    ``freshness`` is asked of the first certificate alone.
    """
    if len(path.certificates) < 2:
        return []
    others = tuple(others)
    store = store.about([*path.certificates, *others])
    bad = spoiled(path.certificates[1:], store, by=when.received)
    store = _without(store, [one.answer for one in bad if one.is_void])
    reliable = _without(store, [one.answer for one in bad])
    said = [statements(pair, store, good=False) for pair in _pairs(path)]
    backdating = any(_may_be_backdated(one, when) for words in said for one in words)
    if backdating or freshness is not None:
        said = [
            _with_good(words, pair, reliable)
            for words, pair in zip(said, _pairs(path), strict=True)
        ]
    found = list(
        dict.fromkeys(
            _told(certificate, one, words, when)
            for (certificate, _), words in zip(_pairs(path), said, strict=True)
            for one in words
            if one.revoked_since is not None
        )
    )
    found.sort(key=lambda finding: finding.code)
    if any(finding.code == "revoked" for finding in found):
        return found
    backdated = [one.source for words in said for one in words if _good_before(one, words, when)]
    missing = _missing(path, others, _without(reliable, backdated), reliable, when, bad)
    if missing and (missing[0].code == "revoked" or required):
        return [*missing, *found]
    return found + ([] if missing else _stale(path, said[0], when, freshness))


def is_vouched_by(path: Path, store: Store, *, at: datetime) -> bool:
    """Say whether a store alone says of every certificate on a path that it was not revoked."""

    def vouched() -> tuple[x509.Certificate, ...]:
        for pair in _pairs(path):
            if not is_vouched_for(pair, store, store, at=at):
                raise NoPath(Finding.of("revocation-unavailable", holder=common_name(pair[0])))
        return path.certificates

    first, *above = path.certificates
    asked = Asked((), first, tuple(above), store.crls, store.ocsps, required=True, alone=True)
    try:
        remembered(asked, at, vouched)
    except NoPath:
        return False
    return True


def _pairs(path: Path) -> list[Pair]:
    """Give every certificate below the anchor with its issuer."""
    return list(zip(path.certificates, path.certificates[1:], strict=False))


def _with_good(words: list[Statement], pair: Pair, reliable: Store) -> list[Statement]:
    """Add what is said in favour of a certificate by whom one can rely on."""
    good = (one for one in statements(pair, reliable, good=True) if one.revoked_since is None)
    return sorted([*words, *good], key=lambda one: one.said_at)


def _missing(
    path: Path,
    others: Iterable[x509.Certificate],
    store: Store,
    reliable: Store,
    when: Instants,
    bad: Iterable[Spoiled],
) -> list[Finding]:
    """Ask the certificate validator and the issuers whether every certificate was good."""
    first, *middle, root = path.certificates
    between = (*middle, *others)

    def checked() -> Any:
        for pair in _pairs(path):
            if not is_vouched_for(pair, store, reliable, at=when.proven):
                doubted = in_doubt(pair, store, reliable, at=when.proven)
                raise NoPath(_unknown(pair, doubted, when, bad))
        shown = replace(store, ocsps=confirmed_answers(_pairs(path), store, reliable))
        context = context_of([root], shown, at=when.proven, required=True)
        return validated(first, between, context, at=when.proven)

    at_hand = (*between, *store.certificates)
    asked = Asked((root,), first, at_hand, store.crls, store.ocsps, required=True)
    try:
        remembered(asked, when.proven, checked)
    except NoPath as no_path:
        return [no_path.finding]
    return []


def _unknown(
    pair: Pair, doubted: x509.Certificate | None, when: Instants, bad: Iterable[Spoiled]
) -> Finding:
    """Say why nothing is known of a certificate: nobody answered, or nobody to be relied on."""
    facts = {"holder": common_name(pair[0]), "at": instant(when.proven)}
    if doubted is not None:
        return Finding.of("responder-unconfirmed", responder=common_name(doubted), **facts)
    for one in bad:
        if any(answers_about(*pair, [one.answer])):
            since = instant(one.revoked_since.astimezone(UTC))
            named = common_name(one.responder)
            return Finding.of("responder-revoked", responder=named, since=since, **facts)
    return Finding.of("revocation-unavailable", **facts)


def _told(
    certificate: x509.Certificate, one: Statement, words: Sequence[Statement], when: Instants
) -> Finding:
    assert one.revoked_since is not None
    facts = {
        "holder": common_name(certificate),
        "since": instant(one.revoked_since.astimezone(UTC)),
        "at": instant(when.proven),
    }
    if one.revoked_since > when.proven:
        return Finding.of("revoked-later", **facts)
    if good := _good_before(one, words, when):
        return Finding.of("revoked-backdated", **facts, good=instant(good.said_at))
    return Finding.of("revoked", **facts)


def _may_be_backdated(one: Statement, when: Instants) -> bool:
    """Say whether a revocation counts by its date and was not known at T."""
    since = one.revoked_since
    return since is not None and since <= when.proven and one.said_at > when.received


def _good_before(
    revoked: Statement, words: Sequence[Statement], when: Instants
) -> Statement | None:
    """Find what the same authority had said by T, after the date that it now names: not revoked."""
    since = revoked.revoked_since
    if since is None or not _may_be_backdated(revoked, when):
        return None
    good = [one for one in words if one.revoked_since is None]
    return next((one for one in reversed(good) if since <= one.said_at <= when.received), None)


def _without(store: Store, sources: Sequence[object]) -> Store:
    if not sources:
        return store
    dropped = {id(one) for one in sources}
    return replace(
        store,
        crls=tuple(one for one in store.crls if id(one) not in dropped),
        ocsps=tuple(one for one in store.ocsps if id(one) not in dropped),
    )


def _stale(
    path: Path, words: Sequence[Statement], when: Instants, freshness: timedelta | None
) -> list[Finding]:
    """Compare the newest word about the signer with how fresh it has to be."""
    if freshness is None:
        return []
    newest = max((one.said_at for one in words), default=None)
    if newest is not None and newest >= when.proven - freshness:
        return []
    known = {} if newest is None else {"newest": instant(newest)}
    holder = common_name(path.certificates[0])
    return [Finding.of("revocation-stale", holder=holder, at=instant(when.proven), **known)]
