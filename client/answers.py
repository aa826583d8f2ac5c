"""What the platform answers: whole and not endless, or its own no in its own sentences."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from client.output import Stopped
from procurement.refusals import Fault
from procurement.texts import Text

LONGEST_PAUSE = 30.0  # seconds, whatever the server names


class Refused(Stopped):
    """The platform's own no, as it said it; ``status`` is the HTTP status."""

    def __init__(self, status: int, code: str, sentence: str, faults: list[Fault]) -> None:
        super().__init__(code, sentence, faults=faults, facts={"status": status})
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
            raise Stopped("not-daylight", "The server's answer is not JSON.") from None


def capped(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Pass on what comes, up to ``most`` bytes.

    :raises Stopped: when more comes.
    """
    length = 0
    for chunk in chunks:
        length += len(chunk)
        if length > most:
            raise Stopped("too-large", "The server sends more than was asked for.")
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
        raise Refused(answer.status, "not-daylight", f"The server answered {answer.status}.", [])
    sentences = [str(told["title"]), str(told.get("detail") or "")]
    if answer.status == 401:
        sentences.append("Use: daylight login")
    faults = [_fault(error) for error in told.get("errors") or [] if isinstance(error, dict)]
    said = " ".join(f"{one.rstrip('.。')}." for one in sentences if one)
    raise Refused(answer.status, str(told.get("code", "refused")), said, faults)


def _fault(error: Mapping[str, Any]) -> Fault:
    """The server has spoken in our language; its sentence is no template."""
    said = str(error.get("detail", "")).replace("{", "{{").replace("}", "}}")
    return Fault(
        str(error.get("code", "")), Text(said, said), pointer=str(error.get("pointer", ""))
    )
