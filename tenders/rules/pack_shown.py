"""A rule pack as readers see it: every number with its article, and whether that was read."""

from dataclasses import fields

from procurement.proof.canonical import JSON
from procurement.texts import Text
from tenders.rules.pack import RulePack
from tenders.rules.pack_parts import Reduction, Rules, Switch, Switches

LABELS = {
    # Switches
    "public_opening": Text("Everybody may follow the opening", "公开开标"),
    "who_decrypts": Text("Who decrypts the bids", "由谁解密投标文件"),
    "amendment_notice": Text("Who is told of an amendment", "变更通知对象"),
    "committee_excluded_from_opening": Text(
        "The committee stays away from the opening", "评标委员会成员不参加开标"
    ),
    "self_declaration": Text("The bidder's own declaration is enough at first", "先以自我声明为准"),
    # Rules
    "bid_period": Text("From publication to the deadline, at least", "自发布至投标截止，至少"),
    "grace": Text("To commit a bid that arrived in time", "按时到达的投标的入库宽限"),
    "delta": Text("For witnesses to see every bid in time", "见证方确认全部投标的时限"),
    "tick": Text("How often the log grows", "日志增长间隔"),
    "reveal": Text("To reveal a bid that fails to open", "解密失败后的补救时间"),
    "freshness": Text("How old a proof of the history may be", "历史证明的最长时效"),
    "minimum_bidders": Text("Bidders needed at least", "最少投标人数"),
    "openers_minimum": Text("Openers present at least", "最少到场开标人数"),
    "retention": Text("Bids and documents are kept at least", "投标与文件至少保存"),
    "repeat_rehearsal": Text("The panel rehearses again before the deadline", "截止前再次演练"),
    "amendment_minimum": Text("From an amendment to the deadline, at least", "自变更至截止，至少"),
    "question_extension": Text(
        "An unanswered question moves the deadline by", "问题逾期未答复，截止时间顺延"
    ),
    "most_question_extensions": Text("… at most so often", "顺延次数上限"),
    "documents_available": Text("Documents are to be had, at least", "招标文件至少提供"),
    "notice_period": Text("The notice runs", "公告期限"),
    "challenge": Text("The documents may be challenged", "对招标文件提出质疑的期限"),
    "questions_until": Text("Questions end before the deadline", "提问截止（截止前）"),
    "answers_until": Text("Answers end before the deadline", "答疑截止（截止前）"),
    "answer_within": Text("A question is answered within", "问题答复期限"),
    "opening_within": Text("Bids are opened after the deadline, at most", "截止后至多多久开标"),
}


def summary_json(pack: RulePack) -> dict[str, JSON]:
    """Show a pack as a list does."""
    return {"name": pack.name, "version": pack.version, "title": {**pack.title._asdict()}}


def pack_json(pack: RulePack) -> dict[str, JSON]:
    """Show a pack whole."""
    rules = {one.name: getattr(pack.rules, one.name) for one in fields(Rules)}
    return {
        **summary_json(pack),
        "opening_time": pack.opening_time,
        "switches": {
            one.name: _switch(one.name, getattr(pack.switches, one.name))
            for one in fields(Switches)
        },
        "rules": {
            name: {"label": _label(name), **rule.to_json()}
            for name, rule in rules.items()
            if rule is not None
        },
        "reductions": {name: _reduction(one) for name, one in pack.reductions.items()},
        "texts": {name: {**text._asdict()} for name, text in pack.texts.items()},
    }


def _switch(name: str, switch: Switch) -> dict[str, JSON]:
    return {
        "label": _label(name),
        "value": switch.value,
        "source": switch.source,
        "evidence": switch.evidence,
        "verified": switch.evidence != "general",
        "note": None if switch.note is None else {**switch.note._asdict()},
    }


def _reduction(one: Reduction) -> dict[str, JSON]:
    rules = {
        "period": one.period,
        "no_newer": one.no_newer,
        "no_older": one.no_older,
        "questions_until": one.questions_until,
        "answers_until": one.answers_until,
    }
    told = {name: rule.to_json() for name, rule in rules.items() if rule is not None}
    return {"title": {**one.title._asdict()}, "needs": one.needs, **told}


def _label(name: str) -> JSON:
    return {**LABELS[name]._asdict()}
