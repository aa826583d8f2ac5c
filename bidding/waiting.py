"""What waits for a supplier: an upload to go on with, a bid to sign and submit, and until when."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F, Q

from bidding.models import Bid, BidState, Envelope, UploadState
from bidding.rules.deadline import spoken
from procurement.actors import Actor
from procurement.texts import Text
from procurement.waiting import Waiting
from tenders.models import TenderState

_UPLOAD = Text(
    "Go on uploading your envelope for “{title}”; bids close at {closes_at}",
    "请继续上传“{title}”的信封，投标截止时间为 {closes_at}",
)
_SUBMIT = Text(
    "Your bid for “{title}” is not submitted: sign its form; bids close at {closes_at}",
    "您对“{title}”的投标尚未递交，请签署表单，投标截止时间为 {closes_at}",
)
_CONFIRM = Text(
    "The notice of “{title}” has changed: confirm your bid by {closes_at}, or it does not count",
    "“{title}”的公告已变更：请在 {closes_at} 前重新确认您的投标，否则不予计入",
)


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:
    """List what a supplier's people have begun and not finished, while there is time."""
    return [*_uploads(actor, now), *_bids(actor, now), *_to_confirm(actor, now)]


def _uploads(actor: Actor, now: datetime) -> Iterator[Waiting]:
    begun = Envelope.objects.visible_to(actor).filter(
        state=UploadState.UPLOADING,
        tender__state=TenderState.PUBLISHED,
        tender__closes_at__gt=now,
    )
    for one in begun.select_related("tender"):
        yield Waiting(
            what="finish-upload",
            tender=one.tender_id,
            since=one.begun_at,
            text=_UPLOAD,
            facts={"title": one.tender.title, "closes_at": spoken(one.tender.closes_at)},
            address=f"/api/v1/envelopes/{one.pk}",
        )


def _bids(actor: Actor, now: datetime) -> Iterator[Waiting]:
    prepared = Bid.objects.visible_to(actor).filter(
        state=BidState.PREPARED,
        slot__tender__state=TenderState.PUBLISHED,
        slot__tender__closes_at__gt=now,
    )
    for one in prepared.select_related("slot__tender"):
        tender = one.slot.tender
        yield Waiting(
            what="submit-bid",
            tender=tender.pk,
            since=one.prepared_at,
            text=_SUBMIT,
            facts={"title": tender.title, "closes_at": spoken(tender.closes_at)},
            address=f"/api/v1/bids/{one.pk}/submission",
        )


def _to_confirm(actor: Actor, now: datetime) -> Iterator[Waiting]:
    """Bids for an earlier notice; one that is prepared again waits as that one, too."""
    filed = Bid.objects.visible_to(actor).filter(
        ~Q(notice=F("slot__tender__notice")),
        state=BidState.FILED,
        slot__tender__state=TenderState.PUBLISHED,
        slot__tender__closes_at__gt=now,
    )
    for one in filed.select_related("slot__tender", "receipt"):
        tender = one.slot.tender
        yield Waiting(
            what="confirm-bid",
            tender=tender.pk,
            since=one.receipt.issued_at,
            text=_CONFIRM,
            facts={"title": tender.title, "closes_at": spoken(tender.closes_at)},
            address=f"/api/v1/bids/{one.pk}",
        )
