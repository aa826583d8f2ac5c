"""The JSON Schemas in ``docs/formats/``, written from the classes that read the objects."""

import json
from collections.abc import Iterable

from procurement.proof.anchors import Anchors
from procurement.proof.basis import Basis
from procurement.proof.canonical import JSON
from procurement.proof.events import ConcealedEvent, ControlEvent, PlainEvent
from procurement.proof.evidence import FORMATS as EVIDENCE
from procurement.proof.sealed_papers import SealedPapers
from procurement.proof.shapes import DRAFT, Statement
from procurement.proof.suppliers import DebarmentCheck, Declaration, SigningMandate

Formats = Iterable[type[Statement]]

FORMATS: Formats = (
    *(Anchors, Basis, *EVIDENCE, DebarmentCheck, Declaration, SigningMandate),
    SealedPapers,
)
EVENTS: Formats = (ControlEvent, ConcealedEvent, PlainEvent)


def pages() -> dict[str, str]:
    """Write the ground floor's schemas, by path."""
    event: dict[str, JSON] = {
        "$schema": DRAFT,
        "$id": "urn:daylight:event:v1",
        "title": ControlEvent.TYPE,
        "oneOf": [_without_heading(kind.schema()) for kind in EVENTS],
    }
    return {**schema_pages(FORMATS), path_of(ControlEvent.TYPE): written(event)}


def schema_pages(formats: Formats) -> dict[str, str]:
    """Write the schema of each format, by its path."""
    return {path_of(format_.TYPE): written(format_.schema()) for format_ in formats}


def path_of(type_: str) -> str:
    """Say where a schema stands: ``daylight/bid/v1`` in docs/formats/bid.v1.schema.json."""
    _, name, version = type_.split("/")
    return f"docs/formats/{name}.{version}.schema.json"


def written(schema: dict[str, JSON]) -> str:
    """Write a schema for people to read."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _without_heading(schema: dict[str, JSON]) -> JSON:
    return {name: part for name, part in schema.items() if name not in ("$schema", "$id")}
