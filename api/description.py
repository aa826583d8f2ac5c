"""The description of this interface for programs (OpenAPI 3), made once for each form of it."""

from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import get_language, get_supported_language_variant
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SCHEMA_KWARGS, SpectacularAPIView
from rest_framework.request import Request


class DescriptionView(SpectacularAPIView):
    """The interface, as OpenAPI in YAML or JSON; the same for everybody who asks."""

    _made: ClassVar[dict[tuple[type, str], HttpResponse]] = {}

    @extend_schema(**SCHEMA_KWARGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Give what was made at the first request: making it takes half a second."""
        renderer = request.accepted_renderer
        form = type(renderer), _language(request)
        if form not in self._made:
            made = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
            made.accepted_renderer, made.renderer_context = renderer, self.get_renderer_context()
            made.accepted_media_type = renderer.media_type
            self._made[form] = made.render()
        kept = self._made[form]
        return HttpResponse(kept.content, headers=dict(kept.headers))


def _language(request: Request) -> str:
    try:
        return get_supported_language_variant(request.GET.get("lang") or get_language() or "en")
    except LookupError:
        return "en"
