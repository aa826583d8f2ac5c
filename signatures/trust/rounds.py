"""Asking all authorities, at a fixed rhythm: what is known is never known because somebody filed.

A round is made by ``manage.py fetch_revocation`` or when it is due. It asks outside of any
transaction, and writes down what came.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from procurement.actors import system_actor
from procurement.locks import held
from procurement.models import EnrolledCertificate
from procurement.queries_mandates import standing
from signatures.actions.addresses import draw_up_addresses
from signatures.actions.revocation import keep_round
from signatures.models import RevocationAnswer, RevocationRound
from signatures.queries_trust import (
    answers_known,
    authorities_between,
    certificates_of,
    current_version,
    latest_round,
)
from signatures.sealing_key import sealing_certificates
from signatures.trust.addresses import unapproved
from signatures.trust.asking import Answer, Target, ask, responders_in, targets
from signatures.trust.fetching import Fetcher, NotFetched
from signatures.trust.paths import Paths

OCSP_EVERY = timedelta(days=1)
AT_MOST = 2_000  # questions in a round; the rest are asked in the next
_LOCK = "revocation round"


def due(*, now: datetime) -> None:
    """Make a round when the last one is old enough; nothing where nobody is to be asked."""
    if not settings.REVOCATION_EVERY:
        return  # another machine does it, by the command
    last = latest_round()
    if last is None or now - last.at >= settings.REVOCATION_EVERY:
        make_round(now=now)


def make_round(
    *, now: datetime, fetcher: Callable[[Iterable[str]], Fetcher] | None = None
) -> RevocationRound | None:
    """Ask every authority of the version in force; None when there is none, or another does it."""
    with held(_LOCK) as free:
        wanted = _wanted(now) if free else []
        if not wanted:
            return None
        last = latest_round()
        failing = last.failed if last else {}
        before = _before(wanted)
        due_now = (one for one in wanted if _is_due(one, before, now))
        asked = sorted(due_now, key=lambda one: one.source in failing)[:AT_MOST]
        open_doors = fetcher or _fetcher
        answered, failed = _asked(asked, before, open_doors({one.url for one in asked}))
        kept = {source: one.sha256 for source, one in before.items()}
        return keep_round(answered=answered, kept=kept, failed=failed, now=now)


def _wanted(now: datetime) -> list[Target]:
    version = current_version()
    if version is None:
        return []
    certificates = {name: bytes(one.der) for name, one in certificates_of(version).items()}
    own = sealing_certificates()
    paths = Paths(certificates, [*authorities_between(), *own[1:]])
    steps = paths.steps([*_enrolled(now), *own[:1], *certificates.values()])
    draw_up_addresses(
        changes=unapproved(version.entries, certificates, steps),
        seen_in=[one.certificate for one in steps],
        by=system_actor(),
        now=now,
    )
    responders = paths.steps(responders_in(answers_known()))
    return targets(version.entries, certificates, [*steps, *responders])


def _enrolled(now: datetime) -> list[bytes]:
    alive = EnrolledCertificate.objects.filter(not_after__gt=now).values_list("der", flat=True)
    mandated = standing(now).values_list("der", flat=True)
    return [bytes(der) for der in (*alive, *mandated)]


def _before(wanted: Iterable[Target]) -> dict[str, RevocationAnswer]:
    """Give the newest answer of each target that the last round knew."""
    last = latest_round()
    known: dict[str, Any] = last.answers if last else {}
    by_source = {one.source: known[one.source] for one in wanted if one.source in known}
    rows = RevocationAnswer.objects.defer("der").in_bulk(by_source.values())
    return {source: rows[digest] for source, digest in by_source.items()}


def _is_due(target: Target, before: dict[str, RevocationAnswer], now: datetime) -> bool:
    """Say whether to ask: for lists always, about one certificate once a day."""
    known = before.get(target.source)
    return target.kind == "crl" or known is None or now - known.fetched_at >= OCSP_EVERY


def _asked(
    wanted: Iterable[Target], before: dict[str, RevocationAnswer], fetcher: Fetcher
) -> tuple[dict[Target, Answer], dict[str, str]]:
    answered, failed = {}, {}
    for target in wanted:
        try:
            answer = ask(target, fetcher)
        except NotFetched as why:
            failed[target.source] = str(why)
            continue
        known = before.get(target.source)
        if known is not None and answer.this_update < known.this_update:
            failed[target.source] = f"it is of {answer.this_update}, older than what is known"
            continue
        answered[target] = answer
    return answered, failed


def _fetcher(allowed: Iterable[str]) -> Fetcher:
    return Fetcher(frozenset(allowed), private=settings.REVOCATION_PRIVATE)
