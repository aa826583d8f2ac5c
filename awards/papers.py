"""The decision on a lot as a paper, which carries the decision and what it rests on inside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from awards.statements import AwardDecision, Judgement, Proposal, Ranking
from procurement.proof.canonical import JSON
from procurement.proof.instants import format_instant
from procurement.proof.shapes import Statement
from procurement.texts import Text
from procurement.typesetting import Attachment, typeset
from tenders.notice import Notice
from tenders.papers import both, is_training

PAPERS = Path(__file__).parent / "papers"

AWARDED = Text("Awarded", "中标")
NOT_AWARDED = Text("Ended without an award", "流标")
DECLINED = Text("The proposal was declined", "提议被否决")
CAUSES = {
    "not-opened": Text("It was not opened", "未开启"),
    "judged-out": Text("It was judged not to count", "经判断无效"),
}


@dataclass(frozen=True)
class Decided:
    """A decision on a lot, what it rests on, and where it stands in the log."""

    decision: AwardDecision
    proposal: Proposal
    ranking: Ranking
    judgements: tuple[Judgement, ...]  # the confirmed ones of the ranking
    at: datetime
    leaf: str  # of the entry in the log, in hex

    @property
    def outcome(self) -> Text:
        """What was decided, in words."""
        if self.decision.decision == "declined":
            return DECLINED
        return AWARDED if self.decision.winner else NOT_AWARDED

    @property
    def bidders(self) -> set[str]:
        """The ids of everybody who stands in a bid of the lot."""
        ranked = {one for place in self.ranking.places for one in place.members}
        return ranked | {one for left in self.ranking.not_counted for one in left.members}


def decision_pdf(
    decided: Decided, notice: Notice, *, agency: Text, rules: Text, names: Mapping[str, Text]
) -> bytes:
    """Set the paper of a decision on a lot: what was decided, why, and on which ranking.

    It says no more than everybody may read of the result. ``rules`` is the law by its title, and
    ``names`` gives the names of bidders by their ids; else the id is shown.

    :raises ValueError: for a decision of another tender.
    """
    said = decided.decision
    if said.tender != notice.tender:
        raise ValueError("This paper and the notice belong to different tenders")
    lots: dict[str, JSON] = {lot.lot: {**lot.title} for lot in notice.lots}
    content: dict[str, JSON] = {
        "tender": notice.tender,
        "title": {**notice.title},
        "lot": lots.get(said.lot, {}),
        "notice": notice.digest(),
        "training": is_training(notice),
        "agency": both(agency),
        "rules": both(rules),
        "decision": said.to_json(),
        "proposal": decided.proposal.to_json(),
        "ranking": decided.ranking.to_json(),
        "judgements": [one.to_json() for one in decided.judgements],
        "names": {bidder: both(name) for bidder, name in names.items()},
        "causes": {cause: both(text) for cause, text in CAUSES.items()},
        "outcome": both(decided.outcome),
        "at": format_instant(decided.at),
        "leaf": decided.leaf,
        "digest": said.digest(),
    }
    return typeset(
        PAPERS / "decision.typ",
        content,
        attachments=list(_inside(decided)),
        title=" / ".join(["Decision on an award 定标决定", *notice.title.values()]),
        dated=decided.at,
    )


def _inside(decided: Decided) -> Iterable[Attachment]:
    yield _attached("decision.json", decided.decision, "Decision / 决定")
    yield _attached("proposal.json", decided.proposal, "Proposal / 提议")
    yield _attached("ranking.json", decided.ranking, "Ranking / 排名")


def _attached(name: str, said: Statement, description: str) -> Attachment:
    return Attachment(name, said.canonical(), "application/json", description)
