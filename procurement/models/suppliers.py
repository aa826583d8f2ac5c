"""What a supplier says of itself once: facts, documents and declarations, with their validity.

Nothing of it is changed: what is given anew replaces what stood, which stays as it was.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from procurement.models.people import Organisation, User


class Kept(models.Model):
    """Something that a supplier gave once, valid for a time: ``valid_from <= t < valid_until``."""

    APPEND_ONLY_BUT: ClassVar = ("replaced_at",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)  # null: until it is replaced
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class SupplierFact(Kept):
    """One answer, by the identifier of the questions that it answers."""

    kind = models.CharField(max_length=64)  # as questions of response forms are called
    value = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["supplier", "kind"],
                condition=Q(replaced_at=None),
                name="fact_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="fact_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class SupplierDocument(Kept):
    """One document, by the name under which response forms ask for it; private."""

    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    length = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    object_name = models.CharField(max_length=200)  # in the vault's bucket ``documents``
    object_version = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["supplier", "name"],
                condition=Q(replaced_at=None),
                name="supplier_document_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="supplier_document_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Declaration(Kept):
    """What a supplier declares of itself, accepted until the winner proves it."""

    statements = models.JSONField()  # codes of ``procurement.rules.declaration``
    object = models.CharField(max_length=64)  # digest of the restricted object

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["supplier"],
                condition=Q(replaced_at=None),
                name="declaration_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")),
                name="declaration_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id}: {', '.join(self.statements)}"
