"""The schemas of what agencies, supervisors and panels sign."""

from procurement.proof.formats import schema_pages
from tenders.answers import Answer, Overdue
from tenders.form import ResponseForm
from tenders.notice import Acknowledgement, Extension, Notice, Order
from tenders.panel.holders import HolderKey, HolderPublic
from tenders.panel.keyset import Keyset, Rehearsal, RehearsalAnswer

PANEL = (HolderKey, HolderPublic, Keyset, Rehearsal, RehearsalAnswer)
CHANGES = (Extension, Acknowledgement, Answer, Overdue)
FORMATS = (ResponseForm, Notice, *CHANGES, Order, *PANEL)


def pages() -> dict[str, str]:
    """Write this room's schemas, by path."""
    return schema_pages(FORMATS)
