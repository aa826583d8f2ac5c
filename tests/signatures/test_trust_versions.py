"""Whose signatures count is decided by two operators, and every decision is a version for ever."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from procurement.models import Event
from procurement.refusals import BadInput, NotFound, NotPermitted, WrongState
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
from signatures.queries_trust import current_version, proposals, set_of
from signatures.rules.trust import Change, digest_of
from signatures.service import check, current_anchors
from signatures.trust.refreshing import removed
from tests.signatures import trusting
from tests.signatures.documents import plain_pdf
from tests.world import HOUR, World

pytestmark = pytest.mark.django_db


def _root(world: World) -> Change:
    return trusting.changes(world)[0]


# Proposing


def test_what_is_only_proposed_counts_for_nothing(world: World) -> None:
    trusting.proposed(world)

    assert current_version() is None
    assert current_anchors().terms == ()  # the directory still counts


@pytest.mark.parametrize("who", ["officer", "overseer", "opener-1"])
def test_nobody_but_an_operator_proposes_or_sees_proposals(world: World, who: str) -> None:
    trusting.proposed(world)

    with pytest.raises(NotPermitted):
        propose_trust(changes=[_root(world)], reason="x", by=world.by(who), now=world.now)
    assert not proposals(world.by(who)).exists()


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
    world: World, wrong: Callable[[Change], list[Change]], code: str
) -> None:
    with pytest.raises(BadInput) as refused:
        trusting_by(world, wrong(_root(world)))

    assert [fault.code for fault in refused.value.faults] == [code]


def trusting_by(world: World, wanted: list[Change]) -> TrustProposal:
    return propose_trust(
        changes=wanted, reason=trusting.REASON, by=world.by("operator"), now=world.now
    )


def test_a_proposal_says_why_and_ends_after_it_begins(world: World) -> None:
    root = _root(world)
    backwards = Change(
        certificate=root.certificate,
        purpose="signer",
        valid_from=world.now,
        valid_until=world.now - HOUR,
    )

    with pytest.raises(BadInput) as refused:
        propose_trust(changes=[backwards], reason=" ", by=world.by("operator"), now=world.now)

    assert [fault.code for fault in refused.value.faults] == ["blank", "ends-first"]


def test_a_practice_authority_is_never_trusted_in_production(
    world: World, settings: Settings
) -> None:
    settings.PRODUCTION = True

    with pytest.raises(BadInput) as refused:
        trusting_by(world, [_root(world)])

    assert [fault.code for fault in refused.value.faults] == ["practice-authority"]


# Deciding


def test_nobody_approves_or_rejects_what_they_proposed(world: World) -> None:
    made = trusting.proposed(world)
    own = {"proposal_id": made.pk, "by": world.by("operator"), "now": world.now}

    with pytest.raises(FourEyes):
        approve_trust(**own)
    with pytest.raises(FourEyes):
        reject_trust(**own, remark="no")

    assert current_version() is None


def test_the_database_holds_the_four_eyes_too(world: World) -> None:
    made = trusting.proposed(world)

    with pytest.raises(DatabaseError, match="trust_proposal_is_decided_by_another_operator"):
        with transaction.atomic():
            TrustProposal.objects.filter(pk=made.pk).update(
                decision="approved", decided_by=made.proposed_by, decided_at=world.now
            )


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


def test_only_who_proposed_withdraws_and_a_rejection_says_why(world: World) -> None:
    made = trusting.proposed(world)
    other = {"proposal_id": made.pk, "by": world.by("second operator"), "now": world.now}

    with pytest.raises(NotYours):
        withdraw_trust(**other)
    with pytest.raises(BadInput):
        reject_trust(**other, remark=" ")


def test_what_is_decided_is_decided(world: World) -> None:
    made = trusting.proposed(world)
    other = {"proposal_id": made.pk, "by": world.by("second operator"), "now": world.now}
    reject_trust(**other, remark="No")

    with pytest.raises(WrongState) as refused:
        approve_trust(**other)

    assert "已否决" in refused.value.said("zh")
    with pytest.raises(NotFound):
        approve_trust(**{**other, "proposal_id": world.operator.pk})


def test_what_was_removed_meanwhile_is_not_removed_again(world: World) -> None:
    trusting.approved(world)
    gone = removed([(_root(world).sha256, "seal")])
    late = trusting.proposed(world, *gone)
    trusting.approved(world, *gone)

    with pytest.raises(BadInput):
        approve_trust(proposal_id=late.pk, by=world.by("second operator"), now=world.now)


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
