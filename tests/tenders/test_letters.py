"""Everybody concerned gets a letter of their own, in their language, once, and learns no bid."""

from datetime import timedelta
from itertools import chain

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from awards.rules.letters import LETTERS as OF_AWARDS
from bidding.rules import letters as of_bids
from procurement.letter import Letter
from procurement.mail import due as send
from procurement.models import Event, Mail, OutboxMessage, User
from procurement.outbox import deliver
from procurement.texts import placeholders
from procurement.waiting import waiting_for
from tenders.actions import orders
from tenders.actions.following import follow, follow_for, unfollow
from tenders.letters import handle
from tenders.models import Following, Tender
from tenders.rules.letters import LETTERS, UNREACHED, letters_for
from tenders.rules.letters_panel import LEFT_OUT, NOT_REPEATED, STILL_TO_REPEAT
from tenders.unreached import ALERT_AFTER, due
from tenders.verbs import Verb
from tests.world import (
    OPENERS,
    World,
    appoint_panel,
    approved_tender,
    draft_tender,
    order,
    published_tender,
    tender_in_approval,
)

pytestmark = pytest.mark.django_db

OF_BIDS = [
    of_bids.RECEIPT,
    of_bids.WITHDRAWN,
    of_bids.CONFIRM_AGAIN,
    of_bids.LAPSED,
    of_bids.COME,
    *chain(*of_bids.OF_THE_OPENING.values()),
]
OF_HOLDERS = [NOT_REPEATED, STILL_TO_REPEAT, LEFT_OUT]
ALL = [*chain(*LETTERS.values()), UNREACHED, *OF_HOLDERS, *OF_BIDS, *chain(*OF_AWARDS.values())]


def told(world: World, kind: str) -> set[str]:
    """Name who got a letter of a kind, once what was announced is delivered."""
    deliver(world.now)
    people = {user.pk: name for name, user in world.people.items()}
    rows = Mail.objects.filter(kind=kind).select_related("to")
    assert rows.count() == rows.values("to").distinct().count()
    return {people.get(row.to_id, row.to.name) for row in rows}


def suspend(world: World, tender: Tender) -> None:
    note = order(world, tender, "suspend")
    orders.make(tender_id=tender.pk, order_note=note, by=world.by("overseer"), now=world.now)


# ── who hears of what ────────────────────────────────────────────────────────────────────────


def test_openers_hear_that_they_are_to_make_keys_and_machines_do_not(world: World) -> None:
    appoint_panel(world, draft_tender(world))

    assert told(world, "make-keys") == set(OPENERS)


def test_who_is_left_out_when_a_panel_is_appointed_anew_hears_of_it(world: World) -> None:
    tender = draft_tender(world)
    appoint_panel(world, tender)
    people = world.people
    spare = people["spare"] = world.person("spare", opener=world.agency)

    people["opener-4"], left = spare, people["opener-4"]
    appoint_panel(world, tender)

    people["opener-4"] = left
    assert told(world, "left-out") == {"opener-4"}


def test_approvers_hear_of_a_draft_and_officers_of_both_approvals(world: World) -> None:
    approved_tender(world)

    assert told(world, "approve") == {"legal", "finance"}
    deliver(world.now)
    rows = Mail.objects.filter(kind="approved", to=world.people["officer"])
    assert rows.count() == 2


def test_who_follows_hears_of_an_order_and_who_has_let_go_does_not(world: World) -> None:
    """Requirement A11: the same information at the same time to all of equal rank."""
    tender = published_tender(world)
    reader, other = world.person("reader"), world.person("other")
    for user in (reader, other):
        follow(tender_id=tender.pk, by=world.by(user), now=world.now)
    unfollow(tender_id=tender.pk, by=world.by(other))

    suspend(world, tender)

    assert told(world, "suspended") == {"officer", "second officer", "Reader"}
    assert len(set(Mail.objects.filter(kind="suspended").values_list("subject", "body"))) == 1


def test_who_cannot_see_a_tender_cannot_follow_it(world: World) -> None:
    tender = tender_in_approval(world)

    with pytest.raises(Exception, match="not-found"):
        follow(tender_id=tender.pk, by=world.by(world.person("reader")), now=world.now)


def test_a_message_that_is_told_twice_makes_no_second_letter(world: World) -> None:
    tender = published_tender(world)
    deliver(world.now)
    message = OutboxMessage.objects.get(verb=Verb.NOTICE_PUBLISHED, subject=tender.pk)
    before = set(Mail.objects.values_list("message_id", flat=True))

    handle(message, now=world.now + timedelta(minutes=1))

    assert set(Mail.objects.values_list("message_id", flat=True)) == before


def test_everybody_reads_their_own_language(world: World) -> None:
    tender = published_tender(world)
    User.objects.filter(pk=world.people["second officer"].pk).update(language="zh-hans")

    suspend(world, tender)

    deliver(world.now)
    subjects = Mail.objects.filter(kind="suspended").values_list("to__name", "subject")
    assert dict(subjects) == {
        "Officer": "“Chairs for the hall” is suspended",
        "Second officer": "“大厅座椅”已暂停",
    }
    chinese = Mail.objects.get(kind="suspended", to__language="zh-hans").body
    assert "投标截止：2026年" in chinese
    assert f"/tenders/{tender.pk}/" in chinese


@pytest.mark.parametrize("followers", [1, 3])
def test_writing_to_many_asks_the_database_no_more_than_writing_to_one(
    world: World, followers: int
) -> None:
    tender = published_tender(world)
    for number in range(followers):
        by = world.by(world.person(f"reader {number}"))
        follow(tender_id=tender.pk, by=by, now=world.now)
    deliver(world.now)
    suspend(world, tender)
    message = OutboxMessage.objects.get(verb=Verb.ORDER_MADE)

    with CaptureQueriesContext(connection) as queries:
        handle(message, now=world.now)

    assert len(queries) == 5


# ── what a letter may say ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("letter", ALL, ids=lambda letter: letter.kind)
def test_both_languages_name_the_same_facts_and_no_price_or_rival(letter: Letter) -> None:
    """Requirement G62, F54: of a bid nothing but the receipt's number, to whoever filed it."""
    known = {"title", "agency", "closes_at", "opens_at", "address", "version", "lot"}
    if letter in (of_bids.RECEIPT, of_bids.WITHDRAWN, of_bids.CONFIRM_AGAIN, of_bids.LAPSED):
        known |= {"bidder", "number", "receipt", "countersigned"}
    if letter == NOT_REPEATED:
        known |= {"holders"}  # of keys; whom the agency has appointed itself

    assert placeholders(letter.body.en) == placeholders(letter.body.zh) <= known
    assert placeholders(letter.subject.en) == placeholders(letter.subject.zh) <= {"title", "lot"}


def test_letters_to_those_who_filed_are_not_told_apart_by_their_subject() -> None:
    """A subject is read on every screen and by every mail server on its way."""
    own = (of_bids.RECEIPT, of_bids.WITHDRAWN, of_bids.CONFIRM_AGAIN, of_bids.LAPSED)

    assert len({letter.subject for letter in own}) == 1


@pytest.mark.parametrize("letter", ALL, ids=lambda letter: letter.kind)
def test_a_letter_says_why_it_came_and_only_one_about_a_bid_speaks_of_a_bid(
    letter: Letter,
) -> None:
    own = letter in (of_bids.RECEIPT, of_bids.WITHDRAWN, of_bids.CONFIRM_AGAIN, of_bids.LAPSED)

    assert ("because you filed for {bidder}" in letter.body.en) == own
    assert ("因为您代表{bidder}递交了投标" in letter.body.zh) == own
    assert ("It tells nothing about any bid" in letter.body.en) != own


def test_no_letter_is_about_something_that_never_happens() -> None:
    known = {str(verb) for verb in Verb}

    assert {key.split()[0] for key in LETTERS} <= known


def test_an_order_has_the_letter_of_its_effect() -> None:
    kinds = [letters_for("order.made", {"effect": effect})[0].kind for effect in EFFECTS]

    assert kinds == ["suspended", "resumed", "cancelled", "produce"]


ASKED = ("officer", "overseer", "operator", "legal")
EFFECTS = ("suspend", "resume", "cancel", "produce")


# ── when nobody is reached ───────────────────────────────────────────────────────────────────


@pytest.fixture
def away(settings: Settings) -> Settings:
    """Let the mail server be away."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    return settings


def alerts(world: World) -> dict[str, list[str]]:
    """Say for whom it waits that a letter reached nobody."""
    found = {who: waiting_for(world.by(who), world.now) for who in ASKED}
    return {
        who: [one.what for one in waits if one.what == "look-after-mail"]
        for who, waits in found.items()
    }


def later(world: World) -> None:
    world.now += ALERT_AFTER


def test_operators_and_supervisors_hear_when_a_notice_reached_nobody(
    world: World, away: Settings
) -> None:
    """Requirement B16: everybody registered is notified, with proof of dispatch."""
    tender = published_tender(world)
    suspend(world, tender)
    deliver(world.now)
    send(now=world.now)
    assert alerts(world) == {who: [] for who in ASKED}

    later(world)
    due(now=world.now)
    due(now=world.now)

    assert told(world, "unreached") == {"overseer", "operator"}
    assert alerts(world) == {
        "officer": [],
        "overseer": ["look-after-mail"],
        "operator": ["look-after-mail"],
        "legal": [],
    }


def test_the_alert_goes_by_itself_when_somebody_was_reached(world: World, away: Settings) -> None:
    suspend(world, published_tender(world))
    deliver(world.now)
    later(world)
    assert alerts(world)["operator"] == ["look-after-mail"]
    away.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    send(now=world.now)

    assert alerts(world)["operator"] == []


def test_neither_the_alert_nor_its_absence_tells_whether_anybody_filed_a_bid(
    world: World, away: Settings
) -> None:
    """Who follows only because they filed is not counted, delivered to or not."""
    tender = published_tender(world)
    bidder = world.suppliers[0].signer
    follow_for(tender_id=tender.pk, user_id=bidder.pk, now=world.now)
    suspend(world, tender)
    deliver(world.now)
    away.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Mail.objects.exclude(to=bidder).update(due_at=world.now + timedelta(days=1))
    send(now=world.now)
    assert [one.to for one in django_mail.outbox] == [[bidder.email]]

    later(world)

    assert alerts(world)["operator"] == ["look-after-mail"]
    assert not Mail.objects.get(to=bidder, kind="suspended").critical
    for word in ("follower", "bidder", "no bid", "无人投标", "投标人"):
        assert word not in UNREACHED.body.en + UNREACHED.body.zh


def test_who_filed_and_then_chose_to_follow_is_one_who_chose(world: World) -> None:
    tender = published_tender(world)
    signer = world.suppliers[0].signer
    follow_for(tender_id=tender.pk, user_id=signer.pk, now=world.now)

    follow(tender_id=tender.pk, by=world.by(signer), now=world.now)
    follow_for(tender_id=tender.pk, user_id=signer.pk, now=world.now)

    assert Following.objects.get().chosen


def test_following_leaves_no_trace_in_the_log(world: World) -> None:
    """Requirement A10: who takes an interest is visible to nobody before the deadline."""
    tender, by = published_tender(world), world.by(world.person("reader"))
    before = Event.everything.count()

    follow(tender_id=tender.pk, by=by, now=world.now)

    assert Event.everything.count() == before
