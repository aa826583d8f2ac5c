"""Keeping what authorities said of revocations, and which anchors a report stood on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from procurement.proof.canonical import JSON, canonical
from signatures.actions.proposing import NAME_LENGTH
from signatures.models import AnchorSet, AuthorityBetween, RevocationAnswer, RevocationRound
from signatures.rules.trust import lifetime, parsed
from signatures.trust.asking import Answer, Target


@transaction.atomic
def keep_authorities(ders: Iterable[bytes], *, now: datetime) -> None:
    """Keep certificates of authorities between an enrolled one and an anchor, each once."""
    rows = []
    for der in ders:
        certificate = parsed(der)
        if certificate is not None:
            rows.append(
                AuthorityBetween(
                    sha256=sha256(der).hexdigest(),
                    der=der,
                    subject=certificate.subject.rfc4514_string()[:NAME_LENGTH],
                    not_after=lifetime(certificate)[1],
                    kept_at=now,
                )
            )
    AuthorityBetween.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def keep_round(
    *,
    answered: Mapping[Target, Answer],
    kept: Mapping[str, str],
    failed: Mapping[str, str],
    now: datetime,
) -> RevocationRound:
    """Write down what a round of asking has brought; ``kept`` are older answers that stay."""
    RevocationAnswer.objects.bulk_create(
        (
            RevocationAnswer(
                sha256=answer.sha256,
                kind=target.kind,
                source=target.source,
                der=answer.der,
                this_update=answer.this_update,
                next_update=answer.next_update,
                fetched_at=now,
            )
            for target, answer in answered.items()
        ),
        ignore_conflicts=True,
    )
    fresh = {target.source: answer.sha256 for target, answer in answered.items()}
    answers = {**kept, **fresh}
    held: list[JSON] = [*sorted(set(answers.values()))]
    return RevocationRound.objects.create(
        at=now,
        answers=answers,
        digest=sha256(canonical(held)).hexdigest(),
        failed=dict(failed),
    )


def keep_anchor_set(*, digest: str, version: int, answers: list[str], now: datetime) -> AnchorSet:
    """Write down, once, what the digest of a set of anchors stands for."""
    found, _ = AnchorSet.objects.get_or_create(
        pk=digest, defaults={"version_id": version, "answers": answers, "at": now}
    )
    return found
