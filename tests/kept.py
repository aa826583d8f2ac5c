"""What many tests begin with is made once by the real actions; then its rows are put back.

``once`` looks at all rows before a step. Where the same step has begun at the same rows before, the
rows it ended with are put in their place, and what it put into the vault beside them. Otherwise the
step is taken. So a test cannot tell the difference, but by its speed.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.conf import UserSettingsHolder, settings
from django.db import connection
from django.test import override_settings

from tests import rows, servers
from tests.rows import Rows

DIRECTORY = "dir://"
MOVED_BY_ALL = {"VAULT", "KEYS_DIR", "SIGNATURE_ANCHORS_DIR", "SETTINGS_MODULE"}
Made = TypeVar("Made")


@dataclass(frozen=True)
class Step:
    """How a step ended: its rows, what it gave, and what it put into the vault."""

    ended: Rows
    made: Any
    vault: Path


_steps: dict[tuple[str, ...], Step] = {}
_ends: set[str] = set()  # digests of rows at which a kept step ended: where another may begin


def once(name: str, take: Callable[[], Made], *, first: bool = False) -> Made:
    """Take a step, or have the rows that it left when it was taken before.

    ``name`` says all that the step depends on besides the rows. What the step gives is given again:
    let it be values that nobody changes. A step is kept if it is a ``first`` one or begins where
    another ended.
    """
    if not (settings.VAULT.startswith(DIRECTORY) and _is_plain() and _superuser()):
        return take()
    before = rows.read()
    step = _steps.get((before.digest, name))
    if step is None:
        if not first and before.digest not in _ends:
            return take()
        step = _taken(take)
        _steps[before.digest, name] = step
        _ends.add(step.ended.digest)
    else:
        rows.exchange(before, step.ended)
    shutil.copytree(step.vault, settings.VAULT.removeprefix(DIRECTORY), dirs_exist_ok=True)
    made: Made = step.made
    return made


def _taken(take: Callable[[], Any]) -> Step:
    kept = servers.home() / "kept"
    kept.mkdir(exist_ok=True)
    vault = Path(tempfile.mkdtemp(dir=kept))
    with override_settings(VAULT=f"{DIRECTORY}{vault}"):
        made = take()
    return Step(rows.read(), made, vault)


def _is_plain() -> bool:
    """Tell whether no setting is moved but those that every test may move."""
    moved, holder = set(), settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        moved |= {name for name in vars(holder) if name.isupper()} | holder._deleted
        holder = holder.default_settings
    return moved <= MOVED_BY_ALL


def _superuser() -> bool:
    """Tell whether this connection may put rows back unwatched; a server of others may refuse."""
    return bool(connection.cursor().connection.info.parameter_status("is_superuser") == "on")
