import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from procurement import clock
from signatures.trust.rounds import make_round


class Command(BaseCommand):
    help = "Ask the authorities of the approved anchors what they have revoked, and keep it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to go on, and how often."""
        parser.add_argument("--every", type=int, help="minutes between rounds; else one round")

    def handle(self, *_: Any, every: int | None, **__: Any) -> None:
        """Make a round, or one after the other."""
        self._round()
        while every:
            time.sleep(every * 60)
            self._round()

    def _round(self) -> None:
        made = make_round(now=clock.now())
        if made is None:
            self.stdout.write("Nobody is to be asked, or another process does it.")
            return
        self.stdout.write(f"{len(made.answers)} answers are known, set {made.digest[:12]}")
        for source, why in sorted(made.failed.items()):
            self.stdout.write(f"  {source}: {why}")
