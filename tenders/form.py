"""The response form of a tender: what every offer has to answer, enclose and price."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from procurement.money import MINOR_UNITS, USUAL_MINOR_UNITS
from procurement.proof.canonical import NotCanonical, canonical
from procurement.proof.shapes import (
    Currency,
    Keys,
    Length,
    Malformed,
    Name,
    Pattern,
    Range,
    Statement,
    Title,
)
from procurement.refusals import BadInput, Fault
from procurement.texts import Text

MAX_DIGITS = 18  # of a price or number, before and after the point together
MAX_ANSWER = 20_000  # characters
MAX_MINOR_UNITS = 4  # ISO 4217 knows no more
DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
# A line or paragraph of text; no control character but tab and line feed.
PLAIN_TEXT = r"[^\u0000-\u0008\u000b-\u001f\u007f]+"
NUMBER = r"-?(?=(?:[0-9]\.?){1,18}(?![\s\S]))(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
TAX_RATE = r"0(?:\.[0-9]{1,4})?|1(?:\.0{1,4})?"  # a share: 0.13 is 13 %

Both = Annotated[dict[str, Title], Keys("en|zh")]  # at least one of the two languages
Quantity = Annotated[str, Pattern(r"(?!0(?:\.0*)?(?![\s\S]))(?:0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?")]
MediaType = Annotated[str, Pattern(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,100}")]  # RFC 6838


@dataclass(frozen=True)
class Choice:
    """One of the answers that a question allows."""

    id: Name
    text: Both


@dataclass(frozen=True)
class Question:
    """A question to every bidder; ``max_length`` belongs to text, ``choices`` to a choice."""

    id: Name
    text: Both
    kind: Literal["text", "yes-no", "number", "date", "choice"]
    required: bool
    max_length: Annotated[int, Range(1, MAX_ANSWER)] | None
    choices: Annotated[tuple[Choice, ...], Length(0, 200)]

    def pattern(self) -> str:
        """Give the regular expression that an answer matches from end to end."""
        allowed = "|".join(choice.id.replace(".", r"\.") for choice in self.choices)
        return {
            "text": PLAIN_TEXT,
            "yes-no": "yes|no",
            "number": NUMBER,
            "date": DATE,
            "choice": allowed,
        }[self.kind]


@dataclass(frozen=True)
class RequiredDocument:
    """A file that an offer encloses, of one of these media types."""

    name: Name
    title: Both
    media_types: Annotated[tuple[MediaType, ...], Length(1, 20)]
    max_bytes: Annotated[int, Range(1, 2**32 - 1)]
    signature: Literal["required", "none"]
    required: bool


@dataclass(frozen=True)
class Item:
    """A line of the price table."""

    id: Name
    description: Title
    quantity: Quantity
    unit: Annotated[str, Length(1, 50)]


@dataclass(frozen=True)
class PriceTable:
    """What is priced in one lot, in one currency with so many decimals."""

    lot: Name
    currency: Currency
    minor_units: Annotated[int, Range(0, MAX_MINOR_UNITS)]
    items: Annotated[tuple[Item, ...], Length(1, 10_000)]

    def amount_pattern(self, *, exact: bool = False) -> str:
        """Give the pattern of an amount above zero; ``exact`` wants every decimal written."""
        most = self.minor_units
        whole = f"(?:0|[1-9][0-9]{{0,{MAX_DIGITS - most - 1}}})"
        if not most:
            return f"(?!0(?![\\s\\S])){whole}"
        decimals = f"\\.[0-9]{{{most}}}" if exact else f"(?:\\.[0-9]{{1,{most}}})?"
        return f"(?!0(?:\\.0*)?(?![\\s\\S])){whole}{decimals}"


@dataclass(frozen=True)
class ResponseForm(Statement):
    """What an offer must contain, the same for every bidder."""

    TYPE: ClassVar[str] = "daylight/response-form/v1"

    questions: Annotated[tuple[Question, ...], Length(0, 1_000)]
    documents: Annotated[tuple[RequiredDocument, ...], Length(0, 200)]
    prices: Annotated[tuple[PriceTable, ...], Length(1, 500)]

    def table(self, lot: str) -> PriceTable | None:
        """Find the price table of a lot."""
        return next((table for table in self.prices if table.lot == lot), None)


def faults_of_form(form: Any) -> list[Fault]:
    """Name what is wrong with a response form; empty when it may be published.

    Where the shape is wrong, that comes first and alone; else every fault is named.
    """
    try:
        if isinstance(form, Mapping):
            form = dict(form)
        canonical(form)
        read = ResponseForm.of(form)
    except (Malformed, NotCanonical) as error:
        where = error.where if isinstance(error.where, str) else ""
        return [Fault("malformed-form", _MALFORMED, {"why": str(error)}, where)]
    return [*_question_faults(read), *_document_faults(read), *_price_faults(read)]


def read_form(form: Mapping[str, Any]) -> ResponseForm:
    """Read a sound response form.

    :raises BadInput: with every fault of an unsound one.
    """
    if faults := faults_of_form(form):
        raise BadInput(faults=faults)
    return ResponseForm.of(dict(form))


def _question_faults(form: ResponseForm) -> Iterator[Fault]:
    yield from _repeated([q.id for q in form.questions], "/questions", "id")
    for i, question in enumerate(form.questions):
        where = f"/questions/{i}"
        yield from _silent(question.text, f"{where}/text")
        if (question.kind == "text") != (question.max_length is not None):
            yield Fault("max-length-for-text", _MAX_LENGTH, {}, f"{where}/max_length")
        if (question.kind == "choice") != bool(question.choices):
            yield Fault("choices-for-choice", _CHOICES, {}, f"{where}/choices")
        yield from _repeated([c.id for c in question.choices], f"{where}/choices", "id")
        for j, choice in enumerate(question.choices):
            yield from _silent(choice.text, f"{where}/choices/{j}/text")


def _document_faults(form: ResponseForm) -> Iterator[Fault]:
    yield from _repeated([d.name for d in form.documents], "/documents", "name")
    for i, document in enumerate(form.documents):
        yield from _silent(document.title, f"/documents/{i}/title")
        yield from _repeated(document.media_types, f"/documents/{i}/media_types")
        if document.signature == "required" and document.media_types != ("application/pdf",):
            yield Fault("only-pdf-is-signed", _ONLY_PDF, {}, f"/documents/{i}/media_types")


def _price_faults(form: ResponseForm) -> Iterator[Fault]:
    yield from _repeated([table.lot for table in form.prices], "/prices", "lot")
    for i, table in enumerate(form.prices):
        right = MINOR_UNITS.get(table.currency, USUAL_MINOR_UNITS)
        if table.minor_units != right:
            facts: dict[str, str | int | Text] = {"currency": table.currency, "right": right}
            yield Fault("wrong-minor-units", _MINOR_UNITS, facts, f"/prices/{i}/minor_units")
        yield from _repeated([item.id for item in table.items], f"/prices/{i}/items", "id")


def _silent(text: Mapping[str, str], where: str) -> Iterator[Fault]:
    if not text:
        yield Fault("no-text", _NO_TEXT, {}, where)


def _repeated(names: Iterable[str], where: str, field: str = "") -> Iterator[Fault]:
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name in seen:
            pointer = f"{where}/{i}/{field}" if field else f"{where}/{i}"
            yield Fault("repeated", _REPEATED, {"name": name}, pointer)
        seen.add(name)


_MALFORMED = Text("The response form is not well formed: {why}", "响应表格式不正确：{why}")
_REPEATED = Text("“{name}” stands here twice", "“{name}”重复出现")
_NO_TEXT = Text("Write this in English or Chinese", "请用中文或英文填写此项")
_MAX_LENGTH = Text(
    "A question for text has a greatest length, and no other question has one",
    "文本类问题须设定最大长度，其他问题不得设定",
)
_CHOICES = Text(
    "A question for a choice has choices, and no other question has any",
    "选择类问题须列出选项，其他问题不得列出",
)
_ONLY_PDF = Text(
    "Only PDF files can be asked for with a signature: allow application/pdf alone",
    "仅 PDF 文件可要求签名，请只允许 application/pdf",
)
_MINOR_UNITS = Text("{currency} has {right} decimals", "{currency} 的小数位数为 {right}")
