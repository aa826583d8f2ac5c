"""On whose word about a certificate one can rely: its issuer's, or a good responder's.

RFC 6960, 4.2.2.2.1 leaves three ways open. The issuer wants nobody to check a responder: then
nobody does. It says where to ask, or it says nothing: then the responder's certificate is held to
the same rule as every other, and somebody has to vouch for it.

What a responder says is void when it was revoked before. And whoever stole its key can date an
answer back, so a good word of a revoked responder counts only if it was at hand before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import ocsp, x509

from signatures.pdf.evidence import Store
from signatures.pdf.responders import (
    DEEPEST,
    brought_by,
    is_issued_by,
    is_signed_by,
    is_trusted_for_life,
    made_at,
)
from signatures.pdf.statements import Statement, answers_about, words_about

Pair = tuple[x509.Certificate, x509.Certificate]  # a certificate and its issuer


@dataclass(frozen=True)
class Spoiled:
    """An answer whose responder was revoked by the time at which it had to be at hand."""

    answer: ocsp.OCSPResponse
    responder: x509.Certificate
    revoked_since: datetime

    @property
    def is_void(self) -> bool:
        """Say whether the responder was revoked when it answered: even "revoked" is void then."""
        return self.revoked_since <= made_at(self.answer)


def statements(pair: Pair, store: Store, *, good: bool) -> list[Statement]:
    """Collect what an issuer has said of a certificate, the oldest first.

    "Revoked" counts also from a responder of whom nothing is known. Without ``good`` there are only
    revocations: then no list has to be verified that holds none.
    """
    found = words_about(*pair, store)
    kept = [one for one in found if one.revoked_since is not None and one.maker is not None]
    if good:
        said = (one for one in found if one.revoked_since is None)
        kept += [one for one in said if is_confirmed(one, pair[1], store)]
    return sorted(kept, key=lambda one: one.said_at)


def is_vouched_for(pair: Pair, said: Store, known: Store, *, at: datetime) -> bool:
    """Say whether the issuer itself has said that a certificate was not revoked at an instant.

    ``known`` is all that there is, by which one learns of responders.
    """
    return any(is_confirmed(one, pair[1], known) for one in _good(pair, said, at))


def in_doubt(pair: Pair, said: Store, known: Store, *, at: datetime) -> x509.Certificate | None:
    """Find a responder who says that a certificate was good, and for whom nobody vouches."""
    issuer = pair[1]
    doubted = (one for one in _good(pair, said, at) if not is_confirmed(one, issuer, known))
    return next((one.maker for one in doubted if one.maker is not None), None)


def is_confirmed(
    one: Statement, issuer: x509.Certificate, store: Store, behind: tuple[bytes, ...] = ()
) -> bool:
    """Say whether its issuer has signed a statement, or a responder that was good when it did.

    That a responder was good says a list, the issuer, or another responder that is confirmed; not
    itself, and none of those ``behind``, for whom it would have to vouch in turn.
    """
    maker = one.maker
    if maker is None:
        return False
    name = maker.dump()
    if name == issuer.dump() or is_trusted_for_life(maker):
        return True
    if name in behind or len(behind) == DEEPEST:
        return False
    words = _good((maker, issuer), store, one.made_at)
    return any(is_confirmed(word, issuer, store, (*behind, name)) for word in words)


def confirmed_answers(
    pairs: Iterable[Pair], said: Store, known: Store
) -> tuple[ocsp.OCSPResponse, ...]:
    """Give the answers about certificates on whose maker one can rely."""
    found = {
        id(one.source): one.source
        for certificate, issuer in pairs
        for one in answers_about(certificate, issuer, said.ocsps)
        if is_confirmed(one, issuer, known)
    }
    return tuple(found.values())


def spoiled(issuers: Iterable[x509.Certificate], store: Store, *, by: datetime) -> list[Spoiled]:
    """Find the answers whose responder was revoked by an instant, or before it answered.

    Lists are searched for who has really signed an answer and was really delegated: one each.
    """
    found: list[Spoiled] = []
    issuers = tuple(issuers)
    for answer in store.ocsps:
        for issuer in issuers:
            maker = next(iter(_maker(answer, issuer)), None)
            since = None if maker is None else _revoked_since((maker, issuer), store)
            if maker is not None and since is not None and since <= max(by, made_at(answer)):
                found.append(Spoiled(answer, maker, since))
    return found


def _maker(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> Iterator[x509.Certificate]:
    """Find the responder of an issuer that has signed an answer."""
    for one in brought_by(answer):
        named = bool(one.issuer == issuer.subject)
        made = named and is_signed_by(answer.basic_ocsp_response, "tbs_response_data", one)
        if made and is_issued_by(one, issuer):
            yield one


def _revoked_since(pair: Pair, store: Store) -> datetime | None:
    """Find since when the issuer of a responder says that it is revoked."""
    words = (one for one in words_about(*pair, store) if one.revoked_since is not None)
    return min(
        (one.revoked_since for one in words if one.maker and one.revoked_since), default=None
    )


def _good(pair: Pair, store: Store, at: datetime) -> Iterator[Statement]:
    """Give what says, verified or not, that a certificate was not revoked at an instant."""
    for one in words_about(*pair, store):
        if at <= one.until and (one.revoked_since is None or at < one.revoked_since):
            yield one
