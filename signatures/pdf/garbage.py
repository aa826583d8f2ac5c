"""No search for garbage while a file is judged.

What is read of a file is held until its verdict, so there is no garbage to find; but Python looks
for it again and again, and the more has been read the longer it takes: a fourth of the time that
a file of 30,000 objects is judged in. Afterwards it looks once.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_alone() -> Iterator[None]:
    """Let nobody look for garbage in a block; what a file may make us hold is limited by counts."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
