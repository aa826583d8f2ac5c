"""A worker that answers nothing, however busy the machine is, and one that has no memory left."""

import os
import signal
from pathlib import Path

from signatures.pool import SignaturePool


def halted_worker(pool: SignaturePool) -> int:
    """Halt a worker that is free, the one that is asked next, and return its number."""
    number = _free_worker(pool)
    os.kill(number, signal.SIGSTOP)
    return number


def memory_of_a_worker() -> int:
    """Return how many bytes a worker takes before it has judged anything."""
    with SignaturePool(workers=1) as pool:
        status = Path(f"/proc/{_free_worker(pool)}/status").read_text()
    return 1024 * int(status.split("VmSize:")[1].split()[0])


def _free_worker(pool: SignaturePool) -> int:
    pool.warm()
    worker = pool._places._free[-1]
    assert worker is not None
    assert worker.process.pid is not None
    return worker.process.pid
