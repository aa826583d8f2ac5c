"""Reading what a verdict rests on: its policy and its anchors, as they were kept."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from procurement.actions.mandates import words_of
from procurement.models import Organisation
from procurement.proof.basis import BY_MANDATE, Basis, GivenMandate
from procurement.proof.canonical import JSON
from procurement.queries_mandates import standing
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


def basis_of(
    report: Report, stored: SignatureReport | None, bodies: Iterable[Organisation]
) -> Basis:
    """Name by digest what a verdict rests on; ``stored`` is None where this machine gave up.

    ``bodies`` are those whose signatures were asked for.
    """
    named = stored.report_digest if stored is not None else None
    mandates = _mandates(report.to_json(), report.at, bodies)
    return Basis(named, report.policy_digest, report.anchors_digest, mandates)


def basis_kept(row: SignatureReport, bodies: Iterable[Organisation]) -> Basis:
    """Name by digest what a stored verdict rests on."""
    mandates = _mandates(row.report, row.at, bodies)
    return Basis(row.report_digest, row.policy_digest, row.anchors_digest, mandates)


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


def _mandates(
    report: Mapping[str, Any], at: datetime, bodies: Iterable[Organisation]
) -> tuple[GivenMandate, ...]:
    """Find the mandates by which somebody signed; nothing is asked where nobody did."""
    signers = [one["signer"] for one in report["signatures"] if one["bound_by"] == BY_MANDATE]
    if not signers:
        return ()
    used = standing(at).filter(
        organisation__in=[*bodies],
        certificate_sha256__in={one["certificate_sha256"] for one in signers},
    )
    return tuple(
        GivenMandate(words_of(one).digest(), one.paper_sha256, one.recorded_at)
        for one in used.select_related("organisation").order_by("recorded_at", "pk")
        if one.paper_sha256 and one.recorded_at  # as it counts; a constraint has it so
    )
