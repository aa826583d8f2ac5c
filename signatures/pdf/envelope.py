"""Steps 4 and 5: the signature as bytes in a file, and the mathematics of it.

Step 4 leaves no room for a second reading: the byte range is four numbers from 0, what it leaves
out is exactly one hex string, behind the DER stand only zeros, there is one signer, and the
signature dictionary is the one in the signed revision and nobody's later version of it. Step 5
compares the digest and verifies the value.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from asn1crypto import cms, core, tsp, x509
from pyhanko.pdf_utils import generic
from pyhanko.sign.general import check_ess_certid, extract_certificate_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import get_signing_cert_attr, validate_sig_integrity

from signatures.pdf import algorithms
from signatures.pdf.chinese import DATA, SIGNED_DATA, VALIDATOR, is_seal
from signatures.pdf.evidence import certificate_of, certificates_of
from signatures.pdf.fields import SignatureField
from signatures.pdf.legacy import algorithm_named
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.parsers import Document, touched
from signatures.pdf.policy import Limits
from signatures.pdf.report import Finding
from signatures.pdf.source import SHAKE, SHAKE_BYTES, Source

_HEX = re.compile(rb"<[0-9A-Fa-f]*>\Z")
_CONTENTS = re.compile(rb"/Contents[\x00\t\n\f\r ]*\Z")


class BrokenSignature(Exception):  # noqa: N818 - reads as the verdict it is
    """This signature cannot be good; ``finding`` says why. Others in the file may be."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.finding = Finding.of(code, **facts)


@dataclass(frozen=True)
class Envelope:
    """One signature, taken out of the file and well formed."""

    field: SignatureField
    gap: tuple[int, int]  # from the < of /Contents up to behind its >
    end: int  # where the signed bytes end
    contents: bytes  # DER, without the zeros behind it
    signed_data: cms.SignedData
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    remarks: tuple[Finding, ...]

    @property
    def signer_info(self) -> cms.SignerInfo:
        """Return the only SignerInfo."""
        return self.signed_data["signer_infos"][0]

    @cached_property
    def digest_algorithm(self) -> str:
        """Return the name of the digest over the file, as hashlib knows it.

        In a document timestamp that is the digest of the message imprint (RFC 3161, 2.4.2).
        """
        if self.field.kind == "timestamp":
            imprint = self.signed_data["encap_content_info"]["content"].parsed["message_imprint"]
            return str(imprint["hash_algorithm"]["algorithm"].native)
        return str(self.signer_info["digest_algorithm"]["algorithm"].native)

    @property
    def digest_parameters(self) -> object:
        """Return what is said beside the name of the digest: a length in bits, or nothing."""
        return self.signer_info["digest_algorithm"]["parameters"].native

    @property
    def stated(self) -> tuple[str, str, bytes]:
        """Return the names of digest and mechanism, and the value that they made."""
        info = self.signer_info
        return (
            str(info["digest_algorithm"]["algorithm"].native),
            str(info["signature_algorithm"]["algorithm"].native),
            info["signature"].native,
        )

    def file_digest(self, source: Source, algorithm: str) -> bytes:
        """Hash everything that the signature covers."""
        return source.digest(algorithm, (0, self.gap[0]), (self.gap[1], self.end))


def extract(document: Document, field: SignatureField, limits: Limits) -> Envelope:
    """Take a signature out of the file, step 4.

    :raises BrokenSignature: with ``broken-signature`` or ``unsupported-algorithm``.
    """
    gap, end = _byte_range(document.source, field)
    raw = _gap(document.source, gap, limits)
    _check_place(document, field, gap, end)
    if _contents(field.dictionary) != raw:
        raise BrokenSignature("broken-signature", what="two different /Contents")
    try:
        contents = _der(raw)
        return _opened(field, gap, end, contents)
    except MALFORMED as error:
        what = f"no readable CMS ({type(error).__name__})"
        raise BrokenSignature("broken-signature", what=what) from error


def weak_binding(envelope: Envelope, *, at: datetime) -> list[Finding]:
    """Say whether the digest by which a signature names its certificate was too weak at an instant.

    ESS signing-certificate knows only SHA-1 (RFC 2634, 5.4; RFC 5035 replaced it). The older kind
    of PDF signature need not name its certificate at all, so there it is but a remark. ``extract``
    has read what is read here.
    """
    named = get_signing_cert_attr(envelope.signer_info["signed_attrs"])
    first: Any = None if named is None else named["certs"][0]
    is_newer = isinstance(first, tsp.ESSCertIDv2)
    digest = str(first["hash_algorithm"]["algorithm"].native) if is_newer else "sha1"
    if first is None or not algorithms.is_weak_digest(digest, at=at):
        return []
    if _is_older(envelope.field):
        return [Finding.of("signer-not-pinned")]
    algorithm = f"{digest}, by which the signature names its certificate"
    return [Finding.of("weak-algorithm", algorithm=algorithm)]


def verify(document: Document, envelope: Envelope) -> None:
    """Compare the digest and verify the signature value, step 5.

    :raises BrokenSignature: with ``content-altered``, ``signature-broken`` or
        ``unsupported-algorithm``.
    """
    name, mechanism, _ = envelope.stated
    for used in {name, envelope.digest_algorithm}:
        if not algorithms.is_known_digest(used):
            raise BrokenSignature("unsupported-algorithm", algorithm=algorithm_named(used))
    if not algorithms.is_known_mechanism(mechanism):
        raise BrokenSignature("unsupported-algorithm", algorithm=algorithm_named(mechanism))

    if name == SHAKE and envelope.digest_parameters != 8 * SHAKE_BYTES:
        what = f"shake256 {envelope.digest_parameters}"
        raise BrokenSignature("unsupported-algorithm", algorithm=what)

    covered = envelope.file_digest(document.source, envelope.digest_algorithm)
    if envelope.field.kind == "timestamp":
        token = envelope.signed_data["encap_content_info"]["content"]
        if token.parsed["message_imprint"]["hashed_message"].native != covered:
            raise BrokenSignature("content-altered")
        verify_value(envelope.signed_data, envelope.certificate, "tst_info", None)
    else:
        content_type = str(envelope.signed_data["encap_content_info"]["content_type"].native)
        verify_value(envelope.signed_data, envelope.certificate, content_type, covered)


def verify_value(
    signed_data: cms.SignedData,
    certificate: x509.Certificate,
    content_type: str,
    digest: bytes | None,
) -> None:
    """Verify the value over the signed attributes (RFC 5652, 5.4 and 5.6).

    ``digest`` is that of detached content; None takes the content from inside.

    :raises BrokenSignature: with ``content-altered``, ``signature-broken`` or ``broken-signature``.
    """
    info = signed_data["signer_infos"][0]
    if digest is None:
        content = signed_data["encap_content_info"]["content"].contents
        algorithm = str(info["digest_algorithm"]["algorithm"].native)
        digest = Source(content).digest(algorithm, (0, len(content)))
    try:
        intact, valid = validate_sig_integrity(info, certificate, content_type, digest, VALIDATOR)
    except (SignatureValidationError, *MALFORMED) as error:
        raise BrokenSignature("broken-signature", what=str(error)) from error
    if not valid:
        raise BrokenSignature("signature-broken")
    if not intact:
        raise BrokenSignature("content-altered")


def single_signer(signed_data: cms.SignedData) -> tuple[x509.Certificate, list[x509.Certificate]]:
    """Return the signer's certificate and the others beside it.

    :raises BrokenSignature: unless there is exactly one signer whose certificate is there, and it
        is the one that the signed attributes name, where they name one (RFC 5035).
    """
    if len(signed_data["signer_infos"]) != 1:
        raise BrokenSignature("broken-signature", what="not exactly one signer")
    try:
        held = extract_certificate_info(signed_data)
    except ValueError as error:
        raise BrokenSignature("broken-signature", what="no signing certificate") from error
    named = get_signing_cert_attr(signed_data["signer_infos"][0]["signed_attrs"])
    if named is not None and not check_ess_certid(held.signer_cert, named["certs"][0]):
        raise BrokenSignature("broken-signature", what="it names another certificate")
    others = certificates_of([one.dump() for one in held.other_certs])
    return certificate_of(held.signer_cert.dump()), list(others)


def _byte_range(source: Source, field: SignatureField) -> tuple[tuple[int, int], int]:
    """Read /ByteRange as a gap and an end (ISO 32000-2, 12.8.1)."""
    stated = field.dictionary.get("/ByteRange")
    if not isinstance(stated, generic.ArrayObject) or len(stated) != 4:
        raise BrokenSignature("broken-signature", what="/ByteRange is not four numbers")
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in stated):
        raise BrokenSignature("broken-signature", what="/ByteRange is not four numbers")
    start, first, second, length = (int(number) for number in stated)
    end = second + length
    if start != 0 or not 0 < first < second <= end <= source.length or length < 1:
        raise BrokenSignature(
            "broken-signature", what=f"/ByteRange {start} {first} {second} {length}"
        )
    return (first, second), end


def _gap(source: Source, gap: tuple[int, int], limits: Limits) -> bytes:
    """Decode the hex string that the byte range leaves out, and see that it is nothing else."""
    if gap[1] - gap[0] > 2 * limits.contents_bytes + 2:
        raise BrokenSignature("broken-signature", what="/Contents is too long")
    text = source.data[gap[0] : gap[1]]
    if not _HEX.match(text) or len(text) % 2:
        raise BrokenSignature("broken-signature", what="more than /Contents is left unsigned")
    return bytes.fromhex(text[1:-1].decode("ascii"))


def _check_place(document: Document, field: SignatureField, gap: tuple[int, int], end: int) -> None:
    """See that the gap lies in this signature's dictionary, and that no later version exists."""
    xrefs = document.reader.xrefs
    reference = generic.Reference(*field.value, document.reader)
    place = xrefs[reference]
    if not isinstance(place, int) or not place < gap[0] or end <= gap[1]:
        raise BrokenSignature("broken-signature", what="its dictionary lies elsewhere")
    before = document.source.data[place : gap[0]]
    if b"endobj" in before or not _CONTENTS.search(before):
        raise BrokenSignature("broken-signature", what="the unsigned gap is not its /Contents")
    versions = [
        revision
        for revision in range(xrefs.total_revisions)
        if field.value in touched(document, revision)
    ]
    if len(versions) != 1 or xrefs.get_xref_container_info(versions[0]).start_location > end:
        raise BrokenSignature("broken-signature", what="its dictionary was written twice")


def _contents(dictionary: generic.DictionaryObject) -> bytes:
    value = dictionary.raw_get("/Contents", decrypt=generic.EncryptedObjAccess.RAW)
    if not isinstance(value, generic.ByteStringObject | generic.TextStringObject):
        raise BrokenSignature("broken-signature", what="/Contents is no string")
    return bytes(value.original_bytes)


def _der(raw: bytes) -> bytes:
    """Cut the zeros behind one DER value, and see that they are zeros."""
    contents: bytes = core.load(raw).dump()
    if not raw.startswith(contents) or raw[len(contents) :].strip(b"\0"):
        raise BrokenSignature("broken-signature", what="something stands behind the CMS")
    return contents


def _opened(field: SignatureField, gap: tuple[int, int], end: int, contents: bytes) -> Envelope:
    if is_seal(contents):
        raise BrokenSignature("seal-not-judged", field=field.name)
    info = cms.ContentInfo.load(contents, strict=True)
    if info["content_type"].native not in SIGNED_DATA:
        raise BrokenSignature("broken-signature", what="the CMS is no SignedData")
    signed_data = info["content"]
    inner = signed_data["encap_content_info"]
    expected = ("tst_info",) if field.kind == "timestamp" else DATA
    if inner["content_type"].native not in expected:
        raise BrokenSignature("broken-signature", what="it signs something else than the file")
    if field.kind == "signature" and inner["content"].native is not None:
        raise BrokenSignature("broken-signature", what="the CMS carries content of its own")
    certificate, others = single_signer(signed_data)
    remarks = _attributes(field, signed_data["signer_infos"][0])
    opened = Envelope(field, gap, end, contents, signed_data, certificate, tuple(others), remarks)
    # asn1crypto would complain too late
    _ = opened.digest_algorithm, opened.stated, opened.digest_parameters
    return opened


def _is_older(field: SignatureField) -> bool:
    return str(field.dictionary.get("/SubFilter")) == "/adbe.pkcs7.detached"


def _attributes(field: SignatureField, info: cms.SignerInfo) -> tuple[Finding, ...]:
    """Check the signed attributes: there, in DER order, naming the certificate."""
    attributes = info["signed_attrs"]
    if not len(attributes):
        raise BrokenSignature("broken-signature", what="there are no signed attributes")
    encoded = [attribute.dump() for attribute in attributes]
    if encoded != sorted(encoded):
        raise BrokenSignature("broken-signature", what="the signed attributes are not in order")
    if get_signing_cert_attr(attributes) is None:
        if not _is_older(field):
            raise BrokenSignature("broken-signature", what="it does not name its certificate")
        return (Finding.of("signer-not-pinned"),)
    return ()
