"""Who may sit on a panel, and which keys a holder may hand in.

Openers are bound by person. The timekeeper runs at a supervisor of the agency, and the two escrow
holders at two bodies that neither buy nor run the platform, so that no body has two parts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from procurement.proof.age_keys import AgeError, Recipient, shared_secret
from procurement.proof.canonical import canonical
from procurement.proof.notes import Verifier
from procurement.refusals import Fault
from procurement.texts import Text
from tenders.panel.holders import HolderPublic
from tenders.panel.keyset import MOST_OPENERS, KeyPair

FEWEST_OPENERS = 3
FEWEST_PRESENT = 2  # nobody opens alone
SPARES = 2  # openers who may be missing, unless one is asked for expressly
_X25519_PRIME = 2**255 - 19  # RFC 7748 section 4.1

Identity = tuple[str, str]  # scheme and identifier, as a body is registered

_COUNT = Text(
    "A panel has {least} to {most} openers, not {n}",
    "开标小组须有 {least} 至 {most} 名开标人，而非 {n} 名",
)
_QUORUM = Text(
    "Of {n} openers, {least} to {most} can be asked to be present, not {k}",
    "{n} 名开标人中可要求到场 {least} 至 {most} 名，而非 {k} 名",
)
_SPARE = Text(
    "With {k} of {n} only one opener may be missing: ask for that expressly",
    "{n} 名中须有 {k} 名到场，仅可缺席一名：如需如此，请明确说明",
)
_TWICE = Text("{name} has a seat already", "{name} 已有席位")
_NOT_OPENER = Text("{name} is not an opener of this agency", "{name} 不是本采购机关的开标人")
_DRAFTED = Text(
    "{name} drafted this tender, and whoever drafts holds no key to its bids",
    "{name} 参与起草本招标，起草人不得持有投标密钥",
)
_CONFLICTED = Text("{name} has declared a conflict of interest", "{name} 已申报利益冲突")
_NOT_TIMEKEEPER = Text(
    "{name} is not the timekeeper of a supervisor that oversees this agency",
    "{name} 不是监督本采购机关的监督机构的计时方",
)
_TWO = Text(
    "A panel has two escrow holders, not {n}", "开标小组须有两名备用密钥保管方，而非 {n} 名"
)
_NOT_ESCROW = Text(
    "{name} is not the escrow holder of a custodian", "{name} 不是保管机构的备用密钥保管方"
)
_KIN = Text(
    "{name} belongs to the agency or to the platform's operator",
    "{name} 隶属于采购机关或平台运营方",
)
_SAME_BODY = Text(
    "The two escrow holders belong to two different custodians",
    "两名备用密钥保管方须隶属于两家不同的保管机构",
)
_NO_RECIPIENT = Text("This is not an age recipient (age1…)", "这不是 age 接收方公钥（age1…）")
_NO_VERIFIER = Text("This is not the text of an Ed25519 note key", "这不是 Ed25519 签名公钥的文本")
_SAME_KEY = Text("{holder} has this key", "{holder} 已使用该密钥")
_SAME_NAME = Text("The key of {holder} has this name", "{holder} 的密钥已使用该名称")


@dataclass(frozen=True)
class Body:
    """An organisation by its identity, and the identities of those above it."""

    id: UUID
    identity: Identity
    above: frozenset[Identity] = frozenset()

    def is_kin_of(self, other: "Body") -> bool:
        """Tell whether both are one body, or one of them is above the other."""
        same = self.identity == other.identity
        return same or self.identity in other.above or other.identity in self.above


@dataclass(frozen=True)
class Candidate:
    """Somebody proposed for a seat, as they stand now.

    ``bodies`` are those where they hold the seat's role: for an opener the agency, for the
    timekeeper supervisors that oversee it, for an escrow holder custodians.
    """

    user: UUID
    name: str
    bodies: tuple[Body, ...]
    drafted: bool = False
    conflicted: bool = False


@dataclass(frozen=True)
class Proposal:
    """A panel as an officer puts it forward."""

    k: int
    openers: Sequence[Candidate]
    timekeeper: Candidate
    escrow: Sequence[Candidate]
    one_spare: bool  # k = n - 1 was asked for expressly

    def seats(self) -> Mapping[str, Candidate]:
        """Give who would sit where, by the holder's name in the keyset."""
        openers = {f"opener-{idx}": one for idx, one in enumerate(self.openers, start=1)}
        escrow = dict(zip(("escrow-a", "escrow-b"), self.escrow, strict=False))
        return {**openers, "timekeeper": self.timekeeper, **escrow}


def faults_of_panel(proposal: Proposal, *, agency: Body, operators: Iterable[Body]) -> list[Fault]:
    """List everything that speaks against a panel."""
    apart_from = (agency, *operators)
    return [
        *_of_numbers(proposal.k, len(proposal.openers), one_spare=proposal.one_spare),
        *_of_same_person(proposal),
        *_of_openers(proposal.openers),
        *_of_timekeeper(proposal.timekeeper),
        *_of_escrow(proposal.escrow, apart_from),
    ]


def faults_of_keys(recipient: str, verifier: str, *, others: Mapping[str, KeyPair]) -> list[Fault]:
    """List what speaks against two public keys, beside those of the other holders.

    Keys are compared as points, not as texts: one key under two names is one key.
    """
    if not _is_recipient(recipient):
        return [Fault("not-a-recipient", _NO_RECIPIENT, pointer="/recipient")]
    try:
        key = Verifier.parse(verifier)
        HolderPublic.of(HolderPublic("opener", key.name, None, recipient, verifier).to_json())
        canonical(key.name)
    except ValueError:
        return [Fault("not-a-note-key", _NO_VERIFIER, pointer="/verifier")]
    found = []
    for holder, pair in others.items():
        other = Verifier.parse(pair.verifier)
        if pair.recipient == recipient:
            found.append(Fault("same-key", _SAME_KEY, {"holder": holder}, "/recipient"))
        if other.public == key.public:
            found.append(Fault("same-key", _SAME_KEY, {"holder": holder}, "/verifier"))
        elif other.name == key.name:  # a note names its signers by these
            found.append(Fault("same-name", _SAME_NAME, {"holder": holder}, "/verifier"))
    return found


def _of_numbers(k: int, n: int, *, one_spare: bool) -> Iterator[Fault]:
    if not FEWEST_OPENERS <= n <= MOST_OPENERS:
        facts = {"least": FEWEST_OPENERS, "most": MOST_OPENERS, "n": n}
        yield Fault("wrong-number-of-openers", _COUNT, facts, "/openers")
    elif not FEWEST_PRESENT <= k < n:
        facts = {"least": FEWEST_PRESENT, "most": n - 1, "n": n, "k": k}
        yield Fault("no-such-quorum", _QUORUM, facts, "/k")
    elif k > n - SPARES and not one_spare:
        yield Fault("too-few-spares", _SPARE, {"k": k, "n": n}, "/k")


def _of_same_person(proposal: Proposal) -> Iterator[Fault]:
    places = [
        *((f"/openers/{i}", one) for i, one in enumerate(proposal.openers)),
        ("/timekeeper", proposal.timekeeper),
        *((f"/escrow/{i}", one) for i, one in enumerate(proposal.escrow)),
    ]
    seated: set[UUID] = set()
    for pointer, one in places:
        if one.user in seated:
            yield Fault("seated-twice", _TWICE, {"name": one.name}, pointer)
        seated.add(one.user)


def _of_openers(openers: Sequence[Candidate]) -> Iterator[Fault]:
    for i, one in enumerate(openers):
        against = [
            ("not-an-opener", _NOT_OPENER, not one.bodies),
            ("drafted-it", _DRAFTED, one.drafted),
            ("conflict-declared", _CONFLICTED, one.conflicted),
        ]
        for code, text, holds in against:
            if holds:
                yield Fault(code, text, {"name": one.name}, f"/openers/{i}")


def _of_timekeeper(timekeeper: Candidate) -> Iterator[Fault]:
    if not timekeeper.bodies:
        yield Fault("not-a-timekeeper", _NOT_TIMEKEEPER, {"name": timekeeper.name}, "/timekeeper")


def _of_escrow(escrow: Sequence[Candidate], apart_from: Sequence[Body]) -> Iterator[Fault]:
    if len(escrow) != 2:
        yield Fault("not-two-escrow-holders", _TWO, {"n": len(escrow)}, "/escrow")
    for i, one in enumerate(escrow):
        if not one.bodies:
            yield Fault("not-an-escrow-holder", _NOT_ESCROW, {"name": one.name}, f"/escrow/{i}")
        elif any(one.bodies[0].is_kin_of(body) for body in apart_from):
            yield Fault("not-independent", _KIN, {"name": one.name}, f"/escrow/{i}")
    bodies = [one.bodies[0] for one in escrow if one.bodies]
    if len(bodies) == 2 and bodies[0].is_kin_of(bodies[1]):
        yield Fault("same-custodian", _SAME_BODY, pointer="/escrow")


def _is_recipient(text: str) -> bool:
    """Tell whether this is a usable age recipient, in the one way there is to write its point."""
    try:
        public = Recipient.decode(text).public
        shared_secret(bytes(32), public)  # refuses points of small order
    except AgeError:
        return False
    return int.from_bytes(public, "little") < _X25519_PRIME
