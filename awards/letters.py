"""Letters about judgements and awards, out of the outbox."""

from datetime import datetime

from awards.rules.letters import letters_for
from procurement.models import OutboxMessage
from tenders.letters import tell_all


def handle(message: OutboxMessage, *, now: datetime) -> None:
    """Write the letters that something asks for; a second time changes nothing."""
    tell_all(letters_for(message.verb, message.payload), message, now=now)
