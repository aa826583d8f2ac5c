"""Who is written to when something happens to a tender, and in which words.

A key is a verb, where it matters with what else was announced: ``order.made suspend``. What every
equal-rank reader hears is the same for all of them (rules.md A11).
"""

from collections.abc import Mapping

from procurement.letter import Audience, Letter, about_a_tender
from procurement.texts import Text

_EVERYBODY = (Audience.OFFICERS, Audience.FOLLOWERS)
_APPROVED = Text("“{title}” was approved", "“{title}”已获批准")

LETTERS: dict[str, tuple[Letter, ...]] = {
    # Towards the publication
    "panel.appointed": (
        about_a_tender(
            "make-keys",
            (Audience.HOLDERS,),
            Text("Make your keys for “{title}”", "请为“{title}”生成密钥"),
            Text(
                "You were appointed to the panel that opens the bids. Declare your interests, then "
                "make your keys and hand in the public halves: “daylight panel”.",
                "您已被指定为开标小组成员。请申报利益关系，再生成密钥并提交公钥：daylight panel。",
            ),
        ),
    ),
    "keyset.drawn-up": (
        about_a_tender(
            "answer-rehearsal",
            (Audience.HOLDERS,),
            Text("Answer the rehearsal of “{title}”", "请应答“{title}”的演练"),
            Text(
                "All keys are in. Show that you can use yours: answer the challenge. Without every "
                "answer the tender cannot be published.",
                "公钥已齐。请应答演练，证明您能使用自己的密钥。演练未全部应答前不能发布。",
            ),
        ),
    ),
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
    # In the bid period
    "notice.amended": (
        about_a_tender(
            "amended",
            _EVERYBODY,
            Text("“{title}” was changed", "“{title}”已变更"),
            Text(
                "The agency has published version {version} of the notice. What changed, and why, "
                "stands on the page of the tender. A bid that was filed for an earlier version "
                "counts only if its bidder confirms it again before the deadline.",
                "采购人已发布公告第 {version} 版。变更内容和理由见招标页面。"
                "针对先前版本递交的投标，须由投标人在截止前重新确认方为有效。",
            ),
            critical=True,
        ),
    ),
    "deadline.extended": (
        about_a_tender(
            "deadline-extended",
            _EVERYBODY,
            Text("“{title}”: bids close later", "“{title}”：投标截止时间推迟"),
            Text(
                "The deadline was moved; the time below is the one that counts now. Bids that were "
                "filed stay filed.",
                "截止时间已推迟，以下为现行时间。已递交的投标继续有效。",
            ),
            critical=True,
        ),
    ),
    "answer.published": (
        about_a_tender(
            "answered",
            _EVERYBODY,
            Text("“{title}”: a question was answered", "“{title}”：有新的答疑"),
            Text(
                "A question and its answer stand on the page of the tender, the same for everyone. "
                "Nobody is told who asked.",
                "问题及答复已公布于招标页面，对所有人一致。提问人不予公开。",
            ),
            critical=True,
        ),
    ),
    "questions.overdue": (
        about_a_tender(
            "questions-overdue",
            (Audience.OFFICERS, Audience.SUPERVISORS),
            Text("“{title}”: questions are overdue", "“{title}”：有问题逾期未答复"),
            Text(
                "The time for answers is over and a question has none. Bids cannot be opened "
                "before it is answered.",
                "答复期限已过，仍有问题未获答复。答复之前不能开标。",
            ),
        ),
    ),
    "questions.stuck": (
        about_a_tender(
            "questions-stuck",
            (Audience.OFFICERS, Audience.SUPERVISORS),
            Text("“{title}”: a question holds the opening up", "“{title}”：问题未答复，开标受阻"),
            Text(
                "A question is still not answered, and the rules extend the deadline no further. "
                "Bids cannot be opened before it is answered.",
                "仍有问题未获答复，且规则不再允许顺延截止时间。答复之前不能开标。",
            ),
        ),
    ),
    # Orders
    "order.made suspend": (
        about_a_tender(
            "suspended",
            _EVERYBODY,
            Text("“{title}” is suspended", "“{title}”已暂停"),
            Text(
                "A supervisor has suspended the tender. Its deadline stands; nothing is opened "
                "while the order is in force. The order stands on the page of the tender.",
                "监督机构已暂停本次招标。截止时间不变；决定有效期间不开标。决定全文见招标页面。",
            ),
            critical=True,
        ),
    ),
    "order.made resume": (
        about_a_tender(
            "resumed",
            _EVERYBODY,
            Text("“{title}” goes on", "“{title}”已恢复"),
            Text("A supervisor has lifted the suspension.", "监督机构已解除暂停。"),
            critical=True,
        ),
    ),
    "order.made cancel": (
        about_a_tender(
            "cancelled",
            _EVERYBODY,
            Text("“{title}” is cancelled", "“{title}”已终止"),
            Text(
                "The agency gives the tender up; the reason stands on its page. Bids that were "
                "filed are not opened.",
                "采购人终止本次招标，理由见招标页面。已递交的投标不予开启。",
            ),
            critical=True,
        ),
    ),
    "order.made produce": (
        about_a_tender(
            "produce",
            (Audience.OFFICERS,),
            Text("“{title}”: a supervisor asks for evidence", "“{title}”：监督机构要求提供材料"),
            Text(
                "Reply before the order’s time is over; the order stands on the page of the "
                "tender.",
                "请在决定规定的期限内答复。决定全文见招标页面。",
            ),
            critical=True,
        ),
    ),
    # The end
    "tender.concluded": (
        about_a_tender(
            "concluded",
            _EVERYBODY,
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
            _EVERYBODY,
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
