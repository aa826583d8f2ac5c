import contextlib
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procurement.tryout.demo import run_demo
from procurement.tryout.processes import NotStarted, PortTaken


class Command(BaseCommand):
    help = "Watch a tender happen, from the plan to the proof."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        """Play every step; the exit code is 0 only if each did what it should."""
        code = 0
        try:
            with contextlib.suppress(KeyboardInterrupt):
                code = run_demo(
                    lambda line: print(line, flush=True), once=bool(os.environ.get("ONCE"))
                )
        except (PortTaken, NotStarted) as why:
            raise CommandError(str(why)) from None
        sys.exit(code)
