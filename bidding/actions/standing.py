"""Who stands in a bid, and whether they may: asked under the locks of the filing.

Only the debarment list can be met at one's own risk; people judge such a bid later. Nothing here
says whether anybody else bids.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from bidding.models import Bid, Consortium
from bidding.queries_consortia import not_mandated
from bidding.rules.members import MembersNotFree
from bidding.sealed.bid import Bid as BidObject
from procurement.actions.debarment import LookUp, look_up
from procurement.models import CheckPurpose, Organisation
from procurement.queries import require_verified
from procurement.queries_profile import undeclared
from procurement.refusals import Fault, Refusal
from procurement.rules.debarment import BidderDebarred
from procurement.texts import Text
from tenders.queries import pack_of

NOT_DECLARED = Text(
    "{supplier} has not declared “{statement}”, or no longer validly",
    "{supplier}未作出有效声明：“{statement}”",
)


class DeclarationMissing(Refusal):
    code, status = "declaration-missing", 409
    title = Text(
        "This tender asks every bidder for its self-declaration first",
        "本招标要求每个投标人先作出自我声明",
    )


def members_of(said: BidObject) -> list[Organisation]:
    """Read who stands in a bid, in the order in which it names them."""
    found = Organisation.objects.in_bulk(said.bidder.members)
    return [one for _, one in sorted(found.items(), key=lambda pair: str(pair[0]))]


def require_members(bid: Bid, said: BidObject, *, at_own_risk: bool, now: datetime) -> LookUp:
    """Let pass a bid in which everybody is verified, has declared, and is not debarred.

    :raises NotVerified, OperatorNeverBids: for a bidder who may not bid at all.
    :raises DeclarationMissing: where the pack asks for declarations, naming what is missing.
    :raises BidderDebarred: naming the entries, unless it is filed at its own risk.
    """
    members = members_of(said)
    for one in members:
        require_verified(one)
    if pack_of(bid.slot.tender).self_declaration:
        _require_declared(members, now)
    found = looked_up(bid, members, now)
    if found.faults and not at_own_risk:
        raise BidderDebarred(faults=found.faults)
    return found


def require_behind(bid: Bid, signed_for: Collection[UUID]) -> None:
    """Let pass the bid of a consortium whose every member mandated the lead, or signed itself.

    Nobody can bring another into a bid at one's own risk: consent is certain, or there is none.
    The lock keeps mandates as they are until the filing is committed.

    :raises MembersNotFree: otherwise.
    """
    if bid.consortium_id is None:
        return
    consortium = Consortium.objects.select_for_update().get(pk=bid.consortium_id)
    if {one.pk for one in not_mandated(consortium)} - {*signed_for}:
        raise MembersNotFree


def looked_up(bid: Bid, members: Sequence[Organisation], now: datetime) -> LookUp:
    """Look everybody who stands in a bid up in the debarment list, as of its submission."""
    return look_up(
        organisations=members,
        tender=bid.slot.tender_id,
        bid=bid.digest,
        purpose=CheckPurpose.SUBMISSION,
        now=now,
    )


def _require_declared(members: Sequence[Organisation], now: datetime) -> None:
    missing = undeclared([one.pk for one in members], now)
    faults = [
        Fault(
            "not-declared",
            NOT_DECLARED,
            {"supplier": Text(one.name_in("en"), one.name_in("zh")), "statement": statement},
        )
        for one in members
        for statement in missing[one.pk]
    ]
    if faults:
        raise DeclarationMissing(faults=faults)
