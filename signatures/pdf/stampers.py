"""Whether a timestamp is made as it must be, and what later takes its worth away.

What a token says of its own time proves nothing by itself: whoever has the key of its authority
can write any time into one. So the key has to be out of every doubt at the instant by which the
token is known to exist (EN 319 102-1, 5.6.2): another timestamp over it, else T.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from asn1crypto import cms, x509
from pyhanko.sign.validation.generic_cms import get_signing_cert_attr

from signatures.pdf.chain import SIGNING_USAGES, Path, common_name
from signatures.pdf.confirming import statements
from signatures.pdf.evidence import Store
from signatures.pdf.report import Finding, instant

# Why an authority may be revoked without what it stamped before being in doubt (RFC 3161, 4).
HARMLESS = {"unspecified", "affiliation_changed", "superseded", "cessation_of_operation"}


def unfit(token: cms.SignedData, certificate: x509.Certificate) -> Finding | None:
    """Say what is wrong with a token or its authority's certificate (RFC 3161, 2.3 and 2.4.2)."""
    attributes = token["signer_infos"][0]["signed_attrs"]
    what = None
    if not len(attributes):
        what = "nothing says that it is a timestamp"
    elif get_signing_cert_attr(attributes) is None:
        what = "it does not name its certificate"
    elif not _is_for_stamps(certificate):
        what = "its certificate is not for timestamps alone"
    if what is None:
        return None
    return Finding.of("timestamp-unfit", authority=common_name(certificate), what=what)


def _is_for_stamps(certificate: x509.Certificate) -> bool:
    usage, purposes = certificate.key_usage_value, certificate.extended_key_usage_value
    used = SIGNING_USAGES if usage is None else set(usage.native)
    alone = purposes is not None and purposes.native == ["time_stamping"]
    critical = "extended_key_usage" in certificate.critical_extensions
    return alone and critical and not certificate.ca and bool(used) and used <= SIGNING_USAGES


def in_doubt_by(
    path: Path, others: Iterable[x509.Certificate], store: Store, exists_by: datetime
) -> Finding | None:
    """Say why a key could have made a token after its time: it had ended, or been stolen, by then.

    A certificate that was revoked for a harmless reason stands for what it stamped before.
    """
    authority = common_name(path.certificates[0])
    below = path.certificates[:-1] or path.certificates
    until = min(one.not_valid_after for one in below)
    if until < exists_by:
        facts = {"until": instant(until), "at": instant(exists_by)}
        return Finding.of("timestamp-expired", authority=authority, **facts)
    known = store.about([*path.certificates, *others])
    lost = [
        one.revoked_since
        for pair in zip(path.certificates, path.certificates[1:], strict=False)
        for one in statements(pair, known, good=False)
        if one.revoked_since is not None and one.reason not in HARMLESS
    ]
    since = min(lost, default=None)
    if since is None or since > exists_by:
        return None
    facts = {"since": instant(since.astimezone(UTC)), "at": instant(exists_by)}
    return Finding.of("timestamp-authority-revoked", authority=authority, **facts)
