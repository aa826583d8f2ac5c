"""Codes about the certificate: whose it is, who issued it, for what, and since when."""

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
    Entry,
    Follows,
    Who,
    entry,
)

_Said = tuple[str, str, str]  # title, what was found, help


def _twice(code: str, follows: Follows, en: _Said, zh: _Said) -> dict[str, Entry]:
    """Make a code that decides, and beside it the one that is only noted."""
    if follows is CHECKED_AGAIN:
        sub, who, asked = "TRY_LATER", Who.PLATFORM, (OURS, OURS_ZH)
    else:
        sub, who = "SIG_CONSTRAINTS_FAILURE", Who.SIGNER
        asked = (ASK_AUTHORITY, ASK_AUTHORITY_ZH)
    made = {}
    for name, then, one, mover, do in (
        (code, follows, sub, who, asked),
        (f"{code}-noted", NOTED, None, Who.NOBODY, (NOTHING, NOTHING_ZH)),
    ):
        said = (*en[:2], do[0], en[2]), (*zh[:2], do[1], zh[2])
        made[name] = entry(then, one, mover, *said)
    return made


CERTIFICATES = {
    "wrong-certificate": entry(
        REFUSED,
        "SIG_CONSTRAINTS_FAILURE",
        Who.SIGNER,
        (
            "Signed with a certificate of someone else",
            "The certificate belongs to {signer} ({identifiers}), which is not the supplier.",
            "Sign with your organisation's certificate, or have this one enrolled first.",
            "The identifiers in the certificate were compared with those of the supplier. Usually "
            "a wrong card was in the reader, or a personal certificate was used that the supplier "
            "has not enrolled.",
        ),
        (
            "证书与供应商不符",
            "证书属于 {signer}（{identifiers}），不是该供应商。",
            "请使用本单位的数字证书签名，或先登记该证书。",
            "系统将证书中的标识（如统一社会信用代码）与供应商作了比对。"
            "常见原因是读卡器中插错了卡（或用错了 USBKey），或使用了尚未登记的个人证书。",
        ),
    ),
    "certificate-names-two": entry(
        REFUSED,
        "SIG_CONSTRAINTS_FAILURE",
        Who.SIGNER,
        (
            "The certificate names two organisations",
            "The certificate of {signer} states {identifiers}, which are not one organisation's.",
            ASK_AUTHORITY,
            "All identifiers and credit codes in the certificate were compared with each other. "
            "Usually the authority has put a number of its own, or of a mother company, into a "
            "field for the holder's.",
        ),
        (
            "证书载有两个单位的标识",
            "{signer} 的证书载有 {identifiers}，不属于同一单位。",
            ASK_AUTHORITY_ZH,
            "系统比较了证书中的全部标识和统一社会信用代码。"
            "常见原因是颁发机构将自身或母公司的代码写入了持有人字段。",
        ),
    ),
    "issuer-not-accepted": entry(
        REFUSED,
        "NO_CERTIFICATE_CHAIN_FOUND",
        Who.SIGNER,
        (
            "The issuer of the certificate is not accepted",
            "The certificate of {signer} was issued by {issuer}, which does not lead to an "
            "authority accepted here.",
            ASK_AUTHORITY,
            "The way from the certificate to an authority that is accepted here was looked for. "
            "Usually somebody made the certificate themselves, or it is one for e-mail or for use "
            "inside a firm.",
        ),
        (
            "证书颁发机构不被认可",
            "{signer} 的证书由 {issuer} 颁发，无法追溯到本平台认可的机构。",
            ASK_AUTHORITY_ZH,
            "系统查找了从该证书到本平台认可机构的证书链。"
            "常见原因是自行生成的证书，或仅供邮件、单位内部使用的证书。",
        ),
    ),
    "issuer-not-in-force": entry(
        REFUSED,
        "NO_CERTIFICATE_CHAIN_FOUND",
        Who.SIGNER,
        (
            "The issuer of the certificate is not accepted for this",
            "The certificate of {signer} was issued by {issuer}. That authority is accepted at "
            "other times or for other kinds of certificates, and not for this one at {at}.",
            ASK_AUTHORITY,
            "It was checked when and for what the authority is accepted. Usually a seal was used "
            "where a signature of a person is asked for, or an authority has ended its service.",
        ),
        (
            "证书颁发机构在此不被认可",
            "{signer} 的证书由 {issuer} 颁发。该机构在其他时间或对其他类型的证书被认可，"
            "但在 {at} 对此证书不被认可。",
            ASK_AUTHORITY_ZH,
            "系统检查了该机构被认可的期间和用途。"
            "常见原因是应由个人签名处使用了单位印章证书，或该机构已停止服务。",
        ),
    ),
    **_twice(
        "not-qualified",
        REFUSED,
        (
            "The certificate is not qualified",
            "The certificate of {signer} is no qualified certificate for signatures or seals at "
            "{at}, by what it says of itself and by the trusted lists of the European Union.",
            "The status of the certificate was looked up in the trusted lists, for the day of "
            "issue and the day of signing. Usually a certificate for everyday use was taken.",
        ),
        (
            "证书不是合格证书",
            "根据证书自身声明及欧盟可信列表，{signer} 的证书在 {at} 不是用于签名或印章的合格证书。",
            "系统在欧盟可信列表中查询了颁发之日和签署之日的状态。"
            "常见原因是使用了日常用途的普通证书。",
        ),
    ),
    **_twice(
        "no-qualified-device",
        REFUSED,
        (
            "The key is not in a qualified device",
            "The certificate of {signer} is qualified at {at}, but nothing says that its key is in "
            "a qualified device. The signature is an advanced one.",
            "It was looked whether the certificate or the trusted list names a qualified device. "
            "Usually the key is in a file and not on a card or at a signing service.",
        ),
        (
            "密钥不在合格设备中",
            "{signer} 的证书在 {at} 是合格证书，但没有信息表明其密钥存于合格设备中，"
            "因此该签名为高级签名。",
            "系统检查了证书或可信列表是否注明合格设备。"
            "常见原因是密钥保存在文件中，而不在智能卡、USBKey 或签名服务中。",
        ),
    ),
    **_twice(
        "qualified-status-unknown",
        CHECKED_AGAIN,
        (
            "It is not known yet whether the certificate is qualified",
            "This platform has no trusted list of the European Union, so nobody can say whether "
            "the certificate of {signer} was qualified at {at}.",
            "The status of the certificate was to be looked up in the trusted lists. They are not "
            "loaded on this platform.",
        ),
        (
            "证书是否合格暂时未知",
            "本平台尚无欧盟可信列表，无法判断 {signer} 的证书在 {at} 是否为合格证书。",
            "系统需在欧盟可信列表中查询证书状态，但本平台尚未载入该列表。",
        ),
    ),
    "certificate-not-for-signing": entry(
        REFUSED,
        "CHAIN_CONSTRAINTS_FAILURE",
        Who.SIGNER,
        (
            "The certificate is not for signing documents",
            "The certificate of {signer} is meant for: {usage}.",
            ASK_AUTHORITY,
            "The purposes that the certificate names were read. Usually the tool offered two "
            "certificates of one card, and the one for signing in or encrypting was chosen.",
        ),
        (
            "证书不能用于签名",
            "{signer} 的证书用途为：{usage}。",
            ASK_AUTHORITY_ZH,
            "系统读取了证书所载的用途。"
            "常见原因是同一张卡中有多张证书，误选了用于登录或加密的那一张。",
        ),
    ),
    "expired-before-receipt": entry(
        REFUSED,
        "OUT_OF_BOUNDS_NO_POE",
        Who.SIGNER,
        (
            "The certificate had expired",
            "It was valid until {until}; the earliest proven time of the signature is {at}.",
            "Sign again with a certificate that is valid, and with a timestamp.",
            "The dates of the certificate were compared with the proven time of the signature: its "
            "timestamp, else the receipt of the file. Usually the certificate was not renewed.",
        ),
        (
            "证书已过期",
            "证书有效期至 {until}，而可证明的最早签名时间为 {at}。",
            "请使用有效的数字证书并加盖时间戳重新签名。",
            "系统将证书有效期与可证明的签名时间（时间戳时间；没有时间戳的，为接收时间）"
            "作了比对。常见原因是证书到期后未续期。",
        ),
    ),
    "not-yet-valid": entry(
        REFUSED,
        "NOT_YET_VALID",
        Who.SIGNER,
        (
            "The certificate was not valid yet",
            "It is valid from {since}; the proven time of the signature is {at}.",
            "Sign again when the certificate is valid.",
            "The dates of the certificate were compared with the proven time of the signature. "
            "Usually a new certificate was used before its first day.",
        ),
        (
            "证书尚未生效",
            "证书自 {since} 起有效，而可证明的签名时间为 {at}。",
            "请在证书生效后重新签名。",
            "系统将证书有效期与可证明的签名时间作了比对。常见原因是在生效日之前使用了新证书。",
        ),
    ),
}
