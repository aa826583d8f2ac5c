"""Authorities are asked at approved addresses alone, with limits, and their answers are kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pytest_django.fixtures import Settings

from signatures.models import ListRound, RevocationAnswer, RevocationRound, TrustedList
from signatures.pdf.policy import Policy
from signatures.service import check, current_anchors
from signatures.training import TrainingAuthority
from signatures.training_services import ocsp_answer, revocation_list
from signatures.trust import refreshing, rounds
from signatures.trust.asking import QUESTION, Target, ask, targets
from signatures.trust.fetching import Fetcher, NotFetched, addresses_of
from signatures.trust.paths import Paths
from tests.signatures import trusting
from tests.signatures.documents import NOW, Practice, plain_pdf
from tests.signatures.locking import held_elsewhere
from tests.signatures.qualifying import Listed, list_of_lists, national_list
from tests.signatures.serving import Authority, Reply, serving
from tests.world import HOUR, World


@pytest.fixture(scope="module")
def server() -> Iterator[Authority]:
    with serving() as made:
        yield made


# The door


def test_an_allowed_address_is_asked_by_its_name(server: Authority) -> None:
    url = server.gives("/a.crl", b"told")

    assert server.fetcher(url).get(url) == b"told"
    assert server.asked[-1] == ("/a.crl", url.split("/")[2], b"")


def test_a_name_is_looked_up_with_every_address_once() -> None:
    assert addresses_of("127.0.0.1", 80) == ["127.0.0.1"]
    assert len(set(addresses_of("localhost", 80))) == len(addresses_of("localhost", 80))


def test_a_question_is_sent_and_answered(server: Authority) -> None:
    url = server.gives("/ocsp", b"answer")

    assert server.fetcher(url).post(url, b"question", QUESTION) == b"answer"
    assert server.asked[-1][2] == b"question"


@pytest.mark.parametrize(
    ("reply", "how", "why"),
    [
        pytest.param((404, {}, b""), {}, "answers 404", id="not there"),
        pytest.param((200, {}, b"12345"), {"largest": 4}, "more than 4 bytes", id="too much"),
        pytest.param((302, {"Location": "/secret"}, b""), {}, "not on the list", id="leads off"),
        pytest.param((302, {"Location": "/amiss"}, b""), {}, "on and on", id="leads in a circle"),
        pytest.param((200, {}, b"x"), {"private": False}, "private network", id="private"),
        pytest.param((200, {}, b"x"), {"resolver": lambda *_: []}, "not known", id="no address"),
        pytest.param(
            (200, {}, b"x"),
            {"resolver": lambda *_: ["8.8.8.8", "10.0.0.1"], "private": False},
            "private network",
            id="one of two is private",
        ),
    ],
)
def test_what_leads_elsewhere_or_never_ends_is_not_fetched(
    server: Authority, reply: Reply, how: dict[str, Any], why: str
) -> None:
    server.replies["/amiss"] = lambda _: reply
    url = f"{server.url}/amiss"

    with pytest.raises(NotFetched, match=why):
        server.fetcher(url, **how).get(url)


def test_an_answer_that_takes_too_long_is_given_up(server: Authority) -> None:
    url = server.gives("/slow", b"x")
    ticks = iter([0.0, 61.0])

    with pytest.raises(NotFetched, match="60 seconds"):
        server.fetcher(url, clock=lambda: next(ticks)).get(url)


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:192.168.0.1",
     "224.0.0.1", "0.0.0.0"],
)  # fmt: skip
def test_no_private_address_is_ever_connected_to(number: str) -> None:
    url = "http://ca.example/a.crl"

    with pytest.raises(NotFetched, match="private network"):
        Fetcher({url}, resolver=lambda *_: [number]).get(url)


def test_nothing_but_the_web_is_asked_and_a_name_has_to_be_known() -> None:
    def unknown(*_: Any) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(NotFetched, match="no address of the web"):
        Fetcher({"file:///etc/passwd"}).get("file:///etc/passwd")
    with pytest.raises(NotFetched, match="no such name"):
        Fetcher({"http://ca.example/"}, resolver=unknown).get("http://ca.example/")
    with pytest.raises(NotFetched, match="not on the list"):
        Fetcher(set()).get("http://ca.example/")


def test_an_authority_that_is_away_is_named(server: Authority) -> None:
    url = "http://ca.example:9/a.crl"  # the discard port: nothing answers

    with pytest.raises(NotFetched, match="does not answer"):
        server.fetcher(url).get(url)


# What is asked, and what of the answers is kept


def _target(practice: Practice, kind: str, url: str) -> Target:
    issuer = practice.authority.authority("issuing").certificate_der
    return Target(kind, url, issuer, practice.supplier.certificate_der if kind == "ocsp" else b"")


@pytest.mark.parametrize("form", ["der", "pem"])
def test_a_list_is_kept_as_der_with_its_dates(
    server: Authority, practice: Practice, form: str
) -> None:
    der = revocation_list(practice.authority, "issuing", at=NOW)
    body = der if form == "der" else x509.load_der_x509_crl(der).public_bytes(Encoding.PEM)
    url = server.gives("/issuing.crl", body)

    answer = ask(_target(practice, "crl", url), server.fetcher(url))

    assert (answer.der, answer.this_update) == (der, NOW)
    assert answer.next_update == NOW + timedelta(days=7)


def test_ocsp_is_asked_about_the_certificate_by_name(server: Authority, practice: Practice) -> None:
    server.replies["/ocsp"] = lambda body: (
        200, {}, ocsp_answer(practice.authority, "issuing", body, at=NOW),
    )  # fmt: skip
    url = f"{server.url}/ocsp"

    assert ask(_target(practice, "ocsp", url), server.fetcher(url)).this_update == NOW


@pytest.mark.parametrize("kind", ["crl", "ocsp"])
def test_what_is_neither_list_nor_answer_is_not_kept(
    server: Authority, practice: Practice, kind: str
) -> None:
    url = server.gives("/page", b"<html>Maintenance</html>")

    with pytest.raises(NotFetched, match="gives no"):
        ask(_target(practice, kind, url), server.fetcher(url))


def test_an_answer_about_another_certificate_is_not_kept(
    server: Authority, practice: Practice
) -> None:
    other = replace(_target(practice, "ocsp", ""), certificate=practice.authority.authority(
        "ocsp").certificate_der)  # fmt: skip
    from signatures.trust.asking import _question

    told = ocsp_answer(practice.authority, "issuing", _question(other), at=NOW)
    url = server.gives("/wrong", told)

    with pytest.raises(NotFetched, match="about what was asked"):
        ask(_target(practice, "ocsp", url), server.fetcher(url))


def test_ocsp_is_asked_about_every_enrolled_certificate_and_each_anchor_above_it(
    practice: Practice,
) -> None:
    issuing, root = (practice.authority.authority(one) for one in ("issuing", "root"))
    names = {
        sha256(one.certificate_der).hexdigest(): one.certificate_der for one in (issuing, root)
    }
    both = [{"kind": "crl", "url": "http://a"}, {"kind": "ocsp", "url": "http://b"}]
    entries = [{"certificate": name, "addresses": both} for name in names]

    supplier = practice.supplier.certificate_der
    found = targets(entries, names, Paths(names, []).steps([supplier]))

    asked_about = {(one.certificate, one.issuer) for one in found if one.kind == "ocsp"}
    assert asked_about == {
        (supplier, issuing.certificate_der),
        (issuing.certificate_der, root.certificate_der),
    }
    assert [one.source for one in found if one.kind == "crl"] == ["http://a"]


# Rounds: one world, in the order in which things happen


@pytest.mark.django_db
def test_rounds_keep_what_was_known_when(
    world: World, server: Authority, settings: Settings
) -> None:
    authority, start = world.trust.authority, world.now

    def round_at(hours: int) -> RevocationRound | None:
        return rounds.make_round(
            now=start + hours * HOUR, fetcher=lambda urls: server.fetcher(*urls)
        )

    def lists_at(hours: int) -> None:
        for label in ("root", "issuing", "tsa-root"):
            server.gives(f"/{label}", revocation_list(authority, label, at=start + hours * HOUR))

    # No version: nobody is asked.
    assert round_at(0) is None
    rounds.due(now=start)
    assert not RevocationRound.objects.exists()

    # The first round after the approval.
    _approve_with_addresses(world, server)
    lists_at(0)
    first = round_at(1)
    assert first is not None
    assert (len(first.answers), first.failed) == (3, {})
    assert len(current_anchors().crls) == 3

    # An authority is away: what it said before stays, and the failure is told.
    lists_at(2)
    server.gives("/issuing", b"", status=503)
    second = round_at(2)
    assert second is not None
    assert [why for why in second.failed.values() if "503" in why]
    assert second.answers[f"{server.url}/issuing"] == first.answers[f"{server.url}/issuing"]
    assert second.digest != first.digest

    # An older list is not taken for news.
    lists_at(1)
    third = round_at(3)
    assert third is not None
    assert third.answers[f"{server.url}/root"] == second.answers[f"{server.url}/root"]
    assert "older" in third.failed[f"{server.url}/root"]

    # What was known at an instant stands beside what is known now.
    known_then = current_anchors(start + HOUR)
    assert set(current_anchors().crls) < set(known_then.crls)
    assert first.answers[f"{server.url}/root"] in {
        sha256(one).hexdigest() for one in known_then.crls
    }

    # A verdict names all of it.
    signed = world.trust.sign(plain_pdf(), world.trust.issue("Lotus", "NTRCN-LOTUS"), start)
    report, row = check(signed, policy=Policy(), at=start + HOUR, now=start + 4 * HOUR)
    assert (report.codes, row is not None) == ((), True)
    assert report.anchors_digest == known_then.digest

    # The rhythm: not before an hour has passed, and never where another machine does it.
    settings.REVOCATION_PRIVATE = True
    count = RevocationRound.objects.count()
    rounds.due(now=start + 3 * HOUR + HOUR / 2)
    settings.REVOCATION_EVERY = timedelta(0)
    rounds.due(now=start + 99 * HOUR)
    assert RevocationRound.objects.count() == count
    assert {one.kind for one in RevocationAnswer.objects.all()} == {"crl"}


def _approve_with_addresses(world: World, server: Authority) -> None:
    authority = world.trust.authority
    wanted = [
        replace(one, addresses=tuple(("crl", f"{server.url}/{label}") for label in labels))
        for one, labels in zip(
            trusting.changes(world), (("root", "issuing"), (), ("tsa-root",)), strict=True
        )
    ]
    assert isinstance(authority, TrainingAuthority)
    trusting.approved(world, *wanted)


@pytest.mark.django_db
def test_trusted_lists_are_fetched_once_a_day_and_kept_raw(
    world: World, server: Authority, settings: Settings, tmp_path: Any
) -> None:
    signer, country = (world.trust.issue(name, f"NTRCN-{name}") for name in ("Whole", "Country"))
    listed = Listed(world.trust.authority.authority("issuing").certificate_der)
    url = server.gives("/xx.xml", national_list(listed, by=country))
    settings.LOTL_URL = server.gives("/lotl.xml", list_of_lists(("XX", url, country), by=signer))
    settings.LOTL_SIGNERS = str(tmp_path / "signers.pem")
    (tmp_path / "signers.pem").write_bytes(signer.pem())
    settings.TRUSTED_TERRITORIES = ["XX", "YY"]

    def doors(allowed: Any, **how: Any) -> Fetcher:
        return server.fetcher(*allowed, largest=how["largest"])

    made = refreshing.refresh(now=NOW, fetcher=doors)

    assert set(made.lists) == {"EU", "XX"}
    assert "does not name it" in made.failed["YY"]
    assert {one.territory for one in TrustedList.objects.all()} == {"EU", "XX"}
    asked = len(server.asked)
    refreshing.due(now=NOW + HOUR)
    assert (ListRound.objects.count(), len(server.asked)) == (1, asked)

    server.gives("/lotl.xml", b"", status=500)
    again = refreshing.refresh(now=NOW + 25 * HOUR, fetcher=doors)
    assert (again.lists, list(again.failed)) == ({}, ["EU"])
    settings.LOTL_URL = ""
    refreshing.due(now=NOW + 99 * HOUR)
    assert ListRound.objects.count() == 2


@pytest.mark.django_db
def test_one_process_fetches_lists_at_a_time_and_a_list_that_does_not_come_is_noted(
    practice: Practice, settings: Settings, tmp_path: Any
) -> None:
    settings.LOTL_URL = "http://127.0.0.1:9/lotl.xml"  # the discard port: nothing answers
    settings.LOTL_SIGNERS = str(tmp_path / "signers.pem")
    (tmp_path / "signers.pem").write_bytes(practice.supplier.pem())

    with held_elsewhere(refreshing._LOCK):
        refreshing.due(now=NOW)
    assert not ListRound.objects.exists()
    refreshing.due(now=NOW)

    made = ListRound.objects.get()
    assert (made.at, made.lists, list(made.failed)) == (NOW, {}, ["EU"])
