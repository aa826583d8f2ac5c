"""What a verdict rests on is named by digest: report, policy, anchors, and the mandates used."""

import pytest

from procurement.actions.mandates import words_of
from signatures.pdf.policy import Policy
from signatures.queries import signer_policy
from signatures.queries_frozen import basis_kept, basis_of
from signatures.service import check
from tests.signatures.documents import plain_pdf
from tests.signatures.mandating import asked, given
from tests.world import Company, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def lotus(world: World) -> Company:
    return world.suppliers[0]


def test_a_verdict_rests_on_its_report_its_policy_and_its_anchors(
    world: World, lotus: Company
) -> None:
    signed = world.trust.sign(plain_pdf(), lotus.credential, world.now)
    policy = signer_policy(lotus.organisation, at=world.now)

    report, row = check(signed, policy=policy, at=world.now, now=world.now)

    assert row is not None
    basis = basis_of(report, row, [lotus.organisation])
    assert basis == basis_kept(row, [lotus.organisation])
    assert (basis.report, basis.policy) == (row.report_digest, policy.digest)
    assert basis.anchors == report.anchors_digest
    assert basis.mandates == ()


def test_where_this_machine_gave_up_there_is_no_report_to_name(world: World) -> None:
    signed = world.trust.sign(plain_pdf(), world.suppliers[0].credential, world.now)
    report, _ = check(signed, policy=Policy(), at=world.now, now=world.now)

    assert basis_of(report, None, []).report is None


def test_the_mandate_is_named_by_which_somebody_signed_and_no_other(
    world: World, lotus: Company
) -> None:
    lawyer, other = (world.trust.issue(name, None) for name in ("Li Na", "Wang Wei"))  # type: ignore[arg-type]
    used, unused = (given(world, lotus, asked(world, lotus, one)) for one in (lawyer, other))
    signed = world.trust.sign(plain_pdf(), lawyer, world.now)
    policy = signer_policy(lotus.organisation, at=world.now)

    report, row = check(signed, policy=policy, at=world.now, now=world.now)

    basis = basis_of(report, row, [lotus.organisation])
    assert [one.mandate for one in basis.mandates] == [words_of(used).digest()]
    assert words_of(unused).digest() not in str(basis.to_json())
    rival = world.suppliers[1].organisation
    assert basis_of(report, row, [rival]).mandates == ()
