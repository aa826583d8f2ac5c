"""Who may do what, and which two roles one person never holds: the tables on one page."""

from itertools import combinations

import pytest
from django.core.management import call_command

from procurement.roles import (
    CONFLICTS,
    GRANTS,
    MACHINES,
    ORGANISATION_OF,
    SENTENCES,
    OrganisationKind,
    Permission,
    Role,
    conflict_between,
    roles_page,
)

AT_ONE_AGENCY = {
    frozenset(pair)
    for pair in [
        (Role.OFFICER, Role.LEGAL_APPROVER),
        (Role.OFFICER, Role.FINANCE_APPROVER),
        (Role.LEGAL_APPROVER, Role.FINANCE_APPROVER),
        (Role.OFFICER, Role.OPENER),
        (Role.OFFICER, Role.AWARD_PROPOSER),
        (Role.OFFICER, Role.AWARD_DECIDER),
        (Role.OPENER, Role.AWARD_PROPOSER),
        (Role.OPENER, Role.AWARD_DECIDER),
        (Role.AWARD_PROPOSER, Role.AWARD_DECIDER),
    ]
}

BUYERS = {role for pair in AT_ONE_AGENCY for role in pair}
SELLERS = {Role.SUPPLIER_ADMINISTRATOR, Role.SUPPLIER_SIGNER}


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_sentence_in_both_languages_grants_and_a_place(role: Role) -> None:
    assert SENTENCES[role].en.endswith(".")
    assert SENTENCES[role].zh.endswith("。")
    assert ORGANISATION_OF[role] <= set(OrganisationKind)
    assert role in GRANTS


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_is_granted_to_someone(permission: Permission) -> None:
    assert any(permission in granted for granted in GRANTS.values())


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.MANAGE_ACCOUNTS, {Role.OPERATOR}),
        (Permission.SUBMIT_BID, {Role.SUPPLIER_SIGNER}),
        (Permission.RELEASE, {Role.TIMEKEEPER}),
        (Permission.DISCLOSE, {Role.OPENER}),
        (Permission.HOLD_KEY, {Role.OPENER, Role.TIMEKEEPER, Role.ESCROW_HOLDER}),
        (Permission.ORDER, {Role.SUPERVISOR}),
        (Permission.PROPOSE_AWARD, {Role.AWARD_PROPOSER}),
        (Permission.DECIDE_AWARD, {Role.AWARD_DECIDER}),
    ],
)
def test_the_permissions_that_matter_most_belong_to_these_roles_alone(
    permission: Permission, roles: set[Role]
) -> None:
    assert {role for role in Role if permission in GRANTS[role]} == roles


@pytest.mark.parametrize(("one", "other"), list(combinations(Role, 2)))
def test_every_pair_of_roles_is_judged_as_the_table_says(one: Role, other: Role) -> None:
    overseer = Role.SUPERVISOR in (one, other) and not {one, other} & MACHINES
    both_sides = bool({one, other} & BUYERS) and bool({one, other} & SELLERS)
    expected_anywhere = Role.OPERATOR in (one, other) or overseer or both_sides
    expected_here = expected_anywhere or frozenset((one, other)) in AT_ONE_AGENCY

    for first, second in ((one, other), (other, one)):
        here = conflict_between(first, second, same_organisation=True)
        elsewhere = conflict_between(first, second, same_organisation=False)
        assert (here is not None) == expected_here
        assert (elsewhere is not None) == expected_anywhere


def test_no_pair_stands_in_the_table_twice_and_each_names_its_source() -> None:
    pairs = [frozenset((conflict.one, conflict.other)) for conflict in CONFLICTS]

    assert len(set(pairs)) == len(pairs)
    assert all(conflict.source and conflict.why.zh for conflict in CONFLICTS)


def test_the_page_names_every_role_and_every_pair() -> None:
    page = roles_page()["docs/roles.md"]

    assert page.count("\n| ") == 2 + len(Role) + len(CONFLICTS)


def test_the_pages_written_from_the_code_are_current() -> None:
    call_command("docs", check=True)
