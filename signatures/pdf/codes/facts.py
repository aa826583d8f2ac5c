"""Phrases that stand inside the sentences of codes, in Chinese, and a few in plain English.

The holes are named as in ``changed``.
"""

from procurement.texts import Text

FACTS = {
    # what there may be too much of
    "annotations": "批注数量",
    "comments": "注释数量",
    "decoded bytes": "解压后的字节数",
    "escapes": "转义字符数量",
    "fields": "表单域数量",
    "fields and bookmarks": "表单域和书签数量",
    "hashed bytes": "参与摘要计算的字节数",
    "hybrid objects": "混合对象数量",
    "nesting": "嵌套层数",
    "objects": "对象数量",
    "entries": "对象表条目数量",
    "sections": "对象表数量",
    "pages": "页数",
    "revisions": "修订版本数量",
    "signatures": "签名数量",
    "timestamps": "时间戳数量",
    "values": "数据值数量",
    # files inside
    "its embedded files cannot be read ({error})": "内嵌文件无法读取（{error}）",
    "an embedded file is cut short": "有内嵌文件不完整",
    "an embedded file is damaged": "有内嵌文件已损坏",
    "an embedded file is packed more than once": "有内嵌文件经过多重压缩",
    "an embedded file is packed with {name}": "有内嵌文件采用 {name} 压缩",
    "more than {number} embedded files": "内嵌文件多于 {number} 个",
    "{number} embedded files": "内嵌文件为 {number} 个",
    "the PDF is protected by a password": "PDF 有密码保护",
    "the embedded files are too large": "内嵌文件过大",
    "the embedded files cannot be read": "内嵌文件无法读取",
    # active content
    "JavaScript": "JavaScript 脚本",
    "Launch": "启动外部程序的动作（Launch）",
    "ImportData": "导入数据的动作（ImportData）",
    "SubmitForm": "提交表单的动作（SubmitForm）",
    "Rendition": "播放多媒体的动作（Rendition）",
    "GoToE": "打开内嵌文件的动作（GoToE）",
    "GoTo3DView": "切换三维视图的动作（GoTo3DView）",
    "RichMediaExecute": "富媒体动作（RichMediaExecute）",
    "SetOCGState": "切换图层的动作（SetOCGState）",
    "optional content": "可选内容（图层）",
    "XFA": "XFA 表单",
    "media": "多媒体",
    "alternate pictures": "替换图片（屏幕与打印可能不同）",
    "XFA in place of the pages": "取代页面的 XFA 表单",
    "{what} (object {number})": "{what}（对象 {number}）",
    "a stream": "数据流",
    "a page of another document": "另一文件的页面",
    "a picture for print": "仅供印刷的图片",
    "the trailer": "文件尾部信息（trailer）",
    # the file as a whole
    "something stands before the header": "文件头之前有其他内容",
    "the end of the file is missing": "缺少文件结尾",
    "one counts {number} pages, the other {other_number}": (
        "一个程序读出 {number} 页，另一个读出 {other_number} 页"
    ),
    "a table of objects has lines that not every reader understands": (
        "对象表中有部分阅读器无法识别的条目"
    ),
    "a long chain of actions": "过长的动作链",
    "locked fields are a list of names": "被锁定的域应为名称列表",
    "the value of a signature field is a dictionary": "签名域的值应为字典",
    "the form cannot be read": "表单无法读取",
    "its objects cannot be followed ({error})": "无法追踪文件中的对象（{error}）",
    "object {number} is another for some readers": "对象 {number} 在部分阅读器中有所不同",
    "object {number} is shown, and old readers do not find it": (
        "显示内容中的对象 {number} 在旧版阅读器中无法找到"
    ),
    "the document": "该文件",
    "its form": "文件中的表单",
    "the subsections of a table are no increasing pairs of numbers": "对象表各小节的编号不是递增的",
    "a byte in a name is not escaped as it must be": "名称中有字节未按规范转义",
    # certification
    "/Perms": "/Perms 字典",
    "the catalog names a certification that is none": "文件目录指向的认证签名并不存在",
    "what {name} allows cannot be read": "“{name}”所声明的许可范围无法读取",
    # a signature as bytes
    "/ByteRange is not four numbers": "/ByteRange 不是四个数字",
    "/ByteRange {name}": "/ByteRange {name}",
    "/Contents is no string": "/Contents 不是字符串",
    "/Contents is too long": "/Contents 过长",
    "it does not name its certificate": "签名未标明所用证书",
    "nothing says that it is a timestamp": "其中未标明它是时间戳",
    "its certificate is not for timestamps alone": "其证书并非专用于时间戳",
    "it names another certificate": "签名标明的是另一张证书",
    "it signs something else than the file": "签名对象不是该文件",
    "its dictionary lies elsewhere": "签名字典不在应有的位置",
    "its dictionary was written twice": "签名字典被写入两次",
    "its field cannot be read ({error})": "签名域无法读取（{error}）",
    "more than /Contents is left unsigned": "除 /Contents 外还有内容未被签名覆盖",
    "no readable CMS ({error})": "没有可读取的 CMS 签名数据（{error}）",
    "no signing certificate": "缺少签名证书",
    "not exactly one signer": "签名数据中的签署人不是恰好一个",
    "something stands behind the CMS": "CMS 签名数据之后还有其他内容",
    "the CMS carries content of its own": "CMS 签名数据自带内容",
    "the CMS is no SignedData": "CMS 数据不是 SignedData 类型",
    "the signed attributes are not in order": "签名属性的排列顺序不符合规范",
    "the unsigned gap is not its /Contents": "未被签名覆盖的部分不是该签名的 /Contents",
    "there are no signed attributes": "没有签名属性",
    "two different /Contents": "存在两个不同的 /Contents",
    "a signature inside its field": "直接写在签名域内的签名",
    # a timestamp
    "it was made over something else": "时间戳针对的是其他内容",
    "unreadable ({error})": "无法读取（{error}）",
    # kinds of signatures, algorithms and keys
    "adbe.pkcs7.sha1: a PKCS #7 that signs a SHA-1 digest (old)": (
        "adbe.pkcs7.sha1：对 SHA-1 摘要签名的 PKCS #7（旧式）"
    ),
    "adbe.x509.rsa_sha1: a bare RSA value over SHA-1 (old)": (
        "adbe.x509.rsa_sha1：基于 SHA-1 的单独 RSA 签名值（旧式）"
    ),
    "none: it names no /SubFilter": "未注明（没有 /SubFilter）",
    "GOST R 34.10-2012 with Streebog-{number}": "GOST R 34.10-2012 与 Streebog-{number}",
    "GOST R 34.10-2012, {number} bits": "GOST R 34.10-2012（{number} 位）",
    "ecdsa_plain with {name} (BSI TR-03111, {oid})": (
        "ecdsa_plain 与 {name}（BSI TR-03111，{oid}）"
    ),
    "rsa {number}": "RSA {number} 位密钥",
    "dsa {number}": "DSA {number} 位密钥",
    "ec {number}": "椭圆曲线 {number} 位密钥",
    "ec {name}": "椭圆曲线 {name} 上的密钥",
    "{name}, by which the signature names its certificate": "签名标明其证书时所用的 {name}",
    "{name} does not go with this key": "{name} 与该密钥不匹配",
    "SM2 is verified over a message and with SM3": "SM2 签名须以 SM3 对原文验证",
    "the key is not an uncompressed point": "公钥不是未压缩的曲线点",
    "the value is not a signature": "签名值格式不符",
    "the value was not made with this key over this message": "签名值不是用该密钥对该内容生成的",
    # what a certificate is for (RFC 5280, 4.2.1.3 and 4.2.1.12)
    "digital_signature": "数字签名",
    "non_repudiation": "不可否认",
    "key_encipherment": "密钥加密",
    "data_encipherment": "数据加密",
    "key_agreement": "密钥协商",
    "key_cert_sign": "签发证书",
    "crl_sign": "签发吊销列表",
    "encipher_only": "仅加密",
    "decipher_only": "仅解密",
    "server_auth": "网站服务器",
    "client_auth": "登录认证",
    "code_signing": "软件代码签名",
    "email_protection": "电子邮件",
    "time_stamping": "时间戳",
    "ocsp_signing": "签发 OCSP 响应",
    # the checker itself, and the reader's own machine
    "worker ended {name}": "验证进程退出，代码 {name}",
    "[Errno 2] No such file or directory: {name}": "找不到文件 {name}",
    "[Errno 13] Permission denied: {name}": "没有权限读取 {name}",
    "[Errno 21] Is a directory: {name}": "{name} 是目录，不是文件",
    # what parsers say about files that are damaged
    "EOL marker not found": "缺少行结束标记",
    "Name object should start with /": "名称对象未以 / 开头",
    "Stream ended prematurely": "数据流提前结束",
    "Stream has ended unexpectedly": "数据流意外结束",
    "Unexpected escaped string: {name}": "字符串中有无法识别的转义：{name}",
    "Unexpected token in hex string: {name}": "十六进制字符串中有无法识别的内容：{name}",
    "unable to find trailer dictionary": "找不到文件尾部信息（trailer）",
    "can't find startxref": "找不到 startxref",
}
# Of what kind a fault is that a library found, by a clue in its words; the first that fits.
KINDS = {
    "xref|cross.reference|trailer": Text("its table of objects is damaged", "对象表已损坏"),
    "stream|inflate|zlib|compress|filter|decod": Text("data in it is damaged", "数据已损坏"),
    "asn1|asn\\.1|\\bder\\b|\\bcms\\b|\\btag\\b|certificate|signed.?data": Text(
        "the data of a signature is damaged", "签名数据已损坏"
    ),
    "object|dictionar|array|name|string|token|literal|number|index|page": Text(
        "something in it is not written as it must be", "内容写法不规范"
    ),
}
SOME_KIND = Text("a program could not read it to the end", "程序未能完整读取")
ENGLISH = {
    "digital_signature": "digital signatures",
    "non_repudiation": "signatures that cannot be denied",
    "key_encipherment": "encrypting keys",
    "data_encipherment": "encrypting data",
    "key_agreement": "agreeing on keys",
    "key_cert_sign": "issuing certificates",
    "crl_sign": "issuing revocation lists",
    "encipher_only": "encrypting only",
    "decipher_only": "decrypting only",
    "server_auth": "web servers",
    "client_auth": "signing in",
    "code_signing": "software",
    "email_protection": "e-mail",
    "time_stamping": "timestamps",
    "ocsp_signing": "answers about revocation (OCSP)",
}
