"""How Daylight says no: a stable code, a sentence in two languages, and never half a deed.

A rule collects ``Fault`` values, one per reason. An action raises a ``Refusal`` that carries them.
One edge turns a refusal into problem details (RFC 9457), another into a page. Rooms subclass
``Refusal`` beside their rule::

    class SubmissionClosed(Refusal):
        code, status = "submission-closed", 409
        title = Text("Submissions are closed", "投标已截止")
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from procurement.texts import Text, say

Fact = str | int | Text  # a text is spoken in the reader's language, like the rest


class Help(NamedTuple):
    """More about a reason: who must act, what stands behind it, and a page that explains it."""

    who: Text
    text: Text
    link: str  # a path on this site


@dataclass(frozen=True)
class Fault:
    """One reason against a request, phrased so that a person can act on it."""

    code: str
    text: Text
    facts: Mapping[str, Fact] = field(default_factory=dict)
    pointer: str = ""  # RFC 6901, into the request body; empty for the whole of it
    help: Help | None = None

    def said(self, lang: str) -> str:
        """Speak the reason in the reader's language."""
        return say(self.text, self.facts, lang)


class Refusal(Exception):  # noqa: N818 - an answer, not an error
    """A request that was understood and is refused; nothing of it was done."""

    code: ClassVar[str] = "refused"
    title: ClassVar[Text] = Text("This is not possible", "无法执行此操作")
    status: ClassVar[int] = 409

    def __init__(
        self,
        detail: Text | None = None,
        /,
        *,
        faults: Iterable[Fault] = (),
        retry_after: int | None = None,
        **facts: Fact,
    ) -> None:
        self.detail = detail
        self.faults = tuple(faults)
        self.retry_after = retry_after  # seconds
        self.facts: dict[str, Fact] = facts
        super().__init__(self.code, self.said("en"))

    def said(self, lang: str) -> str:
        """Speak title, detail and every fault in the reader's language, one after the other."""
        stop = "。" if lang.lower().startswith("zh") else ". "
        sentences = [self.titled(lang), *(fault.said(lang) for fault in self.faults)]
        if self.detail:
            sentences.insert(1, say(self.detail, self.facts, lang))
        return stop.join(sentence.rstrip("。. ") for sentence in sentences) + stop.strip()

    def detail_said(self, lang: str) -> str:
        """Speak the detail alone; empty where there is none."""
        return say(self.detail, self.facts, lang) if self.detail else ""

    def titled(self, lang: str) -> str:
        """Speak the title alone."""
        return say(self.title, self.facts, lang)


class NotPermitted(Refusal):
    code, status = "not-permitted", 403
    title = Text("Your role does not allow this", "您的角色无权执行此操作")


class NotFound(Refusal):
    """What a reader may not see does not exist for them: both get this answer."""

    code, status = "not-found", 404
    title = Text("There is no such thing here", "此处没有该内容")


class WrongState(Refusal):
    """Raise with ``action`` and ``state``, both in words that the reader knows."""

    code, status = "wrong-state", 409
    title = Text(
        "“{action}” is not possible in the state “{state}”",
        "在“{state}”状态下不能执行“{action}”",
    )


class Conflict(Refusal):
    code, status = "conflict", 409
    title = Text("This contradicts something that already stands", "这与已有内容相冲突")


class AlreadyDone(Refusal):
    code, status = "already-done", 409
    title = Text("This has been done already", "此操作已经完成")


class BadInput(Refusal):
    """Raise with one fault per bad field, each with its JSON pointer."""

    code, status = "bad-input", 400
    title = Text("What you sent cannot be used as it is", "您提交的内容有误，无法使用")


class TooLarge(Refusal):
    code, status = "too-large", 413
    title = Text("What you sent is too large", "您提交的内容过大")


class TemporarilyUnavailable(Refusal):
    """Raise with a detail that says what was kept, and ``retry_after`` in seconds."""

    code, status = "temporarily-unavailable", 503
    title = Text("This service is away for a moment", "该服务暂时不可用")
