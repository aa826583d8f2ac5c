"""One RFC 3161 token per checkpoint at a fixed rhythm: it dates every leaf below.

Never one per bid: that would tell the authority that a bid just came. An authority that is away
delays a token and nothing else. Whether a token holds is judged in ``signatures``; here it is
only asked for, and compared with what was asked.
"""

from datetime import datetime
from uuid import UUID

import httpx
from django.conf import settings
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    decode_timestamp_response,
)

from procurement.journal.proofs import latest_checkpoint
from procurement.models.journal import Checkpoint
from procurement.models.outbox import OutboxMessage
from procurement.outbox import announce
from procurement.proof.checkpoint import Checkpoint as Statement
from procurement.verbs import Verb

TIMEOUT_SECONDS = 10
MAX_BYTES = 100_000  # a token with its certificates has a few thousand


class NoToken(RuntimeError):  # noqa: N818 - reads as the verdict it is
    """An answer that is no token for what was asked."""


def due(*, now: datetime) -> None:  # noqa: ARG001 - the rhythm is counted in checkpoints
    """Announce the newest checkpoint for a token when the last one is old enough."""
    newest = latest_checkpoint()
    if not settings.TSA_URL or newest is None:
        return
    asked = OutboxMessage.objects.filter(verb=Verb.CHECKPOINT_DUE_FOR_TIMESTAMP)
    sizes = asked.order_by("-payload__size").values_list("payload__size", flat=True)
    last = Checkpoint.objects.filter(pk=sizes.first() or 0).first()
    if last is None or newest.at - last.at >= settings.TIMESTAMP_EVERY:
        announce(Verb.CHECKPOINT_DUE_FOR_TIMESTAMP, UUID(int=newest.size), size=newest.size)


def handle(message: OutboxMessage, *, now: datetime) -> None:  # noqa: ARG001
    """Fetch the token that a message asks for, and keep it beside the checkpoint.

    :raises NoToken: when the authority's answer does not fit; the outbox asks again later.
    """
    if message.verb != Verb.CHECKPOINT_DUE_FOR_TIMESTAMP:
        return
    checkpoint = Checkpoint.objects.get(pk=message.payload["size"])
    if checkpoint.token is None:
        token = fetch_token(stamped_text(checkpoint), url=settings.TSA_URL)
        Checkpoint.objects.filter(pk=checkpoint.pk, token=None).update(token=token)


def stamped_text(checkpoint: Checkpoint) -> bytes:
    """Give the bytes that a token is about: the checkpoint's text, without signatures."""
    note = checkpoint.note.encode()
    text = note[: note.rindex(b"\n\n") + 1]
    return Statement.parse(text).text()


def fetch_token(text: bytes, *, url: str) -> bytes:
    """Ask a time-stamping authority about the SHA-256 of a text; give the token, DER.

    :raises NoToken: when the answer is none for this question.
    :raises httpx.HTTPError: when there is no answer.
    """
    request = (
        TimestampRequestBuilder()
        .data(text)
        .hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    answer = httpx.post(
        url,
        content=request.as_bytes(),
        headers={"Content-Type": "application/timestamp-query"},  # RFC 3161 section 3.4
        timeout=TIMEOUT_SECONDS,
    ).raise_for_status()
    if len(answer.content) > MAX_BYTES:
        raise NoToken("The answer is far too large for a token")
    try:
        response: TimeStampResponse = decode_timestamp_response(answer.content)
    except ValueError as error:
        raise NoToken(f"The answer is no time-stamp response: {error}") from None
    if response.status not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
        raise NoToken(f"The authority refused: {response.status_string}")
    told = response.tst_info
    if (told.message_imprint.message, told.nonce) != (
        request.message_imprint.message,
        request.nonce,
    ):
        raise NoToken("The token is about something else")
    token: bytes = response.time_stamp_token()
    return token
