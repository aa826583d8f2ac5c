"""``daylight supplier mandate``: let somebody sign for the supplier with their own certificate.

daylight supplier mandate ask --certificate LI.pem --until INSTANT --paper MANDATE.pdf
daylight supplier mandate give MANDATE.pdf --key P12     signs it for the supplier, and it counts
daylight supplier mandate list
daylight supplier mandate revoke MANDATE --reason …      at once
"""

import argparse
import base64
import hashlib
import json
import ssl
from pathlib import Path
from typing import Any

from client.changing import instant_said
from client.files import read_small, write_new
from client.output import GOOD, Output, Stopped
from client.papers import add_signer, object_in, signed_paper
from client.profiles import signed_in
from client.server import Server, segment
from client.supplier_profile import add_supplier, supplier_of
from procurement.proof.instants import format_instant
from procurement.texts import Text

MANDATE = "mandate.json"
MANDATE_TYPE = "daylight/signing-mandate/v1"  # as the platform writes it
REASON = "Mandate"
_PEM, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
NOT_THE_MANDATE = Text(
    "This is not the mandate that was asked for: sign nothing.", "这不是所申请的授权书：请勿签署。"
)
NOT_A_CERTIFICATE = Text("{file} holds no certificate.", "{file} 中没有证书。")
DRAWN_UP = Text(
    "{file}: mandate {number} for {holder}, until {valid_until}\n"
    "  It counts once the supplier has signed it: daylight supplier mandate give {file} --key P12",
    "{file}：授权书 {number}，被授权人 {holder}，有效期至 {valid_until}\n"
    "  由供应商签署后生效：daylight supplier mandate give {file} --key P12",
)
GIVEN = Text(
    "Mandate {number} counts: {holder} signs for you until {valid_until}.",
    "授权书 {number} 已生效：{holder} 可代表贵单位签署，至 {valid_until} 止。",
)
WAITS = Text(
    "  {number} ({id}): {holder}, until {valid_until}; it waits for the supplier's signature",
    "  {number}（{id}）：{holder}，至 {valid_until}；待供应商签署",
)
STANDS = Text(
    "  {number} ({id}): {holder}, from {valid_from} until {valid_until}",
    "  {number}（{id}）：{holder}，自 {valid_from} 至 {valid_until}",
)
TAKEN_BACK = Text(
    "  {number} ({id}): {holder}, revoked at {revoked_at}: {revoked_for}",
    "  {number}（{id}）：{holder}，已于 {revoked_at} 撤销：{revoked_for}",
)
NONE = Text("No mandate was drawn up.", "尚未拟定授权书。")
REVOKED = Text(
    "Mandate {number} is revoked. What was filed before stays as it is.",
    "授权书 {number} 已撤销；此前递交的文件不受影响。",
)


def add_to(group: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``mandate`` with ``ask``, ``give``, ``list`` and ``revoke``."""
    mandate = group.add_parser("mandate", help="let somebody sign with their own certificate")
    commands = mandate.add_subparsers(dest="mandate_command", required=True, metavar="COMMAND")

    ask = commands.add_parser("ask", help="get the paper to sign")
    whose = ask.add_mutually_exclusive_group(required=True)
    whose.add_argument("--certificate", type=Path, metavar="FILE", help="theirs, PEM or DER")
    whose.add_argument("--enrolled", metavar="SHA256", help="one that some body has enrolled")
    whose.add_argument("--signed-pdf", type=Path, metavar="PDF", help="something they signed")
    ask.add_argument("--from", dest="begins", metavar="INSTANT", help="else at once")
    ask.add_argument("--until", required=True, metavar="INSTANT")
    ask.add_argument("--paper", type=Path, required=True, metavar="FILE", help="where to write it")
    add_supplier(ask)
    ask.set_defaults(run=run_ask)

    give = commands.add_parser("give", help="send the paper, signed for the supplier")
    give.add_argument("paper", type=Path, metavar="FILE", help="with --key: to be signed here")
    add_signer(give)
    add_supplier(give)
    give.set_defaults(run=run_give)

    listed = commands.add_parser("list", help="which mandates there are")
    add_supplier(listed)
    listed.set_defaults(run=run_list)

    revoke = commands.add_parser("revoke", help="take one back, at once")
    revoke.add_argument("mandate", metavar="MANDATE", help="as list shows it")
    revoke.add_argument("--reason", required=True)
    add_supplier(revoke)
    revoke.set_defaults(run=run_revoke)


def run_ask(args: argparse.Namespace, out: Output) -> int:
    """Fetch the paper of a mandate, look into it, and write it to a file."""
    body = {**_certificate(args), "valid_until": format_instant(instant_said(args.until))}
    if args.begins:
        body["valid_from"] = format_instant(instant_said(args.begins))
    server, supplier, address = _body(args, out)
    paper = server.send(
        "POST",
        f"{address}/mandate-papers",
        content=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        repeatable=False,
    ).body
    said = require_mandate(paper, supplier)
    _require_asked(said, body)
    write_new(args.paper, paper)
    out.say(DRAWN_UP, file=args.paper, **_shown(said))
    out.answer(**said)
    return GOOD


def run_give(args: argparse.Namespace, out: Output) -> int:
    """Send a mandate that was signed elsewhere, or with ``--key`` here and now."""
    server, supplier, address = _body(args, out)
    paper = read_small(args.paper)
    require_mandate(paper, supplier)
    signed = signed_paper(paper, args, reason=REASON) if args.key else paper
    body = {"signed_mandate": base64.b64encode(signed).decode()}
    made = server.post(f"{address}/mandates", body)
    out.say(GIVEN, **_shown(made))
    out.answer(**made)
    return GOOD


def run_list(args: argparse.Namespace, out: Output) -> int:
    """Show every mandate, the newest first."""
    server, supplier, address = _body(args, out)
    found = server.get(f"{address}/mandates", page_size="200")["results"]
    if not found:
        out.say(NONE)
    for one in found:
        taken, given = one["revoked_at"], one["recorded_at"]
        out.say(TAKEN_BACK if taken else STANDS if given else WAITS, **one)
    out.answer(supplier=supplier, mandates=found)
    return GOOD


def run_revoke(args: argparse.Namespace, out: Output) -> int:
    """Take a mandate back at once, with a reason."""
    server, _, address = _body(args, out)
    where = f"{address}/mandates/{segment(args.mandate)}/revocation"
    made = server.post(where, {"reason": args.reason})
    out.say(REVOKED, number=made["number"])
    out.answer(**made)
    return GOOD


def require_mandate(pdf: bytes, supplier: str) -> dict[str, Any]:
    """Give what a mandate of this supplier says; refuse every other paper.

    :raises Stopped: for any other paper.
    """
    said = object_in(pdf, MANDATE)
    if (said.get("type"), said.get("organisation")) != (MANDATE_TYPE, supplier):
        raise Stopped("other-content", NOT_THE_MANDATE)
    return said


def _require_asked(said: dict[str, Any], body: dict[str, str]) -> None:
    """Refuse a mandate for another certificate, or for longer, than was asked for."""
    dates = "valid_from", "valid_until"
    asked: dict[str, str] = {name: body[name] for name in dates if name in body}
    if "certificate" in body:
        der = base64.b64decode(body["certificate"])
        asked["certificate"] = hashlib.sha256(der).hexdigest()
    elif "enrolled" in body:
        asked["certificate"] = body["enrolled"]
    if {name: said.get(name) for name in asked} != asked:
        raise Stopped("other-content", NOT_THE_MANDATE)


def _certificate(args: argparse.Namespace) -> dict[str, str]:
    """Say which certificate is meant, as the platform takes it."""
    if args.enrolled:
        return {"enrolled": args.enrolled.lower()}
    name = "certificate" if args.certificate else "signed_pdf"
    data = read_small(args.certificate or args.signed_pdf)
    if args.certificate and _PEM in data:
        try:
            first = data[data.index(_PEM) :].partition(_END)[0] + _END
            data = ssl.PEM_cert_to_DER_cert(first.decode("ascii"))
        except ValueError:
            raise Stopped("not-a-certificate", NOT_A_CERTIFICATE, file=args.certificate) from None
    return {name: base64.b64encode(data).decode()}


def _body(args: argparse.Namespace, out: Output) -> tuple[Server, str, str]:
    server = signed_in(args, out)
    supplier = supplier_of(server, args)
    return server, supplier, f"organisations/{segment(supplier)}"


def _shown(said: dict[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in ("number", "holder", "valid_until")}
