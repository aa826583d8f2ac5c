"""The nouns of the room ``signatures``; Django finds them here."""

from signatures.models.frozen import (
    ArchiveCopy,
    DirectoryPart,
    DirectorySet,
    KeptPolicy,
    Rejudging,
)
from signatures.models.reports import SignatureReport
from signatures.models.revocation import (
    AnchorSet,
    AuthorityBetween,
    RevocationAnswer,
    RevocationRound,
)
from signatures.models.trust import (
    AnchorCertificate,
    ListRound,
    TrustChange,
    TrustedList,
    TrustProposal,
    TrustVersion,
)

__all__ = [
    "AnchorCertificate",
    "AnchorSet",
    "ArchiveCopy",
    "AuthorityBetween",
    "DirectoryPart",
    "DirectorySet",
    "KeptPolicy",
    "ListRound",
    "Rejudging",
    "RevocationAnswer",
    "RevocationRound",
    "SignatureReport",
    "TrustChange",
    "TrustProposal",
    "TrustVersion",
    "TrustedList",
]
