"""Whose signatures count is decided by two operators, and every decision is a version for ever."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from procurement.actions.accounts import create_user
from procurement.actors import Actor, system_actor
from procurement.constraint_refusals import refusal_for
from procurement.fresh import SecondFactorNeeded
from procurement.models import Event
from procurement.refusals import BadInput, Conflict, NotFound, NotPermitted, WrongState
from signatures.actions.trust import (
    FourEyes,
    NotYours,
    approve_trust,
    propose_trust,
    reject_trust,
    withdraw_trust,
)
from signatures.models import AnchorSet, TrustProposal, TrustVersion
from signatures.pdf.policy import Policy
from signatures.queries_trust import current_version, names_of, proposals, set_of
from signatures.rules.trust import Change, digest_of, faults_of
from signatures.service import check, current_anchors
from signatures.trust.proofs import NotProven, proven
from signatures.trust.refreshing import removed
from signatures.waiting import waiting_for
from tests.signatures import trusting
from tests.signatures.documents import NOW, Practice, plain_pdf
from tests.signatures.qualifying import Listed, list_of_lists, national_list
from tests.world import HOUR, World


def _root(world: World) -> Change:
    return trusting.changes(world)[0]


# Proposing


def test_a_certificate_has_a_name_from_its_first_proposal_on(world: World) -> None:
    root = _root(world).sha256
    assert names_of([root]) == {}

    trusting.proposed(world)

    assert names_of([root, "0" * 64]) == {root: "Daylight Training Root"}


def test_what_is_only_proposed_counts_for_nothing(world: World) -> None:
    trusting.proposed(world)

    assert current_version() is None
    assert current_anchors().terms == ()  # the directory still counts
    waits = {who: waiting_for(world.by(who), world.now) for who in ("operator", "officer")}
    assert waits == {"operator": [], "officer": []}
    (waiting,) = waiting_for(world.by("second operator"), world.now)
    assert waiting.facts == {"name": "Operator", "reason": trusting.REASON}


def test_nobody_but_an_operator_proposes_or_sees_proposals(world: World) -> None:
    trusting.proposed(world)

    for who in ("officer", "overseer", "opener-1"):
        with pytest.raises(NotPermitted):
            propose_trust(changes=[_root(world)], reason="x", by=world.by(who), now=world.now)
        assert not proposals(world.by(who)).exists()
    with pytest.raises(BadInput):
        propose_trust(changes=[], reason="x", by=world.by("operator"), now=world.now)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        pytest.param(lambda root: [], "no-changes", id="nothing"),
        pytest.param(lambda root: [root, root], "twice", id="the same twice"),
        pytest.param(
            lambda root: [Change(certificate=b"none", purpose="signer")],
            "not-a-certificate",
            id="no certificate",
        ),
        pytest.param(
            lambda root: [Change(certificate=root.certificate, purpose="boss")],
            "no-such-purpose",
            id="a purpose that is none",
        ),
        pytest.param(
            lambda root: [Change(certificate=root.certificate, purpose="tsa", remove=True)],
            "no-such-anchor",
            id="removing what is not there",
        ),
        *(
            pytest.param(
                lambda root, url=url: [
                    Change(certificate=root.certificate, purpose="tsa", addresses=(("crl", url),))
                ],
                "not-an-address",
                id=url,
            )
            for url in (
                "ftp://ca.example/a.crl",
                "http://",
                "http://me:secret@ca.example/",
                "http://ca.example:port/",
                "http://ca.example/a b",
            )
        ),
    ],
)
def test_a_proposal_that_cannot_be_is_refused_with_the_reason(
    practice: Practice, wrong: Callable[[Change], list[Change]], code: str
) -> None:
    root = Change(certificate=practice.anchors.signers[0], purpose="signer")

    found = faults_of(wrong(root), "The ministry says so", set(), practice=True)

    assert [fault.code for fault in found] == [code]


def test_a_proposal_says_why_and_ends_after_it_begins(practice: Practice) -> None:
    backwards = Change(
        certificate=practice.anchors.signers[0],
        purpose="signer",
        valid_from=NOW,
        valid_until=NOW,
    )

    found = faults_of([backwards], " ", set(), practice=True)

    assert [fault.code for fault in found] == ["blank", "ends-first"]


def test_a_practice_authority_is_never_trusted_in_production(practice: Practice) -> None:
    root = Change(certificate=practice.anchors.signers[0], purpose="signer")

    found = faults_of([root], "It is at hand", set(), practice=False)

    assert [fault.code for fault in found] == ["practice-authority"]


# Deciding


def test_nobody_approves_or_rejects_what_they_proposed(world: World) -> None:
    made = trusting.proposed(world)
    own = {"proposal_id": made.pk, "by": world.by("operator"), "now": world.now}

    with pytest.raises(FourEyes):
        approve_trust(**own)
    with pytest.raises(FourEyes):
        reject_trust(**own, remark="no")
    with (  # the database holds it, too
        pytest.raises(DatabaseError, match="trust_proposal_is_decided_by_another_operator"),
        transaction.atomic(),
    ):
        TrustProposal.objects.filter(pk=made.pk).update(
            decision="approved", decided_by=made.proposed_by, decided_at=world.now
        )

    assert current_version() is None


def test_each_approval_makes_the_next_version_and_leaves_the_one_before(world: World) -> None:
    first = trusting.approved(world)
    second = trusting.approved(world, *removed([(_root(world).sha256, "seal")]))

    assert [first.number, second.number] == [1, 2]
    assert [one["purpose"] for one in first.entries].count("seal") == 1
    assert [one["purpose"] for one in second.entries].count("seal") == 0
    assert second.digest == digest_of(second.entries) != first.digest
    with pytest.raises(DatabaseError, match="rows stay as they were written"), transaction.atomic():
        TrustVersion.objects.filter(number=1).update(entries=[])


def test_every_decision_is_in_the_journal(world: World) -> None:
    trusting.approved(world)
    rejected = trusting.proposed(world)
    reject_trust(
        proposal_id=rejected.pk, remark="No", by=world.by("second operator"), now=world.now
    )
    withdrawn = trusting.proposed(world)
    withdraw_trust(proposal_id=withdrawn.pk, by=world.by("operator"), now=world.now)

    told = Event.objects.filter(verb__startswith="trust.").order_by("pk")
    assert {one.verb for one in told} == {
        "trust.proposed",
        "trust.approved",
        "trust.rejected",
        "trust.withdrawn",
    }


def test_a_decision_is_made_once_by_who_may_and_with_a_reason(world: World) -> None:
    made = trusting.proposed(world)
    other = {"proposal_id": made.pk, "by": world.by("second operator"), "now": world.now}

    with pytest.raises(NotYours):
        withdraw_trust(**other)
    with pytest.raises(BadInput):
        reject_trust(**other, remark=" ")
    with pytest.raises(NotFound):
        approve_trust(**{**other, "proposal_id": world.operator.pk})
    reject_trust(**other, remark="No")
    with pytest.raises(WrongState) as refused:
        approve_trust(**other)

    assert "已否决" in refused.value.said("zh")


def test_what_was_removed_meanwhile_is_not_removed_again(world: World) -> None:
    trusting.approved(world)
    gone = removed([(_root(world).sha256, "seal")])
    late = trusting.proposed(world, *gone)
    trusting.approved(world, *gone)

    with pytest.raises(BadInput):
        approve_trust(proposal_id=late.pk, by=world.by("second operator"), now=world.now)
    with pytest.raises(BadInput):  # nobody knows such a certificate
        trusting.proposed(world, *removed([("0" * 64, "seal")]))


# What counts


def test_the_version_counts_instead_of_the_directory_and_is_read_once(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    version = trusting.approved(world)
    first = current_anchors()

    with django_assert_num_queries(1):
        assert current_anchors() is first

    assert len(first.signers) == len(first.tsa) == 1
    assert {term.purpose for term in first.terms} == {"signer", "seal", "tsa"}
    assert first.crls == ()  # nobody was asked yet
    assert version.digest == digest_of(version.entries)


def test_a_verdict_names_the_set_that_it_rests_on(world: World) -> None:
    version = trusting.approved(world)
    signed = world.trust.sign(
        plain_pdf(), world.trust.issue("Lotus Works", "NTRCN-LOTUS"), world.now
    )

    report, row = check(signed, policy=Policy(), at=world.now + HOUR, now=world.now + HOUR)

    assert report.codes == ()
    assert row is not None
    found = set_of(row.anchors_digest)
    assert found is not None
    assert (found.version, found.answers) == (version, [])
    assert AnchorSet.objects.count() == 1


# At the command line


def test_operators_decide_by_command_as_who_they_show_to_be(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trusting.second_operator(world)
    for who in ("operator", "second operator"):
        world.people[who].set_password(f"the password of the {who}")
        world.people[who].save()
        (tmp_path / who).write_text(f"the password of the {who}\n")

    def run(verb: str, *told: str, who: str) -> str:
        email = world.people[who].email
        call_command("trust", verb, *told, "--by", email, "--password-file", str(tmp_path / who))
        return capsys.readouterr().out

    call_command("trust", "show")
    assert "Version 0" in capsys.readouterr().out
    why = ("--reason", "The first set")
    proposal = run("import", str(world.trust.anchors), *why, who="operator").split()[0]
    assert proposal in run("waiting", who="second operator")
    with pytest.raises(CommandError, match="Another operator"):
        run("approve", proposal, who="operator")
    assert "Version 1 counts" in run("approve", proposal, who="second operator")
    call_command("trust", "show")
    assert "Training Root" in capsys.readouterr().out

    gone = run("remove", _root(world).sha256, "seal", *why, who="operator").split()[0]
    assert "rejected" in run("reject", gone, "--remark", "No", who="second operator")
    gone = run("remove", _root(world).sha256, "seal", *why, who="operator").split()[0]
    assert "withdrawn" in run("withdraw", gone, who="operator")

    drawn_up = str(trusting.drawn_up(world).pk)
    assert f"{drawn_up} by nobody yet" in run("waiting", who="operator")
    with pytest.raises(CommandError, match="taken up by no operator yet"):
        run("approve", drawn_up, who="operator")
    assert "waits for another operator" in run("adopt", drawn_up, who="operator")
    assert "Version 2 counts" in run("approve", drawn_up, who="second operator")

    (tmp_path / "operator").write_text("a guess")
    with pytest.raises(CommandError, match="password or code is wrong"):
        run("waiting", who="operator")
    with pytest.raises(CommandError, match="no proposal's id"):
        run("approve", "one", who="second operator")
    with pytest.raises(CommandError, match="no anchors directory"):
        run("import", str(tmp_path / "none"), *why, who="second operator")


def test_lists_and_addresses_are_proposed_by_command(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.wind_to(NOW)  # the lists are of that day
    whole, country = (world.trust.issue(name, f"NTRCN-{name}") for name in ("Whole", "Country"))
    issuing = world.trust.authority.authority("issuing").certificate_der
    (tmp_path / "signers.pem").write_bytes(whole.pem())
    (tmp_path / "lotl.xml").write_bytes(list_of_lists(("XX", "http://x", country), by=whole))
    (tmp_path / "XX.xml").write_bytes(national_list(Listed(issuing), by=country))
    operator = world.people["operator"]
    operator.set_password("a long password")
    operator.save()
    (tmp_path / "password").write_text("a long password")
    person = ("--by", operator.email, "--password-file", str(tmp_path / "password"))
    told = ("--signers", str(tmp_path / "signers.pem"), "--territories", "XX", "--reason", "Why")

    call_command("trust", "lists", str(tmp_path), *told, *person)
    made = capsys.readouterr().out.split()[0]
    version = approve_trust(proposal_id=made, by=_second(world), now=world.now)
    assert [(one["purpose"], one["source"]) for one in version.entries] == [
        ("seal", "eu-list"),
        ("signer", "eu-list"),
    ]
    assert len(current_anchors().services) == 1
    with pytest.raises(CommandError, match="at least one change"):  # it is all known already
        call_command("trust", "lists", str(tmp_path), *told, *person)

    (tmp_path / "signers").mkdir()
    (tmp_path / "signers" / "issuing.der").write_bytes(issuing)
    where = tmp_path / "addresses.json"
    where.write_text("[]")
    with pytest.raises(CommandError, match="is to read"):
        call_command("trust", "import", str(tmp_path), "--reason", "Why", *person)
    where.write_text(json.dumps({sha256(issuing).hexdigest(): [["crl", "http://ca.example/"]]}))
    call_command("trust", "import", str(tmp_path), "--reason", "Why", *person)
    made = capsys.readouterr().out.split()[0]
    version = approve_trust(proposal_id=made, by=_second(world), now=world.now)
    assert version.entries[0]["addresses"] == [{"kind": "crl", "url": "http://ca.example/"}]

    call_command("trust", "lists", str(tmp_path), *told, *person)  # the addresses stay
    made = capsys.readouterr().out.split()[0]
    version = approve_trust(proposal_id=made, by=_second(world), now=world.now)
    assert version.entries[0]["source"] == "eu-list"
    assert version.entries[0]["addresses"] == [{"kind": "crl", "url": "http://ca.example/"}]


def _second(world: World) -> Actor:
    trusting.second_operator(world)
    return world.by("second operator")


@pytest.mark.django_db
def test_a_second_factor_is_asked_at_the_command_line_where_it_is_asked_at_all(
    settings: Settings,
) -> None:
    user = create_user(
        email="ann@example.org", name="Ann", password="a long password", by=system_actor(), now=NOW
    )
    shown = "Ann@example.org", "a long password"

    assert proven(*shown, "", now=NOW).authenticated_at == NOW
    settings.SECOND_FACTOR_REQUIRED = True
    with pytest.raises(SecondFactorNeeded):
        proven(*shown, "", now=NOW)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    code = format_hotp_value(hotp_value(secret, max(yield_hotp_counters_from_time())))
    assert proven(*shown, code, now=NOW).second_factor
    with pytest.raises(NotProven):
        proven(*shown, "000000" if code != "000000" else "111111", now=NOW)


# At the same time


@pytest.mark.parametrize("again", ["number", "proposal"])
def test_of_two_approvals_at_once_the_second_is_told_that_it_is_late(
    world: World, again: str
) -> None:
    first = trusting.approved(world)
    fields = {one.attname: getattr(first, one.attname) for one in TrustVersion._meta.fields}
    if again == "proposal":
        fields["number"] += 1
    else:
        removal = removed([(_root(world).sha256, "seal")])
        fields["proposal_id"] = trusting.proposed(world, *removal).pk

    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        TrustVersion(**fields).save(force_insert=True)

    refusal = refusal_for(raised.value)
    assert isinstance(refusal, Conflict)
    assert "Another approval was faster" in refusal.said("en")
