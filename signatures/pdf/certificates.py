"""The certificate that a signature brought along, taken out of a file that was judged before."""

from signatures.pdf.envelope import extract
from signatures.pdf.fields import find_fields
from signatures.pdf.parsers import parsed
from signatures.pdf.policy import Limits
from signatures.pdf.source import opened


def signing_certificate(pdf: bytes, sha256: str, limits: Limits) -> bytes:
    """Return the DER certificate with this digest that signed a valid PDF.

    :raises LookupError: when none did.
    """
    with opened(pdf) as source, parsed(source, limits) as document:
        for field in find_fields(document, limits).filled:
            if field.kind == "signature":
                found = extract(document, field, limits).certificate
                if found.sha256.hex() == sha256:
                    der: bytes = found.dump()
                    return der
    raise LookupError(sha256)
