"""``make demo``: a tender from the plan to the proof, through the real interface and command.

Every person signs in and asks as they would from a screen of their own; whoever seals, signs,
opens or checks runs ``daylight`` in a process of its own. A step that is meant to be refused has
to be refused for the right reason.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from django.conf import settings

from procurement.tryout.processes import Processes
from procurement.tryout.run import Site, site
from procurement.tryout.story import bids, cast, opening, proof, tender
from procurement.tryout.story.stage import Stage, StepFailed, shown_at_work

Step = Callable[[Stage], str]
Say = Callable[[str], None]
SHOWN_PEOPLE = ("officer", "legal", "finance", "opener-1", "proposer", "decider", "supervisor",
                "north")  # fmt: skip


def steps(running: Site, processes: Processes) -> Iterable[Step]:
    """Give the steps of the story in their order."""
    return (
        named(cast.register_bodies, site=running),
        cast.hire_people,
        named(cast.start_machines, processes=processes),
        cast.give_certificates,
        bids.prepare_documents,
        tender.draft,
        tender.make_keys,
        tender.refuse_short_period,
        tender.submit_for_approval,
        tender.approve,
        tender.publish,
        bids.fetch,
        bids.refuse_edited_form,
        bids.submit_all,
        bids.show_nothing,
        opening.refuse_early,
        bids.refuse_late,
        opening.refuse_alone,
        opening.open_together,
        opening.find_altered_document,
        proof.judge,
        proof.rank,
        proof.award,
        proof.read_timeline,
        proof.verify,
        proof.find_tampering,
    )


def run_demo(say: Say, *, once: bool) -> int:
    """Play every step on a site of its own; 0 only if each did what it should.

    With ``once`` it ends there; else the site stays up until Ctrl-C.

    :raises PortTaken: when another program has the site's port.
    """
    home = Path(settings.HOME)
    run = secrets.token_hex(3)
    with site(say) as running, Processes(home / "story") as processes:
        stage = Stage(home / "demo" / run, running.address, run, running.tsa)
        stage.home.mkdir(mode=0o700, parents=True)
        began = time.monotonic()
        for step in steps(running, processes):
            if not _played(step, stage, say):
                return 1
        say(f"All of it in {time.monotonic() - began:.0f} seconds. Files: {stage.home}")
        if not once:
            _stay(stage, say)
    return 0


def named(step: Callable[..., str], **more: object) -> Step:
    """Give a step what it needs besides the stage, and keep its name."""
    bound = partial(step, **more)
    bound.__doc__, bound.__name__ = step.__doc__, step.__name__  # type: ignore[attr-defined]
    return bound


def _played(step: Step, stage: Stage, say: Say) -> bool:
    began = time.monotonic()
    try:
        with shown_at_work((step.__doc__ or "").strip().split("\n")[0]):
            said, mark = step(stage), "✓"
    except StepFailed as failed:
        said, mark = f"{step.__name__}: {failed}", "✗"
    say(f"{mark} {time.monotonic() - began:5.1f} s  {said}")
    return mark == "✓"


def _stay(stage: Stage, say: Say) -> None:
    """Keep the site up, and say where it is and how to sign in."""
    say(f"The tender        {stage.address}/tenders/{stage.tender}/")
    say(f"The interface     {stage.address}/api/docs/")
    say("Sign-ins (practice):")
    for name in SHOWN_PEOPLE:
        person = stage[name]
        say(f"  {name:<12}{person.email}  ·  {person.password}")
    say("Ctrl-C ends it, and the database with it.")
    while True:
        time.sleep(3600)
