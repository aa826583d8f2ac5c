"""The authorities between whoever is enrolled and the anchors, kept to be asked about."""

from datetime import datetime

from signatures.actions.revocation import keep_authorities
from signatures.pdf.certificates import Brought
from signatures.service import current_anchors
from signatures.trust.paths import Paths


def keep_between(brought: Brought, *, now: datetime) -> None:
    """Keep what stands above a signer, up to an anchor; what leads to none is nobody's concern."""
    held = current_anchors()
    anchors = {str(number): der for number, der in enumerate((*held.signers, *held.tsa))}
    steps = Paths(anchors, brought.others).steps([brought.signer])
    known = set(anchors.values())
    keep_authorities({one.issuer for one in steps} - known, now=now)
