"""What the platform answers: whole and not endless, or its own no in its own sentences."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from client.output import Stopped
from procurement.refusals import Fault
from procurement.texts import Text

SIGN_IN_AGAIN = Text("Use: daylight login", "请使用：daylight login")
LONGEST_PAUSE = 30.0  # seconds, whatever the server names


class Refused(Stopped):
    """The platform's own no, as it said it; ``status`` is the HTTP status."""

    def __init__(self, status: int, code: str, text: Text, faults: Iterable[Fault] = ()) -> None:
        super().__init__(code, text, faults=faults, besides={"status": status}, status=status)
        self.status = status


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Read the body as JSON.

        :raises Stopped: for what is none.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Stopped(
                "not-daylight", Text("The server's answer is not JSON.", "服务器的答复不是 JSON。")
            ) from None


def capped(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Pass on what comes, up to ``most`` bytes.

    :raises Stopped: when more comes.
    """
    length = 0
    for chunk in chunks:
        length += len(chunk)
        if length > most:
            raise Stopped(
                "too-large",
                Text("The server sends more than was asked for.", "服务器发送的内容超出所请求的。"),
            )
        yield chunk


def named_pause(answer: Answer) -> float | None:
    """Give the seconds after which to ask again, where the answer names them."""
    said = answer.headers.get("Retry-After", "")
    return min(float(said), LONGEST_PAUSE) if said.isdigit() else None


def accepted(answer: Answer) -> Answer:
    """Let an answer through, or raise what the platform says in it.

    :raises Refused: in the platform's own sentences.
    """
    if answer.status < 300:
        return answer
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or "title" not in told:
        text = Text("The server answered {status}.", "服务器答复了 {status}。")
        raise Refused(answer.status, "not-daylight", text)
    sentences = [_verbatim(told["title"]), _verbatim(told.get("detail") or "")]
    if answer.status == 401:
        sentences.append(SIGN_IN_AGAIN)
    faults = [_fault(error) for error in told.get("errors") or [] if isinstance(error, dict)]
    raise Refused(answer.status, str(told.get("code", "refused")), _joined(sentences), faults)


def _fault(error: Mapping[str, Any]) -> Fault:
    said = _verbatim(error.get("detail", ""))
    return Fault(str(error.get("code", "")), said, pointer=str(error.get("pointer", "")))


def _verbatim(said: Any) -> Text:
    """The server has spoken in our language; its sentence is no template."""
    escaped = str(said).replace("{", "{{").replace("}", "}}")
    return Text(escaped, escaped)


def _joined(sentences: Iterable[Text]) -> Text:
    """Put sentences one after the other, each with its full stop."""
    said = [Text(*(words.rstrip(".。") for words in one)) for one in sentences if one.en]
    return Text(" ".join(f"{one.en}." for one in said), "".join(f"{one.zh}。" for one in said))
