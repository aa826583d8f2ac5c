"""Signatures by which an author says what may follow: certified files, locks, waiting fields."""

import asyncio
import io
from collections.abc import Callable
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import (
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
)
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from signatures.pdf.signing import SigningKey
from tests.signatures.documents import NOW, Practice, appended

Tampering = Callable[[IncrementalPdfFileWriter], None]


def signed_with(
    practice: Practice,
    pdf: bytes,
    *,
    field: str,
    key: SigningKey | None = None,
    certify: MDPPerm | None = None,
    spec: SigFieldSpec | None = None,
    stamp: Any = None,
    subfilter: SigSeedSubFilter = SigSeedSubFilter.PADES,
    tamper: Tampering | None = None,
    digest: str = "sha256",
) -> bytes:
    """Sign with everything that pyHanko offers; ``tamper`` writes into the same increment."""
    metadata = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm=digest,
        subfilter=subfilter,
        certify=certify is not None,
        docmdp_permissions=certify or MDPPerm.FILL_FORMS,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    if tamper is not None:
        tamper(writer)

    async def made() -> bytes:
        async with (key or practice.key).opened() as signer:
            how = {"new_field_spec": spec, "stamp_style": stamp}
            return await _signed(_Obedient(metadata, signer, **how), writer)

    return asyncio.run(made())


class _Obedient(signers.PdfSigner):
    """Signs also where pyHanko would refuse, as an attacker's tool does."""

    def _enforce_certification_constraints(self, reader: object) -> None:
        pass


async def _signed(signer: signers.PdfSigner, writer: IncrementalPdfFileWriter) -> bytes:
    session = signer.init_signing_session(writer)
    session.system_time = NOW
    room = await session.estimate_signature_container_size(None)
    document = session.prepare_tbs_document(None, room)
    digest, output = document.digest_tbs_document()
    signed_attributes = PdfCMSSignedAttributes(signing_time=None)
    await document.perform_signature(digest.document_digest, signed_attributes)
    output.seek(0)
    made: bytes = output.read()
    return made


def certified(practice: Practice, pdf: bytes, level: MDPPerm, **how: Any) -> bytes:
    """Certify a document as its author."""
    return signed_with(practice, pdf, field="Author", certify=level, **how)


def waiting(pdf: bytes, name: str = "Partner", **spec: Any) -> bytes:
    """Add a field that waits for a signature; without a ``box`` it shows nothing."""
    return appended(pdf, lambda writer: append_signature_field(writer, SigFieldSpec(name, **spec)))
