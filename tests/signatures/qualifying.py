"""Qualified certificates, and a European Union of one country with its trusted lists."""

from datetime import datetime, timedelta

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.sign.ades.qualified_asn1 import QcCertificateType, QcStatement, QcStatements

from signatures.pdf.qualified import key_of
from signatures.pdf.services import CERTIFICATES, Service
from signatures.training import TrainingAuthority
from tests.signatures.documents import NOW

YEAR = timedelta(days=365)
_OIDS = {"esign": "0.4.0.1862.1.6.1", "eseal": "0.4.0.1862.1.6.2", "web": "0.4.0.1862.1.6.3"}
_QC_STATEMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")


def statements(*types: str, compliant: bool = True, device: bool = True) -> x509.ExtensionType:
    """Say of a certificate that it is qualified, in a device, and for what (EN 319 412-5)."""
    found = []
    if compliant:
        found.append(QcStatement({"statement_id": "0.4.0.1862.1.1"}))
    if device:
        found.append(QcStatement({"statement_id": "0.4.0.1862.1.4"}))
    if types:
        named = QcCertificateType([_OIDS[one] for one in types])
        found.append(QcStatement({"statement_id": "0.4.0.1862.1.6", "statement_info": named}))
    return x509.UnrecognizedExtension(_QC_STATEMENTS, QcStatements(found).dump())


def granted(
    authority: TrainingAuthority,
    since: datetime = NOW - YEAR,
    until: datetime | None = None,
    **how: object,
) -> Service:
    """Have the issuing authority granted for a time."""
    der = authority.authority("issuing").certificate_der
    told = {
        "kind": CERTIFICATES,
        "name": "Daylight Training Issuing CA",
        "territory": "XX",
        "keys": (key_of(asn1_x509.Certificate.load(der)),),
        "since": since,
        "until": until,
    }
    return Service(**(told | how))  # type: ignore[arg-type]
