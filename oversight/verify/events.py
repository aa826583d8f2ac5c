"""An event with its place in the log, and the chain of those that were concealed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from oversight.verify.reader import Bundle
from oversight.verify.report import Broken
from procurement.proof.canonical import NotCanonical, parse
from procurement.proof.events import (
    ConcealedEvent,
    ControlEvent,
    PlainEvent,
    concealed_link,
    event_leaf,
)
from procurement.proof.evidence import LogEvent
from procurement.proof.shapes import Malformed

Event = ControlEvent | ConcealedEvent | PlainEvent
KINDS: dict[Any, type[Event]] = {"control": ControlEvent, "concealed": ConcealedEvent}


@dataclass(frozen=True)
class Placed:
    """An event, its leaf in hex, its index in the log, and the checkpoint that proves it."""

    path: str
    shown: LogEvent
    event: Event
    leaf: str
    index: int
    size: int
    proof: tuple[bytes, ...]

    def named(self) -> Iterator[str]:
        """Give every string at the top of the event's body, digests among them."""
        yield from (value for value in self.event.body.values() if isinstance(value, str))


def placed(bundle: Bundle, path: str) -> Placed:
    """Read an event.

    :raises Broken: when it is none, or has no proof.
    """
    shown = bundle.statement(LogEvent, path)
    if shown.index is None or shown.size is None or shown.proof is None:
        raise Broken("not-in-the-log", path, "a proof", "none")
    try:
        value = parse(shown.event)
        kind = value.get("kind") if isinstance(value, dict) else None
        event = KINDS.get(kind, PlainEvent).of(value)
    except (NotCanonical, Malformed) as error:
        raise Broken(error.code, path, "an event", str(error)) from error
    leaf = event_leaf(shown.salt, shown.event).hex()
    proof = tuple(bytes.fromhex(one) for one in shown.proof)
    return Placed(path, shown, event, leaf, shown.index, shown.size, proof)


def chained(events: Iterable[Placed]) -> list[Placed]:
    """Put the concealed events in the order of their links, as far as these open.

    The chain follows the ticks; inside one tick the places in the log were shuffled.
    """
    left = sorted(events, key=lambda placed: (placed.size, placed.index))
    chain: list[Placed] = []
    while left:
        tick = [placed for placed in left if placed.size == left[0].size]
        following = [placed for placed in tick if _follows(placed, chain[-1] if chain else None)]
        if len(following) != 1:
            return chain
        chain.append(following[0])
        left.remove(following[0])
    return chain


def _follows(placed: Placed, before: Placed | None) -> bool:
    assert isinstance(placed.event, ConcealedEvent)
    salt = placed.shown.link_salt
    if before is None or salt is None:
        return before is None and placed.event.link is None
    return placed.event.link == concealed_link(salt, bytes.fromhex(before.leaf))
