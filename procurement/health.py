"""Whether a server can do its work now, in words."""

from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from procurement.journal.proofs import latest_checkpoint
from procurement.stored import vault
from procurement.texts import Text
from procurement.triggers import check_installed
from procurement.vault import DOCUMENTS, VaultFault

TICKS_MISSED: Final = 3  # of the sequencer, before somebody should look
PATIENCE: Final = timedelta(seconds=20)  # a tick waits for its witnesses
CLOCKS_APART: Final = timedelta(seconds=2)  # the most; a bid is late by the database's clock
WHOLE_SECOND: Final = timedelta(seconds=1)  # what HTTP dates are rounded down to (RFC 9110 5.6.7)

DATABASE_AWAY = Text("The database does not answer", "数据库无响应")
RULES_MISSING = Text("The database lacks rules that it must hold", "数据库缺少必须具备的规则")
VAULT_AWAY = Text("The vault does not answer", "文件存储无响应")
LOG_STANDS = Text("The log has had no new checkpoint for too long", "日志过久没有新的检查点")


def unready(now: datetime) -> list[Text]:
    """Say what keeps this server from doing its work; nothing when it can."""
    if not _database_answers():
        return [DATABASE_AWAY]
    checks = {RULES_MISSING: _rules_stand, VAULT_AWAY: _vault_answers}
    found = [reason for reason, holds in checks.items() if not holds()]
    return found if log_moves(now) else [*found, LOG_STANDS]


def log_moves(now: datetime) -> bool:
    """Tell whether the sequencer has published as it should."""
    newest = latest_checkpoint()
    patience = TICKS_MISSED * timedelta(seconds=settings.TICK_SECONDS) + PATIENCE
    return newest is not None and now - newest.at <= patience


def clocks_apart(clock: Callable[[], datetime]) -> list[str]:
    """Say which clock is more than ``CLOCKS_APART`` from this machine's, the one that we are on."""
    apart = {"database": _apart(clock, _database_time), "vault": _apart(clock, vault().clock)}
    return [
        f"The clocks of the {name} and of this machine are {by.total_seconds():.1f} s apart: "
        "let both follow the same time servers."
        for name, by in apart.items()
        if by > CLOCKS_APART
    ]


def _apart(clock: Callable[[], datetime], asked: Callable[[], datetime | None]) -> timedelta:
    """Give how far another clock is at least from ours, whatever its answer took."""
    before = clock()
    told = asked()
    after = clock()
    if told is None:
        return timedelta(0)
    rounding = timedelta(0) if told.microsecond else WHOLE_SECOND
    return max(before - (told + rounding), told - after, timedelta(0))


def _database_answers() -> bool:
    try:
        _database_time()
    except DatabaseError:
        return False
    return True


def _database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
    return told


def _rules_stand() -> bool:
    try:
        check_installed()
    except (ImproperlyConfigured, DatabaseError):
        return False
    return True


def _vault_answers() -> bool:
    try:
        vault().versions(DOCUMENTS, f"absent/{token_hex(8)}")
    except (VaultFault, ValueError):
        return False
    return True
