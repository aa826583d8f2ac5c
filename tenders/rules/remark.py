"""What people write beside a decision: why it goes back, which interest, why it ends."""

import re
from collections.abc import Iterator

from procurement.refusals import Fault
from procurement.texts import Text

LONGEST = 4_000  # characters, as in a signed order

# Control characters but tab and line feed; PostgreSQL, papers and readers know no use for them.
_CONTROL = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f]")

CONTROL = Text("Control characters cannot be used here", "此处不能使用控制字符")
TOO_LONG = Text("At most {most} characters are allowed", "最多允许 {most} 个字符")


def faults(said: str, *, pointer: str, needed: Text | None = None) -> Iterator[Fault]:
    """Name what is wrong with a remark; ``needed`` asks for one, in words."""
    if needed and not said.strip():
        yield Fault("missing-remark", needed, {}, pointer)
    if len(said) > LONGEST:
        yield Fault("too-long", TOO_LONG, {"most": LONGEST}, pointer)
    if has_control(said):
        yield Fault("control-character", CONTROL, {}, pointer)


def has_control(said: str) -> bool:
    """Tell whether a text has control characters, but for tab and line feed."""
    return bool(_CONTROL.search(said))
