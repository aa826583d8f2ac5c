"""Reading what a verdict rests on: its policy and its anchors, as they were kept."""

from collections.abc import Iterable

from procurement.proof.basis import Basis
from procurement.proof.canonical import JSON
from signatures.models import (
    AnchorCertificate,
    DirectoryPart,
    DirectorySet,
    KeptPolicy,
    RevocationAnswer,
    SignatureReport,
)
from signatures.pdf.anchors import Anchors
from signatures.pdf.frozen import SetUnreadable, put_together
from signatures.pdf.policy import Policy
from signatures.pdf.report import Report
from signatures.queries_trust import gathered, set_of


def basis_of(report: Report, stored: SignatureReport | None) -> Basis:
    """Name by digest what a verdict rests on; ``stored`` is None where this machine gave up."""
    named = stored.report_digest if stored is not None else None
    return Basis(named, report.policy_digest, report.anchors_digest)


def policy_kept(digest: str) -> Policy | None:
    """Give the policy that a report names; None where it was not kept.

    :raises PolicyUnreadable: when what is kept is none, or another.
    """
    row = KeptPolicy.objects.filter(pk=digest).first()
    return None if row is None else Policy.from_json(row.policy)


def policies_kept(digests: Iterable[str]) -> dict[str, JSON]:
    """Give the policies that were kept, as JSON, by digest."""
    rows = KeptPolicy.objects.filter(pk__in={*digests})
    return {row.digest: row.policy for row in rows.order_by("digest")}


def anchors_kept(digest: str) -> Anchors | None:
    """Give the anchors that a report names; None where they were not kept.

    :raises SetUnreadable: when what is kept is another set.
    """
    if (version := set_of(digest)) is not None:
        found = gathered(version.version, version.answers)
        if found.digest != digest:
            raise SetUnreadable(f"the set {digest[:12]} is not as its digest says")
        return found
    directory = DirectorySet.objects.filter(pk=digest).first()
    if directory is None:
        return None
    return put_together(digest, directory.listed, part_kept)


def part_kept(sha256: str) -> bytes:
    """Give a certificate, a revocation list or an answer that stood in a set of anchors.

    :raises SetUnreadable: when it was not kept.
    """
    for kept in (DirectoryPart, RevocationAnswer, AnchorCertificate):
        found: bytes | None = kept.objects.filter(pk=sha256).values_list("der", flat=True).first()
        if found is not None:
            return found
    raise SetUnreadable(f"the part {sha256[:12]} was not kept")
