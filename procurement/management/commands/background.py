from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from procurement import clock, warming
from procurement.background import run_once, run_until, told_to_stop
from procurement.starting import make_sure


class Command(BaseCommand):
    help = "Run what works behind the web server: outbox, what is due, sequencer."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --once."""
        parser.add_argument("--once", action="store_true", help="one pass, then end")

    def handle(self, *_: Any, once: bool, **__: Any) -> None:
        """Run until told to stop."""
        make_sure(clock.now())
        if once:
            done = run_once(clock.now())
            self.stdout.write(f"{done.delivered} delivered, failed: {', '.join(done.failed) or 0}")
            return
        warming.begin()
        run_until(told_to_stop(), clock.now)
