"""Until a tender has ended nobody learns who asked, or how many suppliers did (requirement B13).

Two worlds differ in nothing but who asked. Whatever anybody else reads in the one, they read in the
other, byte for byte: the agency, its approvers and openers, the supervisor, the operator, rivals
and strangers.
"""

import base64
import json
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oversight.queries import timeline
from oversight.queries_supervision import attempts, overview
from procurement.actors import ANONYMOUS
from procurement.models import Event, User
from procurement.outbox import deliver
from procurement.proof.canonical import canonical
from tenders.actions.ending import cancel
from tenders.models import Question, Tender
from tenders.overdue import due
from tenders.queries_questions import answers, own_questions, to_answer
from tests.api.matrix.people import EVERYONE, STRANGER, Cast
from tests.api.matrix.row import Case
from tests.api.test_authorisation import rolled_back
from tests.api.test_nothing_leaks import (
    BASE64,
    LISTS_BODIES,
    Filing,
    _difference,
    everything,
    masked,
)
from tests.bidding import opened
from tests.tenders.asking import answered, asked
from tests.thoroughness import examples
from tests.world import Company, World, order, published_tender

READERS = frozenset({
    STRANGER, "officer", "legal", "opener-1", "overseer", "operator", "timekeeper", "bidder",
})  # fmt: skip
TEXTS = (
    "When can the hall be visited?",
    "When can the hall be visited ?",
    "Lotus Works is named in annex 2, call 13800138000: is that right?",
)
Read = dict[tuple[str, str, str], bytes]


def around(world: World) -> Filing:
    """Give a published tender, and everyone who may read of it."""
    cast, tender = Cast.around(world), published_tender(world)
    ids = {
        "tender": str(tender.pk), "lot": "lot-1", "name": "specification.txt", "version": "1",
        "organisation": str(world.agency.pk), "manifest": "0" * 64,
    }  # fmt: skip
    return Filing(cast, Case(cast, tender, ids=ids))


def told(filing: Filing, askers: Sequence[Company]) -> Read:
    """Let these ask, each the next text; answer two at once, miss the third; read all the while."""
    world, tender = filing.world, filing.case.tender
    assert tender is not None
    began = world.now
    with rolled_back():
        questions = [
            asked(world, tender, company, text) for company, text in zip(askers, TEXTS, strict=True)
        ]
        read = _read("asked", filing, questions)
        answered(world, tender, *questions[:2])
        assert tender.answers_until is not None
        world.wind_to(tender.answers_until)
        due(now=world.now)
        read |= _read("answered and overdue", filing, questions)
        assert not [one for one in named(askers) if any(one in said for said in read.values())]
    world.wind_to(began)
    return read


def _read(when: str, filing: Filing, questions: Sequence[Question]) -> Read:
    deliver(filing.world.now)
    opened.witnessed(filing.world)
    found = everything(filing, *(EVERYONE - READERS))
    ids = [str(question.pk).encode() for question in questions]
    return {
        (when, *key): plain(in_one_order(said, ids), ids)
        for key, said in found.items()
        if not key[1].startswith(LISTS_BODIES)
    }


def in_one_order(said: bytes, ids: Sequence[bytes]) -> bytes:
    """Sort the objects of a history by what they say: it has them by their digests, at random."""
    head, _, body = said.partition(b"\n\n")
    if b'"type":"daylight/history/v1"' not in body:
        return said
    history = json.loads(body)
    history["objects"].sort(key=lambda one: plain(base64.b64decode(one["body"]), ids))
    return head + b"\n\n" + canonical(history)


def plain(said: bytes, ids: Sequence[bytes]) -> bytes:
    """Write an answer without what differs between any two runs, also inside base64."""

    def inside(found: "re.Match[bytes]") -> bytes:
        decoded = base64.b64decode(found.group())
        return plain(decoded, ids) if decoded.startswith(b'{"') else b"-"

    for number, one in enumerate(ids):
        said = said.replace(one, b"question %d" % number)
    said = re.sub(
        rb"\nContent-Length: \d+", b"", said
    )  # a place in the log has more digits or less
    # An answer names its questions sorted by their ids, which are random.
    said = re.sub(rb'\[\\?"question \d\\?"(?:,\\?"question \d\\?")*\]', b"[questions]", said)
    return masked(BASE64.sub(inside, said)) if b"\n\n" in said else masked(b"\n\n" + said)


def named(companies: Sequence[Company]) -> set[bytes]:
    """Give every word by which these companies or their people are known."""
    bodies = [company.organisation for company in companies]
    people = User.objects.filter(memberships__organisation__in=bodies)
    words = [word for body in bodies for word in (body.name_en, body.identifier, str(body.pk))]
    words += [word for user in people for word in (user.name, user.email, str(user.pk))]
    return {word.encode() for word in words}


def test_whatever_anybody_reads_does_not_depend_on_who_asked(
    real_world: World,
) -> None:
    filing = around(real_world)
    _, crane, bamboo = real_world.suppliers

    by_one = told(filing, [crane, crane, crane])
    by_another_two = told(filing, [bamboo, crane, bamboo])

    assert by_one.keys() == by_another_two.keys()
    assert sum(said.startswith(b"200") for said in by_one.values()) > 200
    different = [
        f"{who} at {path}, {when}: {_difference(said, by_another_two[when, who, path])}"
        for (when, who, path), said in by_one.items()
        if said != by_another_two[when, who, path]
    ]
    assert not different, "\n".join(different[:40])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sampled_from(TEXTS), st.integers(1, 2), st.integers(1, 2)),
        st.tuples(st.just("answer"), st.sampled_from(["the first", "all"])),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.django_db
@examples(15)
@given(steps=STEPS)
def test_no_order_of_asking_merging_and_answering_tells_of_an_asker(
    world: World, steps: list[tuple[object, ...]]
) -> None:
    tender = Tender.objects.first() or published_tender(world)

    told_in = [_walk(world, tender, steps, which) for which in (2, 3)]

    assert told_in[0] == told_in[1]


def _walk(
    world: World, tender: Tender, steps: list[tuple[object, ...]], which: int
) -> list[object]:
    """Take the steps; where somebody asks, the step names who does in this world."""
    seen: list[object] = []
    with rolled_back():
        for step in steps:
            waiting = list(Question.objects.unanswered().order_by("text", "asked_at"))
            if step[0] == "ask":
                company = world.suppliers[int(str(step[which]))]
                asked(world, tender, company, str(step[1]))
            elif waiting:
                chosen = waiting if step[1] == "all" else waiting[:1]
                answered(world, tender, *chosen)
            seen.append(_seen(world, tender))
    return seen


def _seen(world: World, tender: Tender) -> object:
    waiting = to_answer(world.by("officer"), tender.pk)
    assert waiting is not None
    found = overview([tender.agency_id], world.now)
    return (
        waiting.number,
        [(one.text, one.overdue, one.hints, len(one.alike)) for one in waiting.questions],
        [(one.answer.number, len(one.answer.questions)) for one in answers(ANONYMOUS, tender.pk)],
        [(entry.verb, entry.by, entry.name) for entry in timeline(tender.pk)],
        attempts(tender.pk),
        (found.closings, found.openings, found.late, found.unanswered, found.demands),
        own_questions(world.by(world.suppliers[0].signer), tender.pk),
    )


@pytest.mark.django_db
def test_who_was_refused_to_ask_is_named_nowhere(world: World) -> None:
    filing = around(world)

    refused = filing.cast.clients["bidder"].post(
        f"/api/v1/tenders/{filing.tender}/questions",
        {"supplier": str(world.suppliers[1].organisation.pk), "text": "Who?"},
        content_type="application/json",
    )

    event = Event.everything.get(verb="attempt.refused")
    assert refused.status_code == 403
    assert (event.by, event.ip, event.concealed) == (None, None, True)


@pytest.mark.django_db
class TestAfterTheEnd:
    """Then the supervisor of the jurisdiction reads who asked, and that is written down."""

    @pytest.fixture
    def ended(self, world: World) -> Filing:
        filing = around(world)
        tender = filing.case.tender
        assert tender is not None
        answered(world, tender, asked(world, tender))
        cancel(
            tender_id=tender.pk, order_note=order(world, tender, "cancel"),
            by=world.by("officer"), now=world.now,
        )  # fmt: skip
        return filing

    def test_with_what_opens_the_commitment_in_the_log(self, ended: Filing) -> None:
        path = f"/api/v1/tenders/{ended.tender}/askers"

        told_why = ended.cast.clients["overseer"].get(path, {"reason": "A complaint"})

        (asker,) = told_why.json()["askers"]
        event = Event.everything.get(verb="question.asked").to_json()["body"]
        assert asker["supplier"]["en"] == "Lotus Works"
        assert event == {"question": asker["question"], "commitment": asker["commitment"]}
        read = Event.objects.get(verb="askers.read")
        assert (read.by, read.to_json()["body"]) == (
            ended.world.people["overseer"].pk, {"reason": "A complaint"},
        )  # fmt: skip

    def test_not_without_a_reason(self, ended: Filing) -> None:
        path = f"/api/v1/tenders/{ended.tender}/askers"

        assert ended.cast.clients["overseer"].get(path).status_code == 400
        assert not Event.objects.filter(verb="askers.read").exists()

    @pytest.mark.parametrize("who", ["officer", "other overseer", "operator", "bidder", "decider"])
    def test_and_nobody_else(self, ended: Filing, who: str) -> None:
        path = f"/api/v1/tenders/{ended.tender}/askers"

        assert ended.cast.clients[who].get(path, {"reason": "Curious"}).status_code == 403
