"""Codes about timestamps, which prove since when a signature exists."""

from signatures.pdf.codes.shape import (
    NOTED,
    NOTHING,
    NOTHING_ZH,
    REFUSED,
    SIGN_AGAIN,
    SIGN_AGAIN_ZH,
    STAYS_OPEN,
    Who,
    entry,
)

TIMESTAMPS = {
    "timestamp-broken": entry(
        REFUSED,
        "SIG_CRYPTO_FAILURE",
        Who.SIGNER,
        (
            "A timestamp belongs to something else",
            "The timestamp of {authority} does not verify over this signature: {what}.",
            SIGN_AGAIN,
            "It was computed whether the timestamp was made over this very signature. Usually the "
            "signing tool is faulty, or the timestamp was copied from another file.",
        ),
        (
            "时间戳无效",
            "{authority} 的时间戳与该签名不匹配：{what}。",
            SIGN_AGAIN_ZH,
            "系统验证了时间戳是否针对该签名。常见原因是签名软件有缺陷，或时间戳取自其他文件。",
        ),
    ),
    "timestamp-after-receipt": entry(
        REFUSED,
        "TIMESTAMP_ORDER_FAILURE",
        Who.SIGNER,
        (
            "A timestamp is later than the receipt of the file",
            "The timestamp says {stamped}; the file was received at {at}.",
            SIGN_AGAIN,
            "The time in the timestamp was compared with the time of receipt. Usually the clock of "
            "the time-stamping authority is wrong.",
        ),
        (
            "时间戳晚于接收时间",
            "时间戳为 {stamped}，而文件接收时间为 {at}。",
            SIGN_AGAIN_ZH,
            "系统将时间戳时间与文件接收时间作了比对。常见原因是时间戳机构的时钟有误。",
        ),
    ),
    "timestamp-not-accepted": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "The time-stamping authority is not accepted",
            "The timestamp of {authority} proves nothing here; the time of receipt is used.",
            NOTHING,
            "The authority was looked for among those that are accepted for timestamps. Usually "
            "the signing tool came with a free time-stamping service.",
        ),
        (
            "时间戳机构不被认可",
            "不采信 {authority} 的时间戳，改用接收时间。",
            NOTHING_ZH,
            "系统查询了该机构是否在认可的时间戳机构之列。"
            "常见原因是签名软件默认使用免费的时间戳服务。",
        ),
    ),
    "timestamp-unfit": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "A timestamp is not made as it must be",
            "The timestamp of {authority} proves nothing here: {what}. The time of receipt is "
            "used.",
            NOTHING,
            "The timestamp and the certificate of its authority were compared with RFC 3161. "
            "Usually a time-stamping service was set up with an ordinary certificate.",
        ),
        (
            "时间戳不符合规范",
            "不采信 {authority} 的时间戳：{what}；改用接收时间。",
            NOTHING_ZH,
            "系统按 RFC 3161 核对了时间戳及其机构的证书。常见原因是时间戳服务使用了普通证书。",
        ),
    ),
    "timestamp-expired": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "The certificate of the time-stamping authority has ended",
            "The certificate of {authority} ended on {until}, and nothing but the timestamp itself "
            "says that it is older. It is known since {at}, which is used.",
            NOTHING,
            "The end of the certificate was compared with when the timestamp is known to have "
            "existed (EN 319 102-1, 5.6.2). Usually the document is old and was not stamped again.",
        ),
        (
            "时间戳机构的证书已过期",
            "{authority} 的证书已于 {until} 到期，除时间戳自身外无法证明其在此前作出；"
            "已知其存在的时间为 {at}，以此为准。",
            NOTHING_ZH,
            "系统将该证书的到期时间与可证明时间戳已存在的时间作了比对"
            "（EN 319 102-1 第 5.6.2 条）。常见原因是文件较旧，未再次加盖时间戳。",
        ),
    ),
    "timestamp-authority-revoked": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "The time-stamping authority was revoked",
            "The certificate of {authority} was revoked on {since}, and nothing but the timestamp "
            "itself says that it is older. It is known since {at}, which is used.",
            NOTHING,
            "Whoever stole the key of an authority can date back what it stamps (RFC 3161, 4). "
            "Usually the authority has lost its key, or did not say why it was revoked.",
        ),
        (
            "时间戳机构的证书已被吊销",
            "{authority} 的证书已于 {since} 被吊销，除时间戳自身外无法证明其在此前作出；"
            "已知其存在的时间为 {at}，以此为准。",
            NOTHING_ZH,
            "窃得机构密钥者可以倒签时间戳（RFC 3161 第 4 条）。"
            "常见原因是机构丢失密钥，或未说明吊销原因。",
        ),
    ),
    "timestamps-out-of-order": entry(
        STAYS_OPEN,
        "TIMESTAMP_ORDER_FAILURE",
        Who.SIGNER,
        (
            "Two timestamps contradict each other",
            "The timestamp of {authority} says {stamped}, and it covers one of {other} that says "
            "{at}, which is later.",
            SIGN_AGAIN,
            "The times of all timestamps in the file were compared with those which they cover "
            "(EN 319 102-1). Usually the clock of one of the authorities is wrong.",
        ),
        (
            "两个时间戳相互矛盾",
            "{authority} 的时间戳为 {stamped}，而其所覆盖的 {other} 的时间戳为 {at}，反而更晚。",
            SIGN_AGAIN_ZH,
            "系统比较了文件中各时间戳及其所覆盖的时间戳（EN 319 102-1）。"
            "常见原因是其中一家机构的时钟有误。",
        ),
    ),
    "timestamp-unconfirmed": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "The timestamp could not be confirmed",
            "There is no revocation data for {authority}; the time of receipt is used.",
            NOTHING,
            "Revocation data about the authority's own certificate was looked for. Usually its "
            "service did not answer in time.",
        ),
        (
            "时间戳无法确认",
            "缺少 {authority} 的吊销信息，改用接收时间。",
            NOTHING_ZH,
            "系统查找了时间戳机构自身证书的吊销信息。常见原因是其服务暂无响应。",
        ),
    ),
}
