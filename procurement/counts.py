"""Counts of requests that all web processes share, and that nobody waits for.

They protect the machine and are no rule of procurement. So where Redis is away each process counts
for itself until it is back, and no request fails or waits because of it.
"""

import json
import logging
import time
from collections.abc import Callable
from typing import Any, Final

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

ALONE_FOR: Final = 10.0  # seconds, before Redis is asked again
_log = logging.getLogger(__name__)


class AsJson:
    """How a count is written: a value that is read never becomes code."""

    def dumps(self, value: Any) -> bytes | int:
        """Write a value; a whole number stays one, so that Redis can add to it."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, written: bytes) -> Any:
        """Read a value."""
        return json.loads(written)


class SharedCounts(RedisCache):
    """Redis as a cache; the memory of this process while Redis is away."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._alone_until = 0.0

    def _either(self, name: str, shared: Callable[..., Any], *words: Any, **named: Any) -> Any:
        if time.monotonic() >= self._alone_until:
            try:
                return shared(*words, **named)
            except (RedisError, OSError):
                self._alone_until = time.monotonic() + ALONE_FOR
                _log.warning("Redis is away; each process counts for itself")
        return getattr(caches["alone"], name)(*words, **named)

    def add(self, *words: Any, **named: Any) -> Any:
        """See Django's cache."""
        return self._either("add", super().add, *words, **named)

    def get(self, *words: Any, **named: Any) -> Any:
        """See Django's cache."""
        return self._either("get", super().get, *words, **named)

    def set(self, *words: Any, **named: Any) -> Any:
        """See Django's cache."""
        return self._either("set", super().set, *words, **named)

    def incr(self, *words: Any, **named: Any) -> Any:
        """See Django's cache."""
        return self._either("incr", super().incr, *words, **named)

    def delete(self, *words: Any, **named: Any) -> Any:
        """See Django's cache."""
        return self._either("delete", super().delete, *words, **named)

    def clear(self) -> Any:
        """See Django's cache."""
        return self._either("clear", super().clear)
