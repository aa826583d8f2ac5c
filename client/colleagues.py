"""``daylight supplier people``, ``invite``, ``accept`` and more: who acts for a supplier.

A role is offered by letter and accepted, or handed over in one step. Who leaves is out at once.
"""

import argparse
from typing import Any

from client.factors import password
from client.output import GOOD, Output, Stopped
from client.profiles import Profile, add_profile, opened, signed_in
from client.server import segment
from client.supplier_profile import FOR_SUPPLIERS, add_supplier, supplier_of
from procurement.roles import SENTENCES, Role
from procurement.texts import Text

SUPPLIER = Text("supplier {supplier}", "供应商 {supplier}")
HOLDS = Text(
    "  {name} ({person}): {role}, since {since}", "  {name}（{person}）：{role}，自 {since}"
)
WAITS = Text(
    "  {email}: invited as {roles} on {invited_at}, has not answered (invitation {id})",
    "  {email}：已于 {invited_at} 受邀担任 {roles}，尚未接受（邀请 {id}）",
)
INVITED = Text(
    "A letter with a key goes to {email}. It is accepted with: daylight supplier accept",
    "已向 {email} 发送含密钥的信件。接受邀请请用：daylight supplier accept",
)
WITHDRAWN = Text(
    "Taken back: the key sent to {email} is of no use.", "已撤回：发往 {email} 的密钥失效。"
)
ACCEPTED = Text("You are now: {role}", "您现在的角色：{role}")
LOG_IN = Text("Now: daylight login {server} --email …", "接下来：daylight login {server} --email …")
HANDED_OVER = Text(
    "Handed over: {role}. Whoever held it is signed out everywhere.",
    "已移交：{role}。原担任人的所有登录均已终止。",
)
ENDED = Text(
    "Ended: {role}. That person is signed out everywhere.",
    "已终止：{role}。该人员的所有登录均已终止。",
)
NO_SUCH_ROLE = Text(
    "{person} does not hold the role {role}. See: daylight supplier people",
    "{person} 不担任 {role}。请查看：daylight supplier people",
)


def add_to(group: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add what a supplier's administrator and those invited need."""
    people = group.add_parser("people", help="who acts for the supplier, and who is invited")
    add_supplier(people)
    people.set_defaults(run=run_people)

    invite = group.add_parser("invite", help="invite a colleague by e-mail")
    invite.add_argument("email", metavar="EMAIL")
    invite.add_argument(
        "--role", action="append", required=True, choices=FOR_SUPPLIERS, help="once per role"
    )
    invite.add_argument("--language", choices=("en", "zh-hans"), default="en", help="of the letter")
    add_supplier(invite)
    invite.set_defaults(run=run_invite)

    withdraw = group.add_parser("withdraw-invitation", help="before it is accepted")
    withdraw.add_argument("invitation", metavar="INVITATION", help="as people shows it")
    add_profile(withdraw)
    withdraw.set_defaults(run=run_withdraw)

    accept = group.add_parser("accept", help="accept an invitation by the key in the letter")
    accept.add_argument("key", metavar="KEY", help="as the letter tells it")
    accept.add_argument("--server", help="https://…, if you have no account there yet")
    accept.add_argument("--name", help="yours, for a new account")
    add_profile(accept)
    accept.set_defaults(run=run_accept)

    hand_over = group.add_parser("hand-over", help="give one person's role to another, in one step")
    hand_over.add_argument("role", metavar="ROLE", choices=FOR_SUPPLIERS)
    hand_over.add_argument(
        "--from", dest="leaver", required=True, metavar="PERSON", help="as people shows"
    )
    hand_over.add_argument(
        "--to", dest="successor", required=True, metavar="PERSON", help="as people shows"
    )
    add_supplier(hand_over)
    hand_over.set_defaults(run=run_hand_over)

    end = group.add_parser("end-role", help="take a role from somebody who leaves, at once")
    end.add_argument("role", metavar="ROLE", choices=FOR_SUPPLIERS)
    end.add_argument("--of", dest="person", required=True, metavar="PERSON", help="as people shows")
    add_supplier(end)
    end.set_defaults(run=run_end)


def run_people(args: argparse.Namespace, out: Output) -> int:
    """Show who holds which role, and which invitations wait."""
    server = signed_in(args, out)
    supplier = supplier_of(server, args)
    people = server.get(f"organisations/{segment(supplier)}/people")
    waiting = server.get(f"organisations/{segment(supplier)}/invitations")
    out.say(SUPPLIER, supplier=supplier)
    for one in people:
        person = one["person"]
        out.say(
            HOLDS, name=person["name"], person=person["id"], role=one["role"], since=one["since"]
        )
    for one in waiting:
        out.say(WAITS, **{**one, "roles": ", ".join(one["roles"])})
    out.answer(supplier=supplier, people=people, invitations=waiting)
    return GOOD


def run_invite(args: argparse.Namespace, out: Output) -> int:
    """Invite a colleague to one or several roles."""
    server = signed_in(args, out)
    body = {"email": args.email, "roles": args.role, "language": args.language}
    made = server.post(f"organisations/{segment(supplier_of(server, args))}/invitations", body)
    for role in args.role:
        out.say(SENTENCES[Role(role)])
    out.say(INVITED, email=made["email"])
    out.answer(**made)
    return GOOD


def run_withdraw(args: argparse.Namespace, out: Output) -> int:
    """Take an invitation back before it is accepted."""
    address = f"invitations/{segment(args.invitation)}"
    taken = signed_in(args, out).send("DELETE", address, repeatable=False).json()
    out.say(WITHDRAWN, email=taken["email"])
    out.answer(**taken)
    return GOOD


def run_accept(args: argparse.Namespace, out: Output) -> int:
    """Take the roles of an invitation: signed in, or as a newcomer with a new account."""
    body: dict[str, Any] = {"key": args.key}
    if args.server:
        server = opened(Profile(args.server), out)
        body |= {"name": args.name or "", "password": password(args, out)}
    else:
        server = signed_in(args, out)
    found = server.post("invitations/acceptance", body)
    for one in found:
        out.say(ACCEPTED, role=one["role"])
    if args.server:
        out.say(LOG_IN, server=args.server)
    out.answer(roles=found)
    return GOOD


def run_hand_over(args: argparse.Namespace, out: Output) -> int:
    """Give one person's role to another of the same supplier."""
    server = signed_in(args, out)
    body = {"from": args.leaver, "to": args.successor, "role": args.role}
    made = server.post(f"organisations/{segment(supplier_of(server, args))}/handovers", body)
    out.say(HANDED_OVER, role=made["role"])
    out.answer(**made)
    return GOOD


def run_end(args: argparse.Namespace, out: Output) -> int:
    """Take a role from a person, whose sign-ins end with it."""
    server = signed_in(args, out)
    people = server.get(f"organisations/{segment(supplier_of(server, args))}/people")
    held = {(one["person"]["id"], one["role"]): one["id"] for one in people}
    membership = held.get((args.person, args.role))
    if membership is None:
        raise Stopped("no-such-role", NO_SUCH_ROLE, person=args.person, role=args.role)
    ended = server.send("DELETE", f"memberships/{segment(membership)}", repeatable=False).json()
    out.say(ENDED, role=ended["role"])
    out.answer(**ended)
    return GOOD
