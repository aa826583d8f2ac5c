"""The training authority: everything that a real trust service does, on one machine, for nothing.

It makes a root, an issuing authority, a time-stamping authority and the certificates of practice
suppliers and officers, and keeps them in one directory. certomancer writes its revocation lists,
its OCSP answers and its timestamps. Nobody else trusts it, and its names say so.

    python -m signatures.training serve --dir DIR [--port PORT] [--at INSTANT]

prints one line, ``training authority ready at http://127.0.0.1:PORT``, and ends on SIGTERM.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypedDict

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    NameOID,
    ObjectIdentifier,
)

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Kind = Literal["p256", "rsa"]
DEFAULT_URL = "http://127.0.0.1:2560"
AUTHORITY_LIFE = timedelta(days=20 * 365)
PERSON_LIFE = timedelta(days=2 * 365)
BACKDATE = timedelta(days=30)  # practice timelines start in the past
LIST_LIFE = timedelta(days=7)  # how long a revocation list is good for
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336

KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)

# label: (common name, label of its issuer)
AUTHORITIES = {
    "root": ("Daylight Training Root", "root"),
    "issuing": ("Daylight Training Issuing CA", "root"),
    "tsa-root": ("Daylight Training Time Root", "tsa-root"),
    "tsa": ("Daylight Training Time-Stamping Authority", "tsa-root"),
    "ocsp": ("Daylight Training OCSP Responder", "issuing"),
}


class _State(TypedDict):
    url: str
    revoked: dict[str, str]  # "<issuer label>/<serial>": instant


@dataclass(frozen=True)
class Credential:
    """A practice certificate with its key, as a PKCS#12 file that a person would be given."""

    certificate: x509.Certificate
    key: PrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate_der(self) -> bytes:
        """Return the certificate as DER bytes."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the DER certificate in hex, as an enrolment records it."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def pkcs12(self, passphrase: str) -> bytes:
        """Pack key, certificate and issuing certificates under a passphrase."""
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
        return pkcs12.serialize_key_and_certificates(
            b"daylight training", self.key, self.certificate, self.chain, encryption
        )

    @classmethod
    def from_pem(cls, text: str) -> "Credential":
        """Read what ``pem`` wrote."""
        key = serialization.load_pem_private_key(text.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
        certificate, *chain = x509.load_pem_x509_certificates(text.encode())
        return cls(certificate, key, tuple(chain))

    def pem(self) -> bytes:
        """Return the unencrypted key, the certificate and its issuers as one PEM text."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        pem = serialization.Encoding.PEM
        return key + b"".join(c.public_bytes(pem) for c in (self.certificate, *self.chain))


class TrainingAuthority:
    """One directory of practice authorities; opened again, it is the same authority.

    ``now`` dates what is made when the directory is new. ``url`` is where its services will
    answer; certificates carry it, and a directory remembers the first one.
    """

    def __init__(self, directory: Path, *, now: datetime, url: str = DEFAULT_URL) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._state_file = directory / "state.json"
        if not self._state_file.exists():
            self._write_state({"url": url, "revoked": {}})
        self.url = self._state()["url"]
        for label in AUTHORITIES:
            if not (directory / f"{label}.pem").exists():
                self._make_authority(label, now)

    def authority(self, label: str) -> Credential:
        """Load one of ``AUTHORITIES`` by its label."""
        return Credential.from_pem((self.directory / f"{label}.pem").read_text())

    def issue(
        self,
        *,
        common_name: str,
        organisation: str,
        now: datetime,
        identifier: str | None = None,
        country: str = "CN",
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
        kind: Kind = "p256",
        besides: Iterable[x509.ExtensionType] = (),
    ) -> Credential:
        """Issue a certificate that signs documents, to a supplier, an officer or the platform.

        ``besides`` are more extensions, such as the statements of a qualified certificate.
        ``identifier`` is an organizationIdentifier (ETSI EN 319 412-1, 5.1.4), for example
        ``NTRCN-91310000MA1K0000XX``. An expired certificate is one whose ``valid_until`` is past.
        """
        names = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
        if identifier is not None:
            names.insert(2, x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, identifier))
        issuer = self.authority("issuing")
        key = _new_key(kind)
        builder = _builder(
            x509.Name(names),
            issuer=issuer.certificate.subject,
            key=key,
            valid_from=valid_from or now - BACKDATE,
            valid_until=valid_until or now + PERSON_LIFE,
        )
        builder = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage("digital_signature", "content_commitment"), critical=True)
            .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        )
        for extension in besides:
            builder = builder.add_extension(extension, critical=False)
        certificate = _signed(self._with_services(builder, "issuing"), issuer)
        return Credential(certificate, key, (issuer.certificate,))

    def revoke(self, certificate: x509.Certificate, *, at: datetime) -> None:
        """Revoke a certificate of this authority as from ``at``; lists made later say so."""
        by_subject = {self.authority(label).certificate.subject: label for label in AUTHORITIES}
        issuer = by_subject[certificate.issuer]
        state = self._state()
        since = at.replace(microsecond=0).isoformat()  # a list knows no fractions (RFC 5280)
        state["revoked"][f"{issuer}/{certificate.serial_number}"] = since
        self._write_state(state)

    def revoked(self, issuer: str, *, by: datetime) -> dict[int, datetime]:
        """Return the serial numbers that an authority had revoked ``by`` an instant, and when."""
        marks = (
            (name.removeprefix(f"{issuer}/"), datetime.fromisoformat(at))
            for name, at in self._state()["revoked"].items()
            if name.startswith(f"{issuer}/")
        )
        return {int(serial): at for serial, at in marks if at <= by}

    def write_anchors(self, directory: Path, *, now: datetime) -> Path:
        """Write ``signers/``, ``tsa/`` and ``revocation/`` as an operator's anchors directory."""
        from signatures.training_services import revocation_list

        for room in ("signers", "tsa", "revocation"):
            (directory / room).mkdir(parents=True, exist_ok=True)
        pem = serialization.Encoding.PEM
        for room, label in (("signers", "root"), ("tsa", "tsa-root")):
            text = self.authority(label).certificate.public_bytes(pem)
            (directory / room / f"{label}.pem").write_bytes(text)
        for label in ("root", "issuing", "tsa-root"):
            crl = revocation_list(self, label, at=now)
            (directory / "revocation" / f"{label}.crl").write_bytes(crl)
        return directory

    def _make_authority(self, label: str, now: datetime) -> None:
        common_name, issuer_label = AUTHORITIES[label]
        key = ec.generate_private_key(ec.SECP256R1())
        names = [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Daylight Training, not for real use"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
        own = label == issuer_label
        issuer = None if own else self.authority(issuer_label)
        builder = _builder(
            x509.Name(names),
            issuer=issuer.certificate.subject if issuer else x509.Name(names),
            key=key,
            valid_from=now - 12 * BACKDATE,
            valid_until=now + AUTHORITY_LIFE,
        )
        builder = _purpose(builder, label)
        if not own:
            builder = self._with_services(builder, issuer_label)
        if issuer is None:
            certificate = builder.sign(key, hashes.SHA256())
        else:
            certificate = _signed(builder, issuer)
        chain = () if issuer is None or issuer_label.endswith("root") else (issuer.certificate,)
        path = self.directory / f"{label}.pem"
        path.touch(mode=0o600)
        path.write_bytes(Credential(certificate, key, chain).pem())

    def _with_services(
        self, builder: x509.CertificateBuilder, issuer: str
    ) -> x509.CertificateBuilder:
        point = x509.DistributionPoint(
            [x509.UniformResourceIdentifier(f"{self.url}/crl/{issuer}.crl")], None, None, None
        )
        ocsp = x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP,
            x509.UniformResourceIdentifier(f"{self.url}/ocsp/{issuer}"),
        )
        return builder.add_extension(
            x509.CRLDistributionPoints([point]), critical=False
        ).add_extension(x509.AuthorityInformationAccess([ocsp]), critical=False)

    def _state(self) -> _State:
        state: _State = json.loads(self._state_file.read_text())
        return state

    def _write_state(self, state: _State) -> None:
        temporary = self._state_file.with_suffix(".new")
        temporary.write_text(json.dumps(state, indent=1, sort_keys=True))
        temporary.replace(self._state_file)


def _new_key(kind: Kind) -> PrivateKey:
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1())


def _builder(
    subject: x509.Name,
    *,
    issuer: x509.Name,
    key: PrivateKey,
    valid_from: datetime,
    valid_until: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _signed(builder: x509.CertificateBuilder, issuer: Credential) -> x509.Certificate:
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    return builder.add_extension(identifier, critical=False).sign(issuer.key, hashes.SHA256())


def _purpose(builder: x509.CertificateBuilder, label: str) -> x509.CertificateBuilder:
    """Give a training authority the extensions of its trade."""
    if label in ("root", "issuing", "tsa-root"):
        length = 1 if label == "root" else 0
        constraint = x509.BasicConstraints(ca=True, path_length=length)
        usage = _usage("key_cert_sign", "crl_sign")
        return builder.add_extension(constraint, critical=True).add_extension(usage, critical=True)

    purpose = (
        ExtendedKeyUsageOID.TIME_STAMPING if label == "tsa" else ExtendedKeyUsageOID.OCSP_SIGNING
    )
    builder = (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    )
    if label == "ocsp":
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)  # RFC 6960, 4.2.2.2.1
    return builder


def _usage(*on: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in on for name in KEY_USAGES})


def main(arguments: list[str]) -> int:
    """Serve a training authority until SIGTERM; print one line when it is ready."""
    from signatures.training_services import serve

    parser = argparse.ArgumentParser(prog="python -m signatures.training")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("serve", help="answer OCSP, CRL and timestamp requests")
    command.add_argument("--dir", type=Path, required=True)
    command.add_argument("--port", type=int, default=0, help="0: any free port")
    command.add_argument("--at", type=datetime.fromisoformat, help="a clock that stands still")
    chosen = parser.parse_args(arguments)
    if chosen.at is not None and chosen.at.tzinfo is None:
        parser.error("--at needs a zone, for example 2026-11-24T09:00:00+00:00")
    serve(chosen.dir, port=chosen.port, at=chosen.at)
    return 0


def wall_clock() -> datetime:
    """Return the time of this machine; a training authority is an edge, it has a clock."""
    return datetime.now(UTC)  # noqa: TID251 - the authority is a service of its own


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
