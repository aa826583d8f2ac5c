"""Codes about timestamps, which prove since when a signature exists."""

from signatures.pdf.codes.shape import (
    NOTED,
    NOTHING,
    NOTHING_ZH,
    REFUSED,
    SIGN_AGAIN,
    SIGN_AGAIN_ZH,
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
