"""A tender on its way, stopped wherever something is asked: three walks by the real actions.

A walk gives one ``Case`` after the other, by name. What is asked of a case is rolled back, so the
walk goes on as if nobody had asked.
"""

from collections.abc import Callable, Iterator

from awards.actions.deciding import decide
from awards.actions.judging import decide_judgement, judge
from awards.actions.proposing import propose
from awards.models import Admissibility
from awards.queries import result
from bidding.models import Envelope, OpenedDocument
from procurement.actions.accounts import grant_role
from procurement.actions.invitations import invite
from procurement.actors import system_actor
from procurement.journal.sequencer import tick
from procurement.models import Invitation, SigningMandate
from procurement.outbox import deliver
from procurement.roles import Role
from tenders.actions.panel import draw_up_keyset
from tenders.models import Tender
from tests import world as made
from tests.api.matrix.people import NEWCOMER, Cast
from tests.api.matrix.row import Case
from tests.bidding import filing, opened, together
from tests.bidding.opened import PRESENT
from tests.ground import debarring, profiles
from tests.signatures import mandating, trusting
from tests.tenders import changing, demanding, watching
from tests.world import OPENERS, World

NOTHING_YET = "nothing yet"
DRAFTED = "drafted, with a panel"
KEYS_IN = "all keys handed in"
REHEARSING = "keyset drawn up"
READY = "ready for approval"
IN_APPROVAL = "in approval"
APPROVED = "approved"
BEFORE_PUBLICATION = (
    NOTHING_YET,
    DRAFTED,
    KEYS_IN,
    REHEARSING,
    READY,
    IN_APPROVAL,
    APPROVED,
)

PUBLISHED = "published"
GATHERING = "closed, nobody present"
COME = "closed, a quorum present"
REQUESTED = "opening requested"
TRIED = "reveals closed"
INTENDED = "release intended"
RELEASED = "released"
OPENED = "opened"
MINUTED = "minutes signed"
JUDGED = "a judgement proposed"
SETTLED = "every judgement confirmed"
PROPOSED = "an award proposed"
DECIDED = "an award decided"
IN = (PUBLISHED, GATHERING, COME, REQUESTED, TRIED)
OUT = (INTENDED, RELEASED, OPENED, MINUTED, JUDGED, SETTLED, PROPOSED, DECIDED)

Walk = Callable[[World], Iterator[tuple[str, Case]]]
LOT = "lot-1"


def before_publication(world: World) -> Iterator[tuple[str, Case]]:
    """Plan, draft, seat the panel, approve."""
    case = Case(Cast.around(world))
    case.line = made.plan_line(world)
    case.membership = grant_role(
        user_id=world.person("second officer").pk,
        organisation_id=world.agency.pk,
        role=Role.OFFICER,
        by=system_actor(),
        now=world.now,
    )
    tick(world.now)
    case.ids = {
        "organisation": str(world.agency.pk),
        "membership": str(case.membership.pk),
        "invitation": str(_invited(case).pk),
        "mandate": str(_mandated(case).pk),
        "plan_line": str(case.line.pk),
    }
    yield NOTHING_YET, case

    tender = made.draft_tender(world)
    made.attach(world, tender)
    made.appoint_panel(world, tender)
    _about(case, tender)
    yield DRAFTED, case

    made.declare_none(world, tender, "officer", *OPENERS)
    made.hand_in(world, tender)
    yield KEYS_IN, case

    draw_up_keyset(tender_id=tender.pk, by=world.by("officer"), now=world.now)
    yield REHEARSING, case

    made.rehearse(world, tender)
    yield READY, _again(case)

    made.submit_for_approval(tender_id=tender.pk, by=world.by("officer"), now=world.now)
    yield IN_APPROVAL, _again(case)

    made.approve(world, tender)
    yield APPROVED, _again(case)


def bids_in(world: World) -> Iterator[tuple[str, Case]]:
    """File bids, close, and ask for the opening."""
    case = _published(world)
    yield PUBLISHED, case

    yield from _opening(world, case)


def bids_out(world: World) -> Iterator[tuple[str, Case]]:
    """Release, open, judge and propose; the way there is another walk's."""
    case = _published(world)
    for _ in _opening(world, case):
        pass
    tender = case.tender
    assert tender is not None
    disclosed(world, tender)
    yield INTENDED, case

    released(world, tender)
    yield RELEASED, case

    opened.proceed(world)
    deliver(world.now)
    document = OpenedDocument.objects.select_related("bid__bid").first()
    assert document is not None
    case.ids |= {"bid": document.bid.bid.digest, "document": document.path}
    yield OPENED, case

    opened.sign_minutes(world, tender)
    opened.proceed(world)
    deliver(world.now)
    yield MINUTED, _again(case)

    first, *others = result(tender, LOT).to_judge
    said = {"tender_id": tender.pk, "reason": "The file is plain", "now": world.now}
    judged = judge(**said, bid=first.bid.digest, counts=True, by=world.by("proposer"))
    case.ids["judgement"] = str(judged.pk)
    yield JUDGED, case

    _confirm(world, judged)
    for one in others:
        other = judge(**said, bid=one.bid.digest, counts=True, by=world.by("proposer"))
        _confirm(world, other)
    yield SETTLED, case

    award = propose(**said, lot=LOT, bid=first.bid.digest, by=world.by("proposer"))
    case.ids["decision"] = award.proposal  # nothing is decided yet
    yield PROPOSED, case

    said = {"tender_id": tender.pk, "lot": LOT, "reason": "The lowest price", "now": world.now}
    award = decide(**said, decision="confirmed", by=world.by("decider"))
    case.ids["decision"] = award.decision
    deliver(world.now)
    yield DECIDED, case


WALKS: dict[Walk, tuple[str, ...]] = {
    before_publication: BEFORE_PUBLICATION,
    bids_in: IN,
    bids_out: OUT,
}


def tried(world: World, tender: Tender) -> None:
    """Let each holder say what does not decrypt, upon what the witnesses have seen."""
    for holder in (*PRESENT, "timekeeper"):
        opened.try_the_set(world, tender, holder)


def disclosed(world: World, tender: Tender) -> None:
    """Let each opener who is present disclose, upon what the witnesses have seen."""
    for holder in PRESENT:
        opened.disclose(world, tender, holder)


def released(world: World, tender: Tender) -> None:
    """Let the timekeeper answer."""
    opened.hand_in(world, tender, "timekeeper", opened.release_of(world, tender))
    opened.witnessed(world)


def _invited(case: Case) -> Invitation:
    """Invite somebody without a role to the bidder's body."""
    return invite(
        organisation_id=case.cast.bidder.organisation.pk,
        email=case.cast.user(NEWCOMER).email,
        roles=[Role.SUPPLIER_SIGNER],
        by=system_actor(),
        now=case.world.now,
    )


def _mandated(case: Case) -> SigningMandate:
    """Let the bidder's body give a mandate to the rival's signer; another waits for a signature."""
    bidder, holder = case.cast.bidder, case.cast.rival.credential
    mandating.asked(case.world, bidder, holder)
    return mandating.given(case.world, bidder, mandating.asked(case.world, bidder, holder))


def _published(world: World) -> Case:
    """Publish; one bid filed, one prepared beside it, one uploaded, one half uploaded, one sealed.

    They are the bidder's. The rival has filed, too.
    """
    case = Case(Cast.around(world))
    bidder, rival = case.cast.bidder, case.cast.rival
    draft = made.ready_tender(world)
    made.attach(world, draft)
    made.submit_for_approval(tender_id=draft.pk, by=world.by("officer"), now=world.now)
    made.approve(world, draft)
    tender = made.publish(world, draft)
    _about(case, tender)
    case.filed = filing.filed_bid(world, tender, bidder, "12.50")
    filing.filed_bid(world, tender, rival, "13.50")
    case.complete = filing.seal_offer(world, tender, bidder, "11.50")
    filing.uploaded(world, tender, bidder, case.complete)
    case.prepared = filing.prepared_bid(world, tender, bidder, "10.50")
    case.half = filing.seal_offer(world, tender, bidder, "9.50")
    case.uploading = filing.begun(world, tender, bidder, case.half)
    case.uploaded = _all_parts(case, filing.seal_offer(world, tender, bidder, "8.50"))
    case.fresh = filing.seal_offer(world, tender, bidder, "7.50")
    case.ids |= {"bid": str(case.filed.bid.pk), "envelope": str(case.uploading.pk)}
    amendment, extension = changing.drafted(world, tender), changing.proposed(world, tender)
    case.ids |= {"amendment": str(amendment.pk), "extension": str(extension.pk), "version": "1"}
    case.ids |= together.formed(world, tender, bidder, rival)
    case.ids |= debarring.listed_and_proposed(world)
    case.ids |= trusting.both_proposed(world)
    case.ids |= profiles.given(world, bidder)
    case.ids["demand"] = demanding.demanded(world, tender, ends_at=world.now + made.HOUR).order
    case.ids["search"] = str(watching.kept(world, "officer").pk)
    deliver(world.now)
    opened.witnessed(world)
    return case


def _all_parts(case: Case, sealed: filing.SealedOffer) -> Envelope:
    world, tender, bidder = case.world, case.tender, case.cast.bidder
    assert tender is not None
    envelope = filing.begun(world, tender, bidder, sealed)
    for name, data in sealed.parts().items():
        filing.store(world, bidder, envelope, name, data)
    return envelope


def _opening(world: World, case: Case) -> Iterator[tuple[str, Case]]:
    assert case.tender is not None
    tender = case.tender = opened.close(world, case.tender)
    assert case.filed is not None
    manifest = case.filed.sealed.manifest.digest()
    case.ids |= {"manifest": manifest, "bid": case.filed.bid.digest}
    yield GATHERING, case

    opened.come(world, tender)
    opened.witnessed(world)
    yield COME, case

    opened.ask(world, tender)
    case.ids["document"] = "documents/technical.pdf"
    yield REQUESTED, case

    tried(world, tender)
    yield TRIED, case


def _about(case: Case, tender: Tender) -> None:
    case.tender = tender
    case.ids |= {"tender": str(tender.pk), "lot": LOT, "name": "specification.txt"}


def _again(case: Case) -> Case:
    """Read the tender again, as it stands now."""
    assert case.tender is not None
    case.tender = Tender.objects.get(pk=case.tender.pk)
    return case


def _confirm(world: World, judgement: Admissibility) -> None:
    decide_judgement(
        judgement_id=judgement.pk,
        decision="confirmed",
        reason="Seen",
        by=world.by("decider"),
        now=world.now,
    )
