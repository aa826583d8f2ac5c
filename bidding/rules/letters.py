"""Who is written to when bids are filed, closed and opened, and in which words.

A letter to a bidder goes to whoever filed, and to nobody else. Its subject says that there is
something to read about a tender, as letters to all who follow it do; what it is stands inside.
"""

from procurement.letter import Audience, Letter, about_a_tender
from procurement.texts import Text

_NEWS = Text("“{title}”: something for you to read", "“{title}”：有一封信请查阅")
_YOURS = Text(
    "You alone get this letter, because you filed for {bidder}. It tells nothing of what is inside "
    "the bid. Nobody reads answers to it.",
    "此信仅寄给您，因为您代表{bidder}递交了投标。信中不含标书内容。请勿回复。",
)

RECEIPT = about_a_tender(
    "receipt",
    (),
    _NEWS,
    Text(
        "What you submitted for {bidder} has arrived. The receipt has the number {number}; it "
        "proves what arrived and when, also without this platform. Fetch it with “daylight "
        "receipt”, or from\n{receipt}\n\nYour form comes back with the platform’s seal over "
        "it, unless it was filed at your own risk:\n{countersigned}\n\n"
        "From now on you follow this tender.",
        "您代表{bidder}提交的内容已收到。回执编号为 {number}；"
        "即使没有本平台，它也能证明收到的内容和时间。"
        "请用 daylight receipt 获取，或访问\n{receipt}\n\n"
        "除自担风险递交者外，加盖平台印章的投标函见\n{countersigned}\n\n自此您将关注本次招标。",
    ),
    why=_YOURS,
)
WITHDRAWN = about_a_tender(
    "withdrawn",
    (),
    _NEWS,
    Text(
        "What you withdrew for {bidder} is withdrawn. It stays sealed and is never opened.",
        "您代表{bidder}的撤回已生效。所撤回的内容保持密封，永不开启。",
    ),
    why=_YOURS,
)
CONFIRM_AGAIN = about_a_tender(
    "confirm-again",
    (),
    _NEWS,
    Text(
        "The notice was changed after you had filed for {bidder}. What you filed counts only if "
        "you confirm it again before the deadline: “daylight confirm” compares, asks for your "
        "signature and submits, without sealing anew where nothing of the form has changed.",
        "您代表{bidder}递交后，公告已变更。须在截止前重新确认方为有效：daylight confirm "
        "会比较差异、请您签名并递交；若响应表单未变，无需重新密封。",
    ),
    why=_YOURS,
)
LAPSED = about_a_tender(
    "lapsed",
    (),
    _NEWS,
    Text(
        "What you had filed for {bidder} was for an earlier version of the notice and was not "
        "confirmed again before the deadline. It has lapsed; it stays sealed and does not count.",
        "您代表{bidder}递交的内容针对先前版本的公告，且未在截止前重新确认，现已失效；其保持密封，不予计入。",
    ),
    why=_YOURS,
)
COME = about_a_tender(
    "come-to-the-opening",
    (Audience.HOLDERS,),
    Text("“{title}”: the opening is near", "“{title}”：即将开标"),
    Text(
        "Have your keys and your passphrase at hand and be present in time: “daylight open”. A "
        "quorum of the panel opens together.",
        "请备好密钥和口令，按时到场：daylight open。达到法定人数的开标小组成员共同开标。",
    ),
)

OF_THE_OPENING: dict[str, tuple[Letter, ...]] = {
    "opening.requested": (
        about_a_tender(
            "try-the-set",
            (Audience.HOLDERS,),
            Text("“{title}”: the opening has begun", "“{title}”：开标已开始"),
            Text(
                "A quorum has asked for the opening. Each holder who is present tries the whole "
                "set and says what fails.",
                "达到法定人数的开标人已申请开标。到场的各保管人尝试全部信封并报告失败。",
            ),
        ),
    ),
    "reveals.closed": (
        about_a_tender(
            "disclose",
            (Audience.HOLDERS,),
            Text("“{title}”: disclose your shares", "“{title}”：请公开您的密钥份额"),
            Text(
                "Every holder has tried the set. Those who are present disclose their shares of "
                "all of it.",
                "各保管人已试解全部投标。到场者请公开全部密钥份额。",
            ),
        ),
    ),
    "opening.opened": (
        about_a_tender(
            "opened",
            (Audience.OFFICERS, Audience.FOLLOWERS),
            Text("“{title}”: the bids are open", "“{title}”：已开标"),
            Text(
                "The bids were opened and announced; they stand on the opening’s page.",
                "投标已开启并公布，见开标页面。",
            ),
        ),
        about_a_tender(
            "sign-minutes",
            (Audience.HOLDERS,),
            Text("“{title}”: sign the minutes", "“{title}”：请签署开标记录"),
            Text(
                "The bids were opened. Those who opened them sign the minutes.",
                "投标已开启，请开标人签署开标记录。",
            ),
        ),
    ),
    "minutes.signed": (
        about_a_tender(
            "minutes",
            (Audience.OFFICERS, Audience.PROPOSERS, Audience.FOLLOWERS),
            Text("“{title}”: the minutes are signed", "“{title}”：开标记录已签署"),
            Text(
                "The minutes of the opening are signed and published.",
                "开标记录已签署并公布。",
            ),
        ),
    ),
}
