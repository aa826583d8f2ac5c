"""Reading consortia: before the opening their members do, and nobody else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from bidding.models import Bid, BidMember, Consortium, ConsortiumMember, Mandate
from bidding.queries import LIVE
from procurement.actors import Actor
from procurement.models import Organisation
from procurement.objects import fetch
from procurement.refusals import NotFound
from signatures.pdf.policy import Policy
from signatures.queries import signer_policy
from tenders.notice import Notice, SignatureRules


def own_consortium(consortium_id: UUID, by: Actor) -> Consortium:
    """Find a consortium in which a supplier of ours stands.

    :raises NotFound: for anybody else's, as for none.
    """
    if (found := _whole(by).filter(pk=consortium_id).first()) is None:
        raise NotFound
    return found


def own_consortia(tender_id: UUID, by: Actor) -> list[Consortium]:
    """List the consortia of a tender in which a supplier of ours stands, the oldest first."""
    return list(_whole(by).filter(tender=tender_id).order_by("formed_at", "pk"))


def not_mandated(consortium: Consortium) -> list[Organisation]:
    """Name the members, but the lead, whose mandate does not stand now."""
    mandates = Mandate.objects.filter(revoked_at=None, member__consortium=consortium)
    members = ConsortiumMember.objects.filter(consortium=consortium).select_related("supplier")
    left = members.exclude(supplier=consortium.lead_id).exclude(pk__in=mandates.values("member"))
    return [one.supplier for one in left.order_by("supplier")]


def has_filed(consortium: Consortium) -> bool:
    """Tell whether a bid of a consortium lives."""
    return Bid.objects.filter(consortium=consortium, state__in=LIVE).exists()


def members_at(lookup: str) -> "Prefetch[str]":
    """Have bids read with all who stand in them, in one order; ``lookup`` leads to the members.

    For what is shown after the opening.
    """
    standing = BidMember.objects.select_related("supplier").order_by("supplier")
    return Prefetch(lookup, queryset=standing)


def who_must_sign(bid: Bid) -> list[Organisation]:
    """Name whose signatures the form of a bid needs: the lead's, and of members not mandated."""
    unmandated = not_mandated(bid.consortium) if bid.consortium else []
    return [bid.slot.supplier, *unmandated]


def policy_of(bid: Bid) -> Policy:
    """Say which signatures the form of a filed bid needs, and what its notice asks of them."""
    return policy_for(bid, who_must_sign(bid))


def policy_for(bid: Bid, signers: Sequence[Organisation], at: datetime | None = None) -> Policy:
    """Ask for the signatures of some bodies, by the rules of the notice that a bid answers.

    Mandates count as of ``at``; for a filed bid, as of its arrival where nothing else is said.
    """
    notice = Notice.read(fetch(bid.notice).body)
    if at is None:
        assert bid.arrival is not None
        at = bid.arrival.at
    return as_asked(signer_policy(*signers, at=at), notice.signatures)


def as_asked(policy: Policy, rules: SignatureRules) -> Policy:
    """Judge by what a notice says of signatures."""
    return replace(
        policy,
        level=rules.level,
        signatures_required=rules.signers,
        revocation=rules.revocation,
        qualified=rules.qualified,
        active_content=rules.active_content,
        authorities=frozenset(rules.authorities),
    )


def _whole(by: Actor) -> QuerySet[Consortium]:
    standing = Mandate.objects.filter(revoked_at=None)
    members = (
        ConsortiumMember.objects.select_related("supplier")
        .prefetch_related(Prefetch("mandates", queryset=standing))
        .order_by("supplier")
    )
    return (
        Consortium.objects.visible_to(by)
        .select_related("tender", "lead")
        .prefetch_related(Prefetch("members", queryset=members))
    )
