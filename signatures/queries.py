"""Reading stored verdicts. Who may see a document is a question of the room that holds it."""

from datetime import datetime

from procurement.models import EnrolledCertificate, Organisation
from signatures.models import SignatureReport
from signatures.pdf.policy import Policy, Supplier


def signer_policy(organisation: Organisation, *besides: Organisation) -> Policy:
    """Ask for the signature of a body, and of others beside it.

    A body is known by its identifier, or by a certificate that it has enrolled.
    """
    return Policy(supplier=_signer(organisation), besides=tuple(_signer(one) for one in besides))


def report_for(
    *, file_sha256: str, policy_digest: str, anchors_digest: str, at: datetime
) -> SignatureReport | None:
    """Return the stored answer to exactly this question, None when it was not asked yet."""
    return SignatureReport.objects.filter(
        file_sha256=file_sha256,
        policy_digest=policy_digest,
        anchors_digest=anchors_digest,
        at=at,
    ).first()


def latest_report(file_sha256: str) -> SignatureReport | None:
    """Return the report on a file that was made last, under whatever policy."""
    return SignatureReport.objects.filter(file_sha256=file_sha256).order_by("-created_at").first()


def _signer(organisation: Organisation) -> Supplier:
    enrolled = EnrolledCertificate.objects.filter(organisation=organisation)
    identifier = f"{organisation.identifier_scheme}-{organisation.identifier}"
    return Supplier(
        identifiers=frozenset({identifier}),
        certificates=frozenset(enrolled.values_list("sha256", flat=True)),
    )
