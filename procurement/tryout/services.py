"""PostgreSQL, MinIO and Redis as production has them, on loopback: ``make services``.

    python -m procurement.tryout.services             start them, and say where they are
    python -m procurement.tryout.services COMMAND …   run a command on them, then stop them

What is missing is installed where that can be done without asking: packages by ``apt-get`` for
root, MinIO by ``go install``. All listen on loopback, on free ports, with passwords of their own,
and keep what they are given under ``<home>/services``. The database has an owner, who migrates,
and a role for the application, which owns nothing.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from procurement.tryout import minio_server
from procurement.tryout.embedded import DATABASE, let_through
from procurement.tryout.processes import LOOPBACK, Child, Processes, free_port

OWNER: Final = "daylight_owner"
APPLICATION: Final = "daylight"
ADMINISTRATOR: Final = "postgres"  # of the server, and the system user that PostgreSQL runs as
DEBIANS: Final = Path("/usr/lib/postgresql")  # one directory for each version
START_SECONDS: Final = 60.0
Say = Callable[[str], None]


class ServiceMissing(Exception):  # noqa: N818  # a sentence, as refusals are
    """A server is not on this machine and cannot be installed; the message says what to type."""


@dataclass
class Services:
    """The three servers at work."""

    postgresql: Child
    redis: Child
    minio: minio_server.MinioServer
    passwords: dict[str, str]
    postgresql_port: int
    environment: dict[str, str]  # what points Daylight at them

    def address(self, user: str, database: str = DATABASE) -> str:
        """Give the address of a database, as one of its users."""
        password = self.passwords[user]
        return f"postgresql://{user}:{password}@{LOOPBACK}:{self.postgresql_port}/{database}"


def start(processes: Processes, home: Path, say: Say, *, tools: Path | None = None) -> Services:
    """Start the three, and make the database and its two roles where they are not there.

    What is built is kept in ``tools``, else in ``home``.

    :raises ServiceMissing: when one is not on this machine and cannot be installed.
    :raises MinioNotBuilt: when there is no Go.
    :raises NotStarted: with the last words of what did not start.
    """
    place = home.absolute() / "services"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    passwords = _passwords(place)
    program = minio_server.build(tools or home)
    postgresql, port = start_postgresql(processes, place, passwords, say)
    redis, broker = start_redis(processes, place, passwords, say)
    minio = minio_server.start(processes, program, place / "minio")
    running = Services(postgresql, redis, minio, passwords, port, {})
    _make_roles(running)
    running.environment |= {
        "DATABASE_URL": running.address(APPLICATION),
        "DATABASE_OWNER_URL": running.address(OWNER),
        "DAYLIGHT_VAULT": minio.url,
        "DAYLIGHT_BROKER": broker,
    }
    return running


def start_postgresql(
    processes: Processes, place: Path, passwords: dict[str, str], say: Say, port: int = 0
) -> tuple[Child, int]:
    """Start PostgreSQL on a free port (or ``port``); wait until it answers."""
    programs, user = postgresql_programs(say), ADMINISTRATOR if os.geteuid() == 0 else None
    data, port = place / "postgresql", port or free_port()
    if not (data / "PG_VERSION").exists():
        _initialise(programs, data, passwords[ADMINISTRATOR], user)
    if user:
        let_through(data)
    child = processes.start(
        "postgresql",
        [
            *(programs / "postgres", "-D", data, "-p", str(port)),
            *("-c", f"listen_addresses={LOOPBACK}", "-c", "unix_socket_directories="),
            *("-c", "timezone=UTC", "-c", "max_connections=200"),
            *("-c", "log_parameter_max_length_on_error=0", "-c", "log_min_error_statement=panic"),
        ],
        user=user,
        ready=f"{LOOPBACK}:{port}",
        within=START_SECONDS,
    )
    _until_it_accepts(f"postgresql://{ADMINISTRATOR}:{passwords[ADMINISTRATOR]}@{LOOPBACK}:{port}")
    return child, port


def start_redis(
    processes: Processes, place: Path, passwords: dict[str, str], say: Say, port: int = 0
) -> tuple[Child, str]:
    """Start Redis on a free port (or ``port``), keeping nothing on disk; give its address too."""
    program = program_of("redis-server", "redis-server", say)
    port, written = port or free_port(), place / "redis.conf"
    written.touch(mode=0o600)
    written.write_text(
        f"bind {LOOPBACK}\nport {port}\nrequirepass {passwords['redis']}\n"
        'save ""\nappendonly no\nmaxmemory-policy noeviction\n'
    )
    child = processes.start("redis", [program, written], ready=f"{LOOPBACK}:{port}")
    return child, f"redis://:{passwords['redis']}@{LOOPBACK}:{port}/0"


def postgresql_programs(say: Say) -> Path:
    """Name the directory of PostgreSQL's programs, installed first where that is possible.

    :raises ServiceMissing: when there is none.
    """
    if found := _newest_postgresql():
        return found
    _install("postgresql", say)
    if found := _newest_postgresql():
        return found
    raise ServiceMissing("PostgreSQL is not on this machine:  sudo apt-get install postgresql")


@contextmanager
def services(home: Path, say: Say) -> Iterator[Services]:
    """Run the three for as long as the block lasts."""
    with Processes(home / "services") as processes:
        yield start(processes, home, say)


def main(words: list[str]) -> int:
    """Start all and wait for Ctrl-C, or run a command on them and give its exit code."""
    home = Path(os.environ.get("DAYLIGHT_HOME", ".daylight"))
    try:
        with services(home, lambda line: print(line, flush=True)) as running:
            return _run(words, running) if words else _wait(running)
    except KeyboardInterrupt:
        return 130
    except (ServiceMissing, minio_server.MinioNotBuilt) as why:
        print(why, file=sys.stderr)
        return 1


def _wait(running: Services) -> int:
    print("PostgreSQL, MinIO and Redis run. Point Daylight at them:\n")
    for name, value in running.environment.items():
        print(f"  export {name}={value}")
    print("\nCtrl-C stops them.", flush=True)
    signal.pause()
    return 0


def _run(words: list[str], running: Services) -> int:
    """Run the command; Ctrl-C reaches it too, and it ends by itself."""
    child = subprocess.Popen(words, env=os.environ | running.environment)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue
        except SystemExit:  # we were told to stop, and pass it on
            child.send_signal(signal.SIGTERM)


def _passwords(place: Path) -> dict[str, str]:
    """Give the servers' passwords, made once; only their owner reads the file."""
    path = place / "passwords.json"
    if not path.exists():
        names = (ADMINISTRATOR, OWNER, APPLICATION, "redis")
        made = {name: secrets.token_urlsafe(24) for name in names}
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump(made, out)
    told: dict[str, str] = json.loads(path.read_text())
    return told


def _make_roles(running: Services) -> None:
    with psycopg.connect(running.address(ADMINISTRATOR, "postgres"), autocommit=True) as admin:
        for role in (OWNER, APPLICATION):
            known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            if not known:
                admin.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(running.passwords[role])
                    )
                )
        make_database(admin, DATABASE)


def make_database(admin: psycopg.Connection, name: str) -> None:
    """Make a database of the owner's, unless it is there."""
    if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
        )


def _initialise(programs: Path, data: Path, password: str, user: str | None) -> None:
    """Make the data directory; nobody gets in without a password."""
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user, pwd.getpwnam(user).pw_gid)
        let_through(data)
    with tempfile.NamedTemporaryFile("w") as written:  # for its owner's eyes only
        written.write(password)
        written.flush()
        if user:
            shutil.chown(written.name, user)
        made = subprocess.run(
            [
                *(programs / "initdb", "-D", data, f"--username={ADMINISTRATOR}"),
                *("--encoding=UTF8", "--no-locale", "--auth=scram-sha-256"),
                f"--pwfile={written.name}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd="/",
            check=False,
        )
    if made.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise ServiceMissing(f"initdb failed: {made.stderr.decode(errors='replace')[-600:]}")


def _until_it_accepts(address: str) -> None:
    """Wait while a server recovers: it listens before it lets anybody in."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(f"{address}/postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def _newest_postgresql() -> Path | None:
    found = [path for path in DEBIANS.glob("*/bin") if (path / "postgres").exists()]
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    beside = shutil.which("postgres")
    return Path(beside).resolve().parent if beside else None


def program_of(name: str, package: str, say: Say) -> str:
    """Name a program, installed first where that is possible.

    :raises ServiceMissing: when there is none.
    """
    if not shutil.which(name):
        _install(package, say)
    if found := shutil.which(name):
        return found
    raise ServiceMissing(f"{name} is not on this machine:  sudo apt-get install {package}")


def _install(package: str, say: Say) -> None:
    """Install a package without starting what it brings; only root on Debian and its like can."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    say(f"Installing {package} …")
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        subprocess.run(
            [apt, "-qq", *words],
            env=os.environ | quiet,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
