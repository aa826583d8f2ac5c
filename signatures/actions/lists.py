"""Keeping trusted lists as they came, and drawing up what they tell otherwise than the version."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from procurement.actors import Actor
from procurement.journal.record import record
from procurement.proof.canonical import JSON, canonical
from procurement.proof.instants import format_instant
from procurement.refusals import NotPermitted
from procurement.roles import Permission
from procurement.texts import Text, say
from signatures.actions.proposing import changes_in, kept_proposal
from signatures.models import ListRound, TrustedList, TrustProposal
from signatures.pdf.report import instant
from signatures.queries_trust import drawn_up, newest_lists
from signatures.rules.trust import Change
from signatures.trust.lists import SignedList, refuse_replay
from signatures.verbs import Verb

_REASON = Text(
    "Trusted lists tell otherwise than the version in force, of anchors: {number} ({lists})",
    "可信列表与现行版本不一致，涉及信任锚 {number} 个（{lists}）",
)


@transaction.atomic
def keep_lists(
    *, lists: Sequence[SignedList], failed: Mapping[str, str], by: Actor, now: datetime
) -> ListRound:
    """Keep trusted lists that were verified, raw, and write down which did not come or hold.

    :raises NotPermitted: unless ``by`` is an operator, or the platform itself.
    :raises ListRefused: when one is older than the one that is known.
    """
    if not by.has(Permission.KEEP_TRUST, of=None):
        raise NotPermitted(permission=Permission.KEEP_TRUST.value)
    known = newest_lists()
    for one in lists:
        refuse_replay(one, known.get(one.territory))

    there = set(TrustedList.objects.filter(pk__in=[one.sha256 for one in lists]).values_list("pk"))
    fresh = {one.sha256: one for one in lists if (one.sha256,) not in there}

    TrustedList.objects.bulk_create(
        TrustedList(
            sha256=one.sha256,
            territory=one.territory,
            address=one.address,
            sequence=one.sequence,
            issued_at=one.issued_at,
            next_update=one.next_update,
            xml=one.xml,
            kept_at=now,
        )
        for one in fresh.values()
    )
    if fresh:
        told: list[JSON] = [*sorted(fresh)]
        record(Verb.LISTS_KEPT, tender=None, by=by, at=now, body={"lists": told})
    return ListRound.objects.create(
        at=now, lists={one.territory: one.sha256 for one in lists}, failed=dict(failed)
    )


@transaction.atomic
def draw_up(
    *, changes: Sequence[Change], lists: Sequence[SignedList], by: Actor, now: datetime
) -> TrustProposal | None:
    """Draw up what lists tell otherwise, for an operator to take up; None where it is known.

    What waits already, or was rejected as it is, is not drawn up again.
    """
    issued = [one.issued_at for one in lists]
    known = {
        _told(change, _issued(proposal))
        for proposal in drawn_up()
        for change in changes_in(proposal)
    }
    fresh = [one for one in changes if _told(one, issued) not in known]
    if not fresh:
        return None
    named = ", ".join(f"{one.territory} {one.sequence}" for one in lists)
    facts = {"number": len(fresh), "lists": named}
    reason = " / ".join(say(_REASON, facts, lang) for lang in ("en", "zh"))
    proposal = kept_proposal(
        fresh,
        reason=reason,
        proposed_by_id=None,
        at=now,
        found_in={one.territory: one.sha256 for one in lists},
    )
    body: dict[str, JSON] = {"proposal": str(proposal.pk), "changes": len(fresh)}
    record(Verb.TRUST_DRAWN_UP, tender=None, by=by, at=now, body=body)
    return proposal


def _issued(proposal: TrustProposal) -> list[datetime | None]:
    named = TrustedList.objects.filter(pk__in=proposal.found_in.values())
    return [*named.values_list("issued_at", flat=True)]


def _told(change: Change, issued: Iterable[datetime | None]) -> str:
    """Write what a change says, the same each time.

    What stands on no list any more ends when a list was issued. The next list says the same of it.
    """
    told = canonical({**change.entry(), "remove": change.remove}).decode()
    for at in filter(None, issued):
        for written in (format_instant(at), instant(at)):
            told = told.replace(f'"{written}"', '"issued"')
    return told
