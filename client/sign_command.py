"""``daylight sign``: a PDF signed as PAdES, by a key in a file or in a token.

A signature is dated by a time-stamping authority (B-T) unless one says ``--without-timestamp``.
"""

import argparse
import getpass
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from client.factors import first_line
from client.output import GOOD, Output, Stopped, needs_extra
from client.profiles import tsa_of_profile
from procurement.texts import Text

if TYPE_CHECKING:
    from signatures.pdf.appearance import Appearance
    from signatures.pdf.signing import SigningKey

PDF_SIGNATURES = Text("PDF signatures", "PDF 签名")
WHICH_KEY = Text(
    "Choose one: --key FILE, or --pkcs11 MODULE with --token and --certificate.",
    "请任选其一：--key 文件，或 --pkcs11 模块并给出 --token 和 --certificate。",
)
NO_TIME = Text(
    "No time-stamping authority is known, so nothing would prove when this was signed. Give --tsa "
    "URL (or daylight login --tsa, or DAYLIGHT_TSA_URL). To sign without: --without-timestamp.",
    "没有已知的时间戳服务，无法证明签署时间。请给出 --tsa 地址（或 daylight login --tsa，"
    "或 DAYLIGHT_TSA_URL）。如仍要签署：--without-timestamp。",
)
BAD_PLACE = Text(
    "--visible wants PAGE,x,y,w,h: whole numbers, the page from 1, the rest in points from the "
    "lower left corner.",
    "--visible 的格式为 PAGE,x,y,w,h：均为整数，页码从 1 起，其余以点为单位、从左下角量起。",
)
PIN = Text("PIN of the token {token}: ", "密钥载体 {token} 的 PIN：")
SIGNED = Text(
    "{path}: signed ({level}), {length} bytes", "{path}：已签署（{level}），{length} 字节"
)
UNDATED = Text(
    "  Nothing proves when it was signed: file it while the certificate is valid.",
    "  没有签署时间的证明：请在证书有效期内提交。",
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``sign``."""
    signing = commands.add_parser("sign", help="sign a PDF with a key in a file or in a token")
    signing.add_argument("file", type=Path, metavar="FILE")
    signing.add_argument("--key", type=Path, help="PKCS#12 or PEM")
    signing.add_argument("--passphrase-file", type=Path, metavar="FILE", help="of that key")
    signing.add_argument("--pkcs11", type=Path, metavar="MODULE", help="the token's library")
    signing.add_argument("--token", metavar="LABEL", help="of the token")
    signing.add_argument("--certificate", metavar="LABEL", help="of certificate and key in it")
    signing.add_argument(
        "--chain", type=Path, metavar="FILE", help="PEM with certificates that it does not hold"
    )
    signing.add_argument("--pin-file", type=Path, metavar="FILE", help="else it is asked for")
    signing.add_argument("--tsa", metavar="URL", help="ask this authority for the time")
    signing.add_argument("--without-timestamp", action="store_true", help="ask none (B-B)")
    signing.add_argument("--anchors", type=Path, metavar="DIR", help="put its revocation lists in")
    signing.add_argument("--reason", help="written into the signature")
    signing.add_argument(
        "--visible",
        nargs="?",
        const="",
        metavar="PAGE,x,y,w,h",
        help="show it; else where there is room on the last page",
    )
    signing.add_argument("--out", type=Path, required=True)
    signing.add_argument(
        "--profile", default=os.environ.get("DAYLIGHT_PROFILE", "default"), help="whose --tsa"
    )
    signing.set_defaults(run=run_sign)


def run_sign(args: argparse.Namespace, out: Output) -> int:
    """Sign one PDF; what the verifier would refuse is not written."""
    try:
        from client.signer import Wanted, sign_file
    except ModuleNotFoundError:
        raise needs_extra(PDF_SIGNATURES) from None

    if args.out.exists():
        raise Stopped("exists", Text("{path} is there already.", "{path} 已存在。"), path=args.out)
    wanted = Wanted(_tsa(args), args.anchors, args.reason, _appearance(args.visible))
    key = _key(args, out)
    report = sign_file(args.file, args.out, key, wanted, at=datetime.now(UTC))
    level = next((one.level for one in reversed(report.signatures) if one.level), "?")
    length = args.out.stat().st_size
    out.say(SIGNED, path=args.out, level=level, length=length)
    if wanted.tsa is None:
        out.say(UNDATED)
    out.answer(signed=str(args.out), level=level, bytes=length, sha256=report.file_sha256)
    return GOOD


def _tsa(args: argparse.Namespace) -> str | None:
    """Find the authority that dates the signature; None where none is wanted.

    :raises Stopped: where none is known.
    """
    if args.without_timestamp:
        return None
    known: str | None = (
        args.tsa or tsa_of_profile(args.profile) or os.environ.get("DAYLIGHT_TSA_URL")
    )
    if not known:
        raise Stopped("no-timestamp", NO_TIME)
    return known


def _key(args: argparse.Namespace, out: Output) -> "SigningKey":
    from client.signer import key_in_file, key_in_token

    if (args.key is None) == (args.pkcs11 is None):
        raise Stopped("which-key", WHICH_KEY)
    if args.key is not None:
        passphrase = args.passphrase_file
        return key_in_file(args.key, None if passphrase is None else first_line(passphrase))
    if not (args.token and args.certificate):
        raise Stopped("which-key", WHICH_KEY)

    from signatures.pdf.token_keys import TokenKey

    pin = first_line(args.pin_file) if args.pin_file else _asked_pin(args.token, out)
    return key_in_token(TokenKey(args.pkcs11, args.token, args.certificate, pin, args.chain))


def _asked_pin(token: str, out: Output) -> str:
    return out.ask(Text(PIN.en.format(token=token), PIN.zh.format(token=token)), getpass.getpass)


def _appearance(said: str | None) -> "Appearance | None":
    """Read ``PAGE,x,y,w,h``; nothing after ``--visible`` is a corner of the last page.

    :raises Stopped: for anything else.
    """
    from signatures.pdf.appearance import Appearance

    if said is None:
        return None
    if not said:
        return Appearance()
    try:
        page, left, bottom, width, height = (int(one) for one in said.split(","))
    except ValueError:
        raise Stopped("bad-place", BAD_PLACE) from None
    if min(page, width, height) < 1 or min(left, bottom) < 0:
        raise Stopped("bad-place", BAD_PLACE)
    return Appearance(page, (left, bottom, width, height))
