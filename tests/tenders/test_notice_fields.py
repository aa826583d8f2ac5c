"""Under every real pack a notice has all its fields, or is none.

Requirement A1 (D49 and Annex V C; O87-13; O20-19) and A7 (D67; BR49; O87-55).
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from procurement.texts import Text
from tenders.packs import RulePack, packs
from tenders.rules.draft import Draft, lots_json
from tenders.rules.soundness import faults
from tests.world import ONE_LOT, QUESTION, TECHNICAL

CLOSES = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
NOBODY = Text("", "")
WHOLE = Draft(
    procedure="open",
    title=Text("Chairs for the hall", "大厅座椅"),
    description=Text("Ten folding chairs", "十把折叠椅"),
    currency="CNY",
    validity_days=90,
    closes_at=CLOSES,
    opens_at=CLOSES,
    lots=ONE_LOT,
    questions=(QUESTION,),
    required_documents=(TECHNICAL,),
)
REAL = [pack for name, pack in packs().items() if name != "training"]


def where(draft: Draft, pack: RulePack) -> list[str]:
    return [fault.pointer for fault in faults(draft, budget_currency="CNY", pack=pack)]


@pytest.mark.parametrize("pack", REAL, ids=lambda pack: pack.name)
def test_a_whole_draft_makes_a_notice(pack: RulePack) -> None:
    """Requirement A1."""
    assert where(WHOLE, pack) == []


@pytest.mark.parametrize("pack", REAL, ids=lambda pack: pack.name)
@pytest.mark.parametrize(
    ("left_out", "pointer"),
    [
        pytest.param({"title": NOBODY}, "/title", id="no title"),
        pytest.param({"lots": ()}, "/lots", id="no lot"),
        pytest.param({"lots": (replace(ONE_LOT[0], title=NOBODY),)}, "/lots/0/title",
                     id="a lot without a title"),
        pytest.param({"lots": (replace(ONE_LOT[0], items=()),)}, "/lots/0/items",
                     id="a lot that asks for nothing"),
        pytest.param({"currency": ""}, "/currency", id="no currency"),
        pytest.param({"procedure": ""}, "/procedure", id="no procedure"),
    ],
)  # fmt: skip
def test_a_draft_that_leaves_something_out_makes_none(
    pack: RulePack, left_out: dict[str, Any], pointer: str
) -> None:
    """Requirement A1: every mandatory field is filled."""
    assert where(replace(WHOLE, **left_out), pack) == [pointer]


@pytest.mark.parametrize("pack", REAL, ids=lambda pack: pack.name)
def test_what_decides_stands_in_the_notice_and_nothing_else_can(pack: RulePack) -> None:
    """Requirement A7: criteria are published and locked with the notice."""
    other = replace(ONE_LOT[0], criterion="beauty")

    assert [lot["criterion"] for lot in lots_json(WHOLE) if isinstance(lot, dict)] == ["price"]
    assert where(replace(WHOLE, lots=(other,)), pack) == ["/lots/0/criterion"]
