"""What is asked of the list of tenders, and why one was found."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from api.serializers import InstantField, Shape
from tenders.models import TenderState
from tenders.queries_search import Match
from tenders.search import CODE_BEGINS, COUNTRY, LONGEST_QUESTION, NAMES, ORDERS, Search


class SearchShape(Shape):
    """What somebody looks for; what is left out restricts nothing."""

    q = serializers.CharField(max_length=LONGEST_QUESTION, required=False)
    state = serializers.ChoiceField(TenderState.values, required=False)
    agency = serializers.UUIDField(required=False)
    classification = serializers.RegexField(rf"\A(?:{CODE_BEGINS})\Z", required=False)
    country = serializers.RegexField(rf"\A(?:{COUNTRY})\Z", required=False)
    closes_after = InstantField(required=False)
    closes_before = InstantField(required=False)
    order = serializers.ChoiceField(ORDERS, required=False)


class TenderFilter(SearchShape):
    mine = serializers.BooleanField(default=False)
    page = serializers.CharField(required=False)
    page_size = serializers.CharField(required=False)


def search_of(sent: dict[str, Any]) -> Search:
    """Give what was asked for as a search."""
    return Search(**{name: value for name, value in sent.items() if name in NAMES})


def why_json(found: Sequence[Match] | None) -> dict[str, Any]:
    """Show why a tender was found, where words were asked for."""
    if found is None:
        return {}
    return {"matched": [{"where": one.where._asdict(), "excerpt": one.excerpt} for one in found]}
