"""Somebody signs a bid with their own certificate, by a mandate of the supplier.

The form's own signature shows that they have the key. A mandate is looked at as of the arrival.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from bidding.ceremonies.forms import FormRefused
from bidding.models import Bid
from bidding.queries_consortia import policy_for, policy_of
from procurement.actions.mandates import revoke_mandate
from signatures.queries import latest_report
from signatures.training import Credential
from tenders.models import Tender
from tests.bidding.filing import prepared_bid, signed_form, submit
from tests.signatures.mandating import asked, given
from tests.world import Company, World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def lotus(open_world: World) -> Company:
    return open_world.suppliers[0]


@pytest.fixture
def lawyer(open_world: World) -> Credential:
    """Give the certificate of a person that names no organisation."""
    return open_world.trust.issue("Li Na", None)  # type: ignore[arg-type]


def filed(world: World, tender: Tender, company: Company, lawyer: Credential, price: str) -> Bid:
    """File a bid of a company that the lawyer has signed."""
    bid = prepared_bid(world, tender, company, price)
    submit(world, company, bid, signed_form(world, replace(company, credential=lawyer), bid))
    return Bid.objects.get(pk=bid.pk)


def test_a_bid_is_filed_by_mandate_and_a_later_revocation_undoes_only_what_comes_later(
    open_world: World, tender: Tender, lotus: Company, lawyer: Credential
) -> None:
    """Requirement C22: certificates of several authorities, a person's own among them."""
    with pytest.raises(FormRefused) as caught:
        filed(open_world, tender, lotus, lawyer, "12.50")
    assert [fault.code for fault in caught.value.faults] == ["wrong-certificate"]

    mandate = given(open_world, lotus, asked(open_world, lotus, lawyer))
    bid = filed(open_world, tender, lotus, lawyer, "11.50")

    assert bid.verdict == "VALID"
    report = latest_report(bid.form_sha256)
    assert report is not None
    assert [one["bound_by"] for one in report.report["signatures"]] == ["mandate"]

    open_world.wind_to(open_world.now + 10 * MINUTE)
    revoke_mandate(
        organisation_id=lotus.organisation.pk, mandate_id=mandate.pk, reason="She has left",
        by=open_world.by(lotus.administrator), now=open_world.now,
    )  # fmt: skip
    open_world.wind_to(open_world.now + MINUTE)

    assert policy_of(bid).digest == report.policy_digest, "as of its arrival it stands"
    opened = policy_for(bid, [lotus.organisation], bid.receipt.received_at).supplier
    assert opened is not None
    assert opened.mandated == {lawyer.sha256}
    with pytest.raises(FormRefused):
        filed(open_world, tender, lotus, lawyer, "10.50")
