"""What pyHanko alone says of a signed PDF, in a process that has none of our modules.

    python -m tests.bench.stock FILE ANCHORS LEVEL

``ANCHORS`` is a directory of DER files: ``*.crt`` to trust and ``*.crl``. Printed are processor
time, peak of memory in bytes, and what it said.
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import crl, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

ROUNDS = 3


def main(file: Path, anchors: Path, level: str) -> None:
    """Validate a file some times, warm; print the shortest time."""
    rounds = [_seconds(file, _context(anchors), level) for _ in range(ROUNDS)]
    said = rounds[0][1]
    peak = 1024 * int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
    print(min(seconds for seconds, _ in rounds), peak, said)


def _seconds(file: Path, context: dict[str, Any], level: str) -> tuple[float, str]:
    began = time.process_time()
    try:
        said = "valid" if _valid(file, context, level) else "not valid"
    except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
        said = type(error).__name__
    return time.process_time() - began, said


def _valid(file: Path, context: dict[str, Any], level: str) -> bool:
    """Use the calls for the level: from B-LT on with the file's own store, for B-LTA both kinds."""
    with file.open("rb") as source:
        reader = PdfFileReader(source, strict=False)
        if level in ("B-LT", "B-LTA"):
            trust = DocumentSecurityStore.read_dss(reader).as_validation_context(context)
        else:
            trust = ValidationContext(**context)
        signature = reader.embedded_regular_signatures[0]
        status = validate_pdf_signature(signature, trust, ts_validation_context=trust)
        stamps = reader.embedded_timestamp_signatures if level == "B-LTA" else []
        stamped = [validate_pdf_timestamp(one, trust) for one in stamps]
        good = [one.intact and one.valid and one.trusted for one in stamped]
        return bool(status.bottom_line and all(good))


def _context(anchors: Path) -> dict[str, Any]:
    roots = [x509.Certificate.load(one.read_bytes()) for one in sorted(anchors.glob("*.crt"))]
    lists = [crl.CertificateList.load(one.read_bytes()) for one in sorted(anchors.glob("*.crl"))]
    return {
        "trust_roots": roots,
        "crls": lists,
        "allow_fetching": False,
        "moment": datetime(2026, 11, 24, 9, 5, tzinfo=UTC),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
