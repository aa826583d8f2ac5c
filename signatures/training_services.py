"""What the training authority answers: revocation lists, OCSP and timestamps, by certomancer.

The three functions work without a network, for tests and for evidence that travels with a file.
``serve`` puts them on 127.0.0.1:

    POST /tsa               RFC 3161 request      → RFC 3161 response
    POST /ocsp/<authority>  RFC 6960 request      → RFC 6960 response
    GET  /crl/<authority>.crl                     → RFC 5280 list
    GET  /healthz                                 → ``ready``

A file ``clock`` in the directory, holding one instant, is the authority's time when it is there.
"""

import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys, ocsp, tsp
from asn1crypto import x509 as asn1_x509
from certomancer.services import (
    CRLBuilder,
    RevocationInfoInterface,
    SimpleOCSPResponder,
    TimeStamper,
    choose_signed_digest,
)
from cryptography.hazmat.primitives import serialization

from signatures.training import LIST_LIFE, Credential, TrainingAuthority, wall_clock

LARGEST_REQUEST = 64 * 1024  # bytes; a timestamp request has about a hundred
OCSP_LIFE = timedelta(days=1)


def revocation_list(authority: TrainingAuthority, label: str, *, at: datetime) -> bytes:
    """Write the revocation list of one authority as it stands at ``at``, DER (RFC 5280, 5)."""
    issuer = authority.authority(label)
    certificate, key = _asn1(issuer)
    at = at.replace(microsecond=0)
    builder = CRLBuilder(
        issuer_name=certificate.subject,
        issuer_key=key,
        signature_algo=choose_signed_digest("sha256", certificate.public_key),
        authority_key_identifier=certificate.key_identifier_value,
    )
    entries = [
        builder.format_revoked_cert(serial, reason=None, revocation_date=since)
        for serial, since in sorted(authority.revoked(label, by=at).items())
    ]
    made: bytes = builder.build_crl(
        crl_number=int(at.timestamp()),
        this_update=at,
        next_update=at + LIST_LIFE,
        revoked_certs=entries,
    ).dump()
    return made


def ocsp_answer(authority: TrainingAuthority, label: str, request: bytes, *, at: datetime) -> bytes:
    """Answer an OCSP request about certificates of one authority, DER (RFC 6960, 4.2)."""
    at = at.replace(microsecond=0)
    responder = "ocsp" if label == "issuing" else label
    certificate, key = _asn1(authority.authority(responder))
    service = SimpleOCSPResponder(
        responder_cert=certificate,
        responder_key=key,
        signature_algo=choose_signed_digest("sha256", certificate.public_key),
        at_time=at,
        revinfo_interface=_Revoked(authority, label),
        validity=OCSP_LIFE,
    )
    answer: bytes = service.build_ocsp_response(ocsp.OCSPRequest.load(request)).dump()
    return answer


def timestamp(authority: TrainingAuthority, request: bytes, *, at: datetime) -> bytes:
    """Answer a timestamp request, dated ``at``, DER (RFC 3161, 2.4.2)."""
    certificate, key = _asn1(authority.authority("tsa"))
    stamper = TimeStamper(tsa_cert=certificate, tsa_key=key, fixed_dt=at.replace(microsecond=0))
    answer: bytes = stamper.request_tsa_response(tsp.TimeStampReq.load(request)).dump()
    return answer


def serve(directory: Path, *, port: int, at: datetime | None) -> None:
    """Answer on 127.0.0.1 until SIGTERM or SIGINT; ``port`` 0 takes any free one.

    A new directory is made for the address that is served, so that its certificates point here.
    """

    def clock() -> datetime:
        mark = directory / "clock"
        return datetime.fromisoformat(mark.read_text().strip()) if mark.exists() else _now(at)

    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    server.authority = TrainingAuthority(directory, now=clock(), url=url)  # type: ignore[attr-defined]
    server.clock = clock  # type: ignore[attr-defined]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"training authority ready at {url}", flush=True)  # noqa: T201 - whoever started us waits
    server.serve_forever(poll_interval=0.1)
    server.server_close()


def _now(at: datetime | None) -> datetime:
    return wall_clock() if at is None else at


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        authority, clock = self._services()
        label = self.path.removeprefix("/crl/").removesuffix(".crl")
        if self.path == "/healthz":
            self._answer("text/plain", lambda: b"ready")
        elif self.path.startswith("/crl/") and label in ("root", "issuing", "tsa-root"):
            self._answer(
                "application/pkix-crl", lambda: revocation_list(authority, label, at=clock())
            )
        else:
            self._refuse(404)

    def do_POST(self) -> None:
        authority, clock = self._services()
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 < length <= LARGEST_REQUEST:
            self._refuse(413)
            return
        request = self.rfile.read(length)
        label = self.path.removeprefix("/ocsp/")
        if self.path == "/tsa":
            self._answer(
                "application/timestamp-reply", lambda: timestamp(authority, request, at=clock())
            )
        elif self.path.startswith("/ocsp/") and label in ("root", "issuing", "tsa-root"):
            self._answer(
                "application/ocsp-response",
                lambda: ocsp_answer(authority, label, request, at=clock()),
            )
        else:
            self._refuse(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base names it so
        """Say nothing: whoever started this process reads its output for one line."""

    def _services(self) -> tuple[TrainingAuthority, Callable[[], datetime]]:
        return self.server.authority, self.server.clock  # type: ignore[attr-defined]

    def _answer(self, kind: str, body: Callable[[], bytes]) -> None:
        try:
            text = body()
        except (ValueError, TypeError, KeyError):  # what asn1crypto raises on bytes that are no DER
            self._refuse(400)
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


class _Revoked(RevocationInfoInterface):
    def __init__(self, authority: TrainingAuthority, label: str) -> None:
        self._authority = authority
        self._label = label

    def get_issuer_cert(self) -> asn1_x509.Certificate:
        return _asn1(self._authority.authority(self._label))[0]

    def check_revocation_status(
        self, cid: ocsp.CertId, at_time: datetime
    ) -> tuple[ocsp.CertStatus, list[object]]:
        since = self._authority.revoked(self._label, by=at_time).get(cid["serial_number"].native)
        if since is None:
            return ocsp.CertStatus("good"), []
        revoked = {"revocation_time": since, "revocation_reason": "unspecified"}
        return ocsp.CertStatus("revoked", revoked), []


def _asn1(credential: Credential) -> tuple[asn1_x509.Certificate, keys.PrivateKeyInfo]:
    key = credential.key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return (
        asn1_x509.Certificate.load(credential.certificate_der),
        keys.PrivateKeyInfo.load(key),
    )
