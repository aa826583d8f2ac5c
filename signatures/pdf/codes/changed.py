"""What the judge says about changes behind a signature, in Chinese: one row for every phrase.

A hole is named for what fills it: ``number`` and its kin are digits, ``what`` and its kin are
phrases themselves, anything else is a name out of the file.
"""

CHANGED = {
    # increments, byte by byte
    "{number} bytes at the end of the file are signed by nobody": (
        "文件末尾有 {number} 字节未被任何签名覆盖"
    ),
    "a table of objects can be read in two ways: {what}": "对象表存在两种解读：{what}",
    "a table of objects is not written as it must be": "对象表写法不规范",
    "a table of objects reaches behind the signed bytes": "对象表延伸到签名覆盖范围之外",
    "a trailer cannot be read": "文件尾部信息（trailer）无法读取",
    "an entry brings back an object from a signed object stream": (
        "追加内容重新启用了已签名对象流中的对象"
    ),
    "an entry brings back an object from the signed bytes": "追加内容重新启用了已签名内容中的对象",
    "an increment has two tables of objects": "一处追加内容含有两个对象表",
    "an object stream can be read in two ways": "对象流存在两种解读",
    "bytes {number} to {last_number} belong to no object": (
        "第 {number} 至 {last_number} 字节不属于任何对象"
    ),
    "no object stands at {number}": "位置 {number} 处没有对象",
    "object {number} cannot be read": "对象 {number} 无法读取",
    "object {number} does not end": "对象 {number} 没有正常结束",
    "object {number} does not end within the signed bytes": (
        "对象 {number} 未在签名覆盖的内容内结束"
    ),
    "object {number} is used a second time": "对象编号 {number} 被重复使用",
    "object {number} stands at {place_number}, its entry points elsewhere": (
        "对象 {number} 位于 {place_number}，对象表中的条目却指向别处"
    ),
    "startxref points elsewhere": "startxref 指向别处",
    "the increment at {number} does not end as it must": "位于 {number} 的追加内容结尾不规范",
    "the signed bytes do not end with a revision of the file": (
        "签名覆盖的内容不是文件的一个完整版本"
    ),
    "the signed revision is not part of the file's history": "已签名的版本不在文件的修订记录中",
    "two entries point at one object": "两个条目指向同一对象",
    # tables and streams that two readers may take for different ones
    "a section has other entries than it says": "对象表一节的条目与其声明不符",
    "an object is named twice": "同一对象出现两次",
    "an object stream holds another object": "对象流中含有另一对象",
    "an object stream holds what no table names": "对象流中含有对象表未列出的内容",
    "an object stream names an object twice": "对象流中同一对象出现两次",
    "a trailer does not count all objects": "文件尾部信息（trailer）未计入全部对象",
    "a trailer drops objects": "文件尾部信息（trailer）使部分对象失效",
    "object {number} was taken away": "对象 {number} 被移除",
    # what an increment wrote
    "a table of objects overwrites object {number}": "对象表覆盖了对象 {number}",
    "an annotation on a certified document: {what}": "在经认证的文件上添加了批注：{what}",
    "an increment brings neither a signature nor evidence": "追加内容既不是签名，也不是验证信息",
    "another catalog": "文件目录对象被替换",
    "the catalog's {name}": "文件目录中的 {name}",
    "the metadata is none": "元数据格式不符",
    "{what} cannot be read ({error})": "{what}无法读取（{error}）",
    "{what} overwrites object {number}": "{what}覆盖了对象 {number}",
    "an increment": "追加内容",
    "an extension": "扩展信息",
    "the metadata": "元数据",
    "the signed content": "已签名内容",
    "the document's information": "文件属性",
    "the list of fields": "表单域列表",
    "the list of annotations": "批注列表",
    "the form": "表单",
    "form": "表单",
    "page": "页面",
    # further signatures
    "a stamped signature {name} in a visible area of a certified document, covers what was signed "
    "on page {number}": "签名“{name}”在经认证文件的可见区域盖章，遮挡了第 {number} 页的已签名内容",
    "a stamped signature {name} in a visible area of a certified document": (
        "签名“{name}”在经认证文件的可见区域盖章"
    ),
    "a stamped signature {name} covers what was signed on page {number}": (
        "签名“{name}”的图章遮挡了第 {number} 页的已签名内容"
    ),
    "the new field {name} is on no page": "新签名域“{name}”不在任何页面上",
    "the new field {name} reaches over the edge of its page": "新签名域“{name}”超出了页面边缘",
    "the new field {name} takes a large part of its page": "新签名域“{name}”占据了页面的很大部分",
    "the new field {name} is not always seen": "新签名域“{name}”并非始终可见",
    "a frame around the new field {name}": "新签名域“{name}”的边框",
    "the appearance of {name} has several states": "“{name}”的外观有多种状态",
    "the appearance of {name} rests on object {number}": (
        "“{name}”的外观引用了此前已有的对象 {number}"
    ),
    "the appearance of {name} can be switched": "“{name}”的外观可以切换显示",
    "a field on something that is no page": "签名域不在页面上",
    "the {what} gained or lost other fields or annotations": "{what}中增减了其他表单域或批注",
    "the {key} of the new field {name}": "新签名域“{name}”的 {key}",
    "the {key} of the field {name}": "签名域“{name}”的 {key}",
    "the appearance of {name}": "“{name}”的外观",
    "the timestamp {name} took a visible field": "时间戳“{name}”占用了可见的签名域",
    "the field {name} was signed before": "签名域“{name}”此前已签署",
    "the field {name} was hidden when the document was signed": (
        "签名域“{name}”在文件签署时处于隐藏状态"
    ),
    "the field {name}, which {holder} had locked": "签名域“{name}”，该域已被“{holder}”锁定",
    "the form's {name}": "表单的 {name}",
    "the signature {name}, on a document that {holder} certified against any change": (
        "签名“{name}”，而“{holder}”已认证该文件不得再作任何更改"
    ),
    "the signature {name}, on a document that {holder} locked against any change": (
        "签名“{name}”，而“{holder}”已锁定该文件，不得再作任何更改"
    ),
    "the signature {name} behind it is broken": "其后的签名“{name}”无效",
    "the signature {name} overwrites something else": "签名“{name}”覆盖了其他内容",
    "the signature {name}": "签名“{name}”",
    # the store of evidence
    "a security store entry of an unknown kind": "验证信息库（DSS）中有未知类型的条目",
    "object {number} in the security store is no evidence": (
        "验证信息库（DSS）中的对象 {number} 不是验证信息"
    ),
    "the security store holds something that is no stream": (
        "验证信息库（DSS）中含有非数据流的内容"
    ),
    "the security store is none": "验证信息库（DSS）格式不符",
    "the security store overwrites something else": "验证信息库（DSS）覆盖了其他内容",
    "the security store was taken away": "验证信息库（DSS）被移除",
    "the security store's {name}": "验证信息库（DSS）的 {name}",
    "the security store": "验证信息库（DSS）",
    # what the file says about itself
    "the document's {name} in its metadata": "元数据中的 {name}",
    "the document's information is none": "文件属性格式不符",
    "the metadata cannot be compared": "元数据无法比对",
    "the document's {name}": "文件属性中的 {name}",
    # what was signed refers to what came later
    "signed content refers to object {number}, which was added later": (
        "已签名内容引用了后来追加的对象 {number}"
    ),
    "signed content uses object {number} as something else, too": (
        "已签名内容把对象 {number} 另作他用"
    ),
    # pages, as they look
    "{number} pages are shown, {signed_number} were signed": (
        "当前显示 {number} 页，签署时为 {signed_number} 页"
    ),
    "page {number} has another size": "第 {number} 页的页面尺寸已变",
    "page {number} looks different": "第 {number} 页的显示内容已变",
    # objects
    "page (object {number})": "页面（对象 {number}）",
    "page {number}": "第 {number} 页",
    "the form field {name}": "表单域“{name}”",
    "{name} (object {number})": "{name}（对象 {number}）",
    "object {number}": "对象 {number}",
    "{key} of {what}": "{what}的 {key}",
}
