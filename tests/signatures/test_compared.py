"""Names are equal when asn1crypto says so, asked the first time or the second."""

import itertools

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
