"""The list of tenders as a page: what was asked for, and by what it can be narrowed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest

from portal.words import TENDER_STATES
from procurement.actors import ANONYMOUS
from procurement.texts import Text
from tenders.models import TenderState
from tenders.queries_search import Choice, facets
from tenders.search import NAMES, Search


@dataclass(frozen=True)
class Link:
    """A choice as a link: with it the list is narrowed, without it again if it is chosen."""

    name: Text
    count: int
    address: str
    chosen: bool


@dataclass(frozen=True)
class Narrowing:
    """One facet of the page: what it is about, and its choices."""

    heading: Text
    links: list[Link]


def asked_by(request: HttpRequest) -> Search:
    """Read what a page's address asks for.

    :raises BadInput: for values that cannot be meant.
    """
    return Search.read(request.GET.dict(), states=TenderState.values)


def narrowings(search: Search) -> list[Narrowing]:
    """Give the facets of a search, as links that need no script."""
    found = facets(ANONYMOUS, search)
    states = [replace(one, name=TENDER_STATES.get(one.value, one.name)) for one in found.states]
    agency = str(search.agency or "")
    return [
        Narrowing(Text("State", "状态"), _links(search, "state", search.state, states)),
        Narrowing(Text("Buyer", "采购人"), _links(search, "agency", agency, found.agencies)),
        Narrowing(
            Text("What is bought", "采购类别"),
            _links(search, "classification", search.classification, found.divisions),
        ),
    ]


def address_of(search: Search, **other: str) -> str:
    """Write the part of an address that asks for this search."""
    said = {**search.to_json(), **other}
    return f"?{urlencode([(name, said[name]) for name in NAMES if said.get(name)])}"


def _links(search: Search, name: str, chosen: str, choices: Iterable[Choice]) -> list[Link]:
    return [
        Link(
            one.name,
            one.count,
            address_of(search, **{name: "" if one.value == chosen else one.value}),
            one.value == chosen,
        )
        for one in choices
    ]
