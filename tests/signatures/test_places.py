"""Queues take turns, within a queue the first to come is first, and one place is never theirs."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest

from signatures.places import Closed, Places


@contextmanager
def _waiting(places: Places[str], *queues: str) -> Iterator[list[tuple[str, int]]]:
    """Let threads wait in this order, and note in which order they are served.

    Each gives its place back at once, so that the next one is served.
    """
    served: list[tuple[str, int]] = []
    threads = []
    for number, queue in enumerate(queues):

        def work(queue: str = queue, number: int = number) -> None:
            place = places.take(queue)
            served.append((queue, number))
            places.give(queue, place)

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        _until(partial(_are_in_line, places, len(threads)), places)
    yield served
    for thread in threads:
        thread.join()


def _are_in_line(places: Places[str], number: int) -> bool:
    return sum(map(len, places._waiting.values())) == number


def _until(true: Callable[[], bool], places: Places[str]) -> None:
    with places._changed:
        while not true():
            places._changed.wait(0.001)


def test_queues_take_turns_however_long_one_is() -> None:
    places: Places[str] = Places(1)
    held = [places.take("x"), places.take("y")]

    with _waiting(places, "A", "A", "A", "B", "C") as served:
        places.give("x", held[0])

    assert served == [("A", 0), ("B", 3), ("C", 4), ("A", 1), ("A", 2)]


def test_no_queue_can_hold_the_last_place() -> None:
    places: Places[str] = Places(2)
    places.take("A")
    places.take("A")

    with _waiting(places, "A") as served:
        places.take("B")
        assert served == []
        places.give("A", None)

    assert served == [("A", 0)]


def test_work_goes_where_something_works_already() -> None:
    places: Places[str] = Places(2)
    places.take("A")
    places.give("A", "warm")

    assert places.take("A") == "warm"
    assert places.take("A") is None


def test_after_closing_nothing_begins_and_what_ran_was_waited_for() -> None:
    places: Places[str] = Places(1)
    places.take("A")
    with ThreadPoolExecutor(2) as threads:
        waiting = threads.submit(places.take, "A")
        _until(lambda: "A" in places._waiting, places)
        closing = threads.submit(places.close)
        refused, over = waiting.exception(), closing.done()
        places.give("A", "worker")

    assert isinstance(refused, Closed)
    assert (over, closing.result()) == (False, ["worker"])
    with pytest.raises(Closed):
        places.take("B")
