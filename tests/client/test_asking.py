"""Who asks by the command sees first what would tell who asks; the agency's key signs answers."""

from datetime import timedelta

import pytest

from tests.client.live import Live
from tests.client.stage import Stage
from tests.signing import Trust
from tests.world import published_tender

QUESTION = "When can the hall be visited?"
TELLING = "Lotus Works asks: when can the hall be visited? Call 13800138000"


@pytest.fixture(scope="module")
def stage(live: Live, _trust: Trust, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A published tender that nobody else needs."""
    stage = Stage.set_up(live, tmp_path_factory.mktemp("asking"), _trust)
    with stage.acting() as world:
        stage.tender = str(published_tender(world, closes_in=timedelta(hours=1)).pk)
    stage.until(stage.in_the_log, what="the notice in the log")
    return stage


def answer(stage: Stage, *questions: str, said: str = "On any working day.") -> tuple[object, ...]:
    return (
        *("answer", stage.tender, *questions, "--question-en", QUESTION, "--answer-en", said),
        *("--agency-key", stage.key("agency"), "--anchors", stage.anchors),
    )


def test_a_question_is_asked_and_answered_to_everybody(stage: Stage) -> None:
    asked = stage.supplier(0).done("ask", stage.tender, QUESTION)
    waiting = stage.person("officer").done("questions", stage.tender)

    published = stage.person("officer").done(*answer(stage, asked["question"]))
    own = stage.supplier(0).done("questions", stage.tender)

    assert [one["text"] for one in waiting["questions"]] == [QUESTION]
    assert published["published"] is True
    assert [one["answer"] for one in own["questions"]] == [published["number"]]


def test_what_tells_who_asks_is_not_sent_unless_the_asker_says_so(stage: Stage) -> None:
    supplier = stage.supplier(0)

    checked = supplier.done("ask", stage.tender, TELLING, "--check")

    assert [hint["kind"] for hint in checked["hints"]] == ["name", "telephone"]
    assert supplier.refused("ask", stage.tender, TELLING) == "tells-who-asks"


def test_what_may_tell_who_asked_is_not_published_unless_somebody_looked(stage: Stage) -> None:
    asked = stage.supplier(1).done("ask", stage.tender, "Which colour?")
    officer, said = stage.person("officer"), "Call 13800138000."

    refused = officer.refused(*answer(stage, asked["question"], said=said))
    published = officer.done(*answer(stage, asked["question"], said=said), "--redaction-checked")

    assert refused == "not-redacted"
    assert published["published"] is True


def test_nobody_signs_an_answer_to_what_was_not_asked(stage: Stage) -> None:
    nothing = "0" * 8 + "-0000" * 3 + "-" + "0" * 12

    assert stage.person("officer").refused(*answer(stage, nothing)) == "no-such-question"
