"""Reading what suppliers said of themselves: their own people, and filing by its declarations."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from procurement.actors import Actor
from procurement.models import Declaration, SupplierDocument, SupplierFact
from procurement.refusals import NotFound
from procurement.rules.declaration import NEEDED, STATEMENTS
from procurement.stored import vault
from procurement.texts import Text
from procurement.vault import DOCUMENTS, Reading


def undeclared(suppliers: Collection[UUID], at: datetime) -> dict[UUID, list[Text]]:
    """Name for each supplier the statements that no valid declaration of its makes."""
    valid = Declaration.objects.filter(
        supplier__in=suppliers, replaced_at=None, valid_from__lte=at, valid_until__gt=at
    )
    said = dict(valid.values_list("supplier", "statements"))
    return {
        supplier: [STATEMENTS[code] for code in sorted(NEEDED - {*said.get(supplier, ())})]
        for supplier in suppliers
    }


def facts_of(supplier: UUID, by: Actor) -> list[SupplierFact]:
    """List the facts that stand, by what they answer.

    :raises NotFound: to everybody but the supplier's own people.
    """
    _require_own(supplier, by)
    return list(SupplierFact.objects.filter(supplier=supplier, replaced_at=None).order_by("kind"))


def documents_of(supplier: UUID, by: Actor) -> list[SupplierDocument]:
    """List the documents that stand, by name.

    :raises NotFound: to everybody but the supplier's own people.
    """
    _require_own(supplier, by)
    standing = SupplierDocument.objects.filter(supplier=supplier, replaced_at=None)
    return list(standing.order_by("name"))


def document_of(supplier: UUID, name: str, by: Actor) -> SupplierDocument:
    """Find a document that stands.

    :raises NotFound: when there is none, and to everybody but the supplier's own people.
    """
    found = next((one for one in documents_of(supplier, by) if one.name == name), None)
    if found is None:
        raise NotFound
    return found


def content_of(document: SupplierDocument) -> Reading:
    """Open a document as it was given."""
    return vault().get(DOCUMENTS, document.object_name, document.object_version)


def declaration_of(supplier: UUID, by: Actor) -> Declaration | None:
    """Find the declaration that stands, None where there is none; it may have expired.

    :raises NotFound: to everybody but the supplier's own people.
    """
    _require_own(supplier, by)
    return Declaration.objects.filter(supplier=supplier, replaced_at=None).first()


def _require_own(supplier: UUID, by: Actor) -> None:
    if supplier not in by.organisations():
        raise NotFound
