"""Files that several people sign to be seen, and what a second one could show beside a stamp."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.stamp import TextStampStyle

from tests.signatures.certifying import signed_with
from tests.signatures.documents import Practice, plain_pdf

N = generic.NameObject
Writer = IncrementalPdfFileWriter
Box = tuple[int, int, int, int]
LEFT, RIGHT, ABOVE = (20, 20, 120, 60), (150, 20, 250, 60), (20, 80, 120, 120)
PRICE = (40, 140, 260, 180)  # where the pages of ``plain_pdf`` say something


def numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject([generic.FloatObject(value) for value in values])


def stamped(practice: Practice, pdf: bytes, name: str, box: Box, page: int = 0) -> bytes:
    """Sign with pyHanko's stamp."""
    return signed_with(
        practice,
        pdf,
        field=name,
        key=practice.key_of(),
        spec=SigFieldSpec(name, on_page=page, box=box),
        stamp=TextStampStyle(stamp_text=f"Signed by {name}"),
    )


@dataclass(frozen=True)
class Drawn:
    """An appearance made by hand: a content, the entries of its dictionary, and what stands beside.

    ``widget`` may change the field afterwards, in the same increment.
    """

    content: bytes = b"0 0 1 RG 2 2 96 36 re S"
    entries: Callable[[Writer], Mapping[str, Any]] = field(default=lambda _: {})
    others: Callable[[Any], Mapping[str, Any]] = field(default=lambda _: {})
    widget: Callable[[Writer, Any], None] = field(default=lambda *_: None)

    def create_stamp(self, writer: Any, box: Any, text_params: Any) -> Any:
        del box, text_params
        return _Appearance(self, writer)


@dataclass(frozen=True)
class _Appearance:
    drawn: Drawn
    writer: Any

    def apply_appearance(self, widget: Any) -> None:
        form = {
            "/Type": N("/XObject"),
            "/Subtype": N("/Form"),
            "/BBox": numbers(0, 0, 100, 40),
            **self.drawn.entries(self.writer),
        }
        named = {N(key): value for key, value in form.items()}
        made = self.writer.add_object(generic.StreamObject(named, stream_data=self.drawn.content))
        shown = {"/N": made} | dict(self.drawn.others(made))
        widget[N("/AP")] = generic.DictionaryObject({N(key): shown[key] for key in shown})
        self.drawn.widget(self.writer, widget)


def second(
    practice: Practice,
    stamp: Any = None,
    *,
    box: Box = RIGHT,
    first: bytes = b"",
    name: str = "Second",
) -> bytes:
    """Let a second signer put a stamp of his own beside the first one."""
    return signed_with(
        practice,
        first or stamped(practice, plain_pdf(), "First", LEFT),
        field=name,
        key=practice.key_of(),
        spec=SigFieldSpec(name, on_page=0, box=box),
        stamp=stamp or Drawn(),
    )


def written(drawing: pikepdf.Object) -> list[str]:
    """Read the lines of a stamp that Daylight drew."""
    return [
        str(step.operands[1].ActualText)
        for step in pikepdf.parse_content_stream(drawing)
        if str(step.operator) == "BDC"
    ]


def saved(pdf: pikepdf.Pdf) -> bytes:
    target = io.BytesIO()
    pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    return target.getvalue()
