"""A notice says what it asks of signatures, and every bid form is judged by that.

Requirement D34.
"""

from typing import Any

import pytest

from bidding.ceremonies.forms import FormRefused
from bidding.queries_consortia import as_asked
from procurement.refusals import BadInput
from signatures.pdf.policy import Policy
from tenders.notice import SignatureRules
from tenders.queries import notice_of
from tenders.rules.signature_rules import in_words
from tests.bidding.filing import bid_form, prepared_bid, submit
from tests.world import World, draft_tender, published_tender


def test_a_notice_that_asks_for_nothing_special_asks_what_every_policy_does() -> None:
    assert as_asked(Policy(), SignatureRules()) == Policy()
    assert as_asked(Policy(), SignatureRules()).digest == Policy().digest


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (SignatureRules(), "a signature with a certificate"),
        (SignatureRules(level="B-T", signers=2), "timestamp"),
        (SignatureRules(signers=2), "2 different signers"),
        (SignatureRules(qualified="required"), "910/2014"),
        (SignatureRules(revocation="now"), "revoked"),
        (SignatureRules(active_content="refuse"), "scripts"),
        (SignatureRules(authorities=("0" * 64,)), "certificates of one named authority only"),
        (SignatureRules(authorities=("0" * 64, "1" * 64)), "of 2 named authorities only"),
    ],
)
def test_what_is_asked_is_said_in_words(rules: SignatureRules, said: str) -> None:
    assert said in in_words(rules).en
    assert in_words(rules).zh


def test_a_notice_carries_what_its_officer_asked_and_the_rest_as_usual(world: World) -> None:
    tender = published_tender(world, signatures={"level": "B-T", "signers": 2})

    assert notice_of(tender).signatures == SignatureRules(level="B-T", signers=2)


@pytest.mark.parametrize(
    "asked", [{"level": "B-X"}, {"signers": 0}, {"authorities": ["somebody"]}, {"stamps": 1}]
)
def test_what_no_policy_knows_cannot_be_asked(world: World, asked: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as refused:
        draft_tender(world, signatures=asked)

    assert refused.value.faults[0].pointer.startswith("/signatures")


def test_a_form_is_judged_by_what_its_notice_asks(real_world: World) -> None:
    world = real_world
    tender = published_tender(world, signatures={"level": "B-T"})
    supplier = world.suppliers[0]
    bid = prepared_bid(world, tender, supplier, "12.50")
    form = bid_form(world, supplier, bid)
    plain = world.trust.sign(form, supplier.credential, world.now, tsa=None)
    stamped = world.trust.sign(form, supplier.credential, world.now)

    with pytest.raises(FormRefused) as refused:
        submit(world, supplier, bid, plain)

    assert [fault.code for fault in refused.value.faults] == ["level-too-low"]
    assert submit(world, supplier, bid, stamped).verdict == "VALID"
