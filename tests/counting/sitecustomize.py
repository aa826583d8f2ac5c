"""Count branches in every process of a run, also in workers that may write no file.

``make coverage`` puts this directory on PYTHONPATH, so that Python imports this file when it
starts, whoever starts it. A worker of ``signatures.pool`` is killed when it is no longer wanted,
and has no leave to write a file. So it maps its notes into memory before it gives up that leave,
and renews them with every answer.
"""

import atexit
import contextlib
import mmap
import multiprocessing.connection
import os
import sys
from pathlib import Path
from typing import Any

NOTES = 1024 * 1024  # bytes; what one worker has to say is a tenth of this


def count(rules: str) -> None:
    """Count what this process does, as the configuration file ``rules`` says."""
    from coverage import Coverage

    if "--multiprocessing-fork" not in sys.orig_argv:
        Coverage(config_file=rules, data_suffix=True, auto_data=True).start()
        return
    counting = Coverage(config_file=rules, data_file=None)
    place = Path(rules).parent / f".coverage-worker.{os.getpid()}"
    place.write_bytes(bytes(NOTES))
    with place.open("r+b") as opened:
        notes = mmap.mmap(opened.fileno(), NOTES)

    def note() -> None:
        with contextlib.suppress(MemoryError):  # a worker that has none left still says so
            told = counting.get_data().dumps()
            notes[: 4 + len(told)] = len(told).to_bytes(4, "big") + told

    send = multiprocessing.connection.Connection.send

    def noted_and_sent(self: Any, answer: object) -> None:
        note()
        send(self, answer)

    multiprocessing.connection.Connection.send = noted_and_sent  # type: ignore[method-assign]
    counting.start()
    atexit.register(note)  # so it comes before the end of counting


def gather(place: Path) -> None:
    """Turn the notes of one worker into a data file that ``coverage combine`` finds."""
    from coverage import CoverageData

    notes = place.read_bytes()
    length = int.from_bytes(notes[:4], "big")
    if length:
        data = CoverageData(str(place.parent / ".coverage"), suffix=place.suffix[1:] + ".worker")
        data.loads(notes[4 : 4 + length])
        data.write()
    place.unlink()


if configured := os.environ.get("DAYLIGHT_COUNTING"):
    count(configured)
