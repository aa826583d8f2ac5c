"""The versions that a verdict depends on, the code of this judge among them."""

import hashlib
import importlib.metadata
from functools import cache
from pathlib import Path

from signatures.pdf.algorithms import VERSION as ALGORITHMS

CODE_SHOWN = 12  # hex digits of the digest of the judge's own code


@cache
def software() -> str:
    """Name the versions that a verdict depends on, the code of this judge among them."""
    names = ("daylight-procurement", "pyHanko", "pyhanko-certvalidator", "pikepdf", "pypdfium2")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in names]
    return ", ".join([*versions, f"algorithms {ALGORITHMS}", f"judge {_code()[:CODE_SHOWN]}"])


def _code() -> str:
    """Hash the sources of this package: a release says nothing of code between two releases."""
    folder, found = Path(__file__).parent, hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
