"""Saving a search, to hear of what it finds; and letting it go.

Like following, it leaves no trace in the log: what somebody looks for is nobody else's business.
"""

from datetime import datetime
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction

from procurement.actors import Actor
from procurement.models import User
from procurement.refusals import NotFound, Refusal
from procurement.texts import Text
from tenders.models import DigestRhythm, SavedSearch
from tenders.search import Search

MOST_SAVED = 50  # by one person
_signer = Signer(salt="tenders.digest")


class TooManySearches(Refusal):
    code, status = "too-many-searches", 409
    title = Text(
        "You have saved {most} searches already; let one go first",
        "您已保存 {most} 个搜索，请先删除一个",
    )


@transaction.atomic
def save(*, search: Search, digest: DigestRhythm, by: Actor, now: datetime) -> SavedSearch:
    """Save a search for a person; what is published from now on is told.

    :raises TooManySearches: to who has saved many.
    """
    User.objects.select_for_update().get(pk=by.user_id)

    if SavedSearch.objects.filter(user=by.user_id).count() >= MOST_SAVED:
        raise TooManySearches(most=MOST_SAVED)

    return SavedSearch.objects.create(
        user_id=by.user_id,
        query=search.to_json(),
        digest=digest,
        created_at=now,
        told_until=now,
    )


@transaction.atomic
def let_go(*, search_id: UUID, by: Actor) -> None:
    """Let one's own saved search go.

    :raises NotFound: when it is not theirs.
    """
    gone, _ = SavedSearch.objects.filter(pk=search_id, user=by.user_id).delete()
    if not gone:
        raise NotFound


def token_of(saved: SavedSearch) -> str:
    """Give the word by which whoever got the digest can end it, without signing in."""
    return _signer.sign(str(saved.pk))


def meant_by(token: str) -> UUID:
    """Read such a word.

    :raises NotFound: for one that this platform did not write.
    """
    try:
        return UUID(_signer.unsign(token))
    except (BadSignature, ValueError):
        raise NotFound from None


@transaction.atomic
def end_digest(token: str) -> None:
    """End the digest that a letter carried; a second time changes nothing.

    :raises NotFound: for a word that this platform did not write.
    """
    SavedSearch.objects.filter(pk=meant_by(token)).delete()
