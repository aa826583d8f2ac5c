"""Letters while a tender runs: changes, extensions, answers, orders. ``letters`` says the rest."""

from procurement.letter import Audience, Letter, about_a_tender
from procurement.texts import Text

EVERYBODY = (Audience.OFFICERS, Audience.FOLLOWERS)

WHILE_IT_RUNS: dict[str, tuple[Letter, ...]] = {
    # In the bid period
    "notice.amended": (
        about_a_tender(
            "amended",
            EVERYBODY,
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
    "amendment.submitted-for-approval": (
        about_a_tender(
            "approve-amendment",
            (Audience.LEGAL_APPROVERS,),
            Text("“{title}”: a change waits for your approval", "“{title}”：有一项变更待您审批"),
            Text(
                "An officer wants to change the published notice. Look at the differences, then "
                "approve, or decline and say why.",
                "经办人拟变更已发布的公告。请查看差异后批准，或说明理由予以否决。",
            ),
        ),
    ),
    "amendment.approved": (
        about_a_tender(
            "amendment-approved",
            (Audience.OFFICERS,),
            Text("“{title}”: the change was approved", "“{title}”：变更已获批准"),
            Text(
                "Sign the new version of the notice and publish it.",
                "请签署新版公告并发布。",
            ),
        ),
    ),
    "amendment.sent-back": (
        about_a_tender(
            "amendment-sent-back",
            (Audience.OFFICERS,),
            Text("“{title}”: the change was sent back", "“{title}”：变更被退回"),
            Text("The approver’s comment stands with the change.", "审批意见见该变更。"),
        ),
    ),
    "extension.proposed": (
        about_a_tender(
            "decide-extension",
            (Audience.LEGAL_APPROVERS, Audience.FINANCE_APPROVERS),
            Text("“{title}”: a later deadline waits for you", "“{title}”：延期待您决定"),
            Text(
                "An officer has signed a later deadline. A second person decides, before the "
                "deadline that stands.",
                "经办人已签署延期。须由另一人在现行截止时间之前决定。",
            ),
        ),
    ),
    "extension.replaced": (
        about_a_tender(
            "decide-extension",
            (Audience.LEGAL_APPROVERS, Audience.FINANCE_APPROVERS),
            Text("“{title}”: another later deadline waits for you", "“{title}”：另一延期待您决定"),
            Text(
                "The later deadline that was proposed was replaced by another one before anybody "
                "decided. Read it anew; a second person decides, before the deadline that stands.",
                "拟议的延期在作出决定前已被另一份替换。请重新阅读，"
                "须由另一人在现行截止时间之前决定。",
            ),
        ),
    ),
    "extension.declined": (
        about_a_tender(
            "extension-declined",
            (Audience.OFFICERS,),
            Text("“{title}”: the deadline stays", "“{title}”：截止时间不变"),
            Text(
                "The later deadline was declined; the comment stands with it.",
                "延期被否决，意见见该延期。",
            ),
        ),
    ),
    "demand.replied": (
        about_a_tender(
            "demand-replied",
            (Audience.SUPERVISORS,),
            Text("“{title}”: the agency has replied", "“{title}”：采购人已答复"),
            Text(
                "What you asked the agency to produce was answered.",
                "采购人已就您要求提供的材料作出答复。",
            ),
        ),
    ),
    "deadline.extended": (
        about_a_tender(
            "deadline-extended",
            EVERYBODY,
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
            EVERYBODY,
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
            EVERYBODY,
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
            EVERYBODY,
            Text("“{title}” goes on", "“{title}”已恢复"),
            Text("A supervisor has lifted the suspension.", "监督机构已解除暂停。"),
            critical=True,
        ),
    ),
    "order.made cancel": (
        about_a_tender(
            "cancelled",
            EVERYBODY,
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
}
