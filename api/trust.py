"""Whom the platform trusts: public as it stands, kept by two operators at a time."""

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.accounts import Pages
from api.edge import View
from api.serializers import InstantField, Shape, read, unbase64
from procurement.actors import Actor
from procurement.refusals import NotFound, NotPermitted
from procurement.roles import Permission
from signatures.actions.trust import (
    approve_trust,
    propose_trust,
    reject_trust,
    take_up_trust,
    withdraw_trust,
)
from signatures.models import TrustChange, TrustProposal, TrustVersion
from signatures.models.trust import SOURCES
from signatures.pdf.anchors import PURPOSES
from signatures.queries_trust import (
    certificates_named,
    changes_of,
    current_version,
    proposals,
    versions,
)
from signatures.rules.trust import LONGEST_ADDRESS, LONGEST_REASON, MAX_CERTIFICATE_BYTES, Change
from signatures.trust.refreshing import removed

MOST_SENT = 500  # changes in a request; a command imports more


class NewAddress(Shape):
    kind = serializers.ChoiceField(["crl", "ocsp"])
    url = serializers.CharField(max_length=LONGEST_ADDRESS)


class NewAnchor(Shape):
    certificate = serializers.CharField(max_length=2 * MAX_CERTIFICATE_BYTES)  # base64 of DER
    purpose = serializers.ChoiceField(PURPOSES)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # DRF takes it for a field
        SOURCES, default="upload"
    )
    valid_from = InstantField(allow_null=True, default=None)
    valid_until = InstantField(allow_null=True, default=None)
    addresses = NewAddress(many=True, default=list)


class Removal(Shape):
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    purpose = serializers.ChoiceField(PURPOSES)


class NewTrustProposal(Shape):
    add = serializers.ListField(child=NewAnchor(), default=list, max_length=MOST_SENT)
    remove = serializers.ListField(child=Removal(), default=list, max_length=MOST_SENT)
    reason = serializers.CharField(max_length=LONGEST_REASON)


class NewRejection(Shape):
    remark = serializers.CharField(max_length=LONGEST_REASON)


class TrustView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Show the version in force, its anchors a page at a time; 0 while a directory counts."""
        return _page_of(current_version(), request, self)


class VersionsView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """List the versions that ever counted, the newest first, a page at a time."""
        pages = Pages()
        found = versions().defer("entries")
        page = pages.paginate_queryset(found, request, view=self) or []
        return pages.get_paginated_response([_version(one) for one in page])


class VersionView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, number: int) -> Response:
        """Show one version as it was approved, its anchors a page at a time."""
        found = versions().filter(number=number).first()
        if found is None:
            raise NotFound
        return _page_of(found, request, self)


class ProposalsView(View):
    fresh = True

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """List what was proposed, decided or not, a page at a time (operator)."""
        _require(self.signed_in())
        pages = Pages()
        page = pages.paginate_queryset(proposals(self.by), request, view=self) or []
        return pages.get_paginated_response([_proposal(one) for one in page])

    @extend_schema(request=NewTrustProposal, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Put changes forward; nothing counts before another operator approves (operator)."""
        by = self.signed_in()
        sent = read(NewTrustProposal, request.data)
        changes = [_change(one, place) for place, one in enumerate(sent["add"])]
        changes += removed((one["sha256"], one["purpose"]) for one in sent["remove"])
        made = propose_trust(changes=changes, reason=sent["reason"], by=by, now=self.now)
        return Response({"id": made.pk}, 201)


class ProposalView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, proposal: UUID) -> Response:
        """Show what a proposal would change, a page at a time (operator)."""
        _require(self.signed_in())
        found = proposals(self.by).filter(pk=proposal).first()
        if found is None:
            raise NotFound
        pages = Pages()
        page = pages.paginate_queryset(changes_of(found), request, view=self) or []
        answer = pages.get_paginated_response([_told(one) for one in page])
        answer.data |= _proposal(found)
        return answer


class AdoptionView(View):
    fresh = True

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, proposal: UUID) -> Response:  # noqa: ARG002
        """Propose what the platform drew up from trusted lists; another decides (operator)."""
        made = take_up_trust(proposal_id=proposal, by=self.signed_in(), now=self.now)
        return Response({"id": made.pk})


class ApprovalView(View):
    fresh = True

    @extend_schema(request=None, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, proposal: UUID) -> Response:  # noqa: ARG002
        """Let a proposal of another operator count: the next version stands (operator)."""
        made = approve_trust(proposal_id=proposal, by=self.signed_in(), now=self.now)
        return Response(_version(made), 201)


class RejectionView(View):
    fresh = True

    @extend_schema(request=NewRejection, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, proposal: UUID) -> Response:
        """Turn a proposal of another operator down, and say why (operator)."""
        by = self.signed_in()
        sent = read(NewRejection, request.data)
        made = reject_trust(proposal_id=proposal, remark=sent["remark"], by=by, now=self.now)
        return Response({"id": made.pk, "decision": made.decision})


class WithdrawalView(View):
    fresh = True

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, proposal: UUID) -> Response:  # noqa: ARG002
        """Take back what one has proposed (operator)."""
        made = withdraw_trust(proposal_id=proposal, by=self.signed_in(), now=self.now)
        return Response({"id": made.pk, "decision": made.decision})


routes = [
    path("v1/trust", TrustView.as_view()),
    path("v1/trust/versions", VersionsView.as_view()),
    path("v1/trust/versions/<int:number>", VersionView.as_view()),
    path("v1/trust/proposals", ProposalsView.as_view()),
    path("v1/trust/proposals/<uuid:proposal>", ProposalView.as_view()),
    path("v1/trust/proposals/<uuid:proposal>/adoption", AdoptionView.as_view()),
    path("v1/trust/proposals/<uuid:proposal>/approval", ApprovalView.as_view()),
    path("v1/trust/proposals/<uuid:proposal>/rejection", RejectionView.as_view()),
    path("v1/trust/proposals/<uuid:proposal>/withdrawal", WithdrawalView.as_view()),
]


def _require(by: Actor) -> None:
    if not by.has(Permission.KEEP_TRUST, of=None):
        raise NotPermitted(permission=Permission.KEEP_TRUST.value)


def _change(sent: dict[str, Any], place: int) -> Change:
    return Change(
        certificate=unbase64(sent["certificate"], f"/add/{place}/certificate"),
        purpose=sent["purpose"],
        source=sent["source"],
        valid_from=sent["valid_from"],
        valid_until=sent["valid_until"],
        addresses=tuple((one["kind"], one["url"]) for one in sent["addresses"]),
    )


def _version(one: TrustVersion) -> dict[str, object]:
    return {
        "version": one.number,
        "digest": one.digest,
        "at": one.at,
        "reason": one.proposal.reason,
    }


def _page_of(one: TrustVersion | None, request: Request, view: View) -> Response:
    pages = Pages()
    entries: Any = one.entries if one else []
    page: list[Any] = pages.paginate_queryset(entries, request, view=view) or []
    held = certificates_named(str(entry["certificate"]) for entry in page)
    answer = pages.get_paginated_response(
        [
            {
                **entry,
                "subject": held[entry["certificate"]].subject,
                "not_after": held[entry["certificate"]].not_after,
            }
            for entry in page
        ]
    )
    answer.data |= _version(one) if one else {"version": 0, "digest": None}
    return answer


def _proposal(one: TrustProposal) -> dict[str, object]:
    version = getattr(one, "version", None)
    return {
        "id": one.pk,
        "reason": one.reason,
        "proposed_by": one.proposed_by.name if one.proposed_by else None,
        "found_in": one.found_in,
        "proposed_at": one.proposed_at,
        "decision": one.decision,
        "decided_by": one.decided_by.name if one.decided_by else None,
        "decided_at": one.decided_at,
        "remark": one.remark,
        "version": version.number if version else None,
    }


def _told(one: TrustChange) -> dict[str, object]:
    return {
        "change": one.change,
        "sha256": one.certificate_id,
        "subject": one.certificate.subject,
        "purpose": one.purpose,
        "source": one.source,
        "valid_from": one.valid_from,
        "valid_until": one.valid_until,
        "addresses": one.addresses,
        "services": len(one.services),
    }
