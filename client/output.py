"""What the command says: lines for people, or one JSON object for programs; never a traceback."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

from procurement.refusals import Fault
from procurement.texts import Text, say

GOOD, REFUSED, WRONG_USE = 0, 1, 2
WHOLE = Text("(whole)", "（整体）")
Item = TypeVar("Item")


class Stopped(Exception):  # noqa: N818 - an answer to a person, not an error
    """A reason not to go on, in one sentence that a person can act on.

    ``facts`` are named in the sentence; ``besides`` is what programs are told as well.
    """

    def __init__(
        self,
        code: str,
        text: Text,
        /,
        *,
        faults: Iterable[Fault] = (),
        besides: Mapping[str, Any] | None = None,
        **facts: object,
    ) -> None:
        super().__init__(say(text, facts, "en"))
        self.code = code
        self.text = text
        self.facts = facts
        self.faults = tuple(faults)
        self.besides = dict(besides or {})

    def said(self, lang: str) -> str:
        """Speak the sentence in the reader's language."""
        return say(self.text, self.facts, lang)


def needs_extra(what: Text) -> Stopped:
    """Say which installation brings what a command needs."""
    return Stopped(
        "needs-extra",
        Text(
            "{what} need: pip install 'daylight-procurement[client]'.",
            "{what}需要先安装：pip install 'daylight-procurement[client]'。",
        ),
        what=what,
    )


class Output:
    """Where one run of the command writes, and in which language."""

    def __init__(self, *, as_json: bool, lang: str) -> None:
        self.as_json = as_json
        self.lang = "zh" if lang.lower().startswith("zh") else "en"
        self.at_the_end = ExitStack()  # what a command opened and the end of it closes

    def say(self, text: Text, /, **facts: object) -> None:
        """Print a sentence for people, in their language; programs do not see it."""
        self.show(say(text, facts, self.lang))

    def show(self, line: str) -> None:
        """Print a line that needs no words of ours: names, numbers, what is spoken already."""
        if not self.as_json:
            print(line, flush=True)

    def ask(self, text: Text, read: Callable[[str], str]) -> str:
        """Ask the person at the terminal; ``read`` is ``input`` or ``getpass``."""
        return read(say(text, {}, self.lang))

    def answer(self, **facts: Any) -> None:
        """Print the result for programs; people have read the lines."""
        if self.as_json:
            print(json.dumps(facts, ensure_ascii=False, sort_keys=True), flush=True)

    def refuse(self, code: str, sentence: str, faults: Sequence[Fault], **facts: Any) -> None:
        """Say on stderr why nothing was done: one sentence, and every fault below it."""
        said = [
            {"code": fault.code, "pointer": fault.pointer, "text": fault.said(self.lang)}
            for fault in faults
        ]
        if self.as_json:
            refusal = {**facts, "code": code, "message": sentence, "faults": said}
            print(json.dumps(refusal, ensure_ascii=False, sort_keys=True), file=sys.stderr)
            return
        print(f"daylight: {sentence}", file=sys.stderr)
        for one in said:
            where = one["pointer"] or say(WHOLE, {}, self.lang)
            print(f"  {where}: {one['text']}", file=sys.stderr)

    def each(self, items: Sequence[Item], label: Text, /, **facts: object) -> Iterator[Item]:
        """Go through items under a progress bar; without rich or a terminal, silently."""
        track = None if self.as_json or not sys.stdout.isatty() else _rich_track()
        said = say(label, facts, self.lang)
        yield from items if track is None else track(items, description=said)


def _rich_track() -> Any:
    """Find rich, which the extra ``client`` brings; the base does without."""
    try:
        from rich.progress import track
    except ImportError:
        return None
    return track
