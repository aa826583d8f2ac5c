"""What stands under every code, the same for all of them: data, in two languages.

The code alone decides the verdict, so that a sentence and a verdict never disagree.
"""

from dataclasses import dataclass
from enum import StrEnum

from procurement.texts import Text
from signatures.pdf.report import Indication, Verdict


class Who(StrEnum):
    """Whose move it is."""

    SIGNER = "signer"
    AUTHORITY = "certificate-authority"
    AGENCY = "agency"
    PLATFORM = "platform"
    NOBODY = "nobody"


WHO = {
    Who.SIGNER: Text("The signer", "签署人"),
    Who.AUTHORITY: Text("The certificate authority", "证书颁发机构"),
    Who.AGENCY: Text("The agency", "采购人"),
    Who.PLATFORM: Text("This platform", "本平台"),
    Who.NOBODY: Text("Nobody", "无需任何人处理"),
}


@dataclass(frozen=True)
class Message:
    """What a person reads: a title, what was found, what to do, and what stands behind it."""

    title: str
    text: str
    action: str
    help: str


@dataclass(frozen=True)
class Entry:
    """One code: the verdict, the ETSI sub-indication it stands for, who acts, two languages."""

    verdict: Verdict
    sub_indication: str | None
    who: Who
    en: Message
    zh: Message

    @property
    def indication(self) -> Indication:
        """Return the indication that goes with the sub-indication (EN 319 102-1, table 5)."""
        if self.sub_indication is None:
            return Indication.PASSED
        failures = ("FORMAT_FAILURE", "HASH_FAILURE", "SIG_CRYPTO_FAILURE")
        return Indication.FAILED if self.sub_indication in failures else Indication.INDETERMINATE


@dataclass(frozen=True)
class Follows:
    """What becomes of a bid form, and by when something can be done about it."""

    verdict: Verdict
    said: Text


REFUSED = Follows(
    Verdict.INVALID,
    Text(
        "A bid form with this is refused, unless you file it expressly at your own risk. File a "
        "corrected form before the deadline.",
        "存在此问题的投标函会被拒收，除非您明示自担风险提交。"
        "请在投标截止时间前提交改正后的投标函。",
    ),
)
NEVER_TAKEN = Follows(
    Verdict.INVALID,
    Text(
        "Such a form is refused, also at your own risk. File another one before the deadline.",
        "此类文件作为投标函会被拒收，自担风险也不能提交。请在投标截止时间前另行提交。",
    ),
)
NOT_SIGNED = Follows(Verdict.UNSIGNED, NEVER_TAKEN.said)
CHECKED_AGAIN = Follows(
    Verdict.UNDECIDED,
    Text(
        "A bid form is taken in all the same and keeps its time of receipt. It is checked again by "
        "itself, and you need do nothing before the opening.",
        "投标函照常接收，接收时间不变。系统会自动重新验证，开标前您无需操作。",
    ),
)
STAYS_OPEN = Follows(
    Verdict.UNDECIDED,
    Text(
        "A bid form is taken in, but nothing decides about its signature by itself, and people "
        "will have to. To be safe, file a form that can be checked before the deadline.",
        "投标函会被接收，但签名无法自动判定，需由采购人一方的人员决定。"
        "为稳妥起见，请在投标截止时间前提交可以验证的投标函。",
    ),
)
NOTHING_SENT = Follows(
    Verdict.UNDECIDED,
    Text(
        "Nothing was sent to anybody, and no bid is touched by it.",
        "程序未发送任何内容，对投标没有影响。",
    ),
)
NOTED = Follows(
    Verdict.VALID_WITH_REMARKS,
    Text(
        "By itself this keeps no bid form out; it only stands beside it as a remark.",
        "仅此一项不影响投标函的接收，只作为备注记录。",
    ),
)

# title, what was found, what to do, and what was checked with what it usually comes from
Said = tuple[str, str, str, str]


def entry(follows: Follows, sub_indication: str | None, who: Who, en: Said, zh: Said) -> Entry:
    """Make an entry; its help ends with what becomes of a bid form."""
    return Entry(
        follows.verdict,
        sub_indication,
        who,
        Message(*en[:3], f"{en[3]} {follows.said.en}"),
        Message(*zh[:3], f"{zh[3]}{follows.said.zh}"),
    )


SIGN_AGAIN = "Sign the original document again and file that copy."
SIGN_AGAIN_ZH = "请对原始文件重新签名，并提交重新签名后的文件。"
ASK_AUTHORITY = "Ask your certificate authority for a certificate that is accepted here."
ASK_AUTHORITY_ZH = "请向证书颁发机构申请本平台认可的数字证书。"
NOTHING = "Nothing has to be done."
NOTHING_ZH = "无需任何操作。"
OURS = "This is not your fault and you need not act; the file is checked again."
OURS_ZH = "这不是您的问题，无需操作；系统会重新验证该文件。"
