"""Of a trusted list only what is signed by whom the list of the lists names is taken."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from procurement.refusals import BadInput
from signatures.pdf.services import Service
from signatures.training import Credential
from signatures.trust import lists
from signatures.trust.lists import ListRefused, pointers, proposed, services
from signatures.trust.refreshing import brought, pinned
from tests.signatures.documents import NOW, Practice
from tests.signatures.qualifying import (
    YEAR,
    Listed,
    for_seals_in_devices,
    list_of_lists,
    national_list,
    scheme,
    signed_list,
)

SECOND = timedelta(seconds=1)
ADDRESS = "https://lists.example/xx.xml"


@dataclass(frozen=True)
class Union:
    """A union of one country, with an authority for certificates and one for timestamps."""

    practice: Practice
    whole_signer: Credential
    country_signer: Credential
    whole: bytes
    country: bytes

    @property
    def pinned(self) -> list[bytes]:
        return [self.whole_signer.certificate_der]


@pytest.fixture(scope="module")
def union(practice: Practice) -> Union:
    whole, country = (
        practice.authority.issue(common_name=name, organisation="Scheme operator", now=NOW)
        for name in ("Signer of the lists", "Signer of a list")
    )
    told = national_list(
        Listed(practice.authority.authority("issuing").certificate_der,
               extensions=for_seals_in_devices()),
        Listed(practice.authority.authority("tsa-root").certificate_der, kind="TSA/QTST",
               status="withdrawn", since=NOW, history=((NOW - YEAR, "granted"),)),
        by=country,
    )  # fmt: skip
    return Union(practice, whole, country, list_of_lists(("XX", ADDRESS, country), by=whole), told)


def _services(union: Union) -> list[tuple[bytes, Service]]:
    (pointer,) = pointers(union.whole, union.pinned, at=NOW)
    return services(union.country, pointer, at=NOW)


def test_the_list_of_the_lists_says_where_each_list_lies_and_who_signs_it(union: Union) -> None:
    (pointer,) = pointers(union.whole, union.pinned, at=NOW)

    assert (pointer.territory, pointer.address) == ("XX", ADDRESS)
    assert pointer.signers == (union.country_signer.certificate_der,)


def test_services_become_anchors_with_their_history(union: Union) -> None:
    seal, tsa = proposed(_services(union))

    assert (seal.purpose, seal.valid_from, seal.valid_until) == ("seal", NOW - YEAR, None)
    assert (tsa.purpose, tsa.valid_from, tsa.valid_until) == ("tsa", NOW - YEAR, NOW)
    assert {seal.source, tsa.source} == {"eu-list"}
    kept = Service.from_json(seal.services[0])
    assert kept.types == {"eseal"}
    assert kept.covers(NOW)
    assert len(kept.qualifications) == 1


def test_a_service_that_is_for_anything_is_an_anchor_for_both(union: Union) -> None:
    der, service = _services(union)[0]
    both = proposed([(der, replace(service, types=frozenset()))])

    assert [one.purpose for one in both] == ["signer", "seal"]


def test_a_service_never_granted_is_no_anchor(union: Union) -> None:
    refused = national_list(
        Listed(union.whole_signer.certificate_der, status="withdrawn"), by=union.country_signer
    )
    (pointer,) = pointers(union.whole, union.pinned, at=NOW)

    assert services(refused, pointer, at=NOW) == []


@pytest.mark.parametrize(
    "amiss",
    [
        pytest.param(lambda u: pointers(u.whole, [], at=NOW), id="nobody is pinned"),
        pytest.param(
            lambda u: pointers(u.whole, [u.country_signer.certificate_der], at=NOW),
            id="another is pinned",
        ),
        pytest.param(
            lambda u: pointers(u.whole.replace(b"/xx.xml", b"/yy.xml"), u.pinned, at=NOW),
            id="an address was changed",
        ),
        pytest.param(lambda u: pointers(b"no list", u.pinned, at=NOW), id="no list at all"),
        pytest.param(lambda u: pointers(b"\xff\xfe", u.pinned, at=NOW), id="no text"),
        pytest.param(
            lambda u: _told(u, replace_country=u.country.replace(b"withdrawn", b"granted")),
            id="a status was changed",
        ),
        pytest.param(lambda u: _told(u, replace_country=u.whole), id="signed by another country"),
        pytest.param(lambda u: pointers(u.whole, u.pinned, at=NOW + YEAR / 2), id="overdue"),
        pytest.param(lambda u: pointers(u.whole, u.pinned, at=NOW + 9 * YEAR), id="years later"),
        pytest.param(
            lambda u: pointers(list_of_lists(by=u.whole_signer, closed=True), u.pinned, at=NOW),
            id="closed",
        ),
    ],
)
def test_a_list_that_is_amiss_is_refused_whole(
    union: Union, amiss: Callable[[Union], object]
) -> None:
    with pytest.raises(ListRefused) as refused:
        amiss(union)

    assert "Nothing of it was taken" in refused.value.said("en")
    assert "未采用" in refused.value.said("zh")


def test_a_list_that_is_signed_and_still_none_is_refused_whole(union: Union) -> None:
    """An operator may sign a mistake of its own."""
    (pointer,) = pointers(union.whole, union.pinned, at=NOW)
    country = national_list(Listed(b"no certificate"), by=union.country_signer)
    pointing = "<PointersToOtherTSL><OtherTSLPointer/></PointersToOtherTSL>"
    nowhere = signed_list(scheme("EU", pointing), union.whole_signer)

    with pytest.raises(ListRefused, match="cannot be read"):
        services(country, pointer, at=NOW)
    with pytest.raises(ListRefused, match="cannot be read"):
        pointers(nowhere, union.pinned, at=NOW)


def test_a_list_larger_than_any_is_not_even_read(
    union: Union, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LARGEST_LIST", len(union.whole) - 1)

    with pytest.raises(ListRefused, match="cannot be read"):
        pointers(union.whole, union.pinned, at=NOW)


def _told(union: Union, replace_country: bytes) -> object:
    (pointer,) = pointers(union.whole, union.pinned, at=NOW)
    return services(replace_country, pointer, at=NOW)


def test_a_list_is_in_force_up_to_its_next_update(union: Union) -> None:
    assert pointers(union.whole, union.pinned, at=NOW + YEAR / 2 - SECOND)


# Brought as files


def test_files_are_verified_kept_raw_and_proposed(union: Union) -> None:
    kept, changes = brought(union.whole, {"XX": union.country}, union.pinned, ["XX"], at=NOW)

    assert [(one.territory, one.xml) for one in kept] == [
        ("EU", union.whole),
        ("XX", union.country),
    ]
    assert [one.purpose for one in changes] == ["seal", "tsa"]


@pytest.mark.parametrize(("files", "wanted"), [({}, "XX"), ({"YY": b""}, "YY")])
def test_a_country_that_is_missing_is_named(
    union: Union, files: dict[str, bytes], wanted: str
) -> None:
    with pytest.raises(ListRefused, match=wanted):
        brought(union.whole, files, union.pinned, [wanted], at=NOW)


def test_who_signs_the_list_of_the_lists_is_read_from_a_file(union: Union, tmp_path: Path) -> None:
    file = tmp_path / "signers.pem"
    file.write_bytes(union.whole_signer.pem())

    assert pinned(file)[0] == union.whole_signer.certificate_der
    with pytest.raises(BadInput, match="PEM file"):
        pinned(tmp_path / "none.pem")
