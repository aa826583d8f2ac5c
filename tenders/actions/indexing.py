"""Keeping the words by which a tender is found, wherever one of its sections is written."""

from collections.abc import Iterator

from django.db.models import Value
from django.db.models.functions import Cast

from tenders.models import Lot, SearchEntry, Tender
from tenders.search import code_words, vector, words_of


def index(tender: Tender) -> None:
    """Write the words of a tender as it stands, inside the caller's transaction.

    It is found by whoever sees it, and by nobody else: a draft within its agency.
    """
    lots = list(Lot.objects.filter(tender=tender).prefetch_related("items"))
    words = set().union(*map(words_of, _texts(tender, lots)), _codes(lots))
    written = Cast(Value(vector(words)), SearchEntry._meta.get_field("words"))
    SearchEntry.objects.update_or_create(tender=tender, defaults={"words": written})


def _texts(tender: Tender, lots: list[Lot]) -> Iterator[str]:
    yield from (tender.title_en, tender.title_zh, tender.description_en, tender.description_zh)
    yield from (tender.agency.name_en, tender.agency.name_zh)
    for lot in lots:
        yield from (lot.title_en, lot.title_zh)
        for item in lot.items.all():
            yield from (item.description, item.classification_code)


def _codes(lots: list[Lot]) -> set[str]:
    items = [item for lot in lots for item in lot.items.all()]
    codes = [(item.classification_scheme, item.classification_code) for item in items]
    return {word for scheme, code in codes for word in code_words(scheme, code)}
