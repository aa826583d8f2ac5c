"""How often one may ask for what costs much, whichever door one comes in by.

Counted in whole windows in the cache that all web processes share. It protects the machine and is
no rule of procurement: while the cache is away, each process counts for itself.
"""

import time

from django.conf import settings
from django.core.cache import cache

from procurement.refusals import Refusal
from procurement.texts import Text


class TooOften(Refusal):
    code, status = "too-often", 429
    title = Text("Too many requests; wait a little", "请求过于频繁，请稍候")


def count(scope: str, who: str) -> None:
    """Count one request of somebody, by ``settings.RATES[scope]``: so many in so many seconds.

    :raises TooOften: past the rate, with the seconds until the next window.
    """
    rate = settings.RATES.get(scope)
    if rate is None:
        return
    most, seconds = rate
    window, gone = divmod(int(time.time()), seconds)
    key = f"rate:{scope}:{who}:{window}"
    cache.add(key, 0, timeout=2 * seconds)
    try:
        asked = cache.incr(key)
    except ValueError:  # it was thrown out between the two
        return
    if asked > most:
        raise TooOften(retry_after=seconds - gone)
