"""``daylight keys``: making a holder's keys, and proving that the holder still has them."""

import argparse
import getpass
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from client.files import read_object, read_small, write_new
from client.output import GOOD, Output, Stopped
from procurement.proof.age import (
    AgeError,
    decrypt_bytes,
    decrypt_passphrase,
    encrypt_passphrase,
    require_single_stanza,
)
from procurement.proof.age_keys import Identity
from procurement.proof.notes import Signer
from procurement.proof.shapes import AgeRecipient, Id, NoteKey, Pattern, Statement, Title
from tenders.panel.keyset import KeyPair, Keyset, Rehearsal, RehearsalAnswer

Role = Literal["opener", "timekeeper", "escrow", "agency", "supervisor"]
ROLES = ("opener", "timekeeper", "escrow", "agency", "supervisor")
STANDING = ("agency", "supervisor")  # they sign and never decrypt
AGE_MAGIC = b"age-encryption.org/"


@dataclass(frozen=True)
class HolderKey(Statement):
    """What one holder keeps: a note key, and an age identity for those who open."""

    TYPE: ClassVar[str] = "daylight/holder-key/v1"

    role: Role
    name: Title
    tender: Id | None
    identity: Annotated[str, Pattern("AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}")] | None
    signer: Title

    def age_identity(self) -> Identity:
        """Give the identity that decrypts.

        :raises Stopped: for the key of a body that only signs.
        """
        if self.identity is None:
            raise Stopped("only-signs", f"The key of {self.name} signs and cannot open anything.")
        return Identity.decode(self.identity)

    def note_signer(self) -> Signer:
        """Give the note key."""
        return Signer.decode(self.signer)

    def public(self) -> "HolderPublic":
        """Give the public halves."""
        recipient = None if self.identity is None else self.age_identity().recipient.encode()
        return HolderPublic(
            self.role, self.name, self.tender, recipient, self.note_signer().verifier
        )


@dataclass(frozen=True)
class HolderPublic(Statement):
    """What one holder hands out."""

    TYPE: ClassVar[str] = "daylight/holder-public/v1"

    role: Role
    name: Title
    tender: Id | None
    recipient: AgeRecipient | None
    verifier: NoteKey


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
    key = HolderKey(
        role=args.role,
        name=args.name,
        tender=args.tender,
        identity=None if args.role in STANDING else Identity.generate().encode(),
        signer=Signer.generate(args.name).encode(),
    )
    HolderKey.of(key.to_json())  # a bad --name or --tender is refused before anything is written
    public = key.public()
    HolderPublic.of(public.to_json())
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
    data = read_small(args.challenge)
    require_single_stanza(data)
    challenge = Rehearsal.read(decrypt_bytes(data, key.age_identity()))
    if challenge.keyset != keyset.digest():
        raise Stopped("other-keyset", "The challenge is for another keyset: it is not answered.")
    if challenge.holder != args.holder:
        raise Stopped("other-holder", f"The challenge is for {challenge.holder}: not answered.")
    answer = RehearsalAnswer(keyset.digest(), args.holder, challenge.digest())
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


def require_own_place(key: HolderKey, keyset: Keyset, holder: str) -> KeyPair:
    """Find a holder's place in the keyset, if both keys that stand there are this holder's.

    :raises Stopped: otherwise.
    """
    place = keyset.holders().get(holder)
    if place is None:
        raise Stopped("no-such-holder", f"The keyset has no {holder}.")
    public = key.public()
    if (place.recipient, place.verifier) != (public.recipient, public.verifier):
        raise Stopped("not-your-place", f"The keys of {holder} in the keyset are not these.")
    if key.tender is not None and key.tender != keyset.tender:
        raise Stopped("other-tender", "These keys were made for another tender.")
    return place


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
