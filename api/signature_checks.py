"""Is this PDF signed, by whom, as of when: for anybody, without an account; nothing is kept."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from api.raw import incoming
from api.serializers import InstantField, Shape, read
from procurement.addresses import client_address, site_of
from procurement.incoming import Incoming
from procurement.proof.canonical import JSON
from procurement.rates import count
from procurement.refusals import BadInput, Fault
from procurement.texts import Text
from procurement.vault import CHUNK_BYTES
from signatures.asking import LARGEST, SCOPE, policy_for
from signatures.evidence.etsi_report import MEDIA_TYPE as XML
from signatures.evidence.etsi_report import etsi_report
from signatures.papers import check_pdf
from signatures.pdf.catalogue import CATALOGUE
from signatures.pdf.policy import LEVELS, Policy
from signatures.pdf.report import Finding, Report
from signatures.pdf.told import four_lines, in_detail, link_to, said, who_acts
from signatures.service import look

PDF = "application/pdf"
ANSWERS = ["json", "pdf", "etsi"]  # the last in the form of ETSI TS 119 102-2, not signed
NOT_YET = Text("A file cannot be judged as of an instant to come", "不能以未来时间为基准验证文件")


class Question(Shape):
    at = InstantField(required=False)
    identifier = serializers.CharField(max_length=120, required=False, default="")
    level = serializers.ChoiceField(LEVELS, required=False, default=LEVELS[0])
    answer = serializers.ChoiceField(ANSWERS, required=False, default="json")


class SignatureChecksView(View):
    @extend_schema(
        request={PDF: OpenApiTypes.BINARY},
        parameters=[
            OpenApiParameter("at", OpenApiTypes.DATETIME, description="as of when; default: now"),
            OpenApiParameter("identifier", description="of who must have signed: NTRCN-9131…"),
            OpenApiParameter("level", enum=list(LEVELS)),
            OpenApiParameter("answer", enum=ANSWERS),
        ],
        responses={
            200: OpenApiTypes.OBJECT,
            (200, PDF): OpenApiTypes.BINARY,
            (200, XML): OpenApiTypes.STR,
        },
    )
    def post(self, request: Request) -> Response | HttpResponse:
        """Judge one PDF, and keep neither the file nor the report."""
        asked = read(Question, request.query_params.dict())
        at = asked.get("at") or self.now
        if at > self.now:
            raise BadInput(faults=[Fault("not-yet", NOT_YET, pointer="/at")])
        body = incoming(request, limit=LARGEST, media_type=PDF)
        count(SCOPE, site_of(client_address(request.META) or ""))
        policy = policy_for(identifier=asked["identifier"], level=asked["level"])
        report = looked_at(body, policy, at)
        if asked["answer"] == "pdf":
            return HttpResponse(check_pdf(report), PDF, headers={"Cache-Control": "no-store"})
        if asked["answer"] == "etsi":
            return HttpResponse(etsi_report(report), XML, headers={"Cache-Control": "no-store"})
        return Response(shown(report), headers={"Cache-Control": "no-store"})


def looked_at(body: Incoming, policy: Policy, at: datetime) -> Report:
    """Read a file to where nobody else reads it, judge it, and forget it."""
    with tempfile.NamedTemporaryFile(prefix="daylight-check-", suffix=".pdf") as file:
        while chunk := body.read(CHUNK_BYTES):
            file.write(chunk)
        file.flush()
        return look(Path(file.name), policy=policy, at=at)


def shown(report: Report) -> dict[str, Any]:
    """Shape an answer: four lines in both languages, every finding, and the report itself."""
    return {
        "said": {name: text._asdict() for name, text in vars(four_lines(report)).items()},
        "findings": [_finding(one) for one in report.findings],
        "report": report.to_json(),
    }


def _finding(one: Finding) -> dict[str, JSON]:
    found, to_do = said(one)
    who: dict[str, JSON] = {"code": CATALOGUE[one.code].who.value}
    more: dict[str, JSON] = {"link": link_to(one.code)}
    return {
        "code": one.code,
        "found": {**found._asdict()},
        "to_do": {**to_do._asdict()},
        "who": who | who_acts(one.code)._asdict(),
        "help": more | in_detail(one)._asdict(),
        "facts": {**dict(one.facts)},
    }


routes = [path("v1/signature-checks", SignatureChecksView.as_view())]
