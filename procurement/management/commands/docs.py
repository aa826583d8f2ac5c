from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from procurement.dotted import found


class Command(BaseCommand):
    help = "Write the pages that come from the code (or, with --check, say which are out of date)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --check."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *_: Any, check: bool, **__: Any) -> None:
        """Compare every page with the code, and write it unless only asked."""
        stale = []
        for write in found(settings.DOCS):
            for name, text in write().items():
                path = Path(settings.BASE_DIR) / name
                if not path.exists() or path.read_text() != text:
                    stale.append(name)
                    if not check:
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_text(text)
        if check and stale:
            raise CommandError(f"Out of date: {', '.join(stale)}. Run manage.py docs.")
        for name in stale:
            self.stdout.write(f"wrote {name}")
