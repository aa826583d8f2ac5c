"""The try-out brings its own trust services: made once, at one address, with lists of the day."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from pytest_django.fixtures import Settings

from procurement.keys import sealing_key_file
from procurement.tryout import authority
from procurement.tryout.processes import Processes
from signatures.pdf.anchors import Anchors
from signatures.pdf.judge import judge
from signatures.pdf.policy import Policy, Supplier
from signatures.pdf.report import Verdict
from signatures.pdf.signing import KeyUnreadable, SigningKey, sign_pdf
from signatures.platform import load_key, seal_pdf
from tests.signatures.documents import plain_pdf

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
IDENTIFIER = "NTRCN-91310000MA1K0000XX"


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.KEYS_DIR = tmp_path / "keys"
    return tmp_path


def anchors(home: Path) -> Anchors:
    return Anchors.from_directory(authority.directory(home) / "anchors")


def test_a_second_start_finds_everything_and_writes_new_lists_alone(home: Path) -> None:
    authority.prepare(home, now=NOW)
    before, key = anchors(home), sealing_key_file().read_bytes()

    authority.prepare(home, now=NOW + timedelta(days=8))

    after = anchors(home)
    assert (after.signers, after.tsa) == (before.signers, before.tsa)
    assert sealing_key_file().read_bytes() == key
    updates = {x509.load_der_x509_crl(der).last_update_utc for der in after.crls}
    assert updates == {NOW + timedelta(days=8)}


def test_the_platform_seals_with_a_key_that_its_owner_alone_reads(home: Path) -> None:
    authority.prepare(home, now=NOW)

    sealed = seal_pdf(plain_pdf(), load_key(sealing_key_file()), at=NOW, reason="Receipt")

    assert sealing_key_file().stat().st_mode & 0o777 == 0o600
    report = judge(sealed.pdf, policy=Policy(), anchors=anchors(home), at=NOW)
    assert report.verdict is Verdict.VALID


def test_a_supplier_gets_a_certificate_under_a_passphrase(home: Path) -> None:
    authority.prepare(home, now=NOW)

    packed = authority.credential(
        home,
        common_name="Li Wei",
        organisation="Lotus Works",
        identifier=IDENTIFIER,
        passphrase="practice",
        now=NOW,
    )

    with pytest.raises(KeyUnreadable):
        SigningKey.from_pkcs12(packed, None)
    signed = sign_pdf(plain_pdf(), SigningKey.from_pkcs12(packed, "practice"), at=NOW)
    policy = Policy(supplier=Supplier(identifiers=frozenset({IDENTIFIER})))
    assert judge(signed, policy=policy, anchors=anchors(home), at=NOW).verdict is Verdict.VALID


def test_a_certificate_of_before_may_have_run_out(home: Path) -> None:
    authority.prepare(home, now=NOW)

    packed = authority.credential(
        home,
        common_name="Li Wei",
        organisation="Lotus Works",
        identifier=IDENTIFIER,
        passphrase="practice",
        now=NOW,
        valid_until=NOW - timedelta(days=1),
    )

    signed = sign_pdf(plain_pdf(), SigningKey.from_pkcs12(packed, "practice"), at=NOW)
    report = judge(signed, policy=Policy(), anchors=anchors(home), at=NOW)
    assert report.codes == ("expired-before-receipt",)


def test_it_keeps_its_address_and_says_so_when_it_cannot(home: Path) -> None:
    said: list[str] = []
    with Processes(home) as processes:
        first = authority.start(processes, home, said.append, now=NOW)
        assert httpx.get(first.replace("/tsa", "/healthz")).text == "ready"
    with Processes(home) as processes:
        again = authority.start(processes, home, said.append, now=NOW)
    with socket.socket() as other, Processes(home) as processes:
        port = int(first.rsplit(":", 1)[1].removesuffix("/tsa"))
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        elsewhere = authority.start(processes, home, said.append, now=NOW)

    assert again == first != elsewhere
    assert len(said) == 1
    assert said[0].startswith(f"Port {port} of the practice authority is taken")
