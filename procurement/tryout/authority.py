"""The try-out's trust services: a training authority that nobody else trusts, on this machine.

    with Processes(home) as processes:
        tsa = authority.start(processes, home, say, now=now)

Its directory is made once and kept, ``<home>/authority``. Certificates carry the address of its
services, so the port of the first start is taken again at every other one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

from procurement.keys import sealing_key_file
from procurement.tryout.processes import LOOPBACK, PortTaken, Processes, free_port

Say = Callable[[str], None]

if TYPE_CHECKING:  # at run time only where it is used: the ground floor imports nothing upwards
    from signatures.training import Credential, TrainingAuthority

PLATFORM = "Daylight try-out platform"
PLATFORM_IDENTIFIER = "NTRXX-DAYLIGHT-TRY-OUT"


def start(processes: Processes, home: Path, say: Say, *, now: datetime) -> str:
    """Prepare the authority, start its services, and return the address that gives timestamps.

    :raises NotStarted: with the last words of the services.
    """
    authority = prepare(home, now=now)
    port = _port(authority.url, say)
    processes.start(
        "authority",
        [
            *(sys.executable, "-m", "signatures.training", "serve"),
            *("--dir", directory(home), "--port", str(port)),
        ],
        ready=f"http://{LOOPBACK}:{port}/healthz",
    )
    return f"http://{LOOPBACK}:{port}/tsa"


def prepare(home: Path, *, now: datetime) -> TrainingAuthority:
    """Make the authority, its anchors directory and the platform's key; what is there stays.

    Revocation lists alone are written anew: each is good for seven days.
    """
    authority = _open(home, now=now)
    authority.write_anchors(directory(home) / "anchors", now=now)
    if not (path := sealing_key_file()).exists():
        platform = authority.issue(
            common_name=PLATFORM, organisation=PLATFORM, identifier=PLATFORM_IDENTIFIER, now=now
        )
        write_key(path, platform)
    return authority


def credential(
    home: Path,
    *,
    common_name: str,
    organisation: str,
    identifier: str,
    passphrase: str,
    now: datetime,
    **wanted: Any,
) -> bytes:
    """Issue a certificate to a practice officer or supplier, as PKCS#12 under a passphrase.

    ``wanted`` goes to ``TrainingAuthority.issue``: ``valid_until``, ``kind`` and others.
    """
    issued = _open(home, now=now).issue(
        common_name=common_name,
        organisation=organisation,
        identifier=identifier,
        now=now,
        **wanted,
    )
    return issued.pkcs12(passphrase)


def directory(home: Path) -> Path:
    """Name the directory of the authority."""
    return home / "authority"


def write_key(path: Path, credential: Credential) -> None:
    """Write a new PKCS#12 file that opens without a passphrase, and that its owner alone reads."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    packed = pkcs12.serialize_key_and_certificates(
        PLATFORM.encode(),
        credential.key,
        credential.certificate,
        credential.chain,
        NoEncryption(),
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(packed)


def _open(home: Path, *, now: datetime) -> TrainingAuthority:
    """Open the authority; a new one takes the usual port if it is free, and any other if not."""
    from signatures.training import DEFAULT_URL, TrainingAuthority

    url = DEFAULT_URL
    if not (directory(home) / "state.json").exists():
        url = f"http://{LOOPBACK}:{_free(urlsplit(DEFAULT_URL).port)}"
    return TrainingAuthority(directory(home), now=now, url=url)


def _port(url: str, say: Say) -> int:
    """Take the port that the certificates name, or another one if somebody has it."""
    wanted = urlsplit(url).port
    port = _free(wanted)
    if port != wanted:
        say(f"Port {wanted} of the practice authority is taken; it answers on {port} this time.")
    return port


def _free(wanted: int | None) -> int:
    try:
        return free_port(wanted)
    except PortTaken:
        return free_port()
