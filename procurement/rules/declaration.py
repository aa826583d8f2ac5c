"""The self-declaration: preliminary evidence, accepted until the winner has to prove it.

The statements follow the grounds on which a supplier is excluded: Directive 2014/24/EU, art. 57
and 59; China, Government Procurement Law, art. 22.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from procurement.refusals import Fault
from procurement.texts import Text

LONGEST = timedelta(days=366)  # Daylight's own rule: whoever declares does so anew every year

STATEMENTS: dict[str, Text] = {
    "no-conviction": Text(
        "Neither we nor those who lead us were convicted of corruption, fraud, money laundering, "
        "terrorist offences, forced labour or taking part in organised crime",
        "本单位及其负责人未因腐败、欺诈、洗钱、恐怖活动、强迫劳动或参与有组织犯罪而被判有罪",
    ),
    "taxes-paid": Text(
        "We have paid the taxes and social security contributions that were due",
        "本单位已依法缴纳税款和社会保障资金",
    ),
    "no-insolvency": Text(
        "We are not bankrupt, being wound up or insolvent", "本单位未处于破产、清算或无力偿债状态"
    ),
    "no-grave-misconduct": Text(
        "We are guilty of no grave professional misconduct; in the last three years there was no "
        "grave breach of law in our business",
        "本单位无严重职业失信行为，近三年经营活动中没有重大违法记录",
    ),
    "no-collusion": Text(
        "We have agreed with no other bidder on prices or on bidding",
        "本单位未与其他投标人就报价或投标行为串通",
    ),
    "no-conflict": Text(
        "We know of no conflict of interests with the agency, and took no part in preparing what "
        "we bid for",
        "本单位与采购人不存在利害冲突，未参与拟投标项目的前期准备",
    ),
    "able": Text(
        "We have the standing, the means and the skills to perform the contract",
        "本单位具备履行合同所需的资质、设备和专业技术能力",
    ),
}
NEEDED = frozenset(STATEMENTS)

UNKNOWN = Text("There is no statement “{code}”", "没有声明项“{code}”")
NONE = Text("Declare at least one statement", "请至少声明一项")
TOO_LONG = Text(
    "A declaration holds for at most {days} days; make it anew then",
    "声明有效期最长 {days} 天，到期请重新声明",
)
ENDS_TOO_SOON = Text("It ends before it begins", "截止时间早于起始时间")


def faults_of_declaration(
    statements: Collection[str], *, valid_from: datetime, valid_until: datetime
) -> Iterator[Fault]:
    """Name everything that is wrong with a declaration."""
    if not statements:
        yield Fault("blank", NONE, pointer="/statements")
    for place, code in enumerate(statements):
        if code not in STATEMENTS:
            yield Fault("unknown-statement", UNKNOWN, {"code": code}, f"/statements/{place}")
    yield from faults_of_validity(valid_from, valid_until)
    if valid_until - valid_from > LONGEST:
        yield Fault("too-long", TOO_LONG, {"days": LONGEST.days}, "/valid_until")


def faults_of_validity(valid_from: datetime, valid_until: datetime | None) -> Iterator[Fault]:
    """Refuse what ends before it begins; None is without end."""
    if valid_until is not None and valid_until <= valid_from:
        yield Fault("ends-too-soon", ENDS_TOO_SOON, pointer="/valid_until")
