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
    registering,
    tenders,
    timetables,
)

MATRIX = [
    *accounts.ROWS,
    *registering.ROWS,
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
