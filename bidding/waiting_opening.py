"""What an opening waits for: whose answer comes next."""

from collections.abc import Iterator
from datetime import datetime

from bidding.models import HolderNote, Opening, OpeningState
from bidding.sealed.answers import TIMEKEEPER
from bidding.sealed.opening import Request
from procurement.actors import Actor
from procurement.models import ProtocolObject
from procurement.texts import Text
from procurement.waiting import Waiting
from tenders.models import Seat, TenderState

COME = Text("Bids of “{title}” are to be opened: be present", "“{title}”即将开标，请到场")
ASK = Text(
    "“{title}”: ask for the opening when a quorum is present", "“{title}”：达到人数后申请开标"
)
TRY = Text("“{title}”: try the whole set and say what fails", "“{title}”：尝试全部信封并报告失败")
DISCLOSE = Text("“{title}”: disclose your shares of the whole set", "“{title}”：提交全部密钥份额")
RELEASE = Text("“{title}”: answer the release intent", "“{title}”：答复放行意向")
SIGN = Text("“{title}”: sign the minutes", "“{title}”：签署开标记录")

# By state: what is said, by which kind of note, in which words, and where.
ANSWERS = {
    OpeningState.REQUESTED: ("try-the-set", HolderNote.FAILURES, TRY, "failures"),
    OpeningState.REVEALS_CLOSED: ("disclose", HolderNote.DISCLOSURE, DISCLOSE, "disclosures"),
    OpeningState.INTENDED: ("release", HolderNote.RELEASE, RELEASE, "release"),
    OpeningState.OPENED: ("sign-minutes", HolderNote.MINUTES, SIGN, "minutes-signatures"),
}
OF_THE_TIMEKEEPER = (OpeningState.REQUESTED, OpeningState.INTENDED)


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:
    """List what a holder of keys does next at the openings of the tenders they sit for."""
    seats = {
        seat.tender_id: seat
        for seat in Seat.objects.filter(user=actor.user_id, tender__state=TenderState.CLOSED)
    }
    openings = (
        Opening.objects.filter(tender__in=seats)
        .select_related("tender")
        .prefetch_related("present", "notes")
        .order_by("begun_at")
    )
    asked = _openers([opening.request for opening in openings if opening.request])
    return [
        one
        for opening in openings
        for one in _at(opening, seats[opening.tender_id], asked.get(opening.request, ()), now)
    ]


def _at(opening: Opening, seat: Seat, asked: tuple[int, ...], now: datetime) -> Iterator[Waiting]:
    if opening.state == OpeningState.GATHERING:
        if seat.is_opener and now >= opening.tender.opens_at:
            present = seat.idx in {one.idx for one in opening.present.all()}
            where = "opening" if present else "opening/presence"
            what, text = ("request-opening", ASK) if present else ("be-present", COME)
            yield _entry(what, opening, opening.tender.opens_at, text, where)
        return
    answer = ANSWERS.get(OpeningState(str(opening.state)))
    if answer is None or not _is_asked(opening, seat, asked):
        return
    what, kind, text, where = answer
    if (seat.holder, kind) not in {(note.holder, note.kind) for note in opening.notes.all()}:
        yield _entry(what, opening, _since(opening), text, f"opening/{where}")


def _is_asked(opening: Opening, seat: Seat, asked: tuple[int, ...]) -> bool:
    if seat.holder == TIMEKEEPER:
        return opening.state in OF_THE_TIMEKEEPER
    return seat.idx in asked and opening.state != OpeningState.INTENDED


def _since(opening: Opening) -> datetime | None:
    return {
        OpeningState.REQUESTED: opening.requested_at,
        OpeningState.REVEALS_CLOSED: opening.reveals_closed_at,
        OpeningState.INTENDED: opening.intended_at,
    }.get(OpeningState(str(opening.state)), opening.opened_at)


def _openers(requests: list[str]) -> dict[str, tuple[int, ...]]:
    rows = ProtocolObject.objects.filter(pk__in=requests)
    return {row.digest: Request.read(row.body).openers for row in rows}


def _entry(what: str, opening: Opening, since: datetime | None, text: Text, where: str) -> Waiting:
    tender = opening.tender
    address = f"/api/v1/tenders/{tender.pk}/{where}"
    return Waiting(what, tender.pk, since, text, {"title": tender.title}, address)
