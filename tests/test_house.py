"""The house stands by itself: it starts from nothing, stops without a trace, keeps its rooms apart.

What a person meets first is tried here for real: the database that comes along, servers that end
with the command that started them, a port somebody else has, a machine without tools.
"""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections

from procurement.tryout import bootstrap, embedded, minio_server
from procurement.tryout.processes import (
    NotStarted,
    PortTaken,
    Processes,
    answers,
    free_port,
    stop_left_over,
)
from procurement.tryout.run import alone
from tests.servers import ROOT

PATIENCE_SECONDS = 60.0  # until a machine is called broken; nothing here waits for it
ROOMS = ("procurement", "tenders", "signatures", "bidding", "awards", "oversight")
EDGES = ("api", "portal", "client")
LISTENER = (
    "import http.server as h, sys;"
    "h.test(h.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')"
)
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


@pytest.fixture
def home(tmp_path: Path):
    yield tmp_path / "home"
    embedded.stop(tmp_path / "home")


# The database that comes along


def test_the_database_starts_from_nothing_and_a_second_start_finds_it(home: Path):
    first, number = embedded.start(home), _number(home)
    second = embedded.start(home)

    assert first == second == embedded.address(home)
    assert _number(home) == number
    assert _version(first) >= 180000


def test_the_database_listens_on_no_port_and_to_no_other_user(home: Path):
    with psycopg.connect(embedded.start(home)) as database:
        listens = database.execute("SHOW listen_addresses").fetchone()
        (sockets,) = database.execute("SHOW unix_socket_directories").fetchone()

    assert listens == ("",)
    assert stat.S_IMODE(Path(sockets).stat().st_mode) == 0o700


def test_what_was_committed_survives_a_killed_database(home: Path):
    address = embedded.start(home)
    with psycopg.connect(address) as database:
        database.execute("CREATE TABLE kept AS SELECT 1 AS one")
    _kill(home)

    assert not embedded.is_running(home)
    with psycopg.connect(embedded.start(home)) as database:
        assert database.execute("SELECT one FROM kept").fetchone() == (1,)


def test_the_number_of_a_dead_database_may_belong_to_somebody_else(home: Path):
    embedded.start(home)
    _kill(home)
    note = home / "postgres" / "postmaster.pid"
    note.write_text("\n".join([str(os.getpid()), *note.read_text().splitlines()[1:]]))

    assert not embedded.is_running(home)
    assert _version(embedded.start(home)) >= 180000


def test_stopping_leaves_no_process_and_no_socket(home: Path):
    embedded.start(home)
    pid = _number(home)

    assert embedded.stop(home)

    assert not _works(pid)
    assert not Path(embedded.address(home).partition("host=")[2]).exists()
    assert not embedded.stop(home)


def test_a_long_path_does_not_make_a_long_socket(tmp_path: Path):
    home = tmp_path / ("long" * 30)
    try:
        assert _version(embedded.start(home)) >= 180000
    finally:
        embedded.stop(home)


def test_two_commands_that_start_it_at_once_start_one(home: Path):
    code = "import sys, pathlib; from procurement.tryout.embedded import start;"
    code += "print(start(pathlib.Path(sys.argv[1])))"
    both = [
        subprocess.Popen([sys.executable, "-c", code, home], cwd=ROOT, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [each.communicate()[0] for each in both]

    assert [each.returncode for each in both] == [0, 0]
    assert said[0] == said[1]


def test_a_start_waits_for_the_database_that_is_still_stopping(home: Path):
    waiting, note = threading.Event(), home / "postgres" / "postmaster.pid"
    with ThreadPoolExecutor(1) as pool:
        with psycopg.connect(embedded.start(home)):
            old = int(note.read_text().split()[0])
            os.kill(old, signal.SIGTERM)  # it ends when nobody is connected any more, not before
            while "stopping" not in note.read_text():
                time.sleep(0.01)
            again = pool.submit(embedded.start, home, say=lambda _: waiting.set())
            assert waiting.wait(PATIENCE_SECONDS)
        assert _version(again.result()) >= 180000
    assert not _works(old)


def test_a_site_waits_for_the_one_that_is_ending(tmp_path: Path):
    waiting = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        with alone(tmp_path, print):
            later = pool.submit(alone(tmp_path, lambda _: waiting.set()).__enter__)
            assert waiting.wait(PATIENCE_SECONDS)
            assert not later.done()
        later.result()


def test_a_site_that_does_not_end_is_named(tmp_path: Path):
    with alone(tmp_path, print):
        again = alone(tmp_path, print, within=0)
        with pytest.raises(NotStarted, match="Another site runs in"):
            again.__enter__()


# Databases for tests


@pytest.mark.django_db
def test_the_tests_run_on_postgresql_18_unless_told_otherwise():
    assert connection.vendor == "postgresql"
    assert connection.pg_version >= 150000


def test_a_fresh_database_commits_for_real_in_every_thread(fresh_database: str):
    def write() -> None:
        get_user_model().objects.create(email="somebody@example.org")
        connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()

    with psycopg.connect(fresh_database) as outside:
        assert outside.execute("SELECT email FROM procurement_user").fetchall() == [
            ("somebody@example.org",)
        ]


def test_the_next_fresh_database_is_empty_again(fresh_database: str):
    assert get_user_model().objects.count() == 0


# Processes


def test_children_end_with_the_block_the_youngest_first(tmp_path: Path):
    port = free_port()
    with Processes(tmp_path) as processes:
        processes.start("older", [sys.executable, "-c", "import time; time.sleep(600)"])
        server = processes.start(
            "server", [sys.executable, "-c", LISTENER, str(port)], ready=f"http://127.0.0.1:{port}/"
        )
        assert answers(f"127.0.0.1:{port}")

    assert not _works(server.pid)
    assert not answers(f"127.0.0.1:{port}")
    assert list((tmp_path / "run").iterdir()) == []


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("procurement.tryout.processes.STOP_SECONDS", 0.3)
    with Processes(tmp_path) as processes:
        child = processes.start("stubborn", [sys.executable, "-c", STUBBORN])
        time.sleep(0.3)

    assert not _works(child.pid)


def test_a_child_that_ends_too_early_is_named_with_its_last_words(tmp_path: Path):
    with (
        Processes(tmp_path) as processes,
        pytest.raises(NotStarted, match=r"(?s)the site ended with 1.*no such table"),
    ):
        processes.start(
            "the site",
            [sys.executable, "-c", "raise SystemExit('no such table')"],
            ready="127.0.0.1:1",
        )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_no_child_outlives_a_stopped_parent(tmp_path: Path, how: signal.Signals):
    parent = _parent(tmp_path)
    (child,) = _noted(tmp_path)

    parent.send_signal(how)
    parent.wait(20)

    assert not _works(child)


def test_what_a_killed_parent_left_is_stopped_by_the_next_command(tmp_path: Path):
    parent = _parent(tmp_path)
    (child,) = _noted(tmp_path)
    parent.kill()
    parent.wait()
    assert _works(child)

    assert stop_left_over(tmp_path) == ["sleeper"]
    assert not _works(child)


def test_a_taken_port_is_named_with_what_to_do():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(PortTaken, match=rf"port {port} cannot be used.*PORT=8123 make run"):
            free_port(port)


# A machine without tools


@pytest.mark.skipif(
    not bootstrap.is_done("python", bootstrap.PYTHON)
    or not bootstrap.is_done("node", bootstrap.NODE_MODULES),
    reason="this .venv was not made by make setup",
)
def test_a_second_setup_has_nothing_to_do():
    command = [sys.executable, ROOT / "procurement/tryout/bootstrap.py"]
    done = subprocess.run(command, capture_output=True, check=True)

    assert done.stdout == b""


def test_without_go_it_is_said_what_is_not_exercised(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DAYLIGHT_MINIO", raising=False)

    with pytest.raises(minio_server.MinioNotBuilt, match=r"^MinIO not exercised: .* needs Go"):
        minio_server.build(tmp_path)


def test_the_client_and_the_proofs_need_no_django():
    """Import every pure module in a Python that cannot import Django."""
    code = (
        "import sys; sys.modules.update(django=None, rest_framework=None, psycopg=None);"
        "import importlib;"
        "[importlib.import_module(name) for name in sys.argv[1:]]"
    )

    subprocess.run([sys.executable, "-c", code, *_pure_modules()], cwd=ROOT, check=True)


def test_packages_have_empty_beginnings():
    """What a package's __init__ imports, import-linter does not see."""
    full = [
        str(path.relative_to(ROOT))
        for room in ROOMS + EDGES
        for path in (ROOT / room).rglob("__init__.py")
        if path.stat().st_size and path.parent.name != "models"  # where Django looks for them
    ]

    assert full == []


def test_only_bidding_puts_its_hands_into_the_bucket_of_sealed_bids():
    others = [
        str(path.relative_to(ROOT))
        for room in {*ROOMS, *EDGES} - {"bidding"}
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"\bSEALED\b", path.read_text())
    ]

    assert others == ["procurement/vault.py"]


def _pure_modules() -> list[str]:
    places = ["procurement/proof", "signatures/pdf", "bidding/sealed", "oversight/verify", "client"]
    single = ["procurement/refusals.py", "procurement/texts.py", "procurement/vault.py"]
    files = [*(ROOT / name for name in single)]
    for place in places:
        files += (ROOT / place).rglob("*.py")
    names = (path.relative_to(ROOT).with_suffix("").as_posix() for path in files)
    return sorted(name.removesuffix("/__init__").replace("/", ".") for name in names)


def _parent(home: Path) -> subprocess.Popen:
    code = (
        "import sys, time; from pathlib import Path;"
        "from procurement.tryout.processes import Processes\n"
        "with Processes(Path(sys.argv[1])) as children:\n"
        "    children.start('sleeper', [sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "    print('started', flush=True)\n"
        "    time.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(home)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert parent.stdout
    with parent.stdout:
        assert parent.stdout.readline() == b"started\n"
    return parent


def _noted(home: Path) -> list[int]:
    return [int(note.stem) for note in (home / "run").glob("*.json")]


def _works(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _number(home: Path) -> int:
    """Read the number of the database's process."""
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


def _kill(home: Path) -> None:
    pid = _number(home)
    os.kill(pid, signal.SIGKILL)
    while _works(pid):
        time.sleep(0.01)


def _version(address: str) -> int:
    with psycopg.connect(address) as database:
        return database.info.server_version
