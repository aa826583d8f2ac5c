"""What the errors of the formats say: in English their own sentence, in Chinese that of their code.

The formats stand on their own and name what is wrong in English, precisely, with a stable code. A
code means the same wherever it is raised. What the place is (a JSON pointer, a byte, a path) is
said in both languages.
"""

from bidding.sealed.container import ContainerRefused
from client.output import Stopped
from procurement.texts import Text, say

SAID = {
    # age files and keys
    "age-error": Text("This age key or file cannot be used", "该 age 密钥或文件无法使用"),
    "age-bad-key": Text("What was given as a key is none", "不是可用于此处的密钥"),
    "age-bad-header": Text("This is no age file as it must be", "该 age 文件的文件头不合格式"),
    "age-no-match": Text("The file is not for this key", "该文件不是为此密钥或口令加密的"),
    "age-bad-mac": Text("The file's header was changed", "该文件的文件头已被改动"),
    "age-bad-payload": Text("The file's content was changed", "该文件的内容已被改动或截断"),
    # Shamir's shares
    "bad-threshold": Text("No such threshold can be", "密钥份额的门限值不可用"),
    "bad-coefficients": Text("The coefficients do not fit", "系数与密钥不符"),
    "shares-disagree": Text("The shares are not of one secret", "各密钥份额不属于同一密钥"),
    "too-few-shares": Text("There are too few shares", "密钥份额不足"),
    "bad-length": Text("The shares are not equally long", "各密钥份额长度不一"),
    "bad-point": Text("A share has no place of its own", "有密钥份额的编号为零或重复"),
    # keys, signed notes and checkpoints
    "bad-key-name": Text("This cannot name a key", "不能用作密钥名称"),
    "bad-key": Text("This is no key to rely on", "不是可信赖的签名密钥"),
    "bad-time": Text("A cosignature cannot carry this time", "会签不能载明该时间"),
    "not-signed": Text("A signature is missing", "缺少所需的签名"),
    "no-known-signature": Text("No known key signed this", "没有任何已知密钥签署过该文件"),
    "ambiguous-key": Text("Two known keys are the same", "有两个已知密钥无法区分"),
    "duplicate-signature": Text("Somebody signed twice", "有签名人重复签名"),
    "not-a-note": Text("This is no signed note", "不是签名文件"),
    "too-many-signatures": Text("There are too many signatures", "签名过多"),
    "bad-signature-line": Text("This is no signature line", "签名行不合格式"),
    "bad-signature": Text("A signature does not hold", "签名无效"),
    "control-character": Text("There is a control character", "含有控制字符"),
    "bad-line": Text("A line of the checkpoint is empty or not plain", "检查点含有不可用的行"),
    "bad-size": Text("The checkpoint's size is no number of leaves", "检查点的规模不可用"),
    "bad-root": Text("The checkpoint's root does not fit", "检查点的根哈希不符"),
    "too-short": Text("The checkpoint has too few lines", "检查点的行数不足"),
    "foreign-origin": Text("The key is not this log's", "该密钥无权代表此日志签署"),
    "quorum-missing": Text("Too few witnesses signed", "签署的见证方未达法定数量"),
    "quorum-too-large": Text("There are fewer witnesses", "见证方数量少于法定数量"),
    # JSON, and objects of every type
    "too-large": Text("This is too large", "超出允许的大小"),
    "not-canonical": Text("The JSON is not canonical", "JSON 未采用规范写法"),
    "integer-too-large": Text("An integer is too large", "整数过大"),
    "not-an-integer": Text("An integer is needed", "此处须为整数"),
    "too-deep": Text("The JSON is nested too deeply", "JSON 嵌套过深"),
    "not-json": Text("This is not JSON", "不是 JSON"),
    "key-not-ascii": Text("A key is not ASCII", "有名称不是 ASCII 字符"),
    "lone-surrogate": Text("There is half a character", "含有不完整的字符"),
    "not-nfc": Text("This is not in Unicode normal form C", "未采用 Unicode 规范形式 C"),
    "not-utf8": Text("This is not UTF-8", "不是 UTF-8 文本"),
    "duplicate-key": Text("A name stands twice", "同一对象中有名称重复出现"),
    "not-an-object": Text("An object is needed", "此处须为 JSON 对象"),
    "wrong-type": Text("This is of another type", "不是所需类型的文件"),
    "unknown-field": Text("There is no such field", "没有该字段"),
    "missing-field": Text("A field is missing", "缺少该字段"),
    "not-a-choice": Text("This is not among the choices", "不在可选范围内"),
    "not-a-list": Text("A list is needed", "此处须为列表"),
    "bad-name": Text("This is no name for it", "名称不可用"),
    "wrong-length": Text("This has another length than allowed", "长度或数量不符合要求"),
    "not-a-boolean": Text("true or false is needed", "此处须为 true 或 false"),
    "not-a-string": Text("A string is needed", "此处须为字符串"),
    "wrong-form": Text("This is not of the form needed", "写法不符合要求"),
    "out-of-range": Text("The number is out of range", "数值超出范围"),
    "not-an-instant": Text("An instant is needed", "时间须写成 2026-01-01T00:00:00.000000Z 的形式"),
    "not-hex": Text("Hex digits are needed", "此处须为规定长度的小写十六进制数"),
    "not-base64": Text("Base64 is needed", "此处须为规定长度的 Base64"),
    # what an object says of itself
    "wrong-order": Text("The order is another", "排列顺序不符"),
    "not-sorted": Text("The entries are not sorted", "各项未排序或有重复"),
    "wrong-count": Text("The number is another", "数量不符"),
    "bad-leaf": Text("This is no leaf of a file or field", "不是文件或字段的条目"),
    "same-salt": Text("A salt stands twice", "有盐值重复"),
    "offer-of-strings": Text("Offers hold strings", "报价只能含字符串"),
    "other-fields": Text("These are not the offer's fields", "各条目与报价的字段不符"),
    "same-opener": Text("Openers stand once, in order", "开标人须依次列出且不得重复"),
    "price-without-bid": Text("An opened bid has no price", "已开启的投标须有报价"),
    "no-envelope": Text("A bid has at least one envelope", "投标至少须有一个信封"),
    "ends-too-early": Text("A mandate ends before it begins", "授权在开始前已经结束"),
    "lead-not-member": Text("The lead is no member", "牵头方须为联合体成员"),
    "members-not-sorted": Text("Members stand once, sorted", "联合体成员须排序且不得重复"),
    "wrong-version": Text("The version does not fit", "投标的版本与其所取代的投标不符"),
    "same-lot": Text("A lot stands twice", "有标段重复出现"),
    "unknown-lot": Text("This lot is not in the notice", "公告中没有该标段"),
    "gate-too-early": Text("Bids still come in then", "开启时间早于投标截止时间"),
    "no-spare": Text("At least one opener may be missing", "须允许至少一名开标人缺席"),
    "same-person": Text("A person opens once", "同一人不得担任两名开标人"),
    "same-key": Text("Every holder has an own key", "每名持有人须有各自的密钥"),
    # containers
    "inner-too-large": Text("The content's list is too large", "内容目录过大"),
    "wrong-padding": Text("The padding is not as it must be", "填充内容不符"),
    "not-as-written": Text("These bytes were written otherwise", "字节与规定的写法不符"),
    "unsafe-path": Text("This path cannot be used", "文件路径不可用"),
    "path-too-long": Text("The path is too long", "文件路径过长"),
    "same-path": Text("A path stands twice", "文件路径重复"),
    "file-as-folder": Text("A file is a folder as well", "同一路径既是文件又是文件夹"),
    "too-many-files": Text("There are too many files", "文件过多"),
    "wrong-crc": Text("The checksum does not match", "校验和不符"),
    "directory-misplaced": Text("The directory lies elsewhere", "文件目录的位置不符"),
    "trailing-bytes": Text("Something follows the end", "结尾之后还有内容"),
    "file-changed": Text("The file was changed meanwhile", "文件在封装过程中被改动"),
    "wrong-digest": Text("The digest does not match", "摘要不符"),
    "wrong-size": Text("No container has this size", "容器的大小不可用"),
    "compressed": Text("The content is compressed", "内容经过压缩"),
    "cut-short": Text("The content is cut short", "内容不完整"),
    # envelopes that do not open
    "unwrap-failed": Text("It does not decrypt", "无法解密"),
    "wrong-content": Text("The content is another", "内容与清单不符或不合格式"),
    "wrong-context": Text("It belongs elsewhere", "属于另一招标、信封或持有人"),
    "does-not-combine": Text("The shares give no key", "各密钥份额无法合成密钥"),
    "does-not-rebuild": Text("It does not rebuild", "无法重建出相同的信封"),
    "wrong-file": Text("The file is another", "文件与清单所列不符"),
    "integrity": Text("It is not what was filed", "内容与递交时不符"),
    "disputed": Text("What was disclosed is not what was sealed", "所公开的与所封装的不一致"),
    "authority-fault": Text("Shares or the pad are missing", "密钥份额不足，或计时方未放行"),
    # histories, and holders
    "not-readable": Text("The history cannot be read", "招标记录无法读取"),
    "forked-chain": Text("Two decisions follow the same one", "有两项决定接在同一决定之后"),
    "broken-chain": Text("A decision is missing", "招标记录中缺少一项决定"),
    "other-checkpoint": Text("The proof is for another checkpoint", "证明针对的是另一检查点"),
    "bad-head-proof": Text("The proof of the head does not hold", "最新决定的证明不成立"),
    "not-in-the-log": Text("The log does not hold this", "日志中没有该决定"),
    "not-the-head": Text("Another history was signed", "见证方签署的记录与此不同"),
    "no-notice": Text("There is no notice", "招标记录中没有公告"),
    "no-previous": Text("A later version names the one before", "新版公告须注明前一版"),
    "short-and-opened": Text(
        "A lot is said to be opened and to have too few bids", "同一标段既称已开启又称投标不足"
    ),
    "not-asked": Text("An entry is about somebody else", "有条目针对其他单位"),
    "unknown-agency": Text("The anchors do not name this agency", "信任锚未列该采购机关的公钥"),
    "unknown-timekeeper": Text("The anchors do not name this timekeeper", "信任锚未列该计时方"),
    "other-log": Text("The keyset is for another log", "密钥集是为另一日志生成的"),
    "keyset-not-signed": Text("The agency did not sign the keyset", "采购机关未签署密钥集"),
    "acknowledgement-not-signed": Text(
        "The timekeeper did not sign an acknowledgement", "计时方未签署确认"
    ),
    "unsigned-decision": Text("A decision is not validly signed", "有决定未由有权机构签署"),
    "missing-object": Text("An object is missing", "招标记录中缺少一份文件"),
    "other-note": Text("A note says something else", "签名文件的内容与所称不符"),
    "other-object": Text("An object has other bytes", "文件的内容与其摘要不符"),
    "other-tender": Text("This is of another tender", "属于另一招标"),
    "other-keyset": Text("This is for another keyset", "针对的是另一密钥集，不予应答"),
    "other-holder": Text("This is for another holder", "针对的是另一持有人，不予应答"),
    "no-such-holder": Text("The keyset has no such holder", "密钥集中没有该持有人"),
    "not-your-place": Text("These keys are another's", "密钥集中该持有人的密钥不是这些"),
}
NO_FILE = Text("there is no such file", "没有该文件")
IS_THERE = Text("it is there already", "该文件已存在")
NOT_ALLOWED = Text("this is not allowed here", "没有权限")


def explained(error: Exception, lang: str) -> str:
    """Say an error in the reader's language, as one sentence without a full stop."""
    if isinstance(error, Stopped):
        return error.said(lang).rstrip(".。")
    if isinstance(error, OSError):
        return _about_a_file(error, lang)
    code = code_of(error)
    if code not in SAID:
        return f"{error} ({code})" if code else str(error)
    if not lang.startswith("zh") and not isinstance(error, ContainerRefused):
        return str(error)
    return _by_code(error, lang)


def code_of(error: BaseException | None) -> str:
    """Give an error's stable code, empty where it has none."""
    return str(getattr(error, "code", None) or getattr(error, "cause", None) or "")


def _by_code(error: BaseException, lang: str) -> str:
    """Say the sentence of an error's code, the place, and what lay beneath it."""
    code, beneath = code_of(error), error.__cause__
    said = say(SAID[code], {}, lang) + _place(getattr(error, "where", None), lang)
    if beneath is None or code_of(beneath) not in SAID:
        return said
    deeper = _by_code(beneath, lang)
    return deeper if code_of(beneath) == code else f"{said}：{deeper}"


def _place(where: str | int | None, lang: str) -> str:
    if where is None or where == "":
        return ""
    return say(Text(" (at {where})", "（位置：{where}）"), {"where": where}, lang)


def _about_a_file(error: OSError, lang: str) -> str:
    known = {FileNotFoundError: NO_FILE, FileExistsError: IS_THERE, PermissionError: NOT_ALLOWED}
    text = known.get(type(error))
    why = say(text, {}, lang) if text else str(error.strerror or error)
    between = Text("{where}: {why}", "文件 {where}：{why}")
    return say(between, {"where": error.filename, "why": why}, lang) if error.filename else why
