from typing import Any

from django.core.management.base import BaseCommand

from procurement import clock
from procurement.background import every_tick, told_to_stop
from procurement.journal.sequencer import tick
from procurement.starting import make_sure


class Command(BaseCommand):
    help = "Run the sequencer alone: at every tick the log takes what waits. One at a time works."

    def handle(self, *_: Any, **__: Any) -> None:
        """Run until told to stop."""
        make_sure(clock.now())
        every_tick(told_to_stop(), clock.now, tick)
