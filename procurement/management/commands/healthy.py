import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from procurement import clock
from procurement.health import log_moves

PATIENCE_SECONDS = 5


class Command(BaseCommand):
    help = "End with 0 while the log moves, or while the broker answers; for probes of containers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what is asked about."""
        parser.add_argument("what", choices=("log", "broker"))

    def handle(self, *_: Any, what: str, **__: Any) -> None:
        """Ask, and end with 0 or 1."""
        holds = log_moves(clock.now()) if what == "log" else _broker_answers()
        self.stdout.write("yes" if holds else "no")
        sys.exit(0 if holds else 1)


def _broker_answers() -> bool:
    """Tell whether the broker lets us in."""
    from procurement.celery import app

    try:
        with app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=1, timeout=PATIENCE_SECONDS)
    except Exception:  # noqa: BLE001 - whatever it is, the broker does not answer
        return False
    return True
