"""Seeding the sample world: its past happens in the order of its instants, one tick for each."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from procurement.models import Checkpoint
from procurement.refusals import Refusal
from procurement.texts import Text
from procurement.tryout.run import Say
from procurement.tryout.sample import names, plots
from procurement.tryout.sample.plots import DAY, PERIOD, Cue, Ending
from procurement.tryout.sample.world import World

YEAR_BACK = 300 * DAY
TENDERS = 60
PACKS = ("cn-bidding", "cn-gp", "cn-bidding", "cn-gp", "eu-2014-24", "eu-2014-24")  # by agency

# How the sixty end: how many, where each stands now, and how many suppliers file.
ENDINGS: tuple[tuple[int, Ending, int], ...] = (
    (16, plots.up_to_award, 3),
    (2, plots.with_amendment, 4),
    (2, plots.with_extension, 3),
    (6, plots.up_to_closed, 0),  # nobody came: without an award
    (4, plots.up_to_cancelled, 1),
    (4, plots.up_to_minutes, 3),
    (2, plots.with_withdrawal, 4),
    (2, plots.up_to_suspended, 0),
    (4, plots.with_questions, 2),
    (10, plots.up_to_published, 2),
    (4, plots.up_to_approval, 0),
    (4, plots.up_to_draft, 0),
)
PAST = (
    *(plots.up_to_award, plots.up_to_closed, plots.up_to_minutes),
    *(plots.with_withdrawal, plots.with_amendment, plots.with_extension),
)


class AlreadyAWorld(Refusal):
    code, status = "world-is-there", 409
    title = Text(
        "This database has a log already. The sample world begins its own: take an empty database",
        "该数据库已有日志。示例世界须从空数据库开始",
    )


def seed(home: Path, *, now: datetime, tenders: int = TENDERS, say: Say) -> World:
    """Let a year pass in which everything that the platform can show has happened.

    :raises AlreadyAWorld: for a database in which something was written already.
    """
    if Checkpoint.objects.exists():
        raise AlreadyAWorld
    began = now - YEAR_BACK - 60 * DAY
    world = World.begin(home, began=began, suppliers=names.OTHERS)
    cues = list(_cues(world, now, tenders))
    _play([cue.ends(world, cue) for cue in cues], world, now, say)
    world.keep()
    return world


def _play(stories: list[plots.Story], world: World, now: datetime, say: Say) -> None:
    """Let each story go on at the instant for which it waits, until all stand at now."""
    order = itertools.count()
    waiting = [(next(story), next(order), story) for story in stories]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] <= now:
        at, _, story = heapq.heappop(waiting)
        world.wind_to(max(at, world.now))
        if (then := next(story, None)) is not None:
            heapq.heappush(waiting, (then, next(order), story))
        else:
            say(f"{world.now:%Y-%m-%d}: {len(waiting)} stories go on")
        world.pass_on()


def _cues(world: World, now: datetime, tenders: int) -> Iterator[Cue]:
    """Cast the stories: each with an agency, its bidders, a pack, a beginning and a deadline."""
    for number, (ends, bidders) in enumerate(_spread(tenders)):
        pack = PACKS[number % len(PACKS)]
        closes = _closes(number, ends, now, tenders)
        yield Cue(
            number=number,
            agency=world.agencies[number % len(world.agencies)],
            suppliers=tuple(
                world.suppliers[(number * 3 + n) % len(world.suppliers)] for n in range(bidders)
            ),
            pack=pack,
            begins=closes - PERIOD[pack] - DAY,
            closes=closes,
            ends=ends,
        )


def _spread(tenders: int) -> list[tuple[Ending, int]]:
    """Take so many of the endings: one of every kind before there is a second of any."""
    told = [(nth, place) for place, (count, _, _) in enumerate(ENDINGS) for nth in range(count)]
    taken = sorted(place for _, place in sorted(told)[:tenders])
    return [ENDINGS[place][1:] for place in taken]


def _closes(number: int, ends: Ending, now: datetime, tenders: int) -> datetime:
    if ends in PAST:
        return now - 35 * DAY - (YEAR_BACK - 60 * DAY) * number / max(tenders, 1)
    if ends is plots.up_to_cancelled:
        return now - 20 * DAY
    return now + 6 * DAY + number * timedelta(hours=7)
