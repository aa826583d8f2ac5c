"""How web processes run: ``--config python:procurement.gunicorn_conf procurement.wsgi``."""

import logging
import os
import shutil
import tempfile
from logging.config import dictConfig
from typing import Any

from procurement.logs import WithoutAddress, logging_settings

control_socket_disable = True  # nobody talks to the server but over its port

# Where web processes put their counts for each other; gone with the server.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="daylight-metrics-")


def on_starting(_server: Any) -> None:
    """Let the server itself write as the application does, and no address of any request."""
    dictConfig(logging_settings(structured=os.environ.get("DAYLIGHT_MODE") == "production"))
    own = logging.getLogger("gunicorn.error")
    own.handlers, own.propagate = [], True
    own.addFilter(_failures_without_address)


def _failures_without_address(record: logging.LogRecord) -> bool:
    """Let pass what the server says of itself; what it says of a request loses the address."""
    return WithoutAddress().filter(record) if record.exc_info else True


def post_worker_init(_worker: Any) -> None:
    """Begin what takes long the first time beside the first requests, not during one."""
    from procurement.warming import begin

    begin()


def child_exit(_server: Any, worker: Any) -> None:
    """Forget what a process that has ended was doing."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
