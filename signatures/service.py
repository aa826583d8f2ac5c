"""Judging and sealing at run time: the one place through which the rooms do both.

Neither is done inside a transaction: judging may take seconds and sealing asks a time-stamping
authority. Actions judge the stored report.
"""

import atexit
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from signatures.actions.frozen import keep_directory_set, keep_policy
from signatures.actions.reports import NotFinal, store_report
from signatures.actions.revocation import keep_anchor_set
from signatures.models import SignatureReport
from signatures.pdf.anchors import Anchors
from signatures.pdf.policy import Policy
from signatures.pdf.proofs import evidence_for
from signatures.pdf.report import Report
from signatures.pdf.signing import KeyUnreadable, SigningKey
from signatures.platform import FIELD, Sealed, seal_pdf, stamp_sealed, tsa_at
from signatures.pool import SignaturePool
from signatures.queries_trust import Standing, anchors_of, answers_of, standing
from signatures.sealing_key import name_of, place

_ANYBODY = "anybody"  # whose files wait for each other, and never let a bid wait
_STARTING = threading.Lock()
_State = tuple[tuple[str, int, int, int], ...]


def check(
    file: bytes | Path, *, policy: Policy, at: datetime, now: datetime, queue: object = ""
) -> tuple[Report, SignatureReport | None]:
    """Judge a file as of ``at``, in a process of its own, and store the report.

    Files of one ``queue``, as a rule a tender, wait for each other and never let others wait.
    The row is None when a limit of this machine was the reason: judge again later.

    :raises RuntimeError: inside a transaction.
    :raises AnchorsUnreadable: when ``settings.SIGNATURE_ANCHORS_DIR`` cannot be used.
    """
    refuse_transactions()
    found = standing(at)
    anchors = _anchors_of(found)
    report = _pool().judge(file, policy=policy, anchors=anchors, at=at, queue=str(queue))
    keep_policy(policy, now=now)
    if found is None:
        keep_directory_set(anchors, now=now)
    else:
        keep_anchor_set(digest=anchors.digest, version=found[0], answers=answers_of(found), now=now)
    try:
        return report, store_report(report, now=now)
    except NotFinal:
        return report, None


def look(file: bytes | Path, *, policy: Policy, at: datetime) -> Report:
    """Judge a file for whoever asks, in a process of its own, and keep nothing.

    :raises RuntimeError: inside a transaction.
    :raises AnchorsUnreadable: when ``settings.SIGNATURE_ANCHORS_DIR`` cannot be used.
    """
    refuse_transactions()
    return _pool().judge(file, policy=policy, anchors=current_anchors(), at=at, queue=_ANYBODY)


def again(file: Path, *, policy: Policy, anchors: Anchors, at: datetime) -> Report:
    """Judge a file by what a stored verdict rests on, in a process of its own; keep nothing."""
    return _pool().judge(file, policy=policy, anchors=anchors, at=at, queue=_ANYBODY)


def seal(pdf: bytes, *, reason: str, at: datetime, field: str = FIELD) -> Sealed:
    """Put the platform's seal on a PDF, dated and with proof that it was not revoked, if it can be.

    :raises RuntimeError: inside a transaction.
    :raises ImproperlyConfigured: when the platform has no key to seal with.
    :raises KeyAway: when the token or the service with the key does not answer.
    :raises SigningRefused: for a PDF that the verifier would refuse.
    """
    refuse_transactions()
    key = _sealing_key()
    tsa = tsa_at(settings.TSA_URL) if settings.TSA_URL else None
    evidence = evidence_for(key, current_anchors())
    return seal_pdf(pdf, key, at=at, reason=reason, tsa=tsa, evidence=evidence, field=field)


def stamp(pdf: bytes) -> Sealed:
    """Date what was sealed while the time-stamping authority was away.

    :raises RuntimeError: inside a transaction.
    :raises OSError: while it is away.
    """
    refuse_transactions()
    evidence = evidence_for(_sealing_key(), current_anchors())
    return stamp_sealed(pdf, tsa=tsa_at(settings.TSA_URL), evidence=evidence)


def warm() -> None:
    """Start this process's workers now, so that the first bid does not wait for them."""
    _pool().warm()


def current_anchors(at: datetime | None = None) -> Anchors:
    """Read whom the platform trusts: the version that operators approved last.

    Beside it stand the answers about revocations that are known now and, for a file received
    ``at`` an instant, those that were known then. Before the first version the directory
    ``settings.SIGNATURE_ANCHORS_DIR`` counts, read anew whenever a file of it has changed.

    :raises AnchorsUnreadable: for a directory that is none or holds something else.
    """
    return _anchors_of(standing(at))


def _anchors_of(found: Standing | None) -> Anchors:
    if found is not None:
        return _approved(found)
    directory = Path(settings.SIGNATURE_ANCHORS_DIR)
    return _anchors(directory, tuple(_state(directory)))


@lru_cache(maxsize=4)
def _approved(found: Standing) -> Anchors:
    """Read a version and its answers once; both are named by digests, so they never change."""
    return anchors_of(found)


@lru_cache(maxsize=2)
def _anchors(directory: Path, state: _State) -> Anchors:  # noqa: ARG001 - a new state, a new set
    return Anchors.from_directory(directory)


def _state(directory: Path) -> Iterator[tuple[str, int, int, int]]:
    for path in sorted(directory.glob("*/*")):
        found = path.stat()
        yield str(path), found.st_ino, found.st_size, found.st_mtime_ns


def _pool() -> SignaturePool:
    """Give this process's own warm workers; a forked process starts others."""
    with _STARTING:
        return _pool_of(os.getpid())


@cache
def _pool_of(process: int) -> SignaturePool:
    pool = SignaturePool()
    atexit.register(_close, pool, process)
    return pool


def _close(pool: SignaturePool, process: int) -> None:
    if os.getpid() == process:  # a forked process inherits this call, but not the workers
        pool.close()


def _sealing_key() -> SigningKey:
    where = place()
    try:
        return where.key()
    except (OSError, KeyUnreadable) as error:
        raise ImproperlyConfigured(
            f"The platform cannot seal with {name_of(where)}: {error}. Put its PKCS#12 file there, "
            "and its passphrase in DAYLIGHT_SEAL_PASSPHRASE if it has one; or say in DAYLIGHT_SEAL "
            "where else the key is."
        ) from None


def refuse_transactions() -> None:
    """Refuse to work inside a transaction; Django tells a test's own from ours."""
    if connection.in_atomic_block:
        with transaction.atomic(durable=True):
            pass
