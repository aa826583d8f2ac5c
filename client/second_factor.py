"""``daylight second-factor``: set up an authenticator app, whose codes grave acts may ask for.

daylight second-factor                 tells the secret for the app
daylight second-factor --code 123456   shows that the app has it, and tells recovery codes
"""

import argparse

from client.factors import AUTHENTICATORS, WRONG_CODE, confirm_password
from client.output import GOOD, Output, Stopped
from client.profiles import add_profile, signed_in
from client.server import Server
from procurement.texts import Text

TOTP, RECOVERY = f"{AUTHENTICATORS}/totp", f"{AUTHENTICATORS}/recovery-codes"


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``second-factor``."""
    second = commands.add_parser("second-factor", help="set up codes of an authenticator app")
    add_profile(second)
    second.set_defaults(run=run_second_factor)


def run_second_factor(args: argparse.Namespace, out: Output) -> int:
    """Tell the secret, or take the first code."""
    server = signed_in(args, out)
    if args.code is None:
        return _told(server, out)
    confirm_password(server, args, out)
    if server.answer("POST", TOTP, {"code": args.code}).status != 200:
        raise Stopped("wrong-code", WRONG_CODE)
    codes = server.answer("GET", RECOVERY).json()["data"].get("unused_codes", [])
    out.say(
        Text(
            "From now on sign in with a code, too. Keep these recovery codes apart: {codes}",
            "今后登录须同时使用验证码。请另行妥善保存恢复码：{codes}",
        ),
        codes=" ".join(codes),
    )
    out.answer(recovery_codes=codes)
    return GOOD


def _told(server: Server, out: Output) -> int:
    answer = server.answer("GET", TOTP)
    if answer.status != 404:  # it stands, or nobody is signed in
        text = Text("A second factor is set up, or you are not signed in.",
                    "已设置第二重验证，或尚未登录。")  # fmt: skip
        raise Stopped("no-new-factor", text)
    meta = answer.json()["meta"]
    out.say(
        Text(
            "Give your authenticator app this secret: {secret}\n{url}\nThen run: daylight "
            "second-factor --code …",
            "请将此密钥输入身份验证器应用：{secret}\n{url}\n然后运行：daylight "
            "second-factor --code …",
        ),
        secret=meta["secret"],
        url=meta["totp_url"],
    )
    out.answer(secret=meta["secret"], url=meta["totp_url"])
    return GOOD
