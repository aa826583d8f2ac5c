from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bidding.ceremonies.scrubbing import scrub_everything
from procurement import clock
from procurement.vault import VaultUnavailable

_SOUND = "Under seal: as it was filed, and locked."
_AMISS = "Under seal: not as it was filed. The journal has what, concealed until the opening."


class Command(BaseCommand):
    help = "Read back everything that was filed, and say whether it is as it was, and locked."

    def handle(self, *_: Any, **__: Any) -> None:
        """Say nothing of a bid before its opening, not even whether there is one."""
        try:
            done = scrub_everything(now=clock.now())
        except VaultUnavailable as away:
            raise CommandError(str(away)) from away
        self.stdout.write(_SOUND if done.sealed_as_filed else _AMISS)
        self.stdout.write(f"Opened: {done.opened} bids read back, {len(done.amiss)} amiss.")
        for digest, found in done.amiss.items():
            self.stdout.write(f"  {digest}: {', '.join(found)}")
        if done.amiss or not done.sealed_as_filed:
            raise CommandError("Something that was filed is not as it was.")
