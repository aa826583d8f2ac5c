"""Showing who one is: the password, and the code of an authenticator app where there is one."""

import argparse
import getpass
import sys
from pathlib import Path

from client.answers import Answer, Refused
from client.files import read_small
from client.output import Output, Stopped
from client.server import Server
from procurement.texts import Text

AUTH = "/_allauth/app/v1/auth"
AUTHENTICATORS = "/_allauth/app/v1/account/authenticators"
MORE_THAN_A_PASSWORD = "second-factor-needed"  # noqa: S105 - a code of the platform
WRONG = Text("Address and password do not fit.", "邮箱地址与密码不符。")
WRONG_CODE = Text("This code is wrong, too old or was used.", "验证码错误、已过期或已使用过。")
PASSWORD, CODE = Text("Password: ", "密码："), Text("Code of the app: ", "应用验证码：")


def add_factors(parser: argparse.ArgumentParser) -> None:
    """Add the options that answer when the platform asks who is there."""
    parser.add_argument("--password-file", type=Path, help="when the platform asks who is there")
    parser.add_argument("--code", help="of the authenticator app, when the platform asks for it")


def sign_in(server: Server, email: str, args: argparse.Namespace, out: Output) -> str:
    """Sign in and give the session.

    :raises Stopped: when the password or the code is wrong.
    """
    answer = server.answer(
        "POST", f"{AUTH}/login", {"email": email, "password": password(args, out)}
    )
    if answer.status == 401 and "mfa_authenticate" in _pending(answer):
        server.session = _session(answer)
        answer = server.answer("POST", f"{AUTH}/2fa/authenticate", {"code": code(args, out)})
        if answer.status != 200:
            raise Stopped("wrong-code", WRONG_CODE)
    elif answer.status in (400, 401):
        raise Stopped("wrong-sign-in", WRONG)
    return _session(answer) or server.session or ""


def prove(server: Server, refused: Refused, args: argparse.Namespace, out: Output) -> None:
    """Show once more who is there, as a grave act asks.

    :raises Stopped: when the password or the code is wrong.
    :raises Refused: when a second factor is asked for and none was set up.
    """
    confirm_password(server, args, out)
    kept = server.answer("GET", AUTHENTICATORS).json()["data"]
    if any(one["type"] == "totp" for one in kept):
        answer = server.answer("POST", f"{AUTH}/2fa/reauthenticate", {"code": code(args, out)})
        if answer.status != 200:
            raise Stopped("wrong-code", WRONG_CODE)
    elif refused.code == MORE_THAN_A_PASSWORD:
        raise refused


def confirm_password(server: Server, args: argparse.Namespace, out: Output) -> None:
    """Give the password again.

    :raises Stopped: when it is wrong.
    """
    answer = server.answer("POST", f"{AUTH}/reauthenticate", {"password": password(args, out)})
    if answer.status != 200:
        raise Stopped("wrong-sign-in", WRONG)


def password(args: argparse.Namespace, out: Output) -> str:
    """Read the password from its file, or ask for it.

    :raises Stopped: where nobody can be asked.
    """
    if args.password_file is not None:
        return first_line(args.password_file)
    if not sys.stdin.isatty():
        text = Text("Give the password with --password-file.", "请用 --password-file 给出密码。")
        raise Stopped("no-password", text)
    return out.ask(PASSWORD, getpass.getpass)


def code(args: argparse.Namespace, out: Output) -> str:
    """Take the code that was given, or ask for it.

    :raises Stopped: where nobody can be asked.
    """
    if args.code is not None:
        return str(args.code)
    if not sys.stdin.isatty():
        text = Text("Give the code of the app with --code.", "请用 --code 给出应用验证码。")
        raise Stopped("no-code", text)
    return out.ask(CODE, input)


def first_line(path: Path) -> str:
    """Read a secret from the first line of a file."""
    return read_small(path).decode("utf-8", "replace").rstrip("\r\n")


def _pending(answer: Answer) -> list[str]:
    flows = (answer.json().get("data") or {}).get("flows") or []
    return [flow["id"] for flow in flows if flow.get("is_pending")]


def _session(answer: Answer) -> str:
    return str((answer.json().get("meta") or {}).get("session_token") or "")
