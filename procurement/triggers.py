"""Rules that the database itself holds, whoever writes to it.

* Rows of a model with ``APPEND_ONLY_BUT`` are never changed or deleted; the columns it names may
  be filled once.
* A state moves only along the edges of its lifecycle, and a row begins in its first state.
* Rooms add their own through ``settings.TRIGGERS``.

They are made anew after every migration from the code as it stands. A comment on each holds a
hash of its text, so the server can tell at start-up whether all of them are in force.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models, transaction
from django.db.backends.utils import CursorWrapper

from procurement.dotted import found
from procurement.lifecycle import edges_of, initial_state, state_fields


@dataclass(frozen=True)
class Trigger:
    """A trigger by name and table, and the statements that make it and its function."""

    name: str
    table: str
    sql: str

    @property
    def mark(self) -> str:
        """What the comment on it says."""
        return sha256(self.sql.encode()).hexdigest()


# In production no one can move the clock by which a bid is late: any role may set a custom
# variable of PostgreSQL, so there is no variable and no table that it reads.
_CLOCK = """
CREATE OR REPLACE FUNCTION daylight_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT clock_timestamp() $$;
DROP TABLE IF EXISTS daylight_clock;
"""
_CLOCK_WITH_OFFSET = """
CREATE TABLE IF NOT EXISTS daylight_clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    ahead interval NOT NULL
);
INSERT INTO daylight_clock (ahead) VALUES ('0') ON CONFLICT DO NOTHING;
CREATE OR REPLACE FUNCTION daylight_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT clock_timestamp() + ahead FROM daylight_clock $$;
"""

# TG_ARGV: the columns that may be filled once.
_APPEND_ONLY = """
CREATE OR REPLACE FUNCTION daylight_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb; after jsonb; filled text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := to_jsonb(OLD); after := to_jsonb(NEW);
        FOREACH filled IN ARRAY coalesce(TG_ARGV, '{}') LOOP
            IF before -> filled = 'null'::jsonb THEN
                before := before - filled; after := after - filled;
            END IF;
        END LOOP;
        IF before = after THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: its rows stay as they were written', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'rows_stay_as_written';
END $$;
"""

# TG_ARGV: column, first state, then 'from>to' for each edge.
_STATE_EDGE = """
CREATE OR REPLACE FUNCTION daylight_state_edge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text; after text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF after = TG_ARGV[1] THEN RETURN NEW; END IF;
        before := 'nothing';
    ELSE
        before := to_jsonb(OLD) ->> TG_ARGV[0];
        IF before = after OR before || '>' || after = ANY (TG_ARGV[2:]) THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION '%.% does not go from % to %', TG_TABLE_NAME, TG_ARGV[0], before, after
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'state_moves_along_edges';
END $$;
"""


def expected() -> list[Trigger]:
    """List every trigger that the code asks for."""
    triggers = [trigger for model in apps.get_models() for trigger in of_model(model)]
    for registered in found(settings.TRIGGERS):
        triggers += registered()
    return triggers


def install(**_: Any) -> None:
    """Make the clock and all triggers; called after every migration, and safe to run again."""
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('daylight triggers'))")
        cursor.execute(_CLOCK if settings.PRODUCTION else _CLOCK_WITH_OFFSET)
        cursor.execute(_APPEND_ONLY)
        cursor.execute(_STATE_EDGE)
        tables = set(connections["default"].introspection.table_names(cursor))
        _drop_installed(cursor)
        for trigger in expected():
            if trigger.table in tables:  # absent while one room alone is migrated
                cursor.execute(trigger.sql)
                cursor.execute(
                    f'COMMENT ON TRIGGER "{trigger.name}" ON "{trigger.table}" '
                    f"IS 'daylight {trigger.mark}'"
                )


def check_installed() -> None:
    """Let the server start only when every trigger is in force, with the text the code has.

    :raises ImproperlyConfigured: naming those that are not.
    """
    in_force = {(name, table): comment for name, table, comment, enabled in _installed() if enabled}
    missing = [
        f"{trigger.name} on {trigger.table}"
        for trigger in expected()
        if in_force.get((trigger.name, trigger.table)) != f"daylight {trigger.mark}"
    ]
    if missing:
        raise ImproperlyConfigured(
            f"The database lacks rules it must hold: {', '.join(missing)}. Run manage.py migrate."
        )


def of_model(model: type[models.Model]) -> Iterator[Trigger]:
    """Give the triggers that one model asks for."""
    table = model._meta.db_table
    if (filled_once := getattr(model, "APPEND_ONLY_BUT", None)) is not None:
        columns = ", ".join(
            f"'{column.column}'"
            for column in model._meta.local_fields
            if column.name in filled_once
        )
        yield Trigger(
            "rows_stay_as_written",
            table,
            f'CREATE TRIGGER rows_stay_as_written BEFORE UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION daylight_append_only({columns})",
        )
        yield Trigger(
            "table_is_not_emptied",
            table,
            f'CREATE TRIGGER table_is_not_emptied BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION daylight_append_only()",
        )
    for field in state_fields(model):
        pairs = sorted({f"{edge.source}>{edge.target}" for edge in edges_of(model, field)})
        words = ", ".join(f"'{word}'" for word in (field.column, initial_state(field), *pairs))
        name = f"{field.column}_moves_along_edges"
        yield Trigger(
            name,
            table,
            f'CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION daylight_state_edge({words})",
        )


def _installed() -> list[tuple[str, str, str, bool]]:
    """List the triggers in the database that are ours: name, table, comment, whether in force."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            """
            SELECT tgname, relname, obj_description(t.oid, 'pg_trigger'), tgenabled IN ('O', 'A')
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
              AND obj_description(t.oid, 'pg_trigger') LIKE 'daylight %'
            """
        )
        return [(name, table, mark, on) for name, table, mark, on in cursor.fetchall()]


def _drop_installed(cursor: CursorWrapper) -> None:
    """Drop what is ours, so that a rule taken out of the code leaves the database too."""
    for name, table, _, _ in _installed():
        cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')
