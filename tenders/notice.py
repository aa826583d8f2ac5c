"""What an agency and a supervisor say about a tender, as the objects that they sign."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from procurement.proof.shapes import (
    Amount,
    Body,
    Count,
    Currency,
    Digest,
    Id,
    Instant,
    Keys,
    Length,
    Name,
    NoteKey,
    Pattern,
    Range,
    Sentence,
    Statement,
    Title,
    malformed,
)

LONGEST_DELTA = 3_600  # seconds; more would be no deadline
LONGEST_DESCRIPTION = 20_000  # characters
LONGEST_RULE_EXTENSION = 60 * 86_400  # seconds
Description = Annotated[str, Length(1, LONGEST_DESCRIPTION)]
LANGUAGES = Keys("en|zh")


@dataclass(frozen=True)
class Gate:
    """No envelope of this kind is opened before this instant."""

    lot: Name
    envelope: Name
    not_before: Instant


@dataclass(frozen=True)
class Document:
    """A published file, by name, length in bytes and digest."""

    name: Title
    length: Count
    sha256: Digest


@dataclass(frozen=True)
class Classified:
    """An item of the price table, and the code by which anybody finds it."""

    item: Name
    scheme: Annotated[str, Pattern("[A-Z0-9][A-Z0-9.-]{0,19}")]  # CPV, UNSPSC, GB-T7635 …
    code: Annotated[str, Pattern("[A-Za-z0-9][A-Za-z0-9.-]{0,39}")]


@dataclass(frozen=True)
class Lot:
    """A part of the tender that is bid for and awarded by itself."""

    lot: Name
    title: Annotated[dict[str, Title], LANGUAGES]
    criterion: Literal["price"]
    items: Annotated[tuple[Classified, ...], Length(1, 10_000)]


@dataclass(frozen=True)
class Budget:
    """The money that the agency has set aside, tax included."""

    amount: Amount
    currency: Currency


@dataclass(frozen=True)
class Pack:
    """The rule pack under which the tender was published, with its periods in seconds."""

    name: Name
    version: Annotated[int, Range(1, 10_000)]
    grace_seconds: Annotated[int, Range(0, LONGEST_DELTA)]
    freshness_seconds: Annotated[int, Range(1, LONGEST_DELTA)]
    reveal_seconds: Annotated[int, Range(0, 86_400)]
    minimum_bidders: Annotated[int, Range(1, 100)]
    who_decrypts: Literal["quorum"]
    public_opening: bool
    question_extensions: Annotated[int, Range(0, 10)]  # by rule, at most so many
    question_extension_seconds: Annotated[int, Range(0, LONGEST_RULE_EXTENSION)]  # each, at most


@dataclass(frozen=True)
class SignatureRules:
    """What is asked of the signature on a bid form, and of documents that have to be signed.

    ``level`` is the lowest of PAdES that will do. So many different ``signers`` of the bidder have
    to have signed. Revocation data that is missing makes a verdict wait (``required``), decides
    against the signature (``now``), or is not missed. No ``authorities`` are all that the platform
    trusts; else those alone, by the SHA-256 of their certificates.
    """

    level: Literal["B-B", "B-T", "B-LT", "B-LTA"] = "B-B"
    signers: Annotated[int, Range(1, 10)] = 1
    revocation: Literal["required", "now", "if-available"] = "required"
    qualified: Literal["not-asked", "remark", "required"] = "not-asked"  # Regulation 910/2014
    active_content: Literal["remark", "refuse"] = "remark"
    authorities: Annotated[tuple[Digest, ...], Length(0, 1_000)] = ()


@dataclass(frozen=True)
class Notice(Statement):
    """What is asked for and until when; one for each version of a tender."""

    TYPE: ClassVar[str] = "daylight/notice/v1"

    tender: Id
    version: Annotated[int, Range(1, 1_000)]
    previous: Digest | None
    reason: Sentence | None  # why there is another version; none for the first
    agency: NoteKey
    title: Annotated[dict[str, Title], LANGUAGES]
    description: Annotated[dict[str, Description], LANGUAGES]
    procedure: Literal["open"]
    budget: Budget
    validity_days: Annotated[int, Range(1, 3_650)]  # bids hold so long after the deadline
    keyset: Digest
    questions_until: Instant | None  # questions are taken strictly before; null: to the deadline
    answers_until: Instant | None  # an unanswered one moves the deadline then; null: it does not
    closes_at: Instant
    gates: Annotated[tuple[Gate, ...], Length(1, 1_000)]
    delta_seconds: Annotated[int, Range(1, LONGEST_DELTA)]
    documents: tuple[Document, ...]
    lots: Annotated[tuple[Lot, ...], Length(1, 500)]
    response_form: Body
    signatures: SignatureRules
    pack: Pack
    anchors: Digest

    def check(self) -> None:
        """Refuse a gate before the deadline, or for a lot that is not in the notice."""
        first = (self.version == 1, self.previous is None, self.reason is None)
        if len(set(first)) > 1:
            raise malformed("no-previous", "A later version names the one before, and why", "")
        lots = {lot.lot for lot in self.lots}
        if len(lots) != len(self.lots):
            raise malformed("same-lot", "A lot stands in the notice once", "/lots")
        for i, gate in enumerate(self.gates):
            if gate.lot not in lots:
                raise malformed("unknown-lot", "This lot is not in the notice", f"/gates/{i}/lot")
            if gate.not_before < self.closes_at:
                raise malformed("gate-too-early", "Bids still come in then", f"/gates/{i}")

    def gate(self, lot: str, envelope: str) -> Gate | None:
        """Find the gate of an envelope; None when the notice asks for no such envelope."""
        found = [gate for gate in self.gates if (gate.lot, gate.envelope) == (lot, envelope)]
        return found[0] if found else None


@dataclass(frozen=True)
class Extension(Statement):
    """A later deadline. Every gate moves with it, and only later."""

    TYPE: ClassVar[str] = "daylight/extension/v1"

    tender: Id
    notice: Digest
    questions_until: Instant | None
    answers_until: Instant | None
    closes_at: Instant
    gates: Annotated[tuple[Gate, ...], Length(1, 1_000)]
    cause: Sentence
    by_rule: Literal["unanswered-question"] | None  # signed by the platform then, else the agency


@dataclass(frozen=True)
class Acknowledgement(Statement):
    """The timekeeper has seen an extension and refuses the earlier gates from now on."""

    TYPE: ClassVar[str] = "daylight/acknowledgement/v1"

    tender: Id
    extension: Digest
    control_head: Digest


@dataclass(frozen=True)
class Order(Statement):
    """A body's decision over a running tender.

    A supervisor suspends, resumes or asks for something; the agency cancels.
    """

    TYPE: ClassVar[str] = "daylight/order/v1"

    tender: Id
    notice: Digest
    effect: Literal["suspend", "resume", "produce", "cancel"]
    cause: Sentence
    starts_at: Instant
    ends_at: Instant | None
    control_head: Digest
