"""What a production server makes sure of, by looking and by trying, before it answers anybody.

``settings`` judges what the environment alone tells. Each reason here is a sentence that an
operator can act on, and ``manage.py production_check`` says them all without starting anything.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.core.checks.security.base import check_secret_key
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from procurement import database_roles, dotted, health
from procurement.fonts import FontsMissing, settable
from procurement.keys import checkpoint_signer, receipt_signer, witness_signers
from procurement.stored import vault
from procurement.vault import VaultFault

PRACTICE: Final = "not for real use"  # stands in the name of every practice authority
FACTORY_SECRETS: Final = ("minioadmin", "minio123", "password")  # printed in manuals
SAMPLE: Final = "招标"  # a word that every paper contains


def refuse_unless_fit(now: datetime) -> None:
    """Let a server start only where no check finds anything.

    :raises ImproperlyConfigured: with every reason.
    """
    if found := [reason for reasons in judged(now).values() for reason in reasons]:
        raise ImproperlyConfigured(f"Production does not start here. {' '.join(found)}")


def judged(now: datetime) -> dict[str, list[str]]:
    """Make every check; give what each is about, and the reasons against it."""
    checks: dict[str, Callable[[], list[str]]] = {
        "nobody can guess the secret key": _secret_key,
        "nobody can move the clock by which a bid is late": _clock,
        "nobody who serves can drop a rule of the database": database_roles.faults,
        "all clocks agree": _clocks,
        "grave acts ask for a second factor": _second_factor,
        "papers can be set in Chinese": _fonts,
        "the log has keys of its own": _keys,
        "receipts and minutes can be sealed": lambda: _seal(now),
        "it is said whose signatures count": lambda: _anchors(now),
        "nobody can take away what the vault keeps": lambda: _vault(now),
    }
    return {what: check() for what, check in checks.items()}


def watched(now: datetime) -> dict[str, list[str]]:
    """Look at what keeps no server from starting, and will be amiss unless somebody sees to it."""
    rooms = dotted.found(settings.WATCHED)
    return {what: reasons for room in rooms for what, reasons in room(now=now).items()}


def _secret_key() -> list[str]:
    return [f"DAYLIGHT_SECRET_KEY: {warning.msg}" for warning in check_secret_key(None)]


def _clock() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('daylight_clock') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return []
    return ["The database was made for a try-out: run manage.py migrate in production mode."]


def _clocks() -> list[str]:
    try:
        return health.clocks_apart(lambda: datetime.fromtimestamp(time.time(), UTC))
    except (VaultFault, ValueError):
        return []  # that it cannot be reached is said elsewhere


def _second_factor() -> list[str]:
    if settings.SECOND_FACTOR_REQUIRED:
        return []
    return ["SECOND_FACTOR_REQUIRED is off: a stolen password would be enough to open bids."]


def _fonts() -> list[str]:
    try:
        if settable(SAMPLE, Path(settings.FONTS_DIR)) == SAMPLE:
            return []
    except FontsMissing as missing:
        return [str(missing)]
    return [f"The fonts in {settings.FONTS_DIR} have no Chinese."]


def _keys() -> list[str]:
    found = []
    for signers in (checkpoint_signer, receipt_signer, witness_signers):
        try:
            signers()
        except ImproperlyConfigured as missing:
            found.append(str(missing))
    files = sorted(Path(settings.KEYS_DIR).glob("*"))
    open_to_others = [path for path in files if path.stat().st_mode & 0o077]
    return found + [f"{path} is open to others: chmod go= {path}." for path in open_to_others]


def _seal(now: datetime) -> list[str]:
    return [fault for faults in dotted.found(settings.SEALING) for fault in faults(now=now)]


def _anchors(now: datetime) -> list[str]:
    """Judge the approved version, where there is one; else the directory counts."""
    for faults in dotted.found(settings.TRUSTING):
        if (against := faults(now=now)) is not None:
            return [*against]
    directory = Path(settings.SIGNATURE_ANCHORS_DIR) / "signers"
    found, files = [], [path for path in sorted(directory.glob("*")) if path.is_file()]
    for path in files:
        try:
            found += _practice(path, _certificates(path.read_bytes()))
        except (OSError, ValueError) as fault:
            found.append(f"{path} holds no certificate: {fault}.")
    return found or ([] if files else [f"There is no certificate in {directory}."])


def _certificates(text: bytes) -> list[x509.Certificate]:
    if b"-----BEGIN" in text:
        return x509.load_pem_x509_certificates(text)
    return [x509.load_der_x509_certificate(text)]


def _practice(path: Path, certificates: list[x509.Certificate]) -> list[str]:
    names = {one.issuer.rfc4514_string() for one in certificates}
    if any(PRACTICE in name for name in names):
        return [f"{path} is of a practice authority, which is {PRACTICE}."]
    return []


def _vault(now: datetime) -> list[str]:
    found = []
    address = urlsplit(settings.VAULT)
    if {address.username, address.password} & {*FACTORY_SECRETS}:
        found.append("DAYLIGHT_VAULT has the credentials of a manual: take secret ones.")
    try:
        return found + [
            f"The vault is not write-once: {why}." for why in vault().probe(now).reasons
        ]
    except (VaultFault, ValueError) as fault:
        return [*found, f"The vault cannot be tried: {fault}."]
