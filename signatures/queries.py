"""Reading stored verdicts. Who may see a document is a question of the room that holds it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from procurement.models import EnrolledCertificate, Organisation, SigningMandate
from procurement.queries_mandates import standing
from signatures.models import SignatureReport
from signatures.pdf.policy import Policy, Supplier
from signatures.pdf.software import software


def signer_policy(organisation: Organisation, *besides: Organisation, at: datetime) -> Policy:
    """Ask for the signature of a body, and of others beside it, as they are known at an instant.

    A body is known by its identifier, by a certificate that it has enrolled, and by those that
    hold its mandate at ``at``.
    """
    first, *others = signers_of([organisation, *besides], at)
    return Policy(supplier=first, besides=tuple(others))


def signers_of(bodies: Sequence[Organisation], at: datetime | None) -> list[Supplier]:
    """Say by what each of some bodies is known; by no mandate where ``at`` is None."""
    enrolled = _by_body(EnrolledCertificate.objects.filter(organisation__in=bodies), "sha256")
    given = standing(at).filter(organisation__in=bodies) if at else SigningMandate.objects.none()
    mandated = _by_body(given, "certificate_sha256")
    return [
        Supplier(
            identifiers=frozenset({f"{one.identifier_scheme}-{one.identifier}"}),
            certificates=frozenset(enrolled[one.pk]),
            mandated=frozenset(mandated[one.pk]),
        )
        for one in bodies
    ]


def report_for(
    *, file_sha256: str, policy_digest: str, anchors_digest: str, at: datetime
) -> SignatureReport | None:
    """Return what this version of the judge answered to exactly this question, else None."""
    return SignatureReport.objects.filter(
        file_sha256=file_sha256,
        policy_digest=policy_digest,
        anchors_digest=anchors_digest,
        at=at,
        software=software(),
    ).first()


def latest_report(file_sha256: str) -> SignatureReport | None:
    """Return the report on a file that was made last, under whatever policy."""
    return SignatureReport.objects.filter(file_sha256=file_sha256).order_by("-created_at").first()


def _by_body(rows: QuerySet[Any], digest: str) -> defaultdict[UUID, set[str]]:
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for body, one in rows.values_list("organisation", digest):
        found[body].add(one)
    return found
