"""Who may do what in the database: an owner that migrates, and an application that owns nothing.

A trigger holds only while nobody can drop it. The owner of a table can; so servers and workers
connect as another role, which may read and write rows as far as each table allows it, and no
more. It cannot drop or disable a trigger, replace a function, empty a table, or move the clock.

``manage.py migrate`` grants all this anew where ``DATABASE_OWNER_URL`` is set.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from psycopg import sql

MIGRATIONS = "django_migrations"
CLOCK = "daylight_clock"  # of a try-out; in production there is none


def grant(role: str) -> None:
    """Give ``role`` what the application needs, and take away whatever else it had.

    Run as the owner. The role must exist; whoever administers the server makes it.
    """
    with connection.cursor() as cursor:
        known = set(connection.introspection.table_names(cursor))
        _say(cursor, "REVOKE ALL ON SCHEMA public FROM PUBLIC", role)
        _say(cursor, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}", role)
        _say(cursor, "GRANT USAGE ON SCHEMA public TO {role}", role)
        _say(cursor, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}", role)
        for table, allowed in _allowed():
            if table in known:
                statement = f"GRANT {allowed} ON TABLE {{table}} TO {{role}}"
                _say(cursor, statement, role, table=table)


def grant_to_application(**_: Any) -> None:
    """Grant after a migration that the owner ran."""
    if settings.AS_OWNER:
        grant(settings.APPLICATION_ROLE)


def faults() -> list[str]:
    """Say what the role that is connected now could do and should not."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT rolname, rolsuper, rolcreaterole,
                   EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
                           AND c.relkind IN ('r', 'p')
                           AND (pg_has_role(c.relowner, 'MEMBER')
                                OR has_table_privilege(c.oid, 'TRUNCATE, TRIGGER'))),
                   EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
                           AND p.proname LIKE 'daylight_%%'
                           AND pg_has_role(p.proowner, 'MEMBER')),
                   has_schema_privilege('public', 'CREATE')
            FROM pg_roles WHERE rolname = current_user
            """
        )
        role, superuser, makes_roles, tables, functions, creates = cursor.fetchone()
    could = {
        "is a superuser": superuser,
        "can make roles": makes_roles,
        "can drop the rules that the tables hold": tables,
        "can replace the functions that judge": functions,
        "can make objects of its own": creates,
    }
    advice = "connect as a role that owns nothing (DATABASE_URL), and migrate as the owner"
    return [f"{role} {what}: {advice}." for what, true in could.items() if true]


def _allowed() -> Iterator[tuple[str, str]]:
    """Give every table, and what the application may do to its rows."""
    yield MIGRATIONS, "SELECT"
    yield CLOCK, "SELECT"
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed:
            yield model._meta.db_table, _of_model(model)


def _of_model(model: type[models.Model]) -> str:
    filled_once = getattr(model, "APPEND_ONLY_BUT", None)
    if filled_once is None:
        return "SELECT, INSERT, UPDATE, DELETE"
    fields = [field for field in model._meta.local_fields if field.name in filled_once]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    return f"SELECT, INSERT, UPDATE ({columns})" if columns else "SELECT, INSERT"


def _say(cursor: CursorWrapper, statement: str, role: str, *, table: str = "") -> None:
    named = {"role": sql.Identifier(role), "table": sql.Identifier(table)}
    composed = sql.SQL(statement).format(**named)
    cursor.execute(composed.as_string(cursor.connection))
