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
    questions,
    registering,
    supervision,
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
    *questions.ROWS,
    *panels.ROWS,
    *bids.ROWS,
    *consortia.ROWS,
    *suppliers.ROWS,
    *debarments.ROWS,
    *openings.ROWS,
    *awards.ROWS,
    *oversight.ROWS,
    *supervision.ROWS,
    *bundles.ROWS,
]
