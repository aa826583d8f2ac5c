from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procurement import clock
from procurement.production import judged, watched


class Command(BaseCommand):
    help = "Say whether this installation is fit for production, and what stands against it."

    def handle(self, *_: Any, **__: Any) -> None:
        """Make every check that a production server makes at its start, and look ahead."""
        now = clock.now()
        found = judged(now) | watched(now)
        for what, reasons in found.items():
            self.stdout.write(f"{'no ' if reasons else 'yes'}  {what}")
            for reason in reasons:
                self.stdout.write(f"       {reason}")
        if against := sum(map(len, found.values())):
            raise CommandError(f"Not fit for production, for reasons: {against}.")
        self.stdout.write("Fit for production.")
