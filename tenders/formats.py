"""The schemas of what agencies, supervisors and panels sign."""

from procurement.proof.formats import schema_pages
from tenders.form import ResponseForm
from tenders.notice import Extension, Notice, Order
from tenders.panel.holders import HolderKey, HolderPublic
from tenders.panel.keyset import Keyset, Rehearsal, RehearsalAnswer

PANEL = (HolderKey, HolderPublic, Keyset, Rehearsal, RehearsalAnswer)
FORMATS = (ResponseForm, Notice, Extension, Order, *PANEL)


def pages() -> dict[str, str]:
    """Write this room's schemas, by path."""
    return schema_pages(FORMATS)
