"""What the holders answer at an opening, judged against what was asked (protocol, message 9).

Failures first, then disclosures, then the one release. Every answer is a note by the holder's key
in the keyset, and is for the whole set or it does not count.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bidding.sealed.manifest import Manifest
from bidding.sealed.opening import (
    DisclosedShare,
    Disclosure,
    Failures,
    Release,
    ReleasedPad,
    Request,
)
from bidding.sealed.unsealing import NotOpened, check_pad, check_share
from procurement.proof.canonical import NotCanonical, sha256_hex
from procurement.proof.notes import BadNote, Verifier
from procurement.proof.shapes import Malformed
from procurement.refusals import Fault, Refusal
from procurement.texts import Text
from tenders.panel.keyset import Keyset

Said = TypeVar("Said", Failures, Disclosure, Release)
Key = TypeVar("Key", DisclosedShare, ReleasedPad)
TIMEKEEPER = "timekeeper"


class NotAccepted(Refusal):
    code, status = "answer-not-accepted", 422
    title = Text("This note is not the answer that is asked for", "该签名文件不是所要求的答复")


@dataclass(frozen=True)
class Asked:
    """What the holders are asked about.

    The request, the whole set by manifest digest, and the control heads that they may have seen.
    """

    request: Request
    keyset: Keyset
    manifests: Mapping[str, Manifest]
    heads: frozenset[str]

    def file_digest(self, holder: str, manifest: str) -> str:
        """Give the digest of the small file that an opener or the timekeeper decrypts."""
        if holder == TIMEKEEPER:
            return self.manifests[manifest].p
        return self.manifests[manifest].shares[opener_number(holder) - 1]


def opener_number(holder: str) -> int:
    """Give the number of ``opener-<number>``."""
    return int(holder.removeprefix("opener-"))


def file_name(holder: str) -> str:
    """Name the small file that an opener or the timekeeper decrypts."""
    return "p.age" if holder == TIMEKEEPER else f"share-{opener_number(holder)}.age"


def read_failures(note: bytes, asked: Asked, holder: str) -> Failures:
    """Read one holder's list of the envelopes that would not decrypt.

    :raises NotAccepted: with every reason.
    """
    said = _read(Failures, note, asked, holder)
    faults = [*_listed(said.failed, asked), *_seen(said.control_head, asked)]
    if said.holder != holder:
        faults.append(Fault("other-holder", OTHER_HOLDER, {"holder": holder}))
    if said.tried != len(asked.manifests):
        faults.append(Fault("not-the-whole-set", TRIED, {"count": len(asked.manifests)}))
    _refuse(faults)
    return said


def read_disclosure(
    note: bytes,
    asked: Asked,
    holder: str,
    *,
    failed: Collection[str],
    files: Mapping[str, bytes],
) -> Disclosure:
    """Read one opener's shares of the whole set, each checked against the sealed file.

    ``failed`` are the manifests that this opener could not decrypt, ``files`` the sealed shares
    by manifest. Of a file that is no longer the sealed one nothing can be checked here; the
    rebuilt envelope is what checks it.

    :raises NotAccepted: with every reason.
    """
    said = _read(Disclosure, note, asked, holder)
    number = opener_number(holder)
    faults = [*_whole(said.shares, asked, failed), *_seen(said.control_head, asked)]
    if said.idx != number:
        faults.append(Fault("other-holder", OTHER_HOLDER, {"holder": holder}))
    _refuse(faults)

    def checked(share: DisclosedShare, file: bytes) -> None:
        check_share(share, file, number, asked.manifests[share.manifest])

    _refuse(_that_do_not_check(said.shares, files, asked, holder, checked))
    return said


def read_release(
    note: bytes,
    asked: Asked,
    *,
    intent: str,
    failed: Collection[str],
    files: Mapping[str, bytes],
) -> Release:
    """Read the timekeeper's one answer: the pads of the whole set, for this very intent.

    :raises NotAccepted: with every reason.
    """
    said = _read(Release, note, asked, TIMEKEEPER)
    faults = [*_whole(said.pads, asked, failed)]
    if said.intent != intent:
        faults.append(Fault("other-intent", OTHER_INTENT))
    if said.reveals:
        faults.append(Fault("unknown-reveal", UNKNOWN_REVEAL))
    _refuse(faults)

    def checked(pad: ReleasedPad, file: bytes) -> None:
        check_pad(pad, file, asked.manifests[pad.manifest])

    _refuse(_that_do_not_check(said.pads, files, asked, TIMEKEEPER, checked))
    return said


def _read(kind: type[Said], note: bytes, asked: Asked, holder: str) -> Said:
    """Read an answer that the holder's own key signed, to this very request."""
    key = asked.keyset.holders()[holder].verifier
    try:
        said = kind.open(note, Verifier.parse(key))
    except (BadNote, NotCanonical, Malformed) as error:
        raise NotAccepted(faults=[Fault(error.code, NOT_READ, {"why": str(error)})]) from error
    request = asked.request
    ours = request.tender, request.envelope, request.digest()
    if (said.tender, said.envelope, said.request) != ours:
        raise NotAccepted(faults=[Fault("other-request", OTHER_REQUEST)])
    return said


def _seen(control_head: str, asked: Asked) -> Iterator[Fault]:
    if control_head not in asked.heads:
        yield Fault("other-branch", OTHER_BRANCH)


def _listed(manifests: Sequence[str], asked: Asked) -> Iterator[Fault]:
    """Every envelope that is named is of the set, and is named once."""
    if len(set(manifests)) != len(manifests):
        yield Fault("named-twice", NAMED_TWICE)
    if strange := set(manifests) - asked.manifests.keys():
        yield Fault("not-in-the-set", NOT_IN_THE_SET, {"count": len(strange)})


def _whole(
    keys: Sequence[DisclosedShare] | Sequence[ReleasedPad], asked: Asked, failed: Collection[str]
) -> Iterator[Fault]:
    """The whole set is there, but for what would not decrypt."""
    named = [key.manifest for key in keys]
    yield from _listed(named, asked)
    if missing := asked.manifests.keys() - set(named) - set(failed):
        yield Fault("not-the-whole-set", LEFT_OUT, {"count": len(missing)})


def _that_do_not_check(
    keys: Iterable[Key],
    files: Mapping[str, bytes],
    asked: Asked,
    holder: str,
    check: Callable[[Key, bytes], None],
) -> Iterator[Fault]:
    for key in keys:
        file = files.get(key.manifest)
        if file is None or sha256_hex(file) != asked.file_digest(holder, key.manifest):
            continue
        try:
            check(key, file)
        except NotOpened as error:
            facts = {"manifest": key.manifest, "why": str(error)}
            yield Fault(error.cause, DOES_NOT_CHECK, facts)


def _refuse(found: Iterable[Fault]) -> None:
    if faults := list(found):
        raise NotAccepted(faults=faults)


NOT_READ = Text("It cannot be read as yours: {why}", "无法确认为您的签名文件：{why}")
OTHER_REQUEST = Text(
    "It answers another request than the one that stands", "它所答复的不是当前的开标申请"
)
OTHER_HOLDER = Text("It does not speak for {holder}", "它不是以 {holder} 的名义作出的")
OTHER_BRANCH = Text(
    "It was made on another history of this tender than the one that stands",
    "它所依据的招标记录与现有记录不符",
)
TRIED = Text("All {count} envelopes of the set are to be tried", "须对全部 {count} 个信封进行尝试")
NAMED_TWICE = Text("An envelope is named twice", "有信封被重复列出")
NOT_IN_THE_SET = Text(
    "{count} of the named envelopes are not in the closed set",
    "所列信封中有 {count} 个不在封存集合内",
)
LEFT_OUT = Text(
    "It leaves {count} envelopes of the set out; it counts only for the whole set",
    "遗漏了集合中的 {count} 个信封；须针对全部信封方为有效",
)
DOES_NOT_CHECK = Text(
    "What is said of envelope {manifest} does not check: {why}",
    "关于信封 {manifest} 的内容核对不符：{why}",
)
OTHER_INTENT = Text(
    "It answers another release intent than the journalled one", "它所答复的不是已记录的放行意向"
)
UNKNOWN_REVEAL = Text(
    "It holds a reveal that is not on the closed list", "其中含有未列入已截止名单的揭示"
)
