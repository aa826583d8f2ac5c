"""The last word on time belongs to the database, at commit, whoever writes.

A bid is filed, and a withdrawal counts, when its ticket lies before the deadline and the
transaction commits within the tender's grace after it. The trigger fires at the very end of the
transaction and takes the tender's row FOR SHARE: hundreds of filings hold it together, while an
extension or the close waits for them, or they for it. So what is in the database when the tender
closes is the closed set. An amendment of the notice waits in the same place: a bid for the notice
before it commits first, and is to be confirmed, or not at all.
"""

from procurement.triggers import Trigger

# TG_ARGV: the column of the ticket, and the name of the rule.
_IN_TIME = """
CREATE OR REPLACE FUNCTION daylight_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    tender record; ticket timestamptz;
BEGIN
    SELECT t.id, t.state, t.closes_at, make_interval(secs => t.grace_seconds) AS grace,
           s.supplier_id
      INTO tender
      FROM bidding_slot s JOIN tenders_tender t ON t.id = s.tender_id
     WHERE s.id = NEW.slot_id FOR SHARE OF t;
    SELECT a.at INTO ticket FROM bidding_arrival a
     WHERE a.id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid
       AND a.tender_id = tender.id AND a.supplier_id = tender.supplier_id;
    IF tender.state <> 'published' THEN
        RAISE EXCEPTION 'The tender is %', tender.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'tender_takes_bids';
    END IF;
    IF ticket < tender.closes_at AND daylight_now() < tender.closes_at + tender.grace THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The ticket of % is of %', NEW.id, ticket
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_ARGV[1];
END $$;
"""

# Whoever files or counts: a bid for an earlier notice than the one in force is neither.
_FOR_THE_NOTICE = """
CREATE OR REPLACE FUNCTION daylight_for_the_notice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    in_force text;
BEGIN
    SELECT t.notice INTO in_force
      FROM bidding_slot s JOIN tenders_tender t ON t.id = s.tender_id
     WHERE s.id = NEW.slot_id FOR SHARE OF t;
    IF NEW.notice = in_force THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The notice in force is not that of %', NEW.id
        USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'bid_is_for_the_notice_in_force';
END $$;
"""

# One after the other, always in the same order, so that two filings wait for each other at most.
# The unique index over what lives decides between a bidder alone and all consortia.
_MEMBERS = """
CREATE OR REPLACE FUNCTION daylight_members_live() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one bigint;
BEGIN
    INSERT INTO bidding_bidmember (bid_id, tender_id, lot, supplier_id, live)
    SELECT NEW.id, s.tender_id, s.lot, s.supplier_id, false
      FROM bidding_slot s WHERE s.id = NEW.slot_id
        ON CONFLICT (bid_id, supplier_id) DO NOTHING;
    FOR one IN SELECT id FROM bidding_bidmember WHERE bid_id = NEW.id ORDER BY supplier_id LOOP
        UPDATE bidding_bidmember SET live = NEW.state IN ('filed', 'counted') WHERE id = one;
    END LOOP;
    RETURN NULL;
END $$;
"""


def triggers() -> list[Trigger]:
    """Give the rules about time, notice and members of a bid that no action can go around."""
    return [
        Trigger(
            "members_live_as_their_bid",
            "bidding_bid",
            f"{_MEMBERS} CREATE TRIGGER members_live_as_their_bid AFTER UPDATE ON bidding_bid "
            "FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) "
            "EXECUTE FUNCTION daylight_members_live()",
        ),
        Trigger(
            "bid_is_for_the_notice_in_force",
            "bidding_bid",
            f"{_FOR_THE_NOTICE} CREATE CONSTRAINT TRIGGER bid_is_for_the_notice_in_force "
            "AFTER UPDATE ON bidding_bid DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            "WHEN (NEW.state IN ('filed', 'counted') "
            "AND (OLD.state, OLD.notice) IS DISTINCT FROM (NEW.state, NEW.notice)) "
            "EXECUTE FUNCTION daylight_for_the_notice()",
        ),
        _rule("bid_is_filed_in_time", "filed", "arrival_id"),
        _rule("withdrawal_is_in_time", "withdrawn", "withdrawal_arrival_id"),
    ]


def _rule(name: str, state: str, ticket: str) -> Trigger:
    return Trigger(
        name,
        "bidding_bid",
        f"{_IN_TIME} CREATE CONSTRAINT TRIGGER {name} AFTER UPDATE ON bidding_bid "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
        f"WHEN (NEW.state = '{state}' "
        f"AND (OLD.state, OLD.{ticket}) IS DISTINCT FROM (NEW.state, NEW.{ticket})) "
        f"EXECUTE FUNCTION daylight_in_time('{ticket}', '{name}')",
    )
