from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from procurement import clock
from procurement.background import every_tick, told_to_stop
from procurement.tryout.sample.keeping import keep_alive
from procurement.tryout.sample.world import World


class Command(BaseCommand):
    help = "Keep the sample world alive: publish for visitors, and open what is to be opened."

    def handle(self, *_: Any, **__: Any) -> None:
        """Keep it until told to stop; the world outlives a bad moment."""
        if settings.PRODUCTION:
            raise CommandError("A sample world is for a try-out, never for production.")
        world = World.load(Path(settings.HOME), now=clock.now())

        def keep(now: datetime) -> None:
            keep_alive(world, now)

        every_tick(told_to_stop(), clock.now, keep)
