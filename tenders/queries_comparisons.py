"""Comparisons of documents: which are still to be made, and what those that were made found."""

from django.db.models import Exists, OuterRef, Q

from tenders.models import ChangeState, Tender, TenderDocument
from tenders.models.changes import DocumentComparison
from tenders.queries import versions_of

Pair = tuple[TenderDocument, TenderDocument]


def pairs_to_compare(most: int) -> list[Pair]:
    """Give versions that an amendment brought, each with the one before, not yet compared."""
    before = TenderDocument.objects.filter(
        Q(amendment=None) | Q(amendment__state=ChangeState.IN_FORCE),
        ~Q(amendment=OuterRef("amendment")) | Q(amendment=None),
        tender=OuterRef("tender"),
        name=OuterRef("name"),
        version__lt=OuterRef("version"),
    )
    after = TenderDocument.objects.filter(
        tender=OuterRef("tender"),
        name=OuterRef("name"),
        amendment=OuterRef("amendment"),
        version__gt=OuterRef("version"),
    )
    rows = TenderDocument.objects.filter(
        Exists(before), ~Exists(after), amendment__state=ChangeState.IN_FORCE, comparison=None
    )
    found = rows.select_related("tender").order_by("added_at", "pk")[:most]
    return [(_before(one), one) for one in found]


def comparison_of(earlier: TenderDocument, later: TenderDocument) -> DocumentComparison | None:
    """Find what a comparison found; None where these two were not compared."""
    return DocumentComparison.objects.filter(earlier=earlier, later=later).first()


def comparisons_by_version(tender: Tender) -> dict[int, list[DocumentComparison]]:
    """Give what was compared of a tender, by the version of the notice that brought it."""
    rows = DocumentComparison.objects.filter(later__tender=tender)
    rows = rows.select_related("earlier", "later__amendment").order_by("later__name")
    found: dict[int, list[DocumentComparison]] = {}
    for row in rows:
        assert row.later.amendment is not None
        found.setdefault(row.later.amendment.version or 0, []).append(row)
    return found


def _before(later: TenderDocument) -> TenderDocument:
    versions = versions_of(later.tender, later.name)
    return versions[[one.pk for one in versions].index(later.pk) - 1]
