"""Does a manifest fit the tender it is uploaded for, and of which parts does it consist?

The server cannot look inside an envelope. It can see that the envelope was sealed for this
tender, this lot, this bidder and the keys that are in force, and refuse by name what was not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bidding.sealed.manifest import PART_BYTES, Manifest
from bidding.sealed.parts import part_count
from procurement.refusals import Fault, Refusal
from procurement.texts import Text
from tenders.notice import Notice
from tenders.panel.keyset import Keyset

ENVELOPE = "offer"  # the only one there is until a tender opens in stages
LARGEST_PAYLOAD = 4 * 1024**3  # bytes; the documents that a form asks for are far smaller
LARGEST_SMALL_FILE = 64 * 1024  # bytes of a share or pad; an honest one has about two thousand


class ManifestDoesNotFit(Refusal):
    code, status = "manifest-does-not-fit", 409
    title = Text("This envelope was not sealed for this tender", "该信封不是为本招标封装的")


@dataclass(frozen=True)
class ExpectedPart:
    """A part by name; ``sha256`` is None where only the tree over all parts is known."""

    name: str
    length: int | None  # None: at most LARGEST_SMALL_FILE
    sha256: str | None

    def allows(self, length: int, sha256: str) -> bool:
        """Tell whether bytes of this length and digest may be this part."""
        fits = length <= LARGEST_SMALL_FILE if self.length is None else length == self.length
        return fits and self.sha256 in (None, sha256)


def faults_of_manifest(
    manifest: Manifest, *, notice: Notice, keyset: Keyset, supplier: str
) -> list[Fault]:
    """Name every way in which a manifest belongs somewhere else."""
    found = [
        Fault(code, text, {"found": str(found)}, f"/manifest/{field}")
        for field, code, text, found, wanted in (
            ("tender", "other-tender", OTHER_TENDER, manifest.tender, notice.tender),
            ("keyset", "other-keyset", OTHER_KEYSET, manifest.keyset, keyset.digest()),
            ("bidder", "other-bidder", OTHER_BIDDER, manifest.bidder, supplier),
            ("envelope", "other-envelope", OTHER_ENVELOPE, manifest.envelope, ENVELOPE),
            ("shares", "other-panel", OTHER_PANEL, len(manifest.shares), keyset.n),
        )
        if found != wanted
    ]
    return [*found, *_lot_and_size(manifest, notice)]


def _lot_and_size(manifest: Manifest, notice: Notice) -> Iterator[Fault]:
    if manifest.lot not in {lot.lot for lot in notice.lots}:
        yield Fault("unknown-lot", UNKNOWN_LOT, {"found": manifest.lot}, "/manifest/lot")
    if not 0 < manifest.payload.length <= LARGEST_PAYLOAD:
        facts = {"limit": LARGEST_PAYLOAD}
        yield Fault("wrong-size", WRONG_SIZE, facts, "/manifest/payload/length")


def expected_parts(manifest: Manifest) -> dict[str, ExpectedPart]:
    """List the parts of an envelope by name: payload in parts of 8 MiB, shares, both pads."""
    count = part_count(manifest.payload.length)
    last = manifest.payload.length - (count - 1) * PART_BYTES
    lengths = [PART_BYTES] * (count - 1) + [last]
    parts = [ExpectedPart(payload_part(i), length, None) for i, length in enumerate(lengths)]
    small = {f"share-{idx}.age": share for idx, share in enumerate(manifest.shares, start=1)}
    small |= {"p.age": manifest.p, "e.age": manifest.e}
    parts += [ExpectedPart(name, None, sha256) for name, sha256 in small.items()]
    return {part.name: part for part in parts}


def payload_part(number: int) -> str:
    """Name a part of the payload, counted from 0."""
    return f"payload-{number:05}"


def is_payload(name: str) -> bool:
    """Tell a part of the payload from the small files."""
    return name.startswith("payload-")


OTHER_TENDER = Text("It was sealed for another tender: {found}", "它是为另一招标封装的：{found}")
OTHER_KEYSET = Text(
    "It was sealed under other keys than those in force ({found}); seal it again",
    "封装所用密钥（{found}）并非现行密钥，请重新封装",
)
OTHER_BIDDER = Text("It was sealed for another bidder: {found}", "它是为另一投标人封装的：{found}")
OTHER_ENVELOPE = Text(
    "This tender asks for no envelope “{found}”", "本招标不要求名为“{found}”的信封"
)
OTHER_PANEL = Text(
    "It has {found} shares, and the panel has another number of openers",
    "其密钥份额为 {found} 份，与开标人数不符",
)
UNKNOWN_LOT = Text("This tender has no lot “{found}”", "本招标没有标段“{found}”")
WRONG_SIZE = Text(
    "A payload has at least one byte and at most {limit}", "内容长度须为 1 至 {limit} 字节"
)
