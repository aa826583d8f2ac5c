"""Who could sit on a panel, as people, bodies and the journal stand now."""

from collections.abc import Iterable
from uuid import UUID

from procurement.models import Membership, Organisation, User
from procurement.roles import OrganisationKind, Role
from tenders.models import Tender
from tenders.queries_duties import officers_of
from tenders.queries_panel import conflicted_in, line_of
from tenders.rules.panel import Body, Candidate


def candidates(
    users: Iterable[UUID], *, role: Role, at: Iterable[Organisation], tender: Tender
) -> list[Candidate]:
    """Look up who was proposed for a role, in the order given; ``at`` are bodies that may do."""
    asked = list(users)
    names = dict(User.objects.filter(pk__in=asked, is_active=True).values_list("pk", "name"))
    bodies = {body.pk: body for body in at}
    held = Membership.objects.filter(
        user__in=list(names), role=role, organisation__in=list(bodies), until=None
    ).order_by("since", "pk")
    where: dict[UUID, list[Body]] = {}
    for membership in held:
        body = body_of(bodies[membership.organisation_id])
        where.setdefault(membership.user_id, []).append(body)
    officers, conflicted = officers_of(tender), conflicted_in(tender.pk)
    return [
        Candidate(
            user=user,
            name=names.get(user, str(user)),
            bodies=tuple(where.get(user, ())),
            drafted=user == tender.created_by_id or user in officers,
            conflicted=user in conflicted,
        )
        for user in asked
    ]


def custodians() -> list[Organisation]:
    """Give the bodies that may keep an escrow key."""
    return list(Organisation.objects.filter(kind=OrganisationKind.CUSTODIAN))


def operators() -> list[Body]:
    """Give whoever runs the platform."""
    return [body_of(one) for one in Organisation.objects.filter(kind=OrganisationKind.OPERATOR)]


def body_of(organisation: Organisation) -> Body:
    """Say who an organisation is, and who stands above it."""
    own, *above = [(one.identifier_scheme, one.identifier) for one in line_of(organisation)]
    return Body(organisation.pk, own, frozenset(above))
