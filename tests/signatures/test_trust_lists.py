"""Of a trusted list only what is signed by whom the list of the lists names is taken."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from procurement.refusals import BadInput
from signatures.pdf.services import Service
from signatures.training import Credential
from signatures.trust import lists
from signatures.trust.lists import (
    ListRefused,
    Pointer,
    SignedList,
    pointers,
    proposed,
    refuse_replay,
    services,
    signed_list,
)
from signatures.trust.refreshing import brought, pinned
from tests.signatures.documents import NOW, Practice
from tests.signatures.qualifying import (
    YEAR,
    Issue,
    Listed,
    for_seals_in_devices,
    list_of_lists,
    national_list,
    scheme,
    signed_xml,
)

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
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

    def opened(
        self,
        xml: bytes | None = None,
        signers: list[bytes] | None = None,
        at: datetime = NOW,
        **how: Any,
    ) -> SignedList:
        signed_by = self.pinned if signers is None else signers
        return signed_list(self.whole if xml is None else xml, "EU", signed_by, at=at, **how)

    @property
    def pointer(self) -> Pointer:
        (found,) = pointers(self.opened())
        return found

    def told(self, country: bytes | None = None) -> SignedList:
        xml = self.country if country is None else country
        return signed_list(xml, "XX", self.pointer.signers, at=NOW)

    def issued(self, issue: Issue, **how: Any) -> SignedList:
        """Have the list of the lists issued at another time."""
        whole = list_of_lists(
            ("XX", ADDRESS, self.country_signer), by=self.whole_signer, issue=issue
        )
        return self.opened(whole, **how)


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
    return services(union.told())


def test_the_list_of_the_lists_says_where_each_list_lies_and_who_signs_it(union: Union) -> None:
    assert (union.pointer.territory, union.pointer.address) == ("XX", ADDRESS)
    assert union.pointer.signers == (union.country_signer.certificate_der,)


def test_services_become_anchors_with_their_history(union: Union) -> None:
    seal, tsa = proposed(_services(union))

    assert (seal.purpose, seal.valid_from, seal.valid_until) == ("seal", NOW - YEAR, None)
    assert (tsa.purpose, tsa.valid_from, tsa.valid_until) == ("tsa", NOW - YEAR, NOW)
    assert {seal.source, tsa.source} == {"eu-list"}
    kept = Service.from_json(seal.services[0])
    assert kept.types == {"eseal"}
    assert kept.covers(NOW)
    assert len(kept.qualifications) == 1


@pytest.mark.parametrize("in_full", [True, False], ids=["by its certificate", "by its key"])
def test_a_past_is_read_whether_it_names_the_service_by_certificate_or_by_key(
    union: Union, in_full: bool
) -> None:
    told = national_list(
        Listed(union.whole_signer.certificate_der, status="withdrawn", since=NOW,
               history=((NOW - YEAR, "granted"),), past_in_full=in_full),
        by=union.country_signer,
    )  # fmt: skip

    anchors = proposed(services(union.told(told)))

    assert {(one.certificate, one.valid_from, one.valid_until) for one in anchors} == {
        (union.whole_signer.certificate_der, NOW - YEAR, NOW)
    }


def test_a_service_that_is_for_anything_is_an_anchor_for_both(union: Union) -> None:
    der, service = _services(union)[0]
    both = proposed([(der, replace(service, types=frozenset()))])

    assert [one.purpose for one in both] == ["signer", "seal"]


def test_a_service_never_granted_is_no_anchor(union: Union) -> None:
    refused = national_list(
        Listed(union.whole_signer.certificate_der, status="withdrawn"), by=union.country_signer
    )

    assert services(union.told(refused)) == []


@pytest.mark.parametrize(
    "amiss",
    [
        pytest.param(lambda u: u.opened(signers=[]), id="nobody is pinned"),
        pytest.param(
            lambda u: u.opened(signers=[u.country_signer.certificate_der]), id="another is pinned"
        ),
        pytest.param(
            lambda u: u.opened(u.whole.replace(b"/xx.xml", b"/yy.xml")),
            id="an address was changed",
        ),
        pytest.param(
            lambda u: u.opened(u.whole.replace(b"Number>1<", b"Number>2<")),
            id="the number was changed",
        ),
        pytest.param(lambda u: u.opened(b"no list"), id="no list at all"),
        pytest.param(lambda u: u.opened(b"\xff\xfe"), id="no text"),
        pytest.param(
            lambda u: u.told(u.country.replace(b"withdrawn", b"granted")),
            id="a status was changed",
        ),
        pytest.param(lambda u: u.told(u.whole), id="signed by another country"),
        pytest.param(lambda u: u.opened(at=NOW + YEAR / 2), id="overdue"),
        pytest.param(lambda u: u.opened(at=NOW + 9 * YEAR), id="years later"),
        pytest.param(lambda u: u.issued(Issue(until=None)), id="closed"),
        pytest.param(lambda u: u.issued(Issue(until=None), grace=YEAR), id="closed, and a grace"),
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
    country = national_list(Listed(b"no certificate"), by=union.country_signer)
    pointing = "<PointersToOtherTSL><OtherTSLPointer/></PointersToOtherTSL>"
    nowhere = signed_xml(scheme("EU", pointing), union.whole_signer)

    with pytest.raises(ListRefused, match="cannot be read"):
        services(union.told(country))
    with pytest.raises(ListRefused, match="cannot be read"):
        pointers(union.opened(nowhere))


def test_a_list_larger_than_any_is_not_even_read(
    union: Union, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LARGEST_LIST", len(union.whole) - 1)

    with pytest.raises(ListRefused, match="cannot be read"):
        union.opened()


def test_a_list_is_in_force_up_to_its_next_update_and_a_grace(union: Union) -> None:
    due = NOW + YEAR / 2

    assert union.opened(at=due - SECOND).next_update == due
    assert union.opened(at=due + DAY - SECOND, grace=DAY).next_update == due
    with pytest.raises(ListRefused, match="a newer one is due"):
        union.opened(at=due + DAY, grace=DAY)


@pytest.mark.parametrize(
    ("number", "at", "why"),
    [
        pytest.param(7, NOW, None, id="the same once more"),
        pytest.param(8, NOW, None, id="the next of the same day"),
        pytest.param(9, NOW + DAY, None, id="a later one"),
        pytest.param(6, NOW, "played back", id="a smaller number"),
        pytest.param(6, NOW + DAY, "played back", id="a smaller number of a later day"),
        pytest.param(8, NOW - SECOND, "played back", id="of an earlier day"),
        pytest.param(7, NOW + DAY, "the same number", id="the same number, and something else"),
    ],
)
def test_a_list_is_never_older_than_the_one_that_is_known(
    union: Union, number: int, at: datetime, why: str | None
) -> None:
    known = union.issued(Issue(7))
    one = known if (number, at) == (7, NOW) else union.issued(Issue(number, at))

    if why is None:
        refuse_replay(one, known)
        return
    with pytest.raises(ListRefused, match=why):
        refuse_replay(one, known)


def test_the_first_list_of_a_country_is_newer_than_none(union: Union) -> None:
    refuse_replay(union.opened(), None)


# Brought as files


@pytest.mark.django_db
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
