import json
from argparse import ArgumentTypeError
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from procurement import clock
from procurement.actors import Actor
from procurement.refusals import Refusal
from signatures.actions.lists import keep_lists
from signatures.actions.trust import (
    approve_trust,
    propose_trust,
    reject_trust,
    take_up_trust,
    withdraw_trust,
)
from signatures.pdf.anchors import Anchors, AnchorsUnreadable
from signatures.queries_trust import certificates_of, current_version, proposals
from signatures.rules.trust import Change
from signatures.trust.proofs import proven
from signatures.trust.refreshing import brought, differing, pinned, removed


class Command(BaseCommand):
    help = "Say whose signatures count: one operator proposes, another approves."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what is to be done, and who does it."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("show", help="the version in force")
        waiting = self._verb(verbs, "waiting", "what waits for another operator")
        waiting.set_defaults(reason="")
        brought_in = self._verb(verbs, "import", "propose everything in an anchors directory")
        brought_in.add_argument("directory", type=Path)
        lists = self._verb(verbs, "lists", "propose what trusted lists of the EU tell")
        lists.add_argument("directory", type=Path, help="with lotl.xml and DE.xml, FR.xml, …")
        lists.add_argument("--signers", type=Path, required=True, help="who sign lotl.xml, PEM")
        lists.add_argument("--territories", required=True, help="DE,FR,…")
        remove = self._verb(verbs, "remove", "propose to remove an anchor")
        remove.add_argument("sha256")
        remove.add_argument("purpose")
        for proposing in (brought_in, lists, remove):
            proposing.add_argument("--reason", required=True)
        for verb, told in (
            ("adopt", "propose what was drawn up from trusted lists"),
            ("approve", "let it count"),
            ("withdraw", "take back your own"),
        ):
            self._verb(verbs, verb, told).add_argument("proposal", type=_uuid)
        reject = self._verb(verbs, "reject", "turn it down")
        reject.add_argument("proposal", type=_uuid)
        reject.add_argument("--remark", required=True)

    def handle(self, *_: Any, verb: str, **options: Any) -> None:
        """Do it as the person who shows who they are, or say why not."""
        try:
            by = None if verb == "show" else self._person(options)
            getattr(self, f"_{verb}")(by, options)
        except Refusal as refusal:
            raise CommandError(refusal.said("en")) from None
        except (AnchorsUnreadable, OSError) as unreadable:
            raise CommandError(str(unreadable)) from None

    def _verb(self, verbs: Any, name: str, told: str) -> CommandParser:
        parser: CommandParser = verbs.add_parser(name, help=told)
        parser.add_argument("--by", required=True, help="the operator's e-mail address")
        parser.add_argument("--password-file", help="else it is asked for")
        parser.add_argument("--code", default="", help="of the authenticator app, where needed")
        return parser

    def _person(self, options: dict[str, Any]) -> Actor:
        file = options["password_file"]
        password = Path(file).read_text().strip() if file else getpass()
        return proven(options["by"], password, options["code"], now=clock.now())

    def _show(self, _: None, __: dict[str, Any]) -> None:
        version = current_version()
        if version is None:
            self.stdout.write("Version 0: the directory DAYLIGHT_SIGNATURE_ANCHORS counts.")
            return
        self.stdout.write(f"Version {version.number}, {version.digest}")
        held = certificates_of(version)
        for entry in version.entries:
            dates = f"{entry['valid_from'] or '…'} to {entry['valid_until'] or '…'}"
            name = held[entry["certificate"]].subject
            self.stdout.write(f"  {entry['certificate']} {entry['purpose']} {dates} {name}")

    def _waiting(self, by: Actor, _: dict[str, Any]) -> None:
        for one in proposals(by).filter(decision=None):
            name = one.proposed_by.name if one.proposed_by else "nobody yet, so adopt it"
            told = f"{one.pk} by {name}: {one.reason}"
            self.stdout.write(f"{told} ({one.changes.count()} changes)")

    def _import(self, by: Actor, options: dict[str, Any]) -> None:
        directory: Path = options["directory"]
        found, asked = Anchors.from_directory(directory), _addresses(directory / "addresses.json")
        pairs = [(der, "signer") for der in found.signers] + [
            (der, "seal") for der in found.signers
        ]
        pairs += [(der, "tsa") for der in found.tsa]
        changes = [Change(certificate=der, purpose=purpose) for der, purpose in pairs]
        changes = [
            Change(certificate=one.certificate, purpose=one.purpose,
                   addresses=asked.get(one.sha256, ()))
            for one in changes
        ]  # fmt: skip
        self._propose(changes, by, options)

    def _lists(self, by: Actor, options: dict[str, Any]) -> None:
        directory: Path = options["directory"]
        files = {path.stem: path.read_bytes() for path in sorted(directory.glob("*.xml"))}
        whole = (directory / "lotl.xml").read_bytes()
        names = options["territories"].split(",")
        now = clock.now()
        kept, changes = brought(whole, files, pinned(options["signers"]), names, at=now)
        keep_lists(lists=kept, failed={}, by=by, now=now)
        self._propose(differing(changes), by, options)

    def _remove(self, by: Actor, options: dict[str, Any]) -> None:
        self._propose(removed([(options["sha256"], options["purpose"])]), by, options)

    def _propose(self, changes: Sequence[Change], by: Actor, options: dict[str, Any]) -> None:
        made = propose_trust(changes=changes, reason=options["reason"], by=by, now=clock.now())
        self.stdout.write(f"{made.pk} waits for another operator: {len(changes)} changes")

    def _adopt(self, by: Actor, options: dict[str, Any]) -> None:
        made = take_up_trust(proposal_id=options["proposal"], by=by, now=clock.now())
        self.stdout.write(f"{made.pk} waits for another operator.")

    def _approve(self, by: Actor, options: dict[str, Any]) -> None:
        made = approve_trust(proposal_id=options["proposal"], by=by, now=clock.now())
        self.stdout.write(f"Version {made.number} counts from now on, {made.digest}")

    def _reject(self, by: Actor, options: dict[str, Any]) -> None:
        named = {"proposal_id": options["proposal"], "remark": options["remark"]}
        reject_trust(**named, by=by, now=clock.now())
        self.stdout.write("It is rejected.")

    def _withdraw(self, by: Actor, options: dict[str, Any]) -> None:
        withdraw_trust(proposal_id=options["proposal"], by=by, now=clock.now())
        self.stdout.write("It is withdrawn.")


def _addresses(file: Path) -> dict[str, tuple[tuple[str, str], ...]]:
    """Read ``{SHA-256: [["crl", address], …]}``, where there is such a file."""
    if not file.is_file():
        return {}
    try:
        told = json.loads(file.read_text())
        return {name: tuple((kind, url) for kind, url in of) for name, of in told.items()}
    except (ValueError, TypeError, AttributeError):
        raise CommandError(f'{file} is to read {{"SHA-256": [["crl", "http://…"]]}}') from None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ArgumentTypeError("this is no proposal's id") from None
