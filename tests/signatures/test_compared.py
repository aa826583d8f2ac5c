"""Names are equal when asn1crypto says so, asked the first time or the second."""

import itertools

import pytest
from asn1crypto import x509

from signatures.pdf import compared

_NAMES = [
    x509.Name.build({"common_name": "Li Wei", "organization_name": "Lotus Works"}),
    x509.Name.build({"common_name": "  li   WEI ", "organization_name": "Lotus Works"}),
    x509.Name.build({"common_name": "Li Wei", "organization_name": "Another Company"}),
    x509.Name.build({"common_name": "Li Wei"}),
    x509.Name.build({"common_name": "李伟"}, use_printable=False),
    x509.Name.build({}),
]


def test_two_names_are_equal_when_their_prepared_letters_are() -> None:
    for one, other in itertools.product(_NAMES, _NAMES):
        expected = compared._asn1crypto_equal(one, other)

        assert [one == other for _ in range(2)] == [expected] * 2
        assert (one != other) is not expected
    assert _NAMES[0] == _NAMES[1]
    assert _NAMES[0] != "Li Wei"


def test_a_name_inside_another_structure_is_the_same_name() -> None:
    inside = x509.GeneralName("directory_name", _NAMES[0])
    read = x509.GeneralName.load(inside.dump()).chosen

    assert read == _NAMES[0]
    assert read != _NAMES[2]


def test_only_so_many_comparisons_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compared, "_MOST", 3)
    monkeypatch.setattr(compared, "_KNOWN", {})

    for one, other in itertools.product(_NAMES, _NAMES):
        assert (one == other) is compared._asn1crypto_equal(one, other)

    assert len(compared._KNOWN) <= 3
