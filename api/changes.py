"""Amendments of a published tender: drafted, approved by a second person, signed and published."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import URLPattern, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from api.panels import NewPanel, panel_json
from api.parsers import PublicationParser
from api.raw import incoming
from api.serializers import InstantField, Shape, read, unbase64
from api.tender_documents import PDF, canonical_answer
from api.tender_shapes import (
    LONGEST_NOTE,
    LONGEST_OBJECT,
    LONGEST_TITLE,
    Description,
    Nothing,
    SignatureRulesShape,
    Title,
    document_json,
    matching,
    sections,
    tender_json,
)
from procurement.actors import Actor
from procurement.proof.shapes import Name
from procurement.refusals import Fault, NotFound
from tenders.actions import amending
from tenders.actions.amendment_parts import appoint_instead, draw_up_keyset_instead
from tenders.actions.publishing import Signed
from tenders.ceremonies.amendment import add_document_to, publish_amended_notice
from tenders.ceremonies.documents import MOST_BYTES
from tenders.changing import amended_keyset, amended_notice, amended_pdf
from tenders.form import Quantity
from tenders.models import Change, ChangeKind, Panel, TenderDocument
from tenders.models.changes import OPEN
from tenders.queries_changes import change_seen_by, changes_seen_by, notice_differences
from tenders.queries_panel import panel_of
from tenders.readiness_changes import amendment_faults, shown_differences

LONGEST_REASON = 4_000  # characters, as a sentence of a signed object


class AmendedItem(Shape):
    lot = matching(Name)
    id = matching(Name)
    description = serializers.CharField(max_length=LONGEST_TITLE, required=False)
    quantity = matching(Quantity)
    unit = serializers.CharField(max_length=50, required=False)

    def get_fields(self) -> dict[str, Any]:
        """Ask for what names the item; the rest is what changes."""
        found = super().get_fields()
        found["quantity"].required = False
        return found


class AmendedSections(Shape):
    """What an amendment changes, each section whole; what it leaves out stays as it is."""

    reason = serializers.CharField(max_length=LONGEST_REASON, allow_blank=True, required=False)
    title = Title(required=False)
    description = Description(required=False)
    validity_days = serializers.IntegerField(min_value=1, max_value=3_650, required=False)
    closes_at = InstantField(required=False)
    opens_at = InstantField(required=False)
    questions = serializers.ListField(child=serializers.DictField(), required=False)
    required_documents = serializers.ListField(child=serializers.DictField(), required=False)
    signatures = SignatureRulesShape(required=False)
    items = AmendedItem(many=True, required=False)
    remove_documents = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=500, required=False
    )


class NewAmendment(AmendedSections):
    reason = serializers.CharField(max_length=LONGEST_REASON, allow_blank=True)


class ChangeJudged(Shape):
    approved = serializers.BooleanField()
    comment = serializers.CharField(allow_blank=True, default="")


class NewNextNotice(Shape):
    notice_note = serializers.CharField(max_length=LONGEST_OBJECT, trim_whitespace=False)
    keyset_note = serializers.CharField(max_length=LONGEST_NOTE, trim_whitespace=False, default="")
    notice_pdf = serializers.CharField()


class AmendmentsView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """List a tender's amendments (its agency, its supervisor, holders whom one seats)."""
        found = changes_seen_by(self.signed_in(), tender, ChangeKind.AMENDMENT)
        return Response({"amendments": [change_json(one) for one in found]})

    @extend_schema(request=NewAmendment, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Draft an amendment of a published tender (officer)."""
        sent = read(NewAmendment, request.data)
        made = amending.draft_amendment(
            tender_id=tender,
            reason=sent.pop("reason"),
            body=sections(sent),
            by=self.signed_in(),
            now=self.now,
        )
        return Response(amendment_json(made.pk, by=self.by, now=self.now), 201)


class AmendmentView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, amendment: UUID) -> Response:  # noqa: ARG002
        """Show an amendment: what differs, and what still keeps it back."""
        return Response(amendment_json(amendment, by=self.signed_in(), now=self.now))

    @extend_schema(request=AmendedSections, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request, amendment: UUID) -> Response:
        """Replace what an amendment says; an approval of it is void then (officer)."""
        sent = read(AmendedSections, request.data)
        made = amending.edit_amendment(
            amendment_id=amendment,
            reason=sent.pop("reason", None),
            body=sections(sent),
            by=self.signed_in(),
            now=self.now,
        )
        return Response(amendment_json(made.pk, by=self.by, now=self.now))

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request, amendment: UUID) -> Response:  # noqa: ARG002
        """Give an amendment up (officer)."""
        made = amending.drop_amendment(amendment_id=amendment, by=self.signed_in(), now=self.now)
        return Response(change_json(made))


class AmendmentDocumentView(View):
    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: OpenApiTypes.OBJECT},
    )
    def put(self, request: Request, amendment: UUID, name: str) -> Response:
        """Add a document or its next version; it is seen once the amendment is in force."""
        made = add_document_to(
            amendment_id=amendment,
            name=name,
            media_type=request.headers.get("Content-Type", ""),
            body=incoming(request, limit=MOST_BYTES),
            by=self.signed_in(),
            now=self.now,
        )
        return Response(document_json(made), 201)


class AmendmentApprovalRequestView(View):
    @extend_schema(request=Nothing, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, amendment: UUID) -> Response:
        """Put an amendment before its approver (officer)."""
        read(Nothing, request.data)
        made = amending.request_approval(amendment_id=amendment, by=self.signed_in(), now=self.now)
        return Response(change_json(made))


class AmendmentDecisionView(View):
    fresh = True

    @extend_schema(request=ChangeJudged, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, amendment: UUID) -> Response:
        """Approve an amendment or send it back (legal approver, not who proposed it)."""
        sent = read(ChangeJudged, request.data)
        made = amending.judge_amendment(
            amendment_id=amendment, **sent, by=self.signed_in(), now=self.now
        )
        return Response(change_json(made))


class NextNoticeView(View):
    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, amendment: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the notice that an amendment would make, to sign."""
        found = open_amendment(self.signed_in(), amendment)
        return canonical_answer(amended_notice(found.tender, found))


class NextNoticePaperView(View):
    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, amendment: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the paper that carries the next notice and its keyset, to sign."""
        found = open_amendment(self.signed_in(), amendment)
        return HttpResponse(amended_pdf(found.tender, found), PDF)


class NextKeysetView(View):
    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, amendment: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the keyset that would be in force with an amendment."""
        found = open_amendment(self.signed_in(), amendment)
        return canonical_answer(amended_keyset(found.tender, found))


class NextPublicationView(View):
    fresh = True
    parser_classes = (PublicationParser,)

    @extend_schema(request=NewNextNotice, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, amendment: UUID) -> Response:
        """Publish an amendment by its signed notice and paper, and keyset where new (officer)."""
        sent = read(NewNextNotice, request.data)
        signed = Signed(
            notice_note=sent["notice_note"].encode(),
            keyset_note=sent["keyset_note"].encode(),
            pdf=unbase64(sent["notice_pdf"], "/notice_pdf"),
        )
        made = publish_amended_notice(
            amendment_id=amendment, signed=signed, by=self.signed_in(), now=self.now
        )
        return Response(tender_json(made, by=self.by, now=self.now), 201)


class NextPanelView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, amendment: UUID) -> Response:  # noqa: ARG002
        """Show the panel that an amendment proposes, and how far it is."""
        found = change_seen_by(self.signed_in(), amendment, ChangeKind.AMENDMENT)
        return Response(panel_json(_panel(found), self.by))

    @extend_schema(request=NewPanel, responses=OpenApiTypes.OBJECT)
    def put(self, request: Request, amendment: UUID) -> Response:
        """Appoint a panel that takes over when the amendment is in force (officer)."""
        sent = read(NewPanel, request.data)
        made = appoint_instead(amendment_id=amendment, **sent, by=self.signed_in(), now=self.now)
        return Response(panel_json(made, self.by))


class NextPanelKeysetView(View):
    @extend_schema(request=Nothing, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, amendment: UUID) -> Response:
        """Draw up the keyset of a proposed panel, and seal every holder's challenge (officer)."""
        read(Nothing, request.data)
        keyset = draw_up_keyset_instead(amendment_id=amendment, by=self.signed_in(), now=self.now)
        return Response({"digest": keyset.digest(), "keyset": keyset.to_json()}, 201)


def open_amendment(by: Actor, amendment: UUID) -> Change:
    """Find an amendment that is not in force yet.

    :raises NotFound: when ``by`` sees no such amendment, or it is not open any more.
    """
    found = change_seen_by(by, amendment, ChangeKind.AMENDMENT)
    if found.state not in OPEN:
        raise NotFound
    return found


def _panel(change: Change) -> Panel:
    if (panel := panel_of(change.tender_id, change.pk)) is None:
        raise NotFound
    return panel


def change_json(change: Change) -> dict[str, Any]:
    """Show a change as a list does."""
    decided = change.decided_by
    return {
        "id": change.pk,
        "tender": change.tender_id,
        "kind": change.kind,
        "state": change.state,
        "version": change.version,
        "revision": change.revision,
        "reason": change.reason,
        "object": change.object or None,
        "proposed_by": {"id": change.proposed_by_id, "name": change.proposed_by.name},
        "proposed_at": change.proposed_at,
        "decided_by": None if decided is None else {"id": decided.pk, "name": decided.name},
        "decided_at": change.decided_at,
        "comment": change.comment,
        "in_force_at": change.in_force_at,
    }


def fault_json(fault: Fault) -> dict[str, Any]:
    """Show a reason that still keeps something back, in both languages."""
    text = {lang: fault.said(lang) for lang in ("en", "zh")}
    return {"code": fault.code, "pointer": fault.pointer, "text": text}


def amendment_json(amendment: UUID, *, by: Actor, now: datetime) -> dict[str, Any]:
    """Show an amendment whole, with what differs, and what keeps it back while it is open."""
    change = change_seen_by(by, amendment, ChangeKind.AMENDMENT)
    tender, proposed = change.tender, panel_of(change.tender_id, change.pk)
    added = TenderDocument.objects.filter(amendment=change).order_by("name", "version")
    shown = {
        **change_json(change),
        "changes": change.body,
        "documents": [document_json(one) for one in added],
        "panel": None if proposed is None else panel_json(proposed, by),
        "faults": [],
        "differences": [],
    }
    if change.state in OPEN:
        faults = amendment_faults(tender, change, acting=by.user_id, now=now)
        shown["faults"] = [fault_json(fault) for fault in faults]
        shown["differences"] = [one.to_json() for one in shown_differences(tender, change)]
    elif change.in_force_at and change.version:
        found = notice_differences(tender, change.version)
        shown["differences"] = [one.to_json() for one in found]
    return shown


routes: list[URLPattern] = [
    path("v1/tenders/<uuid:tender>/amendments", AmendmentsView.as_view()),
    path("v1/amendments/<uuid:amendment>", AmendmentView.as_view()),
    path("v1/amendments/<uuid:amendment>/documents/<str:name>", AmendmentDocumentView.as_view()),
    path("v1/amendments/<uuid:amendment>/approval-request", AmendmentApprovalRequestView.as_view()),
    path("v1/amendments/<uuid:amendment>/decision", AmendmentDecisionView.as_view()),
    path("v1/amendments/<uuid:amendment>/notice", NextNoticeView.as_view()),
    path("v1/amendments/<uuid:amendment>/notice.pdf", NextNoticePaperView.as_view()),
    path("v1/amendments/<uuid:amendment>/keyset", NextKeysetView.as_view()),
    path("v1/amendments/<uuid:amendment>/publication", NextPublicationView.as_view()),
    path("v1/amendments/<uuid:amendment>/panel", NextPanelView.as_view()),
    path("v1/amendments/<uuid:amendment>/panel/keyset", NextPanelKeysetView.as_view()),
]
