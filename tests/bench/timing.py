"""How long an act takes; a ratio says the same on a fast machine and on a slow one."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

ROUNDS = 3  # the fastest counts: the others were disturbed
MIB = 1024 * 1024


def fastest(act: Callable[[int], object], rounds: int = ROUNDS) -> float:
    """Run an act some times and give the shortest duration, in seconds."""
    found = []
    for attempt in range(rounds):
        began = time.perf_counter()
        act(attempt)
        found.append(time.perf_counter() - began)
    return min(found)


def per_second(writer: Callable[[], Callable[[], object]], writers: int, seconds: float) -> float:
    """Let some threads act as often as they can; give how often all of them did in a second.

    ``writer`` is called in each thread, and gives what that thread does again and again.
    """
    together = Barrier(writers)

    def works(_: int) -> int:
        act, done = writer(), 0
        act()  # opens the connection
        together.wait()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            act()
            done += 1
        return done

    with ThreadPoolExecutor(writers) as pool:
        return sum(pool.map(works, range(writers))) / seconds
