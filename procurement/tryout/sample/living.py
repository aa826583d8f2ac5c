"""``make world``: the site with a sample world on it, seeded once and kept alive."""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from procurement import clock
from procurement.models import Checkpoint, User
from procurement.tryout.processes import Processes
from procurement.tryout.run import Say, site
from procurement.tryout.sample.keeping import keep_alive
from procurement.tryout.sample.seeding import TENDERS, seed
from procurement.tryout.sample.world import MAIL, SIGN_IN, World, password


def run_world(say: Say) -> None:
    """Run the sample world until Ctrl-C, and say where it is and how to sign in.

    :raises PortTaken: when another program has the site's port.
    """
    home = Path(settings.HOME)
    with (
        site(say, prepare=lambda: _seeded(home, say)) as running,
        Processes(home / "sample") as ours,
    ):
        ours.start("keeper", [sys.executable, "manage.py", "sample_keeper"])
        say(f"The public pages  {running.address}/tenders/")
        say(f"The interface     {running.address}/api/docs/")
        say(f"Operator          {running.operator}  ·  {running.password}")
        say(f"Everybody else    {password(home)}  ·  for instance:")
        for user in _shown():
            say(f"  {user.email:<34}{user.name}")
        say("All of it is invented. Ctrl-C ends it; the next start goes on where it was.")
        while True:
            time.sleep(3600)


def seed_now(home: Path, *, tenders: int, say: Callable[[str], None]) -> World:
    """Seed a world up to now, and publish what a visitor is meant to find.

    :raises AlreadyAWorld: for a database in which something was written already.
    """
    world = seed(home, now=clock.now(), tenders=tenders, say=say)
    clock.move(timedelta())
    keep_alive(world, clock.now())
    return world


def _seeded(home: Path, say: Say) -> None:
    if not Checkpoint.objects.exists():
        say("A year passes in the sample world. That takes some minutes, once …")
        seed_now(home, tenders=TENDERS, say=lambda _: None)


def _shown() -> list[User]:
    """Name one person of each trade."""
    found = [
        User.objects.filter(email__startswith=f"{who}.", email__endswith=MAIL) for who in SIGN_IN
    ]
    return [user for users in found if (user := users.order_by("email").first())]
