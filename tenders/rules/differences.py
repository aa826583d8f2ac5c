"""What differs between two versions of a notice, in words that a person reads."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from procurement.proof.canonical import JSON, canonical
from procurement.proof.instants import parse_instant
from procurement.texts import Text
from procurement.working_days import WEEKENDS_ONLY, Calendar
from tenders.notice import Notice
from tenders.rules.timetable import shown_at

OF_EVERY_VERSION = frozenset({"type", "version", "previous", "reason"})
INSTANTS = re.compile(r"/(closes_at|(questions|answers)_until|gates/[^/]+(/not_before)?)")
Value: TypeAlias = "JSON | Mapping[str, JSON]"
_KEYS = ("id", "name", "item", "lot")  # by which the elements of a list are told apart
_HEADLINES = ("text", "title", "description", "sha256", "not_before", "name")


@dataclass(frozen=True)
class Difference:
    """One thing that changed: where, what it is called, and what stood and stands there."""

    path: str
    what: Text
    before: str | None  # None: it was not there
    after: str | None  # None: it is not there any more
    zone: Calendar = field(default=WEEKENDS_ONLY, repr=False, compare=False)  # of who reads it

    @property
    def shown_before(self) -> str | None:
        """What stood there, an instant as the clock on the wall shows it."""
        return self._shown(self.before)

    @property
    def shown_after(self) -> str | None:
        """What stands there, an instant as the clock on the wall shows it."""
        return self._shown(self.after)

    def to_json(self) -> dict[str, JSON]:
        """Show it, for programs and for people."""
        return {
            "path": self.path,
            "what": {"en": self.what.en, "zh": self.what.zh},
            "before": self.before,
            "after": self.after,
            "shown": {"before": self.shown_before, "after": self.shown_after},
        }

    def _shown(self, value: str | None) -> str | None:
        if value is None or not INSTANTS.fullmatch(self.path):
            return value
        return shown_at(parse_instant(value), self.zone)


def differences(before: Notice, after: Notice, zone: Calendar = WEEKENDS_ONLY) -> list[Difference]:
    """Name everything that another version changes; empty for the same content.

    ``zone``: the calendar by whose clock instants are shown; UTC where none is known.
    """
    found = _of_maps(_content(before), _content(after), "")
    return [replace(one, zone=zone) for one in found]


def _content(notice: Notice) -> dict[str, JSON]:
    return {k: v for k, v in notice.to_json().items() if k not in OF_EVERY_VERSION}


def _of(before: Value, after: Value, path: str) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _of_maps(before, after, path)
    elif _is_keyed(before) and _is_keyed(after):
        yield from _of_lists(before, after, path)  # type: ignore[arg-type]
    else:
        yield Difference(path, label(path), _said(before), _said(after))


def _of_maps(
    before: Mapping[str, JSON], after: Mapping[str, JSON], path: str
) -> Iterator[Difference]:
    for name in [*before, *(name for name in after if name not in before)]:
        yield from _of(before.get(name), after.get(name), f"{path}/{name}")


def _of_lists(
    before: Sequence[Mapping[str, JSON]], after: Sequence[Mapping[str, JSON]], path: str
) -> Iterator[Difference]:
    was, now = ({_key(one): one for one in found} for found in (before, after))
    for key in [*was, *(key for key in now if key not in was)]:
        yield from _of(was.get(key), now.get(key), f"{path}/{key}")
    kept = [[key for key in found if key in was and key in now] for found in (was, now)]
    if kept[0] != kept[1]:
        order = label(path)
        what = Text(f"Order: {order.en}", f"顺序：{order.zh}")
        yield Difference(path, what, ", ".join(kept[0]), ", ".join(kept[1]))


def _is_keyed(value: Value) -> bool:
    """Tell whether a list's elements have names, each its own."""
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        return False
    keys = [_key(one) for one in value]  # type: ignore[arg-type]
    return all(keys) and len(set(keys)) == len(keys)


def _key(one: Mapping[str, JSON]) -> str:
    return next((str(one[name]) for name in _KEYS if name in one), "")


def _said(value: Value) -> str | None:
    """Write a value as a person reads it: of an object its headline."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        headline = next((value[name] for name in _HEADLINES if value.get(name)), None)
        if headline is not None:
            return _said(headline)
        return " / ".join(str(one) for one in value.values())
    if isinstance(value, list):
        plain = all(isinstance(one, str | int) for one in value)
        return ", ".join(str(one) for one in value) if plain else canonical(value).decode()
    return str(value)


def label(path: str) -> Text:
    """Give the name of what stands at a path of a notice."""
    for pattern, text in LABELS:
        if found := re.fullmatch(pattern, path):
            return Text(text.en.format(*found.groups()), text.zh.format(*found.groups()))
    return Text(path, path)


_EN, _ZH = Text("in English", "英文"), Text("in Chinese", "中文")
_PARTS = {
    "text/en": Text("wording in English", "英文表述"),
    "text/zh": Text("wording in Chinese", "中文表述"),
    "title/en": Text("title in English", "英文标题"),
    "title/zh": Text("title in Chinese", "中文标题"),
    "kind": Text("kind of answer", "回答类型"),
    "required": Text("whether it must be answered", "是否必填"),
    "max_length": Text("longest answer", "最大长度"),
    "max_bytes": Text("largest file in bytes", "文件大小上限（字节）"),
    "media_types": Text("kinds of file", "文件类型"),
    "signature": Text("signature", "签名要求"),
    "description": Text("description", "说明"),
    "quantity": Text("quantity", "数量"),
    "unit": Text("unit", "单位"),
    "length": Text("length in bytes", "长度（字节）"),
    "sha256": Text("content (SHA-256)", "内容（SHA-256）"),
}


def _of_each(pattern: str, name: Text) -> list[tuple[str, Text]]:
    """Label an element of a list, then every part of one."""
    parts = [
        (f"{pattern}/{part}", Text(f"{name.en}: {said.en}", f"{name.zh}：{said.zh}"))
        for part, said in _PARTS.items()
    ]
    rest = Text(f"{name.en}: {{1}}", f"{name.zh}：{{1}}")
    return [(pattern, name), *parts, (f"{pattern}/(.+)", rest)]


LABELS: list[tuple[str, Text]] = [
    ("/title/en", Text(f"Title {_EN.en}", f"标题（{_EN.zh}）")),
    ("/title/zh", Text(f"Title {_ZH.en}", f"标题（{_ZH.zh}）")),
    ("/description/en", Text(f"Description {_EN.en}", f"说明（{_EN.zh}）")),
    ("/description/zh", Text(f"Description {_ZH.en}", f"说明（{_ZH.zh}）")),
    ("/closes_at", Text("Deadline for bids", "投标截止时间")),
    ("/questions_until", Text("End of questions", "提问截止时间")),
    ("/answers_until", Text("End of answers", "答疑截止时间")),
    ("/validity_days", Text("Days for which bids hold", "投标有效期（天）")),
    ("/keyset", Text("Keys of the opening panel", "开标小组密钥集")),
    ("/anchors", Text("Trust anchors", "信任锚")),
    ("/agency", Text("The agency's signing key", "采购机关签名密钥")),
    ("/delta_seconds", Text("Seconds for witnesses after the deadline", "截止后见证时限（秒）")),
    ("/procedure", Text("Procedure", "采购方式")),
    ("/budget/(.+)", Text("Budget: {0}", "预算：{0}")),
    ("/pack/(.+)", Text("Rule pack: {0}", "规则包：{0}")),
    ("/signatures/level", Text("Lowest level of signatures", "签名最低级别")),
    ("/signatures/signers", Text("People who have to sign", "须签署人数")),
    ("/signatures/revocation", Text("Proof that nothing was revoked", "证书未吊销的证明")),
    ("/signatures/qualified", Text("Qualified signatures", "合格电子签名")),
    ("/signatures/active_content", Text("Scripts inside PDF files", "PDF 内含脚本")),
    ("/signatures/authorities", Text("Accepted certificate authorities", "认可的证书颁发机构")),
    ("/gates/([^/]+)/not_before", Text("Opening of “{0}”, at the earliest", "“{0}”最早开标时间")),
    ("/gates", Text("Openings", "开标时间")),
    ("/documents", Text("Documents", "招标文件")),
    ("/lots", Text("Lots", "标包")),
    ("/lots/(.+)", Text("Lot “{0}”", "标包“{0}”")),
    ("/response_form/questions", Text("Questions to bidders", "投标问题")),
    ("/response_form/documents", Text("Documents that bidders give", "投标须附文件")),
    *_of_each("/response_form/prices/[^/]+/items/([^/]+)", Text("Item “{0}”", "采购项“{0}”")),
    *_of_each("/response_form/questions/([^/]+)", Text("Question “{0}”", "问题“{0}”")),
    *_of_each(
        "/response_form/documents/([^/]+)",
        Text("Document that bidders give “{0}”", "投标须附文件“{0}”"),
    ),
    *_of_each("/documents/([^/]+)", Text("Document “{0}”", "招标文件“{0}”")),
]
