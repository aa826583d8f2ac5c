"""The schemas of what suppliers file and of what is said at the opening."""

from bidding.sealed.bid import Bid, Receipt, Withdrawal
from bidding.sealed.consortium import Consortium, Mandate
from bidding.sealed.inner import Inner
from bidding.sealed.manifest import Context, Manifest, Pad, Share
from bidding.sealed.opening import (
    Close,
    Disclosure,
    Failures,
    Minutes,
    Opened,
    Release,
    Request,
    Reveal,
    RevealsClosed,
)
from procurement.proof.formats import schema_pages

FORMATS = (
    Context,
    Manifest,
    Share,
    Pad,
    Inner,
    Consortium,
    Mandate,
    Bid,
    Withdrawal,
    Receipt,
    Close,
    Request,
    Failures,
    RevealsClosed,
    Reveal,
    Disclosure,
    Release,
    Opened,
    Minutes,
)


def pages() -> dict[str, str]:
    """Write this room's schemas, by path."""
    return schema_pages(FORMATS)
