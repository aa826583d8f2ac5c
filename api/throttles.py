"""How often one may ask, so that one reader does not take the service from the others.

A stranger is counted by network address, a signed-in person or machine by their account: suppliers
who share an address never share a count. What brings a bid in or takes it back is never counted,
so no count can keep a bid out before a deadline.

In production all web processes share the counts in Redis (``settings.CACHES``). Without Redis, and
while it is away, each keeps its own, so of N workers a reader may get up to N times the rate. That
is accepted: the rate protects the machine, it is no rule of procurement. Signing in has rates of
its own, by address (``settings.ACCOUNT_RATE_LIMITS``).
"""

import re
from typing import Any

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

from procurement.addresses import site_of
from procurement.models import User

# Everything about one's own envelopes and bids, from the first part to the withdrawal.
NEVER_COUNTED = re.compile(r"/api/v1/(tenders/[^/]+/(envelopes|bids)|(envelopes|bids)/.+)")


class Throttle(SimpleRateThrottle):
    """A rate of requests per account or address, but never for a bid on its way."""

    def get_rate(self) -> str | None:
        """Read the rate as it stands in the settings now; none of them is no limit."""
        rates: Any = api_settings.DEFAULT_THROTTLE_RATES  # its stubs know numbers only
        rate: str | None = rates[self.scope]
        return rate

    def get_cache_key(self, request: Request, view: Any) -> str | None:  # noqa: ARG002
        """Name who is counted; None for what is not counted here."""
        if NEVER_COUNTED.fullmatch(request.path):
            return None
        ident = self.counted(request)
        return None if ident is None else self.cache_format % {"scope": self.scope, "ident": ident}

    def counted(self, request: Request) -> str | None:
        """Name who asks, if it is one of those whom this rate is for."""
        raise NotImplementedError


class StrangerThrottle(Throttle):
    scope = "stranger"

    def counted(self, request: Request) -> str | None:
        """Name the address of whoever has not signed in."""
        return None if isinstance(request.user, User) else site_of(self.get_ident(request))


class PersonThrottle(Throttle):
    scope = "person"

    def counted(self, request: Request) -> str | None:
        """Name the account of whoever has signed in, a person or a machine."""
        return str(request.user.pk) if isinstance(request.user, User) else None


class RegistrationThrottle(Throttle):
    """Registering writes to an address that somebody else may own, so it is rare from one place."""

    scope = "registration"

    def counted(self, request: Request) -> str | None:
        """Name the address of whoever asks, signed in or not."""
        return site_of(self.get_ident(request))
