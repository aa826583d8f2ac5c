"""What a verdict rests on is kept by digest, so that it can be judged again by exactly that."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procurement.proof.canonical import JSON, canonical, parse, sha256_hex
from signatures.actions.frozen import keep_directory_set, keep_policy
from signatures.actions.revocation import keep_anchor_set
from signatures.models import DirectoryPart, DirectorySet, KeptPolicy
from signatures.pdf.anchors import Anchors, Term
from signatures.pdf.frozen import SetUnreadable, ders_in, named_in, parts_of, put_together
from signatures.pdf.policy import (
    LEVELS,
    Limits,
    Policy,
    PolicyUnreadable,
    Role,
    Supplier,
)
from signatures.queries_frozen import anchors_kept, policies_kept, policy_kept
from signatures.queries_trust import anchors_of, answers_of, standing
from tests.signatures.documents import NOW, POLICY, Practice
from tests.signatures.trusting import approved
from tests.world import World

_names = st.frozensets(st.sampled_from(["NTRCN-1", "VATDE-2", "LEIXG-3"]))
_suppliers = st.builds(Supplier, identifiers=_names, certificates=_names, mandated=_names)
_spans = st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds))
_policies = st.builds(
    Policy,
    supplier=st.none() | _suppliers,
    besides=st.lists(_suppliers, max_size=2).map(tuple),
    signatures_required=st.integers(0, 5),
    active_content=st.sampled_from(["refuse", "remark"]),
    revocation=st.sampled_from(["required", "now", "if-available"]),
    clock_skew=_spans,
    limits=st.builds(Limits, pages=st.integers(0, 9), drawn_steps=st.integers(0, 9)),
    roles=st.lists(
        st.builds(Role, st.sampled_from("ab"), _suppliers, st.integers(1, 3)), max_size=2
    ).map(tuple),
    level=st.sampled_from(LEVELS),
    authorities=_names,
    qualified=st.sampled_from(["not-asked", "remark", "required"]),
    freshness=st.none() | _spans,
)


# Policies


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(_policies)
def test_a_policy_comes_back_from_its_json_with_the_same_digest(policy: Policy) -> None:
    again = Policy.from_json(parse(canonical(policy.to_json())))

    assert again == policy
    assert again.digest == policy.digest


def _with(**changed: Any) -> dict[str, Any]:
    return POLICY.to_json() | changed


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(None, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param({}, id="nothing stated"),
        pytest.param(_with(extra=1), id="a member that no policy has"),
        pytest.param(_with(revocation="never"), id="a word that no policy uses"),
        pytest.param(_with(level="B-B"), id="a default that is left out"),
        pytest.param(_with(signatures_required=True), id="yes for a number"),
        pytest.param(_with(signatures_required=-1), id="fewer than none"),
        pytest.param(_with(clock_skew_seconds="5"), id="a text for a number"),
        pytest.param(_with(clock_skew_seconds=2**53 - 1), id="more days than there are"),
        pytest.param(_with(version=1), id="a number for a text"),
        pytest.param(_with(limits={}), id="no limits"),
        pytest.param(_with(supplier={"identifiers": ["B", "A"], "certificates": []}), id="order"),
        pytest.param(_with(supplier={"identifiers": [1], "certificates": []}), id="a number"),
    ],
)
def test_what_no_policy_writes_is_no_policy(told: Any) -> None:
    with pytest.raises(PolicyUnreadable):
        Policy.from_json(told)


@pytest.mark.django_db
def test_a_policy_is_kept_once(practice: Practice) -> None:
    for when in (NOW, NOW + timedelta(days=1)):
        keep_policy(POLICY, now=when)

    assert policy_kept(POLICY.digest) == POLICY
    assert KeptPolicy.objects.get().at == NOW
    assert policy_kept("0" * 64) is None


@pytest.mark.django_db
def test_the_policies_of_many_verdicts_come_at_once() -> None:
    for policy in (POLICY, Policy()):
        keep_policy(policy, now=NOW)

    found = policies_kept([POLICY.digest, Policy().digest, POLICY.digest, "0" * 64])

    assert found == {one.digest: one.to_json() for one in (POLICY, Policy())}


# Anchors


def test_what_authorities_made_is_named_with_its_length(practice: Practice) -> None:
    held = practice.anchors

    named = dict(ders_in(held))

    assert named == {
        sha256_hex(der): len(der) for der in (*held.signers, *held.tsa, *held.crls, *held.ocsps)
    }


def _with_a_term(practice: Practice) -> Anchors:
    held = practice.anchors
    digest, _ = next(parts_of(held))
    return Anchors(
        held.signers, held.tsa, held.crls, held.ocsps, (Term(digest, "seal", None, NOW),)
    )


def test_a_set_is_put_together_again_from_its_parts(practice: Practice) -> None:
    held = _with_a_term(practice)
    parts = dict(parts_of(held))

    again = put_together(held.digest, held.listed(), parts.__getitem__)

    assert again == held
    assert sorted(parts) == named_in(held.listed())


def test_a_set_with_a_part_exchanged_missing_or_left_out_is_found_out(practice: Practice) -> None:
    held = _with_a_term(practice)
    parts, listed = dict(parts_of(held)), held.listed()
    first, _ = next(parts_of(held))
    told = next(name for name, text in parts.items() if text.startswith(b"{"))
    wrong: list[tuple[Any, dict[str, bytes]]] = [
        (listed, parts | {first: b"another"}),
        (listed, {name: der for name, der in parts.items() if name != first}),
        (listed | {"crls": []}, parts),
        (listed | {"crls": 1}, parts),
        ([], parts),
        (listed | {"terms": [first]}, parts),
        (listed | {"services": [told]}, parts),
    ]

    for told_list, held_parts in wrong:
        with pytest.raises(SetUnreadable):
            put_together(held.digest, told_list, held_parts.__getitem__)


def test_a_term_for_what_no_anchor_is_good_for_is_none(practice: Practice) -> None:
    text = canonical(Term("0" * 64, "root", None, None).to_json())  # type: ignore[arg-type]
    listed: dict[str, JSON] = {"terms": [sha256_hex(text)]}

    with pytest.raises(SetUnreadable, match="purpose"):
        put_together("0" * 64, listed, lambda _: text)


@pytest.mark.django_db
def test_a_directory_s_anchors_are_kept_once_and_come_back(practice: Practice) -> None:
    for when in (NOW, NOW + timedelta(days=1)):
        keep_directory_set(practice.anchors, now=when)

    assert anchors_kept(practice.anchors.digest) == practice.anchors
    assert DirectorySet.objects.get().at == NOW
    assert DirectoryPart.objects.count() == len(named_in(practice.anchors.listed()))
    assert anchors_kept("0" * 64) is None


@pytest.mark.django_db
def test_a_directory_that_lost_a_part_cannot_be_judged_by(practice: Practice) -> None:
    digest = practice.anchors.digest
    DirectorySet.objects.create(digest=digest, listed=practice.anchors.listed(), at=NOW)

    with pytest.raises(SetUnreadable, match="was not kept"):
        anchors_kept(digest)


def test_an_approved_version_comes_back_as_it_was_judged_by(world: World) -> None:
    approved(world)
    found = standing(world.now)
    assert found is not None
    held = anchors_of(found)
    keep_anchor_set(digest=held.digest, version=found[0], answers=answers_of(found), now=world.now)
    keep_anchor_set(digest="0" * 64, version=found[0], answers=[], now=world.now)

    assert anchors_kept(held.digest) == held
    with pytest.raises(SetUnreadable):
        anchors_kept("0" * 64)
