"""How ``daylight sign`` signs: with what, and nothing that the verifier would refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from client.files import write_new
from client.output import Stopped
from client.signing import NOT_SIGNED, not_signed
from procurement.texts import Text
from signatures.pdf.anchors import Anchors
from signatures.pdf.appearance import Appearance
from signatures.pdf.inspection import pages_of
from signatures.pdf.judge import judge
from signatures.pdf.policy import Policy
from signatures.pdf.proofs import evidence_for
from signatures.pdf.report import Report, Verdict
from signatures.pdf.signing import KeyAway, SigningKey, SigningRefused, sign_pdf
from signatures.pdf.token_keys import TokenKey
from signatures.platform import load_key, tsa_at

NOT_DONE = Text("The PDF was not signed: {why}", "文件未签署：{why}")
NO_SUCH_PAGE = Text(
    "There is no page {page}: the PDF has {pages}.", "没有第 {page} 页：该 PDF 共 {pages} 页。"
)
TOKEN_FAILS = Text("{why}.", "密钥载体无法使用（{why}）。")


@dataclass(frozen=True)
class Wanted:
    """What a signature is to carry, besides the signature."""

    tsa: str | None
    anchors: Path | None = None
    reason: str | None = None
    appearance: Appearance | None = None


def key_in_file(path: Path, passphrase: str | None) -> SigningKey:
    """Open a key file.

    :raises Stopped: when it is none, or not its passphrase.
    """
    with _in_words():
        return load_key(path, passphrase)


def key_in_token(wanted: TokenKey) -> SigningKey:
    """Find a key in a token.

    :raises Stopped: when there is no such token or key, or not this PIN.
    """
    try:
        return wanted.key()
    except (KeyAway, ValueError) as error:
        raise Stopped("not-signed", TOKEN_FAILS, why=error) from None


def sign_file(file: Path, to: Path, key: SigningKey, wanted: Wanted, *, at: datetime) -> Report:
    """Sign a PDF, judge what came of it, and write it; the input is never altered.

    With ``wanted.anchors`` what is known of revocations travels in the signature (B-LT), and whom
    the verifier trusts is known. Without, the authority above the key is taken for trusted.

    :raises Stopped: for a PDF that the verifier would refuse, signed or not, and when the key or
        the time-stamping authority does not serve.
    """
    with _in_words():
        known = Anchors.from_directory(wanted.anchors) if wanted.anchors else _above(key)
        pdf = file.read_bytes()
        _require_page(pdf, wanted.appearance)
        signed = sign_pdf(
            pdf,
            key,
            at=at,
            reason=wanted.reason,
            tsa=tsa_at(wanted.tsa) if wanted.tsa else None,
            evidence=evidence_for(key, known),
            appearance=wanted.appearance,
        )
        report = judge(signed, policy=Policy(), anchors=known, at=at)
        if report.verdict is Verdict.INVALID:
            raise SigningRefused(report.findings[0])
        write_new(to, signed)
    return report


def _require_page(pdf: bytes, appearance: Appearance | None) -> None:
    """Refuse a place on a page that is not there; what is no PDF is refused with its own words."""
    if appearance is None:
        return
    pages = pages_of(pdf)
    if pages is not None and appearance.page > pages:
        raise Stopped("no-such-page", NO_SUCH_PAGE, page=appearance.page, pages=pages)


def _above(key: SigningKey) -> Anchors:
    return Anchors(signers=key.chain_der or (key.certificate_der,))


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except KeyAway as error:
        raise Stopped("not-signed", TOKEN_FAILS, why=error) from None
    except NOT_SIGNED as error:
        raise Stopped("not-signed", NOT_DONE, why=not_signed(error)) from None
