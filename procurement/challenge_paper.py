"""The paper that a body signs to show that it has the key to a certificate."""

from pathlib import Path

from procurement.actions.possession import words_of
from procurement.models import CertificateChallenge
from procurement.proof.instants import format_instant
from procurement.typesetting import Attachment, typeset

TEMPLATE = Path(__file__).parent / "papers" / "challenge.typ"


def challenge_pdf(made: CertificateChallenge) -> bytes:
    """Set a challenge as a paper; it embeds ``challenge.json``, to the byte."""
    body = made.organisation
    inside = Attachment(
        "challenge.json", words_of(made), "application/json", "Challenge / 验证内容"
    )
    return typeset(
        TEMPLATE,
        {
            "organisation": {"en": body.name_en, "zh": body.name_zh},
            "identifier": f"{body.identifier_scheme}-{body.identifier}",
            "nonce": made.nonce,
            "asked_at": format_instant(made.asked_at),
        },
        attachments=[inside],
        title="Proof of a certificate / 证书持有证明",
        dated=made.asked_at,
    )
