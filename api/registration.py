"""Suppliers register themselves; whether an address has an account is never said."""

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View, language_of
from api.serializers import Shape, read
from api.throttles import PersonThrottle, RegistrationThrottle, StrangerThrottle
from procurement.actions import registration
from procurement.actions.registration import NewSupplier
from procurement.texts import Text, say

WRITTEN = Text(
    "A letter is on its way to this address. Confirm with the key in it and your password",
    "已向该邮箱发送信件，请用信中的密钥及您的密码确认",
)


class SupplierShape(Shape):
    name_en = serializers.CharField(max_length=300)
    name_zh = serializers.CharField(max_length=300, allow_blank=True, default="")
    identifier_scheme = serializers.CharField(max_length=20)
    identifier = serializers.CharField(max_length=100)
    country = serializers.RegexField("^([A-Z]{2})?$", allow_blank=True, default="")


class PersonShape(Shape):
    name = serializers.CharField(max_length=200)
    email = serializers.CharField(max_length=254)
    language = serializers.ChoiceField(["en", "zh-hans"], default="en")
    password = serializers.CharField(max_length=500, trim_whitespace=False)


class NewRegistration(Shape):
    organisation = SupplierShape()
    person = PersonShape()


class NewConfirmation(Shape):
    key = serializers.CharField(max_length=300)
    password = serializers.CharField(max_length=500, trim_whitespace=False)


class RegistrationsView(View):
    throttle_classes = (StrangerThrottle, PersonThrottle, RegistrationThrottle)

    @extend_schema(request=NewRegistration, responses={202: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Ask to register a supplier; a letter to the person's address follows."""
        sent = read(NewRegistration, request.data)
        supplier = NewSupplier(**sent["organisation"])
        registration.register(supplier=supplier, **sent["person"], now=self.now)
        return Response({"next": say(WRITTEN, {}, language_of(request))}, 202)


class ConfirmationView(View):
    throttle_classes = RegistrationsView.throttle_classes

    @extend_schema(request=NewConfirmation, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Confirm a registration by the key in the letter and the password given before."""
        made = registration.confirm(**read(NewConfirmation, request.data), now=self.now)
        return Response({"organisation": made.pk, "verified_at": made.verified_at}, 201)


routes = [
    path("v1/registrations", RegistrationsView.as_view()),
    path("v1/registrations/confirmation", ConfirmationView.as_view()),
]
