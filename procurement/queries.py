"""Reads about bodies that other rooms ask for."""

from collections.abc import Iterator

from procurement.models import Organisation
from procurement.refusals import Refusal
from procurement.roles import OrganisationKind
from procurement.texts import Text


class NotVerified(Refusal):
    code, status = "organisation-not-verified", 409
    title = Text(
        "An operator has not verified this supplier yet: bids can be prepared, and not filed",
        "运营方尚未核验该供应商：可以准备投标，但不能递交",
    )


class OperatorNeverBids(Refusal):
    code, status = "operator-never-bids", 409
    title = Text(
        "Whoever runs the platform, or belongs to them, does not bid on it",
        "平台运营方及其关联单位不得在本平台投标",
    )


def require_verified(organisation: Organisation) -> None:
    """Let a supplier pass that an operator has verified and that is no kin of the operator.

    Called under the lock that filing takes, so it reads the row anew.

    :raises NotVerified: for one that registered itself and was not looked at yet.
    :raises OperatorNeverBids: for kin of whoever runs the platform (Order 20, art. 23).
    """
    if not Organisation.objects.filter(pk=organisation.pk, verified_at__isnull=False).exists():
        raise NotVerified
    if OrganisationKind.OPERATOR in kinds_of_kin(organisation):
        raise OperatorNeverBids


def kinds_of_kin(organisation: Organisation) -> set[str]:
    """Tell of which kinds the bodies are to which one belongs, by identifier or as a part."""
    return {
        kind
        for body in _upwards(organisation)
        for kind in _by_identifier(body.identifier_scheme, body.identifier)
    }


def _by_identifier(scheme: str, identifier: str) -> Iterator[str]:
    same = Organisation.objects.filter(identifier_scheme=scheme, identifier__iexact=identifier)
    yield from same.values_list("kind", flat=True)


def _upwards(organisation: Organisation | None) -> Iterator[Organisation]:
    while organisation:
        yield organisation
        organisation = organisation.parent
