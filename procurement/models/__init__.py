"""The nouns of the ground floor; Django finds them here."""

from procurement.models.calendar import CalendarDay, CalendarYear, DayKind
from procurement.models.debarments import (
    CheckPurpose,
    Debarment,
    DebarmentCheck,
    DebarmentListVersion,
    DebarmentState,
)
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
from procurement.models.mandates import SigningMandate, SigningMandateWarning
from procurement.models.objects import ProtocolObject
from procurement.models.outbox import OutboxMessage
from procurement.models.people import Jurisdiction, Membership, Organisation, User
from procurement.models.registration import (
    CertificateChallenge,
    ExpiryWarning,
    Invitation,
    Registration,
    Verification,
)
from procurement.models.suppliers import Declaration, SupplierDocument, SupplierFact

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "CertificateChallenge",
    "CheckPurpose",
    "Checkpoint",
    "ConcealedChain",
    "ControlChain",
    "DayKind",
    "Debarment",
    "DebarmentCheck",
    "DebarmentListVersion",
    "DebarmentState",
    "Declaration",
    "EnrolledCertificate",
    "Event",
    "ExpiryWarning",
    "Invitation",
    "Jurisdiction",
    "Kind",
    "Leaf",
    "Mail",
    "Membership",
    "NoteKey",
    "Organisation",
    "OutboxMessage",
    "ProtocolObject",
    "Registration",
    "SigningMandate",
    "SigningMandateWarning",
    "Subtree",
    "SupplierDocument",
    "SupplierFact",
    "User",
    "Verification",
]
