"""What happens between notice and deadline in the sample world: questions, changes, answers."""

from datetime import datetime
from uuid import UUID

from procurement.journal.record import control_head
from procurement.texts import Text
from procurement.tryout.sample.world import Body, World
from tenders.actions.acknowledging import acknowledge
from tenders.actions.amending import draft_amendment, judge_amendment, request_approval
from tenders.actions.answering import answer
from tenders.actions.asking import ask
from tenders.actions.extending import decide, propose
from tenders.actions.publishing import Signed
from tenders.answers import Answer
from tenders.ceremonies.amendment import publish_amended_notice
from tenders.changing import amended_keyset, amended_notice, amended_pdf, extension_to_sign
from tenders.models import Change, Question, Tender
from tenders.notice import Acknowledgement
from tenders.queries_questions import next_number

ASKED = Text("Is delivery in two parts allowed?", "可以分两批交货吗？")
ANSWERED = Text(
    "Yes, the second part within ten days of the first.", "可以，第二批须在首批后十日内交付。"
)


def asked(world: World, tender: UUID, supplier: Body, text: str) -> Question:
    """Ask in a supplier's name."""
    return ask(
        tender_id=tender,
        supplier_id=supplier.organisation.pk,
        text=text,
        by=world.by(supplier.people["signer"]),
        now=world.now,
    )


def answered(world: World, tender: UUID, agency: Body, *questions: Question) -> None:
    """Answer questions that ask the same, for everybody at once."""
    assert agency.key
    said = Answer(
        tender=str(tender),
        notice=Tender.objects.get(pk=tender).notice,
        number=next_number(tender),
        questions=tuple(sorted(str(one.pk) for one in questions)),
        question={**ASKED._asdict()},
        answer={**ANSWERED._asdict()},
    )
    answer(
        tender_id=tender,
        answer_note=said.sign(agency.key),
        redaction_checked=True,
        by=world.by(agency.people["officer"]),
        now=world.now,
    )


def extended(world: World, tender: UUID, agency: Body, closes_at: datetime) -> None:
    """Move the deadline: one signs, another agrees, the timekeeper acknowledges."""
    assert agency.key
    row = Tender.objects.get(pk=tender)
    extension = extension_to_sign(row, closes_at, "A holiday of the factory / 工厂放假")
    change = propose(
        tender_id=tender,
        extension_note=extension.sign(agency.key),
        by=world.by(agency.people["officer"]),
        now=world.now,
    )
    finance = world.by(agency.people["finance"])
    decide(change_id=change.pk, approved=True, comment="", by=finance, now=world.now)
    said = Acknowledgement(str(tender), extension.digest(), control_head(tender) or "")
    acknowledge(
        tender_id=tender,
        note=said.sign(world.timekeeper_key),
        by=world.by(world.timekeeper),
        now=world.now,
    )


def amended(world: World, tender: UUID, agency: Body, closes_at: datetime) -> None:
    """Publish another version of the notice; what was filed has to be confirmed."""
    assert agency.key and agency.credential
    officer = world.by(agency.people["officer"])
    change = draft_amendment(
        tender_id=tender,
        reason="The guarantee is longer / 延长质保期",
        body={"validity_days": 120, "closes_at": closes_at},
        by=officer,
        now=world.now,
    )
    request_approval(amendment_id=change.pk, by=officer, now=world.now)
    legal = world.by(agency.people["legal"])
    judge_amendment(amendment_id=change.pk, approved=True, comment="", by=legal, now=world.now)
    change = Change.objects.get(pk=change.pk)
    row = Tender.objects.select_related("agency", "plan_line").get(pk=tender)
    signed = Signed(
        notice_note=amended_notice(row, change).sign(agency.key),
        keyset_note=amended_keyset(row, change).sign(agency.key),
        pdf=world.sign(amended_pdf(row, change), agency.credential),
    )
    publish_amended_notice(amendment_id=change.pk, signed=signed, by=officer, now=world.now)
