"""What may change after the publication, and what may not (rules.md B15, B17, B18).

A deadline moves later or not at all. An amendment changes terms and descriptions; what is bought,
in which lots, by which procedure and in which money is another tender.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from procurement.proof.instants import format_instant, parse_instant
from procurement.refusals import Fact, Fault, Refusal
from procurement.texts import Text
from procurement.working_days import Calendar
from tenders.notice import Extension
from tenders.rules.dates import Dated, said
from tenders.rules.draft import Draft, ItemDraft, LotDraft
from tenders.rules.timetable import shown_at

SECTIONS = (  # of a draft that an amendment may replace
    "title",
    "description",
    "closes_at",
    "opens_at",
    "validity_days",
    "questions",
    "required_documents",
    "signatures",
)
NOTE = "/extension_note"


class DeadlinePassed(Refusal):
    code, status = "deadline-passed", 409
    title = Text(
        "The deadline has passed, and what has passed is not moved", "截止时间已过，不得再变更"
    )


class TooLate(Refusal):
    code, status = "not-later-any-more", 409
    title = Text(
        "The deadline was moved since this was signed; propose it again",
        "自签署以来截止时间已有变动，请重新提出",
    )


@dataclass(frozen=True)
class Moved:
    """When bids are due, when they are opened, and until when questions are taken and answered."""

    closes_at: datetime
    opens_at: datetime
    questions_until: datetime | None
    answers_until: datetime | None

    def moved_to(
        self, closes_at: datetime, questions: datetime | None, answers: datetime | None
    ) -> "Moved":
        """Move the deadline and the opening together; the cut-offs move with them, or stay."""
        return Moved(
            closes_at,
            self.opens_at + (closes_at - self.closes_at),
            later_of(self.questions_until, questions),
            later_of(self.answers_until, answers),
        )


def moved_by(extension: Extension) -> Moved:
    """Give the times that an extension brings."""
    return Moved(
        extension.closes_at,
        max(gate.not_before for gate in extension.gates),
        extension.questions_until,
        extension.answers_until,
    )


def later_of(before: datetime | None, now: datetime | None) -> datetime | None:
    """Give the later of two cut-offs; where there was none there is none now."""
    return before if before is None or now is None else max(before, now)


def faults_of_move(before: Moved, after: Moved, *, pointer: str = "") -> list[Fault]:
    """Name what would move back."""
    return [
        Fault("moved-back", MOVED_BACK, {"what": TIMES[name]}, pointer or f"/{name}")
        for name in TIMES
        if (was := getattr(before, name)) is not None
        and ((then := getattr(after, name)) is None or then < was)
    ]


def amended(draft: Draft, body: Mapping[str, Any]) -> Draft:
    """Give a draft with what an amendment says of it in the place of what stood there.

    An opening moves with its deadline, unless it is named, too.
    """
    sections = {name: body[name] for name in SECTIONS if name in body}
    if "closes_at" in sections and "opens_at" not in sections:
        sections["opens_at"] = draft.opens_at + (sections["closes_at"] - draft.closes_at)
    said_of = {(one["lot"], one["id"]): one for one in body.get("items", ())}
    lots = tuple(_lot(lot, said_of) for lot in draft.lots)
    return replace(draft, **sections, lots=lots)


def faults_of_items(draft: Draft, body: Mapping[str, Any]) -> Iterator[Fault]:
    """Name the items that are not in the tender: another item is another tender."""
    there = {(lot.key, item.key) for lot in draft.lots for item in lot.items}
    for i, one in enumerate(body.get("items", ())):
        if (one["lot"], one["id"]) not in there:
            facts: dict[str, Fact] = {"lot": one["lot"], "id": one["id"]}
            yield Fault("no-such-item", NO_SUCH_ITEM, facts, f"/items/{i}")


def faults_of_removals(names: Iterable[str], there: Collection[str]) -> Iterator[Fault]:
    """Name the documents that an amendment would leave out and that are not there."""
    for i, name in enumerate(names):
        if name not in there:
            yield Fault(
                "no-such-document", NO_SUCH_DOCUMENT, {"name": name}, f"/remove_documents/{i}"
            )


def faults_of_scope(before: Draft, after: Draft) -> Iterator[Fault]:
    """Name what makes it another tender (Order 87 art. 27; rules.md B17)."""
    if _scope(before) != _scope(after):
        yield Fault("other-scope", OTHER_SCOPE)


def faults_of_remaining_time(
    closes_at: datetime, earliest: Dated, *, pack: str, calendar: Calendar
) -> Iterator[Fault]:
    """Name what is missing of the time that suppliers have after a change (rules.md B15)."""
    if closes_at >= earliest.at:
        return
    facts: dict[str, Fact] = {
        "pack": pack,
        "period": said(earliest.trace.by),
        "source": earliest.trace.by.cited(),
        "closes_at": shown_at(closes_at, calendar),
        "earliest": shown_at(earliest.at, calendar),
    }
    yield Fault("too-little-time-left", TOO_LITTLE_TIME, facts, "/closes_at")


def body_json(body: Mapping[str, Any]) -> dict[str, Any]:
    """Write what an amendment says as it is kept."""
    return {name: _kept(value) for name, value in body.items()}


def body_of(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Read what an amendment says from what was kept."""
    body = dict(kept)
    for name in ("title", "description"):
        if name in body:
            body[name] = Text(**body[name])
    for name in ("closes_at", "opens_at"):
        if name in body:
            body[name] = parse_instant(body[name])
    for name in ("questions", "required_documents"):
        if name in body:
            body[name] = tuple(body[name])
    return body


def _kept(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_instant(value)
    return value._asdict() if isinstance(value, Text) else value


def _lot(lot: LotDraft, said_of: Mapping[tuple[str, str], Mapping[str, Any]]) -> LotDraft:
    items = tuple(_item(item, said_of.get((lot.key, item.key), {})) for item in lot.items)
    return replace(lot, items=items)


def _item(item: ItemDraft, told: Mapping[str, Any]) -> ItemDraft:
    named = {name: told[name] for name in ("description", "quantity", "unit") if name in told}
    return replace(item, **named)


def _scope(draft: Draft) -> object:
    lots = [
        (lot.key, lot.title, lot.criterion, [(i.key, i.scheme, i.code) for i in lot.items])
        for lot in draft.lots
    ]
    return draft.procedure, draft.currency, lots


TIMES = {
    "closes_at": Text("the deadline for bids", "投标截止时间"),
    "opens_at": Text("the opening", "开标时间"),
    "questions_until": Text("the end of questions", "提问截止时间"),
    "answers_until": Text("the end of answers", "答疑截止时间"),
}
MOVED_BACK = Text("A change moves {what} to a later time, never back", "{what}只能推迟，不得提前")
NOT_LATER = Text(
    "Bids are due {closes_at} already: an extension names a later instant",
    "投标截止时间已为 {closes_at}：延期须晚于该时间",
)
NO_SUCH_ITEM = Text(
    "Lot “{lot}” has no item “{id}”; what else is bought is another tender",
    "标包“{lot}”没有采购项“{id}”；采购其他内容须另行招标",
)
NO_SUCH_DOCUMENT = Text("There is no document “{name}”", "没有文件“{name}”")
NOTHING_CHANGES = Text(
    "This amendment changes nothing: say what it is for, or drop it",
    "该修改没有任何变更：请写明变更内容或放弃",
)
OTHER_SCOPE = Text(
    "Lots, classification, procedure and currency stay as published; other ones are another tender",
    "标包、分类、采购方式和币种须与已发布公告一致；变更须另行招标",
)
TOO_LITTLE_TIME = Text(
    "After a change suppliers have at least {period}, so until {earliest}, but bids are due "
    "{closes_at} (rule amendment_minimum of the pack “{pack}”: {source}): move the deadline",
    "变更后供应商至少有 {period}，即至 {earliest}，而投标截止为 {closes_at}"
    "（规则包“{pack}”规则 amendment_minimum：{source}），请推迟截止时间",
)
