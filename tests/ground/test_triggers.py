"""The database itself holds the rules: rows stay as written, states move along edges only."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import isolate_apps

from procurement import objects
from procurement.constraint_refusals import refusal_for
from procurement.journal.sequencer import tick
from procurement.lifecycle import StateField, edge, transitions_of
from procurement.models import Checkpoint, Event, Leaf, ProtocolObject, Subtree
from procurement.refusals import Conflict, WrongState
from procurement.texts import Text
from procurement.triggers import check_installed, expected, install, of_model
from tests.ground.making import NOW, event

APPEND_ONLY = [Event, Leaf, Subtree, Checkpoint, ProtocolObject]


def refused(act: Callable[[], Any]) -> str:
    """Give the name of the rule that the database refused by."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        act()
    return str(caught.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


@pytest.fixture
def written(fresh_database: str) -> None:
    """One row in every append-only table."""
    event(uuid4())
    tick(NOW)
    Subtree.objects.create(level=8, index=0, hash=bytes(32))
    objects.store({"type": "daylight/test/v1"}, tender=None, at=NOW)


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("model", APPEND_ONLY)
def test_rows_that_stay_as_written_are_neither_changed_nor_deleted_nor_emptied(
    model: type[models.Model],
) -> None:
    everything = model._base_manager.all()  # type: ignore[attr-defined]
    plain = next(field for field in model._meta.local_fields if not field.primary_key)
    table = connection.ops.quote_name(model._meta.db_table)

    def truncate() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")

    assert everything.exists()
    assert refused(everything.delete) == "rows_stay_as_written"
    assert refused(truncate) == "rows_stay_as_written"
    assert refused(lambda: everything.update(**{plain.name: _other(plain)})) == (
        "rows_stay_as_written"
    )


@pytest.mark.usefixtures("written")
def test_a_column_that_may_be_filled_once_is_filled_once_and_alone() -> None:
    event(uuid4())
    waiting = Event.everything.filter(leaf_index=None)

    assert refused(lambda: waiting.update(leaf_index=999, verb="other")) == "rows_stay_as_written"
    assert waiting.update(leaf_index=999) == 1
    placed = Event.everything.filter(leaf_index=999)
    assert refused(lambda: placed.update(leaf_index=1000)) == "rows_stay_as_written"
    assert refused(lambda: placed.update(leaf_index=None)) == "rows_stay_as_written"


@pytest.mark.usefixtures("fresh_database")
def test_the_server_refuses_to_start_when_a_rule_is_missing_switched_off_or_another() -> None:
    table = "procurement_event"

    def broken_by(sql: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(sql)
        with pytest.raises(ImproperlyConfigured) as caught:
            check_installed()
        install()
        check_installed()
        return str(caught.value)

    check_installed()
    for sql in (
        f"DROP TRIGGER rows_stay_as_written ON {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER rows_stay_as_written",
        f"COMMENT ON TRIGGER rows_stay_as_written ON {table} IS 'daylight of yesterday'",
    ):
        assert "rows_stay_as_written on procurement_event" in broken_by(sql)


@pytest.mark.usefixtures("fresh_database")
def test_installing_again_changes_nothing_and_removes_what_the_code_no_longer_asks_for() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER of_old BEFORE INSERT ON procurement_leaf FOR EACH ROW "
            "EXECUTE FUNCTION daylight_append_only();"
            "COMMENT ON TRIGGER of_old ON procurement_leaf IS 'daylight of old'"
        )

    install()
    install()

    tick(NOW)
    check_installed()


def test_no_two_triggers_of_a_table_share_a_name() -> None:
    names = [(trigger.table, trigger.name) for trigger in expected()]

    assert len(set(names)) == len(names)


class State(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    ANSWERED = "answered"


@pytest.fixture
def letter_model(fresh_database: str) -> Iterator[type[models.Model]]:
    """A model with a lifecycle of its own, for this test only."""
    with isolate_apps("procurement"):

        class Letter(models.Model):
            state = StateField(default=State.DRAFT)
            sent_to = models.CharField(max_length=20, blank=True)

            class Meta:
                app_label = "procurement"

            def __str__(self) -> str:
                return self.sent_to

            @edge("state", source=State.DRAFT, target=State.SENT, action=Text("send", "发送"))
            def send(self, to: str) -> None:
                """The letter has left the house."""
                self.sent_to = to

            @edge(state, source=[State.SENT], target=State.ANSWERED)
            def answer(self) -> None:
                """An answer came."""

        with connection.schema_editor() as editor:
            editor.create_model(Letter)
        with connection.cursor() as cursor:
            for trigger in of_model(Letter):
                cursor.execute(trigger.sql)
        yield Letter


def test_a_row_goes_its_way_along_the_edges(letter_model: Any) -> None:
    letter = letter_model.objects.create()
    letter.send("Beijing")
    letter.save()
    letter.answer()
    letter.save()

    assert letter_model.objects.get().state == "answered"
    assert [(found.name, found.source, found.target) for found in transitions_of(letter_model)] == [
        ("send", "draft", "sent"),
        ("answer", "sent", "answered"),
    ]
    assert transitions_of(letter_model)[0].meaning == "The letter has left the house."


def test_a_move_from_the_wrong_state_is_refused_in_our_own_sentence(letter_model: Any) -> None:
    letter = letter_model.objects.create()
    letter.send("Beijing")

    with pytest.raises(WrongState) as caught:
        letter.send("Shanghai")

    assert caught.value.said("zh") == "在“sent”状态下不能执行“发送”。"


@pytest.mark.parametrize("state", [State.SENT, State.ANSWERED, "another"])
def test_no_row_begins_anywhere_but_in_its_first_state(letter_model: Any, state: str) -> None:
    assert refused(lambda: letter_model.objects.create(state=state)) == "state_moves_along_edges"


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", [*State, "another"])
def test_the_database_accepts_edges_alone(letter_model: Any, before: State, after: str) -> None:
    letter = letter_model.objects.create()
    for state in list(State)[1 : list(State).index(before) + 1]:
        letter_model.objects.update(state=state)
    allowed = before == after or (before, after) in {
        (State.DRAFT, State.SENT),
        (State.SENT, State.ANSWERED),
    }

    def move() -> None:
        letter_model.objects.filter(pk=letter.pk).update(state=after)

    if allowed:
        move()
    else:
        assert refused(move) == "state_moves_along_edges"


def test_the_one_edge_turns_the_databases_no_into_a_refusal(letter_model: Any) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        letter_model.objects.create(state="sent")

    assert isinstance(refusal_for(caught.value), Conflict)


def _other(field: Any) -> Any:
    if isinstance(field, models.BinaryField):
        return b"other"
    return 77 if isinstance(field, models.IntegerField) else "control"
