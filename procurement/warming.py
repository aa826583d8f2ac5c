"""Doing when a process starts what would take long at the first request."""

import logging
from threading import Thread

from django.conf import settings
from django.db import connections

from procurement.dotted import found

_log = logging.getLogger(__name__)


def begin() -> Thread:
    """Call every ``settings.WARM`` in a thread of its own; what fails is done at first use."""
    thread = Thread(target=_warm, name="warming", daemon=True)
    thread.start()
    return thread


def _warm() -> None:
    try:
        for warm in found(settings.WARM):
            warm()
    except Exception:  # noqa: BLE001 - the first use says what is wrong, to whoever asked
        _log.warning("something could not be warmed up", exc_info=True)
    finally:
        connections.close_all()
