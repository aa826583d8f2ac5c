"""States, causes and effects in words: the same ones wherever they are shown."""

from procurement.texts import Text
from tenders.rules.timetable import LABELS

TENDER_STATES = {
    "draft": Text("Draft", "草案"),
    "in-approval": Text("In approval", "审批中"),
    "published": Text("Published", "已发布"),
    "closed": Text("Closed to bids", "已截止"),
    "concluded": Text("Concluded", "已完成"),
    "unsuccessful": Text("Unsuccessful", "流标"),
    "cancelled": Text("Cancelled", "已终止"),
}
SUSPENDED = Text("Suspended", "已暂停")
OPENING_STATES = {
    "gathering": Text("Openers are gathering", "开标人集合中"),
    "requested": Text("Requested", "已申请开标"),
    "reveals-closed": Text("Reveals closed", "揭示已截止"),
    "intended": Text("Release intended", "准备放行"),
    "released": Text("Released", "已放行"),
    "opened": Text("Opened", "已开标"),
    "minuted": Text("Minutes signed", "开标记录已签署"),
}
OPENING_MEANS = {
    "gathering": Text(
        "The deadline has passed and the set of bids is closed. Openers come and ask together.",
        "投标已截止，投标集合已封闭。开标人到场后共同申请开标。",
    ),
    "requested": Text(
        "A quorum of openers is present. Each holder tries every bid; nothing is decrypted yet.",
        "到场开标人已达法定人数。各保管人正在试解全部投标，尚未解密任何内容。",
    ),
    "reveals-closed": Text(
        "Every holder has tried the whole set. The openers disclose their shares.",
        "各保管人已试解全部投标。开标人正在公开其密钥份额。",
    ),
    "intended": Text(
        "All openers present have disclosed. The timekeeper is asked for its one answer.",
        "到场开标人均已公开份额。正在请求计时方作出唯一一次答复。",
    ),
    "released": Text(
        "The timekeeper has answered. Every bid is rebuilt, decrypted and compared.",
        "计时方已放行。正在重建、解密并核对每份投标。",
    ),
    "opened": Text(
        "The bids are announced below. The openers sign the minutes.",
        "投标已公布如下。开标人正在签署开标记录。",
    ),
    "minuted": Text(
        "The bids are announced below, and the openers have signed the minutes.",
        "投标已公布如下，开标人已签署开标记录。",
    ),
}
CAUSES = {
    "opened": Text("Opened", "已开启"),
    "bidder-fault": Text("Not opened: the bidder's fault", "未开启：投标人原因"),
    "authority-fault": Text("Not opened: the authority's fault", "未开启：采购方原因"),
    "integrity": Text("Not opened: it is not what was sealed", "未开启：内容与封存时不一致"),
    "disputed": Text("Not opened: disputed", "未开启：存在争议"),
}
NOT_COUNTED = {
    "not-opened": Text("It was not opened", "未开启"),
    "judged-out": Text("It was judged not to count", "经判断无效"),
}
AWARD_STATES = {
    "pending": Text("Not yet proposed", "尚未提议"),
    "proposed": Text("Proposed, not yet decided", "已提议，尚未决定"),
    "awarded": Text("Awarded", "已定标"),
    "unsuccessful": Text("Ended without an award", "流标"),
}
JUDGEMENT_STATES = {
    "judged": Text("Judged, not yet confirmed", "已判断，尚未确认"),
    "confirmed": Text("Confirmed", "已确认"),
    "declined": Text("Declined", "已否决"),
}
APPROVALS = {
    "legal": Text("Legal approval", "法务审批"),
    "finance": Text("Finance approval", "财务审批"),
}
EFFECTS = {
    "suspend": Text("Suspends the tender", "暂停招标"),
    "resume": Text("Resumes the tender", "恢复招标"),
    "produce": Text("Asks for evidence", "要求提供材料"),
    "cancel": Text("Cancels the tender", "终止招标"),
}
EVIDENCE = {
    "read": Text("the text was read", "已核对原文"),
    "transposed": Text("confirmed by its transposition", "经转化立法确认"),
    "general": Text("not verified: general knowledge", "未核实：一般知识"),
}
PLACES = {  # of a passage: on what it stands, and whether it stood there before
    ("page", True): Text("Page {after}", "第 {after} 页"),
    ("page", False): Text("Page {after}, page {before} before", "第 {after} 页，原第 {before} 页"),
    ("line", True): Text("Line {after}", "第 {after} 行"),
    ("line", False): Text("Line {after}, line {before} before", "第 {after} 行，原第 {before} 行"),
}
KINDS = {
    "date": LABELS,
    "evidence": EVIDENCE,
    "tender": TENDER_STATES,
    "opening": OPENING_STATES,
    "opening-means": OPENING_MEANS,
    "cause": CAUSES,
    "not-counted": NOT_COUNTED,
    "award": AWARD_STATES,
    "judgement": JUDGEMENT_STATES,
    "approval": APPROVALS,
    "effect": EFFECTS,
}


def word(kind: str, value: str) -> Text:
    """Say a state, cause or effect; one that is unknown here speaks for itself."""
    return KINDS[kind].get(value, Text(value, value))
