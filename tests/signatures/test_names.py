"""A signer may be called what they are called, whatever the age of a character in the name.

RFC 4518 prepares names by a table of Unicode 3.2 (2002). What it does not know is compared as it is
written (RFC 5280, 7.1), and is no reason to judge nothing.
"""

import pytest
from asn1crypto import x509

from signatures.pdf.appearance import Appearance
from signatures.pdf.policy import Policy
from signatures.pdf.report import plain
from tests.signatures.documents import Practice
from tests.signatures.forging import named_against_the_rules


def _name(organisation: str) -> x509.Name:
    return x509.Name.build({"organization_name": organisation})


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("王𫖯", id="a character of 2009"),
        pytest.param("鿔业有限公司", id="one of 2015"),
        pytest.param("王\ue863", id="one that has no number yet"),
        pytest.param("مرحبا Ltd", id="two directions"),
        pytest.param("Works 😀", id="a picture"),
    ],
)
def test_a_name_that_cannot_be_prepared_is_judged_like_any_other(
    practice: Practice, name: str
) -> None:
    signed = practice.sign(practice.form, practice.key_of(organisation=name), tsa=practice.tsa)

    report = practice.judged(signed, policy=Policy())

    assert report.codes == ()
    assert report.signatures[0].signer is not None
    assert report.signatures[0].signer.organisation == plain(name)


@pytest.mark.parametrize("appearance", [None, Appearance()], ids=["unseen", "to be seen"])
def test_who_is_named_against_the_rules_signs_and_is_judged_like_any_other(
    practice: Practice, appearance: Appearance | None
) -> None:
    key = named_against_the_rules(practice, "Crane & Daughters")

    signed = practice.sign(practice.form, key, tsa=practice.tsa, appearance=appearance)

    report = practice.judged(signed, policy=Policy())
    assert report.codes == ()
    assert report.signatures[0].signer is not None
    assert report.signatures[0].signer.organisation == "Crane & Daughters"


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        pytest.param("Lotus  Works", "lotus works", True, id="case and spaces"),
        pytest.param("王𫖯", "王𫖯", True, id="the same, which cannot be prepared"),
        pytest.param("王𫖯 ", "王𫖯", False, id="such a one with a space behind it"),
        pytest.param("王𫖯", "王𫖰", False, id="another such one"),
        pytest.param("王𫖯", "王", False, id="one without it"),
    ],
)
def test_equal_names_are_equal(one: str, other: str, equal: bool) -> None:
    assert (_name(one) == _name(other)) is equal
    assert (_name(one).hashable == _name(other).hashable) is equal
