"""Codes about whether a document is signed at all, and by all who have to."""

from signatures.pdf.codes.shape import NOT_SIGNED, REFUSED, Who, entry

PARTS = {
    "unsigned": entry(
        NOT_SIGNED,
        "NO_SIGNING_CERTIFICATE_FOUND",
        Who.SIGNER,
        (
            "Not signed",
            "There is no digital signature in this PDF. A scanned or drawn signature is a picture.",
            "Sign the PDF with your certificate and file the signed copy.",
            "Every signature field of the PDF was looked at. Usually the file was chosen that was "
            "made before signing, or a scan of a paper that was signed by hand.",
        ),
        (
            "未签名",
            "该 PDF 中没有电子签名。扫描或手绘的签名、印章只是图片。",
            "请使用数字证书对 PDF 签名，并提交签名后的文件。",
            "系统检查了 PDF 中的全部签名域。常见原因是误选了签名前的文件，"
            "或提交了手签、盖章纸件的扫描件。",
        ),
    ),
    "printed-to-pdf": entry(
        NOT_SIGNED,
        "NO_SIGNING_CERTIFICATE_FOUND",
        Who.SIGNER,
        (
            "Printed to PDF",
            "This file was printed to PDF ({producer}). Printing leaves a signature behind.",
            "File the signed PDF itself, not a print of it.",
            "No signature was found, and the file names a printing program as its maker. Usually "
            "the signed PDF was opened and printed to a new PDF, which keeps the picture only.",
        ),
        (
            "文件是打印生成的 PDF",
            "该文件由打印程序生成（{producer}），打印会丢失电子签名。",
            "请提交已签名的原始 PDF，而不是打印件。",
            "文件中没有电子签名，且其生成软件为打印程序。"
            "常见原因是打开已签名的 PDF 后又“打印为 PDF”，只保留了页面图像。",
        ),
    ),
    "too-few-signatures": entry(
        REFUSED,
        "SIG_CONSTRAINTS_FAILURE",
        Who.SIGNER,
        (
            "Signatures are missing",
            "{found} of {required} required signatures are good.",
            "Have everyone sign who has to, then file the document.",
            "The good signatures were counted against those that are asked for. Usually a second "
            "person has not signed yet, or one person signed twice, which counts once.",
        ),
        (
            "签名数量不足",
            "需要 {required} 个有效签名，仅有 {found} 个。",
            "请补齐签名后提交。",
            "系统将有效签名的数量与要求作了比对。常见原因是另一签署人尚未签名，"
            "或同一人签了两次（只计一次）。",
        ),
    ),
    "missing-role": entry(
        REFUSED,
        "SIG_CONSTRAINTS_FAILURE",
        Who.SIGNER,
        (
            "Somebody who has to sign has not",
            "Signed as {role}: {found} of {required}. One person fills one part only.",
            "Have them sign, too, then file the document.",
            "Each part in which somebody has to sign was matched with one signer. Usually one "
            "person signed for two parts, or signed with a certificate that is not theirs.",
        ),
        (
            "缺少应签署人的签名",
            "“{role}”应有 {required} 个签名，现有 {found} 个。同一签署人只能担任一个角色。",
            "请相应人员补签后提交。",
            "系统为每个应签署的角色各匹配一名签署人。"
            "常见原因是一人代签两个角色，或使用了他人的数字证书。",
        ),
    ),
    "level-too-low": entry(
        REFUSED,
        "SIG_CONSTRAINTS_FAILURE",
        Who.SIGNER,
        (
            "The signature lacks what keeps it provable",
            "It reaches level {level}; the tender asks for {required}.",
            "Sign again with an accepted timestamp; with the daylight command that is the default.",
            "It was looked whether timestamps and revocation data travel in the file. Usually the "
            "signing tool was not told of a time-stamping authority, or was offline.",
        ),
        (
            "签名级别不足",
            "该签名为 {level} 级，招标要求 {required} 级。",
            "请附认可的时间戳重新签名；daylight 命令默认附加。",
            "系统检查了文件中是否带有时间戳和吊销信息。"
            "常见原因是签名软件未配置时间戳机构，或签名时没有联网。",
        ),
    ),
}
