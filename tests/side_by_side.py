"""Several people at the same time, each on a connection of their own, with real transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import Error, connections

from procurement.constraint_refusals import refusal_for
from procurement.refusals import Refusal

DONE = "done"


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at the same time; give what each answered, or the error that it met.

    What the database refused is the refusal that a person would read, as at the one edge.
    """

    def guarded(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Error as error:
            return refusal_for(error) or error
        except Exception as error:  # noqa: BLE001 - an answer, too
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(guarded, acts))


def outcomes(*acts: Callable[[], Any]) -> list[str]:
    """Do all at the same time; say of each that it is done, or the code of its refusal."""
    found = at_once(*acts)
    for one in found:
        if isinstance(one, Exception) and not isinstance(one, Refusal):
            raise one
    return [one.code if isinstance(one, Refusal) else DONE for one in found]
