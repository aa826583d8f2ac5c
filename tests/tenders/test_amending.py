"""What was published is changed in the open: another version, its reason, and time to react.

Requirement A4, B15, B17 and E44 (Directive 2014/24/EU, art. 47; China, Bidding Law art. 23,
Order 87 art. 27).
"""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from procurement.incoming import Incoming
from procurement.journal.record import record
from procurement.models import OutboxMessage
from procurement.objects import fetch
from procurement.proof.notes import Verifier
from procurement.refusals import AlreadyDone, BadInput, Conflict, NotFound, NotPermitted, WrongState
from procurement.texts import Text
from tenders.actions import amending, orders
from tenders.actions.approvals import NotReady, OwnWork, submit_for_approval
from tenders.actions.interests import declare
from tenders.actions.publishing import NoticeChanged
from tenders.ceremonies.amendment import add_document_to, publish_amended_notice
from tenders.changing import amended_notice
from tenders.models import Change, ChangeState, Item, Lot, NoticeVersion, Tender, TenderDocument
from tenders.notice import Notice
from tenders.queries import control_events, document_of, documents_of, notice_of, versions_of
from tenders.queries_changes import (
    notice_at,
    notice_differences,
    notice_paper,
)
from tenders.readiness_changes import amendment_faults
from tenders.rules.changes import DeadlinePassed
from tenders.verbs import Verb
from tests.tenders.changing import (
    FROM_THEN_ON,
    again,
    amended,
    approved,
    asked,
    drafted,
    extended,
    judged,
    published_amendment,
    running_tender,
    signed_amendment,
)
from tests.world import (
    QUESTION,
    TECHNICAL,
    World,
    approve,
    attach,
    order,
    publish,
    ready_tender,
)

pytestmark = pytest.mark.django_db
TWELVE = [{"lot": "lot-1", "id": "chairs", "quantity": "12"}]


@pytest.fixture
def tender(world: World) -> Tender:
    return running_tender(world)


def with_document(world: World, data: bytes = b"Ten chairs\nof wood\n") -> Tender:
    """Publish a tender with a specification."""
    world.wind_to(world.now)
    made = ready_tender(world)
    attach(world, made, data=data)
    submit_for_approval(tender_id=made.pk, by=world.by("officer"), now=world.now)
    approve(world, made)
    return publish(world, made)


def put(
    world: World, change: Change, data: bytes, name: str = "specification.txt"
) -> TenderDocument:
    return add_document_to(
        amendment_id=change.pk,
        name=name,
        media_type="text/plain",
        body=Incoming(BytesIO(data), len(data)),
        by=world.by("officer"),
        now=world.now,
    )


def codes(world: World, change: Change) -> list[str]:
    change = Change.objects.select_related("tender").get(pk=change.pk)
    acting = world.people["officer"].pk
    found = amendment_faults(again(change.tender), change, acting=acting, now=world.now)
    return [fault.code for fault in found]


# What an amendment does


def test_an_amendment_makes_the_next_version_and_says_why(world: World, tender: Tender) -> None:
    """Requirement A4: each version is immutable, hashed and signed by the agency."""
    first = notice_of(tender)

    after = amended(world, tender, items=TWELVE)

    notice = notice_of(after)
    assert (notice.version, notice.previous) == (2, first.digest())
    assert notice.reason == "The hall seats more people"
    assert after.version == 2
    assert after.closes_at == tender.closes_at + FROM_THEN_ON == notice.closes_at
    assert after.opens_at == tender.opens_at + FROM_THEN_ON
    signed = Notice.open(fetch(notice.digest()).note or b"", Verifier.parse(first.agency))
    assert signed == notice


def test_what_is_in_force_is_what_the_new_notice_says(world: World, tender: Tender) -> None:
    question = {**QUESTION, "id": "guarantee-years"}

    after = amended(
        world,
        tender,
        title=Text("Chairs for two halls", "两个大厅的座椅"),
        validity_days=120,
        questions=(question,),
        items=TWELVE,
    )

    assert (after.title_en, after.validity_days) == ("Chairs for two halls", 120)
    assert after.questions == [question]
    assert Item.objects.get(lot__tender=after).quantity == "12"
    assert Lot.objects.get(tender=after).pk == Lot.objects.get(tender=tender).pk


def test_the_history_tells_the_version_and_everybody_hears_of_it(
    world: World, tender: Tender
) -> None:
    """Requirement B16."""
    after = amended(world, tender)

    event = control_events(tender.pk)[-1]
    assert (event.verb, event.to_json()["body"]["object"]) == ("notice.published", after.notice)  # type: ignore[index,call-overload]
    told = OutboxMessage.objects.get(verb="notice.amended", subject=tender.pk)
    assert told.payload == {"version": 2}


def test_the_old_versions_stay_readable_for_ever(world: World, tender: Tender) -> None:
    first, paper = notice_of(tender), notice_paper(tender, 1)

    after = amended(world, amended(world, tender, validity_days=100), validity_days=110)

    assert [one.version for one in NoticeVersion.objects.filter(tender=tender)] == [1, 2, 3]
    assert notice_at(after, 1) == first
    assert notice_paper(after, 1) == paper != notice_paper(after, 3)
    assert notice_at(after, 3).previous == notice_at(after, 2).digest()


def test_what_changed_is_read_in_both_languages(world: World, tender: Tender) -> None:
    after = amended(world, tender, items=TWELVE, validity_days=120)

    found = {one.path: one for one in notice_differences(after, 2)}

    quantity = found["/response_form/prices/lot-1/items/chairs/quantity"]
    assert quantity.to_json() == {
        "path": "/response_form/prices/lot-1/items/chairs/quantity",
        "what": {"en": "Item “chairs”: quantity", "zh": "采购项“chairs”：数量"},
        "before": "10",
        "after": "12",
        "shown": {"before": "10", "after": "12"},
    }
    assert (found["/validity_days"].before, found["/validity_days"].after) == ("90", "120")
    assert "/closes_at" in found
    assert {path.split("/")[1] for path in found} <= {
        "response_form", "validity_days", "closes_at", "gates", "questions_until", "answers_until",
    }  # fmt: skip


def test_nobody_outside_sees_an_amendment_before_it_is_in_force(
    world: World, tender: Tender
) -> None:
    change = drafted(world, tender, title=Text("Two halls", ""))
    outside = world.by(world.suppliers[0].signer)

    assert not Change.objects.visible_to(outside).exists()
    assert Change.objects.visible_to(world.by("legal")).get() == change
    assert Change.objects.visible_to(world.by("overseer")).get() == change
    assert again(tender).title_en == tender.title_en
    with pytest.raises(NotFound):
        amending.drop_amendment(amendment_id=change.pk, by=outside, now=world.now)


# The time that is left


def test_too_little_time_is_named_with_its_rule_until_the_deadline_moves(world: World) -> None:
    """Requirement B15: closer than the rule's days a change moves the deadline."""
    tender = running_tender(world, closes_in=timedelta(seconds=60))
    change = drafted(world, tender, items=TWELVE, closes_at=tender.closes_at)
    world.wind_to(tender.closes_at - timedelta(seconds=10))

    with pytest.raises(NotReady) as refusal:
        asked(world, change)
    assert [fault.code for fault in refusal.value.faults] == ["too-little-time-left"]
    assert "amendment_minimum" in refusal.value.faults[0].said("en")
    assert "amendment_minimum" in refusal.value.faults[0].said("zh")

    later = {"closes_at": tender.closes_at + FROM_THEN_ON}
    amending.edit_amendment(
        amendment_id=change.pk, body=later, by=world.by("officer"), now=world.now
    )
    assert asked(world, change).state == ChangeState.IN_APPROVAL


def test_the_time_left_is_judged_again_when_it_is_published(world: World) -> None:
    tender = running_tender(world, closes_in=timedelta(minutes=2))
    change = approved(world, drafted(world, tender, closes_at=tender.closes_at, items=TWELVE))
    world.wind_to(tender.closes_at - timedelta(seconds=5))

    with pytest.raises(NotReady) as refusal:
        published_amendment(world, change)

    assert [fault.code for fault in refusal.value.faults] == ["too-little-time-left"]
    assert again(tender).version == 1


def test_where_enough_time_is_left_the_deadline_stays(world: World, tender: Tender) -> None:
    after = amended(world, tender, items=TWELVE, closes_at=tender.closes_at)

    assert after.closes_at == tender.closes_at


@pytest.mark.parametrize(
    "when",
    [
        pytest.param({"closes_at": timedelta(seconds=-1)}, id="deadline"),
        pytest.param({"opens_at": timedelta(seconds=-1)}, id="opening"),
    ],
)
def test_nothing_moves_back(world: World, tender: Tender, when: dict[str, timedelta]) -> None:
    body = {name: getattr(tender, name) + by for name, by in when.items()}

    with pytest.raises(BadInput) as refusal:
        drafted(world, tender, **({"closes_at": tender.closes_at} | body))

    assert "moved-back" in [fault.code for fault in refusal.value.faults]


def test_an_extension_meanwhile_is_not_taken_back(world: World, tender: Tender) -> None:
    change = approved(world, drafted(world, tender, items=TWELVE))
    extended(world, tender, FROM_THEN_ON * 2)

    with pytest.raises(NotReady) as refusal:
        published_amendment(world, change)

    assert "moved-back" in [fault.code for fault in refusal.value.faults]


def test_nothing_is_amended_after_the_deadline(world: World, tender: Tender) -> None:
    change = approved(world, drafted(world, tender))
    signed = signed_amendment(world, change)
    world.wind_to(tender.closes_at)

    with pytest.raises(DeadlinePassed):
        publish_amended_notice(
            amendment_id=change.pk, signed=signed, by=world.by("officer"), now=world.now
        )
    with pytest.raises(DeadlinePassed):
        drafted(world, tender)


# What an amendment cannot say


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"items": [{"lot": "lot-1", "id": "desks"}]}, "no-such-item", id="more"),
        pytest.param({"remove_documents": ["none.txt"]}, "no-such-document", id="no document"),
        pytest.param({"title": Text("", "")}, "no-text", id="no title"),
    ],
)
def test_what_cannot_stand_in_an_amendment_is_named_at_once(
    world: World, tender: Tender, body: dict[str, Any], code: str
) -> None:
    """Requirement B17: other scope needs a new tender."""
    with pytest.raises(BadInput) as refusal:
        drafted(world, tender, **body)

    assert code in [fault.code for fault in refusal.value.faults]


def test_an_amendment_has_a_reason(world: World, tender: Tender) -> None:
    with pytest.raises(BadInput) as refusal:
        drafted(world, tender, " ")

    assert [fault.pointer for fault in refusal.value.faults] == ["/reason"]


def test_an_amendment_that_changes_nothing_is_not_approved(world: World, tender: Tender) -> None:
    change = drafted(world, tender, closes_at=tender.closes_at)

    assert codes(world, change) == ["nothing-changes"]


def test_one_amendment_is_drafted_at_a_time(world: World, tender: Tender) -> None:
    drafted(world, tender)
    with pytest.raises(Conflict):
        drafted(world, tender)

    change = Change.objects.get()
    amending.drop_amendment(amendment_id=change.pk, by=world.by("officer"), now=world.now)
    assert drafted(world, tender).version == 2


def test_a_suspended_tender_can_be_amended(world: World, tender: Tender) -> None:
    note = order(world, tender, "suspend")
    orders.make(tender_id=tender.pk, order_note=note, by=world.by("overseer"), now=world.now)

    assert amended(world, tender, items=TWELVE).version == 2


# Two people, and what was signed


def test_only_the_legal_approver_judges_and_nobody_their_own_work(
    world: World, tender: Tender
) -> None:
    """Requirement E44."""
    change = asked(world, drafted(world, tender))

    for who in ("officer", "second officer", "finance", "decider"):
        with pytest.raises(NotPermitted):
            judged(world, change, who=who)
    both = world.person("both", legal_approver=world.agency)
    world.people["both"] = both
    record(
        Verb.TENDER_EDITED,
        tender=tender.pk,
        by=world.by("both"),
        at=world.now,
        body={},
    )
    with pytest.raises(OwnWork):
        judged(world, change, who="both")


def test_an_edit_voids_the_approval(world: World, tender: Tender) -> None:
    change = approved(world, drafted(world, tender))

    edited = amending.edit_amendment(
        amendment_id=change.pk,
        body={"validity_days": 100},
        by=world.by("officer"),
        now=world.now,
    )

    assert (edited.state, edited.decided_at, edited.revision) == (ChangeState.DRAFT, None, 2)
    with pytest.raises(WrongState):
        published_amendment(world, change)


def test_it_goes_back_with_a_comment_and_comes_again(world: World, tender: Tender) -> None:
    change = asked(world, drafted(world, tender))

    back = judged(world, change, approved=False)

    assert (back.state, back.comment) == (ChangeState.DRAFT, "Item 1 is unclear")
    assert approved(world, change).state == ChangeState.APPROVED
    with pytest.raises(AlreadyDone):
        judged(world, change)


def test_only_what_was_signed_by_the_key_of_the_first_notice_is_published(
    world: World, tender: Tender
) -> None:
    change = approved(world, drafted(world, tender))
    by = world.by("officer")

    foreign = signed_amendment(world, change, key=world.keys["supervisor"])
    with pytest.raises(BadInput):
        publish_amended_notice(amendment_id=change.pk, signed=foreign, by=by, now=world.now)
    other = signed_amendment(world, change, of=notice_of(tender))
    with pytest.raises(NoticeChanged):
        publish_amended_notice(amendment_id=change.pk, signed=other, by=by, now=world.now)

    assert again(tender).version == 1


def test_an_officer_with_a_conflict_takes_no_part_and_another_goes_on(
    world: World, tender: Tender
) -> None:
    declare(
        tender_id=tender.pk,
        conflict=True,
        statement="My sister bids",
        by=world.by("officer"),
        now=world.now,
    )
    world.people["officer"], gone = world.people["second officer"], world.people["officer"]
    declare(
        tender_id=tender.pk, conflict=False, statement="", by=world.by("officer"), now=world.now
    )

    assert amended(world, tender, items=TWELVE).version == 2
    assert gone.pk != world.people["officer"].pk


# Documents


def test_the_documents_of_an_amendment_are_hidden_until_it_is_in_force(world: World) -> None:
    """Requirement A4."""
    tender = with_document(world)
    change = drafted(world, tender)
    put(world, change, b"Twelve chairs\nof wood\n")
    put(world, change, b"A plan", "plan.txt")

    assert [one.sha256 for one in documents_of(tender)] == [
        one.sha256 for one in notice_of(tender).documents
    ]
    with pytest.raises(NotFound):
        document_of(tender, "plan.txt")
    assert len(versions_of(tender, "specification.txt")) == 1

    published_amendment(world, approved(world, change))

    after = again(tender)
    assert [(one.name, one.sha256) for one in documents_of(after)] == [
        (one.name, one.sha256) for one in notice_of(after).documents
    ]
    assert [one.version for one in versions_of(after, "specification.txt")] == [1, 2]
    assert document_of(after, "specification.txt", 1).length == len(b"Ten chairs\nof wood\n")


def test_a_document_that_is_left_out_stays_readable(world: World) -> None:
    tender = with_document(world)

    after = amended(world, tender, remove_documents=["specification.txt"])

    assert documents_of(after) == []
    assert notice_of(after).documents == ()
    assert document_of(after, "specification.txt").version == 1
    difference = {one.path: one for one in notice_differences(after, 2)}
    assert difference["/documents/specification.txt"].after is None


def test_the_documents_of_a_dropped_amendment_are_never_seen(world: World) -> None:
    tender = with_document(world)
    change = drafted(world, tender)
    put(world, change, b"Secret plans", "plan.txt")
    amending.drop_amendment(amendment_id=change.pk, by=world.by("officer"), now=world.now)

    amended(world, tender, items=TWELVE)

    with pytest.raises(NotFound):
        document_of(again(tender), "plan.txt")


def test_the_notice_that_is_signed_is_the_one_that_is_shown(world: World, tender: Tender) -> None:
    change = approved(world, drafted(world, tender, required_documents=(TECHNICAL,)))
    shown = amended_notice(again(tender), change)

    published_amendment(world, change)

    assert notice_of(again(tender)) == shown


def test_a_version_that_no_notice_ever_named_stays_with_the_agency(world: World) -> None:
    world.wind_to(world.now)
    made = ready_tender(world)
    attach(world, made, data=b"A first attempt")
    attach(world, made, data=b"Ten chairs")
    submit_for_approval(tender_id=made.pk, by=world.by("officer"), now=world.now)
    approve(world, made)
    tender = publish(world, made)

    assert [one.version for one in versions_of(tender, "specification.txt")] == [2]
    with pytest.raises(NotFound):
        document_of(tender, "specification.txt", 1)
