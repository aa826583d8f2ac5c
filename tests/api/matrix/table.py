"""All rows of the matrix."""

from tests.api.matrix import (
    accounts,
    awards,
    bids,
    bundles,
    following,
    openings,
    oversight,
    panels,
    tenders,
    timetables,
)

MATRIX = [
    *accounts.ROWS,
    *tenders.ROWS,
    *following.ROWS,
    *timetables.ROWS,
    *panels.ROWS,
    *bids.ROWS,
    *openings.ROWS,
    *awards.ROWS,
    *oversight.ROWS,
    *bundles.ROWS,
]
