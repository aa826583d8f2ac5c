"""``daylight keys``: making a holder's keys, and proving that the holder still has them."""

import argparse
import getpass
import sys
from pathlib import Path

from client.files import read_object, read_small, write_new
from client.output import GOOD, Output, Stopped
from procurement.proof.age import AgeError, decrypt_passphrase, encrypt_passphrase
from procurement.texts import Text
from tenders.panel.holders import ROLES, HolderKey, require_own_place
from tenders.panel.keyset import Keyset

AGE_MAGIC = b"age-encryption.org/"
KEPT = Text(
    "{path}: the secret keys of {name}; keep this file", "{path}：{name} 的私钥；请妥善保管此文件"
)
OPEN_TO_ALL = Text(
    "  It has no passphrase: whoever has this file has the key.",
    "  该文件没有口令：持有此文件者即持有密钥。",
)
SHOWN = Text("{path}: the public keys; hand this file out", "{path}：公钥；此文件可提供给他人")
PAPER = Text(
    "Paper copy, to be written down and locked away:\n  {identity}",
    "纸质备份，请抄写并锁存：\n  {identity}",
)
NOT_THE_SAME = Text(
    "The two passphrases differ: nothing was written.", "两次输入的口令不同：没有写入任何内容。"
)
EMPTY = Text(
    "The passphrase is empty; choose one, or say none.",
    "口令为空：请设置口令，或明确说明不用口令。",
)
NEVER_OVERWRITTEN = Text(
    "{path} is there already, and keys are never overwritten.", "{path} 已存在，密钥绝不覆盖。"
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``keys new`` and ``keys rehearse``."""
    keys = commands.add_parser("keys", help="make keys; prove that you have them")
    group = keys.add_subparsers(dest="keys_command", required=True, metavar="COMMAND")

    new = group.add_parser("new", help="make a holder's keys")
    new.add_argument("--for", dest="role", choices=ROLES, required=True)
    new.add_argument("--name", required=True, help="the note key's name: <log origin>/<role>/<id>")
    new.add_argument("--tender", help="the tender's id; standing keys have none")
    new.add_argument("--out", type=Path, required=True, metavar="DIR")
    new.add_argument("--passphrase-file", type=Path)
    new.add_argument(
        "--no-passphrase", action="store_true", help="the key file alone will then open"
    )
    new.add_argument("--paper", action="store_true", help="print the line for the paper copy")
    new.set_defaults(run=run_new)

    rehearse = group.add_parser("rehearse", help="answer a rehearsal, and nothing but a rehearsal")
    rehearse.add_argument("key", type=Path, metavar="KEYFILE")
    rehearse.add_argument("challenge", type=Path, metavar="CHALLENGE.age")
    add_keyset(rehearse)
    rehearse.add_argument("--holder", required=True, help="opener-1, timekeeper, escrow-a …")
    rehearse.add_argument("--out", type=Path, required=True, metavar="ANSWER.note")
    rehearse.add_argument("--passphrase-file", type=Path)
    rehearse.set_defaults(run=run_rehearse)


def add_keyset(parser: argparse.ArgumentParser) -> None:
    """Add the options that name a keyset and the key by which a signed one is checked."""
    parser.add_argument("--keyset", type=Path, required=True, help="its JSON, or a signed .note")
    parser.add_argument("--agency-key", metavar="VKEY", help="then only signed notes are taken")


def run_new(args: argparse.Namespace, out: Output) -> int:
    """Write the secret file and the public one; print the paper copy only when asked."""
    if args.no_passphrase and args.passphrase_file:
        text = Text("Choose a passphrase or none, not both.", "请在有口令和无口令中任选其一。")
        raise Stopped("contradiction", text)
    key = HolderKey.generate(args.role, args.name, args.tender)
    public = key.public()
    args.out.mkdir(parents=True, exist_ok=True)
    stem = args.name.replace("/", "-")
    kept = args.out / (f"{stem}.key.json" if args.no_passphrase else f"{stem}.key.age")
    shown = args.out / f"{stem}.public.json"
    for path in (kept, shown):
        if path.exists():
            raise Stopped("exists", NEVER_OVERWRITTEN, path=path)
    secret = key.canonical()
    if not args.no_passphrase:
        secret = encrypt_passphrase(secret, _passphrase(args.passphrase_file, out, twice=True))
    write_new(kept, secret, secret=True)
    write_new(shown, public.canonical())
    out.say(KEPT, path=kept, name=args.name)
    if args.no_passphrase:
        out.say(OPEN_TO_ALL)
    out.say(SHOWN, path=shown)
    paper = key.identity if args.paper else None
    if paper:
        out.say(PAPER, identity=paper)
    out.answer(key=str(kept), public=str(shown), paper=paper, verifier=public.verifier)
    return GOOD


def run_rehearse(args: argparse.Namespace, out: Output) -> int:
    """Answer a challenge with its hash, if it is one and is meant for this holder's own key."""
    keyset = read_object(Keyset, args.keyset, args.agency_key)
    key = load_key(args.key, args.passphrase_file, out)
    require_own_place(key, keyset, args.holder)
    answer = key.rehearse(read_small(args.challenge), keyset, args.holder)
    write_new(args.out, answer.sign(key.note_signer()))
    out.say(
        Text(
            "{path}: {holder} can decrypt and sign; send this file back",
            "{path}：{holder} 能够解密和签名；请将此文件交回",
        ),
        path=args.out,
        holder=args.holder,
    )
    out.answer(answer=str(args.out), holder=args.holder, challenge=answer.challenge)
    return GOOD


def load_key(path: Path, passphrase_file: Path | None, out: Output) -> HolderKey:
    """Read a holder's secret file, asking for its passphrase where it has one.

    :raises Stopped: for a wrong passphrase or a file that holds no key; nothing of it is shown.
    """
    data = read_small(path)
    if data.startswith(AGE_MAGIC):
        try:
            data = decrypt_passphrase(data, _passphrase(passphrase_file, out, twice=False))
        except AgeError:
            text = Text("The passphrase does not open {path}.", "口令无法打开 {path}。")
            raise Stopped("wrong-passphrase", text, path=path) from None
    try:
        return HolderKey.read(data)
    except ValueError:
        text = Text("{path} is not a holder's key file.", "{path} 不是持有人的密钥文件。")
        raise Stopped("not-a-key", text, path=path) from None


def _passphrase(file: Path | None, out: Output, *, twice: bool) -> str:
    if file is not None:
        said = read_small(file).decode("utf-8", "replace").rstrip("\r\n")
    elif not sys.stdin.isatty():
        text = Text(
            "Give the passphrase with --passphrase-file.", "请用 --passphrase-file 给出口令。"
        )
        raise Stopped("no-passphrase", text)
    else:
        said = out.ask(Text("Passphrase: ", "口令："), getpass.getpass)
        if twice and out.ask(Text("Again: ", "再次输入："), getpass.getpass) != said:
            raise Stopped("not-the-same", NOT_THE_SAME)
    if not said:
        raise Stopped("empty-passphrase", EMPTY)
    return said
