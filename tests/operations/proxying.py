"""nginx on loopback with the files that an agency runs, where only names and places differ."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from procurement.tryout.processes import LOOPBACK, Processes, free_port
from procurement.tryout.services import ServiceMissing, program_of
from tests.servers import ROOT
from tests.tolerance import missing_service

NGINX = ROOT / "docker" / "nginx"
CERTIFICATE, KEY = "certificate.pem", "key.pem"


@contextmanager
def nginx(place: Path, role: str, here: Mapping[str, str]) -> Iterator[int]:
    """Run ``docker/nginx/<role>.conf`` and give the port that it listens on.

    ``here`` says for each piece of the file what stands in its place on this machine; a piece that
    is not in the file fails the test. ``LISTEN`` in it becomes the address.
    """
    try:
        program = program_of("nginx", "nginx-light", print)
    except ServiceMissing as why:
        missing_service(why)
    port, written = free_port(), place / f"{role}.conf"
    text = (NGINX / written.name).read_text()
    places = {
        f"/run/secrets/{role}_certificate": str(place / CERTIFICATE),
        f"/run/secrets/{role}_key": str(place / KEY),
    }
    for said, instead in ({"/tmp/": f"{place}/"} | dict(here) | places).items():
        assert said in text
        text = text.replace(said, instead.replace("LISTEN", f"{LOOPBACK}:{port}"))
    written.write_text(text)
    _certify(place)
    with Processes(place) as processes:
        processes.start(
            "nginx",
            [program, "-c", written, "-g", "daemon off; user root;"],
            ready=f"{LOOPBACK}:{port}",
        )
        yield port


def _certify(place: Path) -> None:
    """Write a key and a certificate for this machine that no clock will find too old."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(datetime(1970, 1, 1)).not_valid_after(datetime(9999, 12, 31))
    signed = made.add_extension(here, critical=True).sign(key, SHA256())
    (place / CERTIFICATE).write_bytes(signed.public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (place / KEY).write_bytes(plain)
