"""Bad input gets a clear refusal: a stable code, in the reader's language, nothing half-done."""

import json
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken

from procurement.actions.accounts import create_organisation, grant_role
from procurement.actors import system_actor
from procurement.models import Organisation, User
from procurement.roles import OrganisationKind, Role

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PATH = "/api/v1/organisations"
GOOD = {
    "kind": "agency",
    "name_en": "City Roads",
    "identifier_scheme": "NTRCN",
    "identifier": "9111",
}


@pytest.fixture
def operator() -> Client:
    """A client whose token is an operator's."""
    user = User.objects.create_user("operator@example.org", name="Operator")
    body = create_organisation(
        kind=OrganisationKind.OPERATOR,
        name_en="Operator",
        identifier_scheme="NTRCN",
        identifier="op",
        by=system_actor(),
        now=NOW,
    )
    grant_role(
        user_id=user.pk,
        organisation_id=body.pk,
        role=Role.OPERATOR,
        by=system_actor(),
        now=NOW,
    )
    _, token = AuthToken.objects.create(user, expiry=None)
    return Client(headers={"Authorization": f"Token {token}"})


def posted(client: Client, raw: bytes | dict[str, object], **headers: str) -> dict[str, object]:
    sent = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    answer = client.post(PATH, sent, "application/json", headers=headers)
    problem: dict[str, object] = answer.json()
    assert answer["Content-Type"] == "application/problem+json", problem
    assert problem["status"] == answer.status_code
    return problem


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b'{"kind":"agency","kind":"supplier"}', id="a key twice"),
        pytest.param(b'{"kind":1e400}', id="an absurd exponent"),
        pytest.param(b'{"kind":NaN}', id="not a number"),
        pytest.param(b'{"kind":' + b"9" * 5_000 + b"}", id="5,000 digits"),
        pytest.param(b"[" * 100_000, id="100,000 brackets"),
        pytest.param(b"[" * 100 + b"]" * 100, id="nested 100 deep"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"text"', id="a string"),
        pytest.param(b"null", id="null"),
    ],
)
def test_what_cannot_be_read_is_a_400_and_changes_nothing(operator: Client, raw: bytes) -> None:
    before = Organisation.objects.count()

    problem = posted(operator, raw)

    assert (problem["status"], problem["code"]) == (400, "bad-input")
    assert Organisation.objects.count() == before


def test_every_bad_field_is_named_by_its_pointer(operator: Client) -> None:
    problem = posted(operator, {"kind": "club", "name_en": "", "identifier": "1", "mood": "good"})

    assert problem["code"] == "bad-input"
    assert {(error["pointer"], error["code"]) for error in problem["errors"]} == {
        ("/mood", "unknown-field"),
    }

    problem = posted(operator, {"kind": "club", "name_en": "", "identifier": "1"})
    assert {(error["pointer"], error["code"]) for error in problem["errors"]} == {
        ("/kind", "invalid-choice"),
        ("/name_en", "blank"),
        ("/identifier_scheme", "required"),
    }


def test_a_reader_gets_the_refusal_in_their_language(operator: Client) -> None:
    chinese = posted(operator, {**GOOD, "kind": "club"}, **{"Accept-Language": "zh-CN"})
    english = posted(operator, {**GOOD, "kind": "club"}, **{"Accept-Language": "fr, en"})

    assert chinese["title"] == "您提交的内容有误，无法使用"
    assert chinese["errors"][0]["detail"] == "此项不在可选范围内"
    assert english["title"] == "What you sent cannot be used as it is"


def test_the_same_body_twice_is_a_conflict_in_our_own_sentence(operator: Client) -> None:
    assert operator.post(PATH, GOOD, "application/json").status_code == 201

    problem = posted(operator, GOOD)

    assert (problem["status"], problem["code"]) == (409, "conflict")
    assert "registered" in str(problem["detail"])


def test_two_megabytes_of_json_are_too_large(operator: Client) -> None:
    problem = posted(operator, b'{"kind":"' + b"a" * (2 * 1024 * 1024) + b'"}')

    assert (problem["status"], problem["code"]) == (413, "too-large")


def test_another_method_and_another_medium_are_refused_as_problems(operator: Client) -> None:
    assert operator.put(PATH).json()["code"] == "method-not-allowed"
    assert operator.post(PATH, b"a=b", "text/plain").json()["code"] == "unsupported-media-type"


def test_an_unknown_body_is_a_404_that_betrays_nothing(operator: Client) -> None:
    unknown = "/api/v1/organisations/00000000-0000-4000-8000-000000000000/machines"

    answer = operator.post(unknown, {"name": "C", "role": "timekeeper"}, "application/json")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_wrong_token_is_told_to_sign_in() -> None:
    answer = Client(headers={"Authorization": "Token dl_nonsense"}).get("/api/v1/me")

    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-first")


def test_a_list_costs_the_same_number_of_queries_for_one_row_and_for_three(
    operator: Client,
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert operator.get(PATH).status_code == 200
        return len(captured)

    one = queries()
    for number in range(2):
        body = {**GOOD, "identifier": f"more-{number}"}
        assert operator.post(PATH, body, "application/json").status_code == 201

    assert queries() == one


@pytest.mark.parametrize("number", ["1", "x00/001", "000.p/0", "000.p/256", "x", "000.p/1.p/1"])
def test_a_tile_that_cannot_be_is_not_found(number: str) -> None:
    answer = Client().get(f"/api/v1/log/tile/0/{number}")

    assert answer.status_code == 404
