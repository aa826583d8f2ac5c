"""Run the tests that judge signatures, and name every branch of ``signatures/`` not taken.

    make coverage                               all of them
    python -m tests.counting --add tests/...    some more, added to what was counted before

It fails under 100 %, and when a test fails. What does not count stands in ``pyproject.toml``.
"""

import os
import subprocess
import sys

from tests.counting.sitecustomize import gather
from tests.servers import ROOT

COUNTING = {
    "DAYLIGHT_COUNTING": str(ROOT / "pyproject.toml"),
    "PYTHONPATH": str(ROOT / "tests" / "counting"),
}
HOW = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-q")
JUDGING = ("tests/signatures",)


def main(asked: list[str]) -> int:
    """Run, count and report; 0 only when all is well."""
    adding = asked[:1] == ["--add"]
    if not adding:
        for old in ROOT.glob(".coverage*"):
            old.unlink()
    tested = _run("pytest", *HOW, *(asked[adding:] or JUDGING), counting=COUNTING)
    for notes in ROOT.glob(".coverage-worker.*"):
        gather(notes)
    _run("coverage", "combine", "--append", "--quiet")
    return _run("coverage", "report") or tested


def _run(module: str, *words: str, counting: dict[str, str] | None = None) -> int:
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env=os.environ | (counting or {}),
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
