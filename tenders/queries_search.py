"""Finding tenders: by words, by what is bought, by who buys, by when bids close."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Substr

from procurement.actors import Actor
from procurement.models import Organisation
from procurement.texts import Text
from tenders.models import Following, Item, SavedSearch, SearchEntry, Seat, Tender
from tenders.models.tender import TenderQuerySet
from tenders.search import Search, asked, excerpt, query

DIVISION = 2  # letters of a code, as CPV and UNSPSC begin
MOST_SHOWN = 12  # values of a facet
SHOWN_MATCHES = 3

_TITLE = Text("Title", "标题")
_AGENCY = Text("Buyer", "采购人")
_LOT = Text("Lot", "标段")
_ITEM = Text("Item", "项目")
_DESCRIPTION = Text("Description", "说明")


@dataclass(frozen=True)
class Choice:
    """A value by which a list can be narrowed, and how many would be left."""

    value: str
    name: Text
    count: int


@dataclass(frozen=True)
class Facets:
    """By what a list can be narrowed; each counts as if it were not narrowed by itself."""

    states: Sequence[Choice]
    agencies: Sequence[Choice]
    divisions: Sequence[Choice]


@dataclass(frozen=True)
class Match:
    """Why a tender was found: where, and in which words."""

    where: Text
    excerpt: str


def found(by: Actor, search: Search, *, mine: bool = False) -> TenderQuerySet:
    """List the tenders that somebody sees and looks for, in the order asked for.

    ``mine`` are those of one's bodies and those one sits for.
    """
    seen = _narrowed(Tender.objects.visible_to(by).select_related("agency"), search)
    if mine:
        seat = Seat.objects.filter(tender=OuterRef("pk"), user=by.user_id)
        seen = seen.filter(Q(agency__in=by.organisations()) | Exists(seat))
    if search.order == "closing":
        return seen.order_by("closes_at", "pk")
    return seen.order_by("-published_at", "-created_at", "pk")


def facets(by: Actor, search: Search) -> Facets:
    """Count by state, agency and division, in one query each."""

    def among(**without: object) -> TenderQuerySet:
        return _narrowed(Tender.objects.visible_to(by), replace(search, **without))  # type: ignore[arg-type]

    states = among(state="").values_list("state").annotate(count=Count("pk"))
    agencies = among(agency=None).values_list("agency").annotate(count=Count("pk"))
    return Facets(
        states=[
            Choice(state, Text(state, state), count) for state, count in states.order_by("state")
        ],
        agencies=_agencies(agencies.order_by("-count", "agency")[:MOST_SHOWN]),
        divisions=_divisions(among(classification="")),
    )


def matches(tenders: Iterable[Tender], search: Search) -> dict[UUID, list[Match]]:
    """Say of each tender why it was found; nothing where no words were asked for."""
    if not asked(search.q):
        return {}
    tenders = list(tenders)
    items: dict[UUID, list[Item]] = {tender.pk: [] for tender in tenders}
    for item in Item.objects.filter(lot__tender__in=items).select_related("lot"):
        items[item.lot.tender_id].append(item)
    return {tender.pk: _why(tender, items[tender.pk], search.q) for tender in tenders}


def followed_by(by: Actor) -> QuerySet[Following]:
    """List what a person follows, what closes next first."""
    own = Following.objects.filter(user=by.user_id).select_related("tender__agency")
    return own.order_by("tender__closes_at", "pk")


def saved_by(by: Actor) -> QuerySet[SavedSearch]:
    """List a person's saved searches, the newest first."""
    return SavedSearch.objects.filter(user=by.user_id).order_by("-created_at", "pk")


def _narrowed(tenders: TenderQuerySet, search: Search) -> TenderQuerySet:
    if search.state:
        tenders = tenders.filter(state=search.state)
    if search.agency:
        tenders = tenders.filter(agency=search.agency)
    if search.country:
        tenders = tenders.filter(agency__country=search.country)
    if search.closes_after:
        tenders = tenders.filter(closes_at__gte=search.closes_after)
    if search.closes_before:
        tenders = tenders.filter(closes_at__lt=search.closes_before)
    words = asked(search.q)
    if search.classification:
        words.append(f"={search.classification.lower()}*")
    return tenders.filter(pk__in=_with(words)) if words else tenders


def _with(words: Iterable[str]) -> QuerySet[SearchEntry, Any]:
    """Look words up in the index; one question, however many words it has."""
    asks = Func(
        "words",
        Value(query(words), output_field=TextField()),
        template="%(expressions)s::tsquery",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )
    return SearchEntry.objects.filter(asks).values("tender")


def _agencies(counted: Iterable[tuple[UUID, int]]) -> list[Choice]:
    counts = dict(counted)
    named = Organisation.objects.in_bulk(counts)
    return [
        Choice(str(pk), Text(named[pk].name_in("en"), named[pk].name_in("zh")), count)
        for pk, count in counts.items()
    ]


def _divisions(tenders: TenderQuerySet) -> list[Choice]:
    counted = (
        Item.objects.filter(lot__tender__in=tenders.values("pk"))
        .annotate(division=Substr("classification_code", 1, DIVISION))
        .values_list("classification_scheme", "division")
        .annotate(count=Count("lot__tender", distinct=True))
        .order_by("-count", "classification_scheme", "division")
    )
    return [
        Choice(f"{scheme}:{code}", Text(f"{scheme} {code}…", f"{scheme} {code}…"), count)
        for scheme, code, count in counted[:MOST_SHOWN]
    ]


def _why(tender: Tender, items: Iterable[Item], question: str) -> list[Match]:
    said = [
        *((_TITLE, text) for text in (tender.title_en, tender.title_zh)),
        *((_AGENCY, text) for text in (tender.agency.name_en, tender.agency.name_zh)),
        *((_ITEM, item.description) for item in items),
        *((_LOT, text) for item in items for text in (item.lot.title_en, item.lot.title_zh)),
        *((_DESCRIPTION, text) for text in (tender.description_en, tender.description_zh)),
    ]
    found = [Match(where, shown) for where, text in said if (shown := excerpt(text, question))]
    return list(dict.fromkeys(found))[:SHOWN_MATCHES]
