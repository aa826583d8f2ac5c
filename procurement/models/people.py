"""People, the bodies they belong to, and what they do there."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from procurement.roles import OrganisationKind, Permission, Role

if TYPE_CHECKING:
    from procurement.actors import Actor

LANGUAGES = {"en": "English", "zh-hans": "简体中文"}


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Save a user; without a password nobody can sign in as them."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a user by e-mail, however it is capitalised."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in with an e-mail address, or a machine that sends a token."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=8, choices=LANGUAGES, default="en")
    machine = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    sign_ins_ended = models.PositiveIntegerField(default=0)  # how often all of them were, at once

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="user_email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Tie a session to the password, and to no sign-in having been ended since it began."""
        return salted_hmac(
            "procurement.User", f"{self.password}/{self.sign_ins_ended}", algorithm="sha256"
        ).hexdigest()


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, by: Actor) -> OrganisationQuerySet:  # noqa: ARG002
        """Give all: who takes part in public procurement is public."""
        return self.all()


class Organisation(models.Model):
    """A body: an agency that buys, a supplier, a supervisor, a custodian of keys, the operator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in OrganisationKind])
    name_en = models.CharField(max_length=300)
    name_zh = models.CharField(max_length=300, blank=True)
    identifier_scheme = models.CharField(max_length=20)  # e.g. NTRCN (ETSI EN 319 412-1)
    identifier = models.CharField(max_length=100)  # e.g. 91110000…; unified social credit code
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1; none: weekends alone are off
    time_zone = models.CharField(max_length=64, default="UTC")  # IANA; its days are counted here
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)  # null: may prepare bids, and files none

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["identifier_scheme", "identifier", "kind"],
                name="organisation_is_registered_once",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")), name="organisation_is_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name_en

    def name_in(self, lang: str) -> str:
        """Give the name in the reader's language, or the one there is."""
        return (self.name_zh if lang.startswith("zh") else self.name_en) or self.name_en


class Jurisdiction(models.Model):
    """A supervisor oversees an agency, and the agencies below it."""

    supervisor = models.ForeignKey(Organisation, models.PROTECT, related_name="jurisdictions")
    agency = models.ForeignKey(Organisation, models.PROTECT, related_name="overseen_by")
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["supervisor", "agency"], name="supervisor_oversees_an_agency_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supervisor} oversees {self.agency}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, by: Actor) -> MembershipQuerySet:
        """Give an operator all, and anyone else those of their own organisations."""
        if by.has(Permission.MANAGE_ACCOUNTS, of=None):
            return self.all()
        own = {organisation for _, organisation in by.roles}
        return self.filter(organisation__in=own)


class Membership(models.Model):
    """A person has a role at an organisation, since an instant and until another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=32, choices=[(role, role) for role in Role])
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(until=None),
                name="role_is_held_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="membership_ends_no_earlier_than_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} at {self.organisation}"
