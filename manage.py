#!/usr/bin/env python
"""Django's command line, for this project."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

from procurement.tryout import embedded

WITHOUT_DATABASE = {
    "collectstatic",
    "diffsettings",
    "docs",
    "help",
    "makemigrations",
    "spectacular",
}


def needs_a_database(words: list[str]) -> bool:
    """Tell whether a command is of any use without one."""
    return bool(words) and words[0] not in WITHOUT_DATABASE and "--help" not in words


def main() -> None:
    """Run one command; the try-out's own database is started if it is needed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "procurement.settings")
    try:
        if not settings.PRODUCTION and not settings.DATABASE_URL and needs_a_database(sys.argv[1:]):
            embedded.start(settings.HOME)
        execute_from_command_line(sys.argv)
    except embedded.DatabaseNotStarted as why:
        sys.exit(str(why))


if __name__ == "__main__":
    main()
