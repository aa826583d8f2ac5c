"""How people and bodies come in: they register, are verified, are invited; proofs and warnings."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from procurement.models.enrolled import EnrolledCertificate
from procurement.models.people import LANGUAGES, Organisation, User


class Registration(models.Model):
    """What a stranger asked for; a body and an account come of it once the address is confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField()
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=8, choices=LANGUAGES, default="en")
    password = models.CharField(max_length=128, blank=True)  # hashed; forgotten when confirmed
    name_en = models.CharField(max_length=300)
    name_zh = models.CharField(max_length=300, blank=True)
    identifier_scheme = models.CharField(max_length=20)
    identifier = models.CharField(max_length=100)
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1 alpha-2
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, user=None)
                | Q(confirmed_at__isnull=False, user__isnull=False, password=""),
                name="registration_once_confirmed_knows_no_password",
            ),
        ]

    def __str__(self) -> str:
        return self.name_en


class Verification(models.Model):
    """An operator compared what a body says of itself with a register, and kept the evidence."""

    APPEND_ONLY_BUT: ClassVar = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="verifications")
    verified = models.BooleanField()
    evidence = models.TextField()  # what was found
    source = models.CharField(max_length=300)  # where, for example a register and an extract
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.organisation}: {'verified' if self.verified else 'not verified'}"


class Invitation(models.Model):
    """Somebody is asked by e-mail to take roles at a body."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    roles = models.JSONField()  # a list of roles, as ``procurement.roles`` names them
    language = models.CharField(max_length=8, choices=LANGUAGES, default="en")
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_is_accepted_by_a_person",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(accepted_at=None),
                name="invitation_is_accepted_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} at {self.organisation}"


class CertificateChallenge(models.Model):
    """A paper that a body signs with a certificate, to show that it has the key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="challenges")
    nonce = models.CharField(max_length=64, unique=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(met_at=None) | Q(met_at__gte=F("asked_at")),
                name="challenge_is_met_no_earlier_than_it_was_asked",
            ),
        ]

    def __str__(self) -> str:
        return self.nonce


class ExpiryWarning(models.Model):
    """A body was told so many days ahead that a certificate will expire."""

    APPEND_ONLY_BUT: ClassVar = ()

    certificate = models.ForeignKey(EnrolledCertificate, models.PROTECT, related_name="warnings")
    days = models.IntegerField()  # before the certificate's end
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["certificate", "days"], name="certificate_expiry_is_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate}: {self.days} days"
