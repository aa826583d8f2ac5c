"""Who works next: places that queues share fairly, and one that a single queue can never take."""

import threading
from collections import Counter, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(RuntimeError):  # noqa: N818 - reads as the sentence it is
    """Nothing is begun any more."""


class Places(Generic[T]):
    """Places for work, each with what works there, or None where that has to be started.

    One queue holds at most ``number`` of them. There is one place more, so that a queue with no
    work in hand finds a place at once, however many jobs another queue has and however long they
    take. Waiting queues take turns; within a queue the first to come is the first to go.
    """

    def __init__(self, number: int) -> None:
        self._most = number
        self._free: list[T | None] = [None] * (number + 1)
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[object]] = {}  # in the order of their turns
        self._changed = threading.Condition()
        self._closed = False

    def take(self, queue: str) -> T | None:
        """Wait for this queue's turn and take a place, preferably one where work can begin.

        :raises Closed: when it was closed.
        """
        ticket = object()
        with self._changed:
            self._waiting.setdefault(queue, deque()).append(ticket)
            self._changed.wait_for(lambda: self._closed or self._next() is ticket)
            self._leave(queue, ticket)
            if self._closed:
                raise Closed
            self._held[queue] += 1
            self._changed.notify_all()
            return self._free.pop()

    def give(self, queue: str, worker: T | None) -> None:
        """Give a place back."""
        with self._changed:
            self._held[queue] -= 1
            if worker is None:
                self._free.insert(0, None)
            else:
                self._free.append(worker)
            self._changed.notify_all()

    def close(self) -> list[T]:
        """Let nobody begin, wait for everybody who did, and return all that works."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._held.total())
            return [worker for worker in self._free if worker is not None]

    def _next(self) -> object | None:
        if not self._free:
            return None
        turns = (line[0] for queue, line in self._waiting.items() if self._held[queue] < self._most)
        return next(turns, None)

    def _leave(self, queue: str, ticket: object) -> None:
        """Leave the line; the queue's next turn comes after those of all others."""
        line = self._waiting.pop(queue)
        line.remove(ticket)
        if line:
            self._waiting[queue] = line
