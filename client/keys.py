"""``daylight keys``: making a holder's keys, and proving that the holder still has them."""

import argparse
import getpass
import sys
from pathlib import Path

from client.files import read_object, read_small, write_new
from client.output import GOOD, Output, Stopped
from procurement.proof.age import AgeError, decrypt_passphrase, encrypt_passphrase
from tenders.panel.holders import ROLES, HolderKey, require_own_place
from tenders.panel.keyset import Keyset

AGE_MAGIC = b"age-encryption.org/"


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
        raise Stopped("contradiction", "Choose a passphrase or none, not both.")
    key = HolderKey.generate(args.role, args.name, args.tender)
    public = key.public()
    args.out.mkdir(parents=True, exist_ok=True)
    stem = args.name.replace("/", "-")
    kept = args.out / (f"{stem}.key.json" if args.no_passphrase else f"{stem}.key.age")
    shown = args.out / f"{stem}.public.json"
    for path in (kept, shown):
        if path.exists():
            raise Stopped("exists", f"{path} is there already, and keys are never overwritten.")
    secret = key.canonical()
    if not args.no_passphrase:
        secret = encrypt_passphrase(secret, _passphrase(args.passphrase_file, twice=True))
    write_new(kept, secret, secret=True)
    write_new(shown, public.canonical())
    out.say(f"{kept}: the secret keys of {args.name}; keep this file")
    if args.no_passphrase:
        out.say("  It has no passphrase: whoever has this file has the key.")
    out.say(f"{shown}: the public keys; hand this file out")
    paper = key.identity if args.paper else None
    if paper:
        out.say("Paper copy, to be written down and locked away:")
        out.say(f"  {paper}")
    out.answer(key=str(kept), public=str(shown), paper=paper, verifier=public.verifier)
    return GOOD


def run_rehearse(args: argparse.Namespace, out: Output) -> int:
    """Answer a challenge with its hash, if it is one and is meant for this holder's own key."""
    keyset = read_object(Keyset, args.keyset, args.agency_key)
    key = load_key(args.key, args.passphrase_file)
    require_own_place(key, keyset, args.holder)
    answer = key.rehearse(read_small(args.challenge), keyset, args.holder)
    write_new(args.out, answer.sign(key.note_signer()))
    out.say(f"{args.out}: {args.holder} can decrypt and sign; send this file back")
    out.answer(answer=str(args.out), holder=args.holder, challenge=answer.challenge)
    return GOOD


def load_key(path: Path, passphrase_file: Path | None = None) -> HolderKey:
    """Read a holder's secret file, asking for its passphrase where it has one.

    :raises Stopped: for a wrong passphrase or a file that holds no key; nothing of it is shown.
    """
    data = read_small(path)
    if data.startswith(AGE_MAGIC):
        try:
            data = decrypt_passphrase(data, _passphrase(passphrase_file, twice=False))
        except AgeError:
            raise Stopped("wrong-passphrase", f"The passphrase does not open {path}.") from None
    try:
        return HolderKey.read(data)
    except ValueError:
        raise Stopped("not-a-key", f"{path} is not a holder's key file.") from None


def _passphrase(file: Path | None, *, twice: bool) -> str:
    if file is not None:
        said = read_small(file).decode("utf-8", "replace").rstrip("\r\n")
    elif not sys.stdin.isatty():
        raise Stopped("no-passphrase", "Give the passphrase with --passphrase-file.")
    else:
        said = getpass.getpass("Passphrase: ")
        if twice and getpass.getpass("Again: ") != said:
            raise Stopped("not-the-same", "The two passphrases differ: nothing was written.")
    if not said:
        raise Stopped("empty-passphrase", "The passphrase is empty; choose one, or say none.")
    return said
