"""One row of the matrix: an address and a method in one state of a tender, and who gets what."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponseBase

from bidding.models import Bid, Envelope
from procurement.models import Membership
from tenders.models import PlanLine, Tender
from tests.api.matrix.people import NOBODY, STRANGER, Cast, Group
from tests.bidding.filing import FiledBid, SealedOffer
from tests.world import World


@dataclass
class Case:
    """A tender in a state, with what stands around it."""

    cast: Cast
    tender: Tender | None = None
    line: PlanLine | None = None
    membership: Membership | None = None
    filed: FiledBid | None = None
    prepared: Bid | None = None
    uploading: Envelope | None = None
    half: SealedOffer | None = None  # of which parts are still missing
    uploaded: Envelope | None = None
    complete: SealedOffer | None = None
    fresh: SealedOffer | None = None
    ids: dict[str, str] = field(default_factory=dict)  # of which addresses are made

    @property
    def world(self) -> World:
        return self.cast.world


@dataclass(frozen=True)
class Sent:
    """What is sent: a body, and what else a request needs."""

    body: Any = None
    media_type: str = "application/json"
    ids: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def nothing(case: Case, who: str) -> Sent:
    """Send an empty object."""
    return Sent({})


@dataclass(frozen=True)
class Row:
    """Who gets ``status`` at an address; who does not, is not told that it is there, or refused."""

    method: str
    route: str
    at: str  # the state in which it is tried, as ``states`` names it
    may: Group
    status: int = 200
    hidden: Group = NOBODY  # for them it does not exist: 404
    refused: int = 403  # for all others who are signed in
    stranger: int = 401
    send: Callable[[Case, str], Sent] = nothing
    concealed: bool = False  # who tried what they may not is written where nobody reads it yet

    def expected(self, who: str) -> int:
        """Give the status for one asker."""
        if who in self.may:
            return self.status
        if who == STRANGER:
            return self.stranger
        return 404 if who in self.hidden else self.refused

    def ask(self, case: Case, who: str) -> HttpResponseBase:
        """Send the request."""
        sent = self.send(case, who)
        path = self.route
        for name, value in {**case.ids, **sent.ids}.items():
            for kind in ("uuid", "str", "path", "int"):
                path = path.replace(f"<{kind}:{name}>", value)
        assert "<" not in path, f"{path} is not an address yet"
        raw = isinstance(sent.body, bytes)
        data = sent.body if raw else json.dumps(sent.body) if sent.body is not None else ""
        client = case.cast.clients[who]
        return client.generic(  # type: ignore[no-any-return]
            self.method.upper(), f"/api/{path}", data, sent.media_type, headers=dict(sent.headers)
        )


def get(route: str, at: str, may: Group, **how: Any) -> Row:
    """Write a row of reading; where ``hidden`` is not said, everybody else gets 404."""
    return Row("get", route, at, may, **{"send": _reading, "refused": 404, **how})


def shown_to_all(route: str, *states: str) -> list[Row]:
    """Write rows of what everybody reads, signed in or not."""
    from tests.api.matrix.people import EVERYONE

    return [get(route, at, EVERYONE) for at in states]


def hidden_from_all(route: str, *states: str, stranger: int = 404) -> list[Row]:
    """Write rows of what is not there yet, for nobody."""
    return [get(route, at, NOBODY, stranger=stranger) for at in states]


def _reading(case: Case, who: str) -> Sent:
    return Sent()
