"""Who acts for a body: verification, invitations, handovers, leavers."""

from uuid import UUID

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from api.serializers import Shape, read
from procurement.actions import invitations, leaving, registration
from procurement.models import Invitation, Membership, Verification
from procurement.queries import invitations_of, people_of, verifications_of
from procurement.roles import Role

ROLES = [role.value for role in Role]


class NewVerification(Shape):
    verified = serializers.BooleanField()
    evidence = serializers.CharField(max_length=4000)
    source = serializers.CharField(max_length=300)  # type: ignore[assignment]  # DRF takes it away


class NewInvitation(Shape):
    email = serializers.CharField(max_length=254)
    roles = serializers.ListField(child=serializers.ChoiceField(ROLES), allow_empty=False)
    language = serializers.ChoiceField(["en", "zh-hans"], default="en")


class NewAcceptance(Shape):
    key = serializers.CharField(max_length=300)
    name = serializers.CharField(max_length=200, default="")
    language = serializers.ChoiceField(["en", "zh-hans", ""], default="")
    password = serializers.CharField(max_length=500, default="", trim_whitespace=False)


NewHandover = type(
    "NewHandover",
    (Shape,),
    {  # "from" is a word of Python
        "from": serializers.UUIDField(),
        "to": serializers.UUIDField(),
        "role": serializers.ChoiceField(ROLES),
    },
)


class VerificationView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, organisation: UUID) -> Response:  # noqa: ARG002
        """List what operators found about a body (operator)."""
        found = verifications_of(organisation, self.signed_in())
        return Response([_verification(one) for one in found])

    @extend_schema(request=NewVerification, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, organisation: UUID) -> Response:
        """Say, with evidence and its source, whether a body is what it says (operator)."""
        sent = read(NewVerification, request.data)
        made = registration.verify(
            organisation_id=organisation, **sent, by=self.signed_in(), now=self.now
        )
        return Response(_verification(made), 201)


class PeopleView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, organisation: UUID) -> Response:  # noqa: ARG002
        """List who has which role at a body (its administrator)."""
        return Response([_membership(one) for one in people_of(organisation, self.signed_in())])


class InvitationsView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, organisation: UUID) -> Response:  # noqa: ARG002
        """List the invitations that are open (administrator of the supplier)."""
        found = invitations_of(organisation, self.signed_in(), self.now)
        return Response([_invitation(one) for one in found])

    @extend_schema(request=NewInvitation, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, organisation: UUID) -> Response:
        """Invite somebody by e-mail (administrator of the supplier; else operator)."""
        sent = read(NewInvitation, request.data)
        roles = [Role(role) for role in sent.pop("roles")]
        made = invitations.invite(
            organisation_id=organisation, roles=roles, **sent, by=self.signed_in(), now=self.now
        )
        return Response(_invitation(made), 201)


class InvitationView(View):
    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def delete(self, request: Request, invitation: UUID) -> Response:  # noqa: ARG002
        """Take an invitation back (administrator of the supplier)."""
        by = self.signed_in()
        return Response(
            _invitation(invitations.withdraw(invitation_id=invitation, by=by, now=self.now))
        )


class AcceptanceView(View):
    @extend_schema(request=NewAcceptance, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Accept an invitation by the key in the letter; a newcomer gives name and password."""
        sent = read(NewAcceptance, request.data)
        found = invitations.accept(**sent, by=self.by, now=self.now)
        return Response([{"id": one.pk, "role": one.role} for one in found], 201)


class HandoversView(View):
    @extend_schema(request=NewHandover, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, organisation: UUID) -> Response:
        """Give one person's role to another of the same body, in one step (administrator)."""
        sent = read(NewHandover, request.data)
        made = leaving.hand_over(
            organisation_id=organisation,
            leaver=sent["from"],
            successor=sent["to"],
            role=Role(sent["role"]),
            by=self.signed_in(),
            now=self.now,
        )
        return Response({"id": made.pk, "role": made.role, "since": made.since}, 201)


def _verification(made: Verification) -> dict[str, object]:
    return {
        "verified": made.verified,
        "evidence": made.evidence,
        "source": made.source,
        "by": made.by_id,
        "at": made.at,
    }


def _invitation(made: Invitation) -> dict[str, object]:
    return {
        "id": made.pk,
        "email": made.email,
        "roles": made.roles,
        "invited_at": made.invited_at,
        "withdrawn_at": made.withdrawn_at,
    }


def _membership(held: Membership) -> dict[str, object]:
    person = {"id": held.user_id, "name": held.user.name}
    return {"id": held.pk, "person": person, "role": held.role, "since": held.since}


_BODY = "v1/organisations/<uuid:organisation>"
routes = [
    path(f"{_BODY}/verification", VerificationView.as_view()),
    path(f"{_BODY}/people", PeopleView.as_view()),
    path(f"{_BODY}/invitations", InvitationsView.as_view()),
    path(f"{_BODY}/handovers", HandoversView.as_view()),
    path("v1/invitations/acceptance", AcceptanceView.as_view()),
    path("v1/invitations/<uuid:invitation>", InvitationView.as_view()),
]
