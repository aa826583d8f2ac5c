"""A draft as its officer wrote it, and what a notice makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from procurement.money import MINOR_UNITS, USUAL_MINOR_UNITS
from procurement.proof.canonical import JSON
from procurement.proof.instants import format_instant
from procurement.texts import Text
from tenders.form import ResponseForm
from tenders.notice import SignatureRules

OFFER = "offer"  # the one envelope of a lot that is judged by price alone


@dataclass(frozen=True)
class ItemDraft:
    """A line of what is bought, with the code by which anybody finds it."""

    key: str
    description: str
    quantity: str
    unit: str
    scheme: str
    code: str


@dataclass(frozen=True)
class LotDraft:
    """A part of the tender that is bid for and awarded by itself."""

    key: str
    title: Text
    criterion: str
    items: tuple[ItemDraft, ...]


@dataclass(frozen=True)
class Draft:
    """What an officer writes; questions and documents are JSON as in the response form."""

    procedure: str
    title: Text
    description: Text
    currency: str
    validity_days: int
    closes_at: datetime
    opens_at: datetime
    lots: tuple[LotDraft, ...]
    questions: tuple[Mapping[str, Any], ...] = ()
    required_documents: tuple[Mapping[str, Any], ...] = ()
    reductions: tuple[str, ...] = ()  # of the bid period, as the rule pack names them
    justification: str = ""  # of those that need one
    signatures: Mapping[str, Any] = field(default_factory=dict)  # as in the notice; the rest usual


def form_json(draft: Draft) -> dict[str, Any]:
    """Write the response form of a draft: its questions, its documents, and a price table a lot."""
    return {
        "type": ResponseForm.TYPE,
        "questions": [dict(question) for question in draft.questions],
        "documents": [dict(document) for document in draft.required_documents],
        "prices": [_price_table(draft, lot) for lot in draft.lots],
    }


def signatures_json(draft: Draft) -> dict[str, JSON]:
    """Write what is asked of signatures, what the officer left out as it usually is."""
    usual: dict[str, JSON] = {**vars(SignatureRules())} | {"authorities": []}
    return {**usual, **draft.signatures}


def lots_json(draft: Draft) -> list[JSON]:
    """Write the lots of a draft as the notice has them."""
    return [
        {
            "lot": lot.key,
            "title": both(lot.title),
            "criterion": lot.criterion,
            "items": [
                {"item": item.key, "scheme": item.scheme, "code": item.code} for item in lot.items
            ],
        }
        for lot in draft.lots
    ]


def gates_json(draft: Draft) -> list[JSON]:
    """Write one gate a lot: no offer is opened before ``opens_at``."""
    not_before = format_instant(draft.opens_at)
    return [{"lot": lot.key, "envelope": OFFER, "not_before": not_before} for lot in draft.lots]


def both(text: Text) -> dict[str, JSON]:
    """Give a text as the map that formats have: a language that is empty is left out."""
    return {lang: said for lang, said in (("en", text.en), ("zh", text.zh)) if said}


def _price_table(draft: Draft, lot: LotDraft) -> dict[str, Any]:
    return {
        "lot": lot.key,
        "currency": draft.currency,
        "minor_units": MINOR_UNITS.get(draft.currency, USUAL_MINOR_UNITS),
        "items": [
            {
                "id": item.key,
                "description": item.description,
                "quantity": item.quantity,
                "unit": item.unit,
            }
            for item in lot.items
        ],
    }
