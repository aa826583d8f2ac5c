"""A worker that answers nothing, however busy or idle the machine is."""

import os
import signal

from signatures.pool import SignaturePool


def halted_worker(pool: SignaturePool) -> int:
    """Halt a worker that is free, the one that is asked next, and return its number."""
    pool.warm()
    worker = pool._places._free[-1]
    assert worker is not None
    assert worker.process.pid is not None
    os.kill(worker.process.pid, signal.SIGSTOP)
    return worker.process.pid
