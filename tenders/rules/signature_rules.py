"""What a notice asks of signatures, in words."""

from collections.abc import Iterator

from procurement.texts import Text
from tenders.notice import SignatureRules

LEVELS = {
    "B-B": Text("a signature with a certificate", "以证书签名"),
    "B-T": Text("with an accepted timestamp (B-T)", "附认可的时间戳（B-T）"),
    "B-LT": Text("with timestamp and revocation data (B-LT)", "附时间戳和吊销信息（B-LT）"),
    "B-LTA": Text("with an archive timestamp (B-LTA)", "附归档时间戳（B-LTA）"),
}
SIGNERS = Text("by {n} different signers of the bidder", "须由投标人的 {n} 名不同签署人签署")
QUALIFIED = Text("qualified under Regulation (EU) 910/2014", "须为欧盟第 910/2014 号条例的合格签名")
NOW = Text("with proof inside that no certificate was revoked", "文件内须附证书未被吊销的证明")
NO_SCRIPTS = Text("without scripts or other active content", "不得含脚本等活动内容")
ONE = Text("with certificates of one named authority only", "仅认可指定的一家证书颁发机构")
FEWER = Text("with certificates of {n} named authorities only", "仅认可指定的 {n} 家证书颁发机构")


def in_words(rules: SignatureRules) -> Text:
    """Say what is asked, as one line."""
    parts = list(_parts(rules))
    return Text("; ".join(one.en for one in parts), "；".join(one.zh for one in parts))


def _parts(rules: SignatureRules) -> Iterator[Text]:
    yield LEVELS[rules.level]
    if rules.signers > 1:
        yield _with(SIGNERS, rules.signers)
    if rules.qualified == "required":
        yield QUALIFIED
    if rules.revocation == "now":
        yield NOW
    if rules.active_content == "refuse":
        yield NO_SCRIPTS
    if rules.authorities:
        yield ONE if len(rules.authorities) == 1 else _with(FEWER, len(rules.authorities))


def _with(text: Text, n: int) -> Text:
    return Text(text.en.format(n=n), text.zh.format(n=n))
