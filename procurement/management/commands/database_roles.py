from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from procurement.database_roles import grant


class Command(BaseCommand):
    help = "Give the application's role what it needs in the database, and no more. Run as owner."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --role."""
        parser.add_argument("--role", help="else the user in DATABASE_URL")

    def handle(self, *_: Any, role: str | None, **__: Any) -> None:
        """Grant it."""
        if not (role := role or settings.APPLICATION_ROLE):
            raise CommandError("Which role? DATABASE_URL names no user: give --role.")
        grant(role)
        self.stdout.write(f"{role} may do what the application does, and no more.")
