"""The papers that a person signs: taken only with exactly the object inside that was expected.

What the paper shows is for people; what is signed and judged is the object that it embeds.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from client.files import read_small, write_new
from client.output import Output, Stopped, needs_extra
from client.profiles import tsa_of_profile
from procurement.texts import Text


def add_signer(parser: argparse.ArgumentParser) -> None:
    """Add the options that name the key with which a person signs PDFs."""
    parser.add_argument("--key", type=Path, metavar="P12", help="PKCS#12 or PEM, to sign with")
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="of that key")
    parser.add_argument("--tsa", metavar="URL", help="ask this authority for the time")
    parser.add_argument(
        "--signature-anchors", type=Path, metavar="DIR", help="put its revocation lists in"
    )


def add_ways(parser: argparse.ArgumentParser) -> None:
    """Add the three ways to a signed form: sign it here, take it away, bring it back."""
    add_signer(parser)
    parser.add_argument(
        "--form-only", type=Path, metavar="FORM.pdf", help="write the form, to sign elsewhere"
    )
    parser.add_argument("--signed", type=Path, metavar="FORM.pdf", help="the form, signed")


def require_one_way(args: argparse.Namespace) -> None:
    """Refuse more or less than one way to a signed form.

    :raises Stopped: naming the three.
    """
    if [args.key, args.signed, args.form_only].count(None) != 2:
        raise Stopped(
            "how-signed",
            Text(
                "Choose one: --key to sign here, --form-only, or --signed.",
                "请任选其一：--key（在此签署）、--form-only 或 --signed。",
            ),
        )


def paper_to_send(
    unsigned: Callable[[], bytes],
    inside: Mapping[str, bytes],
    args: argparse.Namespace,
    *,
    reason: str,
    kept: Path | None,
) -> bytes:
    """Give the signed form: brought back, kept from an earlier try, or signed here and now.

    ``unsigned`` fetches the form, if it is still to be signed.

    :raises Stopped: when it does not carry exactly what was expected.
    """
    known = args.signed or (kept if kept is not None and kept.exists() else None)
    if known is not None:
        signed = read_small(known)
        require_inside(signed, inside)
        return signed
    form = unsigned()
    require_inside(form, inside)
    signed = signed_paper(form, args, reason=reason)
    if kept is not None:
        write_new(kept, signed)
    return signed


def write_form(path: Path, form: bytes, inside: Mapping[str, bytes], out: Output) -> None:
    """Write a form that is signed elsewhere, if it carries exactly what was expected."""
    require_inside(form, inside)
    write_new(path, form)
    out.say(
        Text(
            "{path}: sign it (PAdES), then run this again with --signed\n"
            "  Nothing has been sent by this.",
            "{path}：请签署（PAdES），然后用 --signed 再次运行\n  此步骤没有发送任何内容。",
        ),
        path=path,
    )


def require_inside(pdf: bytes, expected: Mapping[str, bytes]) -> None:
    """Refuse a paper that embeds anything but exactly these files.

    :raises Stopped: naming what differs.
    """
    try:
        from signatures.pdf.attachments import AttachmentsUnreadable, embedded_files
    except ModuleNotFoundError:
        raise needs_extra(Text("Papers", "PDF 文件")) from None

    try:
        found = embedded_files(pdf)
    except AttachmentsUnreadable as error:
        text = Text("This is not the paper to sign: {why}.", "这不是须签署的文件（{why}）。")
        raise Stopped("not-the-paper", text, why=error) from None
    if sorted(found) != sorted(expected.items()):
        names = ", ".join(expected)
        raise Stopped(
            "other-content",
            Text(
                "This paper does not carry exactly what was expected ({names}): do not sign it.",
                "该文件所附内容与应附内容（{names}）不完全一致：请勿签署。",
            ),
            names=names,
        )


def object_in(pdf: bytes, name: str) -> dict[str, Any]:
    """Give the object that a paper carries alone, under this name; empty where it carries none."""
    try:
        from signatures.pdf.attachments import AttachmentsUnreadable, embedded_files
    except ModuleNotFoundError:
        raise needs_extra(Text("Papers", "PDF 文件")) from None

    try:
        found = embedded_files(pdf)
        said = json.loads(found[0][1]) if [one for one, _ in found] == [name] else None
    except (AttachmentsUnreadable, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def signed_paper(pdf: bytes, args: argparse.Namespace, *, reason: str) -> bytes:
    """Sign a paper with the key that the options name.

    :raises Stopped: when the key, the paper or the time-stamping authority does not serve.
    """
    try:
        from client.signing import NOT_SIGNED, not_signed, sign_bytes
    except ModuleNotFoundError:
        raise needs_extra(Text("PDF signatures", "PDF 签名")) from None

    passphrase = args.passphrase_file
    try:
        return sign_bytes(
            pdf,
            p12=args.key,
            passphrase=None if passphrase is None else _line(passphrase),
            at=datetime.now(UTC),
            reason=reason,
            tsa_url=args.tsa or tsa_of_profile(args.profile),
            anchors_dir=args.signature_anchors,
        )
    except NOT_SIGNED as error:
        text = Text("The paper was not signed: {why}", "文件未签署：{why}")
        raise Stopped("not-signed", text, why=not_signed(error)) from None


def _line(path: Path) -> str:
    return path.read_text(encoding="utf-8").rstrip("\r\n")
