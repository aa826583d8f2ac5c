"""``daylight profile``: what a supplier says of itself once, and how that answers a tender.

What is given anew replaces what stood before. Only the supplier's own people see any of it.
"""

import argparse
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from client.changing import instant_said
from client.filling import STANDINGS
from client.given_once import take_along
from client.output import GOOD, Output, Stopped
from client.profiles import add_profile, signed_in
from client.sealing import media_type
from client.server import Server, segment
from procurement.proof.instants import format_instant
from procurement.rules.declaration import STATEMENTS
from procurement.texts import Text

FOR_SUPPLIERS = ("supplier-administrator", "supplier-signer")  # the roles, as the platform says
WHICH_SUPPLIER = Text(
    "You act for no supplier, or for several. Say for which: --supplier ID",
    "您不代表任何供应商，或代表多家。请指明：--supplier ID",
)
NO_SUCH_STATEMENT = Text(
    "There is no statement {code}. There are: {known}", "没有声明项 {code}。可用：{known}"
)
NOTHING_YET = Text("Nothing was given yet.", "尚未提供任何内容。")
GIVEN = Text("{what} ({validity})", "{what}（{validity}）")
UNTIL = Text("until {until}", "有效期至 {until}")
EXPIRED = Text("expired at {until}", "已于 {until} 失效")
WITHOUT_END = Text("without end", "长期有效")
DECLARED = Text("  declared: {statement}", "  已声明：{statement}")
DECLARATION = Text("the self-declaration", "自我声明")
ANSWERED = Text("{asked}: {standing}", "{asked}：{standing}")
NOT_REQUIRED = Text("{asked} (not required): {standing}", "{asked}（非必填）：{standing}")
UNDECLARED = Text("  still to be declared: {statement}", "  尚待声明：{statement}")
SAVED = Text(
    "{folder}: a copy of your profile, with {count} documents; daylight seal uses it offline, too",
    "{folder}：企业资料副本，含 {count} 份文件；daylight seal 离线时也可使用",
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``profile show``, ``fact``, ``document``, ``declare`` and ``save``."""
    profile = commands.add_parser("profile", help="what a supplier says of itself, for all bids")
    group = profile.add_subparsers(dest="profile_command", required=True, metavar="COMMAND")

    show = group.add_parser("show", help="what you gave, or how it answers a tender")
    show.add_argument("--for", dest="tender", metavar="TENDER", help="what it answers there")
    add_supplier(show)
    show.set_defaults(run=run_show)

    fact = group.add_parser("fact", help="answer the questions of one kind, once")
    fact.add_argument("kind", metavar="KIND", help="as tenders name the question")
    fact.add_argument("value", metavar="VALUE")
    fact.add_argument("--until", metavar="INSTANT", help="else it holds without end")
    add_supplier(fact)
    fact.set_defaults(run=run_fact)

    document = group.add_parser("document", help="give a document, once")
    document.add_argument("name", metavar="NAME", help="as tenders name the document")
    document.add_argument("file", type=Path, metavar="FILE")
    document.add_argument("--until", metavar="INSTANT", help="else it holds without end")
    add_supplier(document)
    document.set_defaults(run=run_document)

    declare = group.add_parser("declare", help="declare what you would prove if you won")
    declare.add_argument("--until", required=True, metavar="INSTANT", help="at most a year away")
    declare.add_argument(
        "--only", action="append", metavar="STATEMENT", help="else all; once per statement"
    )
    declare.add_argument("--show-only", action="store_true", help="show it; declare nothing")
    add_supplier(declare)
    declare.set_defaults(run=run_declare)

    save = group.add_parser("save", help="keep a copy here, to seal without the platform")
    add_supplier(save)
    save.set_defaults(run=run_save)


def run_show(args: argparse.Namespace, out: Output) -> int:
    """Show everything that was given; with ``--for``, how it answers that tender."""
    server = signed_in(args, out)
    address = f"{_supplier(server, args)}/profile"
    if args.tender is None:
        told = server.get(address)
        _say_given(told, out)
    else:
        told = server.get(address, **{"for": args.tender})
        _say_answers(told, out)
    out.answer(**told)
    return GOOD


def run_fact(args: argparse.Namespace, out: Output) -> int:
    """Give a fact; the one of its kind before is replaced."""
    server, until = signed_in(args, out), _until(args)
    body = {"kind": args.kind, "value": args.value, "valid_until": until}
    made = server.post(f"{_supplier(server, args)}/facts", body)
    _say_valid(_fact(made), made, out)
    out.answer(**made)
    return GOOD


def run_document(args: argparse.Namespace, out: Output) -> int:
    """Give a document; the one of its name before is replaced."""
    server, until = signed_in(args, out), _until(args)
    content = args.file.read_bytes()
    headers = {
        "Content-Type": media_type(args.file),
        "Content-SHA256": hashlib.sha256(content).hexdigest(),
    }
    made = server.send(
        "PUT",
        f"{_supplier(server, args)}/documents/{segment(args.name)}",
        content=content,
        headers=headers,
        query={"valid_until": until} if until else None,
    ).json()
    _say_valid(_document(made), made, out)
    out.answer(**made)
    return GOOD


def run_declare(args: argparse.Namespace, out: Output) -> int:
    """Show every statement in full, and declare them; the declaration before is replaced."""
    server, statements, until = signed_in(args, out), _statements(args), _until(args)
    for code in statements:
        out.say(DECLARED, statement=STATEMENTS[code])
    if args.show_only:
        out.answer(statements=statements, valid_until=until, declared=False)
        return GOOD
    body = {"statements": statements, "valid_until": until}
    made = server.post(f"{_supplier(server, args)}/declarations", body)
    _say_valid(DECLARATION, made, out)
    out.answer(**made, declared=True)
    return GOOD


def run_save(args: argparse.Namespace, out: Output) -> int:
    """Keep a copy of the profile on this machine, with every document."""
    server = signed_in(args, out)
    copy = take_along(server, supplier_of(server, args), datetime.now(UTC))
    out.say(SAVED, folder=copy.folder, count=len(copy.documents))
    out.answer(
        folder=str(copy.folder),
        facts=[one.asked for one in copy.facts],
        documents=[one.asked for one in copy.documents],
    )
    return GOOD


def add_supplier(parser: argparse.ArgumentParser) -> None:
    """Add the options that say for which supplier a command speaks, and as whom."""
    parser.add_argument("--supplier", metavar="ID", help="for whom, if you act for several")
    add_profile(parser)


def supplier_of(server: Server, args: argparse.Namespace) -> str:
    """Give the id of the supplier that was named, or of the only one for which somebody acts.

    :raises Stopped: for somebody who acts for none or several, and named none.
    """
    if args.supplier:
        return str(args.supplier)
    roles = server.get("me")["roles"]
    found = {one["organisation"] for one in roles if one["role"] in FOR_SUPPLIERS}
    if len(found) != 1:
        raise Stopped("which-supplier", WHICH_SUPPLIER)
    return str(found.pop())


def _supplier(server: Server, args: argparse.Namespace) -> str:
    return f"suppliers/{segment(supplier_of(server, args))}"


def _until(args: argparse.Namespace) -> str | None:
    return None if args.until is None else format_instant(instant_said(args.until))


def _statements(args: argparse.Namespace) -> list[str]:
    said = args.only or list(STATEMENTS)
    for code in said:
        if code not in STATEMENTS:
            known = ", ".join(STATEMENTS)
            raise Stopped("no-such-statement", NO_SUCH_STATEMENT, code=code, known=known)
    return list(said)


def _say_given(told: Mapping[str, Any], out: Output) -> None:
    for one in told["facts"]:
        _say_valid(_fact(one), one, out)
    for one in told["documents"]:
        _say_valid(_document(one), one, out)
    if declaration := told["declaration"]:
        _say_valid(DECLARATION, declaration, out)
        for code in declaration["statements"]:
            out.say(DECLARED, statement=STATEMENTS.get(code, code))
    elif not told["facts"] and not told["documents"]:
        out.say(NOTHING_YET)


def _say_answers(told: Mapping[str, Any], out: Output) -> None:
    known = {standing.value: text for standing, text in STANDINGS.items()}
    for one in (*told["questions"], *told["documents"]):
        text = ANSWERED if one["required"] else NOT_REQUIRED
        standing = known.get(one["standing"], one["standing"])
        out.say(text, asked=one["asked"], standing=standing)
    for statement in told["undeclared"]:
        out.say(UNDECLARED, statement=Text(statement["en"], statement["zh"]))


def _say_valid(what: str | Text, given: Mapping[str, Any], out: Output) -> None:
    """Say one thing that was given, and until when it holds."""
    until = given["valid_until"]
    text = WITHOUT_END
    if until is not None:
        past = datetime.fromisoformat(until) <= datetime.now(UTC)
        words = EXPIRED if past else UNTIL
        text = Text(words.en.format(until=until), words.zh.format(until=until))
    out.say(GIVEN, what=what, validity=text)


def _fact(fact: Mapping[str, Any]) -> str:
    return f"{fact['kind']}: {fact['value']}"


def _document(document: Mapping[str, Any]) -> str:
    return f"{document['name']}: {document['media_type']}, {document['sha256'][:12]}…"
