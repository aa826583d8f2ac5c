"""The protocol's small objects, by their hash."""

from typing import ClassVar

from django.db import models

from procurement.models.fields import BytesField


class ProtocolObject(models.Model):
    """A canonical JSON object: notice, keyset, manifest, bid, receipt …, stored once, for good."""

    # A note may join later: a keyset is stored before anyone has signed it.
    APPEND_ONLY_BUT: ClassVar = ("note",)

    digest = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=80)  # the object's "type", e.g. daylight/notice/v1
    tender = models.UUIDField(null=True, db_index=True)
    body = BytesField()
    note = models.TextField(null=True)
    restricted = models.BooleanField(default=False)  # not for strangers, whatever its kind
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"
