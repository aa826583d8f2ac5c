"""How web processes run: ``--config python:procurement.gunicorn_conf procurement.wsgi``."""

from typing import Any

control_socket_disable = True  # nobody talks to the server but over its port


def post_worker_init(_worker: Any) -> None:
    """Begin what takes long the first time beside the first requests, not during one."""
    from procurement.warming import begin

    begin()
