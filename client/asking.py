"""``daylight ask`` and ``daylight answer``: questions about a tender, answered to everybody.

What would tell who asks is shown before anything is sent. An answer is signed upon the notice that
the witnesses' history holds.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from client.answers import Refused
from client.keys import load_key
from client.output import GOOD, Output, Stopped
from client.profiles import add_profile, signed_in
from client.proving import prove, read_anchors
from client.publishing import OTHER_AGENCY, add_agency_key
from client.server import Server
from procurement.texts import Text
from tenders.answers import Answer

TELLS = Text("  “{found}” looks like {kind}", "  “{found}”疑似{kind}")
ASK_ALL_THE_SAME = Text("Ask all the same? [y/N] ", "仍要提问？[y/N] ")
NOT_ASKED = Text(
    "Nothing was asked. Reword it, or say --anyway.", "没有提问。请改写，或使用 --anyway。"
)
ASKED = Text(
    "Asked. Nobody learns who asked before the tender has ended.",
    "已提问。招标结束前，任何人不会获知提问人。",
)
NOT_HERE = Text("Nothing waits for an answer here.", "没有待答复的提问。")
NO_SUCH = Text("{question} does not wait for an answer.", "{question} 不在待答复的提问中。")
NO_WORDS = Text(
    "Say question and answer, each in English or Chinese: --question-en, --answer-en …",
    "请以中文或英文给出问题和答复：--question-zh、--answer-zh 等。",
)
NOT_REDACTED = Text(
    "What you would publish may tell who asked. Change it, or say --redaction-checked.",
    "拟公布内容可能透露提问人。请修改，或使用 --redaction-checked。",
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``ask`` and ``answer``."""
    ask = commands.add_parser("ask", help="ask a question about a tender, without being known")
    ask.add_argument("tender", metavar="TENDER")
    ask.add_argument("text", metavar="QUESTION")
    ask.add_argument("--supplier", metavar="ID", help="for whom, if you act for several")
    ask.add_argument("--check", action="store_true", help="show what tells who asks; send nothing")
    ask.add_argument("--anyway", action="store_true", help="send it although it may tell who asks")
    add_profile(ask)
    ask.set_defaults(run=run_ask)

    waiting = commands.add_parser("questions", help="what waits for an answer, or what you asked")
    waiting.add_argument("tender", metavar="TENDER")
    add_profile(waiting)
    waiting.set_defaults(run=run_questions)

    answer = commands.add_parser("answer", help="sign an answer to questions, for everybody")
    answer.add_argument("tender", metavar="TENDER")
    answer.add_argument("questions", metavar="QUESTION", nargs="+", help="as questions shows it")
    for what in ("question", "answer"):
        for lang in ("en", "zh"):
            answer.add_argument(f"--{what}-{lang}", metavar="TEXT")
    answer.add_argument("--redaction-checked", action="store_true", help="it tells of nobody")
    add_agency_key(answer)
    add_profile(answer)
    answer.set_defaults(run=run_answer)


def run_ask(args: argparse.Namespace, out: Output) -> int:
    """Show what would tell who asks, and ask."""
    server, address = signed_in(args, out), f"tenders/{args.tender}/questions"
    body = {"text": args.text, **({"supplier": args.supplier} if args.supplier else {})}
    hints = server.post(f"{address}?dry_run=true", body, repeatable=True)["hints"]
    for hint in hints:
        kind = hint["text"].get(out.lang) or hint["text"]["en"]
        out.say(TELLS, found=args.text[hint["start"] : hint["end"]], kind=kind)
    if args.check:
        out.answer(hints=hints, asked=False)
        return GOOD
    if hints and not args.anyway and not _agreed(out):
        raise Stopped("tells-who-asks", NOT_ASKED)
    asked = server.post(address, body)
    out.say(ASKED)
    out.say(Text("  question {id}", "  问题 {id}"), id=asked["id"])
    out.answer(question=asked["id"], hints=hints, asked=True)
    return GOOD


def run_questions(args: argparse.Namespace, out: Output) -> int:
    """Show an officer what waits for an answer, and a supplier what it asked."""
    told = signed_in(args, out).get(f"tenders/{args.tender}/questions")
    for one in told["questions"]:
        out.show(f"{one['id']}: {one['text']}")
        if one.get("answer"):
            out.say(Text("  answer {number}", "  答复 {number}"), number=one["answer"])
        if same := one.get("possible_duplicates"):
            out.say(
                Text("  may ask the same as {same}", "  可能与 {same} 重复"), same=", ".join(same)
            )
    if not told["questions"]:
        out.say(NOT_HERE)
    elif told.get("answers_until"):
        text = Text("Answers are due until {until}", "答复截止时间 {until}")
        out.say(text, until=told["answers_until"])
    out.answer(**told)
    return GOOD


def run_answer(args: argparse.Namespace, out: Output) -> int:
    """Sign one answer to one or several questions, and publish it."""
    server, anchors = signed_in(args, out), read_anchors(args.anchors)
    key = load_key(args.agency_key, args.agency_passphrase_file, out)
    notice = prove(server, args.tender, anchors).told.notice
    if key.public().verifier != notice.agency:
        raise Stopped("other-agency", OTHER_AGENCY)
    answer = _answer(args, notice.digest(), _waiting(server, args))
    for lang, text in answer.answer.items():
        out.show(f"  {answer.question.get(lang) or next(iter(answer.question.values()))}")
        out.show(f"  {text}")
    if args.show_only:
        out.answer(answer=answer.digest(), number=answer.number, published=False)
        return GOOD
    body = {
        "answer_note": answer.sign(key.note_signer()).decode(),
        "redaction_checked": args.redaction_checked,
    }
    _publish(server, args.tender, body)
    published = Text("Published: answer {number}", "已发布：答复 {number}")
    out.say(published, number=answer.number)
    out.answer(answer=answer.digest(), number=answer.number, published=True)
    return GOOD


def _publish(server: Server, tender: str, body: Mapping[str, Any]) -> None:
    try:
        server.post(f"tenders/{tender}/answers", body)
    except Refused as refused:
        if refused.code != "not-redacted":
            raise
        raise Stopped("not-redacted", NOT_REDACTED, faults=refused.faults) from None


def _waiting(server: Server, args: argparse.Namespace) -> Mapping[str, Any]:
    told: Mapping[str, Any] = server.get(f"tenders/{args.tender}/questions")
    known = [one["id"] for one in told["questions"]]
    if "next_number" not in told:
        raise Stopped("nothing-to-answer", NOT_HERE)
    for question in args.questions:
        if question not in known:
            raise Stopped("no-such-question", NO_SUCH, question=question)
    return told


def _answer(args: argparse.Namespace, notice: str, told: Mapping[str, Any]) -> Answer:
    question, answer = _said(args, "question"), _said(args, "answer")
    if not question or not answer:
        raise Stopped("no-words", NO_WORDS)
    said = Answer(
        tender=args.tender,
        notice=notice,
        number=told["next_number"],
        questions=_sorted(args.questions),
        question=question,
        answer=answer,
    )
    return Answer.of(said.to_json())


def _said(args: argparse.Namespace, what: str) -> dict[str, str]:
    found = {lang: getattr(args, f"{what}_{lang}") for lang in ("en", "zh")}
    return {lang: text for lang, text in found.items() if text}


def _sorted(questions: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(questions)))


def _agreed(out: Output) -> bool:
    """Ask the person at the terminal; where there is none, nobody has agreed."""
    return sys.stdin.isatty() and out.ask(ASK_ALL_THE_SAME, input).strip().lower() == "y"
