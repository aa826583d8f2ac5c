"""The steps of an opening that the platform takes itself (protocol, message 9).

Request → (failures) → reveals closed → (disclosures) → release intent → (release). What is in
brackets the holders say, in ``actions.answers``. Each step is one transaction, and each knows from
the rows whether it has been taken, so a crash between any two loses nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from bidding.actions.places import NothingToOpen, locked, opener
from bidding.models import HolderNote, Opening, OpeningState
from bidding.queries_set import claims_of, reasons_against, the_set
from bidding.sealed.answers import TIMEKEEPER
from bidding.sealed.opening import Request, RevealsClosed
from bidding.verbs import Verb
from procurement.actors import Actor, require, system_actor
from procurement.journal.record import record
from procurement.models import Kind
from procurement.objects import fetch, store
from procurement.outbox import announce
from procurement.refusals import NotPermitted, Refusal, WrongState
from procurement.roles import Permission
from procurement.texts import Text
from tenders.actions import ending
from tenders.models import Tender, TenderState
from tenders.queries import keyset_of, notice_of, suspended

PATIENCE = timedelta(minutes=10)  # with openers who are present and do not answer; Daylight's own
REQUEST = Text("request the opening", "申请开标")
TOO_FEW_OPEN = "Too few bids can be opened in every lot · 所有标段中可开启的投标均不足"


class TooFewPresent(Refusal):
    code, status = "too-few-present", 409
    title = Text(
        "{needed} openers must be present, and {present} are",
        "须有 {needed} 名开标人到场，现有 {present} 名",
    )


class NotYet(Refusal):
    """Raise with the reasons of ``may_open``."""

    code, status = "not-to-be-opened", 409
    title = Text("This may not be opened now", "目前不得开标")


@transaction.atomic
def request(*, tender_id: UUID, by: Actor, now: datetime) -> Opening:
    """Ask for the opening, in the name of the openers who are present.

    :raises NotPermitted: unless ``by`` is one of them.
    :raises NothingToOpen: to the others, where the tender has ended and nobody can come any more.
    :raises WrongState: when it has been asked for.
    :raises TooFewPresent: below the quorum.
    :raises NotYet: with every reason against, as everybody else sees it, too.
    """
    tender, opening = locked(tender_id, by)
    _, idx = opener(tender, by)
    require(by, Permission.REQUEST_OPENING, of=tender.agency_id)

    if opening.state != OpeningState.GATHERING:
        raise WrongState(action=REQUEST, state=str(opening.state))
    present, needed = [one.idx for one in opening.present.all()], keyset_of(tender).k
    if idx not in present:
        raise NotPermitted if tender.state == TenderState.CLOSED else NothingToOpen
    if len(present) < needed:
        raise TooFewPresent(needed=needed, present=len(present))
    if faults := reasons_against(tender, opening.envelope, now):
        raise NotYet(faults=faults)

    asked = Request(str(tender_id), opening.envelope, opening.close, tuple(sorted(present)))
    digest = store(asked.to_json(), tender=tender_id, at=now)
    opening.ask(at=now, request=digest)
    opening.save()
    _record(Verb.OPENING_REQUESTED, opening, {"object": digest}, by=by, now=now)
    announce(Verb.OPENING_REQUESTED, opening.pk)
    return opening


@transaction.atomic
def close_reveals(*, opening_id: UUID, now: datetime) -> bool:
    """Fix what suppliers revealed, when every holder has tried the whole set.

    At once where nothing failed, else after the time that the pack gives. False: not yet. Where
    too few can be opened in every lot the tender fails, and nothing is disclosed.
    """
    opening = relocked(opening_id)
    if opening.state != OpeningState.REQUESTED or held_up(opening.tender, now):
        return False
    tried = _said(opening, HolderNote.FAILURES)
    if TIMEKEEPER not in tried or not answered(opening, tried, opening.requested_at, now):
        return False
    if any(claims_of(opening).values()):
        wait = timedelta(seconds=notice_of(opening.tender).pack.reveal_seconds)
        if now < max(tried.values()) + wait:
            return False

    closed = RevealsClosed(str(opening.tender_id), opening.envelope, opening.request, ())
    digest = store(closed.to_json(), tender=opening.tender_id, at=now, restricted=True)
    opening.close_reveals(at=now, reveals=digest)
    opening.save()
    _record(
        Verb.REVEALS_CLOSED, opening, {"object": digest}, by=system_actor(), now=now, withheld=True
    )
    announce(Verb.REVEALS_CLOSED, opening.pk)
    if not the_set(opening):
        ending.fail(opening.tender_id, by=system_actor(), now=now, because=TOO_FEW_OPEN)
    return True


@transaction.atomic
def intend(*, opening_id: UUID, now: datetime) -> bool:
    """Say that the timekeeper is to answer now, when the openers present have disclosed.

    Once only, and only while nothing stands against the opening. False: not yet.
    """
    opening = relocked(opening_id)
    if opening.state != OpeningState.REVEALS_CLOSED:
        return False
    disclosed = _said(opening, HolderNote.DISCLOSURE)
    if not answered(opening, disclosed, opening.reveals_closed_at, now):
        return False
    if reasons_against(opening.tender, opening.envelope, now):
        return False

    body = {"request": opening.request}
    event = _record(Verb.RELEASE_INTENT, opening, body, by=system_actor(), now=now)
    opening.intend(at=now, event=event)
    opening.save()
    announce(Verb.RELEASE_INTENT, opening.pk)
    return True


def relocked(opening_id: UUID) -> Opening:
    """Lock an opening's tender and then the opening, and give it as it stands."""
    found = Opening.objects.values_list("tender", flat=True).get(pk=opening_id)
    _, opening = locked(found, system_actor())
    return opening


def answered(
    opening: Opening, said: Collection[str], since: datetime | None, now: datetime
) -> bool:
    """Tell whether every opener present has answered; or, after ``PATIENCE``, a quorum of them."""
    present = Request.read(fetch(opening.request).body).openers
    heard = [idx for idx in present if f"opener-{idx}" in said]
    if len(heard) == len(present):
        return True
    late = since is not None and now >= since + PATIENCE
    return late and len(heard) >= keyset_of(opening.tender).k


def held_up(tender: Tender, now: datetime) -> bool:
    """Tell whether an order, a cancellation or the end of the tender stands in the way."""
    return tender.state != TenderState.CLOSED or suspended(tender, now) is not None


def _said(opening: Opening, kind: str) -> dict[str, datetime]:
    notes = HolderNote.objects.filter(opening=opening, kind=kind)
    return dict(notes.values_list("holder", "at"))


def _record(
    verb: Verb,
    opening: Opening,
    body: dict[str, str],
    *,
    by: Actor,
    now: datetime,
    withheld: bool = False,
) -> UUID:
    event = record(
        verb,
        tender=opening.tender_id,
        by=by,
        at=now,
        body={**body},
        kind=Kind.CONTROL,
        withheld=withheld,
    )
    found: UUID = event.pk
    return found
