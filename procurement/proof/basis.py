"""What a verdict on signatures rests on, as an entry of the log names it.

Report, policy and anchors lie in a database, and whoever owns that could exchange all three at
once. An entry that names them by digest cannot be exchanged. What is filed before an opening is
named in a concealed event, whose salted leaf says nothing.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from procurement.proof.canonical import JSON
from procurement.proof.shapes import Digest, Instant, Length, Statement

BY_MANDATE = "mandate"  # what binds a signer to a body, as a report says it
JUDGED = "judged"  # where an event's body names what a verdict on its file rests on


@dataclass(frozen=True)
class GivenMandate:
    """A signing mandate, the signed paper by which it was given, and since when it counts."""

    mandate: Digest
    paper: Digest
    recorded_at: Instant


@dataclass(frozen=True)
class Basis(Statement):
    """The report on a signed file, and the policy and anchors that it rests on, by digest.

    Revocation lists and answers are parts of the anchors. There is no ``report`` where a machine
    gave up; such a verdict is UNDECIDED and judged again. ``mandates`` are those by which somebody
    signed who does not belong to the body by their certificate.
    """

    TYPE: ClassVar[str] = "daylight/verdict-basis/v1"

    report: Digest | None
    policy: Digest
    anchors: Digest
    mandates: Annotated[tuple[GivenMandate, ...], Length(0, 32)] = ()

    def named(self) -> dict[str, JSON]:
        """Write it as the body of an event names it."""
        return {JUDGED: self.to_json()}
