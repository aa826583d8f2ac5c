"""What was announced and still has to be told."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class OutboxMessage(models.Model):
    """A message from inside a transaction to what happens after it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    verb = models.CharField(max_length=60)
    subject = models.UUIDField()
    payload = models.JSONField(default=dict)
    announced_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(null=True)  # null: at once
    attempts = models.IntegerField(default=0)
    done_by = models.JSONField(default=list)  # handlers that have finished with it
    delivered_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["announced_at"], condition=Q(delivered_at=None), name="outbox_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
