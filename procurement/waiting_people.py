"""What waits for operators and for the administrators of suppliers."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from procurement.actors import Actor
from procurement.expiry import WARNED_AT
from procurement.models import EnrolledCertificate, Organisation
from procurement.refusals import Fact
from procurement.roles import Permission, Role
from procurement.texts import Text
from procurement.waiting import Waiting

VERIFY = Text("Verify the supplier {name} ({identifier})", "核验供应商 {name}（{identifier}）")
RENEW = Text(
    "The certificate {subject} expires at {not_after}: enrol the next one",
    "证书 {subject} 将于 {not_after} 到期，请登记新证书",
)


def waiting_for(actor: Actor, now: datetime) -> list[Waiting]:
    """List whom an operator has to verify, and which certificates of one's own run out."""
    administered = actor.organisations(Role.SUPPLIER_ADMINISTRATOR)
    return [
        *(_to_verify() if actor.has(Permission.MANAGE_ACCOUNTS, of=None) else ()),
        *(_to_renew(administered, now) if administered else ()),
    ]


def _to_verify() -> Iterable[Waiting]:
    """Name those at whom nobody has looked; one that was found wanting has been looked at."""
    for body in Organisation.objects.filter(verified_at=None, verifications=None):
        facts: dict[str, Fact] = {
            "name": Text(body.name_en, body.name_zh or body.name_en),
            "identifier": f"{body.identifier_scheme}-{body.identifier}",
        }
        where = f"/api/v1/organisations/{body.pk}/verification"
        yield Waiting("verify-supplier", None, body.created_at, VERIFY, facts, where)


def _to_renew(organisations: Iterable[UUID], now: datetime) -> Iterable[Waiting]:
    soon = EnrolledCertificate.objects.filter(
        organisation__in=organisations,
        not_after__gt=now,
        not_after__lte=now + timedelta(days=max(WARNED_AT)),
    )
    for one in soon:
        facts: dict[str, Fact] = {
            "subject": one.subject,
            "not_after": f"{one.not_after:%Y-%m-%d %H:%M} UTC",
        }
        where = f"/api/v1/organisations/{one.organisation_id}/certificate-challenges"
        yield Waiting("renew-certificate", None, one.enrolled_at, RENEW, facts, where)
