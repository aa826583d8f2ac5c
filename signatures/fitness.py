"""Whether the platform can seal: its key signs a probe, and the judge judges that."""

import io
from datetime import datetime
from typing import Final

import pikepdf
from cryptography import x509
from django.core.exceptions import ImproperlyConfigured

from procurement.production import PRACTICE
from signatures.pdf.anchors import AnchorsUnreadable
from signatures.pdf.catalogue import message
from signatures.pdf.judge import judge
from signatures.pdf.policy import Policy
from signatures.pdf.report import ACCEPTED
from signatures.pdf.revocations import UNKNOWN
from signatures.pdf.signing import KeyAway, KeyUnreadable, SigningKey, SigningRefused, sign_pdf
from signatures.pdf.token_keys import let_go
from signatures.sealing_key import name_of, place
from signatures.service import current_anchors

# Before the first round of questions to the authorities nobody knows about revocations.
NOT_KNOWN_YET: Final = {*UNKNOWN, "revocation-stale", "revocation-not-proven"}


def faults(*, now: datetime) -> list[str]:
    """Sign a probe with the platform's key; give what stands against it, for an operator."""
    try:
        where = place()
    except ImproperlyConfigured as fault:
        return [str(fault)]
    name = name_of(where)
    try:
        key = where.key()
        probe = sign_pdf(_blank(), key, at=now)
    except (OSError, KeyAway, KeyUnreadable, SigningRefused) as fault:
        return [f"The platform cannot seal with {name}: {fault}."]
    finally:
        let_go()
    return _practice(name, key) or _judged(name, probe, now)


def _practice(name: str, key: SigningKey) -> list[str]:
    issuer = x509.load_der_x509_certificate(key.certificate_der).issuer
    if PRACTICE in issuer.rfc4514_string():
        return [f"{name} is of a practice authority, which is {PRACTICE}."]
    return []


def _judged(name: str, probe: bytes, now: datetime) -> list[str]:
    try:
        report = judge(probe, policy=Policy(), anchors=current_anchors(), at=now)
    except AnchorsUnreadable:
        return []  # that is said of the anchors themselves
    if report.verdict in ACCEPTED:
        return []
    counted = [one for one in report.findings if one.code not in NOT_KNOWN_YET]
    return [f"What is sealed with {name} would not count: {message(one).text}" for one in counted]


def _blank() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    return out.getvalue()
