"""The platform's own signing keys, as files in ``settings.KEYS_DIR`` that only it may read.

In try-out and tests they are made at first use. In production a missing key stops the start:
a log that signs with a key nobody published is worth nothing. ``platform.p12``, the certificate
that seals receipts and minutes as PDF, lies in the same directory.
"""

import os
import secrets
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from procurement.proof.note_keys import BadNote, CosignSigner, Signer

WITNESSES = 4
QUORUM = 3  # of 4 with one corrupt: more than (4 + 1) / 2

S = TypeVar("S", bound=Signer)


def checkpoint_signer() -> Signer:
    """Give the key that signs checkpoints."""
    return _key(Signer, "checkpoint/1")


def receipt_signer() -> Signer:
    """Give the key that signs receipts; never the one that signs checkpoints."""
    return _key(Signer, "receipt/1")


def witness_signers() -> list[CosignSigner]:
    """Give the keys of the witnesses that run in this process."""
    return [_key(CosignSigner, f"witness/{number}") for number in range(1, WITNESSES + 1)]


def sealing_key_file() -> Path:
    """Name the PKCS#12 file with which the platform signs PDFs."""
    return Path(settings.KEYS_DIR) / "platform.p12"


def write_once(path: Path, text: str) -> None:
    """Write a key whole or not at all; of several processes at once, the first one's stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _key(kind: type[S], name: str) -> S:
    """Read a key from its file, made first where that is allowed."""
    name = f"{settings.LOG_ORIGIN}/{name}"
    path = Path(settings.KEYS_DIR) / ("-".join(name.split("/")[-2:]) + ".key")
    if not path.exists() and not settings.PRODUCTION:
        write_once(path, kind.generate(name).encode())
    try:
        signer = kind.decode(path.read_text().strip())
    except (OSError, BadNote) as error:
        raise ImproperlyConfigured(f"The platform's key {path} cannot be used: {error}") from None
    if signer.name != name:
        raise ImproperlyConfigured(f"The key {path} is {signer.name}'s, not {name}'s.")
    return signer
