"""The JSON Schema of an offer, made from the response form, for tools that know only schemas."""

from typing import Any

from procurement.proof.paths import MAX_PATH_BYTES, PATH_PATTERN
from procurement.proof.shapes import DRAFT
from tenders.form import TAX_RATE, PriceTable, Question, ResponseForm

PARTS = ("answers", "prices", "total", "total_net", "currency", "documents")


def schema_of(form: ResponseForm, table: PriceTable) -> dict[str, Any]:
    """Write the JSON Schema (2020-12) of an offer for the lot of this price table."""
    needed = [document.name for document in form.documents if document.required]
    path = {**_matching(PATH_PATTERN), "maxLength": MAX_PATH_BYTES}
    amount = _matching(table.amount_pattern(exact=True))
    parts: dict[str, Any] = {
        "answers": _object(
            {question.id: _answer(question) for question in form.questions},
            [question.id for question in form.questions if question.required],
        ),
        "prices": _object({item.id: _price(table) for item in table.items}),
        "total": amount,
        "total_net": amount,
        "currency": {"const": table.currency},
        "documents": _object({document.name: path for document in form.documents}, needed),
    }
    title = f"An offer for lot {table.lot}"
    return {"$schema": DRAFT, "title": title, **_object({name: parts[name] for name in PARTS})}


def _answer(question: Question) -> dict[str, Any]:
    if question.kind == "choice":
        return {"enum": [choice.id for choice in question.choices]}
    if question.kind == "yes-no":
        return {"enum": ["yes", "no"]}
    schema = _matching(question.pattern())
    if question.kind == "date":
        return {**schema, "format": "date"}
    return schema if question.max_length is None else {**schema, "maxLength": question.max_length}


def _price(table: PriceTable) -> dict[str, Any]:
    return _object(
        {"unit_price": _matching(table.amount_pattern()), "tax_rate": _matching(TAX_RATE)}
    )


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        "additionalProperties": False,
    }


def _matching(pattern: str) -> dict[str, Any]:
    # Not "$", which in some languages, Python among them, also matches before a last line feed.
    return {"type": "string", "pattern": f"^(?:{pattern})(?![\\s\\S])"}
