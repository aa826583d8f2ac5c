"""The platform's own signature on receipts, minutes and decisions: its seal.

The key is a file, PEM or PKCS#12. When the time-stamping authority does not answer, the document is
sealed without a timestamp, and the caller is told: a receipt never waits for somebody else's
service, and the copy can be stamped later.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from signatures.pdf.signing import Evidence, SigningKey, TimestampSource, sign_pdf, stamp_pdf

FIELD = "PlatformSeal"
PATIENCE = timedelta(seconds=5)  # for a time-stamping authority
PKCS12_SUFFIXES = (".p12", ".pfx")


@dataclass(frozen=True)
class Sealed:
    """A sealed document and the PAdES level it reached: B-B, B-T, B-LT or B-LTA.

    ``stamp_owed``: the authority that dates it was asked, and did not answer.
    """

    pdf: bytes
    level: str
    stamp_owed: bool = False


def load_key(path: Path, passphrase: str | None = None) -> SigningKey:
    """Load the platform's key from a PEM or PKCS#12 file.

    :raises KeyUnreadable: when the file is neither or the passphrase does not open it.
    :raises OSError: when there is no such file.
    """
    text = path.read_bytes()
    if path.suffix.lower() in PKCS12_SUFFIXES:
        return SigningKey.from_pkcs12(text, passphrase)
    return SigningKey.from_pem(text, passphrase)


def tsa_at(url: str, *, patience: timedelta = PATIENCE) -> TimestampSource:
    """Return a source of timestamps that asks an authority over HTTP (RFC 3161, 3.4).

    The source raises OSError when the authority is away or answers something else.
    """

    def ask(request: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            answer = httpx.post(
                url, content=request, headers=headers, timeout=patience.total_seconds()
            )
            answer.raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OSError(f"the time-stamping authority {url} does not answer: {error}") from error
        return answer.content

    return ask


def seal_pdf(
    pdf: bytes,
    key: SigningKey,
    *,
    at: datetime,
    reason: str,
    tsa: TimestampSource | None = None,
    evidence: Evidence | None = None,
    field: str = FIELD,
) -> Sealed:
    """Seal a document of the platform: B-LT with timestamp and evidence, less without them.

    :raises SigningRefused: for a PDF that the verifier would refuse.
    """
    away = False
    if tsa is not None:
        try:
            sealed = sign_pdf(
                pdf, key, at=at, field=field, reason=reason, tsa=tsa, evidence=evidence
            )
        except OSError:
            away = True
        else:
            return Sealed(sealed, "B-T" if evidence is None else "B-LT")
    return Sealed(sign_pdf(pdf, key, at=at, field=field, reason=reason), "B-B", away)


def stamp_sealed(pdf: bytes, *, tsa: TimestampSource, evidence: Evidence | None = None) -> Sealed:
    """Stamp a document that was sealed while the time-stamping authority was away.

    Revocation data and a timestamp over the whole document are appended (ETSI EN 319 142-1, 5.4).

    :raises OSError: when it is still away.
    """
    level = "B-T" if evidence is None else "B-LTA"
    return Sealed(stamp_pdf(pdf, tsa=tsa, evidence=evidence), level)
