"""What one holder keeps and hands out, and the one thing its keys ever answer before an opening.

The secret file is made and stays where its holder is: in a browser, in ``daylight keys new``, in
a machine of a custodian. The platform sees the public halves only.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, Self

from procurement.proof.age import decrypt_bytes, require_single_stanza
from procurement.proof.age_keys import BadKey, Identity
from procurement.proof.notes import Signer
from procurement.proof.shapes import AgeRecipient, Id, NoteKey, Pattern, Statement, Title
from tenders.panel.keyset import KeyPair, Keyset, Rehearsal, RehearsalAnswer

Role = Literal["opener", "timekeeper", "escrow", "agency", "supervisor"]
ROLES: tuple[Role, ...] = ("opener", "timekeeper", "escrow", "agency", "supervisor")
STANDING = ("agency", "supervisor")  # they sign and never decrypt


class HolderRefuses(ValueError):  # noqa: N818 - reads as the verdict it is
    """A holder's keys do not do what was asked of them; ``code`` is stable, kebab-case."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class HolderPublic(Statement):
    """What one holder hands out."""

    TYPE: ClassVar[str] = "daylight/holder-public/v1"

    role: Role
    name: Title
    tender: Id | None
    recipient: AgeRecipient | None
    verifier: NoteKey


@dataclass(frozen=True)
class HolderKey(Statement):
    """What one holder keeps: a note key, and an age identity for those who open."""

    TYPE: ClassVar[str] = "daylight/holder-key/v1"

    role: Role
    name: Title
    tender: Id | None
    identity: Annotated[str, Pattern("AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}")] | None
    signer: Title

    @classmethod
    def generate(cls, role: Role, name: str, tender: str | None) -> Self:
        """Make fresh keys under a note key's name, ``<log origin>/<role>/<id>``.

        :raises BadNote: for what cannot name a key.
        :raises Malformed: for a tender that is no id.
        """
        identity = None if role in STANDING else Identity.generate().encode()
        key = cls(role, name, tender, identity, Signer.generate(name).encode())
        HolderPublic.of(key.public().to_json())
        return cls.of(key.to_json())

    def age_identity(self) -> Identity:
        """Give the identity that decrypts.

        :raises BadKey: for the key of a body that only signs.
        """
        if self.identity is None:
            raise BadKey(f"The key of {self.name} signs and cannot open anything")
        return Identity.decode(self.identity)

    def note_signer(self) -> Signer:
        """Give the note key."""
        return Signer.decode(self.signer)

    def public(self) -> HolderPublic:
        """Give the public halves."""
        recipient = None if self.identity is None else self.age_identity().recipient.encode()
        return HolderPublic(
            self.role, self.name, self.tender, recipient, self.note_signer().verifier
        )

    def rehearse(self, sealed: bytes, keyset: Keyset, holder: str) -> RehearsalAnswer:
        """Answer a challenge with its hash, if it is one and is meant for this holder's own keys.

        :raises HolderRefuses: when it is meant for somebody or something else.
        :raises AgeError: when the file is not for these keys, or not whole.
        :raises Malformed: when what the file holds is no challenge: nothing else is ever answered.
        """
        require_own_place(self, keyset, holder)
        require_single_stanza(sealed)
        challenge = Rehearsal.read(decrypt_bytes(sealed, self.age_identity()))
        if challenge.keyset != keyset.digest():
            raise HolderRefuses(
                "other-keyset", "The challenge is for another keyset: it is not answered"
            )
        if challenge.holder != holder:
            raise HolderRefuses(
                "other-holder", f"The challenge is for {challenge.holder}: not answered"
            )
        return RehearsalAnswer(keyset.digest(), holder, challenge.digest())


def require_own_place(key: HolderKey, keyset: Keyset, holder: str) -> KeyPair:
    """Find a holder's place in the keyset, if both keys that stand there are this holder's.

    :raises HolderRefuses: otherwise.
    """
    place = keyset.holders().get(holder)
    if place is None:
        raise HolderRefuses("no-such-holder", f"The keyset has no {holder}")
    public = key.public()
    if (place.recipient, place.verifier) != (public.recipient, public.verifier):
        raise HolderRefuses("not-your-place", f"The keys of {holder} in the keyset are not these")
    if key.tender is not None and key.tender != keyset.tender:
        raise HolderRefuses("other-tender", "These keys were made for another tender")
    return place
