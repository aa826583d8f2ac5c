"""The sequencer: one leader, constant ticks, chains in order, nothing lost, nothing half-done."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event as Signal
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connections, transaction

from procurement.journal import sequencer
from procurement.journal.proofs import consistency, head_proof, inclusion, latest_checkpoint
from procurement.journal.record import Kind
from procurement.journal.sequencer import tick
from procurement.journal.witnesses import log_verifier, witness_verifiers
from procurement.models import Checkpoint, Event, Leaf
from procurement.proof.checkpoint import open_checkpoint, require_quorum
from procurement.proof.merkle import root, verify_consistency, verify_inclusion
from procurement.refusals import Conflict
from tests.ground.making import NOW, event

pytestmark = pytest.mark.usefixtures("fresh_database")


def in_thread(act: Callable[[], Any]) -> Callable[[], Any]:
    """Wrap an act for a thread, whose connection ends with it."""

    def acted() -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    return acted


@pytest.mark.parametrize(
    ("events", "leaves"), [(0, 4), (1, 4), (3, 4), (4, 8), (7, 8), (8, 16), (20, 32)]
)
def test_a_tick_has_four_leaves_or_a_power_of_two_as_many(events: int, leaves: int) -> None:
    for _ in range(events):
        event()

    signed = tick(NOW)

    assert signed is not None
    assert signed.checkpoint.size == leaves
    assert Leaf.objects.count() == leaves
    assert not Event.everything.filter(leaf_index=None).exists()


def test_the_first_leaf_of_every_tick_is_heads_and_all_others_look_alike() -> None:
    for _ in range(3):
        event(uuid4(), Kind.CONTROL)
        tick(NOW)

    entries = [leaf.entry for leaf in Leaf.objects.order_by("index")]

    assert [entry[0] for entry in entries] == [2, 1, 1, 1] * 3
    assert {len(entry) for entry in entries} == {33}


def test_a_checkpoint_is_signed_by_the_log_and_witnessed_by_a_quorum() -> None:
    tick(NOW)
    row = latest_checkpoint()

    assert row is not None
    opened = open_checkpoint(row.note.encode(), log_verifier(), witness_verifiers())
    require_quorum(opened, 3)
    assert row.cosigned == opened.cosigned
    assert set(opened.cosigned.values()) == {int(NOW.timestamp())}
    assert opened.checkpoint.root == row.root
    assert row.root == root([leaf.hash for leaf in Leaf.objects.order_by("index")])


def test_the_places_of_events_inside_a_tick_say_nothing_of_their_order() -> None:
    for _ in range(40):
        event()
    tick(NOW)

    order = Event.objects.order_by("recorded_at").values_list("leaf_index", flat=True)

    assert list(order) != sorted(order)


def test_control_events_of_a_tender_get_rising_places_from_tick_to_tick() -> None:
    tender = uuid4()
    for _ in range(5):
        event(tender, Kind.CONTROL)
        tick(NOW)

    chain = Event.objects.order_by("chain_position").values_list("leaf_index", flat=True)

    assert list(chain) == sorted(chain)


def test_an_event_committed_while_a_tick_runs_is_taken_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event()
    append = sequencer.append

    def append_while_another_writes(*args: Any, **kwargs: Any) -> None:
        writer = Thread(target=in_thread(lambda: event()))
        writer.start()
        writer.join()
        append(*args, **kwargs)

    monkeypatch.setattr(sequencer, "append", append_while_another_writes)
    tick(NOW)
    assert Event.objects.filter(leaf_index=None).count() == 1
    monkeypatch.setattr(sequencer, "append", append)
    tick(NOW)

    assert not Event.objects.filter(leaf_index=None).exists()


def test_an_event_not_committed_yet_is_left_alone_and_its_tick_does_not_wait() -> None:
    wrote, ticked = Signal(), Signal()
    tender = uuid4()

    @in_thread
    def write_slowly() -> None:
        with transaction.atomic():
            event(tender, Kind.CONTROL)
            wrote.set()
            assert ticked.wait(10)

    writer = Thread(target=write_slowly)
    writer.start()
    assert wrote.wait(10)
    tick(NOW)
    ticked.set()
    writer.join()

    assert Event.objects.get().leaf_index is None
    tick(NOW)
    assert head_proof(tender, 8)["control_head"] == Event.objects.get().leaf


def test_there_are_never_two_leaders(fresh_database: str) -> None:
    with closing(psycopg.connect(fresh_database)) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [sequencer._LEADER])
        assert tick(NOW) is None
        other.rollback()

    assert tick(NOW) is not None


def test_many_sequencers_at_once_make_one_log() -> None:
    with ThreadPoolExecutor(4) as pool:
        ticks = [pool.submit(in_thread(lambda: tick(NOW))) for _ in range(40)]
    done = [found.result() for found in ticks]

    sizes = list(Checkpoint.objects.order_by("size").values_list("since", "size"))
    assert len(sizes) == sum(signed is not None for signed in done)
    assert sizes == [(4 * place, 4 * place + 4) for place in range(len(sizes))]


@pytest.mark.parametrize("name", ["append", "_place", "_published", "require_quorum"])
def test_a_crash_inside_a_tick_leaves_nothing_and_the_next_one_repairs_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    tick(NOW)
    event()
    with monkeypatch.context() as broken:

        def crash(*_: Any, **__: Any) -> None:
            raise MemoryError

        broken.setattr(sequencer, name, crash)
        with pytest.raises(MemoryError):
            tick(NOW)

    assert Leaf.objects.count() == 4
    assert Event.objects.filter(leaf_index=None).count() == 1
    tick(NOW)
    assert Leaf.objects.count() == 8
    assert verified() == 1


def test_eight_writers_and_a_sequencer_make_chains_without_a_fork_and_proofs_that_hold() -> None:
    tenders = [uuid4() for _ in range(3)]
    stop = Signal()

    def write(worker: int) -> None:
        for turn in range(25):
            tender = tenders[(worker + turn) % 3]
            kind = (Kind.CONTROL, Kind.CONCEALED, Kind.FACT)[turn % 3]
            try:
                with transaction.atomic():
                    event(tender, kind)
                    if turn % 10 == 9:
                        raise Conflict
            except Conflict:
                pass

    def tick_on() -> None:
        while not stop.is_set():
            tick(NOW)

    clockwork = Thread(target=in_thread(tick_on))
    clockwork.start()
    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(in_thread(lambda worker=w: write(worker))) for w in range(8)]
    for writer in writers:
        writer.result()
    stop.set()
    clockwork.join()
    tick(NOW)

    assert Event.everything.count() == 8 * (25 - 2)
    for tender in tenders:
        chain_holds(tender)
    assert verified() == Event.everything.count()


def chain_holds(tender: UUID) -> None:
    before, tick_before = None, 0
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    for row in Event.objects.filter(tender=tender, kind=Kind.CONTROL).order_by("chain_position"):
        assert row.leaf_index is not None
        assert row.to_json()["prev"] == before
        tick_of_row = next(place for place, size in enumerate(sizes) if row.leaf_index < size)
        assert tick_of_row >= tick_before
        before, tick_before = row.leaf, tick_of_row
    links = {
        row.to_json()["link"] for row in Event.everything.filter(tender=tender, kind="concealed")
    }
    assert len(links) == Event.everything.filter(tender=tender, kind="concealed").count()


def verified() -> int:
    """Verify every event against the newest checkpoint, and every checkpoint against the next."""
    rows = list(Checkpoint.objects.order_by("size"))
    newest = rows[-1]
    for old, new in itertools.pairwise(rows):
        proof = [bytes.fromhex(found) for found in consistency(old.size, new.size)]
        assert verify_consistency(old.size, new.size, old.root, new.root, proof)
    count = 0
    for row in Event.everything.exclude(leaf_index=None):
        assert row.leaf_index is not None
        path = [bytes.fromhex(found) for found in inclusion(row.leaf_index, newest.size)]
        assert verify_inclusion(row.leaf_hash, row.leaf_index, newest.size, path, newest.root)
        count += 1
    return count
