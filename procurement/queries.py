"""Reads about bodies and their people."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from procurement.actors import Actor
from procurement.models import Invitation, Membership, Organisation, User, Verification
from procurement.refusals import NotFound, Refusal
from procurement.roles import OrganisationKind, Permission
from procurement.texts import Text

INVITED_FOR = timedelta(days=14)


class NotVerified(Refusal):
    code, status = "organisation-not-verified", 409
    title = Text(
        "An operator has not verified this supplier yet: bids can be prepared, and not filed",
        "运营方尚未核验该供应商：可以准备投标，但不能递交",
    )


class OperatorNeverBids(Refusal):
    code, status = "operator-never-bids", 409
    title = Text(
        "Whoever runs the platform, or belongs to them, does not bid on it",
        "平台运营方及其关联单位不得在本平台投标",
    )


class SignedOut(Refusal):
    code, status = "signed-out", 401
    title = Text("You were signed out meanwhile; nothing was kept", "您已被登出，未保存任何内容")


def require_still_in(by: Actor) -> None:
    """Let pass whose sign-ins were not ended since the request began, however long it takes.

    Called where what a long request brought is kept, so that a leaver's upload ends, too.

    :raises SignedOut: otherwise.
    """
    if by.recorded_as is None:
        return
    if not User.objects.filter(pk=by.user_id, sign_ins_ended=by.sign_ins_ended).exists():
        raise SignedOut


def require_verified(organisation: Organisation) -> None:
    """Let a supplier pass that an operator has verified and that is no kin of the operator.

    Called under the lock that filing takes, so it reads the row anew.

    :raises NotVerified: for one that registered itself and was not looked at yet.
    :raises OperatorNeverBids: for kin of whoever runs the platform (Order 20, art. 23).
    """
    if not Organisation.objects.filter(pk=organisation.pk, verified_at__isnull=False).exists():
        raise NotVerified
    if OrganisationKind.OPERATOR in kinds_of_kin(organisation):
        raise OperatorNeverBids


def kinds_of_kin(organisation: Organisation) -> set[str]:
    """Tell of which kinds the bodies are that a body is part of, or that bear its identifier."""
    found: set[str] = set()
    body: Organisation | None = organisation
    while body:
        found |= kinds_with(body.identifier_scheme, body.identifier)
        body = body.parent
    return found


def kinds_with(scheme: str, identifier: str) -> set[str]:
    """Tell as what the holder of an identifier is registered here."""
    same = Organisation.objects.filter(identifier_scheme=scheme, identifier__iexact=identifier)
    return set(same.values_list("kind", flat=True))


def people_of(organisation_id: UUID, by: Actor) -> QuerySet[Membership]:
    """List who has which role at a body now, for whoever manages its people.

    :raises NotFound: for anybody else.
    """
    _require_manager(organisation_id, by)
    held = Membership.objects.filter(organisation=organisation_id, until=None)
    return held.select_related("user").order_by("since", "pk")


def verifications_of(organisation_id: UUID, by: Actor) -> QuerySet[Verification]:
    """List what operators found about a body, the newest first, for operators.

    :raises NotFound: for anybody else.
    """
    if not by.has(Permission.MANAGE_ACCOUNTS, of=organisation_id):
        raise NotFound
    return Verification.objects.filter(organisation=organisation_id).order_by("-at", "pk")


def invitations_of(organisation_id: UUID, by: Actor, now: datetime) -> QuerySet[Invitation]:
    """List a body's invitations that are still open, for whoever manages its people.

    :raises NotFound: for anybody else.
    """
    _require_manager(organisation_id, by)
    return open_invitations(organisation_id, now)


def open_invitations(organisation_id: UUID, now: datetime) -> QuerySet[Invitation]:
    """Give the invitations of a body that can still be accepted, the newest first."""
    return Invitation.objects.filter(
        organisation=organisation_id,
        accepted_at=None,
        withdrawn_at=None,
        invited_at__gt=now - INVITED_FOR,
    ).order_by("-invited_at", "pk")


def _require_manager(organisation_id: UUID, by: Actor) -> None:
    if not by.has(Permission.MANAGE_PEOPLE, of=organisation_id):
        raise NotFound
