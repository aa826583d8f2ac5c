"""All rows of the matrix."""

from tests.api.matrix import (
    accounts,
    awards,
    bids,
    bundles,
    openings,
    oversight,
    panels,
    tenders,
)

MATRIX = [
    *accounts.ROWS,
    *tenders.ROWS,
    *panels.ROWS,
    *bids.ROWS,
    *openings.ROWS,
    *awards.ROWS,
    *oversight.ROWS,
    *bundles.ROWS,
]
