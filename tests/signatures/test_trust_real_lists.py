"""The European Union's own lists are read as they were published, with the past of every service.

They lie in the source archive of the very pyHanko that is pinned (MIT), which pip fetches and the
hash of ``requirements.lock`` names. Where it cannot be fetched the tests say so and are skipped.
"""

import hashlib
import subprocess
import sys
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from pyhanko.sign.validation.qualified import eutl_parse

from signatures.pdf.services import CERTIFICATES, TIMESTAMPS, Service
from signatures.rules.trust import WHOLE, faults_of, next_entries
from signatures.trust.addresses import unapproved
from signatures.trust.asking import targets
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
from signatures.trust.paths import Paths
from tests import servers
from tests.tolerance import missing_service

PINNED = "pyhanko==0.38.0"
ARCHIVE = "pyhanko-0.38.0.tar.gz"
SHA256 = "267d6d3fa460b0f0e9c5362a2d7979dccbe1e6b1f8d89ba0818dd0c45b5f300e"
INSIDE = "pyhanko-0.38.0/pyhanko_testing_commons/test_data/data"
LOCK = Path(__file__).parents[2] / "requirements.lock"
JULY = datetime(2026, 7, 1, tzinfo=UTC)
AUGUST = datetime(2025, 8, 6, tzinfo=UTC)
NS = {"t": "http://uri.etsi.org/02231/v2#"}

Read = Callable[[str], bytes]


@pytest.fixture(scope="module")
def read() -> Read:
    """Give the bytes of a list in the archive."""
    place = servers.tools() / ARCHIVE
    if not place.exists():
        asked = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
        asked += ["--no-binary", "pyhanko", "-d", str(place.parent), PINNED]
        try:
            subprocess.run(asked, check=True, capture_output=True, timeout=240)
        except (OSError, subprocess.SubprocessError) as away:
            missing_service(OSError(f"NOT TRIED with real trusted lists, no {ARCHIVE}: {away}"))
    assert hashlib.sha256(place.read_bytes()).hexdigest() == SHA256

    def member(name: str) -> bytes:
        with tarfile.open(place) as held:
            found = held.extractfile(f"{INSIDE}/{name if '/' in name else f'tl/{name}'}")
            assert found is not None
            return found.read()

    return member


def _whole(read: Read, name: str = "eu-lotl.xml", at: datetime = JULY) -> SignedList:
    signers = [one.dump() for one in eutl_parse.latest_known_lotl_tlso_certs()]
    return signed_list(read(name), WHOLE, signers, at=at)


def _pointer(whole: SignedList, territory: str) -> Pointer:
    return next(one for one in pointers(whole) if one.territory == territory)


def _national(read: Read, name: str, territory: str, at: datetime) -> SignedList:
    return signed_list(read(name), territory, _pointer(_whole(read), territory).signers, at=at)


def test_the_archive_is_the_one_whose_hash_is_pinned() -> None:
    assert f"--hash=sha256:{SHA256}" in LOCK.read_text()


def test_the_list_of_the_lists_is_verified_and_names_every_country(read: Read) -> None:
    whole = _whole(read)

    assert (whole.sequence, whole.issued_at.date().isoformat()) == (388, "2026-05-22")
    assert whole.next_update.date().isoformat() == "2026-11-18"
    assert len(pointers(whole)) == 31  # twenty-seven, Iceland, Liechtenstein, Norway, and the UK
    assert _pointer(whole, "BE").address == "https://tsl.belgium.be/tsl-be-v6.xml"


def test_the_list_of_a_year_before_is_played_back_and_refused(read: Read) -> None:
    before = _whole(read, "eu-lotl-old.xml", AUGUST)

    refuse_replay(_whole(read), before)
    with pytest.raises(ListRefused, match="played back"):
        refuse_replay(before, _whole(read))


def test_a_real_list_is_refused_once_a_newer_one_was_due(read: Read) -> None:
    with pytest.raises(ListRefused, match="a newer one is due"):
        _whole(read, at=_whole(read).next_update)


def test_a_list_that_another_operator_signed_is_refused(read: Read) -> None:
    with pytest.raises(ListRefused, match="nobody who may has signed it"):
        _national(read, "tsl-ee.xml", "BE", AUGUST)


@pytest.mark.parametrize(
    ("name", "territory", "at"),
    [("tsl-be-v6.xml", "BE", JULY), ("tsl-ee.xml", "EE", AUGUST)],
)
def test_no_granted_period_of_a_real_list_is_lost(
    read: Read, name: str, territory: str, at: datetime
) -> None:
    one = _national(read, name, territory, at)

    found = services(one)

    assert {_shown(service) for _, service in found} == _periods_in(one.xml)
    assert any(service.until is not None for _, service in found)
    assert {service.kind for _, service in found} == {CERTIFICATES, TIMESTAMPS}
    assert not [*faults_of(proposed(found), "They are on the list", set(), practice=False)]


def test_anchors_of_a_real_list_are_asked_where_a_certificate_below_them_says(read: Read) -> None:
    """A list names no addresses. What is seen is drawn up, and asked once it is approved."""
    changes = proposed(services(_national(read, "tsl-be-v6.xml", "BE", JULY)))
    ders = {one.sha256: one.certificate for one in changes}
    entries, der = [one.entry() for one in changes], _der(read("crypto/real-qcert.cer"))
    steps = Paths(ders, []).steps([der])
    assert targets(entries, ders, steps) == []

    drawn_up = unapproved(entries, ders, steps)
    approved = next_entries(entries, drawn_up)

    server = "quovadisglobal.com"
    lists, answers = f"http://crl.{server}/itsmesignissuingcag2x.crl", f"http://ocsp.{server}"
    assert {one.addresses for one in drawn_up} == {(("crl", lists), ("ocsp", answers))}
    asked = targets(approved, ders, steps)
    assert [(one.kind, one.url, one.certificate) for one in asked] == [
        ("crl", lists, b""),
        ("ocsp", answers, der),
    ]


def test_what_anchors_of_a_real_list_state_of_each_other_is_drawn_up_too(read: Read) -> None:
    changes = proposed(services(_national(read, "tsl-be-v6.xml", "BE", JULY)))
    ders = {one.sha256: one.certificate for one in changes}

    drawn_up = unapproved(
        [one.entry() for one in changes], ders, Paths(ders, []).steps(ders.values())
    )

    assert {one.addresses for one in drawn_up} == {
        (("crl", "http://crl.tsp.zetes.com/ZETESTSPTSACA001.crl"),
         ("ocsp", "http://ocsp.tsp.zetes.com")),
        (("crl", "http://crl.eidpki.belgium.be/eid/brca6.crl"),
         ("ocsp", "http://ocsp.eidpki.belgium.be/eid/brca6")),
    }  # fmt: skip


def _der(read: bytes) -> bytes:
    pem = b"-----BEGIN" in read
    load = x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate
    return load(read).public_bytes(Encoding.DER)


def _shown(service: Service) -> tuple[str, str, datetime, datetime | None]:
    return service.kind, service.name, service.since, service.until


def _periods_in(xml: bytes) -> set[tuple[str, str, datetime, datetime | None]]:
    """Read the granted periods of the kinds that count out of the plain XML."""
    found = set()
    for service in etree.fromstring(xml).iterfind(".//t:TSPService", NS):
        now = service.find("t:ServiceInformation", NS)
        past = service.findall("t:ServiceHistory/t:ServiceHistoryInstance", NS)
        told = sorted((_read(one) for one in (now, *past)), key=lambda one: one[3], reverse=True)
        until = None
        for kind, name, status, since in told:
            granted = kind in (CERTIFICATES, TIMESTAMPS) and status == "granted"
            if granted and since != until:  # some periods end as they begin
                found.add((kind, name, since, until))
            until = since
    return found


def _read(period: etree._Element) -> tuple[str, str, str, datetime]:
    kind, status, since = (
        (period.findtext(f"t:{one}", namespaces=NS) or "").strip()
        for one in ("ServiceTypeIdentifier", "ServiceStatus", "StatusStartingTime")
    )
    names = period.findall("t:ServiceName/t:Name", NS)
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    name = next((one.text for one in names if one.get(lang) == "en"), names[0].text)
    at = datetime.fromisoformat(since.replace("Z", "+00:00"))
    return kind.split("Svctype/")[-1], name or "", status.rsplit("/", 1)[-1], at
