"""What operators watch, as Prometheus reads it. Nothing here tells that somebody has just filed.

Numbers move when something happens, and whoever watches them sees it happen. So of what a bidder
does there is none, not even a total: no uploads, filings, questions, sign-ins or sealed bytes; no
length of the outbox, which grows with every filing; no size of the database or of the vault; no
processor time or memory of a web process; no reads of the log, which a bidder's tool asks for
right after filing. What is left moves by a fixed rhythm, or by the public reading public pages:

* requests to public pages, by kind, and how long they took;
* how old the log's newest checkpoint is, and how large the log, which everybody can read and which
  grows by filling whether anything happens or not;
* for how long the outbox has owed a timestamp. These are asked for at a fixed rhythm and go the
  way of everything else, so an outbox that stands still shows here.
"""

import os
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from procurement.journal.proofs import latest_checkpoint
from procurement.models import OutboxMessage
from procurement.verbs import Verb

OF_THIS_PROCESS = CollectorRegistry()
REQUESTS = Counter(
    "daylight_public_requests",
    "Requests to public pages",
    ["kind", "status"],
    registry=OF_THIS_PROCESS,
)
SECONDS = Histogram(
    "daylight_public_request_seconds",
    "How long a public page took",
    ["kind"],
    registry=OF_THIS_PROCESS,
)


def exposition(now: datetime) -> bytes:
    """Write all of it in Prometheus' text format."""
    return generate_latest(_of_all_processes()) + generate_latest(_of_the_installation(now))


def _of_all_processes() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return OF_THIS_PROCESS
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _of_the_installation(now: datetime) -> CollectorRegistry:
    registry, newest = CollectorRegistry(), latest_checkpoint()
    age = Gauge("daylight_checkpoint_age_seconds", "Since the newest checkpoint", registry=registry)
    size = Gauge("daylight_log_leaves", "Leaves in the log, filling included", registry=registry)
    owed = Gauge(
        "daylight_timestamp_owed_seconds", "Since a timestamp was first owed", registry=registry
    )
    age.set((now - newest.at).total_seconds() if newest else float("nan"))
    size.set(newest.size if newest else 0)
    owed.set(_owed_for(now))
    return registry


def _owed_for(now: datetime) -> float:
    oldest = (
        OutboxMessage.objects.filter(verb=Verb.CHECKPOINT_DUE_FOR_TIMESTAMP, delivered_at=None)
        .order_by("announced_at")
        .first()
    )
    return max(0.0, (now - oldest.announced_at).total_seconds()) if oldest else 0.0
