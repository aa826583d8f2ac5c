"""What in a question could tell who asked it: hints for people, who decide.

Places are counted in characters (Unicode code points) of the text as it was written. Full-width
letters, digits in Chinese and characters without a width hide nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from procurement.texts import Text
from tenders.rules import identity_numbers

LEAST_HAN, LEAST_LETTERS = 2, 4  # characters of a name; a shorter one is found in any text
LEAST_DIGITS, MOST_DIGITS = 9, 15  # of a telephone number with its area; 15 is of ITU-T E.164

KINDS: dict[str, Text] = {
    "name": Text("a name", "名称或姓名"),
    "e-mail": Text("an e-mail address", "电子邮箱地址"),
    "web-address": Text("a web address", "网址"),
    "account": Text("an account of a messenger", "即时通讯账号"),
    "telephone": Text("a telephone number", "电话号码"),
    "resident-id": Text("a resident identity number", "居民身份证号码"),
    "credit-code": Text("a unified social credit code", "统一社会信用代码"),
    "iban": Text("an account number (IBAN)", "国际银行账号（IBAN）"),
}

_HAN_DIGITS = dict(zip("〇零一二三四五六七八九幺", "001234567891", strict=True))
_BETWEEN = r"[ \-./()]{0,3}"
_DATE = re.compile(r"\d{1,2}[./\-]\d{1,2}[./\-]\d{4}|\d{4}[./\-]\d{1,2}[./\-]\d{1,2}")
_TELEPHONE = re.compile(rf"(?<![\d+])(?:\+|00)?\(?\d(?:{_BETWEEN}\d){{6,16}}(?!\d)")
_E_MAIL = re.compile(r"[a-z0-9._%+\-]+\s?(?:@|[(\[]at[)\]])\s?[a-z0-9\-]+(?:\.[a-z0-9\-]+)+")
_WEB = re.compile(r"(?:https?://|www\.)[^\s，。；、）)]+")
_ACCOUNT = re.compile(
    r"(?:微信|wechat|weixin|qq|whatsapp|telegram)\s?(?:号码|号|id)?\s?[::]?\s?@?[a-z0-9][a-z0-9_\-]{4,30}"
)
_RESIDENT = re.compile(r"(?<![a-z0-9])\d{17}[\dx](?![a-z0-9])")
_CREDIT = re.compile(r"(?<![a-z0-9])[0-9a-hj-npqrtuwxy]{18}(?![a-z0-9])")
_IBAN = re.compile(r"(?<![a-z0-9])[a-z]{2}\d{2}(?: ?[a-z0-9]){11,30}(?![a-z0-9])")
_FORM = re.compile(  # what is no part by which a body is known
    r"(?:[,\s]*(?:co\.?|ltd\.?|limited|inc\.?|llc|gmbh|ag|kg|s\.?a\.?|plc|corp\.?|company|group))+$"
    r"|(?:股份|有限|责任|集团|公司)+$"
)


@dataclass(frozen=True)
class Hint:
    """Something that looks as if it named somebody, from ``start`` up to ``end``."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class _Folded:
    """A text as it is compared, and where each of its characters stands in the original."""

    text: str
    places: tuple[int, ...]

    def hint(self, kind: str, start: int, end: int) -> Hint:
        return Hint(kind, self.places[start], self.places[end - 1] + 1)


def hints(text: str, names: Iterable[str] = ()) -> list[Hint]:
    """Find what could tell who asked; ``names`` are those to look for, in any language."""
    folded = _folded(text)
    found = {
        *_names(folded, names),
        *_numbers(folded),
        *_matches("e-mail", _E_MAIL, folded),
        *_matches("web-address", _WEB, folded),
        *_matches("account", _ACCOUNT, folded),
    }
    return sorted(found, key=lambda hint: (hint.start, hint.end, hint.kind))


def folded(text: str) -> str:
    """Write a text as it is compared: without differences of width, case and mark."""
    return _folded(text).text


def cores(name: str) -> Iterator[str]:
    """Give a name and the part of it by which people know the body, as they are compared."""
    whole = folded(name).strip()
    for one in {whole, _FORM.sub("", whole).strip(" ,")}:
        if len(one) >= (LEAST_HAN if _has_han(one) else LEAST_LETTERS):
            yield one


def _folded(text: str) -> _Folded:
    pairs = [
        (_HAN_DIGITS.get(written, written), place)
        for place, character in enumerate(text)
        for written in unicodedata.normalize("NFKC", character).casefold()
        if unicodedata.category(written) != "Cf"  # has no width, and would split a number
    ]
    return _Folded("".join(one for one, _ in pairs), tuple(place for _, place in pairs))


def _names(folded: _Folded, names: Iterable[str]) -> Iterator[Hint]:
    for core in {core for name in names for core in cores(name)}:
        edge = "" if _has_han(core) else r"\b"
        for match in re.finditer(f"{edge}{re.escape(core)}{edge}", folded.text):
            yield folded.hint("name", *match.span())


def _numbers(folded: _Folded) -> Iterator[Hint]:
    """Find numbers; one that is an identity number is no telephone number besides."""
    found = [
        *_matches("resident-id", _RESIDENT, folded, identity_numbers.is_resident_id),
        *_matches("credit-code", _CREDIT, folded, identity_numbers.is_credit_code),
        *_matches("iban", _IBAN, folded, identity_numbers.is_iban),
    ]
    yield from found
    for hint in _matches("telephone", _TELEPHONE, folded, _is_telephone):
        if not any(one.start < hint.end and hint.start < one.end for one in found):
            yield hint


def _matches(
    kind: str, pattern: re.Pattern[str], folded: _Folded, judge: Callable[[str], bool] = bool
) -> Iterator[Hint]:
    for match in pattern.finditer(folded.text):
        if judge(match.group()):
            yield folded.hint(kind, *match.span())


def _is_telephone(written: str) -> bool:
    """Tell a number that is dialled from an amount, a date and a number of something."""
    digits = re.sub(r"\D", "", written)
    if _DATE.match(written) or len(digits) > MOST_DIGITS:
        return False
    if written.startswith("+"):
        return len(digits) >= LEAST_DIGITS - 1
    mobile = re.fullmatch(r"(?:0086)?1[3-9]\d{9}", digits)  # China
    service = re.fullmatch(r"[48]00\d{7}", digits)  # China
    return bool(mobile or service or (digits.startswith("0") and len(digits) >= LEAST_DIGITS))


def _has_han(text: str) -> bool:
    return any("\u3400" <= one <= "\u9fff" for one in text)


# ── questions that ask the same ──────────────────────────────────────────────────────────────

ALIKE = 0.6  # of two questions' pairs of characters, in common; found by trying both languages


def alike(texts: Sequence[str]) -> list[list[int]]:
    """Give for each text the places of those that may ask the same."""
    pairs = [_pairs(text) for text in texts]
    return [
        [other for other in range(len(texts)) if other != one and _share(pairs, one, other)]
        for one in range(len(texts))
    ]


def _pairs(text: str) -> frozenset[str]:
    plain = "".join(one for one in folded(text) if one.isalnum())
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1)) or frozenset({plain})


def _share(pairs: Sequence[frozenset[str]], one: int, other: int) -> bool:
    common = len(pairs[one] & pairs[other])
    return 2 * common >= ALIKE * (len(pairs[one]) + len(pairs[other]))
