"""Every class of attack that has a name is met, each with its own code and never with VALID."""

import pytest

from procurement.proof.canonical import canonical
from signatures.pdf.catalogue import CATALOGUE
from signatures.pdf.policy import Policy
from signatures.pdf.report import ACCEPTED
from tests.signatures.documents import Practice
from tests.signatures.named_attacks import ATTACKS, Attack


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_a_named_attack_is_met_with_its_code(practice: Practice, attack: Attack) -> None:
    pdf = attack.made(practice)

    first, second = (practice.judged(pdf, policy=Policy()) for _ in range(2))

    assert attack.code in first.codes
    assert first.verdict is CATALOGUE[attack.code].verdict
    assert first.verdict not in ACCEPTED
    assert canonical(first.to_json()) == canonical(second.to_json())
