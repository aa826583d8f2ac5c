"""The verdict on one document and everything it rests on, the same bytes for the same question.

Three layers are never mixed: ``SignatureFinding`` carries the indication and sub-indication of
ETSI EN 319 102-1; ``Report.verdict`` is the verdict on the document under a policy; whether a bid
is admitted is decided by people, elsewhere.
"""

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from procurement.proof.canonical import JSON

FORMAT = "daylight/signature-report/v1"
LONGEST_TEXT = 300  # characters of a name out of a hostile file


class Verdict(StrEnum):
    """What is to be done with the document, from good to worst."""

    VALID = "VALID"
    VALID_WITH_REMARKS = "VALID_WITH_REMARKS"
    UNSIGNED = "UNSIGNED"
    UNDECIDED = "UNDECIDED"
    INVALID = "INVALID"


ACCEPTED = (Verdict.VALID, Verdict.VALID_WITH_REMARKS)


class Indication(StrEnum):
    """What ETSI EN 319 102-1, 5.1.3 calls the status of one signature."""

    PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    FAILED = "TOTAL-FAILED"


@dataclass(frozen=True)
class Finding:
    """One code of the catalogue and the facts that fill its sentences."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, code: str, **facts: object) -> "Finding":
        """Make a finding; facts become plain text, whatever a hostile file put into them."""
        return cls(code, tuple((name, plain(str(fact))) for name, fact in sorted(facts.items())))

    def to_json(self) -> JSON:
        """Return ``{code, facts}``."""
        return {"code": self.code, "facts": dict(self.facts)}


@dataclass(frozen=True)
class Signer:
    """What the signing certificate says of its holder."""

    name: str
    organisation: str
    identifiers: tuple[str, ...]
    issuer: str
    certificate_sha256: str
    valid_from: datetime
    valid_until: datetime
    credit_codes: tuple[str, ...] = ()  # unified social credit codes beside the identifiers
    key_sha256: str = ""  # by which two certificates of one holder are known; in no report

    def to_json(self) -> JSON:
        """Return the signer as a JSON object."""
        codes: dict[str, JSON] = {"credit_codes": [*self.credit_codes]}
        return {
            "name": self.name,
            "organisation": self.organisation,
            "identifiers": [*self.identifiers],
            **(codes if self.credit_codes else {}),
            "issuer": self.issuer,
            "certificate_sha256": self.certificate_sha256,
            "valid_from": instant(self.valid_from),
            "valid_until": instant(self.valid_until),
        }


@dataclass(frozen=True)
class TimestampFinding:
    """One timestamp: over a signature's value, or over the document as a whole."""

    kind: str  # "signature" or "document"
    at: datetime | None
    authority: str
    indication: Indication
    sub_indication: str | None = None
    finding: Finding | None = None

    def to_json(self) -> JSON:
        """Return the timestamp as a JSON object."""
        return {
            "kind": self.kind,
            "at": None if self.at is None else instant(self.at),
            "authority": self.authority,
            "indication": self.indication.value,
            "sub_indication": self.sub_indication,
            "code": None if self.finding is None else self.finding.code,
        }


@dataclass(frozen=True)
class SignatureFinding:
    """One signature of a person or organisation, as of the best proven time of its making."""

    field: str
    indication: Indication
    sub_indication: str | None = None
    findings: tuple[Finding, ...] = ()
    signer: Signer | None = None
    covers_whole_file: bool = False
    changes: tuple[str, ...] = ()
    proven_at: datetime | None = None
    time_source: str | None = None  # "signature-timestamp", "document-timestamp", "receipt"
    level: str | None = None  # PAdES level: B-B, B-T, B-LT, B-LTA
    algorithm: str | None = None
    bound_by: str | None = None  # the rule that tied it to the supplier
    timestamps: tuple[TimestampFinding, ...] = ()

    def to_json(self) -> JSON:
        """Return the signature as a JSON object."""
        return {
            "field": self.field,
            "indication": self.indication.value,
            "sub_indication": self.sub_indication,
            "findings": [finding.to_json() for finding in self.findings],
            "signer": None if self.signer is None else self.signer.to_json(),
            "covers_whole_file": self.covers_whole_file,
            "changes": [*self.changes],
            "proven_at": None if self.proven_at is None else instant(self.proven_at),
            "time_source": self.time_source,
            "level": self.level,
            "algorithm": self.algorithm,
            "bound_by": self.bound_by,
            "timestamps": [timestamp.to_json() for timestamp in self.timestamps],
        }


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF."""

    name: str
    length: int
    sha256: str

    def to_json(self) -> JSON:
        """Return the attachment as a JSON object."""
        return {"name": self.name, "length": self.length, "sha256": self.sha256}


@dataclass(frozen=True)
class Report:
    """The verdict on one file; equal questions give equal reports, byte for byte."""

    file_sha256: str
    file_bytes: int
    verdict: Verdict
    findings: tuple[Finding, ...]
    not_checked: tuple[str, ...]
    at: datetime
    anchors_digest: str
    policy_digest: str
    software: str
    signatures: tuple[SignatureFinding, ...] = ()
    document_timestamps: tuple[TimestampFinding, ...] = ()
    attachments: tuple[Attachment, ...] = field(default=())
    pages: int | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the findings, worst first."""
        return tuple(finding.code for finding in self.findings)

    def to_json(self) -> dict[str, JSON]:
        """Return the whole report as an object that ``canonical`` can write."""
        return {
            "type": FORMAT,
            "file_sha256": self.file_sha256,
            "file_bytes": self.file_bytes,
            "verdict": self.verdict.value,
            "codes": [*self.codes],
            "findings": [finding.to_json() for finding in self.findings],
            "not_checked": [*self.not_checked],
            "signatures": [signature.to_json() for signature in self.signatures],
            "document_timestamps": [t.to_json() for t in self.document_timestamps],
            "attachments": [attachment.to_json() for attachment in self.attachments],
            "pages": self.pages,
            "at": instant(self.at),
            "anchors_digest": self.anchors_digest,
            "policy_digest": self.policy_digest,
            "software": self.software,
        }


def instant(at: datetime) -> str:
    """Write an instant in UTC, to the microsecond where it has any."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(text: str) -> str:
    """Make any text safe to print and to hash: NFC, no control characters, not too long."""
    kept = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    normal = unicodedata.normalize("NFC", kept)
    return normal if len(normal) <= LONGEST_TEXT else normal[: LONGEST_TEXT - 1] + "…"
