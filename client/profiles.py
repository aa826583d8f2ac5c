"""``daylight login``: who this person or machine is at which server, in a file of their own.

Profiles lie under ``$DAYLIGHT_CONFIG``, else ``~/.config/daylight``, one file each, mode 0600.
"""

import argparse
import json
import os
import re
import secrets
import stat
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from client.factors import add_factors, first_line, prove, sign_in
from client.files import read_json
from client.output import GOOD, Output, Stopped
from client.server import Server
from procurement.texts import Text

NAME = re.compile("[A-Za-z0-9_-]{1,64}")
NO_PROFILE = Text(
    "There is no profile {name}. Use: daylight login",
    "没有名为 {name} 的登录配置。请使用：daylight login",
)
OPEN_TO_OTHERS = Text(
    "Others can read {path}. Use: daylight login",
    "他人可以读取 {path}。请使用：daylight login",
)
NOT_A_PROFILE = Text(
    "{path} is no profile. Use: daylight login",
    "{path} 不是登录配置。请使用：daylight login",
)


@dataclass(frozen=True)
class Profile:
    """A server, and the session of a person there or the token of a machine."""

    server: str
    session: str | None = None
    token: str | None = None
    tsa: str | None = None  # the authority that dates what is signed for this server


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``login``."""
    login = commands.add_parser("login", help="sign in at a server")
    login.add_argument("server", metavar="SERVER", help="https://…")
    login.add_argument("--email", help="a person's")
    login.add_argument("--token-file", type=Path, help="a machine's")
    login.add_argument("--tsa", metavar="URL", help="dates what is signed for this server")
    add_profile(login)
    login.set_defaults(run=run_login)


def add_profile(parser: argparse.ArgumentParser) -> None:
    """Add the options that say as whom a command speaks, and show that it is them."""
    parser.add_argument(
        "--profile", default=os.environ.get("DAYLIGHT_PROFILE", "default"), help="as whom"
    )
    add_factors(parser)


def run_login(args: argparse.Namespace, out: Output) -> int:
    """Sign in, keep the session, and say who that is."""
    if (args.email is None) == (args.token_file is None):
        raise Stopped(
            "who",
            Text(
                "Give --email for a person, or --token-file for a machine.",
                "个人请给出 --email，机器请给出 --token-file。",
            ),
        )
    if args.token_file is not None:
        profile = Profile(args.server, token=first_line(args.token_file), tsa=args.tsa)
    else:
        stranger = opened(Profile(args.server), out)
        session = sign_in(stranger, args.email, args, out)
        profile = Profile(args.server, session=session, tsa=args.tsa)
    me = opened(profile, out).get("me")
    path = keep(args.profile, profile)
    out.say(
        Text("{path}: signed in at {server} as {name}", "{path}：已以 {name} 的身份登录 {server}"),
        path=path,
        server=args.server,
        name=me["name"],
    )
    out.answer(profile=str(path), id=me["id"], name=me["name"], roles=me["roles"])
    return GOOD


def signed_in(args: argparse.Namespace, out: Output) -> Server:
    """Give the server of the profile that a command names.

    :raises Stopped: where nobody has signed in under that name.
    """
    server = opened(profile_named(args.profile), out)
    server.prove = partial(prove, args=args, out=out)
    return server


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
        raise Stopped("not-signed-in", NO_PROFILE, name=name)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Stopped("open-to-others", OPEN_TO_OTHERS, path=path)
    told = read_json(path)
    if not isinstance(told, dict) or not isinstance(told.get("server"), str):
        raise Stopped("not-a-profile", NOT_A_PROFILE, path=path)
    return Profile(told["server"], told.get("session"), told.get("token"), told.get("tsa"))


def tsa_of_profile(name: str) -> str | None:
    """Name the authority that dates what is signed, if there is a profile and it knows one."""
    return profile_named(name).tsa if _path(name).is_file() else None


def keep(name: str, profile: Profile) -> Path:
    """Write a profile, whole or not at all, for its owner alone."""
    path = _path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    growing = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(profile), file)
    growing.replace(path)
    return path


def home() -> Path:
    """Name the folder in which this person's own files lie."""
    said = os.environ.get("DAYLIGHT_CONFIG")
    return Path(said) if said else Path.home() / ".config" / "daylight"


def _path(name: str) -> Path:
    if not NAME.fullmatch(name):
        raise Stopped(
            "bad-profile",
            Text(
                "A profile's name has letters, digits, _ and - only.",
                "登录配置的名称只能含字母、数字、_ 和 -。",
            ),
        )
    return home() / f"{name}.json"
