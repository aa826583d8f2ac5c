import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from procurement import clock
from procurement.vault import VaultUnavailable
from signatures.evidence.comparing import FAULTS, Outcome
from signatures.evidence.rejudging import judged_again

RECENT = timedelta(days=7)
DIFFERENT, INCOMPLETE = 1, 2


class Command(BaseCommand):
    help = (
        "Judge stored verdicts on signatures again, offline, from the file, policy and anchors "
        "that they rest on, and compare the reports byte for byte. Changes nothing. Files under "
        "seal are left out until they are opened. Ends with 0 when nothing differs, 1 when "
        "something does, 2 when something could not be judged."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which verdicts are meant; without a word those of the last seven days."""
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--since", type=_instant, help="made since: 2026-11-30 or an instant")
        which.add_argument("--all", action="store_true", help="all that were ever stored")

    def handle(self, *_: Any, since: datetime | None, **options: Any) -> None:
        """Judge one after the other, and name each that is not the same."""
        begin = None if options["all"] else since or clock.now() - RECENT
        count: Counter[Outcome] = Counter()
        try:
            for one in judged_again(since=begin):
                count[one.outcome] += 1
                if one.outcome is not Outcome.SAME:
                    self.stdout.write(str(one))
        except VaultUnavailable as away:
            raise CommandError(f"The vault is away: {away}", returncode=INCOMPLETE) from None
        told = ", ".join(f"{count[outcome]} {outcome}" for outcome in Outcome if count[outcome])
        self.stdout.write(f"{count.total()} verdicts: {told or 'none to judge'}")
        if FAULTS & set(count):
            sys.exit(DIFFERENT)
        if count[Outcome.NOT_JUDGED]:
            sys.exit(INCOMPLETE)


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
