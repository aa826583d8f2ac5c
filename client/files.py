"""Reading and writing the small files: objects, notes, and secrets that only their owner reads."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from client.output import Stopped
from procurement.proof.notes import Verifier
from procurement.proof.shapes import Statement
from procurement.texts import Text

LARGEST = 16 * 1024 * 1024  # bytes; objects, keys and offers are far smaller
Read = TypeVar("Read", bound=Statement)


def read_small(path: Path) -> bytes:
    """Read a whole small file.

    :raises Stopped: for one that is larger than any object may be.
    """
    if path.stat().st_size > LARGEST:
        raise Stopped(
            "too-large",
            Text("{path} is too large to be what was asked for.", "{path} 过大，不是所需的文件。"),
            path=path,
        )
    return path.read_bytes()


def read_object(kind: type[Read], path: Path, agency_key: str | None = None) -> Read:
    """Read an object from its canonical JSON, or from a ``.note`` that the agency signed.

    :raises Stopped: for a note without a key to check it by, or a key without a note.
    """
    if path.suffix == ".note":
        if agency_key is None:
            raise Stopped(
                "no-agency-key",
                Text(
                    "{path} is signed: give the agency's key with --agency-key to check it.",
                    "{path} 已签名：请用 --agency-key 给出采购机关的公钥以便核验。",
                ),
                path=path,
            )
        return kind.open(read_small(path), Verifier.parse(agency_key))
    if agency_key is not None:
        raise Stopped(
            "not-signed",
            Text(
                "{path} is not signed: give the .note, as a key was given.",
                "{path} 未签名：既已给出公钥，请给出签名文件（.note）。",
            ),
            path=path,
        )
    return kind.read(read_small(path))


def read_json(path: Path) -> Any:
    """Read JSON as people write it; a name that stands twice is refused.

    :raises Stopped: for what is not JSON.
    """
    try:
        return json.loads(read_small(path), object_pairs_hook=_once)
    except _NamedTwice:
        why: Text | str = Text("a name stands twice in one object", "同一对象中有名称重复出现")
    except (ValueError, RecursionError) as error:
        why = str(error)
    text = Text("{path} is not JSON: {why}.", "{path} 不是可用的 JSON：{why}。")
    raise Stopped("not-json", text, path=path, why=why)


class _NamedTwice(ValueError):  # noqa: N818 - reads as what was found
    """An object of which two readers could read two things."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise _NamedTwice
    return dict(pairs)


def write_new(path: Path, data: bytes, *, secret: bool = False) -> None:
    """Write a file that must not exist yet; a secret one is its owner's alone (mode 0600).

    :raises FileExistsError: rather than overwrite anything.
    """
    mode = 0o600 if secret else 0o644
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a hidden folder to fill, which becomes ``path`` only when all went well.

    :raises Stopped: when ``path`` is there already.
    """
    if path.exists() or path.is_symlink():
        raise Stopped(
            "exists",
            Text(
                "{path} is there already: choose another --out.",
                "{path} 已存在：请另选一个 --out。",
            ),
            path=path,
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    growing = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield growing
        growing.chmod(0o755)
        growing.rename(path)
    finally:
        shutil.rmtree(growing, ignore_errors=True)


@contextmanager
def taken_back(path: Path) -> Iterator[None]:
    """Remove a file that was not there before, unless everything inside went well."""
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise
