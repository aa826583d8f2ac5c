"""Who files hears of it, alone; openers hear when it is time; all who follow, when it is open."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection, transaction

from bidding.letters import LAST_CALL, REMIND_BEFORE, due
from bidding.models import Bid
from procurement.mail import due as send
from procurement.models import Mail
from procurement.outbox import announce, deliver
from tenders.models import Following, Tender
from tenders.verbs import Verb as TenderVerb
from tests.bidding import opened
from tests.bidding.filing import filed_bid, withdrawn_bid
from tests.world import OPENERS, World, published_tender


def told(kind: str) -> set[str]:
    return {row.to.name for row in Mail.objects.filter(kind=kind).select_related("to")}


def test_who_files_gets_the_receipts_number_and_follows_the_tender(
    open_world: World, tender: Tender
) -> None:
    company = open_world.suppliers[0]

    filed = filed_bid(open_world, tender, company, "918273.64")

    deliver(open_world.now)
    (letter,) = Mail.objects.filter(to=company.signer)
    assert filed.receipt.number in letter.body
    assert "918273.64" not in letter.body + letter.subject
    assert filed.bid.digest not in letter.body
    assert letter.subject == "“Chairs for the hall”: something for you to read"
    following = Following.objects.get(tender=tender)
    assert (following.user, following.chosen) == (company.signer, False)


def test_nobody_else_gets_any_letter_about_a_filing(open_world: World, tender: Tender) -> None:
    """Requirements D38 and A10: number and names of bidders are hidden until the opening."""
    deliver(open_world.now)
    before = set(Mail.objects.values_list("pk", flat=True))

    for company in open_world.suppliers:
        filed_bid(open_world, tender, company, "10.00")
    deliver(open_world.now)

    new = Mail.objects.exclude(pk__in=before)
    signers = {company.signer.pk for company in open_world.suppliers}
    assert new.count() == 3
    assert {mail.to_id for mail in new} == signers
    assert not new.filter(critical=True).exists()
    send(now=open_world.now)
    assert all(len(one.recipients()) == 1 for one in django_mail.outbox)


def test_who_withdraws_hears_that_it_is_withdrawn(open_world: World, tender: Tender) -> None:
    company = open_world.suppliers[0]
    filed = filed_bid(open_world, tender, company, "10.00")
    deliver(open_world.now)

    withdrawn_bid(open_world, company, filed.bid)

    deliver(open_world.now)
    kinds = Mail.objects.filter(to=company.signer).values_list("kind", flat=True)
    assert sorted(kinds) == ["receipt", "withdrawn"]


def test_holders_are_reminded_once_that_an_opening_is_near(
    open_world: World, tender: Tender
) -> None:
    due(now=tender.opens_at - REMIND_BEFORE - timedelta(seconds=1))
    assert told("come-to-the-opening") == set()

    due(now=tender.opens_at - REMIND_BEFORE)
    due(now=tender.opens_at - timedelta(seconds=1))

    people = {open_world.people[name].name for name in OPENERS}
    assert told("come-to-the-opening") == people
    assert Mail.objects.filter(kind="come-to-the-opening").count() == len(OPENERS)


@pytest.mark.usefixtures("fresh_database")
def test_all_who_follow_hear_that_bids_are_open_and_minuted(real_world: World) -> None:
    tender = opened.closed_tender(real_world, "10.00", "11.00", "12.00")
    opened.opened_tender(real_world, tender)
    opened.sign_minutes(real_world, tender)

    deliver(real_world.now)

    signers = {company.signer.name for company in real_world.suppliers}
    assert signers <= told("opened")
    assert signers <= told("minutes")
    assert told("opened") - signers == {"Officer", "Second officer"}
    assert {"Opener-1", "Opener-3"} <= told("sign-minutes")


def test_who_filed_for_an_earlier_notice_is_called_once_more_before_the_deadline(
    open_world: World, tender: Tender
) -> None:
    first = open_world.suppliers[0]
    filed_bid(open_world, tender, first, "10.00")
    Tender.objects.filter(pk=tender.pk).update(notice="a" * 64)

    due(now=tender.closes_at - LAST_CALL - timedelta(seconds=1))
    assert told("confirm-again") == set()
    due(now=tender.closes_at - LAST_CALL)
    due(now=tender.closes_at - timedelta(seconds=1))

    assert told("confirm-again") == {first.signer.name}
    assert Mail.objects.filter(kind="confirm-again").count() == 1


def test_who_confirmed_is_not_called_again(open_world: World, tender: Tender) -> None:
    filed_bid(open_world, tender, open_world.suppliers[0], "10.00")

    due(now=tender.closes_at - timedelta(seconds=1))

    assert told("confirm-again") == set()


def test_who_filed_for_an_earlier_notice_hears_of_the_change_and_in_the_end_of_the_lapse(
    real_world: World,
) -> None:
    tender = published_tender(real_world)
    company = real_world.suppliers[0]
    filed = filed_bid(real_world, tender, company, "10.00")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger looks
        Bid.objects.filter(pk=filed.bid.pk).update(notice="a" * 64)
    announce(TenderVerb.NOTICE_AMENDED, tender.pk, version=2)
    deliver(real_world.now)
    assert told("confirm-again") == {company.signer.name}

    opened.close(real_world, tender)
    deliver(real_world.now)

    assert told("lapsed") == {company.signer.name}
