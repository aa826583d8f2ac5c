"""What people write beside a decision: why it goes back, which interest, why it ends."""

from collections.abc import Iterator

from procurement.refusals import Fault
from procurement.texts import Text
from tenders.rules.draft import CONTROL, has_control

LONGEST = 4_000  # characters, as in a signed order

TOO_LONG = Text("At most {most} characters are allowed", "最多允许 {most} 个字符")


def faults(said: str, *, pointer: str, needed: Text | None = None) -> Iterator[Fault]:
    """Name what is wrong with a remark; ``needed`` asks for one, in words."""
    if needed and not said.strip():
        yield Fault("missing-remark", needed, {}, pointer)
    if len(said) > LONGEST:
        yield Fault("too-long", TOO_LONG, {"most": LONGEST}, pointer)
    if has_control(said):
        yield Fault("control-character", CONTROL, {}, pointer)
