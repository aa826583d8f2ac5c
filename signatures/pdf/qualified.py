"""Step 9, where the policy asks: is this a qualified signature or seal of the European Union.

The certificate says so itself (QcStatements, ETSI EN 319 412-5) and the trusted lists say whether
its issuer was granted that, when the certificate was issued and at the proven time of signing; a
list may correct the certificate (ETSI TS 119 612, 5.5.9.2). The order follows ETSI TS 119 615.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from asn1crypto import x509
from pyhanko.sign.ades.qualified_asn1 import get_qc_statements
from pyhanko.sign.validation.qualified.tsp import Qualifier

from signatures.pdf.anchors import DOCUMENTS, Anchors, Purpose
from signatures.pdf.chain import Path, common_name
from signatures.pdf.policy import Policy
from signatures.pdf.report import Finding, instant
from signatures.pdf.services import CERTIFICATES

_PURPOSE_OF: dict[str, Purpose] = {"esign": "signer", "eseal": "seal"}
_TYPED = {
    Qualifier.FOR_ESIG: "esign",
    Qualifier.FOR_ESEAL: "eseal",
    Qualifier.FOR_WSA: "web",
}
_ON_DEVICE = {Qualifier.WITH_SSCD, Qualifier.WITH_QSCD, Qualifier.QSCD_MANAGED_ON_BEHALF}
_NO_DEVICE = {Qualifier.NO_SSCD, Qualifier.NO_QSCD}
_NOT_QUALIFIED = {Qualifier.NOT_QUALIFIED, Qualifier.LEGAL_PERSON}  # the latter says: no person's


@dataclass(frozen=True)
class Status:
    """What a certificate is: qualified, for what, and whether its key is in a qualified device."""

    qualified: bool
    types: frozenset[str]
    on_device: bool


def stated(certificate: x509.Certificate) -> Status:
    """Read the QcStatements of a certificate; without a type it is one for signatures."""
    qualified = on_device = False
    types: set[str] = set()
    for statement in get_qc_statements(certificate):
        name = statement["statement_id"].native
        qualified = qualified or name == "qc_compliance"
        on_device = on_device or name == "qc_sscd"
        if name == "qc_type":
            named = statement["statement_info"].native or ()
            types |= {str(one).removeprefix("qct_") for one in named}
    return Status(qualified, frozenset(types or {"esign"}), on_device)


def purposes_of(certificate: x509.Certificate) -> frozenset[Purpose]:
    """Say for which purposes an anchor has to be there; either will do where none is stated."""
    named = [one["statement_id"].native for one in get_qc_statements(certificate)]
    if "qc_type" not in named:
        return frozenset(DOCUMENTS)
    types = stated(certificate).types
    return frozenset(_PURPOSE_OF[one] for one in types if one in _PURPOSE_OF)


def status_at(path: Path, anchors: Anchors, at: datetime) -> Status | None:
    """Find what the lists make of a certificate at an instant; None where no service issued it.

    Services that contradict each other qualify nothing.
    """
    certificate = path.certificates[0]
    keys = {key_of(issuer) for issuer in path.certificates[1:]}
    found = set()
    for service in anchors.services_of(sorted(keys)):
        if service.kind == CERTIFICATES and service.covers(at):
            status = _corrected(stated(certificate), service.qualifiers(certificate))
            if not service.types or status.types & service.types:
                found.add(status)
    if len(found) > 1:
        return Status(qualified=False, types=frozenset(), on_device=False)
    return found.pop() if found else None


def qualification(path: Path, anchors: Anchors, policy: Policy, at: datetime) -> list[Finding]:
    """Compare the status of a certificate with what the policy asks."""
    if policy.qualified == "not-asked":
        return []
    code = _lacking(path, anchors, at)
    if code is None:
        return []
    noted = "" if policy.qualified == "required" else "-noted"
    signer = common_name(path.certificates[0])
    return [Finding.of(code + noted, signer=signer, at=instant(at))]


def key_of(certificate: x509.Certificate) -> str:
    """Name a public key: a service is its key, whatever certificate carries it."""
    return sha256(certificate.public_key.dump()).hexdigest()


def _lacking(path: Path, anchors: Anchors, at: datetime) -> str | None:
    if not anchors.services:
        return "qualified-status-unknown"
    issued = status_at(path, anchors, path.certificates[0].not_valid_before)
    signed = status_at(path, anchors, at)
    if issued is None or signed is None or not (issued.qualified and signed.qualified):
        return "not-qualified"
    if not signed.types or not signed.types <= set(_PURPOSE_OF):
        return "not-qualified"
    return None if signed.on_device else "no-qualified-device"


def _corrected(status: Status, said: frozenset[Qualifier]) -> Status:
    """Let the list correct what the certificate says of itself; the stricter word wins."""
    qualified = not said & _NOT_QUALIFIED and (status.qualified or Qualifier.QC_STATEMENT in said)
    typed = frozenset(_TYPED[one] for one in said if one in _TYPED)
    on_device = not said & _NO_DEVICE and (status.on_device or bool(said & _ON_DEVICE))
    return Status(qualified, typed or status.types, qualified and on_device)
