"""What lies in the bucket of sealed bids, as streams for the evidence of an opened tender.

Nobody calls this before the opening: what is read here is what was opened, the forms and
withdrawals of everyone who took part, and what carries the platform's seal.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from bidding.models import Bid, Envelope, Opening, Part, SealedPaper
from bidding.queries_set import the_set
from bidding.rules.fit import is_payload, payload_part
from bidding.sealed.parts import part_count
from procurement.stored import vault
from procurement.vault import SEALED, NotStored

PAYLOAD = "payload.age"
FILED = ("filed", "counted", "superseded", "withdrawn", "lapsed")


@dataclass(frozen=True)
class Kept:
    """Something as it is stored: ``open`` gives its bytes, None where it is not there any more.

    ``length`` in bytes is what it was on arrival, None where that was not written down.
    """

    name: str
    length: int | None
    open: Callable[[], Iterable[bytes] | None]


def filed_papers(tender: UUID) -> Iterator[Kept]:
    """Give the signed forms and withdrawals, by their SHA-256."""
    bids = Bid.objects.filter(slot__tender=tender, state__in=FILED)
    for bid in bids.order_by("digest"):
        yield _kept(bid.form_sha256, bid.form_name, bid.form_version)
        if bid.withdrawal_form_version:
            name = bid.withdrawal_form_sha256
            yield _kept(name, bid.withdrawal_form_name, bid.withdrawal_form_version)


def sealed_papers(tender: UUID, entries: Collection[UUID]) -> Iterator[Kept]:
    """Give the papers with the platform's seal that these events name, by ``<kind>/<about>``.

    Of each comes the copy that proves most.
    """
    papers = SealedPaper.objects.filter(tender=tender, entry__in=entries).order_by("copy")
    best = {f"{paper.kind}/{paper.about}": paper for paper in papers}
    for name, paper in best.items():
        yield _kept(name, paper.object_name, paper.version, paper.bucket)


def sealed_files(opening: Opening) -> Iterator[Kept]:
    """Give every file of every envelope that was opened, by ``<manifest>/<name>``."""
    for counted in the_set(opening):
        if counted.envelope is not None and counted.manifest is not None:
            yield from _of_envelope(counted.envelope, counted.manifest.digest())


def _of_envelope(envelope: Envelope, manifest: str) -> Iterator[Kept]:
    parts = {part.name: part for part in Part.objects.filter(envelope=envelope)}
    for part in parts.values():
        part.envelope = envelope  # read already
    names = [payload_part(number) for number in range(part_count(envelope.length))]
    payload = [parts[name] for name in names if name in parts]
    yield Kept(f"{manifest}/{PAYLOAD}", envelope.length, lambda: _joined(payload))
    for name, part in parts.items():
        if not is_payload(name):
            yield _kept(f"{manifest}/{name}", part.object_name, part.object_version)


def _joined(parts: Iterable[Part]) -> Iterator[bytes]:
    """Give a payload part after part, up to the first that is not stored any more."""
    for part in parts:
        chunks = _opened(part.object_name, part.object_version)
        if chunks is None:
            return
        yield from chunks


def _kept(name: str, object_name: str, version: str, bucket: str = SEALED) -> Kept:
    return Kept(name, None, lambda: _opened(object_name, version, bucket))


def _opened(name: str, version: str, bucket: str = SEALED) -> Iterable[bytes] | None:
    try:
        return vault().get(bucket, name, version)
    except NotStored:
        return None
