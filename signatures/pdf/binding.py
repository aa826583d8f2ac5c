"""Steps 12 and 13: is this the supplier's signature, and are there as many as asked for."""

from collections.abc import Sequence

from asn1crypto import x509

from signatures.pdf.chain import all_of, common_name, first_of
from signatures.pdf.policy import Policy, Supplier
from signatures.pdf.report import Finding, Signer, plain


def signer_of(certificate: x509.Certificate) -> Signer:
    """Describe the holder of a certificate in plain text."""
    return Signer(
        name=plain(common_name(certificate)),
        organisation=plain(first_of(certificate.subject, "organization_name")),
        identifiers=tuple(
            plain(one) for one in all_of(certificate.subject, "organization_identifier")
        ),
        issuer=plain(first_of(certificate.issuer, "common_name")),
        certificate_sha256=certificate.sha256.hex(),
        valid_from=certificate.not_valid_before,
        valid_until=certificate.not_valid_after,
    )


def binding_rule(signer: Signer, supplier: Supplier) -> str | None:
    """Return the rule that ties a signer to a supplier, None when none does."""
    if signer.certificate_sha256 in {one.lower() for one in supplier.certificates}:
        return "enrolled-certificate"
    wanted = {_compared(one) for one in supplier.identifiers}
    if any(_compared(one) in wanted for one in signer.identifiers):
        return "organization-identifier"
    return None


def bound_to(signer: Signer | None, suppliers: Sequence[Supplier]) -> str | None:
    """Return the rule that ties a signer to one of some suppliers, None when none does."""
    rules = (binding_rule(signer, one) for one in suppliers if signer is not None)
    return next((rule for rule in rules if rule is not None), None)


def wrong_certificate(signer: Signer) -> Finding:
    """Say that a signer is not the supplier, naming whose certificate it is."""
    holder = signer.organisation or signer.name
    return Finding.of(
        "wrong-certificate", signer=holder, identifiers=", ".join(signer.identifiers) or "–"
    )


def missing_signatures(good: Sequence[Signer | None], policy: Policy) -> list[Finding]:
    """Count the good signatures against what the policy asks for: so many, and one of each."""
    found, required = len(good), policy.signatures_required
    if policy.besides:
        signed = [any(bound_to(one, [each]) for one in good) for each in policy.suppliers]
        found, required = sum(signed), max(required, len(signed))
    if found >= required:
        return []
    return [Finding.of("too-few-signatures", found=found, required=required)]


def _compared(identifier: str) -> str:
    """Write an identifier as it is compared: capital letters, no spaces."""
    return "".join(identifier.split()).upper()
