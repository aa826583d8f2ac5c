"""Codes about a signature as such: its form, its mathematics, and what came after it."""

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

SIGNATURES = {
    "broken-signature": entry(
        REFUSED,
        "FORMAT_FAILURE",
        Who.SIGNER,
        (
            "The signature is malformed",
            "The signature is not built as it must be: {what}.",
            SIGN_AGAIN,
            "It was checked how the signature stands in the file, byte by byte. Usually the "
            "signing tool is faulty, or a program rewrote the file after signing.",
        ),
        (
            "签名格式错误",
            "签名结构不符合规范：{what}。",
            SIGN_AGAIN_ZH,
            "系统逐字节检查了签名在文件中的写法。"
            "常见原因是签名软件有缺陷，或签名后文件被其他程序重写。",
        ),
    ),
    "seal-not-judged": entry(
        STAYS_OPEN,
        "GENERIC",
        Who.SIGNER,
        (
            "An electronic seal of GB/T 38540 is not judged here",
            "The field {field} holds a seal in the format of GB/T 38540, not a signature (CMS).",
            "Sign the original document with a certificate as well, also one for SM2.",
            "The format of the signature was recognised and cannot be verified here. It comes from "
            "software for electronic seals, as Chinese sealing platforms use it.",
        ),
        (
            "暂不验证 GB/T 38540 电子印章",
            "签名域 {field} 中是 GB/T 38540 格式的电子印章，而非电子签名（CMS）。",
            "请另用数字证书对原始文件签名，SM2 证书亦可。",
            "系统识别出该格式，但目前无法验证。此类印章通常由电子签章软件加盖。",
        ),
    ),
    "unsupported-signature": entry(
        STAYS_OPEN,
        "GENERIC",
        Who.SIGNER,
        (
            "A kind of signature that is not supported",
            "The signature is of the kind {kind}.",
            "Sign with a tool that makes PAdES signatures (ETSI.CAdES.detached).",
            "It was read which kind of signature the field holds. Usually an old program made it, "
            "or one that is set to an old format.",
        ),
        (
            "不支持的签名类型",
            "签名类型为 {kind}。",
            "请使用支持 PAdES（ETSI.CAdES.detached）的工具签名。",
            "系统读取了签名域中的签名类型。常见原因是签名软件版本较旧，或设置为旧格式。",
        ),
    ),
    "unsupported-algorithm": entry(
        STAYS_OPEN,
        "GENERIC",
        Who.SIGNER,
        (
            "An algorithm that is not supported",
            "The signature uses {algorithm}, which cannot be computed here.",
            "Sign with SHA-256 and RSA or ECDSA, or ask the contracting body.",
            "The algorithms that the signature names were compared with those known here. Usually "
            "the certificate follows a national standard of another country.",
        ),
        (
            "不支持的算法",
            "签名使用了 {algorithm}，本系统无法计算。",
            "请使用 SHA-256 与 RSA 或 ECDSA 签名，或联系采购人。",
            "系统将签名所用算法与支持的算法作了比对。常见原因是数字证书采用其他国家的标准。",
        ),
    ),
    "weak-algorithm": entry(
        REFUSED,
        "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
        Who.SIGNER,
        (
            "The signature is too weak",
            "{algorithm} was no longer safe at the time of signing.",
            "Sign again with SHA-256 and a key of at least 2048 bits (RSA) or 256 bits (ECDSA).",
            "Algorithms and key sizes were compared with a dated table (ETSI TS 119 312). Usually "
            "an old signing program still uses SHA-1, or the certificate has a short key.",
        ),
        (
            "签名强度不足",
            "{algorithm} 在签名时已不安全。",
            "请使用 SHA-256 与不少于 2048 位（RSA）或 256 位（ECDSA）的密钥重新签名。",
            "系统按算法有效期表（ETSI TS 119 312）检查了算法和密钥长度。"
            "常见原因是旧版签名软件仍使用 SHA-1，或数字证书的密钥过短。",
        ),
    ),
    "content-altered": entry(
        REFUSED,
        "HASH_FAILURE",
        Who.SIGNER,
        (
            "The signed content was altered",
            "What was signed is no longer what stands in the file.",
            SIGN_AGAIN,
            "The digest of the signed bytes was computed again and is another. Usually the file "
            "was repaired, compressed or merged by a program after signing, or damaged on its way.",
        ),
        (
            "已签名的内容被更改",
            "文件内容与签名时不一致。",
            SIGN_AGAIN_ZH,
            "系统重新计算了签名所覆盖内容的摘要，与签名时不同。"
            "常见原因是签名后文件被修复、压缩或合并，或在传输中损坏。",
        ),
    ),
    "signature-broken": entry(
        REFUSED,
        "SIG_CRYPTO_FAILURE",
        Who.SIGNER,
        (
            "The signature does not verify",
            "The signature value does not belong to this document and this certificate.",
            SIGN_AGAIN,
            "The signature value was verified with the key in the certificate. Usually the wrong "
            "card was in the reader, or the signing tool named another certificate than it used.",
        ),
        (
            "签名验证失败",
            "签名值与该文件及证书不匹配。",
            SIGN_AGAIN_ZH,
            "系统用数字证书中的公钥验证了签名值。"
            "常见原因是读卡器中插错了卡（或用错了 USBKey），或签名软件写入了另一张证书。",
        ),
    ),
    "changed-after-signing": entry(
        REFUSED,
        "FORMAT_FAILURE",
        Who.SIGNER,
        (
            "Edited after signing",
            "The file was changed after “{field}” was signed: {what}.",
            SIGN_AGAIN,
            "Everything behind the signature was accounted for, and every page was compared. "
            "Usually a viewer saved the file again, somebody filled in a form or put in a note, or "
            "scanner software added text.",
        ),
        (
            "签名后被修改",
            "签名域“{field}”签署之后文件被修改：{what}。",
            SIGN_AGAIN_ZH,
            "系统核对了签名之后追加的全部内容，并逐页比对。"
            "常见原因是签名后用阅读器另存、填写表单、添加批注，或扫描软件加入了文字层。",
        ),
    ),
    "signature-removed": entry(
        STAYS_OPEN,
        "GENERIC",
        Who.SIGNER,
        (
            "An earlier signature was taken out",
            "The document had been signed in “{field}”. That signature is no longer part of it, "
            "though a stamp of it may still be seen.",
            SIGN_AGAIN,
            "The form was compared with what it was in earlier versions of the file. Usually a "
            "later signer deleted the field of another one.",
        ),
        (
            "此前的签名被移除",
            "该文件曾在签名域“{field}”中签署。该签名已不在文件中，但其图章可能仍可见。",
            SIGN_AGAIN_ZH,
            "系统将表单与文件的早期版本作了比对。常见原因是后签署的人删除了他人的签名域。",
        ),
    ),
    "signature-replaced": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "A signature was cleared",
            "The field “{field}” had been signed before, and was cleared since.",
            NOTHING,
            "The form was compared with what it was in earlier versions of the file. Usually "
            "somebody cleared a signature to sign a corrected document.",
        ),
        (
            "签名曾被清除",
            "签名域“{field}”此前曾签署，其后被清除。",
            NOTHING_ZH,
            "系统将表单与文件的早期版本作了比对。常见原因是签署人清除签名后对更正的文件重新签名。",
        ),
    ),
    "certified-twice": entry(
        REFUSED,
        "FORMAT_FAILURE",
        Who.SIGNER,
        (
            "Certified more than once",
            "{count} signatures certify this document; one may (ISO 32000-2, 12.8.2.2).",
            SIGN_AGAIN,
            "It was read which signatures certify the document, that is, say what may follow. "
            "Usually a second signer chose “certify” instead of “sign”.",
        ),
        (
            "文件被多次认证",
            "有 {count} 个签名对该文件进行认证，只允许一个（ISO 32000-2, 12.8.2.2）。",
            SIGN_AGAIN_ZH,
            "认证签名用于声明其后允许的修改，系统检查了其数量。"
            "常见原因是第二位签署人误选了“认证”而不是“签名”。",
        ),
    ),
    "certified-late": entry(
        REFUSED,
        "FORMAT_FAILURE",
        Who.SIGNER,
        (
            "Certified after someone else had signed",
            "“{field}” certifies the document, but “{first}” was signed before it; the author who "
            "certifies signs first.",
            SIGN_AGAIN,
            "The order of the signatures was checked. Usually a later signer chose “certify” "
            "instead of “sign”.",
        ),
        (
            "认证签名不是首个签名",
            "“{field}”对文件进行认证，但“{first}”签署在先；认证签名必须是首个签名。",
            SIGN_AGAIN_ZH,
            "系统检查了各签名的先后顺序。常见原因是后签署的人误选了“认证”而不是“签名”。",
        ),
    ),
    "certification-unreadable": entry(
        REFUSED,
        "FORMAT_FAILURE",
        Who.SIGNER,
        (
            "What may follow the signature is not said clearly",
            "The signature says what may be changed after it, but not so that every reader "
            "understands the same: {what}.",
            SIGN_AGAIN,
            "It was read what the signature allows to follow it. Usually the signing tool wrote "
            "that part in a wrong way.",
        ),
        (
            "签名的许可范围不明确",
            "签名声明了后续允许的修改，但各阅读器的理解可能不一致：{what}。",
            SIGN_AGAIN_ZH,
            "系统读取了签名所声明的后续许可范围。常见原因是签名软件写入的内容不规范。",
        ),
    ),
    "usage-rights": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "A signature of a software vendor",
            "The document carries usage rights ({kind}), by which a vendor's software unlocks "
            "functions. They are no signature of a person, and nothing rests on them here.",
            NOTHING,
            "It was looked whether the document carries usage rights. Usually the form was made "
            "with a program that lets a free viewer fill it in.",
        ),
        (
            "含有软件厂商的使用权签名",
            "该文件含有使用权（{kind}），用于启用厂商软件的功能。"
            "它不是个人或单位的签名，不作为验证依据。",
            NOTHING_ZH,
            "系统检查了文件是否含有使用权签名。常见原因是表单制作软件为免费阅读器开启了填写功能。",
        ),
    ),
}
