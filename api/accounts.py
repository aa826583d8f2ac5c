"""People, bodies, roles and keys. An operator makes them; everyone sees which bodies there are."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from api.serializers import Shape, read, unbase64
from api.tender_shapes import Nothing
from procurement.actions import accounts, enrolment, leaving, possession
from procurement.actions.enrolment import MAX_CERTIFICATE_BYTES
from procurement.challenge_paper import challenge_pdf
from procurement.models import EnrolledCertificate, Membership, NoteKey, Organisation
from procurement.roles import SENTENCES, OrganisationKind, Role
from procurement.texts import say
from signatures.possession import prove

PDF = "application/pdf"


LONGEST_EVIDENCE = 4000  # characters
LONGEST_PROOF = 1_500_000  # characters: a PDF of a megabyte as base64


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class NewOrganisation(Shape):
    kind = serializers.ChoiceField([kind.value for kind in OrganisationKind])
    name_en = serializers.CharField(max_length=300)
    name_zh = serializers.CharField(max_length=300, allow_blank=True, default="")
    identifier_scheme = serializers.CharField(max_length=20)
    identifier = serializers.CharField(max_length=100)
    parent_id = serializers.UUIDField(allow_null=True, default=None)


class NewUser(Shape):
    email = serializers.CharField(max_length=254)
    name = serializers.CharField(max_length=200)
    language = serializers.ChoiceField(["en", "zh-hans"], default="en")
    password = serializers.CharField(max_length=500)


class NewRole(Shape):
    user = serializers.UUIDField()
    role = serializers.ChoiceField([role.value for role in Role])


class NewMachine(Shape):
    name = serializers.CharField(max_length=200)
    role = serializers.ChoiceField([role.value for role in Role])


class NewNoteKey(Shape):
    vkey = serializers.CharField(max_length=300)
    purpose = serializers.ChoiceField(NoteKey.PURPOSES, default=NoteKey.STANDING)


class SignedChallenge(Shape):
    signed_challenge = serializers.CharField(max_length=LONGEST_PROOF)  # base64 of the PDF


class NewCertificate(Shape):
    certificate = serializers.CharField(max_length=MAX_CERTIFICATE_BYTES * 2)  # base64 of DER
    evidence = serializers.CharField(max_length=LONGEST_EVIDENCE)


class NewAgency(Shape):
    agency = serializers.UUIDField()


class MeView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Give who is signed in, and every role with the sentence that says what it is."""
        by = self.signed_in()
        held = Membership.objects.filter(user=by.user_id, until=None).order_by("since")
        return Response(
            {
                "id": by.user_id,
                "name": by.name,
                "language": by.language,
                "roles": [_role(membership, by.language) for membership in held],
            }
        )


class OrganisationsView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """List the bodies that take part, a page at a time."""
        found = Organisation.objects.visible_to(self.by).order_by("name_en", "pk")
        pages = Pages()
        page = pages.paginate_queryset(found, request, view=self) or []
        return pages.get_paginated_response([_organisation(body) for body in page])

    @extend_schema(request=NewOrganisation, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Register a body (operator)."""
        sent = read(NewOrganisation, request.data)
        made = accounts.create_organisation(
            kind=OrganisationKind(sent.pop("kind")),
            **sent,
            by=self.signed_in(),
            now=self.now,
        )
        return Response(_organisation(made), 201)


class UsersView(View):
    @extend_schema(request=NewUser, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Make an account for a person (operator)."""
        sent = read(NewUser, request.data)
        made = accounts.create_user(**sent, by=self.signed_in(), now=self.now)
        return Response({"id": made.pk, "email": made.email, "name": made.name}, 201)


class RolesView(View):
    @extend_schema(request=NewRole, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, organisation: UUID) -> Response:
        """Give a person a role at a body (operator)."""
        sent = read(NewRole, request.data)
        made = accounts.grant_role(
            user_id=sent["user"],
            organisation_id=organisation,
            role=Role(sent["role"]),
            by=self.signed_in(),
            now=self.now,
        )
        return Response({"id": made.pk, "role": made.role, "since": made.since}, 201)


class MembershipView(View):
    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def delete(self, request: Request, membership: UUID) -> Response:  # noqa: ARG002
        """Take a role away, and end that person's sign-ins (administrator of the supplier)."""
        ended = leaving.end_membership(membership_id=membership, by=self.signed_in(), now=self.now)
        return Response({"id": ended.pk, "role": ended.role, "until": ended.until})


class MachinesView(View):
    @extend_schema(request=NewMachine, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, organisation: UUID) -> Response:
        """Make an account for a machine; its token is shown this once (operator)."""
        sent = read(NewMachine, request.data)
        made, token = accounts.create_machine(
            name=sent["name"],
            role=Role(sent["role"]),
            organisation_id=organisation,
            by=self.signed_in(),
            now=self.now,
        )
        return Response({"id": made.pk, "name": made.name, "token": token}, 201)


class NoteKeysView(View):
    @extend_schema(request=NewNoteKey, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, organisation: UUID) -> Response:
        """Make a key the body's standing one, or its timekeeper's (operator)."""
        sent = read(NewNoteKey, request.data)
        made = enrolment.enrol_note_key(
            organisation_id=organisation, **sent, by=self.signed_in(), now=self.now
        )
        return Response(
            {"vkey": made.vkey, "purpose": made.purpose, "enrolled_at": made.enrolled_at}, 201
        )


class ChallengesView(View):
    @extend_schema(request=Nothing, responses={(201, PDF): OpenApiTypes.BINARY})
    def post(self, request: Request, organisation: UUID) -> HttpResponse:
        """Give a paper to sign with the certificate that is to be enrolled (administrator)."""
        read(Nothing, request.data)
        made = possession.challenge(organisation_id=organisation, by=self.signed_in(), now=self.now)
        return HttpResponse(challenge_pdf(made), PDF, status=201)


class CertificatesView(View):
    @extend_schema(request=SignedChallenge, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, organisation: UUID) -> Response:
        """Enrol the certificate that signed a challenge (administrator), or vouch (operator)."""
        by, sent = self.signed_in(), request.data
        if isinstance(sent, dict) and "signed_challenge" in sent:
            pdf = unbase64(read(SignedChallenge, sent)["signed_challenge"], "/signed_challenge")
            made = prove(organisation_id=organisation, pdf=pdf, by=by, now=self.now)
        else:
            said = read(NewCertificate, sent)
            der = unbase64(said.pop("certificate"), "/certificate")
            made = enrolment.enrol_certificate(
                organisation_id=organisation, der=der, **said, by=by, now=self.now
            )
        return Response(_certificate(made), 201)


class JurisdictionView(View):
    @extend_schema(request=NewAgency, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, organisation: UUID) -> Response:
        """Put an agency, and those below it, under a supervisor (operator)."""
        sent = read(NewAgency, request.data)
        made = accounts.give_jurisdiction(
            supervisor_id=organisation,
            agency_id=sent["agency"],
            by=self.signed_in(),
            now=self.now,
        )
        return Response({"agency": made.agency_id, "since": made.since}, 201)


def _organisation(body: Organisation) -> dict[str, object]:
    return {
        "id": body.pk,
        "kind": body.kind,
        "name": {"en": body.name_en, "zh": body.name_zh},
        "identifier": {"scheme": body.identifier_scheme, "id": body.identifier},
        "parent": body.parent_id,
        "verified_at": body.verified_at,
    }


def _certificate(made: EnrolledCertificate) -> dict[str, object]:
    return {"sha256": made.sha256, "subject": made.subject, "not_after": made.not_after}


def _role(membership: Membership, lang: str) -> dict[str, object]:
    return {
        "role": membership.role,
        "organisation": membership.organisation_id,
        "since": membership.since,
        "meaning": say(SENTENCES[Role(membership.role)], {}, lang),
    }
