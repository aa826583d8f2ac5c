"""What is missing in production stops the start, in one plain sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from procurement.dotted import check_all, found

WHOLE = {
    "DAYLIGHT_MODE": "production",
    "DAYLIGHT_SECRET_KEY": "s" * 50,
    "DATABASE_URL": "postgresql://daylight:p%40ss@db.internal:5433/daylight?sslmode=verify-full",
    "DAYLIGHT_HOSTS": "tenders.city.example",
    "DAYLIGHT_LOG_ORIGIN": "tenders.city.example/log",
    "DAYLIGHT_KEYS_DIR": "/etc/daylight/keys",
    "DAYLIGHT_TSA_URL": "https://tsa.example/",
    "DAYLIGHT_SIGNATURE_ANCHORS": "/etc/daylight/anchors",
    "DAYLIGHT_VAULT": "minios://vault.internal:9000",
    "DAYLIGHT_SMTP": "smtp://mail.internal:587?tls=start",
    "DAYLIGHT_BROKER": "rediss://:p%40ss@broker.internal:6379/0",
}
SHOW = "from procurement import settings as s; print(s.DATABASES['default'], s.MINIMUM_LEAVES)"


def start(environment: dict[str, str], statement: str = SHOW) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DAYLIGHT", "DATABASE"))
    }
    return subprocess.run(
        [sys.executable, "-c", statement], env=kept | environment, capture_output=True, text=True
    )


def test_production_starts_when_everything_is_there() -> None:
    started = start(WHOLE)

    assert started.returncode == 0, started.stderr
    assert "'PASSWORD': 'p@ss'" in started.stdout
    assert "'OPTIONS': {'sslmode': 'verify-full'}" in started.stdout
    assert started.stdout.endswith("16\n")


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "DAYLIGHT_MODE"])
def test_production_does_not_start_without(name: str) -> None:
    started = start({key: value for key, value in WHOLE.items() if key != name})

    assert started.returncode == 1
    assert f"Set {name}: " in started.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"DAYLIGHT_MODE": "prod"}, "DAYLIGHT_MODE is tryout, production or test."),
        ({"DAYLIGHT_VAULT": "dir:///vault"}, "a directory is not write-once"),
        ({"DAYLIGHT_VAULT": "minio://vault.internal:9000"}, "use TLS (minios://…)"),
        ({"DAYLIGHT_SECRET_KEY": "short"}, "DAYLIGHT_SECRET_KEY is too short"),
        ({"DAYLIGHT_LOG_ORIGIN": "daylight.example/try-out"}, "take a name you own"),
        ({"DAYLIGHT_BROKER": "redis://broker.internal:6379/0"}, "DAYLIGHT_BROKER has no password"),
        ({"DAYLIGHT_BROKER": "memory://:p@x"}, "DAYLIGHT_BROKER is Redis"),
        ({"DATABASE_URL": "sqlite:///db"}, "DATABASE_URL names no PostgreSQL"),
        ({"DAYLIGHT_SECRET_KEY_FILE": "/nowhere"}, "DAYLIGHT_SECRET_KEY_FILE cannot be read"),
    ],
)
def test_production_does_not_start_with(change: dict[str, str], sentence: str) -> None:
    started = start(WHOLE | change)

    assert started.returncode == 1
    assert sentence in started.stderr.splitlines()[-1]


def test_production_refuses_the_database_of_the_try_out() -> None:
    own = (
        "import os; from pathlib import Path; from procurement.tryout import embedded;"
        "os.environ['DATABASE_URL'] = embedded.address(Path('/srv/daylight'));"
    )

    started = start(WHOLE | {"DAYLIGHT_HOME": "/srv/daylight"}, own + SHOW)

    assert started.returncode == 1
    assert "the try-out's own database" in started.stderr.splitlines()[-1]


def test_secrets_may_come_from_files(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("f" * 50 + "\n")
    without = {key: value for key, value in WHOLE.items() if key != "DAYLIGHT_SECRET_KEY"}

    started = start(
        without | {"DAYLIGHT_SECRET_KEY_FILE": str(file)},
        "from procurement import settings; print(settings.SECRET_KEY)",
    )

    assert started.stdout == "f" * 50 + "\n"


def test_production_does_not_make_its_own_keys(tmp_path: Path) -> None:
    started = start(
        WHOLE | {"DAYLIGHT_KEYS_DIR": str(tmp_path)},
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'procurement.settings';"
        "from procurement.keys import checkpoint_signer; checkpoint_signer()",
    )

    assert started.returncode == 1
    assert "The platform's key" in started.stderr.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_production_has_no_clock_that_moves() -> None:
    started = start(
        WHOLE,
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'procurement.settings';"
        "from datetime import timedelta; from procurement.clock import move; move(timedelta(1))",
    )

    assert "The clock of a production server is not moved" in started.stderr.splitlines()[-1]


def test_every_dotted_name_leads_somewhere() -> None:
    rest = settings.REST_FRAMEWORK
    classes = [name for key in rest if key.endswith("_CLASSES") for name in rest[key]]

    check_all()
    found([*classes, rest["EXCEPTION_HANDLER"], rest["DEFAULT_SCHEMA_CLASS"]])
    found([settings.ACCOUNT_ADAPTER, *settings.AUTHENTICATION_BACKENDS, *settings.MIDDLEWARE])


def test_a_dotted_name_that_leads_nowhere_stops_the_start(settings: Settings) -> None:
    settings.DUE = ["tenders.nowhere.due"]

    with pytest.raises(ImproperlyConfigured, match="The settings name tenders"):
        check_all()


def test_migrations_alone_run_as_the_owner() -> None:
    owned = WHOLE | {"DATABASE_OWNER_URL": "postgresql://owner@db.internal/daylight"}
    as_command = "import sys; sys.argv[1:] = ['{}']; "

    migrating = start(owned, as_command.format("migrate") + SHOW)
    serving = start(owned, as_command.format("sequencer") + SHOW)

    assert "'USER': 'owner'" in migrating.stdout
    assert "'USER': 'daylight'" in serving.stdout


SHOW_MAIL = (
    "from procurement import settings as s; print(s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_USER, "
    "s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL, s.SITE, s.DEFAULT_FROM_EMAIL)"
)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param(
            "smtp://post:p%40ss@mail.internal?tls=start",
            "mail.internal 587 post p@ss True False",
            id="STARTTLS, with a name and a password",
        ),
        pytest.param("smtp://mail.internal?tls=on", "mail.internal 465   False True", id="TLS"),
        pytest.param("smtp://mail:26", "mail 26   False False", id="a server on the same network"),
    ],
)
def test_letters_go_out_by_the_server_that_is_named(url: str, said: str) -> None:
    started = start(WHOLE | {"DAYLIGHT_SMTP": url}, SHOW_MAIL)

    assert started.returncode == 0, started.stderr
    where = "https://tenders.city.example Daylight <no-reply@tenders.city.example>"
    assert started.stdout.strip() == f"{said} {where}"


@pytest.mark.parametrize("url", ["mail.internal", "http://mail", "smtp://", "smtp://m?tls=maybe"])
def test_a_mail_server_that_cannot_be_meant_stops_the_start(url: str) -> None:
    started = start(WHOLE | {"DAYLIGHT_SMTP": url})

    assert started.returncode == 1
    assert "DAYLIGHT_SMTP is smtp://user:password@host:port" in started.stderr
