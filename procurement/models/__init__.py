"""The nouns of the ground floor; Django finds them here."""

from procurement.models.enrolled import EnrolledCertificate, NoteKey
from procurement.models.journal import (
    Checkpoint,
    ConcealedChain,
    ControlChain,
    Event,
    Kind,
    Leaf,
    Subtree,
)
from procurement.models.mail import Mail
from procurement.models.objects import ProtocolObject
from procurement.models.outbox import OutboxMessage
from procurement.models.people import Jurisdiction, Membership, Organisation, User

__all__ = [
    "Checkpoint",
    "ConcealedChain",
    "ControlChain",
    "EnrolledCertificate",
    "Event",
    "Jurisdiction",
    "Kind",
    "Leaf",
    "Mail",
    "Membership",
    "NoteKey",
    "Organisation",
    "OutboxMessage",
    "ProtocolObject",
    "Subtree",
    "User",
]
