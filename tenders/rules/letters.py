"""Who is written to when something happens to a tender, and in which words.

A key is a verb, where it matters with what else was announced: ``order.made suspend``. What every
equal-rank reader hears is the same for all of them (rules.md A11).
"""

from collections.abc import Mapping

from procurement.letter import Audience, Letter, about_a_tender
from procurement.texts import Text
from tenders.rules.letters_panel import OF_THE_PANEL
from tenders.rules.letters_running import EVERYBODY, WHILE_IT_RUNS

_APPROVED = Text("“{title}” was approved", "“{title}”已获批准")

LETTERS: dict[str, tuple[Letter, ...]] = {
    # Towards the publication
    **OF_THE_PANEL,
    "tender.submitted-for-approval": (
        about_a_tender(
            "approve",
            (Audience.LEGAL_APPROVERS, Audience.FINANCE_APPROVERS),
            Text("“{title}” waits for your approval", "“{title}”待您审批"),
            Text(
                "A draft was submitted. Approve it, or send it back and say why.",
                "草案已提交。请批准，或退回并说明理由。",
            ),
        ),
    ),
    "tender.approved": (
        about_a_tender(
            "approved",
            (Audience.OFFICERS,),
            _APPROVED,
            Text(
                "One of the two approvals was given. With both of them you may publish.",
                "两项审批之一已作出。两项均获批准后即可发布。",
            ),
        ),
    ),
    "tender.sent-back": (
        about_a_tender(
            "sent-back",
            (Audience.OFFICERS,),
            Text("“{title}” was sent back", "“{title}”已被退回"),
            Text(
                "An approver asks for changes; the comment stands with the draft.",
                "审批人要求修改，意见见草案。",
            ),
        ),
    ),
    "notice.published": (
        about_a_tender(
            "published",
            (Audience.OFFICERS, Audience.HOLDERS),
            Text("“{title}” is published", "“{title}”已发布"),
            Text(
                "The notice is out and takes bids until the deadline.",
                "公告已发布，截止前接受投标。",
            ),
        ),
    ),
    **WHILE_IT_RUNS,
    # The end
    "tender.concluded": (
        about_a_tender(
            "concluded",
            EVERYBODY,
            Text("“{title}” is concluded", "“{title}”已完成"),
            Text(
                "Every lot is decided; the result stands on the page of the tender.",
                "全部标段均已决定，结果见招标页面。",
            ),
        ),
    ),
    "tender.unsuccessful": (
        about_a_tender(
            "unsuccessful",
            EVERYBODY,
            Text("“{title}” ended without an award", "“{title}”流标"),
            Text(
                "Nothing is bought in this tender; the reason stands on its page.",
                "本次招标未成交，理由见招标页面。",
            ),
        ),
    ),
}

# To the operators, too. It counts the agency's people and those who chose to follow; who follows
# because they filed a bid is never counted, so that it can never mean that nobody did.
UNREACHED = about_a_tender(
    "unreached",
    (Audience.SUPERVISORS,),
    Text("“{title}”: a letter has reached nobody", "“{title}”：有一封通知未能送达任何人"),
    Text(
        "A letter about this tender could not be delivered to any officer of the agency, nor to "
        "anyone who chose to follow it. Look after the mail server and the addresses. What it "
        "says stands on the public page all the same. This is about mail alone: it says nothing "
        "about who takes part in the tender, or whether anybody does.",
        "关于本次招标的一封通知未能送达采购人的任何经办人，也未能送达任何主动关注者。"
        "请检查邮件服务器和邮箱地址。通知内容已同样公布于招标页面。"
        "本提示仅涉及邮件投递，与是否有人参与或何人参与招标无关。",
    ),
)


def letters_for(verb: str, announced: Mapping[str, object]) -> tuple[Letter, ...]:
    """Give the letters that something asks for; none where nobody is written to."""
    return LETTERS.get(f"{verb} {announced.get('effect')}", ()) or LETTERS.get(verb, ())
