"""Somebody keeps a search, by the real action."""

from tenders.actions.searches import save
from tenders.models import DigestRhythm, SavedSearch
from tenders.search import Search
from tests.world import World


def kept(world: World, who: str) -> SavedSearch:
    """Let somebody keep a search for chairs, with a daily letter."""
    wanted = Search(q="chairs")
    return save(search=wanted, digest=DigestRhythm.DAILY, by=world.by(who), now=world.now)
