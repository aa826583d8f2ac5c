"""Whether who would win may: everybody who stands in the bid is looked up before the decision.

Who is on the list wins only where one person judged, knowing that, and another confirmed it.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from awards.models import Admissibility, AdmissibilityState
from bidding.models import Bid
from procurement.actions.debarment import LookUp, look_up
from procurement.models import CheckPurpose, DebarmentCheck, Organisation
from procurement.refusals import Fault, Refusal
from procurement.rules.debarment import WinnerDebarred
from procurement.texts import Text

KEPT = Text("This look-up is kept as the evidence {check}", "此次查询已留存为证据 {check}")


class DoesNotCount(Refusal):
    code, status = "bid-does-not-count", 409
    title = Text("This bid does not count in this lot", "该投标在本标段中无效")


def require_eligible(bid: Bid, *, now: datetime) -> LookUp:
    """Look whoever would win up; let pass who is not listed, or was judged by who knew it.

    :raises DoesNotCount: for a bid that was judged out since it was proposed.
    :raises WinnerDebarred: with every entry, unless they were known to who judged that it counts.
    """
    judgement = _confirmed(bid)
    if judgement and not judgement.counts:
        raise DoesNotCount
    known = judgement and _known(bid, judgement)
    found = looked_up(bid, now)
    if found.faults and not (known and _covered(found, known)):
        raise debarred(found)
    return found


def debarred(found: LookUp) -> WinnerDebarred:
    """Refuse a winner with every entry that was found, and where the look-up is kept."""
    kept = Fault("look-up-kept", KEPT, {"check": found.digest})
    return WinnerDebarred(faults=[*found.faults, kept])


@transaction.atomic
def remember_debarred(*, bid_id: UUID, now: datetime) -> LookUp:
    """Keep the evidence for which an act was refused; the bid is to be judged, or anew.

    Called after the refused proposal or decision was undone.
    """
    bid = Bid.objects.select_for_update().get(pk=bid_id)

    found = looked_up(bid, now)
    judgement = _confirmed(bid)
    if judgement and found.faults:
        judgement.reopen()
        judgement.save()
    return found


def looked_up(bid: Bid, now: datetime) -> LookUp:
    """Look everybody who stands in a bid up in the debarment list, before the award."""
    members = Organisation.objects.filter(pk__in=bid.members.values("supplier"))
    return look_up(
        organisations=list(members.order_by("pk")),
        tender=bid.slot.tender_id,
        bid=bid.digest,
        purpose=CheckPurpose.AWARD,
        now=now,
    )


def _confirmed(bid: Bid) -> Admissibility | None:
    return Admissibility.objects.filter(bid=bid, state=AdmissibilityState.CONFIRMED).first()


def _known(bid: Bid, judgement: Admissibility) -> DebarmentCheck | None:
    """Find the newest finding that was there for whoever judged."""
    checks = DebarmentCheck.objects.filter(bid=bid.digest, found=True)
    return checks.filter(at__lte=judgement.judged_at).order_by("-list_version", "-at").first()


def _covered(found: LookUp, known: DebarmentCheck) -> bool:
    """Tell whether every entry stood on the list, and held, when it was known."""
    return all(
        entry.version <= known.list_version and entry.starts_at <= known.at
        for entry in found.evidence.found
    )
