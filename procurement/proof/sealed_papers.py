"""Which papers carry the platform's seal, as an entry of the log names them.

A paper lies in the vault, where whoever owns it could exchange it for another that is sealed as
well. The entry says which one was made, and about what. Papers that tell of a bid are named after
the announcement, all at once; others as soon as they are sealed.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from procurement.proof.shapes import Digest, Id, Length, Range, Statement

PaperKind = Literal["receipt", "form", "minutes", "decision"]
RECEIPT: PaperKind = "receipt"
FORM: PaperKind = "form"  # the signed bid form itself, with the seal beside the signatures
MINUTES: PaperKind = "minutes"
DECISION: PaperKind = "decision"  # on the award of a lot
MOST = 1_000  # papers in one entry
COPIES = 2  # as it was sealed; as it was stamped later


@dataclass(frozen=True)
class SealedCopy:
    """One copy of a sealed paper; ``about`` is the digest of what it speaks of, or of the form."""

    kind: PaperKind
    about: Digest
    copy: Annotated[int, Range(1, COPIES)]
    sha256: Digest


@dataclass(frozen=True)
class SealedPapers(Statement):
    """Papers with the platform's seal, each by the digest of its bytes."""

    TYPE: ClassVar[str] = "daylight/sealed-papers/v1"

    tender: Id
    papers: Annotated[tuple[SealedCopy, ...], Length(1, MOST)]
