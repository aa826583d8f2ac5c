import contextlib
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procurement.tryout.processes import NotStarted, PortTaken
from procurement.tryout.sample.living import run_world


class Command(BaseCommand):
    help = "Run the try-out site with a sample world on it until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *_: Any, **__: Any) -> None:
        """Run it; say what stands in the way."""
        try:
            with contextlib.suppress(KeyboardInterrupt):
                run_world(lambda line: self.stdout.write(line))
        except (PortTaken, NotStarted) as why:
            raise CommandError(str(why)) from None
