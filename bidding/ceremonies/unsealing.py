"""After the release: seed → rebuild → decrypt → compare → judge, bid by bid (message 9c).

Nothing is written to the database here. What was inside goes into the vault under names that a
second run gives again, so this may be done over from the start as often as it is broken off.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bidding.ceremonies.enclosed import Judging, keep_files
from bidding.ceremonies.sealed_files import payload_into, small_files
from bidding.models import Envelope, HolderNote, Opening
from bidding.queries_consortia import policy_for
from bidding.queries_set import Counted, claims_of, the_set
from bidding.rules.outcomes import LONGEST, NOBODY, Result, both
from bidding.sealed.answers import TIMEKEEPER
from bidding.sealed.bid import Bid
from bidding.sealed.combining import (
    Answer,
    cause_of,
    open_envelope,
    read_answer,
    require_fit,
)
from bidding.sealed.manifest import Manifest
from bidding.sealed.opening import OPENED, Cause, DisclosedShare, Disclosure, Release, ReleasedPad
from bidding.sealed.unsealing import NotOpened
from procurement.objects import fetch
from procurement.proof.canonical import sha256_hex
from procurement.texts import Text
from tenders.form import ResponseForm, read_form
from tenders.panel.keyset import Keyset
from tenders.queries import keyset_of, notice_of

DISPROVED = Text(
    "{holder} said that bid {bid} would not decrypt; the rebuilt file shows that it does",
    "{holder} 称投标 {bid} 无法解密；重建的文件证明可以解密",
)
DEVIATES = Text(
    "Bid {bid} was opened, and does not answer the form in every point: {what}",
    "投标 {bid} 已开启，但未完全按响应表作答：{what}",
)
CHANGED = Text(
    "Of bid {bid}, what is stored is no longer what was filed: {files}",
    "投标 {bid} 的存储内容与递交时不符：{files}",
)


@dataclass(frozen=True)
class Given:
    """What the holders said, each checked when it was taken."""

    envelope: str
    keyset: Keyset
    form: ResponseForm
    disclosures: tuple[Disclosure, ...]
    release: Release
    claims: Mapping[str, frozenset[str]]

    def claimants(self, manifest: str) -> list[str]:
        """Name the holders who said that an envelope would not decrypt."""
        return sorted(holder for holder, failed in self.claims.items() if manifest in failed)


@dataclass(frozen=True)
class Keys:
    """The shares and the pad of one envelope, and which of its small files were changed since."""

    shares: tuple[DisclosedShare, ...]
    pad: ReleasedPad | None
    changed: tuple[str, ...]
    doubtful: bool  # without the changed files there are too few to go by


def unseal(opening: Opening, *, now: datetime) -> list[Result]:
    """Open the whole set; every bid of the close gets an outcome, and none stops another.

    :raises VaultUnavailable: when the vault is away; to be done again.
    """
    given = given_at(opening)
    return [_result(counted, given, now) for counted in the_set(opening)]


def given_at(opening: Opening) -> Given:
    """Collect what was disclosed, released and claimed."""
    notes = opening.notes.filter(kind=HolderNote.DISCLOSURE)
    disclosures = [Disclosure.read(fetch(note.object).body) for note in notes]
    return Given(
        envelope=opening.envelope,
        keyset=keyset_of(opening.tender),
        form=read_form(notice_of(opening.tender).response_form),
        disclosures=tuple(sorted(disclosures, key=lambda one: one.idx)),
        release=Release.read(fetch(opening.release).body),
        claims=claims_of(opening),
    )


def _result(counted: Counted, given: Given, now: datetime) -> Result:
    row, bid = counted.row, counted.bid
    receipt = getattr(row, "receipt", None)
    unopened = Result(
        bid=counted.digest,
        lot=counted.lot,
        row=row.pk if row else None,
        bidder=bid.bidder.lead if bid else NOBODY,
        members=bid.bidder.members if bid else (NOBODY,),
        receipt=receipt.number if receipt else "-",
        cause="integrity",
        why="A part of what was filed is no longer stored",
    )
    envelope, manifest = counted.envelope, counted.manifest
    if receipt is None or bid is None or envelope is None or manifest is None:
        return unopened
    keys = Keys((), None, (), doubtful=False)
    try:
        require_fit(manifest, given.keyset, given.envelope)
        _require_own(manifest, bid)
        keys = _keys(envelope, manifest, given)
        found = _opened(counted, unopened, manifest, keys, given, now)
    except NotOpened as error:
        cause: Cause = "integrity" if keys.doubtful else cause_of(error)
        found = replace(unopened, cause=cause, why=str(error)[:LONGEST])
    incidents = [*found.incidents]
    if keys.changed:
        files = ", ".join(keys.changed)
        incidents.append(both(CHANGED, bid=counted.digest, files=files))
    return replace(found, incidents=tuple(incidents))


def _opened(
    counted: Counted,
    unopened: Result,
    manifest: Manifest,
    keys: Keys,
    given: Given,
    now: datetime,
) -> Result:
    """Open one envelope in a folder of its own.

    :raises NotOpened: with the cause.
    """
    row, envelope = counted.row, counted.envelope
    assert row is not None
    assert envelope is not None
    pad = _require_keys(keys, manifest, given)
    with tempfile.TemporaryDirectory(prefix="daylight-opening-") as folder:
        payload, container = Path(folder) / "payload.age", Path(folder) / "container.zip"
        payload_into(payload, envelope, manifest)
        inside = open_envelope(
            payload,
            container,
            shares=keys.shares,
            pad=pad,
            manifest=manifest,
            keyset=given.keyset,
        )
        payload.unlink()
        with container.open("rb") as source:
            answer = read_answer(given.form.to_json(), manifest.lot, inside, source)
            if answer.announced is None:
                raise NotOpened("no-price", f"No price can be announced: {_faults(answer)}")
            policy = policy_for(row, [row.slot.supplier], row.receipt.received_at)
            received_at = row.receipt.received_at
            judging = Judging(row.pk, row.slot.supplier, given.form, policy, received_at)
            files = keep_files(source, inside, judging, now)
    return replace(
        unopened,
        cause=OPENED,
        why=_faults(answer)[:LONGEST],
        announced=answer.announced,
        offer=dict(inside.inner.offer),
        files=tuple(files),
        incidents=tuple(_incidents(counted.digest, manifest, answer, given)),
    )


def _require_own(manifest: Manifest, bid: Bid) -> None:
    if (manifest.lot, manifest.bidder) != (bid.lot, bid.bidder.lead):
        raise NotOpened("wrong-context", "The envelope was sealed for another bid")


def _keys(envelope: Envelope, manifest: Manifest, given: Given) -> Keys:
    """Pick what was disclosed of this envelope, by its files as they are stored now.

    A share whose file was changed could not be checked; it serves only where the others are few.
    """
    digest, named = manifest.digest(), {"p.age": manifest.p}
    named |= {f"share-{i}.age": one for i, one in enumerate(manifest.shares, start=1)}
    stored = small_files(envelope, named)
    changed = [name for name, one in named.items() if sha256_hex(stored.get(name, b"")) != one]
    shares = {
        f"share-{disclosure.idx}.age": share
        for disclosure in given.disclosures
        for share in disclosure.shares
        if share.manifest == digest
    }
    intact = tuple(share for name, share in shares.items() if name not in changed)
    enough = len(intact) >= given.keyset.k
    pad = next((one for one in given.release.pads if one.manifest == digest), None)
    return Keys(
        shares=intact if enough else tuple(shares.values()),
        pad=pad,
        changed=tuple(changed),
        doubtful=bool(changed) and not (enough and "p.age" not in changed),
    )


def _require_keys(keys: Keys, manifest: Manifest, given: Given) -> ReleasedPad:
    """Give the pad, where there are enough shares, too; else say whose fault that is.

    Holders who agree that their part does not decrypt are believed. Where only some say so, one
    of them or the bidder is wrong, and the supervisor's verifier has to repeat it.

    :raises NotOpened: ``unwrap-failed``, ``disputed`` or ``authority-fault``.
    """
    claimants = given.claimants(manifest.digest())
    openers = [holder for holder in claimants if holder != TIMEKEEPER]
    who = ", ".join(claimants)
    if len(keys.shares) >= given.keyset.k and keys.pad is not None:
        return keys.pad
    if not keys.shares and len(openers) >= given.keyset.k:
        raise NotOpened("unwrap-failed", f"It does not decrypt for any opener present: {who}")
    if claimants:
        raise NotOpened("disputed", f"It does not decrypt for {who}, and does for others")
    raise NotOpened("authority-fault", "Too few shares were disclosed, or no pad was released")


def _incidents(bid: str, manifest: Manifest, answer: Answer, given: Given) -> list[str]:
    found = [
        both(DISPROVED, holder=holder, bid=bid) for holder in given.claimants(manifest.digest())
    ]
    if answer.faults:
        found.append(both(DEVIATES, bid=bid, what=_faults(answer)))
    return found


def _faults(answer: Answer) -> str:
    return "; ".join(f"{fault.pointer} {fault.said('en')}".strip() for fault in answer.faults)
