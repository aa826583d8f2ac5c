"""Bids on their way in: envelopes part by part, the bid, its signed form, the receipt.

Everything here shows a supplier its own. Who may not see a bid gets the same answer as for none,
and what was refused about a filing is written down where nobody reads it before the opening.
"""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bid_shapes import NewBid, NewEnvelope, bid_json, envelope_json, filed_json
from api.edge import View, actor_of, language_of
from api.problems import problem, refusal_of
from api.raw import DIGEST_HEADER, incoming
from api.serializers import read
from api.tender_shapes import Nothing
from bidding import forms_to_sign
from bidding.actions import preparing, uploads
from bidding.ceremonies import submitting, uploading, withdrawing
from bidding.ceremonies.forms import LARGEST_FORM
from bidding.queries import (
    countersigned_form,
    included,
    own_bid,
    own_bids,
    own_envelope,
    own_receipt,
    receipt_paper,
    tender_of,
    told,
)
from bidding.sealed.manifest import PART_BYTES
from procurement.clock import now
from procurement.journal.record import attempt
from procurement.refusals import NotPermitted

PDF, NOTE = "application/pdf", "text/plain; charset=utf-8"
RAW = "application/octet-stream"
DIGEST = OpenApiParameter(DIGEST_HEADER, location="header", description="SHA-256 of the body, hex")
AT_OWN_RISK = OpenApiParameter("at_own_risk", bool, description="file although INVALID")


class FilingView(View):
    """A view of what suppliers do before the opening; who tried what they may not stays sealed."""

    def get_exception_handler(self) -> Any:
        """Give the handler of refusals about filings."""
        return _concealed


class EnvelopesView(FilingView):
    @extend_schema(request=NewEnvelope, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Begin the upload of a sealed envelope by its manifest; the same one goes on."""
        sent = read(NewEnvelope, request.data)
        envelope, new = uploads.begin_envelope(
            tender_id=tender,
            supplier_id=sent["supplier"],
            manifest=sent["manifest"],
            by=self.signed_in(),
            now=self.now,
        )
        return Response(envelope_json(envelope), 201 if new else 200)


class EnvelopeView(FilingView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, envelope: UUID) -> Response:  # noqa: ARG002
        """Show which parts of an envelope are missing."""
        return Response(envelope_json(own_envelope(envelope, self.signed_in())))


class PartView(FilingView):
    @extend_schema(
        parameters=[DIGEST],
        request={RAW: OpenApiTypes.BINARY},
        responses=OpenApiTypes.OBJECT,
    )
    def put(self, request: Request, envelope: UUID, name: str) -> Response:
        """Upload one part, at most 8 MiB; the same part again changes nothing."""
        part = uploading.store_part(
            envelope_id=envelope,
            name=name,
            body=incoming(request, limit=PART_BYTES, digest_needed=True),
            by=self.signed_in(),
            now=self.now,
        )
        return Response({"name": part.name, "length": part.length, "sha256": part.sha256})


class CompletionView(FilingView):
    @extend_schema(request=Nothing, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, envelope: UUID) -> Response:
        """Have every part read back and compared with the manifest; uploaded is not submitted."""
        read(Nothing, request.data)
        done = uploading.complete(envelope_id=envelope, by=self.signed_in(), now=self.now)
        return Response(envelope_json(done))


class BidsView(FilingView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, tender: UUID) -> Response:  # noqa: ARG002
        """List our own bids in a tender: state, what is missing, receipt."""
        return Response([bid_json(one) for one in own_bids(tender, self.signed_in())])

    @extend_schema(request=NewBid, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, tender: UUID) -> Response:
        """Prepare a bid over uploaded envelopes; the same again, prepared or filed, stands."""
        sent = read(NewBid, request.data)
        bid, new = preparing.prepare(
            tender_id=tender,
            supplier_id=sent.pop("supplier"),
            consortium_id=sent.pop("consortium"),
            **sent,
            by=self.signed_in(),
            now=self.now,
        )
        return Response(bid_json(told(own_bid(bid.pk, self.by))), 201 if new else 200)


class BidView(FilingView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, bid: UUID) -> Response:  # noqa: ARG002
        """Show one of our bids."""
        return Response(bid_json(told(own_bid(bid, self.signed_in()))))

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request, bid: UUID) -> Response:  # noqa: ARG002
        """Discard a bid that was prepared and not submitted."""
        preparing.discard(bid_id=bid, by=self.signed_in())
        return Response(bid_json(told(own_bid(bid, self.by))))


class FormView(FilingView):
    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, bid: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the form of a bid, to be signed; it carries the bid and shows no price."""
        return HttpResponse(forms_to_sign.bid_form(bid, self.signed_in()), PDF)


class SubmissionView(FilingView):
    fresh = True

    @extend_schema(
        parameters=[DIGEST, AT_OWN_RISK],
        request={PDF: OpenApiTypes.BINARY},
        responses={201: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request, bid: UUID) -> Response:
        """Submit a bid by its signed form, and get the receipt; the same form again, the same."""
        filed = submitting.submit(
            bid_id=bid,
            form=incoming(request, limit=LARGEST_FORM, media_type=PDF),
            at_own_risk=request.query_params.get("at_own_risk") == "true",
            by=self.signed_in(),
            now=self.now,
        )
        return Response(filed_json(filed, language_of(request)), 201)


class WithdrawalFormView(FilingView):
    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, bid: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the form by which a bid is taken back, to be signed."""
        return HttpResponse(forms_to_sign.withdrawal_form(bid, self.signed_in()), PDF)


class WithdrawalView(FilingView):
    fresh = True

    @extend_schema(
        parameters=[DIGEST], request={PDF: OpenApiTypes.BINARY}, responses=OpenApiTypes.OBJECT
    )
    def post(self, request: Request, bid: UUID) -> Response:
        """Take a filed bid back by its signed form, before the deadline."""
        taken = withdrawing.withdraw(
            bid_id=bid,
            form=incoming(request, limit=LARGEST_FORM, media_type=PDF),
            by=self.signed_in(),
            now=self.now,
        )
        return Response(bid_json(told(taken)))


class ReceiptView(FilingView):
    @extend_schema(responses={(200, NOTE): OpenApiTypes.STR})
    def get(self, request: Request, bid: UUID) -> HttpResponse:  # noqa: ARG002
        """Give the receipt again, byte for byte."""
        return HttpResponse(own_receipt(bid, self.signed_in()).note, NOTE)


class ReceiptPaperView(FilingView):
    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, bid: UUID) -> StreamingHttpResponse:  # noqa: ARG002
        """Give the receipt as a sealed paper, which follows within seconds."""
        return StreamingHttpResponse(receipt_paper(bid, self.signed_in()), content_type=PDF)


class CountersignedView(FilingView):
    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, bid: UUID) -> StreamingHttpResponse:  # noqa: ARG002
        """Give our signed form with the platform's seal over it, which follows within seconds."""
        return StreamingHttpResponse(countersigned_form(bid, self.signed_in()), content_type=PDF)


class ProofView(FilingView):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, bid: UUID) -> Response:  # noqa: ARG002
        """Prove that the log holds the filing, as soon as a checkpoint does."""
        found = included(own_bid(bid, self.signed_in()))
        return Response({"event": found.event.to_json(), "checkpoint": found.checkpoint})


def _concealed(error: Exception, context: dict[str, Any]) -> Response:
    """Answer as everywhere; what is remembered of it is concealed, as all about a filing is."""
    request: Request = context["request"]
    refusal = refusal_of(error)
    if isinstance(refusal, NotPermitted):
        at = now()
        attempt(
            refusal.code,
            by=actor_of(request, at),
            at=at,
            tender=tender_of(**context["kwargs"]),
            concealed=True,
            facts={"method": request.method or "", "path": request.path[:500]},
        )
    return problem(refusal, language_of(request))


_OF_BID = "v1/bids/<uuid:bid>"
routes = [
    path("v1/tenders/<uuid:tender>/envelopes", EnvelopesView.as_view()),
    path("v1/envelopes/<uuid:envelope>", EnvelopeView.as_view()),
    path("v1/envelopes/<uuid:envelope>/parts/<str:name>", PartView.as_view()),
    path("v1/envelopes/<uuid:envelope>/completion", CompletionView.as_view()),
    path("v1/tenders/<uuid:tender>/bids", BidsView.as_view()),
    path(_OF_BID, BidView.as_view()),
    path(f"{_OF_BID}/form.pdf", FormView.as_view()),
    path(f"{_OF_BID}/submission", SubmissionView.as_view()),
    path(f"{_OF_BID}/receipt", ReceiptView.as_view()),
    path(f"{_OF_BID}/receipt.pdf", ReceiptPaperView.as_view()),
    path(f"{_OF_BID}/countersigned.pdf", CountersignedView.as_view()),
    path(f"{_OF_BID}/proof", ProofView.as_view()),
    path(f"{_OF_BID}/withdrawal.pdf", WithdrawalFormView.as_view()),
    path(f"{_OF_BID}/withdrawal", WithdrawalView.as_view()),
]
