"""Writing proposed changes of the set of anchors into rows, and reading them again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from signatures.models import AnchorCertificate, TrustChange, TrustProposal
from signatures.rules.trust import Change, lifetime, parsed

NAME_LENGTH = 1000


def kept_proposal(
    changes: Sequence[Change],
    *,
    reason: str,
    proposed_by_id: UUID | None,
    at: datetime,
    found_in: Mapping[str, str] | None = None,
) -> TrustProposal:
    """Write a proposal down, with changes in which nothing is at fault."""
    _keep_certificates(changes)
    proposal = TrustProposal.objects.create(
        reason=reason, proposed_by_id=proposed_by_id, proposed_at=at, found_in=dict(found_in or {})
    )
    TrustChange.objects.bulk_create(_row(proposal, change) for change in changes)
    return proposal


def changes_in(proposal: TrustProposal) -> list[Change]:
    """Read the changes of a proposal."""
    return [_change(row) for row in proposal.changes.select_related("certificate")]


def _keep_certificates(changes: Sequence[Change]) -> None:
    rows = {}
    for change in changes:
        certificate = parsed(change.certificate)
        assert certificate is not None  # judged before
        begins, ends = lifetime(certificate)
        rows[change.sha256] = AnchorCertificate(
            sha256=change.sha256,
            der=change.certificate,
            subject=certificate.subject.rfc4514_string()[:NAME_LENGTH],
            issuer=certificate.issuer.rfc4514_string()[:NAME_LENGTH],
            not_before=begins,
            not_after=ends,
        )
    AnchorCertificate.objects.bulk_create(rows.values(), ignore_conflicts=True)


def _row(proposal: TrustProposal, change: Change) -> TrustChange:
    entry = change.entry()
    return TrustChange(
        proposal=proposal,
        change=TrustChange.REMOVE if change.remove else TrustChange.ADD,
        certificate_id=change.sha256,
        purpose=change.purpose,
        source=change.source,
        valid_from=change.valid_from,
        valid_until=change.valid_until,
        addresses=entry["addresses"],
        services=entry["services"],
    )


def _change(row: TrustChange) -> Change:
    return Change(
        certificate=row.certificate.der,
        purpose=row.purpose,
        remove=row.change == TrustChange.REMOVE,
        source=row.source,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        addresses=tuple((one["kind"], one["url"]) for one in row.addresses),
        services=tuple(row.services),
    )
