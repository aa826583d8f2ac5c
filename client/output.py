"""What the command says: lines for people, or one JSON object for programs; never a traceback."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

from procurement.refusals import Fault

GOOD, REFUSED, WRONG_USE = 0, 1, 2
Item = TypeVar("Item")


class Stopped(Exception):  # noqa: N818 - an answer to a person, not an error
    """A reason not to go on, in one sentence that a person can act on."""

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        faults: Iterable[Fault] = (),
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.faults = tuple(faults)
        self.facts = dict(facts or {})


def needs_extra(what: str) -> Stopped:
    """Say which installation brings what a command needs."""
    return Stopped("needs-extra", f"{what} need: pip install 'daylight-procurement[client]'.")


class Output:
    """Where one run of the command writes, and in which language."""

    def __init__(self, *, as_json: bool, lang: str) -> None:
        self.as_json = as_json
        self.lang = lang
        self.at_the_end = ExitStack()  # what a command opened and the end of it closes

    def say(self, line: str) -> None:
        """Print a line for people; programs do not see it."""
        if not self.as_json:
            print(line, flush=True)

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
            print(f"  {one['pointer'] or '(whole)'}: {one['text']}", file=sys.stderr)

    def each(self, items: Sequence[Item], label: str) -> Iterator[Item]:
        """Go through items under a progress bar; without rich or a terminal, silently."""
        track = None if self.as_json or not sys.stdout.isatty() else _rich_track()
        yield from items if track is None else track(items, description=label)


def _rich_track() -> Any:
    """Find rich, which the extra ``client`` brings; the base does without."""
    try:
        from rich.progress import track
    except ImportError:
        return None
    return track
