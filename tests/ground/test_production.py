"""Production serves nobody from a place that is not fit for it, and says everything against it.

Requirement E41.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from procurement.health import clocks_apart
from procurement.production import FACTORY_SECRETS, judged
from procurement.proof.note_keys import CosignSigner, Signer
from signatures.training import TrainingAuthority
from tests.ground.making import application_role
from tests.servers import SharedMinio

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ORIGIN = "tenders.city.example/log"
CLOCK = "The database was made for a try-out: run manage.py migrate in production mode."
START = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "procurement.settings"
import django; django.setup()
import procurement.wsgi
"""
MIGRATE = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "procurement.settings"
import django; django.setup()
from procurement.triggers import install; install()
"""


@dataclass(frozen=True)
class Place:
    """Where a platform is installed, as its operator left it."""

    directory: Path
    vault: str

    @property
    def keys(self) -> Path:
        return self.directory / "keys"

    @property
    def seal(self) -> Path:
        return self.keys / "platform.p12"

    @property
    def anchor(self) -> Path:
        return self.directory / "anchors" / "signers" / "ca.pem"

    def environment(self) -> dict[str, str]:
        return {
            "DAYLIGHT_MODE": "production",
            "DAYLIGHT_SECRET_KEY": "a key with more than fifty characters, of many kinds",
            "DAYLIGHT_HOSTS": "tenders.city.example",
            "DAYLIGHT_LOG_ORIGIN": ORIGIN,
            "DAYLIGHT_KEYS_DIR": str(self.keys),
            "DAYLIGHT_TSA_URL": "https://tsa.example/",
            "DAYLIGHT_SIGNATURE_ANCHORS": str(self.anchor.parent.parent),
            "DAYLIGHT_SEAL_PASSPHRASE": "a long one",
            "DAYLIGHT_VAULT": self.vault,
            "DAYLIGHT_SMTP": "smtp://127.0.0.1:25",
            "DAYLIGHT_BROKER": "redis://:secret@127.0.0.1:6379/0",
        }


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(content)
    path.chmod(0o600)


def certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "City of Example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    ages = timedelta(days=50 * 365)  # on whatever day this is tried
    made = made.not_valid_before(NOW - ages).not_valid_after(NOW + ages)
    return made.sign(key, SHA256())


@pytest.fixture
def place(tmp_path: Path, minio: SharedMinio) -> Place:
    """Install a platform that is fit for production."""
    place, key = Place(tmp_path, minio.url), ec.generate_private_key(ec.SECP256R1())
    own = certificate(key)
    packed = pkcs12.serialize_key_and_certificates(
        b"seal", key, own, None, BestAvailableEncryption(b"a long one")
    )
    write(place.seal, packed)
    write(place.anchor, own.public_bytes(Encoding.PEM))
    for name in ("checkpoint-1", "receipt-1", *(f"witness-{number}" for number in range(1, 5))):
        kind = CosignSigner if name.startswith("witness") else Signer
        signer = kind.generate(f"{ORIGIN}/{name.replace('-', '/')}")
        write(place.keys / f"{name}.key", signer.encode().encode())
    return place


@pytest.fixture
def here(place: Place, settings: Settings, db: None) -> Place:
    """Point this process to the place, as if it were its server."""
    settings.PRODUCTION = settings.SECOND_FACTOR_REQUIRED = True
    settings.SECRET_KEY = place.environment()["DAYLIGHT_SECRET_KEY"]
    settings.LOG_ORIGIN, settings.KEYS_DIR = ORIGIN, place.keys
    settings.SIGNATURE_ANCHORS_DIR = place.anchor.parent.parent
    settings.SEAL_PASSPHRASE, settings.VAULT = "a long one", place.vault
    role = application_role()
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION AUTHORIZATION {role}")  # ends with the test's transaction
    return place


def reasons() -> list[str]:
    """Everything against this place, but for the movable clock of a test's database."""
    return [one for found in judged(datetime.now(UTC)).values() for one in found if one != CLOCK]


@pytest.fixture
def database(place: Place, fresh_database: str) -> Iterator[str]:
    """Migrate a database as its owner; the address is that of the application's role."""
    ran(MIGRATE, place.environment() | {"DATABASE_URL": fresh_database})
    role = application_role()
    yield fresh_database.replace("//postgres@", f"//{role}@")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {role}")
        cursor.execute(f"DROP ROLE {role}")


def started(place: Place, database: str, **changed: str) -> subprocess.CompletedProcess[str]:
    return ran(START, place.environment() | {"DATABASE_URL": database} | changed)


def ran(statements: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DAYLIGHT", "DATABASE", "DJANGO"))
    }
    return subprocess.run(
        [sys.executable, "-c", statements], env=kept | environment, capture_output=True, text=True
    )


def test_a_server_starts_where_everything_holds(place: Place, database: str) -> None:
    server = started(place, database)

    assert server.returncode == 0, server.stderr


def test_a_server_that_does_not_start_gives_every_reason(
    place: Place, fresh_database: str, database: str, tmp_path: Path
) -> None:
    place.seal.unlink()
    place.anchor.unlink()

    server = started(
        place,
        fresh_database,
        DAYLIGHT_FONTS_DIR=str(tmp_path / "none"),
        DAYLIGHT_VAULT="minio://minioadmin:minioadmin@127.0.0.1:1",
    )

    said = server.stderr.splitlines()[-1]
    assert server.returncode == 1
    assert "Production does not start here." in said
    assert "The fonts for PDF files are missing" in said
    assert f"The platform cannot seal with {place.seal}" in said
    assert f"There is no certificate in {place.anchor.parent}." in said
    assert "DAYLIGHT_VAULT has the credentials of a manual" in said
    assert "The vault cannot be tried: the store does not answer" in said
    assert "postgres can drop the rules that the tables hold" in said


def test_nothing_stands_against_a_place_that_is_fit(here: Place) -> None:
    assert reasons() == []


def test_a_directory_is_no_vault_for_production(here: Place, settings: Settings) -> None:
    settings.VAULT = f"dir://{here.directory}/vault"

    assert reasons() == [
        f"The vault is not write-once: a directory: any program of this user can remove {suffix}."
        for suffix in (".bytes", ".hold", ".retain")
    ]


def test_the_credentials_of_a_manual_are_refused(here: Place, settings: Settings) -> None:
    settings.VAULT = f"minio://{FACTORY_SECRETS[0]}:secret@127.0.0.1:1"

    assert "DAYLIGHT_VAULT has the credentials of a manual: take secret ones." in reasons()


def test_a_secret_key_that_can_be_guessed_is_refused(here: Place, settings: Settings) -> None:
    settings.SECRET_KEY = "s" * 50

    assert [one.split(":")[0] for one in reasons()] == ["DAYLIGHT_SECRET_KEY"]


def test_a_missing_key_of_the_log_is_named_and_not_made(here: Place) -> None:
    (here.keys / "receipt-1.key").unlink()

    found = reasons()

    assert len(found) == 1
    assert f"The platform's key {here.keys / 'receipt-1.key'} cannot be used" in found[0]
    assert not (here.keys / "receipt-1.key").exists()


def test_a_key_that_others_may_read_is_refused(here: Place) -> None:
    here.seal.chmod(0o640)

    assert reasons() == [f"{here.seal} is open to others: chmod go= {here.seal}."]


def test_a_seal_that_does_not_open_is_refused(here: Place, settings: Settings) -> None:
    settings.SEAL_PASSPHRASE = "another"

    assert [one.split(":")[0] for one in reasons()] == [
        f"The platform cannot seal with {here.seal}"
    ]


def test_a_seal_that_would_not_count_is_refused(here: Place) -> None:
    other = certificate(ec.generate_private_key(ec.SECP256R1()))
    here.anchor.write_bytes(other.public_bytes(Encoding.PEM))

    (found,) = reasons()

    assert found.startswith(f"What is sealed with {here.seal} would not count: ")


def test_a_place_for_the_seal_that_nobody_knows_is_refused(here: Place, settings: Settings) -> None:
    settings.SEAL = "usb:stick"

    assert reasons() == ["DAYLIGHT_SEAL begins with file:, pkcs11: or csc:, nothing else."]


def test_an_anchor_that_is_no_certificate_is_refused(here: Place) -> None:
    here.anchor.write_bytes(b"-----BEGIN NOTHING-----")

    assert [one.split(":")[0] for one in reasons()] == [f"{here.anchor} holds no certificate"]


def test_practice_certificates_do_not_count_in_production(here: Place) -> None:
    authority = TrainingAuthority(here.directory / "practice", now=NOW)
    practised = authority.issue(common_name="P", organisation="P", identifier="NTRXX-P", now=NOW)
    here.anchor.write_bytes(authority.authority("root").certificate.public_bytes(Encoding.PEM))
    here.seal.write_bytes(practised.pkcs12("a long one"))

    assert reasons() == [
        f"{path} is of a practice authority, which is not for real use."
        for path in (here.seal, here.anchor)
    ]


def test_clocks_that_are_apart_are_refused(here: Place) -> None:
    ahead = clocks_apart(lambda: datetime.now(UTC) + timedelta(seconds=3.5))
    near = clocks_apart(lambda: datetime.now(UTC) + timedelta(seconds=1.5))

    assert [one.split(":")[0][:44] for one in ahead] == [
        "The clocks of the database and of this machi",
        "The clocks of the vault and of this machine ",
    ]
    assert near == []


def test_without_a_second_factor_nobody_is_served(here: Place, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False

    assert [one.split(":")[0] for one in reasons()] == ["SECOND_FACTOR_REQUIRED is off"]


def test_the_command_says_in_words_what_holds_and_what_does_not(
    here: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="Not fit for production, for reasons: 1"):
        call_command("production_check")

    assert capsys.readouterr().out.splitlines() == [
        "yes  nobody can guess the secret key",
        "no   nobody can move the clock by which a bid is late",
        f"       {CLOCK}",
        "yes  nobody who serves can drop a rule of the database",
        "yes  all clocks agree",
        "yes  grave acts ask for a second factor",
        "yes  papers can be set in Chinese",
        "yes  the log has keys of its own",
        "yes  receipts and minutes can be sealed",
        "yes  it is said whose signatures count",
        "yes  nobody can take away what the vault keeps",
    ]
