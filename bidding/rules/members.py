"""Who stands in a bid: each member once in a lot, and behind it by its own will.

What is refused here is refused in the same words whatever the cause, so that nobody learns from it
whether somebody else bids.
"""

from procurement.refusals import Fault, Refusal
from procurement.texts import Text

MOST_MEMBERS = 100  # as the format of a bid has it
TOO_FEW = Text("Two suppliers at least bid together", "联合体至少由两个供应商组成")
TOO_MANY = Text("At most {most} suppliers bid together", "联合体最多由 {most} 个供应商组成")
NO_SUPPLIER = Text("This is no supplier that is registered here", "该单位不是在此登记的供应商")
LEAD_IS_NONE = Text("The lead is one of the members", "牵头人须为成员之一")


class MembersNotFree(Refusal):
    code, status = "members-not-free", 409
    title = Text(
        "Not everybody who would stand in this bid is free to and stands behind it. Each stands "
        "in one bid for a lot at most, and behind the bid of a consortium by a mandate or by a "
        "signature that holds. Which of these is missing, and of whom, is told to nobody here",
        "并非每个成员都可以参与并认可此投标。每个单位在同一标段最多参与一个投标，"
        "并须以授权或有效签名认可联合体的投标。欠缺哪一项、涉及哪个成员，此处均不告知",
    )


class FiledAlready(Refusal):
    code, status = "consortium-has-filed", 409
    title = Text(
        "This consortium has filed its bid; the lead can take it back before the deadline",
        "该联合体已递交投标；牵头人可在截止前撤回",
    )


def faults_of_members(lead: str, members: list[str]) -> list[Fault]:
    """Name what is wrong with a list of members."""
    found = []
    if len(set(members)) < 2:
        found.append(Fault("too-few-members", TOO_FEW, pointer="/members"))
    if len(members) > MOST_MEMBERS:
        found.append(Fault("too-many", TOO_MANY, {"most": MOST_MEMBERS}, "/members"))
    if lead not in members:
        found.append(Fault("lead-not-member", LEAD_IS_NONE, pointer="/lead"))
    return found
