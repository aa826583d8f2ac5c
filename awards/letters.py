"""Letters about judgements and awards, out of the outbox."""

from datetime import datetime

from awards.rules.letters import letters_for
from procurement.models import OutboxMessage
from tenders.letters import tell
from tenders.models import Tender


def handle(message: OutboxMessage, *, now: datetime) -> None:
    """Write the letters that something asks for; a second time changes nothing."""
    for letter in letters_for(message.verb, message.payload):
        tender = Tender.objects.select_related("agency").get(pk=message.subject)
        tell(letter, tender, source=str(message.pk), facts=message.payload, now=now)
