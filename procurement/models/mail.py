"""Letters to people: one row for each, whether it is out, and who was never reached."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from procurement.models.people import User


class Mail(models.Model):
    """One letter to one person. Its Message-ID follows from why it was written and to whom.

    Nobody lists these rows: who is written to before an opening would tell who bids.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=200)  # the outbox message, or what else was the reason
    kind = models.CharField(max_length=60)  # "deadline-extended"
    to = models.ForeignKey(User, models.CASCADE, related_name="+")
    tender = models.UUIDField(null=True)
    message_id = models.CharField(max_length=200, unique=True)  # RFC 5322, with its brackets
    subject = models.TextField()
    body = models.TextField()  # emptied once it is out, where it carries a secret
    confidential = models.BooleanField(default=False)  # carries a secret: a link with a token
    unsubscribe = models.URLField(max_length=500, blank=True)  # RFC 8058, of a digest
    # Counts when it is asked whether a notice has reached anybody.
    critical = models.BooleanField(default=False)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    sent_to = models.EmailField(blank=True)  # the address as it was then
    sha256 = models.CharField(max_length=64, blank=True)  # of the message as it went out
    given_up_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at=None, given_up_at=None),
                name="mail_waiting",
            ),
            models.Index(
                fields=["queued_at"], condition=Q(critical=True), name="mail_that_must_arrive"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "to", "kind"], name="letter_is_written_once"),
            models.CheckConstraint(
                condition=Q(sent_at=None, sent_to="", sha256="")
                | Q(sent_at__isnull=False) & ~Q(sent_to="") & ~Q(sha256=""),
                name="mail_was_sent_to_an_address",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(given_up_at=None),
                name="mail_is_sent_or_given_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"
