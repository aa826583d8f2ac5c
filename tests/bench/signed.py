"""What judging a signed PDF costs, beside one SHA-256 and one RSA verification of the same bytes.

The files are B-LT: one signature, its timestamp, and revocation data. Each is judged in a process
of its own, from the disk; what that takes of memory beyond a small file is given per byte of file.
"""

import hashlib
import io
import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from signatures.pdf.anchors import Anchors
from signatures.pdf.judge import judge
from tests.bench.timing import MIB, fastest
from tests.signatures.documents import POLICY, RECEIVED, Practice

SIZES = {"100 KB": 100_000, "1 MB": 1_000_000, "20 MB": 20_000_000}


def rows() -> Iterator[str]:
    """Measure every size."""
    with tempfile.TemporaryDirectory() as made:
        practice, folder = Practice(Path(made)), Path(made)
        small, anchors = folder / "small.pdf", practice.anchors
        small.write_bytes(practice.blt)
        for name, length in SIZES.items():
            path = folder / "signed.pdf"
            path.write_bytes(_signed(practice, length))
            one = _hash_and_verify(path)
            spawn = multiprocessing.get_context("spawn")
            with spawn.Pool(1) as pool:
                seconds, memory = pool.apply(_judged, (path, small, anchors))
            yield (
                f"{name:>10}  judge {seconds / one:6.1f} x   "
                f"memory {memory / path.stat().st_size:4.1f} x the file, {memory / MIB:.0f} MiB"
            )


def _judged(path: Path, small: Path, anchors: Anchors) -> tuple[float, int]:
    """Judge a file; give the seconds, and the bytes of memory beyond those of a small file."""
    judge(small, policy=POLICY, anchors=anchors, at=RECEIVED)
    before = _peak()
    seconds = fastest(lambda _: judge(path, policy=POLICY, anchors=anchors, at=RECEIVED))
    report = judge(path, policy=POLICY, anchors=anchors, at=RECEIVED)
    assert report.verdict.value == "VALID", report.codes
    return seconds, _peak() - before


def _peak() -> int:
    """Give the most memory that this process has had, in bytes; on Linux only.

    ``getrusage`` would count what the parent had before this process began.
    """
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def _signed(practice: Practice, length: int) -> bytes:
    """Sign a bid form with a picture of random points, so that it has about this length."""
    with pikepdf.open(io.BytesIO(practice.form)) as pdf:
        picture = pdf.make_stream(os.urandom(max(0, length - len(practice.blt))))
        picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        pdf.pages[0].add_resource(picture, pikepdf.Name.XObject)
        target = io.BytesIO()
        pdf.save(target)
    return practice.sign(target.getvalue(), tsa=practice.tsa, evidence=practice.evidence())


def _hash_and_verify(path: Path) -> float:
    key = rsa.generate_private_key(65537, 2048)
    scheme, prehashed = padding.PKCS1v15(), Prehashed(SHA256())
    value = key.sign(hashlib.sha256(path.read_bytes()).digest(), scheme, prehashed)
    public = key.public_key()

    def verified(_: int) -> None:
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").digest()
        public.verify(value, digest, scheme, prehashed)

    return fastest(verified)
