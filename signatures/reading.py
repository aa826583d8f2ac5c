"""Reading the words of PDFs at run time, in a process of its own."""

from collections.abc import Iterable
from datetime import timedelta

from signatures.pool import SignaturePool
from signatures.service import refuse_transactions

PATIENCE = timedelta(minutes=2)  # a backstop: the limit on processor time comes first


def words_of(pdfs: Iterable[bytes]) -> list[tuple[str, ...] | None]:
    """Read the words of PDFs, page by page; None for one whose words cannot be read.

    It is done apart from the workers that judge bids, so that no bid waits for it.

    :raises RuntimeError: inside a transaction.
    """
    refuse_transactions()
    with SignaturePool(workers=1, wall_clock=PATIENCE) as pool:
        return [pool.pages_of(pdf) for pdf in pdfs]
