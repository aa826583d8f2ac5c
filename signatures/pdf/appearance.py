"""What of a signature is to be seen on a page: who, when and why, in Latin and Chinese letters.

The letters are those that every viewer brings for simplified Chinese (ISO 32000-1, 9.7.5.2), so
that nothing has to be embedded. A PDF/A therefore stays one only with an invisible signature.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic as pdf_objects
from pyhanko.pdf_utils.font import FontEngine, FontEngineFactory
from pyhanko.pdf_utils.font.api import ShapeResult
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.stamp import TextStampStyle

generic: Any = pdf_objects  # it says nothing of its types
FONT = "STSong-Light"
EM = 1000
FIRST_LATIN = 0x20
# The widths of that font's Latin letters, from the blank on, in thousandths of an em.
LATIN = (
    *(207, 270, 342, 467, 462, 797, 710, 239, 374, 374, 423, 605, 238, 375, 238, 334),
    *(462,) * 10,
    *(238, 238, 605, 605, 605, 344, 748, 684, 560, 695, 739, 563, 511, 729, 793, 318, 312, 666),
    *(526, 896, 758, 772, 544, 772, 628, 465, 607, 753, 711, 972, 647, 620, 607, 374, 333, 374),
    *(606, 500, 239, 417, 503, 427, 529, 415, 264, 444, 518, 241, 230, 495, 228, 793, 527, 524),
    *(524, 504, 338, 336, 277, 517, 450, 652, 466, 452, 407, 370, 258, 370, 605),
)
LAST_PAGE = -1
SAID = "said"


@dataclass(frozen=True)
class Appearance:
    """Where a signature is seen: a page, counted from 1 or ``LAST_PAGE``, and a box in points.

    The box is left, bottom, width and height, from the lower left corner of the page; without one,
    ``room.placed`` finds where there is room.
    """

    SIZE: ClassVar = (260, 52)  # points: width and height of a box that nobody asked for
    page: int = LAST_PAGE
    box: tuple[int, int, int, int] | None = None

    def field(self, name: str) -> SigFieldSpec:
        """Give pyHanko's description of the field."""
        assert self.box is not None
        left, bottom, width, height = self.box
        return SigFieldSpec(
            sig_field_name=name,
            on_page=self.page if self.page == LAST_PAGE else self.page - 1,
            box=(left, bottom, left + width, bottom + height),
        )

    @staticmethod
    def style() -> TextStampStyle:
        """Give pyHanko's description of what stands in it."""
        return TextStampStyle(
            stamp_text=f"%({SAID})s",
            text_box_style=TextBoxStyle(font=_ViewersFontFactory(), font_size=9, leading=12),
            inner_content_layout=SimpleBoxLayoutRule(
                AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MID, Margins(4, 4, 4, 4)
            ),
            border_width=1,
            background=None,
        )


def words(certificate_der: bytes, *, at: datetime, reason: str | None) -> Mapping[str, str]:
    """Say who signed, for whom, when and why."""
    subject = x509.load_der_x509_certificate(certificate_der).subject
    names = [
        str(one.value)
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for one in subject.get_attributes_for_oid(oid)[:1]
    ]
    lines = [f"Signed by / 签署人: {', '.join(dict.fromkeys(names))}"]
    lines.append(f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")
    return {SAID: "\n".join([*lines, *([reason] if reason else [])])}


class _ViewersFont(FontEngine):
    """The viewer's own font for simplified Chinese, by UTF-16."""

    uses_complex_positioning = False

    def __init__(self, writer: Any) -> None:
        super().__init__(writer, FONT, embedded_subset=False)

    def shape(self, txt: str) -> ShapeResult:
        length = sum(map(_width, txt)) / EM
        spelled = txt.encode("utf-16-be", "replace").hex().encode()
        return ShapeResult(graphics_ops=b"<" + spelled + b"> Tj", x_advance=length, y_advance=0)

    def as_resource(self) -> Any:
        name, number = generic.NameObject, generic.NumberObject
        system = generic.DictionaryObject(
            {
                name("/Registry"): generic.pdf_string("Adobe"),
                name("/Ordering"): generic.pdf_string("GB1"),
                name("/Supplement"): number(4),
            }
        )
        box = generic.ArrayObject(map(number, (-25, -254, 1000, 880)))
        descriptor = generic.DictionaryObject(
            {
                name("/Type"): name("/FontDescriptor"),
                name("/FontName"): name(f"/{FONT}"),
                name("/Flags"): number(6),
                name("/FontBBox"): box,
                name("/ItalicAngle"): number(0),
                name("/Ascent"): number(880),
                name("/Descent"): number(-120),
                name("/CapHeight"): number(880),
                name("/StemV"): number(93),
            }
        )
        latin = generic.ArrayObject([number(1), generic.ArrayObject(map(number, LATIN))])
        descendant = generic.DictionaryObject(
            {
                name("/Type"): name("/Font"),
                name("/Subtype"): name("/CIDFontType0"),
                name("/BaseFont"): name(f"/{FONT}"),
                name("/CIDSystemInfo"): system,
                name("/FontDescriptor"): self.writer.add_object(descriptor),
                name("/DW"): number(EM),
                name("/W"): latin,
            }
        )
        return generic.DictionaryObject(
            {
                name("/Type"): name("/Font"),
                name("/Subtype"): name("/Type0"),
                name("/BaseFont"): name(f"/{FONT}-UniGB-UCS2-H"),
                name("/Encoding"): name("/UniGB-UCS2-H"),
                name("/DescendantFonts"): generic.ArrayObject([self.writer.add_object(descendant)]),
            }
        )


def _width(letter: str) -> int:
    place = ord(letter) - FIRST_LATIN
    return LATIN[place] if 0 <= place < len(LATIN) else EM


class _ViewersFontFactory(FontEngineFactory):
    def create_font_engine(self, writer: Any, obj_stream: Any = None) -> _ViewersFont:  # noqa: ARG002
        return _ViewersFont(writer)
