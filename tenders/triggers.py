"""The deadline of a published tender moves later or not at all, and never after it has passed.

The second rule is judged at the very end of the transaction, by the database's own clock: filings
wait for the row meanwhile, and none is judged by a deadline that was moved too late.
"""

from procurement.triggers import Trigger

TABLE = "tenders_tender"

_ONLY_LATER = """
CREATE OR REPLACE FUNCTION daylight_only_later() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.closes_at >= OLD.closes_at AND NEW.opens_at >= OLD.opens_at THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The deadline % of % would become %', OLD.closes_at, OLD.id, NEW.closes_at
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deadline_moves_only_later';
END $$;
"""
_IN_TIME = """
CREATE OR REPLACE FUNCTION daylight_moved_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' AND daylight_now() < OLD.closes_at THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The deadline % of % has passed', OLD.closes_at, OLD.id
        USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'deadline_moves_before_it_passes';
END $$;
"""


def triggers() -> list[Trigger]:
    """Give the rules about deadlines that no action can go around."""
    return [
        Trigger(
            "deadline_moves_only_later",
            TABLE,
            f"{_ONLY_LATER} CREATE TRIGGER deadline_moves_only_later BEFORE UPDATE ON {TABLE} "
            "FOR EACH ROW WHEN (OLD.published_at IS NOT NULL AND (OLD.closes_at, OLD.opens_at) "
            "IS DISTINCT FROM (NEW.closes_at, NEW.opens_at)) "
            "EXECUTE FUNCTION daylight_only_later()",
        ),
        Trigger(
            "deadline_moves_before_it_passes",
            TABLE,
            f"{_IN_TIME} CREATE CONSTRAINT TRIGGER deadline_moves_before_it_passes "
            f"AFTER UPDATE ON {TABLE} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            "WHEN (OLD.published_at IS NOT NULL AND OLD.closes_at IS DISTINCT FROM NEW.closes_at) "
            "EXECUTE FUNCTION daylight_moved_in_time()",
        ),
    ]
