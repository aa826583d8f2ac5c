"""``daylight supplier``: a supplier registers itself, shows its certificate, and brings people in.

daylight supplier register SERVER …      a letter with a key follows
daylight supplier confirm SERVER --key … makes the account and the supplier; then: daylight login
daylight supplier certificate --key P12  enrols what the supplier signs with
daylight supplier mandate …              lets somebody sign with their own certificate
"""

import argparse
import base64
from pathlib import Path

from client import colleagues, mandating
from client.factors import password
from client.output import GOOD, Output, Stopped
from client.papers import add_signer, object_in, signed_paper
from client.profiles import Profile, opened, signed_in
from client.publishing import require_signer
from client.server import segment
from client.supplier_profile import add_supplier, supplier_of
from procurement.texts import Text

LANGUAGES = ("en", "zh-hans")
CHALLENGE = "challenge.json"
CHALLENGE_TYPE = "daylight/certificate-challenge/v1"  # as the platform writes it
REASON = "Proof of a certificate"
CONFIRM_NEXT = Text(
    "When the letter is there, with the same password: "
    "daylight supplier confirm {server} --key KEY",
    "收到信件后请运行：daylight supplier confirm {server} --key 密钥，并使用相同密码",
)
CONFIRMED = Text(
    "Registered: your supplier is {organisation}. Now: daylight login {server} --email …\n"
    "  An operator still has to verify it; until then it may prepare bids, and file none.",
    "已登记，贵单位编号为 {organisation}。接下来：daylight login {server} --email …\n"
    "  运营人员尚须核验；在此之前可以准备投标，但不能递交。",
)
NOT_THE_CHALLENGE = Text(
    "The server gives another paper to sign than the proof that was asked for: sign nothing.",
    "服务器给出的并非所申请的证书验证文件：请勿签署。",
)
ENROLLED = Text(
    "Enrolled until {not_after}: {subject}\n  What it signs counts as this supplier's.",
    "已登记，有效期至 {not_after}：{subject}\n  用该证书签署的内容视为贵单位签署。",
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``supplier`` with ``register``, ``confirm``, ``certificate`` and what colleagues need."""
    supplier = commands.add_parser(
        "supplier",
        help="register a supplier, and bring people in",
        description="First register: a letter follows. Then confirm with the key in it, login, and "
        "enrol your certificate. An operator verifies the supplier before it files bids.",
    )
    group = supplier.add_subparsers(dest="supplier_command", required=True, metavar="COMMAND")

    new = group.add_parser("register", help="register a supplier; a letter with a key follows")
    new.add_argument("server", metavar="SERVER", help="https://…")
    new.add_argument("--name-en", required=True, metavar="NAME", help="of the supplier")
    new.add_argument("--name-zh", default="", metavar="NAME", help="of the supplier, in Chinese")
    new.add_argument(
        "--scheme", required=True, metavar="SCHEME", help="of its number: a register, like NTRCN"
    )
    new.add_argument("--identifier", required=True, metavar="NUMBER", help="in that register")
    new.add_argument("--country", default="", metavar="XX", help="two letters")
    new.add_argument("--person", required=True, metavar="NAME", help="who registers it")
    new.add_argument("--email", required=True, help="where the letter goes")
    new.add_argument("--language", choices=LANGUAGES, default="en", help="of the letters")
    _add_password(new)
    new.set_defaults(run=run_register)

    confirm = group.add_parser("confirm", help="confirm by the key in the letter")
    confirm.add_argument("server", metavar="SERVER", help="https://…")
    confirm.add_argument("--key", required=True, help="as the letter tells it")
    _add_password(confirm)
    confirm.set_defaults(run=run_confirm)

    certificate = group.add_parser("certificate", help="enrol what the supplier signs bids with")
    add_signer(certificate)
    add_supplier(certificate)
    certificate.set_defaults(run=run_certificate)

    colleagues.add_to(group)
    mandating.add_to(group)


def run_register(args: argparse.Namespace, out: Output) -> int:
    """Ask to register a supplier; whether the address is known is never told."""
    server = opened(Profile(args.server), out)
    told = server.post(
        "registrations",
        {
            "organisation": {
                "name_en": args.name_en,
                "name_zh": args.name_zh,
                "identifier_scheme": args.scheme,
                "identifier": args.identifier,
                "country": args.country,
            },
            "person": {
                "name": args.person,
                "email": args.email,
                "language": args.language,
                "password": password(args, out),
            },
        },
    )
    out.show(told["next"])
    out.say(CONFIRM_NEXT, server=args.server)
    out.answer(**told)
    return GOOD


def run_confirm(args: argparse.Namespace, out: Output) -> int:
    """Make the account and the supplier, by the key and the password that was given before."""
    server = opened(Profile(args.server), out)
    body = {"key": args.key, "password": password(args, out)}
    made = server.post("registrations/confirmation", body)
    out.say(CONFIRMED, organisation=made["organisation"], server=args.server)
    out.answer(**made)
    return GOOD


def run_certificate(args: argparse.Namespace, out: Output) -> int:
    """Sign a paper that nobody has seen before, which shows that one has the certificate's key."""
    require_signer(args)
    server = signed_in(args, out)
    supplier = supplier_of(server, args)
    address = f"organisations/{segment(supplier)}"
    paper = server.send(
        "POST",
        f"{address}/certificate-challenges",
        content=b"{}",
        headers={"Content-Type": "application/json"},
        repeatable=False,
    ).body
    require_challenge(paper, supplier)
    signed = base64.b64encode(signed_paper(paper, args, reason=REASON)).decode()
    made = server.post(f"{address}/certificates", {"signed_challenge": signed})
    out.say(ENROLLED, subject=made["subject"], not_after=made["not_after"])
    out.answer(**made)
    return GOOD


def require_challenge(pdf: bytes, supplier: str) -> None:
    """Refuse every paper but a challenge to this supplier: a signature on another could bind it.

    :raises Stopped: for any other paper.
    """
    said = object_in(pdf, CHALLENGE)
    if (said.get("type"), said.get("organisation")) != (CHALLENGE_TYPE, supplier):
        raise Stopped("other-content", NOT_THE_CHALLENGE)


def _add_password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="else you are asked")
