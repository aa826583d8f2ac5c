"""Sweeping the bucket of sealed bids: what no row names goes, a day after the deadline.

The vault lists no names, and need not. Whatever is put under ``sealed/`` before an opening has a
name that follows from a row committed before it: parts from their envelope and its manifest, forms
from their bid, the receipt's paper from the receipt. So each name can be asked for its versions,
and every version that no row names is left over: from a crash between the vault and the commit,
from a part or a form that was sent twice, from a bid that was never submitted. It is let go of in
the database first and deleted afterwards; killed between the two, the next pass goes on.

Documents out of opened bids get their rows with the announcement, which is repeated under the same
names until it succeeds. Every row is swept once, when nothing can be added to it any more.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial

from bidding.actions.sweeping import let_go, note_swept
from bidding.ceremonies.enclosed import stored_name
from bidding.models import Bid, Envelope, OpenedBid
from bidding.queries_left_over import (
    bids_to_sweep,
    envelopes_to_sweep,
    opened_to_sweep,
    papers_of,
    stored_as,
)
from procurement.stored import vault
from procurement.vault import SEALED, NotStored, VaultRefused, VaultUnavailable

AT_ONCE = 20  # rows of each kind in a pass: the store is asked for every name
_log = logging.getLogger(__name__)

Swept = Envelope | Bid | OpenedBid


def due(*, now: datetime) -> None:
    """Sweep what is due. Safe to run twice; what fails stops nothing else and is tried again."""
    for row, sweep in _found(now):
        try:
            sweep()
        except VaultUnavailable:
            return
        except Exception:  # noqa: BLE001 - one row never keeps the others unswept
            _log.exception("something could not be swept; it is tried again")
        else:
            note_swept(row, now=now)


def _found(now: datetime) -> Iterator[tuple[Swept, Callable[[], None]]]:
    for envelope in envelopes_to_sweep(now)[:AT_ONCE]:
        yield envelope, partial(_sweep_envelope, envelope)
    for bid in bids_to_sweep(now)[:AT_ONCE]:
        yield bid, partial(_keep_only, papers_of(bid))
    for opened in opened_to_sweep(now)[:AT_ONCE]:
        yield opened, partial(_keep_only, _documents_of(opened))


def _sweep_envelope(envelope: Envelope) -> None:
    let_go(envelope_id=envelope.pk)
    _keep_only(stored_as(envelope))


def _documents_of(opened: OpenedBid) -> dict[str, str]:
    return {stored_name(one.pk): one.object_version for one in opened.documents.all()}


def _keep_only(named: dict[str, str]) -> None:
    """Delete every version of these objects except the one that a row names."""
    for name, kept in named.items():
        for version in vault().versions(SEALED, name) - {kept}:
            _delete(name, version)


def _delete(name: str, version: str) -> None:
    """Delete a version, held or not. A retained one stays: it was filed, whatever rows say now."""
    try:
        with suppress(NotStored):
            vault().release_hold(SEALED, name, version)
            vault().delete(SEALED, name, version)
    except VaultRefused as refused:
        _log.warning("something is left over and stays: %s", refused)  # a name would be counted
