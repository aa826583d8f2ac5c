"""What of a signature is to be seen on a page: who, when and why, in Latin and Chinese letters.

A long name goes on in the next line, and where there are too many of them the letters are smaller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from asn1crypto import x509
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.stamp import TextStampStyle

from procurement.fonts import REGULAR, fonts_directory, fonts_in, settable
from signatures.pdf.chain import first_of
from signatures.pdf.letters import Letters

LAST_PAGE = -1
SIZES = (9, 8, 7, 6)  # points of a letter: the first in which all fits
LEADING = 1.3  # of that size, from line to line
MARGIN = 5  # points, and a quarter of a small box at most


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

    def style(self, said: Sequence[str]) -> TextStampStyle:
        """Give pyHanko's description of what stands in it: these lines, broken where need be.

        :raises FontsMissing: when the fonts are not there.
        """
        assert self.box is not None
        fonts = fonts_directory()
        lines = [str(settable(" ".join(line.split()), fonts)) for line in said]
        letters = Letters.of("".join(lines), fonts_in(fonts, REGULAR))
        margin = min(MARGIN, *(side // 4 for side in self.box[2:]))
        width, height = (side - 2 * margin for side in self.box[2:])
        for size in SIZES:
            leading = round(size * LEADING)
            broken = [part for line in lines for part in letters.lines(line, width / size)]
            if len(broken) * leading <= height:
                break
        return TextStampStyle(
            stamp_text="\n".join(broken).replace("%", "%%"),
            text_box_style=TextBoxStyle(
                font=letters,
                font_size=size,
                leading=leading,
                box_layout_rule=_layout(Margins()),
            ),
            # The last line stands on the ground of its box, and what hangs down from it below.
            inner_content_layout=_layout(
                Margins(margin, margin, margin - margin // 2, margin + margin // 2)
            ),
            border_width=1,
            background=None,
        )


def words(certificate_der: bytes, *, at: datetime, reason: str | None) -> Sequence[str]:
    """Say who signed, for whom, when and why."""
    subject = x509.Certificate.load(certificate_der).subject
    names = [first_of(subject, one) for one in ("common_name", "organization_name")]
    lines = [f"Signed by / 签署人: {', '.join(dict.fromkeys(filter(None, names)))}"]
    lines.append(f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")
    return [*lines, *([reason] if reason else [])]


def _layout(margins: Margins) -> SimpleBoxLayoutRule:
    return SimpleBoxLayoutRule(AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MID, margins)
