"""The log for strangers: checkpoints, tiles and the anchors, without signing in.

Paths follow C2SP tlog-tiles, so that ordinary monitors can read them.
"""

import re

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.edge import View
from procurement.anchors import current_anchors
from procurement.journal import proofs
from procurement.journal.tree import TILE_WIDTH
from procurement.refusals import NotFound

FOR_EVER = "public, max-age=31536000, immutable"
TEXT = "text/plain; charset=utf-8"
_TILE = re.compile(r"(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?")


class CheckpointView(View):
    @extend_schema(responses={(200, TEXT): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponse:  # noqa: ARG002
        """Give the newest checkpoint with its cosignatures, as a signed note."""
        checkpoint = proofs.latest_checkpoint()
        if checkpoint is None:
            raise NotFound
        return HttpResponse(checkpoint.note, TEXT, headers={"Cache-Control": "no-store"})


class TileView(View):
    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, level: str, number: str) -> HttpResponse:  # noqa: ARG002
        """Give a tile of hashes, or with ``entries`` as level, a bundle of entries."""
        index, width = tile_number(number)
        if level == "entries":
            found = proofs.entries(index, width)
        else:
            found = proofs.tile(int(level), index, width)
        return HttpResponse(found, "application/octet-stream", headers={"Cache-Control": FOR_EVER})


class AnchorsView(View):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Give the anchors as this platform states them; compare the digest with a printed one."""
        anchors = current_anchors()
        return Response(anchors.to_json(), headers={"Digest-SHA256": anchors.digest()})


def tile_number(text: str) -> tuple[int, int]:
    """Read ``x001/x234/067`` or ``x001/x234/067.p/12`` as (index, width).

    :raises NotFound: for anything else.
    """
    whole, _, partial = text.partition(".p/")
    if not _TILE.fullmatch(text):
        raise NotFound
    width = int(partial) if partial else TILE_WIDTH
    if partial and width >= TILE_WIDTH:
        raise NotFound
    return int(whole.replace("x", "").replace("/", "")), width
