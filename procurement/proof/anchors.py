"""What a stranger must already hold before anything Daylight says can be believed.

The anchors are obtained apart from the platform: printed, mailed, from a second site. Their
digest stands in every notice and receipt.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from procurement.proof.notes import CosignVerifier, Verifier
from procurement.proof.shapes import Base64, Count, Length, NoteKey, Range, Statement, malformed

DerCertificate = Annotated[bytes, Base64(16_384)]


@dataclass(frozen=True)
class Witness:
    """A witness's cosigning key, and who runs it."""

    key: NoteKey
    operator: Annotated[str, Length(1, 200)]


@dataclass(frozen=True)
class Anchors(Statement):
    """The keys by which everything else is judged, and how many witnesses must agree."""

    TYPE: ClassVar[str] = "daylight/anchors/v1"

    origin: Annotated[str, Length(1, 200)]
    operator: Annotated[str, Length(1, 200)]
    log: NoteKey
    receipt_keys: tuple[NoteKey, ...]
    witnesses: tuple[Witness, ...]
    quorum: Annotated[int, Range(1, 100)]
    witness_policy_series: Count
    agencies: tuple[NoteKey, ...]
    supervisors: tuple[NoteKey, ...]
    timekeepers: tuple[NoteKey, ...]
    release_keys: tuple[NoteKey, ...]
    tsa: tuple[DerCertificate, ...]

    def check(self) -> None:
        """Refuse a quorum that cannot be had."""
        if self.quorum > len({witness.key for witness in self.witnesses}):
            raise malformed("quorum-too-large", "There are fewer witnesses than that", "/quorum")

    def log_verifier(self) -> Verifier:
        """Give the key that signs checkpoints."""
        return Verifier.parse(self.log)

    def witness_verifiers(self) -> list[CosignVerifier]:
        """Give the keys that cosign checkpoints."""
        return [CosignVerifier.parse(witness.key) for witness in self.witnesses]

    def run_by_the_operator(self) -> list[str]:
        """Name the witnesses that the log's own operator runs: they prove little."""
        return [
            key_name(witness.key) for witness in self.witnesses if witness.operator == self.operator
        ]


def key_name(vkey: str) -> str:
    """Give the name in a note key, ``<log origin>/<role>/<id>``."""
    return vkey.rsplit("+", 2)[0]
