"""Steps 12 and 13: is this the supplier's signature, and are there as many as asked for."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from asn1crypto import x509

from procurement.proof.basis import BY_MANDATE
from signatures.pdf.chain import all_of, common_name, first_of
from signatures.pdf.credit_code import compared, credit_codes_of, is_credit_code
from signatures.pdf.policy import LEVELS, Policy, Role, Supplier
from signatures.pdf.report import Finding, Signer, plain
from signatures.pdf.revocations import UNKNOWN

Certificates = tuple[Signer, ...]  # with which one person has signed, all for one key


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
            plain(_as_issued(one)) for one in all_of(certificate.subject, "organization_identifier")
        ),
        credit_codes=credit_codes_of(certificate),
        issuer=plain(first_of(certificate.issuer, "common_name")),
        certificate_sha256=certificate.sha256.hex(),
        valid_from=certificate.not_valid_before,
        valid_until=certificate.not_valid_after,
        key_sha256=sha256(certificate.public_key.dump()).hexdigest(),
    )


def _as_issued(identifier: str) -> str:
    """Keep what only looks like a letter of ASCII from becoming one: a Kelvin sign is no K."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if not one.isascii() and plain(one).isascii() else one
        for one in identifier
    )


def binding_rule(signer: Signer, supplier: Supplier) -> str | None:
    """Return the rule that ties a signer to a supplier, None when none does.

    In this order: ``enrolled-certificate``, ``organization-identifier``, ``social-credit-code``,
    ``mandate``. Identifiers are compared without regard to case and spaces. What a certificate says
    of itself counts for nobody where it names two organisations.
    """
    if signer.certificate_sha256 in _lowered(supplier.certificates):
        return "enrolled-certificate"
    wanted = {compared(one) for one in supplier.identifiers}
    certain = not names_two(signer)
    if certain and any(compared(one) in wanted for one in signer.identifiers):
        return "organization-identifier"
    codes = {code for one in wanted if (code := _credit_code(one))}
    if certain and set(signer.credit_codes) & codes:
        return "social-credit-code"
    if signer.certificate_sha256 in _lowered(supplier.mandated):
        return BY_MANDATE
    return None


def names_two(signer: Signer) -> bool:
    """Say whether a certificate names two organisations: two codes, or two of one register."""
    identifiers = {compared(one) for one in signer.identifiers}
    codes = {code for one in identifiers if (code := _credit_code(one))}
    schemes = [one.partition("-")[0] for one in identifiers]
    return len(codes | set(signer.credit_codes)) > 1 or len(set(schemes)) < len(schemes)


def bound_to(signer: Signer | None, suppliers: Sequence[Supplier]) -> str | None:
    """Return the rule that ties a signer to one of some suppliers, None when none does."""
    rules = (binding_rule(signer, one) for one in suppliers if signer is not None)
    return next((rule for rule in rules if rule is not None), None)


def wrong_certificate(signer: Signer) -> Finding:
    """Say that a signer is not the supplier, naming whose certificate it is."""
    holder = signer.organisation or signer.name
    if names_two(signer):
        named = ", ".join((*signer.identifiers, *signer.credit_codes))
        return Finding.of("certificate-names-two", signer=holder, identifiers=named)
    return Finding.of(
        "wrong-certificate", signer=holder, identifiers=", ".join(signer.identifiers) or "–"
    )


def missing_signatures(good: Sequence[Signer | None], policy: Policy) -> list[Finding]:
    """Count the good signatures against what the policy asks for: so many, and one of each.

    Whoever signs twice with one key is one signer, whatever certificates they have for it.
    """
    held: dict[str, list[Signer]] = {}
    for one in good:
        if one is not None:
            held.setdefault(one.key_sha256 or one.certificate_sha256, []).append(one)
    signers = [tuple(certificates) for certificates in held.values()]
    found, required = len(signers), policy.signatures_required
    if policy.besides:
        signed = [any(_is_one_of(one, each) for one in signers) for each in policy.suppliers]
        found, required = sum(signed), max(required, len(signed))
    missing = []
    if found < required:
        missing.append(Finding.of("too-few-signatures", found=found, required=required))
    return missing + _missing_roles(signers, policy.roles)


def _is_one_of(certificates: Iterable[Signer], supplier: Supplier) -> bool:
    """Say whether one of the certificates of a signer is tied to a supplier."""
    return any(binding_rule(one, supplier) is not None for one in certificates)


def level_fault(level: str, policy: Policy) -> Finding | None:
    """Say whether a signature does not reach the PAdES level that the policy asks for."""
    if LEVELS.index(level) >= LEVELS.index(policy.level):
        return None
    return Finding.of("level-too-low", level=level, required=policy.level)


def _missing_roles(signers: Sequence[Certificates], roles: Sequence[Role]) -> list[Finding]:
    """Name the parts in which too few have signed; nobody signs in two of them at once."""
    wanted = [role for role in roles for _ in range(role.count)]
    filled = _filled(wanted, signers)
    short = [role for place, role in enumerate(wanted) if place not in filled]
    return [
        Finding.of("missing-role", role=role.name, found=role.count - short.count(role),
                   required=role.count)
        for role in dict.fromkeys(short)
    ]  # fmt: skip


def _filled(wanted: Sequence[Role], signers: Sequence[Certificates]) -> set[int]:
    """Give as many places as can be to signers, one each, whatever their order (a matching)."""
    places: dict[int, int] = {}

    def placed(who: int, tried: set[int]) -> bool:
        for place, role in enumerate(wanted):
            if place in tried or not _is_one_of(signers[who], role.signers):
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
