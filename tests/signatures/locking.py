"""A lock that another process holds, as tests have it."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connections

from procurement.locks import held

PATIENCE = 60.0  # seconds, until a machine is called broken


@contextmanager
def held_elsewhere(what: str) -> Iterator[None]:
    """Hold the lock of this name by another connection for as long as the block lasts."""
    begun, over = threading.Event(), threading.Event()

    def hold() -> None:
        with held(what) as free:
            assert free
            begun.set()
            over.wait(PATIENCE)
        connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        holding = threads.submit(hold)
        try:
            assert begun.wait(PATIENCE)
            yield
        finally:
            over.set()
        holding.result()
