"""Step 9: the way from a certificate to an anchor that counts at the proven time of signing.

pyHanko's certificate validator builds and checks the path at a point in time. It fetches nothing.
"""

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    REQUIRE_REVINFO,
    CertRevTrustPolicy,
)

from signatures.pdf import searching  # noqa: F401 - takes the place of the validator's own
from signatures.pdf.chinese import VALIDATOR
from signatures.pdf.evidence import Store, certificate_of
from signatures.pdf.names import name_of, subject_of
from signatures.pdf.reading import Exhausted
from signatures.pdf.remembered import Asked, remembered
from signatures.pdf.report import Finding, instant

# Extended key usages that have nothing to do with documents; a certificate that has only these
# was issued for something else.
FOREIGN_USAGES = {"server_auth", "code_signing", "time_stamping", "ocsp_signing"}
STEPS = 2_000  # from a certificate to one that may have issued it, on all paths together
_BESIDE_FOREIGN = {*FOREIGN_USAGES, "client_auth"}  # a web site's certificate has it, too
SIGNING_USAGES = {"digital_signature", "non_repudiation"}


@dataclass(frozen=True)
class Path:
    """A certificate and those above it, the anchor last."""

    certificates: tuple[x509.Certificate, ...]


class NoPath(Exception):  # noqa: N818 - reads as the finding it is
    """There is no acceptable path; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def path_to(
    anchors: Iterable[bytes],
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    store: Store,
    *,
    at: datetime,
) -> Path:
    """Find the path from a certificate to one of the anchors, valid at an instant (RFC 5280, 6).

    :raises NoPath: with ``issuer-not-accepted``, ``expired-before-receipt``, ``not-yet-valid`` or
        ``weak-algorithm``.
    """
    others = tuple(others)
    roots = [certificate_of(der) for der in _possible(anchors, certificate, others, store)]
    if not roots:
        raise NoPath(_not_accepted(certificate))

    _count_paths(certificate, (*others, *store.certificates))

    def built() -> Any:
        context = context_of(roots, store, at=at, required=False)
        return validated(certificate, others, context, at=at)

    asked = Asked(tuple(roots), certificate, (*others, *store.certificates))
    return Path(tuple(reversed(remembered(asked, at, built))))


def _possible(
    anchors: Iterable[bytes],
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    store: Store,
) -> list[bytes]:
    """Take the anchors in which a path over these certificates can end; of Europe's that is few."""
    at_hand = (certificate, *others, *store.certificates)
    names = {name_of(name) for one in at_hand for name in (one.issuer, one.subject)}
    return [der for der in anchors if subject_of(der) in names]


def _count_paths(certificate: x509.Certificate, others: Iterable[x509.Certificate]) -> None:
    """See that the certificates certify each other in so few ways that all can be tried.

    :raises Exhausted: for more steps on all paths than ``STEPS``.
    """
    holders: dict[object, set[x509.Certificate]] = {}
    for one in dict.fromkeys(others):
        holders.setdefault(name_of(one.subject), set()).add(one)
    waiting, left = [(certificate, frozenset([certificate]))], STEPS
    while waiting:
        last, path = waiting.pop()
        left -= 1
        if left < 0:
            raise Exhausted("paths of certificates", STEPS)
        above = holders.get(name_of(last.issuer), set()) - path
        waiting += [(one, path | {one}) for one in above]


def path_in_force(
    anchors: Iterable[bytes],
    counts: Callable[[bytes], bool],
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    store: Store,
    *,
    at: datetime,
) -> Path:
    """Find the path to one of the anchors that count at an instant.

    :raises NoPath: as ``path_to`` does, and with ``issuer-not-in-force`` where the path leads to
        an anchor that counts at another time or for another purpose.
    """
    others = tuple(others)
    possible = _possible(anchors, certificate, others, store)
    in_force = [der for der in possible if counts(der)]
    try:
        return path_to(in_force, certificate, others, store, at=at)
    except NoPath as none:
        if none.finding.code != "issuer-not-accepted" or len(in_force) == len(possible):
            raise
        path_to(possible, certificate, others, store, at=at)  # raises the same, or tells of a path
        facts = dict(none.finding.facts)
        raise NoPath(Finding.of("issuer-not-in-force", **facts, at=instant(at))) from None


def usage_fault(certificate: x509.Certificate) -> Finding | None:
    """Say whether a certificate is for signing documents (RFC 5280, 4.2.1.3, 9 and 12).

    That of an authority is for issuing others, whatever else it says (EN 319 412-2, 4.1).
    """
    usage, extended = certificate.key_usage_value, certificate.extended_key_usage_value
    listed = set() if usage is None else set(usage.native)
    wider = set() if extended is None else set(extended.native)
    if certificate.ca:
        listed.add("key_cert_sign")
    wrong_key = certificate.ca or (usage is not None and not listed & SIGNING_USAGES)
    foreign = wider & FOREIGN_USAGES
    if wrong_key or (foreign and wider <= _BESIDE_FOREIGN):
        named = ", ".join(sorted(listed | wider))
        return Finding.of(
            "certificate-not-for-signing", signer=common_name(certificate), usage=named
        )
    return None


def context_of(
    roots: list[x509.Certificate], store: Store, *, at: datetime, required: bool
) -> ValidationContext:
    """Set the certificate validator up for an instant; ``required`` asks for revocation data."""
    return ValidationContext(
        trust_roots=roots,
        other_certs=store.certificates,
        moment=at,
        best_signature_time=at,
        allow_fetching=False,
        signature_validator=VALIDATOR,
        crls=store.crls if required else (),
        ocsps=store.ocsps if required else (),
        time_tolerance=timedelta(0),
        revinfo_policy=CertRevTrustPolicy(
            REQUIRE_REVINFO if required else NO_REVOCATION, retroactive_revinfo=True
        ),
    )


def validated(
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    context: ValidationContext,
    *,
    at: datetime,
) -> Any:
    """Build and check a path to a root of the context, and give it.

    :raises NoPath: with the finding that says why there is none.
    """
    validator = CertificateValidator(certificate, list(others), validation_context=context)
    try:
        return _finished(validator.async_validate_path())
    except ExpiredError as error:
        until = error.expired_dt
        raise NoPath(
            Finding.of("expired-before-receipt", until=instant(until), at=instant(at))
        ) from error
    except NotYetValidError as error:
        since = error.valid_from
        raise NoPath(Finding.of("not-yet-valid", since=instant(since), at=instant(at))) from error
    except RevokedError as error:
        facts = {"holder": common_name(certificate), "at": instant(at)}
        raise NoPath(
            Finding.of("revoked", **facts, since=instant(error.revocation_dt.astimezone(UTC)))
        ) from error
    except InsufficientRevinfoError as error:
        raise NoPath(
            Finding.of("revocation-unavailable", holder=common_name(certificate), at=instant(at))
        ) from error
    except DisallowedAlgorithmError as error:
        raise NoPath(Finding.of("weak-algorithm", algorithm=str(error))) from error
    except (PathBuildingError, PathError, ValidationError) as error:
        raise NoPath(_not_accepted(certificate)) from error


def _finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that waits for nothing, because nothing is fetched, without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    finally:
        coroutine.close()
    raise RuntimeError("the certificate validator wanted to wait for something")


def _not_accepted(certificate: x509.Certificate) -> Finding:
    return Finding.of(
        "issuer-not-accepted",
        signer=common_name(certificate),
        issuer=certificate.issuer.human_friendly,
    )


def common_name(certificate: x509.Certificate) -> str:
    """Return what a certificate calls its holder."""
    return first_of(certificate.subject, "common_name") or certificate.subject.human_friendly


def first_of(name: x509.Name, attribute: str) -> str:
    """Return the first value of an attribute of a distinguished name, or an empty text."""
    return next(iter(all_of(name, attribute)), "")


def all_of(name: x509.Name, attribute: str) -> list[str]:
    """Return all values of an attribute of a distinguished name."""
    return [
        str(pair["value"].native)
        for relative in name.chosen
        for pair in relative
        if pair["type"].native == attribute
    ]
