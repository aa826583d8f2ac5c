"""Measure, with ``make bench``: what Daylight's work costs, as a ratio to the least it could cost.

``python -m tests.bench signed`` measures the judging of signatures alone; so do the other parts.
Both sides of a ratio are measured in the same run, on a database and a disk that really wait.
"""

import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from procurement.tryout import embedded
from tests.bench import bids

TOOLS = Path(os.environ.get("DAYLIGHT_HOME", ".daylight")).absolute()


@contextmanager
def scratch() -> Iterator[tuple[Path, str]]:
    """Give a directory and a database of this run's own, on the disk that the try-out uses."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOOLS, prefix="bench-") as made:
        home, address = Path(made), embedded.address(Path(made))
        os.environ |= {
            "DAYLIGHT_HOME": made,
            "DAYLIGHT_MODE": "test",
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "procurement.settings",
        }
        embedded.start(home)
        try:
            yield home, address
        finally:
            embedded.stop(home)


def show(title: str, rows: Iterator[str]) -> None:
    """Print rows as they are measured."""
    print(f"\n{title}")
    for row in rows:
        print(row, flush=True)


def signed_rows() -> None:
    """Print what judging costs; it needs Django's settings, but neither database nor site."""
    os.environ |= {"DAYLIGHT_MODE": "test", "DJANGO_SETTINGS_MODULE": "procurement.settings"}
    from tests.bench import signed

    show("Judging a signed PDF, to its SHA-256 and one RSA verification", signed.rows())


def sealed_rows() -> None:
    """Print what sealing and opening costs a supplier or an opener, and the most memory it took."""
    show("Sealing and opening, to one SHA-256 over the same bytes", bids.rows())
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"largest memory: {most:.0f} MiB (of which {bids.SIZES[-1]} are the measurement's own)")


def site_rows() -> None:
    """Print what journal, vault and site cost, on a database and a directory of their own."""
    with scratch() as (home, address):
        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        from tests.bench import journal, site, vaults  # these need Django

        show("The journal, to an insert of the same bytes and a commit", journal.rows(address))
        show("The vault, to a file of the same bytes and an fsync", vaults.rows(home, TOOLS))
        show("The site at work, to the least that it could cost", site.rows(address, home))


PARTS = {"sealed": sealed_rows, "site": site_rows, "signed": signed_rows}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
