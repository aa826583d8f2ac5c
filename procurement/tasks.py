"""What Celery's workers are asked for. Each is safe to run twice, and to lose."""

from typing import Any

from procurement import background, outbox
from procurement.celery import app
from procurement.clock import now


@app.task
def deliver(**_: Any) -> None:
    """Tell handlers what was announced; several workers share the messages."""
    outbox.deliver(now())


@app.task
def work(*, name: str, **_: Any) -> None:
    """Do one thing of ``settings.DUE``, unless another worker is at it."""
    background.work_alone(name, now())
