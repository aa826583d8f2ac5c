"""Drawing up, for two operators, the addresses that certificates state and nobody has approved."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from itertools import chain

from django.db import transaction

from procurement.actors import Actor
from procurement.journal.record import record
from procurement.proof.canonical import JSON
from procurement.texts import Text, say
from signatures.actions.proposing import changes_in, kept_proposal
from signatures.models import TrustProposal
from signatures.queries_trust import current_version, drawn_up
from signatures.rules.trust import Address, Change, addresses_of, key_of
from signatures.verbs import Verb

SEEN = "certificates"  # where addresses were found, beside the territories of lists
_REASON = Text(
    "Certificates below these authorities state addresses for revocation data that nobody has "
    "approved: {number}",
    "这些机构所签发的证书载有尚未批准的吊销信息地址：{number} 个",
)


@transaction.atomic
def draw_up_addresses(
    *, changes: Sequence[Change], seen_in: Iterable[bytes], by: Actor, now: datetime
) -> TrustProposal | None:
    """Draw up the addresses that anchors would get, for an operator to take up; None for nothing.

    What waits already, or was rejected, is not drawn up again.
    """
    version = current_version()
    entries = version.entries if version else []
    before = {key_of(entry): addresses_of(entry) for entry in entries}
    wanted = [*_fresh(changes, before)]
    if not wanted:
        return None
    names = sorted({sha256(der).hexdigest() for der in seen_in})
    fresh = {one for change in wanted for one in change.addresses} - set(chain(*before.values()))
    facts = {"number": len(fresh)}
    proposal = kept_proposal(
        wanted,
        reason=" / ".join(say(_REASON, facts, lang) for lang in ("en", "zh")),
        proposed_by_id=None,
        at=now,
        found_in={SEEN: sha256("".join(names).encode()).hexdigest()},
    )
    body: dict[str, JSON] = {"proposal": str(proposal.pk), "changes": len(wanted)}
    record(Verb.TRUST_DRAWN_UP, tender=None, by=by, at=now, body=body)
    return proposal


def _fresh(
    changes: Iterable[Change], before: Mapping[tuple[str, str], Collection[Address]]
) -> Iterator[Change]:
    """Leave out anchors of which something waits, and addresses that were rejected."""
    waiting, rejected = set(), dict[tuple[str, str], set[Address]]()
    for proposal in drawn_up().filter(found_in__has_key=SEEN):
        for change in changes_in(proposal):
            if proposal.decision is None:
                waiting.add(change.key)
            rejected.setdefault(change.key, set()).update(change.addresses)
    for change in changes:
        held = before.get(change.key, ())
        refused = rejected.get(change.key, set()).difference(held)
        addresses = tuple(one for one in change.addresses if one not in refused)
        if change.key not in waiting and not set(addresses) <= set(held):
            yield replace(change, addresses=addresses)
