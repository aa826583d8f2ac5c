"""What an offer leaves out is filled in from what the supplier gave once; every piece is shown.

What does not hold until the deadline stops the sealing: an envelope that nobody can look into is
no place to find out. ``--no-profile`` leaves the profile alone, and what the offer says stands.
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from client.given_once import Copy, Given, copy_of, take_along
from client.output import Output, Stopped
from client.profiles import add_profile, signed_in
from procurement.proof.instants import format_instant
from procurement.refusals import Fact, Fault
from procurement.rules.profile import Standing
from procurement.texts import Text
from tenders.form import read_form

STANDINGS = {
    Standing.VALID: Text("answered by what you gave", "已有有效内容"),
    Standing.NOT_YET_VALID: Text("not valid yet", "尚未生效"),
    Standing.EXPIRES_BEFORE_DEADLINE: Text("expires before the deadline", "在截止时间前失效"),
    Standing.EXPIRED: Text("expired", "已失效"),
    Standing.MISSING: Text("missing", "缺失"),
}
UNTIL = Text("valid until {until}", "有效期至 {until}")
WITHOUT_END = Text("valid without end", "长期有效")
FILLED = Text(
    "  {asked}: {what} (from your profile, {valid})", "  {asked}：{what}（取自企业资料，{valid}）"
)
LEAVE_OUT = Text(
    "  The offer had left these out. To seal without them: --no-profile",
    "  以上各项报价中未填。如不采用，请使用 --no-profile",
)
FROM_COPY = Text(
    "Your profile is taken from its copy of {taken_at}: {why}",
    "企业资料取自 {taken_at} 的副本：{why}",
)
NOBODY_IS_HERE = Text("nobody is signed in here (daylight login)", "本机尚未登录（daylight login）")
NOT_ASKED = Text("Nothing is taken from your profile: {why}", "未采用企业资料：{why}")
NOT_HERE = Text(
    "  {asked}: your profile has it, but this machine does not. Take it along with: "
    "daylight profile save",
    "  {asked}：企业资料中有此文件，但本机没有。请用以下命令保存：daylight profile save",
)
DOES_NOT_HOLD = Text(
    "What your profile would answer does not hold at the deadline, {closes_at}.",
    "企业资料中拟采用的内容在截止时间（{closes_at}）无效。",
)
NEWER_FACT = Text(
    "from your profile, {valid}: {standing}. Give a newer one (daylight profile fact {asked} …), "
    "answer it in the offer, or seal with --no-profile",
    "取自企业资料，{valid}：{standing}。请更新（daylight profile fact {asked} …）、在报价中作答，"
    "或使用 --no-profile",
)
NEWER_DOCUMENT = Text(
    "from your profile, {valid}: {standing}. Give a newer one (daylight profile document {asked} …)"
    ", name a file (--document {asked}=PATH), or seal with --no-profile",
    "取自企业资料，{valid}：{standing}。请更新（daylight profile document {asked} …）、指定文件"
    "（--document {asked}=PATH），或使用 --no-profile",
)


@dataclass(frozen=True)
class Filled:
    """An offer and its documents, and what of them came from the profile."""

    offer: Any
    documents: dict[str, Path]
    taken: tuple[Given, ...] = ()

    def told(self) -> list[dict[str, str | None]]:
        """List for programs what came from the profile."""
        return [
            {
                "asked": one.asked,
                "value": one.value or None,
                "sha256": one.sha256 or None,
                "valid_until": format_instant(one.until) if one.until else None,
            }
            for one in self.taken
        ]


def add_filling(parser: argparse.ArgumentParser) -> None:
    """Add the options that say whose profile fills in, and that none does."""
    parser.add_argument(
        "--no-profile", action="store_true", help="fill nothing in from what you gave once"
    )
    add_profile(parser)


def filled_in(
    entered: Filled,
    form: Mapping[str, Any],
    closes_at: datetime,
    args: argparse.Namespace,
    out: Output,
) -> Filled:
    """Fill in what the offer leaves out, show it, and give both together.

    :raises Stopped: naming everything of it that does not hold until the deadline.
    """
    questions, documents = _left_out(entered, form)
    if args.no_profile or not (questions or documents):
        return entered
    now = datetime.now(UTC)
    if (copy := _profile(args, documents, now, out)) is None:
        return entered
    facts = [one for one in copy.facts if one.asked in questions]
    papers = [one for one in copy.documents if one.asked in documents]
    wrong = [*_faults(facts, now, closes_at), *_faults(papers, now, closes_at)]
    if wrong:
        at = format_instant(closes_at)
        raise Stopped("profile-does-not-hold", DOES_NOT_HOLD, faults=wrong, closes_at=at)
    places = {one.asked: copy.place(one) for one in papers if copy.place(one).is_file()}
    for one in papers:
        if one.asked not in places:
            out.say(NOT_HERE, asked=one.asked)
    taken = [*facts, *(one for one in papers if one.asked in places)]
    _show(taken, out)
    return _together(entered, taken, places)


def _left_out(entered: Filled, form: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Name the questions and documents that the offer leaves out; a bad offer is judged later."""
    if not isinstance(entered.offer, dict) or not isinstance(_answers(entered.offer), dict):
        return set(), set()
    read = read_form(form)
    questions = {one.id for one in read.questions} - _answers(entered.offer).keys()
    return questions, {one.name for one in read.documents} - entered.documents.keys()


def _answers(offer: dict[str, Any]) -> Any:
    return offer.get("answers", {})


def _profile(args: argparse.Namespace, names: set[str], now: datetime, out: Output) -> Copy | None:
    """Ask the platform, and go on with the copy on this machine where that cannot be."""
    try:
        return take_along(signed_in(args, out), args.bidder, now, names)
    except Stopped as stopped:
        nobody = stopped.code == "not-signed-in"
        why: Text | str = NOBODY_IS_HERE if nobody else stopped.said(out.lang)
    copy = copy_of(args.bidder)
    if copy is not None:
        out.say(FROM_COPY, taken_at=copy.taken_at, why=why)
    elif not nobody:
        out.say(NOT_ASKED, why=why)
    return copy


def _faults(given: list[Given], now: datetime, closes_at: datetime) -> Iterator[Fault]:
    for one in given:
        holds = one.standing(now=now, closes_at=closes_at)
        if holds != Standing.VALID:
            text, part = (NEWER_DOCUMENT, "documents") if one.sha256 else (NEWER_FACT, "answers")
            facts: dict[str, Fact] = {"asked": one.asked, "valid": _valid(one)}
            facts["standing"] = STANDINGS[holds]
            yield Fault(holds.value, text, facts, f"/{part}/{one.asked}")


def _show(given: list[Given], out: Output) -> None:
    for one in given:
        what = f"{one.sha256[:12]}…" if one.sha256 else one.value
        out.say(FILLED, asked=one.asked, what=what, valid=_valid(one))
    if given:
        out.say(LEAVE_OUT)


def _valid(given: Given) -> Text:
    if given.until is None:
        return WITHOUT_END
    until = format_instant(given.until)
    return Text(UNTIL.en.format(until=until), UNTIL.zh.format(until=until))


def _together(entered: Filled, taken: list[Given], papers: dict[str, Path]) -> Filled:
    offer, facts = dict(entered.offer), {one.asked: one.value for one in taken if not one.sha256}
    if facts:
        offer["answers"] = {**_answers(offer), **facts}
    if isinstance(named := offer.get("documents"), dict):
        offer["documents"] = {**{name: inside(name, papers[name]) for name in papers}, **named}
    return Filled(offer, {**entered.documents, **papers}, tuple(taken))


def inside(name: str, path: Path) -> str:
    """Name the place of a document within an envelope, where the offer names none itself."""
    return f"documents/{name}{path.suffix.lower()}"
