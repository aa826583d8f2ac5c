"""``daylight open combine``: from disclosures and a release to opened bids, a cause for each.

Everything is checked against the manifest, by whoever runs this. One bad bid never stops the
others.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bidding.sealed.combining import cause_of, open_envelope, require_fit
from bidding.sealed.container import Container, extract
from bidding.sealed.inner import Inner
from bidding.sealed.manifest import Manifest
from bidding.sealed.opening import OPENED, DisclosedShare, Disclosure, Release
from bidding.sealed.unsealing import NotOpened, check_pad, check_share
from client.explained import explained
from client.files import new_folder, read_object, read_small
from client.output import GOOD, REFUSED, Output, Stopped
from procurement.proof.canonical import NotCanonical
from procurement.proof.notes import Verifier, open_object
from procurement.proof.shapes import Malformed
from procurement.texts import Text
from tenders.panel.keyset import Keyset


@dataclass(frozen=True)
class Given:
    """What was disclosed and released, each signed by the holder whose it is."""

    keyset: Keyset
    disclosures: tuple[Disclosure, ...]
    release: Release


def run_combine(args: argparse.Namespace, out: Output) -> int:
    """Open every envelope that can be opened, and say of every other why not."""
    given = _given(args)
    names = [folder.resolve().name for folder in args.sealed]
    if len(set(names)) != len(names):
        text = Text("Two envelopes' folders have the same name.", "有两个信封的文件夹同名。")
        raise Stopped("same-name", text)
    results = []
    with new_folder(args.out) as folder:
        for sealed in out.each(args.sealed, Text("Opening", "正在开启")):
            name = sealed.resolve().name
            results.append({"envelope": name, **_one(sealed, folder / name, given, out)})
        told = json.dumps({"bids": results}, ensure_ascii=False, indent=2, sort_keys=True)
        (folder / "result.json").write_text(told + "\n", encoding="utf-8")
    for one in results:
        said = f"{one['total']} {one['currency']}" if one["cause"] == OPENED else one["why"]
        out.show(f"{one['envelope']}: {one['cause']}: {said}")
    out.answer(bids=results, folder=str(args.out))
    return GOOD if all(one["cause"] == OPENED for one in results) else REFUSED


def _given(args: argparse.Namespace) -> Given:
    """Read and check the notes; too few of them open nothing.

    :raises Stopped: when fewer openers than the quorum disclosed, or the timekeeper did not.
    """
    keyset = read_object(Keyset, args.keyset, args.agency_key)
    disclosures = [_disclosure(path, keyset) for path in args.disclosure]
    if len({disclosure.idx for disclosure in disclosures}) != len(disclosures):
        text = Text("An opener's disclosure was given twice.", "同一开标人的密钥份额重复给出。")
        raise Stopped("same-opener", text)
    if len(disclosures) < keyset.k:
        raise Stopped(
            "no-quorum",
            Text(
                "{k} of {n} openers must disclose, and {count} did: nothing can be opened.",
                "{n} 名开标人中须有 {k} 名提交密钥份额，现有 {count} 名：无法开启任何投标。",
            ),
            k=keyset.k,
            n=keyset.n,
            count=len(disclosures),
        )
    if args.release is None:
        raise Stopped(
            "no-release",
            Text(
                "The timekeeper has released nothing: nothing can be opened.",
                "计时方尚未放行：无法开启任何投标。",
            ),
        )
    timekeeper = Verifier.parse(keyset.timekeeper.verifier)
    release = Release.open(read_small(args.release), timekeeper)
    asked = {(one.tender, one.envelope, one.request) for one in disclosures}
    asked.add((release.tender, release.envelope, release.request))
    if len(asked) != 1 or release.tender != keyset.tender:
        raise Stopped(
            "other-request",
            Text(
                "Disclosures and release answer different requests.",
                "密钥份额与放行针对的不是同一开标申请。",
            ),
        )
    return Given(keyset, tuple(disclosures), release)


def _disclosure(path: Path, keyset: Keyset) -> Disclosure:
    """Read a disclosure, signed by the very opener whose shares it holds."""
    note = read_small(path)
    value, _ = open_object(note, [Verifier.parse(one.verifier) for one in keyset.openers])
    idx = Disclosure.of(value).idx
    if idx > keyset.n:
        text = Text("{path}: the keyset has no opener {idx}.", "{path}：密钥集中没有开标人 {idx}。")
        raise Stopped("no-such-holder", text, path=path, idx=idx)
    return Disclosure.open(note, Verifier.parse(keyset.openers[idx - 1].verifier))


def _one(sealed: Path, folder: Path, given: Given, out: Output) -> dict[str, Any]:
    disputes: list[str] = []
    manifest: Manifest | None = None
    try:
        manifest = Manifest.read(read_small(sealed / "manifest.json"))
        inner = _opened(sealed, folder, manifest, given, disputes)
    except NotOpened as error:
        cause, why = str(cause_of(error)), explained(error, out.lang)
    except (OSError, NotCanonical, Malformed) as error:
        cause, why = "integrity", explained(error, out.lang)
    else:
        return {
            "cause": OPENED,
            "manifest": manifest.digest(),
            "bidder": inner.bidder,
            "lot": inner.lot,
            "total": inner.offer.get("total"),
            "total_net": inner.offer.get("total_net"),
            "currency": inner.offer.get("currency"),
            "files": [leaf["path"] for leaf in inner.items if "path" in leaf],
            "disputes": disputes,
        }
    digest = None if manifest is None else manifest.digest()
    return {"cause": cause, "why": why, "manifest": digest, "disputes": disputes}


def _opened(
    sealed: Path, folder: Path, manifest: Manifest, given: Given, disputes: list[str]
) -> Inner:
    """Recover the seed, rebuild, decrypt and compare (protocol, message 9c)."""
    release, keyset = given.release, given.keyset
    require_fit(manifest, keyset, release.envelope)
    shares = _shares(sealed, manifest, given, disputes)
    pad = next((one for one in release.pads if one.manifest == manifest.digest()), None)
    if pad is None:
        raise NotOpened("authority-fault", "The timekeeper's release leaves this envelope out")
    check_pad(pad, read_small(sealed / "p.age"), manifest)
    container = folder.with_name(f".{folder.name}.zip")
    try:
        inside = open_envelope(
            sealed / "payload.age",
            container,
            shares=shares,
            pad=pad,
            manifest=manifest,
            keyset=keyset,
        )
        _unpack(container, folder, inside.held)
    finally:
        container.unlink(missing_ok=True)
    return inside.inner


def _shares(
    sealed: Path, manifest: Manifest, given: Given, disputes: list[str]
) -> list[DisclosedShare]:
    """Give the shares that check against the manifest, the quorum's number of them at least."""
    good = []
    for disclosure in given.disclosures:
        mine = [share for share in disclosure.shares if share.manifest == manifest.digest()]
        if not mine:
            continue
        file = read_small(sealed / f"share-{disclosure.idx}.age")
        try:
            check_share(mine[0], file, disclosure.idx, manifest)
        except NotOpened as error:
            if error.cause != "disputed":
                raise
            disputes.append(f"opener-{disclosure.idx}")
        else:
            good.append(mine[0])
    if len(good) < given.keyset.k:
        cause = "disputed" if disputes else "authority-fault"
        raise NotOpened(cause, f"{len(good)} good shares, and {given.keyset.k} are needed")
    return good


def _unpack(container: Path, folder: Path, held: Container) -> None:
    """Write the files of a checked container; its paths are safe, as it was read whole."""
    folder.mkdir()
    (folder / "inner.json").write_bytes(held.inner)
    with container.open("rb") as source:
        for entry in held.entries:
            target = folder / "files" / entry.path
            target.parent.mkdir(parents=True, exist_ok=True)
            extract(source, entry, target)
