"""Codes about revocation: what the authority has said about a certificate, and since when."""

from signatures.pdf.codes.shape import (
    ASK_AUTHORITY,
    ASK_AUTHORITY_ZH,
    CHECKED_AGAIN,
    NOTED,
    NOTHING,
    NOTHING_ZH,
    OURS,
    OURS_ZH,
    REFUSED,
    Who,
    entry,
)

REVOCATION = {
    "revoked": entry(
        REFUSED,
        "REVOKED_NO_POE",
        Who.SIGNER,
        (
            "The certificate was revoked",
            "The certificate of {holder} was revoked on {since}, before {at}.",
            ASK_AUTHORITY,
            "The authority's revocation data was compared with the proven time of the signature. "
            "Usually a card was lost or replaced, or the holder has left the firm, and the old "
            "certificate was used once more.",
        ),
        (
            "证书已被吊销",
            "{holder} 的证书于 {since} 被吊销，早于 {at}。",
            ASK_AUTHORITY_ZH,
            "系统将颁发机构的吊销信息与可证明的签名时间作了比对。"
            "常见原因是证书介质遗失、更换或持有人离职后，仍使用了旧证书。",
        ),
    ),
    "revoked-later": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "The certificate was revoked later",
            "The certificate of {holder} was revoked on {since}, after the proven time {at}.",
            NOTHING,
            "The authority's revocation data was compared with the proven time of the signature. "
            "Usually a certificate was replaced after signing, which changes nothing.",
        ),
        (
            "证书在签名后被吊销",
            "{holder} 的证书于 {since} 被吊销，晚于 {at}。",
            NOTHING_ZH,
            "系统将颁发机构的吊销信息与可证明的签名时间作了比对。"
            "常见原因是签名后更换了证书，不影响已有签名。",
        ),
    ),
    "revocation-unavailable": entry(
        CHECKED_AGAIN,
        "TRY_LATER",
        Who.PLATFORM,
        (
            "It is not known yet whether the certificate was revoked",
            "There is no revocation data for the certificate of {holder} as of {at}.",
            OURS,
            "Revocation data was looked for in the file and in what this platform fetches from the "
            "authorities. Usually the authority's service did not answer, or its next list is "
            "awaited.",
        ),
        (
            "吊销状态暂时未知",
            "暂无 {holder} 的证书在 {at} 的吊销信息。",
            OURS_ZH,
            "系统在文件及本平台定期获取的数据中查找了吊销信息。"
            "常见原因是颁发机构的服务暂无响应，或尚未发布下一期吊销列表。",
        ),
    ),
    "responder-unconfirmed": entry(
        CHECKED_AGAIN,
        "TRY_LATER",
        Who.PLATFORM,
        (
            "It is not known yet whether one can rely on who answered",
            "{responder} says that the certificate of {holder} was good as of {at}; whether the "
            "certificate of {responder} was revoked, nobody has said.",
            OURS,
            "Whoever answers for an authority has a certificate, too: it is looked up like every "
            "other, unless the authority marks it as not to be (RFC 6960, 4.2.2.2.1). Usually the "
            "authority has forgotten that mark.",
        ),
        (
            "应答者的证书状态暂时未知",
            "{responder} 表明 {holder} 的证书在 {at} 有效；"
            "但 {responder} 自身的证书是否被吊销，尚无说明。",
            OURS_ZH,
            "代颁发机构应答的服务也持有证书；除颁发机构标明无须查询外，该证书同样须查询吊销状态"
            "（RFC 6960 第 4.2.2.2.1 条）。常见原因是颁发机构漏作该标记。",
        ),
    ),
    "responder-revoked": entry(
        CHECKED_AGAIN,
        "TRY_LATER",
        Who.PLATFORM,
        (
            "Who answered was revoked",
            "Of the certificate of {holder} as of {at} only {responder} has spoken, whose own "
            "certificate was revoked on {since}. That proves nothing.",
            OURS,
            "The certificate of who answers for the authority was looked up, too, because whoever "
            "stole its key could date an answer back. Usually the authority has exchanged that "
            "certificate, and the next answer is awaited.",
        ),
        (
            "应答者的证书已被吊销",
            "关于 {holder} 的证书在 {at} 的状态，仅有 {responder} 作出应答，"
            "而其自身的证书已于 {since} 被吊销，不足为证。",
            OURS_ZH,
            "系统同样查询了代颁发机构应答者的证书。窃得其密钥者可以倒签应答。"
            "常见原因是颁发机构更换了该证书，尚待新的应答。",
        ),
    ),
    "revocation-stale": entry(
        CHECKED_AGAIN,
        "TRY_LATER",
        Who.AUTHORITY,
        (
            "What is known of the certificate is too old",
            "The newest word of the authority about {holder} is of {newest}; the tender asks for "
            "one that is fresher at {at}.",
            OURS,
            "The date of the newest revocation data was compared with what the tender asks for. "
            "Usually the authority publishes its list seldom, or late.",
        ),
        (
            "吊销信息过旧",
            "颁发机构关于 {holder} 的最新信息为 {newest}；招标要求在 {at} 时有更新的信息。",
            OURS_ZH,
            "系统将最新吊销信息的日期与招标要求作了比对。"
            "常见原因是颁发机构发布吊销列表的间隔较长，或发布延迟。",
        ),
    ),
    "revoked-backdated": entry(
        NOTED,
        None,
        Who.AGENCY,
        (
            "The certificate was revoked afterwards, and the revocation dated back",
            "The authority said on {good} that the certificate of {holder} was good. After the "
            "file had arrived it named {since}, before {at}, as the day of revocation.",
            "The supplier need not act; the agency reads this remark when it examines the bid.",
            "What the authority said at the time of receipt was compared with what it said later. "
            "Usually a certificate was reported as lost only after it had been used.",
        ),
        (
            "证书事后被吊销且吊销日期被倒签",
            "颁发机构曾于 {good} 表明 {holder} 的证书有效；文件送达后才称其于 {since}"
            "（早于 {at}）被吊销。",
            "供应商无需操作；采购人在评审时会看到此备注。",
            "系统将接收时颁发机构的说明与其后来的说明作了比对。常见原因是证书使用之后才申报遗失。",
        ),
    ),
    "evidence-left-out": entry(
        NOTED,
        None,
        Who.AGENCY,
        (
            "Evidence that stood in the file was left out later",
            "A later part of the file does not list what it brought before: {certificates} "
            "certificates, {lists} revocation lists, {answers} answers. It was looked at all the "
            "same.",
            "The supplier need not act; the agency reads this remark when it examines the bid.",
            "The stores of evidence of all versions in the file were compared (EN 319 142-1, "
            "5.4.1). Usually a signing tool wrote a store of its own in place of the one before.",
        ),
        (
            "文件中原有的佐证材料后来被略去",
            "文件后续部分不再列出此前附带的材料：证书 {certificates} 份、吊销列表 {lists} 份、"
            "应答 {answers} 份。核验时仍已采用。",
            "供应商无需操作；采购人在评审时会看到此备注。",
            "系统比较了文件各版本的佐证材料（EN 319 142-1 第 5.4.1 条）。"
            "常见原因是签名软件以自己的材料库替换了原有的材料库。",
        ),
    ),
    "revocation-not-proven": entry(
        REFUSED,
        "TRY_LATER",
        Who.SIGNER,
        (
            "The file does not prove that the certificate was not revoked",
            "The tender asks for that proof now, and there is none for {holder} as of {at}.",
            "Sign again with revocation data in the file (level B-LT).",
            "Revocation data was looked for in the file itself. Usually the signing tool was "
            "offline, or is not set to put that data in.",
        ),
        (
            "文件未能证明证书未被吊销",
            "招标要求立即提供该证明，但没有 {holder} 的证书在 {at} 的吊销信息。",
            "请重新签名，并在文件中附带吊销信息（B-LT 级）。",
            "系统在文件中查找了吊销信息。常见原因是签名软件未联网，或未设置写入吊销信息。",
        ),
    ),
}
