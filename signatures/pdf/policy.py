"""What one tender asks of a signature. A policy is data: its digest stands in every report."""

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Literal

from procurement.proof.canonical import JSON, canonical

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How much of a file is looked at before the answer is UNDECIDED; counts, never seconds."""

    file_bytes: int = 200 * MIB
    revisions: int = 64
    signatures: int = 32
    objects: int = 500_000
    nesting: int = 100
    fields: int = 20_000
    pages: int = 20_000
    contents_bytes: int = 256 * 1024  # one /Contents, decoded
    certificates: int = 50
    crl_bytes: int = 20 * MIB
    attachments: int = 100
    attachment_bytes: int = 256 * MIB


@dataclass(frozen=True)
class Supplier:
    """Who has to have signed: an organisation by its identifiers, or certificates enrolled for it.

    ``identifiers`` are organizationIdentifier values (ETSI EN 319 412-1, 5.1.4), such as
    ``NTRCN-91310000MA1K0000XX`` or ``VATDE-123456789``. ``certificates`` are SHA-256 digests of DER
    certificates, in hex, which the supplier's administrator enrolled beforehand.
    """

    identifiers: frozenset[str] = frozenset()
    certificates: frozenset[str] = frozenset()

    def to_json(self) -> JSON:
        """Return the supplier as a JSON object, in one order only."""
        return {
            "identifiers": [*sorted(self.identifiers)],
            "certificates": [*sorted(self.certificates)],
        }


@dataclass(frozen=True)
class Policy:
    """The rules that turn findings into a verdict.

    ``supplier`` is None where nobody in particular has to have signed; ``besides`` names others,
    each of whom has to have signed, too. ``clock_skew`` is how far the clock of a time-stamping
    authority may run ahead of ours.
    """

    supplier: Supplier | None = None
    besides: tuple[Supplier, ...] = ()  # the members of a consortium that did not mandate its lead
    signatures_required: int = 1
    active_content: Literal["refuse", "remark"] = "remark"
    revocation: Literal["required", "if-available"] = "required"
    clock_skew: timedelta = timedelta(minutes=5)
    limits: Limits = field(default_factory=Limits)
    version: str = "1"

    def to_json(self) -> JSON:
        """Return the policy as a JSON object, in one order only."""
        others: dict[str, JSON] = {"besides": [one.to_json() for one in self.besides]}
        return {
            "supplier": self.supplier.to_json() if self.supplier else None,
            **(others if self.besides else {}),
            "signatures_required": self.signatures_required,
            "active_content": self.active_content,
            "revocation": self.revocation,
            "clock_skew_seconds": int(self.clock_skew.total_seconds()),
            "limits": asdict(self.limits),
            "version": self.version,
        }

    @property
    def suppliers(self) -> tuple[Supplier, ...]:
        """Everybody who has to have signed."""
        return (self.supplier, *self.besides) if self.supplier else ()

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the policy's canonical JSON, in hex."""
        return hashlib.sha256(canonical(self.to_json())).hexdigest()
