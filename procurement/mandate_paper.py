"""The paper by which a body lets a certificate sign in its name; the body signs it."""

from pathlib import Path

from procurement.actions.mandates import words_of
from procurement.models import SigningMandate
from procurement.proof.instants import format_instant
from procurement.typesetting import Attachment, typeset

TEMPLATE = Path(__file__).parent / "papers" / "mandate.typ"
NAME = "mandate.json"


def mandate_pdf(made: SigningMandate) -> bytes:
    """Set a mandate as a paper; it embeds ``mandate.json``, to the byte."""
    body, said = made.organisation, words_of(made)
    inside = Attachment(NAME, said.canonical(), "application/json", "Mandate / 授权内容")
    return typeset(
        TEMPLATE,
        {
            "organisation": {"en": body.name_en, "zh": body.name_zh},
            "identifier": said.identifier,
            "number": said.number,
            "holder": said.holder,
            "certificate": said.certificate,
            "valid_from": format_instant(said.valid_from),
            "valid_until": format_instant(said.valid_until),
            "scope": said.scope,
        },
        attachments=[inside],
        title="Mandate to sign / 签署授权书",
        dated=made.asked_at,
    )
