"""What judging a signed PDF costs, beside one SHA-256 and one RSA verification of the same bytes.

Beside it stands pyHanko alone, with its call for the level of the file, in the same run. Both are
given as ratios of processor time, which others on the machine disturb least, and ours also by the
clock, because a large file is hashed by one thread while another counts. A judge is warm: it has
seen the authorities and another file, and for the first figure not this signer.

Memory is the highest resident set of a process that judges one file, and what of it that file added
to the imports and a small file. Pages of the file that are mapped count; the cache of the operating
system does not.
"""

import hashlib
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from signatures.pdf.anchors import Anchors
from signatures.pdf.judge import judge
from signatures.pdf.remembered import forget
from signatures.pool import SignaturePool
from tests.bench.forms import LEVELS, image, objects, signed
from tests.bench.timing import MIB
from tests.signatures.documents import POLICY, RECEIVED, Practice
from tests.signatures.stalling import STALLING, giant_contents

PATIENCE = 60  # seconds that pyHanko is given for a file
TARGET = 5  # seconds for a file that is made to stall
STALLED = 2_000  # the scale of such files: some of them have millions of parts
JOBS = 60
FILES: list[tuple[str, Callable[[bytes], bytes], tuple[str, ...]]] = [
    ("100 KB", partial(image, length=60_000), LEVELS),
    ("1 MB", partial(image, length=960_000), ("B-LT",)),
    ("1 MB, 1,700 objects", partial(objects, number=1_700), ("B-LT",)),
    ("20 MB", partial(image, length=20_000_000), ("B-LT",)),
    ("18 MB, 30,000 objects", partial(objects, number=30_000), ("B-LT", "B-LTA")),
    ("9 MB, 30,000 objects packed", partial(objects, number=30_000, packed=True), ("B-LT",)),
    ("100 MB", partial(image, length=100_000_000), ("B-B", "B-LT", "B-LTA")),
]


@dataclass(frozen=True)
class Cost:
    """Seconds of processor time and of the clock, and the highest memory in bytes."""

    processor: float
    clock: float
    first: float  # processor time, when nothing is remembered of the certificates
    base: tuple[float, float]  # SHA-256 and RSA: processor time, clock
    memory: int
    added: int


def rows() -> Iterator[str]:
    """Measure every file, then the pool, then what is made to stall."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        practice = Practice(folder)
        small = folder / "small.pdf"
        small.write_bytes(practice.blt)
        trusted = _written(practice.anchors, folder / "trusted")
        for name, make, levels in FILES:
            unsigned = make(practice.form)
            for level in levels:
                path = folder / "signed.pdf"
                path.write_bytes(signed(practice, unsigned, level))
                yield _row(f"{name}, {level}", path, small, practice.anchors, trusted, level)
        yield from _throughput(small, practice.anchors)
        yield from _stalling(practice, folder)


def _row(name: str, path: Path, small: Path, anchors: Anchors, trusted: Path, level: str) -> str:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        cost = pool.apply(_judged, (path, small, anchors))
    processor, clock = cost.base
    return (
        f"{name:>33}  {cost.processor / processor:6.1f} x ({cost.clock / clock:.1f} x by the "
        f"clock, {cost.first / processor:.1f} x a new signer), {1000 * cost.processor:.0f} ms, "
        f"memory {cost.memory / MIB:.0f} MiB (+{cost.added / MIB:.0f})   "
        f"pyHanko {_stock(path, trusted, level, processor)}"
    )


def _judged(path: Path, small: Path, anchors: Anchors) -> Cost:
    act = partial(judge, policy=POLICY, anchors=anchors, at=RECEIVED)
    act(small)
    before = _peak()
    report = act(path)
    assert report.verdict.value == "VALID", report.codes
    memory = _peak()
    base = _shortest(_hash_and_verify(path))
    again = _shortest(lambda: act(path))
    first, _ = _shortest(lambda: _as_new(act, path))
    return Cost(*again, first, base, memory, memory - before)


def _as_new(act: Callable[[Path], object], path: Path) -> None:
    forget()
    act(path)


def _shortest(act: Callable[[], object], least: int = 5, seconds: float = 1) -> tuple[float, float]:
    """Repeat an act; give the shortest processor time and the shortest time by the clock."""
    found: list[tuple[float, float]] = []
    end = time.perf_counter() + seconds
    while len(found) < least or time.perf_counter() < end:
        processor, clock = time.process_time(), time.perf_counter()
        act()
        found.append((time.process_time() - processor, time.perf_counter() - clock))
    return min(one for one, _ in found), min(one for _, one in found)


def _hash_and_verify(path: Path) -> Callable[[], object]:
    key = rsa.generate_private_key(65537, 2048)
    scheme, prehashed = padding.PKCS1v15(), Prehashed(SHA256())
    value = key.sign(hashlib.sha256(path.read_bytes()).digest(), scheme, prehashed)
    public = key.public_key()

    def verified() -> None:
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").digest()
        public.verify(value, digest, scheme, prehashed)

    return verified


def _stock(path: Path, trusted: Path, level: str, base: float) -> str:
    command = [sys.executable, "-m", "tests.bench.stock", f"{path}", f"{trusted}", level]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    except subprocess.TimeoutExpired:
        return f"more than {PATIENCE} s"
    except subprocess.CalledProcessError as error:
        return f"ended with {error.returncode}"
    seconds, memory, said = done.stdout.split(maxsplit=2)
    return f"{float(seconds) / base:.1f} x, {int(memory) / MIB:.0f} MiB, {said.strip()}"


def _written(anchors: Anchors, folder: Path) -> Path:
    folder.mkdir()
    for number, der in enumerate((*anchors.signers, *anchors.tsa)):
        (folder / f"{number}.crt").write_bytes(der)
    for number, der in enumerate(anchors.crls):
        (folder / f"{number}.crl").write_bytes(der)
    return folder


def _peak() -> int:
    """Give the most memory that this process has had, in bytes; on Linux only.

    ``getrusage`` would count what the parent had before this process began.
    """
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def _throughput(file: Path, anchors: Anchors) -> Iterator[str]:
    """Judge one small file many times, by one worker and by two."""
    rates = {workers: _rate(workers, file, anchors) for workers in (1, 2)}
    for workers, rate in rates.items():
        yield f"{workers:>15} worker{'s' * (workers > 1)}: {rate:.0f} files of 60 KB in a second"
    yield f"{'':>15} two are {rates[2] / rates[1]:.2f} times as fast as one"


def _rate(workers: int, file: Path, anchors: Anchors) -> float:
    with SignaturePool(workers=workers) as pool, ThreadPoolExecutor(workers) as threads:
        pool.warm()
        act = partial(pool.judge, policy=POLICY, anchors=anchors, at=RECEIVED)
        list(threads.map(act, [file] * 2 * workers))
        found = []
        for _ in range(3):
            began = time.perf_counter()
            list(threads.map(act, [file] * JOBS))
            found.append(JOBS / (time.perf_counter() - began))
        return statistics.median(found)


def _stalling(practice: Practice, folder: Path) -> Iterator[str]:
    """Have each file that is made to stall judged, and say how long it took.

    By processor time, because that is the file's doing; the clock also counts what others do here.
    """
    made: dict[str, Callable[[int], bytes]] = {
        **STALLING,
        "a giant /Contents": partial(giant_contents, practice),
    }
    for name, make in made.items():
        path = folder / "stalling.pdf"
        path.write_bytes(make(STALLED))
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            asked = pool.apply_async(_stalled, (path, practice.anchors))
            try:
                processor, clock, said = asked.get(PATIENCE)
            except multiprocessing.TimeoutError:
                processor = clock = float(PATIENCE)
                said = "no verdict"
        within = "within" if processor <= TARGET else "NOT WITHIN"
        yield f"{name:>50}  {processor:5.2f} s ({clock:.2f} s), {within} {TARGET} s: {said}"


def _stalled(path: Path, anchors: Anchors) -> tuple[float, float, str]:
    processor, clock = time.process_time(), time.perf_counter()
    report = judge(path, policy=POLICY, anchors=anchors, at=RECEIVED)
    said = f"{report.verdict.value} {', '.join(report.codes)}"
    return time.process_time() - processor, time.perf_counter() - clock, said
