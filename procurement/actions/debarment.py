"""The debarment list: an operator puts forward, a supervisor confirms, everybody may read.

Filing and awarding look bidders up here. A look-up is evidence: it is written down with its
instant, the version of the list, and what stood there, and its digest goes into the journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction

from procurement import objects
from procurement.actors import Actor
from procurement.journal.record import record
from procurement.models import (
    CheckPurpose,
    Debarment,
    DebarmentCheck,
    DebarmentListVersion,
    DebarmentState,
    Organisation,
)
from procurement.proof.canonical import JSON
from procurement.proof.suppliers import DebarmentCheck as CheckObject
from procurement.proof.suppliers import ListEntry, LookedUp, Purpose
from procurement.queries_debarment import entries_at, list_version
from procurement.refusals import BadInput, Fault, NotFound, NotPermitted
from procurement.roles import Permission
from procurement.rules.debarment import compared, fault_of, faults_of_entry
from procurement.texts import Text
from procurement.verbs import Verb

_WHY = Text("Say why", "请说明理由")


@dataclass(frozen=True)
class LookUp:
    """What a look-up found, and the digest of its evidence; empty faults: nobody is listed."""

    evidence: CheckObject
    digest: str
    faults: tuple[Fault, ...]


@transaction.atomic
def propose_debarment(
    *,
    identifier_scheme: str,
    identifier: str,
    name: str,
    starts_at: datetime,
    ends_at: datetime | None,
    source: str,
    reason: str,
    by: Actor,
    now: datetime,
) -> Debarment:
    """Put a body forward for the list, by whose decision and why; a supervisor confirms it.

    :raises NotPermitted: unless ``by`` is an operator.
    :raises BadInput: for an entry that says too little, or ends before it starts or now.
    """
    _require(by, Permission.KEEP_DEBARMENTS)

    named = {
        "identifier_scheme": identifier_scheme,
        "identifier": identifier,
        "name": name,
        "source": source,
        "reason": reason,
    }
    if found := [*faults_of_entry(named=named, starts_at=starts_at, ends_at=ends_at, now=now)]:
        raise BadInput(faults=found)

    debarment = Debarment.objects.create(
        **named,
        key=compared(identifier_scheme, identifier),
        starts_at=starts_at,
        ends_at=ends_at,
        proposed_by_id=by.user_id,
        proposed_at=now,
    )
    _record(Verb.DEBARMENT_PROPOSED, debarment, by, now)
    return debarment


@transaction.atomic
def propose_lifting(*, debarment_id: UUID, reason: str, by: Actor, now: datetime) -> Debarment:
    """Put forward that an entry should go before its date; it holds until that is confirmed.

    :raises NotFound: for an entry that ``by`` does not see.
    :raises NotPermitted: unless ``by`` is an operator.
    :raises BadInput: without a reason.
    :raises WrongState: unless it is on the list.
    """
    debarment = _locked(debarment_id, by)
    _require(by, Permission.KEEP_DEBARMENTS)

    if not reason.strip():
        raise BadInput(faults=[Fault("blank", _WHY, pointer="/reason")])

    debarment.propose_lifting(at=now, by=by.user_id, reason=reason)
    debarment.save()
    _record(Verb.LIFTING_PROPOSED, debarment, by, now)
    return debarment


@transaction.atomic
def decide_debarment(*, debarment_id: UUID, confirmed: bool, by: Actor, now: datetime) -> Debarment:
    """Confirm or decline what an operator put forward: an entry, or its lifting.

    Confirmed, the list has its next version. Of two decisions at once the database lets one
    give it.

    :raises NotFound: for an entry that ``by`` does not see.
    :raises NotPermitted: unless ``by`` is a supervisor, who never is an operator.
    :raises WrongState: when nothing is put forward.
    """
    debarment = _locked(debarment_id, by)
    _require(by, Permission.CONFIRM_DEBARMENT)

    lifting = debarment.state == DebarmentState.LIFTING
    if confirmed:
        change = DebarmentListVersion.LIFTED if lifting else DebarmentListVersion.LISTED
        version = DebarmentListVersion(
            number=list_version() + 1, debarment=debarment, change=change, at=now
        )
        move = debarment.lift if lifting else debarment.enlist
        move(at=now, by=by.user_id, version=version.number)
        version.save(force_insert=True)
    else:
        (debarment.keep if lifting else debarment.decline)(at=now, by=by.user_id)
    debarment.save()
    _record(_decided(confirmed=confirmed, lifting=lifting), debarment, by, now)
    return debarment


@transaction.atomic
def look_up(
    *,
    organisations: Sequence[Organisation],
    tender: UUID,
    bid: str,
    purpose: CheckPurpose,
    now: datetime,
) -> LookUp:
    """Look the bidders of a bid up in the list as it stands, and write down what was found."""
    version = list_version()
    keys = {compared(one.identifier_scheme, one.identifier): one for one in organisations}
    found = entries_at(version, keys, now)
    evidence = CheckObject(
        tender=str(tender),
        bid=bid,
        purpose=cast("Purpose", purpose.value),
        at=now,
        list_version=version,
        asked=tuple(
            LookedUp(str(one.pk), one.identifier_scheme, one.identifier) for one in organisations
        ),
        found=tuple(_entry(one, keys[one.key]) for one in found),
    )
    digest = objects.store(evidence.to_json(), tender=tender, at=now, restricted=True)
    listed = {entry.organisation for entry in evidence.found}
    DebarmentCheck.objects.bulk_create(
        DebarmentCheck(
            organisation=one,
            tender=tender,
            bid=bid,
            purpose=purpose,
            at=now,
            list_version=version,
            found=str(one.pk) in listed,
            object=digest,
        )
        for one in organisations
    )
    return LookUp(evidence, digest, tuple(_fault(entry, evidence) for entry in evidence.found))


def _entry(debarment: Debarment, organisation: Organisation) -> ListEntry:
    assert debarment.listed_version is not None
    return ListEntry(
        organisation=str(organisation.pk),
        scheme=debarment.identifier_scheme,
        identifier=debarment.identifier,
        name=debarment.name,
        starts_at=debarment.starts_at,
        ends_at=debarment.ends_at,
        source=debarment.source,
        reason=debarment.reason,
        version=debarment.listed_version,
    )


def _fault(entry: ListEntry, evidence: CheckObject) -> Fault:
    return fault_of(
        name=entry.name,
        version=evidence.list_version,
        at=evidence.at,
        source=entry.source,
        ends_at=entry.ends_at,
    )


def _require(by: Actor, permission: Permission) -> None:
    if not by.has(permission, of=None):
        raise NotPermitted(permission=permission.value)


def _locked(debarment_id: UUID, by: Actor) -> Debarment:
    visible = Debarment.objects.visible_to(by).select_for_update(of=("self",))
    if (found := visible.filter(pk=debarment_id).first()) is None:
        raise NotFound
    return found


def _decided(*, confirmed: bool, lifting: bool) -> Verb:
    if lifting:
        return Verb.DEBARMENT_LIFTED if confirmed else Verb.LIFTING_DECLINED
    return Verb.DEBARMENT_LISTED if confirmed else Verb.DEBARMENT_DECLINED


def _record(verb: Verb, debarment: Debarment, by: Actor, at: datetime) -> None:
    body: dict[str, JSON] = {
        "debarment": str(debarment.pk),
        "identifier": debarment.key,
        "version": debarment.lifted_version or debarment.listed_version,
    }
    record(verb, tender=None, by=by, at=at, body=body)
