"""What a supplier gave once, for tests, by the real actions."""

from datetime import datetime, timedelta
from io import BytesIO

from procurement.actions.facts import declare, give_fact
from procurement.ceremonies.supplier_documents import give_document
from procurement.incoming import Incoming
from procurement.models import Declaration, SupplierDocument, SupplierFact
from procurement.rules.declaration import STATEMENTS
from tests.world import Company, World


def fact(
    world: World,
    supplier: Company,
    value: str = "14",
    *,
    kind: str = "delivery-days",
    until: datetime | None = None,
    since: datetime | None = None,
) -> SupplierFact:
    """Give a fact once."""
    return give_fact(
        supplier_id=supplier.organisation.pk,
        kind=kind,
        value=value,
        valid_from=since,
        valid_until=until,
        by=world.by(supplier.administrator),
        now=world.now,
    )


def document(
    world: World,
    supplier: Company,
    data: bytes = b"%PDF-1.7 licence",
    *,
    name: str = "technical",
    until: datetime | None = None,
) -> SupplierDocument:
    """Give a document once."""
    return give_document(
        supplier_id=supplier.organisation.pk,
        name=name,
        media_type="application/pdf",
        body=Incoming(BytesIO(data), len(data)),
        valid_until=until,
        by=world.by(supplier.administrator),
        now=world.now,
    )


def declared(world: World, supplier: Company, *statements: str, days: int = 30) -> Declaration:
    """Declare, everything unless something is named."""
    return declare(
        supplier_id=supplier.organisation.pk,
        statements=statements or tuple(STATEMENTS),
        valid_until=world.now + timedelta(days=days),
        by=world.by(supplier.signer),
        now=world.now,
    )


def given(world: World, supplier: Company) -> dict[str, str]:
    """Give a fact and a document; name the supplier."""
    fact(world, supplier)
    document(world, supplier)
    return {"supplier": str(supplier.organisation.pk)}
