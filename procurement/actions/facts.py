"""What a supplier says of itself once. What is given anew replaces what stood, and stays on record.

The journal says that something was given, by whom and with which digest, and not what.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from procurement import objects
from procurement.actors import Actor, require
from procurement.journal.record import record
from procurement.models import Declaration, Organisation, SupplierDocument, SupplierFact
from procurement.proof.canonical import JSON, digest
from procurement.proof.suppliers import Declaration as DeclarationObject
from procurement.refusals import BadInput, NotFound
from procurement.roles import OrganisationKind, Permission
from procurement.rules.declaration import faults_of_declaration
from procurement.rules.profile import faults_of_fact, faults_of_validity
from procurement.vault import Stored
from procurement.verbs import Verb

Kept = TypeVar("Kept", SupplierFact, SupplierDocument, Declaration)


@transaction.atomic
def give_fact(
    *,
    supplier_id: UUID,
    kind: str,
    value: str,
    valid_from: datetime | None = None,
    valid_until: datetime | None,
    by: Actor,
    now: datetime,
) -> SupplierFact:
    """Answer, once for all bids, the questions of one kind.

    :raises NotFound: for what is no supplier.
    :raises NotPermitted: unless ``by`` keeps the supplier's profile.
    :raises BadInput: for a kind or value that cannot be, or that ends before it begins.
    """
    supplier = _locked(supplier_id)
    require(by, Permission.KEEP_PROFILE, of=supplier_id)

    begins = valid_from or now
    if found := [*faults_of_fact(kind, value), *faults_of_validity(begins, valid_until)]:
        raise BadInput(faults=found)

    _replace(SupplierFact, now, supplier=supplier, kind=kind)
    fact = SupplierFact.objects.create(
        supplier=supplier,
        kind=kind,
        value=value,
        valid_from=begins,
        valid_until=valid_until,
        given_by_id=by.user_id,
        given_at=now,
    )
    _record(Verb.FACT_GIVEN, supplier, {"fact": str(fact.pk), "digest": digest(value)}, by, now)
    return fact


@transaction.atomic
def keep_document(
    *,
    supplier_id: UUID,
    name: str,
    media_type: str,
    stored: Stored,
    valid_until: datetime | None,
    by: Actor,
    now: datetime,
) -> SupplierDocument:
    """Keep a document that is in the vault, valid from now on; the one before is replaced.

    :raises NotFound: for what is no supplier.
    :raises NotPermitted: unless ``by`` keeps the supplier's profile.
    :raises BadInput: for one that has expired.
    """
    supplier = _locked(supplier_id)
    require(by, Permission.KEEP_PROFILE, of=supplier_id)

    if found := [*faults_of_validity(now, valid_until)]:
        raise BadInput(faults=found)

    _replace(SupplierDocument, now, supplier=supplier, name=name)
    document = SupplierDocument.objects.create(
        supplier=supplier,
        name=name,
        media_type=media_type,
        length=stored.length,
        sha256=stored.sha256,
        object_name=stored.name,
        object_version=stored.version_id,
        valid_from=now,
        valid_until=valid_until,
        given_by_id=by.user_id,
        given_at=now,
    )
    body = {"document": str(document.pk), "sha256": stored.sha256}
    _record(Verb.SUPPLIER_DOCUMENT_GIVEN, supplier, {**body}, by, now)
    return document


@transaction.atomic
def declare(
    *,
    supplier_id: UUID,
    statements: Sequence[str],
    valid_from: datetime | None = None,
    valid_until: datetime,
    by: Actor,
    now: datetime,
) -> Declaration:
    """Declare, in the supplier's name, what it would have to prove if it won.

    :raises NotFound: for what is no supplier.
    :raises NotPermitted: unless ``by`` signs for the supplier.
    :raises BadInput: for unknown statements, and for longer than a year.
    """
    supplier = _locked(supplier_id)
    require(by, Permission.MAKE_DECLARATION, of=supplier_id)

    begins = valid_from or now
    if found := [*faults_of_declaration(statements, valid_from=begins, valid_until=valid_until)]:
        raise BadInput(faults=found)

    _replace(Declaration, now, supplier=supplier)
    said = DeclarationObject(
        supplier=str(supplier_id),
        statements=tuple(sorted(set(statements))),
        valid_from=begins,
        valid_until=valid_until,
        by=str(by.user_id),
    )
    declaration = Declaration.objects.create(
        supplier=supplier,
        statements=[*said.statements],
        object=objects.store(said.to_json(), tender=None, at=now, restricted=True),
        valid_from=begins,
        valid_until=valid_until,
        given_by_id=by.user_id,
        given_at=now,
    )
    _record(Verb.DECLARATION_MADE, supplier, {"object": declaration.object}, by, now)
    return declaration


def judge_keeping(
    supplier_id: UUID, by: Actor, *, valid_until: datetime | None, at: datetime
) -> None:
    """Let pass, before any byte is stored, who may keep a document of a supplier.

    :raises NotPermitted: unless ``by`` keeps the supplier's profile.
    :raises BadInput: for one that has expired.
    """
    require(by, Permission.KEEP_PROFILE, of=supplier_id)
    if found := [*faults_of_validity(at, valid_until)]:
        raise BadInput(faults=found)


def _locked(supplier_id: UUID) -> Organisation:
    """Lock the supplier's row: of two acts at once, one replaces what the other gave."""
    suppliers = Organisation.objects.filter(kind=OrganisationKind.SUPPLIER)
    if (found := suppliers.select_for_update().filter(pk=supplier_id).first()) is None:
        raise NotFound
    return found


def _replace(model: type[Kept], at: datetime, **which: object) -> None:
    model._default_manager.filter(replaced_at=None, **which).update(replaced_at=at)


def _record(
    verb: StrEnum, supplier: Organisation, body: Mapping[str, JSON], by: Actor, at: datetime
) -> None:
    record(verb, tender=None, by=by, at=at, body={"supplier": str(supplier.pk), **body})
