"""The certificates that a signature brought along, taken out of a file that was judged before."""

from dataclasses import dataclass

from signatures.pdf.anchors import Anchors
from signatures.pdf.envelope import extract
from signatures.pdf.evidence import known
from signatures.pdf.fields import find_fields
from signatures.pdf.parsers import parsed
from signatures.pdf.policy import Limits
from signatures.pdf.source import opened


@dataclass(frozen=True)
class Brought:
    """The certificate that signed a PDF, and the others that the file carries, DER."""

    signer: bytes
    others: tuple[bytes, ...]


def brought_along(pdf: bytes, sha256: str, limits: Limits) -> Brought:
    """Return the certificate with this digest that signed a valid PDF, and those beside it.

    :raises LookupError: when none did.
    """
    with opened(pdf) as source, parsed(source, limits) as document:
        for field in find_fields(document, limits).filled:
            if field.kind == "signature":
                found = extract(document, field, limits)
                if found.certificate.sha256.hex() == sha256:
                    store = known(document, Anchors(), limits)
                    others = dict.fromkeys((*found.others, *store.certificates))
                    return Brought(found.certificate.dump(), tuple(one.dump() for one in others))
    raise LookupError(sha256)
