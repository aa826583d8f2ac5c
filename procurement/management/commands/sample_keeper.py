import logging
import signal
from pathlib import Path
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from procurement import clock
from procurement.tryout.sample.keeping import keep_alive
from procurement.tryout.sample.world import World

EVERY = 2  # seconds


class Command(BaseCommand):
    help = "Keep the sample world alive: publish for visitors, and open what is to be opened."

    def handle(self, *_: Any, **__: Any) -> None:
        """Keep it until told to stop."""
        if settings.PRODUCTION:
            raise CommandError("A sample world is for a try-out, never for production.")
        world = World.load(Path(settings.HOME), now=clock.now())
        stop = Event()
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: stop.set())
        while not stop.wait(EVERY):
            try:
                keep_alive(world, clock.now())
            except Exception:  # the world outlives a bad moment; what was wrong stands in the log
                logging.getLogger(__name__).exception("The sample world stumbled")
