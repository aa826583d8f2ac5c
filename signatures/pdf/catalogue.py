"""Every code a report can carry: what it decides, and how it is said to the person who has to act.

The code alone decides the verdict, so that a sentence and a verdict never disagree. Facts in
braces are filled from the finding. Nothing here is a bare term of ETSI EN 319 102-1; the
sub-indication beside a code is for machines.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from signatures.pdf.report import Finding, Indication, Verdict


@dataclass(frozen=True)
class Message:
    """What a person reads: a title, what was found, and what to do."""

    title: str
    text: str
    action: str


@dataclass(frozen=True)
class Entry:
    """One code: the verdict it leads to, the ETSI sub-indication it stands for, two languages."""

    verdict: Verdict
    sub_indication: str | None
    en: Message
    zh: Message

    @property
    def indication(self) -> Indication:
        """Return the indication that goes with the sub-indication (EN 319 102-1, table 5)."""
        if self.sub_indication is None:
            return Indication.PASSED
        failures = ("FORMAT_FAILURE", "HASH_FAILURE", "SIG_CRYPTO_FAILURE")
        return Indication.FAILED if self.sub_indication in failures else Indication.INDETERMINATE


class _Silent(dict[str, str]):
    """Facts that a template asks for and a finding does not have are shown as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def message(finding: Finding, language: str = "en") -> Message:
    """Return the sentences for a finding in ``en`` or ``zh``, with its facts filled in."""
    entry = CATALOGUE[finding.code]
    chosen = entry.zh if language.startswith("zh") else entry.en
    facts = _Silent(finding.facts)
    return Message(chosen.title, chosen.text.format_map(facts), chosen.action.format_map(facts))


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Return the worst verdict among the findings, VALID where there is none."""
    order = list(Verdict)
    return max((CATALOGUE[f.code].verdict for f in findings), key=order.index, default=order[0])


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings by what they decide, keep their order otherwise, and drop repetitions."""
    order = list(Verdict)
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: -order.index(CATALOGUE[f.code].verdict)))


def _entry(
    verdict: Verdict,
    sub_indication: str | None,
    en: tuple[str, str, str],
    zh: tuple[str, str, str],
) -> Entry:
    return Entry(verdict, sub_indication, Message(*en), Message(*zh))


_INVALID, _UNDECIDED, _UNSIGNED = Verdict.INVALID, Verdict.UNDECIDED, Verdict.UNSIGNED
_REMARK = Verdict.VALID_WITH_REMARKS
_SIGN_AGAIN = "Sign the original document again and file that copy."
_SIGN_AGAIN_ZH = "请对原始文件重新签名后再提交。"
_ASK_AUTHORITY = "Ask your certificate authority for a certificate that is accepted here."
_ASK_AUTHORITY_ZH = "请向证书颁发机构申请本平台认可的证书。"
_NOTHING = "Nothing has to be done."
_NOTHING_ZH = "无需任何操作。"
_OURS = "This is not your fault and you need not act; the file is checked again."
_OURS_ZH = "这不是您的问题，无需操作；系统会重新验证该文件。"
_Said = tuple[str, str]
_NOT_QUALIFIED = (
    "The certificate is not qualified",
    "The certificate of {signer} is no qualified certificate for signatures or seals at {at}, by "
    "what it says of itself and by the trusted lists of the European Union.",
)
_NOT_QUALIFIED_ZH = (
    "证书不是合格证书",
    "根据证书自身声明及欧盟可信列表，{signer} 的证书在 {at} 不是用于签名或印章的合格证书。",
)
_NO_DEVICE = (
    "The key is not in a qualified device",
    "The certificate of {signer} is qualified at {at}, but nothing says that its key is in a "
    "qualified device. The signature is an advanced one.",
)
_NO_DEVICE_ZH = (
    "密钥不在合格设备中",
    "{signer} 的证书在 {at} 是合格证书，但没有信息表明其密钥存于合格设备中，该签名为高级签名。",
)
_STATUS_UNKNOWN = (
    "It is not known yet whether the certificate is qualified",
    "This platform has no trusted list of the European Union, so nobody can say whether the "
    "certificate of {signer} was qualified at {at}.",
)
_STATUS_UNKNOWN_ZH = (
    "证书是否合格暂时未知",
    "本平台尚无欧盟可信列表，无法判断 {signer} 的证书在 {at} 是否为合格证书。",
)


def _twice(code: str, verdict: Verdict, en: _Said, zh: _Said) -> dict[str, Entry]:
    """Make a code that decides, and beside it the one that is only noted."""
    asked = (_OURS, _OURS_ZH) if verdict is _UNDECIDED else (_ASK_AUTHORITY, _ASK_AUTHORITY_ZH)
    sub = "TRY_LATER" if verdict is _UNDECIDED else "SIG_CONSTRAINTS_FAILURE"
    return {
        code: _entry(verdict, sub, (*en, asked[0]), (*zh, asked[1])),
        f"{code}-noted": _entry(_REMARK, None, (*en, _NOTHING), (*zh, _NOTHING_ZH)),
    }


CATALOGUE: dict[str, Entry] = {
    # the file as a file
    "not-a-pdf": _entry(
        _INVALID,
        "FORMAT_FAILURE",
        ("Not a PDF", "The file does not begin as a PDF does.", "Export the document as PDF."),
        ("不是 PDF 文件", "该文件的开头不符合 PDF 格式。", "请将文档导出为 PDF。"),
    ),
    "broken": _entry(
        _INVALID,
        "FORMAT_FAILURE",
        (
            "The PDF is damaged",
            "Two independent readers do not read the same document from this file: {what}.",
            "Export the document again, sign it, and send it unchanged.",
        ),
        (
            "PDF 文件已损坏",
            "两个独立的解析程序从该文件中读出的内容不一致：{what}。",
            "请重新导出并签名，然后原样提交。",
        ),
    ),
    "password-protected": _entry(
        _INVALID,
        "FORMAT_FAILURE",
        (
            "The PDF is protected by a password",
            "Nobody here can read an encrypted document, so nobody can judge it.",
            "Remove the password or the restrictions, sign again and file that copy.",
        ),
        ("PDF 有密码保护", "加密文件无法读取，也无法验证。", "请去除密码或限制，重新签名后提交。"),
    ),
    "too-large": _entry(
        _UNDECIDED,
        "GENERIC",
        (
            "The file is too large to be checked",
            "It has {bytes} bytes; at most {limit} are checked.",
            "Split the document or reduce its images, and sign again.",
        ),
        (
            "文件过大，无法验证",
            "文件大小为 {bytes} 字节，上限为 {limit} 字节。",
            "请拆分文件或压缩图片后重新签名。",
        ),
    ),
    "resource-count": _entry(
        _UNDECIDED,
        "GENERIC",
        (
            "The PDF is built in too complicated a way to be checked",
            "It has more {what} than the {limit} that are looked at.",
            "Print the document to a new PDF, sign that, and file it.",
        ),
        (
            "PDF 结构过于复杂，无法验证",
            "{what} 的数量超过上限 {limit}。",
            "请重新生成 PDF，签名后提交。",
        ),
    ),
    "wall-clock": _entry(
        _UNDECIDED,
        "GENERIC",
        ("The check took too long", "The check was stopped after {seconds} seconds.", _OURS),
        ("验证超时", "验证在 {seconds} 秒后被终止。", _OURS_ZH),
    ),
    "crashed": _entry(
        _UNDECIDED,
        "GENERIC",
        ("The check failed", "Our checker stopped at step {step} ({error}).", _OURS),
        ("验证程序出错", "验证程序在步骤 {step} 处停止（{error}）。", _OURS_ZH),
    ),
    "unreadable": _entry(
        _UNDECIDED,
        "GENERIC",
        ("The file cannot be read", "{what}", "Check the path and the permissions."),
        ("无法读取文件", "{what}", "请检查路径和权限。"),
    ),
    "hybrid-views": _entry(
        _INVALID,
        "FORMAT_FAILURE",
        (
            "Two documents in one file",
            "The file has one table of objects for old readers and one for new ones, and they do "
            "not show the same: {what}.",
            "Export the document again, without compatibility with old readers, sign it and file "
            "that.",
        ),
        (
            "一个文件包含两份内容",
            "该文件为新旧阅读器分别保存了对象表，两者显示的内容不一致：{what}。",
            "请重新导出文件（不使用旧版兼容模式），签名后提交。",
        ),
    ),
    "too-much-to-draw": _entry(
        _UNDECIDED,
        "GENERIC",
        (
            "Too many pages to compare",
            "Something was added after signing, and to see that it changed nothing, every page is "
            "drawn before and after. This document needs more than the {limit} pixels or steps "
            "that are drawn.",
            "Split the document, or file the copy that the last signer made, without additions.",
        ),
        (
            "页数过多，无法比对",
            "签名之后文件有追加内容，需要绘制每一页的前后版本进行比对，但超出了 {limit} "
            "个像素或绘图步骤的上限。",
            "请拆分文件，或提交最后一位签名人签署且未追加内容的版本。",
        ),
    ),
    "not-drawn": _entry(
        _UNDECIDED,
        "GENERIC",
        (
            "The pages cannot be shown",
            "Something was added after signing, and whether the pages still look the same cannot "
            "be seen: {what} cannot be drawn.",
            "Print the document to a new PDF, sign that, and file it.",
        ),
        (
            "页面无法显示",
            "签名之后文件有追加内容，但无法绘制 {what}，因此不能确认页面是否保持不变。",
            "请重新生成 PDF，签名后提交。",
        ),
    ),
    # is it signed at all
    "unsigned": _entry(
        _UNSIGNED,
        "NO_SIGNING_CERTIFICATE_FOUND",
        (
            "Not signed",
            "There is no digital signature in this PDF. A scanned or drawn signature is a picture.",
            "Sign the PDF with your certificate and file the signed copy.",
        ),
        (
            "未签名",
            "该 PDF 中没有数字签名。扫描或手绘的签名只是图片。",
            "请使用证书对 PDF 签名后提交。",
        ),
    ),
    "printed-to-pdf": _entry(
        _UNSIGNED,
        "NO_SIGNING_CERTIFICATE_FOUND",
        (
            "Printed to PDF",
            "This file was printed to PDF ({producer}). Printing leaves a signature behind.",
            "File the signed PDF itself, not a print of it.",
        ),
        (
            "文件是打印生成的 PDF",
            "该文件由打印程序生成（{producer}），打印会丢失数字签名。",
            "请提交已签名的原始 PDF，而不是打印件。",
        ),
    ),
    "too-few-signatures": _entry(
        _INVALID,
        "SIG_CONSTRAINTS_FAILURE",
        (
            "Signatures are missing",
            "{found} of {required} required signatures are good.",
            "Have everyone sign who has to, then file the document.",
        ),
        ("签名数量不足", "需要 {required} 个有效签名，仅有 {found} 个。", "请补齐签名后提交。"),
    ),
    "missing-role": _entry(
        _INVALID,
        "SIG_CONSTRAINTS_FAILURE",
        (
            "Somebody who has to sign has not",
            "Signed as {role}: {found} of {required}. One person fills one part only.",
            "Have them sign, too, then file the document.",
        ),
        (
            "缺少应签署人的签名",
            "“{role}”应有 {required} 个签名，现有 {found} 个。同一签署人只能担任一个角色。",
            "请相应人员补签后提交。",
        ),
    ),
    "level-too-low": _entry(
        _INVALID,
        "SIG_CONSTRAINTS_FAILURE",
        (
            "The signature lacks what keeps it provable",
            "It reaches level {level}; the tender asks for {required}.",
            "Sign again with an accepted timestamp; with the daylight command that is the default.",
        ),
        (
            "签名级别不足",
            "该签名为 {level} 级，招标要求 {required} 级。",
            "请附认可的时间戳重新签名；daylight 命令默认附加。",
        ),
    ),
    # the signature as such
    "broken-signature": _entry(
        _INVALID,
        "FORMAT_FAILURE",
        (
            "The signature is malformed",
            "The signature is not built as it must be: {what}.",
            _SIGN_AGAIN,
        ),
        ("签名格式错误", "签名结构不符合规范：{what}。", _SIGN_AGAIN_ZH),
    ),
    "seal-not-judged": _entry(
        _UNDECIDED,
        "GENERIC",
        (
            "An electronic seal of GB/T 38540 is not judged here",
            "The field {field} holds a seal in the format of GB/T 38540, not a signature (CMS).",
            "Sign the original document with a certificate as well, also one for SM2.",
        ),
        (
            "暂不验证 GB/T 38540 电子印章",
            "签名域 {field} 中是 GB/T 38540 格式的电子印章，而非数字签名（CMS）。",
            "请另用数字证书对原始文件签名，SM2 证书亦可。",
        ),
    ),
    "unsupported-signature": _entry(
        _UNDECIDED,
        "GENERIC",
        (
            "A kind of signature that is not supported",
            "The signature is of the kind {kind}.",
            "Sign with a tool that makes PAdES signatures (ETSI.CAdES.detached).",
        ),
        ("不支持的签名类型", "签名类型为 {kind}。", "请使用支持 PAdES 的工具签名。"),
    ),
    "unsupported-algorithm": _entry(
        _UNDECIDED,
        "GENERIC",
        (
            "An algorithm that is not supported",
            "The signature uses {algorithm}, which cannot be computed here.",
            "Sign with SHA-256 and RSA or ECDSA, or ask the contracting body.",
        ),
        (
            "不支持的算法",
            "签名使用了 {algorithm}，本系统无法计算。",
            "请使用 SHA-256 与 RSA 或 ECDSA 签名，或联系采购人。",
        ),
    ),
    "weak-algorithm": _entry(
        _INVALID,
        "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
        (
            "The signature is too weak",
            "{algorithm} was no longer safe at the time of signing.",
            "Sign again with SHA-256 and a key of at least 2048 bits (RSA) or 256 bits (ECDSA).",
        ),
        ("签名强度不足", "{algorithm} 在签名时已不安全。", "请使用更强的算法重新签名。"),
    ),
    "content-altered": _entry(
        _INVALID,
        "HASH_FAILURE",
        (
            "The signed content was altered",
            "What was signed is no longer what stands in the file.",
            _SIGN_AGAIN,
        ),
        ("签名内容被篡改", "文件内容与签名时不一致。", _SIGN_AGAIN_ZH),
    ),
    "signature-broken": _entry(
        _INVALID,
        "SIG_CRYPTO_FAILURE",
        (
            "The signature does not verify",
            "The signature value does not belong to this document and this certificate.",
            _SIGN_AGAIN,
        ),
        ("签名验证失败", "签名值与该文件及证书不匹配。", _SIGN_AGAIN_ZH),
    ),
    "changed-after-signing": _entry(
        _INVALID,
        "FORMAT_FAILURE",
        (
            "Edited after signing",
            "The file was changed after “{field}” was signed: {what}.",
            _SIGN_AGAIN,
        ),
        ("签名后被修改", "签名域“{field}”签署之后文件被修改：{what}。", _SIGN_AGAIN_ZH),
    ),
    "certified-twice": _entry(
        _INVALID,
        "FORMAT_FAILURE",
        (
            "Certified more than once",
            "{count} signatures certify this document; one may (ISO 32000-2, 12.8.2.2).",
            _SIGN_AGAIN,
        ),
        (
            "文件被多次认证",
            "有 {count} 个签名对该文件进行认证，只允许一个（ISO 32000-2, 12.8.2.2）。",
            _SIGN_AGAIN_ZH,
        ),
    ),
    "certified-late": _entry(
        _INVALID,
        "FORMAT_FAILURE",
        (
            "Certified after someone else had signed",
            "“{field}” certifies the document, but “{first}” was signed before it; the author who "
            "certifies signs first.",
            _SIGN_AGAIN,
        ),
        (
            "认证签名不是首个签名",
            "“{field}”对文件进行认证，但“{first}”签署在先；认证签名必须是首个签名。",
            _SIGN_AGAIN_ZH,
        ),
    ),
    "certification-unreadable": _entry(
        _INVALID,
        "FORMAT_FAILURE",
        (
            "What may follow the signature is not said clearly",
            "The signature says what may be changed after it, but not so that every reader "
            "understands the same: {what}.",
            _SIGN_AGAIN,
        ),
        (
            "签名的许可范围不明确",
            "签名声明了后续允许的修改，但各阅读器的理解可能不一致：{what}。",
            _SIGN_AGAIN_ZH,
        ),
    ),
    "usage-rights": _entry(
        _REMARK,
        None,
        (
            "A signature of a software vendor",
            "The document carries usage rights ({kind}), by which a vendor's software unlocks "
            "functions. They are no signature of a person, and nothing rests on them here.",
            _NOTHING,
        ),
        (
            "含有软件厂商的使用权签名",
            "该文件含有使用权（{kind}），用于启用厂商软件的功能。它不是个人或单位的签名，不作为验证依据。",
            _NOTHING_ZH,
        ),
    ),
    # the certificate
    "wrong-certificate": _entry(
        _INVALID,
        "SIG_CONSTRAINTS_FAILURE",
        (
            "Signed with a certificate of someone else",
            "The certificate belongs to {signer} ({identifiers}), which is not the supplier.",
            "Sign with your organisation's certificate, or have this one enrolled first.",
        ),
        (
            "证书与供应商不符",
            "证书属于 {signer}（{identifiers}），不是该供应商。",
            "请使用本单位证书签名，或先登记该证书。",
        ),
    ),
    "issuer-not-accepted": _entry(
        _INVALID,
        "NO_CERTIFICATE_CHAIN_FOUND",
        (
            "The issuer of the certificate is not accepted",
            "The certificate of {signer} was issued by {issuer}, which does not lead to an "
            "authority accepted here.",
            _ASK_AUTHORITY,
        ),
        (
            "证书颁发机构不被认可",
            "{signer} 的证书由 {issuer} 颁发，无法追溯到本平台认可的机构。",
            _ASK_AUTHORITY_ZH,
        ),
    ),
    "issuer-not-in-force": _entry(
        _INVALID,
        "NO_CERTIFICATE_CHAIN_FOUND",
        (
            "The issuer of the certificate is not accepted for this",
            "The certificate of {signer} was issued by {issuer}. That authority is accepted at "
            "other times or for other kinds of certificates, and not for this one at {at}.",
            _ASK_AUTHORITY,
        ),
        (
            "证书颁发机构在此不被认可",
            "{signer} 的证书由 {issuer} 颁发。该机构在其他时间或对其他类型的证书被认可，"
            "但在 {at} 对此证书不被认可。",
            _ASK_AUTHORITY_ZH,
        ),
    ),
    **_twice("not-qualified", _INVALID, _NOT_QUALIFIED, _NOT_QUALIFIED_ZH),
    **_twice("no-qualified-device", _INVALID, _NO_DEVICE, _NO_DEVICE_ZH),
    **_twice("qualified-status-unknown", _UNDECIDED, _STATUS_UNKNOWN, _STATUS_UNKNOWN_ZH),
    "certificate-not-for-signing": _entry(
        _INVALID,
        "CHAIN_CONSTRAINTS_FAILURE",
        (
            "The certificate is not for signing documents",
            "The certificate of {signer} is meant for: {usage}.",
            _ASK_AUTHORITY,
        ),
        ("证书不能用于签名", "{signer} 的证书用途为：{usage}。", _ASK_AUTHORITY_ZH),
    ),
    "expired-before-receipt": _entry(
        _INVALID,
        "OUT_OF_BOUNDS_NO_POE",
        (
            "The certificate had expired",
            "It was valid until {until}; the earliest proven time of the signature is {at}.",
            "Sign again with a certificate that is valid, and with a timestamp.",
        ),
        (
            "证书已过期",
            "证书有效期至 {until}，而可证明的最早签名时间为 {at}。",
            "请使用有效证书并加盖时间戳重新签名。",
        ),
    ),
    "not-yet-valid": _entry(
        _INVALID,
        "NOT_YET_VALID",
        (
            "The certificate was not valid yet",
            "It is valid from {since}; the proven time of the signature is {at}.",
            "Sign again when the certificate is valid.",
        ),
        ("证书尚未生效", "证书自 {since} 起有效，而签名时间为 {at}。", "请在证书生效后重新签名。"),
    ),
    "revoked": _entry(
        _INVALID,
        "REVOKED_NO_POE",
        (
            "The certificate was revoked",
            "The certificate of {holder} was revoked on {since}, before {at}.",
            _ASK_AUTHORITY,
        ),
        ("证书已被吊销", "{holder} 的证书于 {since} 被吊销，早于 {at}。", _ASK_AUTHORITY_ZH),
    ),
    "revoked-later": _entry(
        _REMARK,
        None,
        (
            "The certificate was revoked later",
            "The certificate of {holder} was revoked on {since}, after the proven time {at}.",
            _NOTHING,
        ),
        ("证书在签名后被吊销", "{holder} 的证书于 {since} 被吊销，晚于 {at}。", _NOTHING_ZH),
    ),
    "revocation-unavailable": _entry(
        _UNDECIDED,
        "TRY_LATER",
        (
            "It is not known yet whether the certificate was revoked",
            "There is no revocation data for the certificate of {holder} as of {at}.",
            _OURS,
        ),
        ("吊销状态暂时未知", "暂无 {holder} 的证书在 {at} 的吊销信息。", _OURS_ZH),
    ),
    "revocation-stale": _entry(
        _UNDECIDED,
        "TRY_LATER",
        (
            "What is known of the certificate is too old",
            "The newest word of the authority about {holder} is of {newest}; the tender asks for "
            "one that is fresher at {at}.",
            _OURS,
        ),
        (
            "吊销信息过旧",
            "颁发机构关于 {holder} 的最新信息为 {newest}；招标要求在 {at} 时有更新的信息。",
            _OURS_ZH,
        ),
    ),
    "revoked-backdated": _entry(
        _REMARK,
        None,
        (
            "The certificate was revoked afterwards, and the revocation dated back",
            "The authority said on {good} that the certificate of {holder} was good. After the "
            "file had arrived it named {since}, before {at}, as the day of revocation.",
            _NOTHING,
        ),
        (
            "证书事后被吊销且吊销日期被倒签",
            "颁发机构曾于 {good} 表明 {holder} 的证书有效；文件送达后才称其于 {since}"
            "（早于 {at}）被吊销。",
            _NOTHING_ZH,
        ),
    ),
    "revocation-not-proven": _entry(
        _INVALID,
        "TRY_LATER",
        (
            "The file does not prove that the certificate was not revoked",
            "The tender asks for that proof now, and there is none for {holder} as of {at}.",
            "Sign again with revocation data in the file (level B-LT).",
        ),
        (
            "文件未能证明证书未被吊销",
            "招标要求立即提供该证明，但没有 {holder} 的证书在 {at} 的吊销信息。",
            "请重新签名，并在文件中附带吊销信息（B-LT 级）。",
        ),
    ),
    # timestamps
    "timestamp-broken": _entry(
        _INVALID,
        "SIG_CRYPTO_FAILURE",
        (
            "A timestamp belongs to something else",
            "The timestamp of {authority} does not verify over this signature: {what}.",
            _SIGN_AGAIN,
        ),
        ("时间戳无效", "{authority} 的时间戳与该签名不匹配：{what}。", _SIGN_AGAIN_ZH),
    ),
    "timestamp-after-receipt": _entry(
        _INVALID,
        "TIMESTAMP_ORDER_FAILURE",
        (
            "A timestamp is later than the receipt of the file",
            "The timestamp says {stamped}; the file was received at {at}.",
            _SIGN_AGAIN,
        ),
        ("时间戳晚于接收时间", "时间戳为 {stamped}，而文件接收时间为 {at}。", _SIGN_AGAIN_ZH),
    ),
    "timestamp-not-accepted": _entry(
        _REMARK,
        None,
        (
            "The time-stamping authority is not accepted",
            "The timestamp of {authority} proves nothing here; the time of receipt is used.",
            _NOTHING,
        ),
        ("时间戳机构不被认可", "不采信 {authority} 的时间戳，改用接收时间。", _NOTHING_ZH),
    ),
    "timestamp-unconfirmed": _entry(
        _REMARK,
        None,
        (
            "The timestamp could not be confirmed",
            "There is no revocation data for {authority}; the time of receipt is used.",
            _NOTHING,
        ),
        ("时间戳无法确认", "缺少 {authority} 的吊销信息，改用接收时间。", _NOTHING_ZH),
    ),
    # content
    "active-content": _entry(
        _INVALID,
        "FORMAT_FAILURE",
        (
            "The PDF contains active content",
            "It contains {what}, which may show different things at different times.",
            "Export a PDF without scripts, forms of XFA or media, and sign that.",
        ),
        (
            "PDF 含有活动内容",
            "文件含有 {what}，显示内容可能变化。",
            "请导出不含脚本的 PDF 并签名。",
        ),
    ),
    "active-content-found": _entry(
        _REMARK,
        None,
        ("The PDF contains active content", "It contains {what}; it was not run.", _NOTHING),
        ("PDF 含有活动内容", "文件含有 {what}，未被执行。", _NOTHING_ZH),
    ),
    "empty-field": _entry(
        _REMARK,
        None,
        ("An empty signature field", "The field “{field}” was left unsigned.", _NOTHING),
        ("存在空白签名域", "签名域“{field}”未签署。", _NOTHING_ZH),
    ),
    "duplicate-field": _entry(
        _REMARK,
        None,
        ("Two fields of one name", "There is more than one field “{field}”.", _NOTHING),
        ("签名域重名", "存在多个名为“{field}”的签名域。", _NOTHING_ZH),
    ),
    "signer-not-pinned": _entry(
        _REMARK,
        None,
        (
            "An older kind of signature",
            "The signature does not name its certificate under its own protection.",
            "Prefer a tool that makes PAdES signatures.",
        ),
        ("旧式签名", "签名未在受保护属性中标明证书。", "建议使用支持 PAdES 的工具。"),
    ),
    "co-signed": _entry(
        _REMARK,
        None,
        ("Also signed by someone else", "{signer} has signed too; nobody asked for it.", _NOTHING),
        ("另有他人签名", "{signer} 也签署了该文件，并非必须。", _NOTHING_ZH),
    ),
    # judged by whoever asked for the document
    "wrong-form": _entry(
        _INVALID,
        "SIG_CONSTRAINTS_FAILURE",
        (
            "Not the form that was issued",
            "The signed PDF is not the form made for this bid: {what}.",
            "Download the form again, sign it unchanged, and file it.",
        ),
        ("不是本次投标的表单", "所签 PDF 与系统生成的表单不符：{what}。", "请重新下载并签名。"),
    ),
    "wrong-digest": _entry(
        _INVALID,
        "SIG_CONSTRAINTS_FAILURE",
        (
            "The form belongs to another bid",
            "The form carries {found}, this bid is {expected}.",
            "Download the form of this bid, sign it and file it.",
        ),
        ("表单属于另一份投标", "表单摘要为 {found}，本投标为 {expected}。", "请重新下载并签名。"),
    ),
}
