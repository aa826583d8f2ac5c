"""Keys that are somewhere else, as tests have them: in SoftHSM, and at a signing service."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from pkcs11 import Attribute, CertificateType, ObjectClass

from procurement.tryout.processes import LOOPBACK, Processes, free_port
from procurement.tryout.services import ServiceMissing, program_of
from signatures.pdf.token_keys import TokenKey, let_go
from signatures.training import Credential
from tests.tolerance import missing_service

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
TOKEN, PIN = "daylight", "31415926"

_VALIDITY = (
    'validity: {valid-from: "2026-01-01T00:00:00+0000", valid-to: "2040-01-01T00:00:00+0000"}'
)
SERVICE = f"""
keysets:
  keys: {{path-prefix: ., keys: {{root: {{path: root.pem}}, seal: {{path: seal.pem}}}}}}
pki-architectures:
  practice:
    keyset: keys
    entity-defaults: {{organization-name: Practice, country-name: XX}}
    entities: {{root: {{common-name: Root}}, seal: {{common-name: Seal}}}}
    certs:
      root:
        subject: root
        issuer: root
        {_VALIDITY}
        profiles: [{{id: simple-ca, params: {{max-path-len: 0}}}}]
      seal:
        subject: seal
        issuer: root
        {_VALIDITY}
        extensions:
          - id: key_usage
            critical: true
            smart-value: {{schema: key-usage, params: [digital_signature, non_repudiation]}}
"""


@dataclass(frozen=True)
class Token:
    """A token of SoftHSM, into which a test puts what it needs."""

    directory: Path

    def put_key(self, label: str, credential: Credential, *, label_of_key: str = "") -> None:
        """Put a key and its certificate under one label; ``label_of_key`` parts them."""
        path = self.directory / f"{label}.pem"
        path.write_bytes(
            credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        told = ["--token", TOKEN, "--pin", PIN]
        told += ["--label", label_of_key or label, "--id", label.encode().hex()]
        _run("softhsm2-util", "--import", str(path), *told)
        self.put_certificate(label, credential.certificate_der)

    def put_certificate(self, label: str, der: bytes) -> None:
        token = pkcs11.lib(str(MODULE)).get_token(token_label=TOKEN)
        with token.open(user_pin=PIN, rw=True) as session:
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                    Attribute.TOKEN: True,
                    Attribute.LABEL: label,
                    Attribute.SUBJECT: b"\x30\x00",
                    Attribute.VALUE: der,
                }
            )

    def key(self, label: str, *, pin: str = PIN, certificates: Path | None = None) -> TokenKey:
        return TokenKey(MODULE, TOKEN, label, pin, certificates)


@contextmanager
def softhsm(place: Path) -> Iterator[Token]:
    """Make a token of SoftHSM's, with directories of its own."""
    try:
        program_of("softhsm2-util", "softhsm2", print)
    except ServiceMissing as why:
        missing_service(why)
    (place / "tokens").mkdir(parents=True)
    written = place / "softhsm2.conf"
    written.write_text(f"directories.tokendir = {place / 'tokens'}\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("SOFTHSM2_CONF", str(written))
        pins = ["--pin", PIN, "--so-pin", PIN]
        _run("softhsm2-util", "--init-token", "--free", "--label", TOKEN, *pins)
        yield Token(place)
        let_go()


@contextmanager
def signing_service(place: Path, root: Credential, seal: Credential) -> Iterator[str]:
    """Run a signing service on loopback that wants each digest authorised; give its address.

    Its credential is ``practice/seal``.
    """
    place.mkdir(parents=True, exist_ok=True)
    for name, credential in (("root", root), ("seal", seal)):
        (place / f"{name}.pem").write_bytes(
            credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
    (place / "service.yml").write_text(SERVICE)
    port = free_port()
    with Processes(place) as processes:
        processes.start(
            "csc",
            [sys.executable, "-m", "csc_dummy", place / "service.yml", str(port), "2"],
            ready=f"{LOOPBACK}:{port}",
        )
        yield f"http://{LOOPBACK}:{port}"


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
