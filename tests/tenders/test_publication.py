"""Publication judges everything once more; what is out then is what was signed, for good.

Requirements A1 and A7.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from pytest_django.fixtures import Settings

from bidding.sealed.history import read_history
from procurement.actions.enrolment import enrol_note_key
from procurement.actors import system_actor
from procurement.anchors import current_anchors
from procurement.journal.sequencer import tick
from procurement.models import Event, Kind
from procurement.objects import fetch
from procurement.proof.notes import Signer
from procurement.refusals import Refusal
from procurement.stored import vault
from procurement.texts import Text
from procurement.vault import DOCUMENTS, VaultRefused
from signatures.practice import edited
from tenders.actions import interests
from tenders.actions.approvals import submit_for_approval
from tenders.actions.publishing import Signed
from tenders.ceremonies.publication import publish_notice
from tenders.drafting import notice_to_sign
from tenders.models import ApprovalKind, Tender, TenderDocument
from tenders.papers import notice_pdf
from tenders.queries import keyset_of, notice_of, notice_pdf_name, tender_history
from tests.world import (
    World,
    approve,
    approved_tender,
    attach,
    publish,
    published_tender,
    ready_tender,
    signed_notice,
    tender_in_approval,
)

pytestmark = pytest.mark.django_db


def publishing(world: World, tender: Tender, signed: Signed, who: str = "officer") -> Tender:
    return publish_notice(tender_id=tender.pk, signed=signed, by=world.by(who), now=world.now)


def refusal(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value


def signing_as(world: World, **other: str) -> Callable[[bytes], bytes]:
    """Sign a paper with the certificate of somebody else."""
    name, identifier = other.get("name", "Other Office"), other.get("identifier", "NTRCN-OTHER")
    stranger = world.trust.issue(name, identifier)
    return lambda pdf: world.trust.sign(pdf, stranger, world.now)


class TestPublished:
    """What stands when it went well."""

    def test_it_is_decided_by_two_control_events_in_order(self, world: World) -> None:
        tender = published_tender(world)

        told = Event.objects.filter(kind=Kind.CONTROL).order_by("chain_position")

        assert [event.verb for event in told] == ["keyset.fixed", "notice.published"]
        objects = [event.to_json()["body"]["object"] for event in told]  # type: ignore[index]
        assert objects == [keyset_of(tender).digest(), tender.notice]
        assert (tender.published_at, tender.grace_seconds) == (world.now, 3)

    def test_its_history_holds_for_whoever_has_the_anchors(self, world: World) -> None:
        tender = published_tender(world)
        tick(world.now)

        told = read_history(tender_history(tender.pk, withheld=False), current_anchors())

        assert told.notice == notice_of(tender)
        assert told.keyset == keyset_of(tender)

    def test_its_notice_says_what_was_drafted(self, world: World) -> None:
        tender = ready_tender(world, opens_at=world.now + timedelta(hours=2))
        attach(world, tender, "a.txt", b"one")
        attach(world, tender, "a.txt", b"two")
        notice = notice_to_sign(Tender.objects.get())

        assert notice.closes_at == tender.closes_at
        assert [(gate.lot, gate.envelope) for gate in notice.gates] == [("lot-1", "offer")]
        assert notice.gates[0].not_before == tender.opens_at
        assert [(d.name, d.length) for d in notice.documents] == [("a.txt", 3)]
        assert notice.documents[0].sha256 == TenderDocument.objects.get(version=2).sha256
        assert (notice.budget.amount, notice.budget.currency) == ("50000.00", "CNY")
        assert (notice.pack.name, notice.delta_seconds) == ("training", 10)
        assert notice.agency == world.keys["agency"].verifier

    def test_the_draft_of_a_notice_stays_the_same_until_an_edit(self, world: World) -> None:
        tender = approved_tender(world)

        assert notice_to_sign(tender) == notice_to_sign(Tender.objects.get())

    def test_paper_and_documents_are_held_in_the_vault(self, world: World) -> None:
        tender = ready_tender(world)
        attach(world, tender)
        tender = publish(world, through_approval(world, tender))
        document = TenderDocument.objects.get()

        for name, version in (
            (notice_pdf_name(tender), tender.notice_pdf_version),
            (document.object_name, document.object_version),
        ):
            with pytest.raises(VaultRefused):
                vault().delete(DOCUMENTS, name, version)

    def test_the_database_holds_it_too(self, world: World) -> None:
        published_tender(world)

        for state in ("draft", "in-approval", "concluded"):
            with pytest.raises(DatabaseError), transaction.atomic():
                Tender.objects.update(state=state)

    def test_it_is_not_published_twice(self, world: World) -> None:
        tender = approved_tender(world)
        signed = signed_notice(world, tender)
        publishing(world, tender, signed)

        assert refusal(lambda: publishing(world, tender, signed)).code == "wrong-state"
        assert Event.objects.filter(kind=Kind.CONTROL).count() == 2


def through_approval(world: World, tender: Tender) -> Tender:
    submit_for_approval(tender_id=tender.pk, by=world.by("officer"), now=world.now)
    approve(world, tender)
    return Tender.objects.get(pk=tender.pk)


class TestPaper:
    """The paper is signed for the agency, whole, and carries these two objects."""

    @pytest.mark.parametrize(
        ("paper", "code"),
        [
            pytest.param(lambda w: bytes, "paper-not-accepted", id="unsigned"),
            pytest.param(lambda w: signing_as(w), "paper-not-accepted", id="signed by others"),
            pytest.param(
                lambda w: lambda pdf: edited(w.trust.sign(pdf, w.credentials["agency"], w.now)),
                "paper-not-accepted",
                id="edited after signing",
            ),
            pytest.param(lambda w: lambda pdf: b"%PDF-1.7", "paper-not-accepted", id="no PDF"),
            pytest.param(lambda w: lambda pdf: b"", "paper-not-accepted", id="nothing"),
        ],
    )
    def test_another_paper_is_refused(
        self, world: World, paper: Callable[[World], Callable[[bytes], bytes]], code: str
    ) -> None:
        tender = approved_tender(world)

        refused = refusal(
            lambda: publishing(world, tender, signed_notice(world, tender, paper=paper(world)))
        )

        assert refused.code == code
        assert all(fault.pointer == "/notice_pdf" for fault in refused.faults)
        assert refused.faults[0].said("en") != refused.faults[0].said("zh")
        assert Tender.objects.get().state == "in-approval"

    def test_a_paper_that_carries_another_notice_is_refused(self, world: World) -> None:
        tender = approved_tender(world)
        longer = replace(notice_to_sign(tender), validity_days=3_650)
        other = notice_pdf(longer, keyset_of(tender), agency_name=Text("City Roads Office", ""))

        signed = signed_notice(
            world,
            tender,
            paper=lambda _: world.trust.sign(other, world.credentials["agency"], world.now),
        )

        assert refusal(lambda: publishing(world, tender, signed)).code == "notice-changed"

    def test_while_the_vault_is_away_nothing_is_published(
        self, world: World, settings: Settings
    ) -> None:
        tender = approved_tender(world)
        signed = signed_notice(world, tender)
        settings.VAULT = "minio://key:secret-of-eight@127.0.0.1:1"

        refused = refusal(lambda: publishing(world, tender, signed))

        assert (refused.code, refused.retry_after) == ("vault-unavailable", 30)
        assert Tender.objects.get().state == "in-approval"


class TestNotes:
    """Notice and keyset are signed by the standing key of the agency."""

    @pytest.mark.parametrize("who", ["supervisor", "timekeeper"])
    def test_another_bodys_key_is_refused(self, world: World, who: str) -> None:
        tender = approved_tender(world)

        refused = refusal(
            lambda: publishing(world, tender, signed_notice(world, tender, key=world.keys[who]))
        )

        assert (refused.code, refused.faults[0].pointer) == ("bad-input", "/notice_note")

    def test_a_key_that_calls_itself_the_agencys_is_refused(self, world: World) -> None:
        tender = approved_tender(world)
        impostor = Signer.generate(world.keys["agency"].name)

        refused = refusal(
            lambda: publishing(world, tender, signed_notice(world, tender, key=impostor))
        )

        assert refused.code == "bad-input"

    def test_a_retired_key_is_refused(self, world: World) -> None:
        tender = approved_tender(world)
        signed = signed_notice(world, tender)
        fresh = Signer.generate(f"{world.keys['agency'].name}-2")
        enrol_note_key(
            organisation_id=world.agency.pk,
            vkey=fresh.verifier,
            by=system_actor(),
            now=world.now,
        )

        assert refusal(lambda: publishing(world, tender, signed)).code == "bad-input"

    @pytest.mark.parametrize("part", ["notice_note", "keyset_note"])
    def test_another_object_is_refused(self, world: World, part: str) -> None:
        tender = approved_tender(world)
        key = world.keys["agency"]
        others: dict[str, Any] = {
            "notice_note": replace(notice_to_sign(tender), validity_days=91).sign(key),
            "keyset_note": replace(keyset_of(tender), k=3).sign(key),
        }
        signed = replace(signed_notice(world, tender), **{part: others[part]})

        assert refusal(lambda: publishing(world, tender, signed)).code == "notice-changed"

    def test_a_notice_signed_upon_other_anchors_is_refused(self, world: World) -> None:
        tender = approved_tender(world)
        signed = signed_notice(world, tender)
        custodian = Signer.generate("daylight.example/try-out/supervisor/second")
        enrol_note_key(
            organisation_id=world.supervisor.pk,
            vkey=custodian.verifier,
            by=system_actor(),
            now=world.now,
        )

        assert refusal(lambda: publishing(world, tender, signed)).code == "notice-changed"

    def test_nothing_is_stored_of_what_was_refused(self, world: World) -> None:
        tender = approved_tender(world)
        signed = signed_notice(world, tender, paper=bytes)
        refusal(lambda: publishing(world, tender, signed))

        assert fetch(keyset_of(tender).digest()).note is None
        assert not vault().versions(DOCUMENTS, notice_pdf_name(tender))


class TestOnceMore:
    """All that was asked for before approval still holds now."""

    @pytest.mark.parametrize("given", [[], [ApprovalKind.LEGAL], [ApprovalKind.FINANCE]])
    def test_both_approvals_are_there(self, world: World, given: list[ApprovalKind]) -> None:
        tender = tender_in_approval(world)
        if given:
            approve(world, tender, *given)

        refused = refusal(lambda: publish(world, tender))

        assert refused.code == "not-ready"
        assert [fault.code for fault in refused.faults] == ["not-approved"] * (2 - len(given))

    def test_the_period_runs_from_now(self, world: World) -> None:
        tender = approved_tender(world)
        signed = signed_notice(world, tender)
        world.now = tender.closes_at - timedelta(seconds=29)

        refused = refusal(lambda: publishing(world, tender, signed))

        assert [fault.code for fault in refused.faults] == ["bid-period-too-short"]

    @pytest.mark.parametrize("who", ["opener-2", "legal", "officer"])
    def test_a_conflict_declared_meanwhile_keeps_it_back(self, world: World, who: str) -> None:
        tender = approved_tender(world)
        signed = signed_notice(world, tender)
        interests.declare(
            tender_id=tender.pk,
            conflict=True,
            statement="I own shares of a bidder",
            by=world.by(who),
            now=world.now,
        )

        refused = refusal(lambda: publishing(world, tender, signed))

        assert refused.code in ("not-ready", "conflict-declared")

    def test_whoever_publishes_has_declared(self, world: World) -> None:
        tender = approved_tender(world)
        signed = signed_notice(world, tender)

        refused = refusal(lambda: publishing(world, tender, signed, "second officer"))

        assert [fault.code for fault in refused.faults] == ["interests-not-declared"]

    @pytest.mark.parametrize("who", ["legal", "opener-1", "overseer"])
    def test_only_an_officer_publishes(self, world: World, who: str) -> None:
        tender = approved_tender(world)
        signed = signed_notice(world, tender)

        assert refusal(lambda: publishing(world, tender, signed, who)).code == "not-permitted"
