"""Steps 12 and 13: is this the supplier's signature, and are there as many as asked for."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from string import ascii_lowercase, ascii_uppercase

from asn1crypto import x509

from procurement.proof.basis import BY_MANDATE
from signatures.pdf.chain import all_of, common_name, first_of
from signatures.pdf.credit_code import credit_codes_of, is_credit_code
from signatures.pdf.policy import LEVELS, Policy, Role, Supplier
from signatures.pdf.report import Finding, Signer, plain
from signatures.pdf.revocations import UNKNOWN

# Other letters have capitals in ASCII, too: a long s would become an S.
_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)


def accepted(anchors: Iterable[bytes], policy: Policy) -> tuple[bytes, ...]:
    """Take those of the anchors that the policy accepts: all of them where it names none."""
    wanted = _lowered(policy.authorities)
    return tuple(der for der in anchors if not wanted or sha256(der).hexdigest() in wanted)


def unproven(finding: Finding) -> Finding:
    """Decide against a signature where the policy does not wait for revocation data."""
    if finding.code not in {*UNKNOWN, "revocation-stale"}:
        return finding
    return Finding("revocation-not-proven", finding.facts)


def signer_of(certificate: x509.Certificate) -> Signer:
    """Describe the holder of a certificate in plain text."""
    return Signer(
        name=plain(common_name(certificate)),
        organisation=plain(first_of(certificate.subject, "organization_name")),
        identifiers=tuple(
            plain(one) for one in all_of(certificate.subject, "organization_identifier")
        ),
        credit_codes=credit_codes_of(certificate),
        issuer=plain(first_of(certificate.issuer, "common_name")),
        certificate_sha256=certificate.sha256.hex(),
        valid_from=certificate.not_valid_before,
        valid_until=certificate.not_valid_after,
    )


def binding_rule(signer: Signer, supplier: Supplier) -> str | None:
    """Return the rule that ties a signer to a supplier, None when none does.

    In this order: ``enrolled-certificate``, ``organization-identifier``, ``social-credit-code``,
    ``mandate``. Identifiers are compared without regard to case and spaces.
    """
    if signer.certificate_sha256 in _lowered(supplier.certificates):
        return "enrolled-certificate"
    wanted = {_compared(one) for one in supplier.identifiers}
    if any(_compared(one) in wanted for one in signer.identifiers):
        return "organization-identifier"
    if set(signer.credit_codes) & {code for one in wanted if (code := _credit_code(one))}:
        return "social-credit-code"
    if signer.certificate_sha256 in _lowered(supplier.mandated):
        return BY_MANDATE
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
    """Count the good signatures against what the policy asks for: so many, and one of each.

    Whoever signs twice with one certificate is one signer.
    """
    signers = list({one.certificate_sha256: one for one in good if one is not None}.values())
    found, required = len(signers), policy.signatures_required
    if policy.besides:
        signed = [any(bound_to(one, [each]) for one in signers) for each in policy.suppliers]
        found, required = sum(signed), max(required, len(signed))
    missing = []
    if found < required:
        missing.append(Finding.of("too-few-signatures", found=found, required=required))
    return missing + _missing_roles(signers, policy.roles)


def level_fault(level: str, policy: Policy) -> Finding | None:
    """Say whether a signature does not reach the PAdES level that the policy asks for."""
    if LEVELS.index(level) >= LEVELS.index(policy.level):
        return None
    return Finding.of("level-too-low", level=level, required=policy.level)


def _missing_roles(signers: Sequence[Signer], roles: Sequence[Role]) -> list[Finding]:
    """Name the parts in which too few have signed; nobody signs in two of them at once."""
    wanted = [role for role in roles for _ in range(role.count)]
    filled = _filled(wanted, signers)
    short = [role for place, role in enumerate(wanted) if place not in filled]
    return [
        Finding.of("missing-role", role=role.name, found=role.count - short.count(role),
                   required=role.count)
        for role in dict.fromkeys(short)
    ]  # fmt: skip


def _filled(wanted: Sequence[Role], signers: Sequence[Signer]) -> set[int]:
    """Give as many places as can be to signers, one each, whatever their order (a matching)."""
    places: dict[int, int] = {}

    def placed(who: int, tried: set[int]) -> bool:
        for place, role in enumerate(wanted):
            if place in tried or binding_rule(signers[who], role.signers) is None:
                continue
            tried.add(place)
            if place not in places or placed(places[place], tried):
                places[place] = who
                return True
        return False

    for who in range(len(signers)):
        placed(who, set())
    return set(places)


def _credit_code(identifier: str) -> str | None:
    """Take the unified social credit code out of a Chinese identifier, where it is one."""
    scheme, _, code = identifier.partition("-")
    return code if scheme.endswith("CN") and is_credit_code(code) else None


def _lowered(digests: Iterable[str]) -> set[str]:
    return {one.lower() for one in digests}


def _compared(identifier: str) -> str:
    """Write an identifier as it is compared: capital letters of ASCII, no spaces."""
    return "".join(identifier.split()).translate(_CAPITALS)
