"""Making a copy of a signed file last: evidence into it, and a timestamp over all of it (B-LTA).

Both are increments, so every byte of the supplier stays where it was (ETSI EN 319 142-1, 5.4).
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import cms, crl, ocsp, tsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from signatures.pdf.algorithms import good_until
from signatures.pdf.anchors import Anchors
from signatures.pdf.evidence import answers_about
from signatures.pdf.names import Name, name_of
from signatures.pdf.signing import Evidence, TimestampSource

MARGIN = timedelta(days=30)  # before a timestamp's end, or a quarter of its life where that is less


@dataclass(frozen=True)
class Lasting:
    """What the newest timestamp says, and until when another one has to follow."""

    stamped_at: datetime
    renew_by: datetime


def evidence_for(file: Path, anchors: Anchors) -> Evidence:
    """Pick certificates of a file's signers and timestamps, and all that is known about them."""
    with file.open("rb") as source:
        held = {one.dump(): one for signed in _signed(source) for one in _certificates(signed)}
    names: set[Name] = {
        name_of(name) for one in held.values() for name in (one.issuer, one.subject)
    }
    return Evidence(
        certificates=tuple(held),
        crls=anchors.lists_of(sorted(names, key=sorted)),
        ocsps=answers_about([one.serial_number for one in held.values()], anchors),
    )


def make_last(file: Path, evidence: Evidence, tsa: TimestampSource) -> Lasting:
    """Append evidence and a timestamp to a file where it lies; it is to be a copy.

    :raises OSError: when the time-stamping authority does not answer.
    """
    with file.open("r+b") as out:
        DocumentSecurityStore.add_dss(
            out,
            None,
            certs=[x509.Certificate.load(der) for der in evidence.certificates],
            crls=[crl.CertificateList.load(der) for der in evidence.crls],
            ocsps=[ocsp.OCSPResponse.load(der) for der in evidence.ocsps],
            strict=False,
        )
        stamper = _Keeping(tsa)
        out.seek(0)
        writer = IncrementalPdfFileWriter(out, strict=False)
        stamping = signers.PdfTimeStamper(stamper)
        asyncio.run(stamping.async_timestamp_pdf(writer, "sha256", in_place=True))
    return lasting(stamper.newest)


def lasting(token: cms.ContentInfo) -> Lasting:
    """Say until when a timestamp proves something: its certificate and its algorithms."""
    signed = token["content"]
    info: Any = signed["encap_content_info"]["content"].parsed
    stamped_at: datetime = info["gen_time"].native
    (signer,) = signed["signer_infos"]
    serial = signer["sid"].chosen["serial_number"].native
    certificate = next(one for one in _certificates(signed) if one.serial_number == serial)
    imprint = str(info["message_imprint"]["hash_algorithm"]["algorithm"].native)
    ends = [certificate.not_valid_after, *good_until(signer, certificate, imprint)]
    return Lasting(stamped_at, before(min(ends), stamped_at))


def before(end: datetime, stamped_at: datetime) -> datetime:
    """Leave some time before the end of what a timestamp rests on."""
    return end - min(MARGIN, (end - stamped_at) / 4)


def _signed(source: Any) -> Iterator[cms.SignedData]:
    for one in PdfFileReader(source, strict=False).embedded_signatures:
        yield one.signed_data
        yield from extract_tst_data_iter(one.signer_info, signed=False)


def _certificates(signed: cms.SignedData) -> list[x509.Certificate]:
    return [one.chosen for one in signed["certificates"] if one.name == "certificate"]


class _Keeping(TimeStamper):
    """Asks a ``TimestampSource`` in pyHanko's words, and keeps its last answer."""

    def __init__(self, source: TimestampSource) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._source = source

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = tsp.TimeStampResp.load(self._source(req.dump()))
        self.newest = answer["time_stamp_token"]
        return answer
