"""From checked shares and a pad to what was inside an envelope (protocol, message 9c).

The platform at the opening, ``daylight open combine`` and the verifier repeat the same steps:
seed → rebuild everything, compare → decrypt → container → inner equals manifest → the offer held
against the response form. One bad envelope never stops the others.
"""

import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bidding.sealed.container import Container, ContainerRefused, Entry, read_container
from bidding.sealed.inner import Inner, file_differences, read_inner
from bidding.sealed.manifest import Manifest
from bidding.sealed.opening import Announced, Cause, DisclosedShare, ReleasedPad
from bidding.sealed.unsealing import NotOpened, open_payload, recover_seed
from procurement.proof.canonical import NotCanonical
from procurement.proof.shapes import Malformed
from procurement.refusals import BadInput, Fault
from procurement.texts import Text
from tenders.form import read_form
from tenders.panel.keyset import Keyset
from tenders.response_form import check, documents_faults, totals

PDF_MAGIC = b"%PDF-"
PDF, UNKNOWN_TYPE = "application/pdf", "application/octet-stream"

# What a step says went wrong, and whose it is (protocol, message 9).
CAUSES: dict[str, Cause] = {
    "unwrap-failed": "bidder-fault",
    "wrong-content": "bidder-fault",
    "wrong-context": "bidder-fault",
    "does-not-combine": "bidder-fault",
    "does-not-rebuild": "bidder-fault",
    "no-price": "bidder-fault",
    "wrong-file": "integrity",
    "integrity": "integrity",
    "disputed": "disputed",
    "authority-fault": "authority-fault",
}

NO_SUCH_FILE = Text("There is no file “{path}” in the envelope", "信封中没有文件“{path}”")


@dataclass(frozen=True)
class Inside:
    """What was inside an envelope, after everything about it was compared."""

    inner: Inner
    held: Container


@dataclass(frozen=True)
class Answer:
    """An offer held against the response form.

    ``announced`` is None where there is no price that could be read out.
    """

    announced: Announced | None
    faults: tuple[Fault, ...]


def cause_of(error: NotOpened) -> Cause:
    """Say whose fault it is that an envelope did not open."""
    return CAUSES.get(error.cause, "bidder-fault")


def require_fit(manifest: Manifest, keyset: Keyset, envelope: str) -> None:
    """Let an envelope pass that was sealed for this opening.

    :raises NotOpened: for one of another tender, keyset or kind.
    """
    ours = manifest.keyset, manifest.tender, manifest.envelope
    if ours != (keyset.digest(), keyset.tender, envelope):
        raise NotOpened("wrong-context", "The envelope belongs to another tender or keyset")
    if len(manifest.shares) != keyset.n:
        raise NotOpened("does-not-rebuild", "There is not one share for each opener")


def open_envelope(
    payload: Path,
    container: Path,
    *,
    shares: Iterable[DisclosedShare],
    pad: ReleasedPad,
    manifest: Manifest,
    keyset: Keyset,
) -> Inside:
    """Recover the seed, rebuild the envelope from it, decrypt into ``container`` and compare.

    ``shares`` and ``pad`` have been checked against the sealed files.

    :raises NotOpened: with the cause.
    """
    seed = recover_seed(shares, pad, manifest, keyset)
    open_payload(payload, container, seed, manifest)
    with container.open("rb") as source:
        return read_inside(source, manifest)


def read_inside(container: BinaryIO, manifest: Manifest) -> Inside:
    """Read a decrypted container, and compare it with the manifest.

    :raises NotOpened: ``wrong-content``, for anything that the manifest does not name.
    """
    try:
        held = read_container(container)
        inner = read_inner(held.inner)
    except (ContainerRefused, NotCanonical, Malformed) as error:
        why = f"What is written there is not of the format: {error}"
        raise NotOpened("wrong-content", why) from error
    ours = inner.tender, inner.lot, inner.envelope, inner.bidder, inner.nonce32
    theirs = manifest.tender, manifest.lot, manifest.envelope, manifest.bidder, manifest.nonce32
    if ours != theirs or inner.root() != manifest.items_root:
        raise NotOpened("wrong-content", "The content is not what the manifest names")
    if found := file_differences(inner, held.entries):
        raise NotOpened("wrong-content", f"Files differ from their list: {', '.join(found)}")
    return Inside(inner, held)


def read_answer(form: Mapping[str, Any], lot: str, inside: Inside, container: BinaryIO) -> Answer:
    """Hold an offer against the form: its price, and everything that is not as it was asked.

    The price is the one that the offer states, as its leaves prove that one; a total that the
    prices do not add up to is among the faults.
    """
    offer = inside.inner.offer
    found = [*check(form, lot, offer), *_file_faults(form, lot, inside, container)]
    once = {(fault.code, fault.pointer): fault for fault in found}
    return Answer(_announced(form, lot, offer), tuple(once.values()))


def enclosed_as(inside: Inside) -> dict[str, str]:
    """Give the form's name of every enclosed file that the offer names, by path."""
    documents = inside.inner.offer.get("documents")
    named = documents.items() if isinstance(documents, Mapping) else ()
    return {str(path): str(name) for name, path in named}


def is_pdf(container: BinaryIO, entry: Entry) -> bool:
    """Tell a PDF by its first bytes."""
    container.seek(entry.offset)
    return container.read(min(len(PDF_MAGIC), entry.length)) == PDF_MAGIC


def _file_faults(
    form: Mapping[str, Any], lot: str, inside: Inside, container: BinaryIO
) -> Iterator[Fault]:
    """Tie every document that the offer names to a file, and judge that by the form."""
    entries = {entry.path: entry for entry in inside.held.entries}
    described = {}
    for path, name in enclosed_as(inside).items():
        if path in entries:
            described[name] = _media_type(container, entries[path]), entries[path].length
        else:
            yield Fault("no-such-file", NO_SUCH_FILE, {"path": path[:300]}, f"/documents/{name}")
    yield from documents_faults(form, lot, described)


def _media_type(container: BinaryIO, entry: Entry) -> str:
    """Tell a file's media type: a PDF by its first bytes, others by their ending."""
    if is_pdf(container, entry):
        return PDF
    # A table of its own: what this machine has been told about endings does not count.
    guessed = mimetypes.MimeTypes().guess_type(entry.path)[0] or UNKNOWN_TYPE
    return UNKNOWN_TYPE if guessed == PDF else guessed


def _announced(form: Mapping[str, Any], lot: str, offer: Mapping[str, Any]) -> Announced | None:
    table = read_form(form).table(lot)
    try:
        totals(form, lot, offer)
    except BadInput:
        return None
    said = [offer.get("total"), offer.get("total_net")]
    if table is None or offer.get("currency") != table.currency:
        return None
    pattern = table.amount_pattern(exact=True)
    if not all(isinstance(one, str) and re.fullmatch(pattern, one) for one in said):
        return None
    return Announced(str(said[0]), str(said[1]), table.currency)
