from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from procurement.refusals import Refusal
from procurement.tryout.sample.living import seed_now
from procurement.tryout.sample.seeding import TENDERS
from procurement.tryout.sample.world import password


class Command(BaseCommand):
    help = "Fill an empty try-out with a sample world: invented bodies, tenders, bids, decisions."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --tenders."""
        parser.add_argument("--tenders", type=int, default=TENDERS, help="how many")

    def handle(self, *_: Any, tenders: int, **__: Any) -> None:
        """Seed it; say how to sign in."""
        if settings.PRODUCTION:
            raise CommandError("A sample world is for a try-out, never for production.")
        home = Path(settings.HOME)
        try:
            world = seed_now(home, tenders=tenders, say=self.stdout.write)
        except Refusal as refusal:
            raise CommandError(refusal.said("en")) from None
        self.stdout.write(f"{len(world.agencies)} agencies, {len(world.suppliers)} suppliers")
        self.stdout.write(f"Password of every sample account: {password(home)}")
