"""Bidding together: a lead forms the consortium, each member mandates it, or signs itself.

All of it is concealed: before the opening it is the members' business alone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from bidding.actions.uploads import require_open
from bidding.models import Consortium, ConsortiumMember, Mandate
from bidding.queries_consortia import has_filed
from bidding.rules.members import NO_SUPPLIER, FiledAlready, faults_of_members
from bidding.sealed.consortium import Consortium as ConsortiumObject
from bidding.sealed.consortium import Mandate as MandateObject
from bidding.verbs import Verb
from procurement import objects
from procurement.actors import Actor, require
from procurement.journal.record import Kind, record
from procurement.models import Organisation
from procurement.proof.canonical import JSON
from procurement.refusals import AlreadyDone, BadInput, Fault, NotFound
from procurement.roles import OrganisationKind, Permission
from tenders.queries import tender_seen_by


@transaction.atomic
def form_consortium(
    *, tender_id: UUID, lead: UUID, members: Sequence[UUID], by: Actor, now: datetime
) -> Consortium:
    """Form a consortium for a tender; whoever is named in it may read it and give a mandate.

    :raises NotPermitted: unless ``by`` prepares bids for the lead.
    :raises BadInput: for fewer than two members, and for whom there is not.
    :raises SubmissionClosed, NotOpenForBids: when it is of no use any more.
    """
    tender = tender_seen_by(by, tender_id)
    require(by, Permission.PREPARE_BID, of=lead)

    require_open(tender, now)
    if found := [*faults_of_members(str(lead), [*map(str, members)]), *_unknown(members)]:
        raise BadInput(faults=found)

    identity = uuid4()
    said = ConsortiumObject(
        str(identity), str(tender.pk), str(lead), tuple(sorted({str(one) for one in members}))
    )
    consortium = Consortium.objects.create(
        id=identity,
        tender=tender,
        lead_id=lead,
        object=objects.store(said.to_json(), tender=tender.pk, at=now, restricted=True),
        formed_by_id=by.user_id,
        formed_at=now,
    )
    ConsortiumMember.objects.bulk_create(
        ConsortiumMember(consortium=consortium, supplier_id=UUID(one)) for one in said.members
    )
    _record(Verb.CONSORTIUM_FORMED, consortium, {"object": consortium.object}, by, now)
    return consortium


@transaction.atomic
def give_mandate(*, consortium_id: UUID, supplier: UUID, by: Actor, now: datetime) -> Mandate:
    """Let the lead sign and file in a member's name.

    :raises NotFound: for a consortium of others, and for one in which the supplier does not stand.
    :raises NotPermitted: unless ``by`` submits bids for the member.
    :raises AlreadyDone: when the mandate stands, and for the lead, who needs none.
    :raises SubmissionClosed, NotOpenForBids: when it is of no use any more.
    """
    consortium, member = _locked(consortium_id, supplier, by)
    require(by, Permission.SUBMIT_BID, of=supplier)

    require_open(consortium.tender, now)
    if supplier == consortium.lead_id or member.mandates.filter(revoked_at=None).exists():
        raise AlreadyDone

    identity, tender = uuid4(), consortium.tender_id
    said = MandateObject(
        id=str(identity),
        consortium=str(consortium.pk),
        tender=str(tender),
        member=str(supplier),
        lead=str(consortium.lead_id),
        by=str(by.user_id),
    )
    mandate = Mandate.objects.create(
        id=identity,
        member=member,
        object=objects.store(said.to_json(), tender=tender, at=now, restricted=True),
        given_by_id=by.user_id,
        given_at=now,
    )
    _record(Verb.MANDATE_GIVEN, consortium, {"object": mandate.object}, by, now)
    return mandate


@transaction.atomic
def revoke_mandate(*, consortium_id: UUID, supplier: UUID, by: Actor, now: datetime) -> Mandate:
    """Take a member's mandate back, before the bid is filed. The filing takes the same lock.

    :raises NotFound: for a consortium of others, and where no mandate of the supplier stands.
    :raises NotPermitted: unless ``by`` submits bids for the member.
    :raises FiledAlready: while a bid of the consortium lives.
    """
    consortium, member = _locked(consortium_id, supplier, by)
    require(by, Permission.SUBMIT_BID, of=supplier)

    mandate = member.mandates.filter(revoked_at=None).first()
    if mandate is None:
        raise NotFound
    if has_filed(consortium):
        raise FiledAlready

    mandate.revoked_at, mandate.revoked_by_id = now, by.user_id
    mandate.save()
    _record(Verb.MANDATE_REVOKED, consortium, {"mandate": mandate.object}, by, now)
    return mandate


def _locked(consortium_id: UUID, supplier: UUID, by: Actor) -> tuple[Consortium, ConsortiumMember]:
    visible = Consortium.objects.visible_to(by).select_for_update(of=("self",))
    consortium = visible.select_related("tender").filter(pk=consortium_id).first()
    member = ConsortiumMember.objects.filter(consortium=consortium_id, supplier=supplier).first()
    if consortium is None or member is None:
        raise NotFound
    return consortium, member


def _unknown(members: Sequence[UUID]) -> list[Fault]:
    known = Organisation.objects.filter(pk__in=members, kind=OrganisationKind.SUPPLIER)
    there = {*known.values_list("pk", flat=True)}
    return [
        Fault("no-supplier", NO_SUPPLIER, pointer=f"/members/{place}")
        for place, one in enumerate(members)
        if one not in there
    ]


def _record(
    verb: Verb, consortium: Consortium, body: Mapping[str, JSON], by: Actor, at: datetime
) -> None:
    tender = consortium.tender_id
    record(verb, tender=tender, by=by, at=at, body=body, kind=Kind.CONCEALED)
