"""All web processes count together; while Redis is away each counts alone, and nobody waits."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from pytest_django.fixtures import Settings

from procurement.counts import AsJson
from procurement.tryout.processes import Processes, free_port
from procurement.tryout.services import ServiceMissing, start_redis
from tests.tolerance import missing_service

AWAY = f"redis://:secret@127.0.0.1:{free_port()}/0"


def pointed_to(settings: Settings, address: str) -> None:
    settings.CACHES = {
        "alone": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": address},
        "default": {
            "BACKEND": "procurement.counts.SharedCounts",
            "LOCATION": address,
            "OPTIONS": {"serializer": "procurement.counts.AsJson", "socket_timeout": 0.5},
        },
    }


@pytest.fixture
def redis(tmp_path: Path, settings: Settings) -> Iterator[None]:
    with Processes(tmp_path) as processes:
        try:
            _, address = start_redis(processes, tmp_path, {"redis": "secret"}, print)
        except ServiceMissing as why:
            missing_service(why)
        pointed_to(settings, address)
        yield


@pytest.mark.services
def test_two_processes_count_together(redis: None) -> None:
    one, other = caches.create_connection("default"), caches.create_connection("default")

    one.set("throttle", [1.5, 1.0], 60)
    one.add("times", 1, 60)
    other.incr("times")

    assert other.get("throttle") == [1.5, 1.0]
    assert one.get("times") == 2


def test_without_redis_a_process_counts_alone_and_does_not_wait(settings: Settings) -> None:
    pointed_to(settings, AWAY)
    began = time.monotonic()

    for times in range(50):
        caches["default"].set("throttle", [times], 60)

    assert caches["default"].get("throttle") == [49]
    assert time.monotonic() - began < 15  # fifty times the patience with Redis is twenty-five


def test_what_is_read_from_redis_never_becomes_code() -> None:
    pickled = b"\x80\x04\x95\x0e\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x8c\x05abort\x93."

    with pytest.raises(ValueError):
        AsJson().loads(pickled)
