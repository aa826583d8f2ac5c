"""Packs the verifier into one file that Python runs: ``python -m oversight.verify.pack OUT.pyz``.

What goes in is what the command imports of ours, found by reading it; beside it the file needs
Python and ``cryptography``. The same sources give the same bytes.
"""

import ast
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENTRY = "oversight.verify.command"
MAIN = f"from {ENTRY} import main\n\nraise SystemExit(main())\n"
SHEBANG = b"#!/usr/bin/env python3\n"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def pack(out: Path) -> list[str]:
    """Write the one file, and name the modules in it."""
    modules = sorted(needed())
    with out.open("wb") as file:
        file.write(SHEBANG)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted({one for module in modules for one in _files(module)}):
                _add(archive, path.relative_to(ROOT).as_posix(), path.read_bytes())
            _add(archive, "__main__.py", MAIN.encode())
    out.chmod(0o755)
    return modules


def needed(entry: str = ENTRY) -> set[str]:
    """Name every module of ours that one imports, and those import in turn."""
    found: set[str] = set()
    left = [entry]
    while left:
        module = left.pop()
        if module not in found and _source(module):
            found.add(module)
            left += _imported(module)
    return found


def _imported(module: str) -> Iterator[str]:
    source = _source(module)
    assert source is not None
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _source(module: str) -> Path | None:
    """Find a module's file here; None for packages and for what is not ours."""
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    return path if path.is_file() else None


def _files(module: str) -> Iterator[Path]:
    """Name a module's file, and the beginnings of the packages above it."""
    steps = module.split(".")
    yield ROOT.joinpath(*steps).with_suffix(".py")
    for depth in range(1, len(steps)):
        yield ROOT.joinpath(*steps[:depth]) / "__init__.py"


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, FIRST_DAY)
    entry.create_system, entry.external_attr = 3, 0o644 << 16  # as on Unix, on every machine
    archive.writestr(entry, content)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m oversight.verify.pack OUT.pyz")
    sys.stdout.write(f"{sys.argv[1]}: {len(pack(Path(sys.argv[1])))} modules\n")
