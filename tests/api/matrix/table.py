"""All rows of the matrix."""

from tests.api.matrix import (
    accounts,
    awards,
    bids,
    bundles,
    consortia,
    debarments,
    following,
    openings,
    oversight,
    panels,
    registering,
    suppliers,
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
    *consortia.ROWS,
    *suppliers.ROWS,
    *debarments.ROWS,
    *openings.ROWS,
    *awards.ROWS,
    *oversight.ROWS,
    *bundles.ROWS,
]
