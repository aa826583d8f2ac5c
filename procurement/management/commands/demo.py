import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from procurement.tryout.demo import run_demo


class Command(BaseCommand):
    help = "Watch a tender happen, from the keys to the prices, on plain files."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        """Run every step; the exit code is 0 only if each did what it should."""
        sys.exit(run_demo(settings.HOME / "demo"))
