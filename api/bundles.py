"""The evidence of a tender as one file, for those who oversee it."""

from uuid import UUID

from django.http import FileResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api.edge import View
from api.serializers import read
from api.supervision import Reason
from oversight.ceremonies import download

ZIP = "application/zip"
NOT_KEPT = {"Cache-Control": "no-store"}


class BundleView(View):
    @extend_schema(parameters=[Reason], responses={(200, ZIP): OpenApiTypes.BINARY})
    def get(self, request: Request, tender: UUID) -> FileResponse:
        """Give the evidence bundle of a tender (supervisor); the download is written down."""
        reason = read(Reason, request.query_params.dict())["reason"]
        file = download(tender_id=tender, reason=reason, by=self.signed_in(), now=self.now)
        name = f"evidence-{tender}.zip"
        return FileResponse(
            file, as_attachment=True, filename=name, content_type=ZIP, headers=NOT_KEPT
        )


routes = [path("v1/tenders/<uuid:tender>/bundle", BundleView.as_view())]
