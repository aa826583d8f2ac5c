"""Suppliers that bid together, and the mandate by which a member lets the lead act for it."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from procurement.proof.shapes import Id, Length, Statement, malformed


@dataclass(frozen=True)
class Consortium(Statement):
    """Who bids together in a tender, and who leads."""

    TYPE: ClassVar[str] = "daylight/consortium/v1"

    id: Id
    tender: Id
    lead: Id
    members: Annotated[tuple[Id, ...], Length(2, 100)]

    def check(self) -> None:
        """Refuse a consortium that is led by a stranger, or names somebody twice."""
        if self.lead not in self.members:
            raise malformed("lead-not-member", "The lead is a member", "/lead")
        if list(self.members) != sorted(set(self.members)):
            raise malformed("members-not-sorted", "Members stand once, sorted", "/members")


@dataclass(frozen=True)
class Mandate(Statement):
    """A member lets the lead sign and file in its name; ``by`` is the person who said so."""

    TYPE: ClassVar[str] = "daylight/mandate/v1"

    id: Id
    consortium: Id
    tender: Id
    member: Id
    lead: Id
    by: Id
