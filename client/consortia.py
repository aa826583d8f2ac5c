"""``daylight consortium``: suppliers that bid together, and whether each lets the lead act for it.

Only the members see any of it before the opening. Who stands in a consortium is fixed when it is
formed; a member agrees by its mandate, and may take that back until the bid is filed. The lead
files with ``daylight submit --consortium``.
"""

import argparse
from collections.abc import Mapping
from typing import Any

from client.output import GOOD, Output
from client.profiles import add_profile, signed_in
from client.server import segment
from client.supplier_profile import add_supplier, supplier_of
from procurement.texts import Text

CONSORTIUM = Text("consortium {id}, for tender {tender}", "联合体 {id}，所投招标 {tender}")
MEMBER = Text("  {name} ({supplier}): {standing}", "  {name}（{supplier}）：{standing}")
LEADS = Text("leads, and signs and files for all", "牵头方，代表全体签署并递交")
MANDATED = Text("let the lead sign and file, on {given_at}", "已于 {given_at} 授权牵头方签署并递交")
NOT_MANDATED = Text(
    "has given no mandate: the bid needs its own signature", "尚未授权：投标须有其本单位签名"
)
FORMED = Text(
    "Formed. Every member sees it now, and agrees with: daylight consortium mandate {id}",
    "已组成。各成员现可查看，并用以下命令授权：daylight consortium mandate {id}",
)
GIVEN = Text(
    "The lead may now sign and file in your name. Until the bid is filed you can take this back: "
    "daylight consortium leave {id}",
    "牵头方现可以您的名义签署并递交。投标递交之前您可以收回：daylight consortium leave {id}",
)
TAKEN_BACK = Text(
    "Your mandate is taken back: no bid of this consortium can be filed without your own "
    "signature.",
    "您的授权已收回：没有您本单位的签名，该联合体不能递交投标。",
)
NONE_HERE = Text("You stand in no consortium for this tender.", "您在该招标中未参加任何联合体。")


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``consortium`` with ``form``, ``list``, ``show``, ``mandate`` and ``leave``."""
    consortium = commands.add_parser(
        "consortium",
        help="bid together with other suppliers",
        description="The lead forms it and names the members. Each member agrees by its mandate. "
        "Then the lead files for all: daylight submit --consortium.",
    )
    group = consortium.add_subparsers(dest="consortium_command", required=True, metavar="COMMAND")

    form = group.add_parser("form", help="form one that you lead, and invite its members")
    form.add_argument("tender", metavar="TENDER")
    form.add_argument(
        "--member",
        action="append",
        required=True,
        metavar="ID",
        help="once per other supplier: its id, as its people tell you",
    )
    add_supplier(form)
    form.set_defaults(run=run_form)

    listing = group.add_parser("list", help="those of a tender in which you stand")
    listing.add_argument("tender", metavar="TENDER")
    add_profile(listing)
    listing.set_defaults(run=run_list)

    show = group.add_parser("show", help="who stands in one, and who has agreed")
    show.add_argument("consortium", metavar="CONSORTIUM")
    add_profile(show)
    show.set_defaults(run=run_show)

    mandate = group.add_parser("mandate", help="agree: let the lead sign and file in your name")
    mandate.add_argument("consortium", metavar="CONSORTIUM")
    add_supplier(mandate)
    mandate.set_defaults(run=run_mandate)

    leave = group.add_parser("leave", help="take your mandate back, before the bid is filed")
    leave.add_argument("consortium", metavar="CONSORTIUM")
    add_supplier(leave)
    leave.set_defaults(run=run_leave)


def run_form(args: argparse.Namespace, out: Output) -> int:
    """Form a consortium of the lead and the members that were named."""
    server = signed_in(args, out)
    lead = supplier_of(server, args)
    members = [*dict.fromkeys([lead, *args.member])]
    body = {"lead": lead, "members": members}
    made = server.post(f"tenders/{segment(args.tender)}/consortia", body)
    _say(made, out)
    out.say(FORMED, id=made["id"])
    out.answer(**made)
    return GOOD


def run_list(args: argparse.Namespace, out: Output) -> int:
    """List the consortia of a tender in which one stands."""
    found = signed_in(args, out).get(f"tenders/{segment(args.tender)}/consortia")
    for one in found:
        _say(one, out)
    if not found:
        out.say(NONE_HERE)
    out.answer(consortia=found)
    return GOOD


def run_show(args: argparse.Namespace, out: Output) -> int:
    """Show who stands in a consortium, and who has agreed."""
    found = signed_in(args, out).get(f"consortia/{segment(args.consortium)}")
    _say(found, out)
    out.answer(**found)
    return GOOD


def run_mandate(args: argparse.Namespace, out: Output) -> int:
    """Let the lead sign and file in the name of one's own supplier."""
    server = signed_in(args, out)
    body = {"supplier": supplier_of(server, args)}
    made = server.post(f"consortia/{segment(args.consortium)}/mandates", body)
    _say(made, out)
    out.say(GIVEN, id=made["id"])
    out.answer(**made)
    return GOOD


def run_leave(args: argparse.Namespace, out: Output) -> int:
    """Take the mandate back; who stands in the consortium stays as it was formed."""
    server = signed_in(args, out)
    supplier = segment(supplier_of(server, args))
    address = f"consortia/{segment(args.consortium)}/mandates/{supplier}"
    left = server.send("DELETE", address, repeatable=False).json()
    _say(left, out)
    out.say(TAKEN_BACK)
    out.answer(**left)
    return GOOD


def _say(told: Mapping[str, Any], out: Output) -> None:
    out.say(CONSORTIUM, id=told["id"], tender=told["tender"])
    for one in told["members"]:
        name = one["name"].get(out.lang) or one["name"]["en"]
        out.say(MEMBER, name=name, supplier=one["supplier"], standing=_standing(one))


def _standing(member: Mapping[str, Any]) -> Text:
    if member["leads"]:
        return LEADS
    if member["mandate"] is None:
        return NOT_MANDATED
    given_at = member["mandate"]["given_at"]
    return Text(MANDATED.en.format(given_at=given_at), MANDATED.zh.format(given_at=given_at))
