"""Changes of a published tender, by the real actions and the agency's real keys."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bidding.sealed.changes import Decision
from procurement.journal.record import control_head
from procurement.objects import fetch
from procurement.proof.events import OBJECT
from procurement.proof.notes import Signer
from procurement.proof.shapes import Statement
from tenders.actions import acknowledging, amending, extending
from tenders.actions.publishing import Signed
from tenders.answers import Overdue
from tenders.ceremonies.amendment import publish_amended_notice
from tenders.changing import amended_keyset, amended_notice, amended_pdf, extension_to_sign
from tenders.models import Change, Tender
from tenders.notice import Acknowledgement, Extension, Notice
from tenders.queries import control_events
from tests.world import World, published_tender

MINUTE = timedelta(minutes=1)


def running_tender(world: World, **overrides: Any) -> Tender:
    """Publish a tender while the database's clock shows what the world's does."""
    world.wind_to(world.now)
    return published_tender(world, **overrides)


def again(tender: Tender) -> Tender:
    """Read a tender as it stands now."""
    return Tender.objects.select_related("agency", "plan_line").get(pk=tender.pk)


def extension_note(
    world: World,
    tender: Tender,
    by: timedelta = MINUTE,
    /,
    *,
    key: Signer | None = None,
    **said: Any,
) -> bytes:
    """Sign a later deadline as the agency does; ``said`` is put in the place of what is right."""
    tender = again(tender)
    right = extension_to_sign(tender, tender.closes_at + by, "The site visit was moved")
    return replace(right, **said).sign(key or world.keys["agency"])


def proposed(world: World, tender: Tender, by: timedelta = MINUTE, /, **said: Any) -> Change:
    """Put a later deadline before a second person."""
    return extending.propose(
        tender_id=tender.pk,
        extension_note=extension_note(world, tender, by, **said),
        by=world.by("officer"),
        now=world.now,
    )


def replaced(
    world: World,
    change: Change,
    by: timedelta = 2 * MINUTE,
    /,
    *,
    who: str = "officer",
    **said: Any,
) -> Change:
    """Put another later deadline in the place of one that waits."""
    return extending.replace(
        change_id=change.pk,
        extension_note=extension_note(world, change.tender, by, **said),
        by=world.by(who),
        now=world.now,
    )


def decided(world: World, change: Change, *, approved: bool = True, who: str = "finance") -> Change:
    """Let a second person decide on a later deadline."""
    comment = "" if approved else "There is time enough"
    return extending.decide(
        change_id=change.pk,
        revision=change.revision,
        approved=approved,
        comment=comment,
        by=world.by(who),
        now=world.now,
    )


def extended(world: World, tender: Tender, by: timedelta = MINUTE) -> Tender:
    """Move a deadline, with a second person's agreement."""
    decided(world, proposed(world, tender, by))
    return again(tender)


def acknowledgement(world: World, tender: Tender, extension: Extension, **said: Any) -> bytes:
    """Sign, as the timekeeper, that an extension was seen upon the newest decision."""
    right = Acknowledgement(
        tender=str(tender.pk),
        extension=extension.digest(),
        control_head=control_head(tender.pk) or "0" * 64,
    )
    return replace(right, **said).sign(world.keys["timekeeper"])


def acknowledged(world: World, tender: Tender, extension: Extension, **said: Any) -> None:
    """Let the timekeeper hand in its acknowledgement."""
    acknowledging.acknowledge(
        tender_id=tender.pk,
        note=acknowledgement(world, tender, extension, **said),
        by=world.by("timekeeper"),
        now=world.now,
    )


def decisions(tender: Tender) -> list[Decision]:
    """Read what was decided, in the order of the tender's chain."""
    kinds: dict[str, type[Statement]] = {
        "notice.published": Notice,
        "deadline.extended": Extension,
        "extension.acknowledged": Acknowledgement,
        "questions.overdue": Overdue,
    }
    found: list[Decision] = []
    for event in control_events(tender.pk):
        kind, body = kinds.get(event.verb), event.to_json()["body"]
        assert isinstance(body, dict)
        read = kind.read(fetch(str(body[OBJECT])).body) if kind else None
        found.append((event.leaf, read))
    return found


# Amendments

FROM_THEN_ON = timedelta(seconds=90)  # more than the practice pack asks for after a change


def drafted(
    world: World, tender: Tender, reason: str = "The hall seats more people", /, **body: Any
) -> Change:
    """Draft an amendment; without a deadline it moves the one in force by a minute and a half."""
    plain = {"closes_at": again(tender).closes_at + FROM_THEN_ON}
    return amending.draft_amendment(
        tender_id=tender.pk,
        reason=reason,
        body=plain | body,
        by=world.by("officer"),
        now=world.now,
    )


def asked(world: World, change: Change) -> Change:
    """Put an amendment before its approver."""
    return amending.request_approval(amendment_id=change.pk, by=world.by("officer"), now=world.now)


def judged(world: World, change: Change, *, approved: bool = True, who: str = "legal") -> Change:
    """Let the legal approver judge an amendment."""
    return amending.judge_amendment(
        amendment_id=change.pk,
        approved=approved,
        comment="" if approved else "Item 1 is unclear",
        by=world.by(who),
        now=world.now,
    )


def approved(world: World, change: Change) -> Change:
    """Bring a draft amendment through its approval."""
    return judged(world, asked(world, change))


def signed_amendment(
    world: World, change: Change, *, key: Signer | None = None, of: Notice | None = None
) -> Signed:
    """Sign the next notice, its keyset and its paper as an officer of the agency does."""
    tender, key = again(change.tender), key or world.keys["agency"]
    change = Change.objects.get(pk=change.pk)
    notice = of or amended_notice(tender, change)
    pdf = amended_pdf(tender, change)
    return Signed(
        notice_note=notice.sign(key),
        keyset_note=amended_keyset(tender, change).sign(key),
        pdf=world.trust.sign(pdf, world.credentials["agency"], world.now),
    )


def published_amendment(world: World, change: Change) -> Tender:
    """Publish an approved amendment."""
    return publish_amended_notice(
        amendment_id=change.pk,
        signed=signed_amendment(world, change),
        by=world.by("officer"),
        now=world.now,
    )


def amended(world: World, tender: Tender, /, **body: Any) -> Tender:
    """Amend a tender, from the draft to the new notice."""
    published_amendment(world, approved(world, drafted(world, tender, **body)))
    return again(tender)
