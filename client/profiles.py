"""``daylight login``: who this person or machine is at which server, in a file of their own.

Profiles lie under ``$DAYLIGHT_CONFIG``, else ``~/.config/daylight``, one file each, mode 0600.
"""

import argparse
import getpass
import json
import os
import re
import secrets
import stat
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from client.answers import Refused
from client.files import read_json, read_small
from client.output import GOOD, Output, Stopped
from client.server import Server

SIGN_IN = "/_allauth/app/v1/auth/login"
NAME = re.compile("[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Profile:
    """A server, and the session of a person there or the token of a machine."""

    server: str
    session: str | None = None
    token: str | None = None


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``login``."""
    login = commands.add_parser("login", help="sign in at a server")
    login.add_argument("server", metavar="SERVER", help="https://…")
    login.add_argument("--email", help="a person's")
    login.add_argument("--password-file", type=Path)
    login.add_argument("--token-file", type=Path, help="a machine's")
    add_profile(login)
    login.set_defaults(run=run_login)


def add_profile(parser: argparse.ArgumentParser) -> None:
    """Add the option that says as whom a command speaks."""
    parser.add_argument(
        "--profile", default=os.environ.get("DAYLIGHT_PROFILE", "default"), help="as whom"
    )


def run_login(args: argparse.Namespace, out: Output) -> int:
    """Sign in, keep the session, and say who that is."""
    if (args.email is None) == (args.token_file is None):
        raise Stopped("who", "Give --email for a person, or --token-file for a machine.")
    if args.token_file is not None:
        profile = Profile(args.server, token=_first_line(args.token_file))
    else:
        stranger = opened(Profile(args.server), out)
        profile = Profile(args.server, session=_session(stranger, args))
    me = opened(profile, out).get("me")
    path = keep(args.profile, profile)
    out.say(f"{path}: signed in at {args.server} as {me['name']}")
    out.answer(profile=str(path), id=me["id"], name=me["name"], roles=me["roles"])
    return GOOD


def signed_in(args: argparse.Namespace, out: Output) -> Server:
    """Give the server of the profile that a command names.

    :raises Stopped: where nobody has signed in under that name.
    """
    return opened(profile_named(args.profile), out)


def opened(profile: Profile, out: Output) -> Server:
    """Give the server of a profile; the end of the command closes it."""
    server = Server(profile.server, session=profile.session, token=profile.token, lang=out.lang)
    out.at_the_end.callback(server.close)
    return server


def profile_named(name: str) -> Profile:
    """Read a profile.

    :raises Stopped: where there is none, or where others can read it.
    """
    path = _path(name)
    if not path.is_file():
        raise Stopped("not-signed-in", f"There is no profile {name}. Use: daylight login")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Stopped("open-to-others", f"Others can read {path}. Use: daylight login")
    told = read_json(path)
    if not isinstance(told, dict) or not isinstance(told.get("server"), str):
        raise Stopped("not-a-profile", f"{path} is no profile. Use: daylight login")
    return Profile(told["server"], told.get("session"), told.get("token"))


def keep(name: str, profile: Profile) -> Path:
    """Write a profile, whole or not at all, for its owner alone."""
    path = _path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    growing = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(profile), file)
    growing.replace(path)
    return path


def _path(name: str) -> Path:
    if not NAME.fullmatch(name):
        raise Stopped("bad-profile", "A profile's name has letters, digits, _ and - only.")
    home = os.environ.get("DAYLIGHT_CONFIG")
    return (Path(home) if home else Path.home() / ".config" / "daylight") / f"{name}.json"


def _session(server: Server, args: argparse.Namespace) -> str:
    try:
        told = server.post(SIGN_IN, {"email": args.email, "password": _password(args)})
    except Refused as refused:
        if refused.status in (400, 401):
            raise Stopped("wrong-sign-in", "Address and password do not fit.") from None
        raise
    return str(told["meta"]["session_token"])


def _password(args: argparse.Namespace) -> str:
    if args.password_file is not None:
        return _first_line(args.password_file)
    if not sys.stdin.isatty():
        raise Stopped("no-password", "Give the password with --password-file.")
    return getpass.getpass("Password: ")


def _first_line(path: Path) -> str:
    return read_small(path).decode("utf-8", "replace").rstrip("\r\n")
