"""Codes about the file as a file, before any signature is looked at."""

from signatures.pdf.codes.shape import (
    CHECKED_AGAIN,
    NEVER_TAKEN,
    NOTHING_SENT,
    OURS,
    OURS_ZH,
    STAYS_OPEN,
    Who,
    entry,
)

FILES = {
    "not-a-pdf": entry(
        NEVER_TAKEN,
        "FORMAT_FAILURE",
        Who.SIGNER,
        (
            "Not a PDF",
            "The file does not begin as a PDF does.",
            "Export the document as PDF, sign it and file that.",
            "The first bytes of the file were read. Usually a text document, a picture or an "
            "archive was chosen instead of the signed PDF.",
        ),
        (
            "不是 PDF 文件",
            "该文件的开头不符合 PDF 格式。",
            "请将文档导出为 PDF，签名后提交。",
            "系统读取了文件的开头部分。常见原因是误选了文字处理文件、图片或压缩包。",
        ),
    ),
    "broken": entry(
        NEVER_TAKEN,
        "FORMAT_FAILURE",
        Who.SIGNER,
        (
            "The PDF is damaged",
            "Two independent readers do not read the same document from this file: {what}.",
            "Export the document again, sign it, and send it unchanged.",
            "Two independent programs read the file, and neither may repair it. Usually a transfer "
            "was cut short, or a program added or removed bytes after the file was made.",
        ),
        (
            "PDF 文件已损坏",
            "两个独立的解析程序从该文件中读出的内容不一致：{what}。",
            "请重新导出并签名，然后原样提交。",
            "系统用两个独立的程序读取文件，且均不作修复。"
            "常见原因是传输中断，或文件生成后又被其他程序增删了内容。",
        ),
    ),
    "password-protected": entry(
        NEVER_TAKEN,
        "FORMAT_FAILURE",
        Who.SIGNER,
        (
            "The PDF is protected by a password",
            "Nobody here can read an encrypted document, so nobody can judge it.",
            "Remove the password or the restrictions, sign again and file that copy.",
            "It was looked whether the file is encrypted. Usually the program that made the PDF "
            "was asked to forbid printing or editing, which encrypts the file, too.",
        ),
        (
            "PDF 有密码保护",
            "加密文件无法读取，也无法验证。",
            "请去除密码或限制，重新签名后提交。",
            "系统检查了文件是否加密。常见原因是导出时设置了密码，或禁止打印、编辑；"
            "后者同样会使文件加密。",
        ),
    ),
    "hybrid-views": entry(
        NEVER_TAKEN,
        "FORMAT_FAILURE",
        Who.SIGNER,
        (
            "Two documents in one file",
            "The file has one table of objects for old readers and one for new ones, and they do "
            "not show the same: {what}.",
            "Export the document again, without compatibility with old readers, sign it and file "
            "that.",
            "What old and new PDF readers find in the file was compared. Usually an old export "
            "filter is at fault; the same trick can also hide a second text.",
        ),
        (
            "一个文件包含两份内容",
            "该文件为新旧阅读器分别保存了对象表，两者显示的内容不一致：{what}。",
            "请重新导出文件（不使用旧版兼容模式），签名后提交。",
            "系统比对了新旧阅读器在该文件中读到的内容。常见原因是旧版导出功能有缺陷，"
            "但这种写法也可能用来隐藏另一份内容。",
        ),
    ),
    "too-large": entry(
        STAYS_OPEN,
        "GENERIC",
        Who.SIGNER,
        (
            "The file is too large to be checked",
            "It has {bytes} bytes; at most {limit} are checked.",
            "Split the document or reduce its images, and sign again.",
            "The length of the file was compared with the limit. Usually it holds scanned pages "
            "in full colour and high resolution.",
        ),
        (
            "文件过大，无法验证",
            "文件大小为 {bytes} 字节，上限为 {limit} 字节。",
            "请拆分文件或压缩图片后重新签名。",
            "系统比对了文件大小与上限。常见原因是含有高分辨率的彩色扫描页。",
        ),
    ),
    "resource-count": entry(
        STAYS_OPEN,
        "GENERIC",
        Who.SIGNER,
        (
            "The PDF is built in too complicated a way to be checked",
            "More stands in it than is looked at: {what} (limit {limit}).",
            "Print the document to a new PDF, sign that, and file it.",
            "The parts of the file were counted, so that no file can keep the checker busy for "
            "hours. Usually many documents were merged, or a drawing has very many small parts.",
        ),
        (
            "PDF 结构过于复杂，无法验证",
            "文件中的{what}超出验证上限（{limit}）。",
            "请将文档打印为新的 PDF，签名后提交。",
            "系统统计了文件的组成部分，以免个别文件长时间占用验证程序。"
            "常见原因是合并了大量文件，或图纸含有极多细小图元。",
        ),
    ),
    "wall-clock": entry(
        CHECKED_AGAIN,
        "GENERIC",
        Who.PLATFORM,
        (
            "The check took too long",
            "The check was stopped after {seconds} seconds.",
            OURS,
            "The check did not end within the time that one file may take. Usually this machine "
            "had much to do at once.",
        ),
        (
            "验证超时",
            "验证在 {seconds} 秒后被终止。",
            OURS_ZH,
            "验证未能在单个文件的限定时间内完成。常见原因是系统当时负载较高。",
        ),
    ),
    "crashed": entry(
        CHECKED_AGAIN,
        "GENERIC",
        Who.PLATFORM,
        (
            "The check failed",
            "Our checker stopped at step {step} ({error}).",
            OURS,
            "Our own program broke off while it read the file. Nothing follows from that about "
            "the file.",
        ),
        (
            "验证程序出错",
            "验证程序在步骤 {step} 处停止（{error}）。",
            OURS_ZH,
            "本平台的验证程序在读取文件时中断。这不说明文件本身有问题。",
        ),
    ),
    "unreadable": entry(
        NOTHING_SENT,
        "GENERIC",
        Who.SIGNER,
        (
            "The file cannot be read",
            "{what}",
            "Check the path and the permissions.",
            "The file was to be opened on your machine. Usually its name is mistyped, or another "
            "program holds it.",
        ),
        (
            "无法读取文件",
            "{what}",
            "请检查路径和权限。",
            "程序未能在您的电脑上打开该文件。常见原因是文件名有误，或文件被其他程序占用。",
        ),
    ),
    "too-much-to-draw": entry(
        STAYS_OPEN,
        "GENERIC",
        Who.SIGNER,
        (
            "Too many pages to compare",
            "Something was added after signing, and to see that it changed nothing, every page is "
            "drawn before and after. This document needs more than the {limit} pixels or steps "
            "that are drawn.",
            "Split the document, or file the copy that the last signer made, without additions.",
            "Every page is compared as it was signed and as it is shown now. Usually a very long "
            "document was signed by several people, or opened and saved after signing.",
        ),
        (
            "页数过多，无法比对",
            "签名之后文件有追加内容，需要绘制每一页的前后版本进行比对，但超出了 {limit} "
            "个像素或绘图步骤的上限。",
            "请拆分文件，或提交最后一位签名人签署且未追加内容的版本。",
            "系统逐页比对签署时与当前显示的内容。"
            "常见原因是页数很多的文件由多人签署，或签名后又被打开并保存。",
        ),
    ),
    "not-drawn": entry(
        STAYS_OPEN,
        "GENERIC",
        Who.SIGNER,
        (
            "The pages cannot be shown",
            "Something was added after signing, and whether the pages still look the same cannot "
            "be seen: {what} cannot be drawn.",
            "Print the document to a new PDF, sign that, and file it.",
            "Every page is compared as it was signed and as it is shown now. Usually the program "
            "that made the PDF wrote a page that not every viewer can show.",
        ),
        (
            "页面无法显示",
            "签名之后文件有追加内容，但无法绘制{what}，因此不能确认页面是否保持不变。",
            "请将文档打印为新的 PDF，签名后提交。",
            "系统逐页比对签署时与当前显示的内容。"
            "常见原因是生成 PDF 的软件写出了部分阅读器无法显示的页面。",
        ),
    ),
}
