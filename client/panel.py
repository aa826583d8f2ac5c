"""``daylight panel``: hand in a holder's public keys, and show that the secret ones work."""

import argparse
from pathlib import Path
from typing import Any

from client.keys import load_key
from client.output import GOOD, Output, Stopped
from client.profiles import add_profile, signed_in
from client.server import Server
from procurement.texts import Text
from tenders.panel.holders import HolderKey
from tenders.panel.keyset import Keyset


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``panel keys`` and ``panel rehearse``."""
    panel = commands.add_parser("panel", help="take your seat among those who open")
    group = panel.add_subparsers(dest="panel_command", required=True, metavar="COMMAND")

    keys = group.add_parser("keys", help="hand in your public keys")
    add_holder(keys)
    keys.set_defaults(run=run_keys)

    rehearse = group.add_parser("rehearse", help="answer the rehearsal")
    add_holder(rehearse)
    rehearse.set_defaults(run=run_rehearse)


def add_holder(parser: argparse.ArgumentParser) -> None:
    """Add a tender and a holder's key file for it."""
    parser.add_argument("tender", metavar="TENDER")
    parser.add_argument("key", type=Path, metavar="KEYFILE")
    parser.add_argument("--passphrase-file", type=Path)
    add_profile(parser)


def run_keys(args: argparse.Namespace, out: Output) -> int:
    """Hand in the public halves; the secret ones stay here."""
    key = load_key(args.key, args.passphrase_file, out)
    server = signed_in(args, out)
    hand_in(server, args.tender, key)
    out.say(
        Text("Handed in for {tender}: {key}", "已为 {tender} 提交公钥：{key}"),
        tender=args.tender,
        key=key.public().verifier,
    )
    out.answer(recipient=key.public().recipient, verifier=key.public().verifier)
    return GOOD


def run_rehearse(args: argparse.Namespace, out: Output) -> int:
    """Fetch the challenge for one's own seat, answer it and nothing else, and send the answer."""
    server = signed_in(args, out)
    holder = str(own_seat(server, args.tender)["holder"])
    key = load_key(args.key, args.passphrase_file, out)
    answer_rehearsal(server, args.tender, drawn_up(server, args.tender), holder, key)
    out.say(
        Text("Rehearsed: {holder} can decrypt and sign.", "已应答演练：{holder} 能够解密和签名。"),
        holder=holder,
    )
    out.answer(holder=holder, answered=True)
    return GOOD


def hand_in(server: Server, tender: str, key: HolderKey) -> None:
    """Hand in a holder's public keys.

    :raises Stopped: for keys that were made for another tender, or that open nothing.
    """
    public = key.public()
    if public.tender not in (None, tender):
        text = Text("These keys were made for another tender.", "这些密钥是为另一招标生成的。")
        raise Stopped("other-tender", text)
    if public.recipient is None:
        raise Stopped(
            "only-signs",
            Text(
                "The key of {name} signs and cannot open anything.",
                "{name} 的密钥只用于签名，不能解密。",
            ),
            name=key.name,
        )
    body = {"recipient": public.recipient, "verifier": public.verifier}
    server.post(f"tenders/{tender}/panel/keys", body, repeatable=True)


def drawn_up(server: Server, tender: str) -> Keyset:
    """Fetch the keyset of the panel in which one has a seat: in force, or of an amendment."""
    return Keyset.read(server.read(f"tenders/{tender}/panel/keyset"))


def answer_rehearsal(
    server: Server, tender: str, keyset: Keyset, holder: str, key: HolderKey
) -> None:
    """Answer the challenge of one's own seat.

    :raises HolderRefuses: when the challenge is meant for somebody or something else.
    """
    sealed = server.read(f"tenders/{tender}/panel/challenge")
    note = key.rehearse(sealed, keyset, holder).sign(key.note_signer())
    server.post(f"tenders/{tender}/panel/answers", {"note": note.decode()}, repeatable=True)


def own_seat(server: Server, tender: str) -> dict[str, Any]:
    """Give the seat of whoever is signed in.

    :raises Stopped: for somebody who has none, or none any more.
    """
    panel = server.find(f"tenders/{tender}/panel")
    seat: dict[str, Any] | None = panel and panel["mine"]
    if seat is None:
        text = Text("You have no seat in this tender's panel.", "您不在本招标的开标小组中。")
        raise Stopped("no-seat", text)
    return seat
