"""A hostile file hurts its own verdict only: limits, crashes and time-outs are UNDECIDED."""

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from hashlib import pbkdf2_hmac, sha256
from multiprocessing.connection import Connection
from pathlib import Path
from pickle import PicklingError

import pytest

from procurement.proof.canonical import canonical
from signatures import pool as pools
from signatures.actions.reports import PASSING
from signatures.pdf.anchors import Anchors
from signatures.pdf.report import Finding, Verdict
from signatures.pool import SignaturePool
from tests.signatures.documents import POLICY, RECEIVED, Practice
from tests.signatures.halting import halted_worker, memory_of_a_worker


@pytest.fixture(scope="module")
def pool() -> Iterator[SignaturePool]:
    with SignaturePool(workers=2, jobs_per_worker=5) as opened:
        opened.warm()
        yield opened


def test_a_worker_gives_the_same_report_as_this_process(
    practice: Practice, pool: SignaturePool
) -> None:
    here = practice.judged(practice.blta)

    there = pool.judge(practice.blta, policy=POLICY, anchors=practice.anchors, at=RECEIVED)

    assert canonical(there.to_json()) == canonical(here.to_json())


def test_each_file_is_judged_by_the_authorities_that_it_came_with(practice: Practice) -> None:
    """A worker is given a set once and keeps it, until a file comes with another."""
    nobody = Anchors(crls=practice.anchors.crls)
    asked = [practice.anchors, practice.anchors, nobody, practice.anchors, nobody, nobody]

    with SignaturePool(workers=1, jobs_per_worker=5) as pool:
        reports = [
            pool.judge(practice.bb, policy=POLICY, anchors=anchors, at=RECEIVED)
            for anchors in asked
        ]
        words = pool.pages_of(practice.bb)

    assert [report.anchors_digest for report in reports] == [one.digest for one in asked]
    trusted = [report.verdict is Verdict.VALID for report in reports]
    assert trusted == [anchors is practice.anchors for anchors in asked]
    assert words


def test_a_set_of_authorities_is_sent_once(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []
    send = Connection.send
    monkeypatch.setattr(Connection, "send", lambda pipe, one: (sent.append(one), send(pipe, one)))

    with SignaturePool(workers=1) as pool:
        for _ in range(3):
            pool.judge(practice.bb, policy=POLICY, anchors=practice.anchors, at=RECEIVED)

    assert [one for one in sent if isinstance(one, Anchors)] == [practice.anchors]
    assert len(sent) == 4


def test_many_threads_share_few_workers_and_workers_are_replaced(
    practice: Practice, pool: SignaturePool, tmp_path: Path
) -> None:
    file = tmp_path / "bid.pdf"
    file.write_bytes(practice.bb)

    with ThreadPoolExecutor(6) as threads:
        reports = list(
            threads.map(
                lambda _: pool.judge(file, policy=POLICY, anchors=practice.anchors, at=RECEIVED),
                range(14),
            )
        )

    assert {report.verdict for report in reports} == {Verdict.VALID}


def test_a_missing_file_is_an_error_of_the_caller(practice: Practice, pool: SignaturePool) -> None:
    with pytest.raises(FileNotFoundError):
        pool.judge(Path("/nowhere.pdf"), policy=POLICY, anchors=practice.anchors, at=RECEIVED)


def test_a_worker_that_takes_too_long_is_ended_and_replaced(practice: Practice) -> None:
    with SignaturePool(workers=1, wall_clock=timedelta(0)) as hasty:
        halted_worker(hasty)
        late = hasty.judge(practice.blt, policy=POLICY, anchors=practice.anchors, at=RECEIVED)
        hasty.wall_clock = timedelta(seconds=60)
        then = hasty.judge(practice.blt, policy=POLICY, anchors=practice.anchors, at=RECEIVED)

    assert (late.verdict, late.codes) == (Verdict.UNDECIDED, ("wall-clock",))
    assert late.file_sha256 == then.file_sha256
    assert then.verdict is Verdict.VALID


def test_a_worker_that_dies_costs_one_undecided_and_nobody_else(practice: Practice) -> None:
    with SignaturePool(workers=1) as pool:
        halted = halted_worker(pool)
        killer = threading.Timer(0.3, os.kill, (halted, signal.SIGKILL))
        killer.start()

        struck = pool.judge(practice.bb, policy=POLICY, anchors=practice.anchors, at=RECEIVED)
        after = pool.judge(practice.bb, policy=POLICY, anchors=practice.anchors, at=RECEIVED)

    assert (struck.verdict, struck.codes) == (Verdict.UNDECIDED, ("crashed",))
    assert after.verdict is Verdict.VALID


def test_a_file_that_stalls_lets_no_other_queue_wait(practice: Practice) -> None:
    """Of one tender's files the pool has as many as it can take, and judges another's first."""
    with SignaturePool(workers=1) as pool, ThreadPoolExecutor(2) as threads:
        halted = halted_worker(pool)
        judge = partial(pool.judge, policy=POLICY, anchors=practice.anchors, at=RECEIVED)
        stalled = [threads.submit(judge, practice.bb, queue="tender A") for _ in range(2)]

        other = judge(practice.bb, queue="tender B")
        waiting = [one.done() for one in stalled]
        os.kill(halted, signal.SIGKILL)

    assert (other.verdict, waiting) == (Verdict.VALID, [False, False])
    assert sorted(one.result().codes for one in stalled) == [(), ("crashed",)]


def test_a_job_past_its_counts_is_final(practice: Practice, pool: SignaturePool) -> None:
    many = b"%PDF-1.7\n" + b"/ByteRange [ ]\n" * 100 + b"%%EOF\n"

    report = pool.judge(many, policy=POLICY, anchors=practice.anchors, at=RECEIVED)

    assert report.codes == ("resource-count",)
    assert not PASSING & set(report.codes)


def test_a_worker_that_runs_out_of_memory_is_undecided(practice: Practice) -> None:
    large = practice.bb + b"\0" * 50_000_000

    with SignaturePool(workers=1, memory_bytes=memory_of_a_worker() + len(large)) as pool:
        report = pool.judge(large, policy=POLICY, anchors=practice.anchors, at=RECEIVED)

    assert (report.verdict, report.codes) == (Verdict.UNDECIDED, ("crashed",))


def test_a_file_whose_words_cannot_be_read_in_time_has_none(practice: Practice) -> None:
    with SignaturePool(workers=1, wall_clock=timedelta(0)) as hasty:
        halted_worker(hasty)
        late = hasty.pages_of(practice.bb)
        hasty.wall_clock = timedelta(seconds=60)
        then = hasty.pages_of(practice.bb)
        broken = hasty.pages_of(b"%PDF-1.7\n" + b"[" * 100_000)

    assert late is None
    assert then is not None
    assert "1000.00" in then[0]
    assert broken is None


def test_a_worker_that_counts_too_much_processor_time_is_ended() -> None:
    """The wall clock comes later, so that a busy machine is not taken for a hostile file."""
    with SignaturePool(workers=1, processor_time=timedelta(0)) as pool:
        answer = pool._asked("", pbkdf2_hmac, "sha256", b"a password", b"salt", 10**9)

    assert isinstance(answer, Finding)
    assert answer.code == "wall-clock"


def test_a_file_on_disk_is_named_by_its_digest_also_when_nobody_could_judge_it(
    practice: Practice, tmp_path: Path
) -> None:
    file = tmp_path / "bid.pdf"
    file.write_bytes(practice.bb)

    with SignaturePool(workers=1, wall_clock=timedelta(0)) as hasty:
        halted_worker(hasty)
        late = hasty.judge(file, policy=POLICY, anchors=practice.anchors, at=RECEIVED)

    assert (late.file_sha256, late.file_bytes) == (
        sha256(practice.bb).hexdigest(),
        len(practice.bb),
    )


def test_a_worker_that_does_not_start_and_a_question_that_cannot_be_sent_take_no_place(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SignaturePool(workers=1) as pool:
        with monkeypatch.context() as patched, pytest.raises(RuntimeError, match="did not start"):
            patched.setattr(pools, "START_UP", timedelta(0))
            pool.warm()
        with monkeypatch.context() as patched, pytest.raises(RuntimeError, match="did not start"):
            patched.setattr(pools, "_work", _ends_at_once)
            pool.warm()
        with pytest.raises((PicklingError, AttributeError)):
            pool._asked("", lambda: None)
        after = pool.judge(practice.bb, policy=POLICY, anchors=practice.anchors, at=RECEIVED)

    assert after.verdict is Verdict.VALID


def _ends_at_once(*_: object) -> None:
    pass


def test_a_worker_whose_pool_is_gone_ends_by_itself() -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=pools._work, args=(theirs, pools.MEMORY_BYTES, 5))
    worker.start()
    theirs.close()
    assert ours.recv() == "ready"

    ours.close()
    worker.join(30)

    assert worker.exitcode == 0


def test_a_worker_opens_no_connection_and_starts_no_program(pool: SignaturePool) -> None:
    for forbidden, what in ((socket.create_connection, ("127.0.0.1", 9)), (os.system, "true")):
        with pytest.raises(PermissionError, match="a worker that judges signatures does not"):
            pool._asked("", forbidden, what)


@pytest.mark.parametrize("event", sorted(pools._FORBIDDEN))
def test_what_a_worker_may_not_do_is_refused_by_name(event: str) -> None:
    pools._refuse_connections("open", ())

    with pytest.raises(PermissionError, match=event):
        pools._refuse_connections(event, ())


def test_a_pool_that_is_closed_while_it_warms_up_waits_for_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool, start = SignaturePool(workers=2), pools._start
    closing: list[threading.Thread] = []

    def closed_meanwhile(asked: SignaturePool) -> pools._Worker:
        worker = start(asked)
        closing.append(threading.Thread(target=pool.close, daemon=True))
        closing[0].start()
        while not pool._places._closed:
            time.sleep(0.01)
        return worker

    monkeypatch.setattr(pools, "_start", closed_meanwhile)
    pool.warm()
    closing[0].join(20)

    assert not closing[0].is_alive()
