"""The database is made from nothing by migrations alone, with its own rules in force."""

import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import connection

from procurement.triggers import check_installed, expected


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.usefixtures("fresh_database")
def test_an_empty_database_is_migrated_and_guarded() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    call_command("migrate", verbosity=0, interactive=False)

    check_installed()
    assert len(expected()) >= 10
    call_command("migrate", verbosity=0, interactive=False)
    check_installed()


@pytest.mark.usefixtures("fresh_database")
def test_one_room_alone_can_be_migrated() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    call_command("migrate", "procurement", verbosity=0, interactive=False)


def test_a_web_server_does_not_start_on_a_database_without_its_rules(fresh_database: str) -> None:
    start = [sys.executable, "-c", "import procurement.wsgi"]
    environment = {"DATABASE_URL": fresh_database, "DJANGO_SETTINGS_MODULE": "procurement.settings"}

    def started() -> subprocess.CompletedProcess[str]:
        from os import environ

        return subprocess.run(start, env=environ | environment, capture_output=True, text=True)

    assert started().returncode == 0, started().stderr
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER table_is_not_emptied ON procurement_leaf")
    refused = started()
    assert refused.returncode == 1
    assert "Run manage.py migrate." in refused.stderr
