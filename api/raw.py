"""Bodies that are files: taken as a stream, within a limit, never as a whole in memory."""

import re
from io import BytesIO
from typing import BinaryIO, cast

from rest_framework.request import Request

from procurement.incoming import Incoming
from procurement.refusals import BadInput, Fault, Refusal, TooLarge
from procurement.texts import Text

DIGEST_HEADER = "Content-SHA256"
_HEX = re.compile("[0-9a-f]{64}")
_LENGTH = re.compile("[1-9][0-9]{0,18}")
_TOO_LARGE = Text("At most {limit} bytes are taken here", "此处最多接收 {limit} 字节")
_NO_DIGEST = Text(
    "Give the SHA-256 of the body in the header Content-SHA256, as 64 hex digits",
    "请在 Content-SHA256 请求头中给出内容的 SHA-256（64 位十六进制）",
)


class LengthNeeded(Refusal):
    code, status = "length-needed", 411
    title = Text(
        "Say with Content-Length how many bytes follow", "请用 Content-Length 说明内容的字节数"
    )


class OtherMedium(Refusal):
    code, status = "other-media-type", 415
    title = Text("Send this as {media_type}", "请以 {media_type} 格式提交")


def incoming(
    request: Request, *, limit: int, media_type: str | None = None, digest_needed: bool = False
) -> Incoming:
    """Take the body of a request as a stream; nothing of it has been read on return.

    :raises LengthNeeded: without a Content-Length above zero.
    :raises TooLarge: for more than ``limit`` bytes, before any of them is read.
    :raises OtherMedium: for another media type than the one that is asked for.
    :raises BadInput: for a Content-SHA256 that is none, or missing where it is needed.
    """
    length = request.headers.get("Content-Length", "")
    if not _LENGTH.fullmatch(length):
        raise LengthNeeded
    if int(length) > limit:
        raise TooLarge(_TOO_LARGE, limit=limit)
    if media_type and request.headers.get("Content-Type", "").split(";")[0].strip() != media_type:
        raise OtherMedium(media_type=media_type)
    announced = request.headers.get(DIGEST_HEADER) or None
    if (announced is None and digest_needed) or (announced and not _HEX.fullmatch(announced)):
        raise BadInput(faults=[Fault("no-digest", _NO_DIGEST)])
    stream = cast("BinaryIO", request.stream or BytesIO())
    return Incoming(stream, int(length), announced)
