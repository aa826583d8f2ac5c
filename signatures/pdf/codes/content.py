"""Codes about what else is in the PDF, and about remarks that keep no bid out."""

from signatures.pdf.codes.shape import (
    NEVER_TAKEN,
    NOTED,
    NOTHING,
    NOTHING_ZH,
    REFUSED,
    Who,
    entry,
)

CONTENT = {
    "active-content": entry(
        REFUSED,
        "FORMAT_FAILURE",
        Who.SIGNER,
        (
            "The PDF contains active content",
            "It contains {what}, which may show different things at different times.",
            "Export a PDF without scripts, forms of XFA or media, and sign that.",
            "Scripts, layers, media and actions were looked for; none was run. Usually the PDF "
            "was made by form software or as a presentation.",
        ),
        (
            "PDF 含有活动内容",
            "文件含有{what}，显示的内容可能因时间或环境而变化。",
            "请导出不含脚本、XFA 表单和多媒体的 PDF 并签名。",
            "系统查找了脚本、图层、多媒体和自动动作，均未执行。"
            "常见原因是 PDF 由表单软件或演示文稿生成。",
        ),
    ),
    "active-content-found": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "The PDF contains active content",
            "It contains {what}; it was not run.",
            NOTHING,
            "Scripts, layers, media and actions were looked for. Usually the PDF was made by form "
            "software or as a presentation.",
        ),
        (
            "PDF 含有活动内容",
            "文件含有{what}，未被执行。",
            NOTHING_ZH,
            "系统查找了脚本、图层、多媒体和自动动作。常见原因是 PDF 由表单软件或演示文稿生成。",
        ),
    ),
    "shown-from-outside": entry(
        REFUSED,
        "FORMAT_FAILURE",
        Who.SIGNER,
        (
            "What the PDF shows is not all in it",
            "It shows something from another file, which nobody signed: {what}.",
            "Export a PDF that holds all it shows, and sign that.",
            "Every stream and drawing was looked at for a reference to another file. Usually the "
            "PDF was made for a printing house, or its pictures were left out to keep it small.",
        ),
        (
            "PDF 显示的内容不全在文件内",
            "文件显示了其他文件中的内容，该内容无人签名：{what}。",
            "请导出包含全部显示内容的 PDF 并签名。",
            "系统检查了全部数据流和图形是否引用其他文件。"
            "常见原因是 PDF 为印刷而制作，或为减小体积而未嵌入图片。",
        ),
    ),
    "read-in-two-ways": entry(
        REFUSED,
        "FORMAT_FAILURE",
        Who.SIGNER,
        (
            "The PDF says two things at one place",
            "An entry is stated twice with different values, and readers differ about which one "
            "holds: {what}.",
            "Export the document again, and sign that.",
            "Two programs read the whole file, and they were compared where an entry comes twice. "
            "Usually the program that wrote the PDF is faulty.",
        ),
        (
            "PDF 同一处有两种内容",
            "同一条目出现两次且取值不同，各阅读器采用的值可能不一致：{what}。",
            "请重新导出文件并签名。",
            "系统用两个程序读取整个文件，并比对了重复出现的条目。常见原因是生成 PDF 的软件有缺陷。",
        ),
    ),
    "empty-field": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "An empty signature field",
            "The field “{field}” was left unsigned.",
            NOTHING,
            "Every signature field was looked at. Usually the document has a place for a further "
            "signer whom nobody asked for.",
        ),
        (
            "存在空白签名域",
            "签名域“{field}”未签署。",
            NOTHING_ZH,
            "系统检查了全部签名域。常见原因是文件为其他签署人预留了位置，但并不要求其签署。",
        ),
    ),
    "duplicate-field": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "Two fields of one name",
            "There is more than one field “{field}”.",
            NOTHING,
            "The names of the signature fields were compared. Usually documents with the same "
            "field were merged before signing.",
        ),
        (
            "签名域重名",
            "存在多个名为“{field}”的签名域。",
            NOTHING_ZH,
            "系统比对了各签名域的名称。常见原因是签名前合并了含有同名签名域的文件。",
        ),
    ),
    "signer-not-pinned": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "An older kind of signature",
            "The signature does not name its certificate under its own protection.",
            "Prefer a tool that makes PAdES signatures.",
            "It was looked whether the signed part names the certificate. Usually the signing tool "
            "follows the older form of PDF signatures.",
        ),
        (
            "旧式签名",
            "签名未在受保护属性中标明证书。",
            "建议使用支持 PAdES 的工具。",
            "系统检查了签名的受保护部分是否标明证书。常见原因是签名软件采用较旧的 PDF 签名格式。",
        ),
    ),
    "co-signed": entry(
        NOTED,
        None,
        Who.NOBODY,
        (
            "Also signed by someone else",
            "{signer} has signed too; nobody asked for it.",
            NOTHING,
            "Every good signature was compared with those that are asked for. Usually a partner or "
            "an adviser has signed as well.",
        ),
        (
            "另有他人签名",
            "{signer} 也签署了该文件，并非必须。",
            NOTHING_ZH,
            "系统将各有效签名与要求的签署人作了比对。常见原因是合作方或顾问也签了名。",
        ),
    ),
    # judged by whoever asked for the document
    "wrong-form": entry(
        NEVER_TAKEN,
        "SIG_CONSTRAINTS_FAILURE",
        Who.SIGNER,
        (
            "Not the form that was issued",
            "The signed PDF is not the form made for this bid: {what}.",
            "Download the form again, sign it unchanged, and file it.",
            "The form carries the bid's data inside, and that was looked for. Usually the form was "
            "printed or exported before signing, which loses the data, or another PDF was signed.",
        ),
        (
            "不是本次投标的投标函",
            "所签 PDF 不是系统为本次投标生成的投标函：{what}。",
            "请重新下载投标函，原样签名后提交。",
            "投标函内嵌本次投标的数据，系统检查了该数据。"
            "常见原因是签名前将投标函打印或另存（内嵌数据因此丢失），或签了其他 PDF。",
        ),
    ),
    "wrong-digest": entry(
        NEVER_TAKEN,
        "SIG_CONSTRAINTS_FAILURE",
        Who.SIGNER,
        (
            "The form belongs to another bid",
            "The form carries {found}, this bid is {expected}.",
            "Download the form of this bid, sign it and file it.",
            "The digest of the bid inside the form was compared with that of this bid. Usually the "
            "bid was sealed anew and the form of the earlier version was signed.",
        ),
        (
            "投标函属于另一份投标",
            "投标函所载摘要为 {found}，本次投标为 {expected}。",
            "请下载本次投标的投标函，签名后提交。",
            "系统将投标函内嵌的投标摘要与本次投标作了比对。"
            "常见原因是重新封装投标后，仍签署了旧版本的投标函。",
        ),
    ),
}
