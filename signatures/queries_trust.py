"""Reading whom the platform trusts: versions, what is proposed, and what was known when."""

from collections.abc import Iterable
from datetime import datetime

from asn1crypto import x509
from django.db.models import F, Q, QuerySet, Subquery

from procurement.actors import Actor
from procurement.roles import Permission
from signatures.models import (
    AnchorCertificate,
    AnchorSet,
    AuthorityBetween,
    RevocationAnswer,
    RevocationRound,
    TrustChange,
    TrustedList,
    TrustProposal,
    TrustVersion,
)
from signatures.pdf.anchors import Anchors, Term
from signatures.pdf.chain import common_name
from signatures.pdf.report import plain
from signatures.pdf.services import Service
from signatures.rules.trust import WHOLE, instant_of

Standing = tuple[int, str, str | None, str | None]


def versions() -> QuerySet[TrustVersion]:
    """List the versions, the newest first."""
    return TrustVersion.objects.select_related("proposal").order_by("-number")


def current_version() -> TrustVersion | None:
    """Give the version in force; None while the directory counts."""
    return versions().first()


def names_of(certificates: Iterable[str]) -> dict[str, str]:
    """Name certificates that were ever proposed, by their digest; of others there is no name."""
    held = AnchorCertificate.objects.filter(pk__in=list(certificates)).values_list("pk", "der")
    return {digest: plain(common_name(x509.Certificate.load(bytes(der)))) for digest, der in held}


def proposals(by: Actor) -> QuerySet[TrustProposal]:
    """List what was proposed, the newest first; to operators alone."""
    if not by.has(Permission.KEEP_TRUST, of=None):
        return TrustProposal.objects.none()
    found = TrustProposal.objects.select_related("proposed_by", "decided_by", "version")
    return found.defer("version__entries").order_by("-proposed_at", "pk")


def drawn_up() -> QuerySet[TrustProposal]:
    """List what the platform drew up, from lists or certificates, undecided or rejected."""
    found = TrustProposal.objects.exclude(found_in={})
    return found.filter(Q(decision=None) | Q(decision=TrustProposal.REJECTED))


def newest_lists() -> dict[str, TrustedList]:
    """Give of each territory the newest list that was kept, without its bytes."""
    found = TrustedList.objects.defer("xml").order_by(
        "territory", F("sequence").desc(nulls_last=True), "-kept_at"
    )
    return {one.territory: one for one in found.distinct("territory")}


def late_lists(now: datetime) -> list[TrustedList]:
    """List the newest lists in whose place a newer one was due, of the territories that count."""
    version = current_version()
    entries = version.entries if version else []
    used = {told["territory"] for entry in entries for told in entry["services"]}
    return [
        one
        for name, one in sorted(newest_lists().items())
        if used
        and name in {*used, WHOLE}
        and one.next_update is not None
        and one.next_update <= now
    ]


def changes_of(proposal: TrustProposal) -> QuerySet[TrustChange]:
    """List what a proposal would change."""
    found = TrustChange.objects.filter(proposal=proposal).select_related("certificate")
    return found.defer("certificate__der").order_by("pk")


def certificates_of(version: TrustVersion) -> dict[str, AnchorCertificate]:
    """Give the certificates of a version by their digests."""
    return certificates_named(str(entry["certificate"]) for entry in version.entries)


def certificates_named(digests: Iterable[str]) -> dict[str, AnchorCertificate]:
    """Give certificates by their digests."""
    return AnchorCertificate.objects.in_bulk(set(digests))


def latest_round(by: datetime | None = None) -> RevocationRound | None:
    """Give the last round of asking authorities, or the last by an instant."""
    return _rounds(by).first()


def authorities_between() -> list[bytes]:
    """Give the certificates of authorities between signers and anchors that enrolments brought."""
    return [bytes(der) for der in AuthorityBetween.objects.values_list("der", flat=True)]


def answers_known() -> list[bytes]:
    """Give the OCSP answers of the last round."""
    last = latest_round()
    named = RevocationAnswer.objects.filter(
        pk__in=set(last.answers.values()) if last else (), kind=RevocationAnswer.OCSP
    )
    return [bytes(der) for der in named.values_list("der", flat=True)]


def standing(at: datetime | None) -> Standing | None:
    """Name in one query what counts: the version, what is known now, and what was known by ``at``.

    None while there is no version.
    """
    now, then = (Subquery(_rounds(one).values("digest")[:1]) for one in (None, at))
    newest = TrustVersion.objects.order_by("-number").annotate(known=now, known_then=then)
    found: Standing | None = newest.values_list("number", "digest", "known", "known_then").first()
    return found


def anchors_of(found: Standing) -> Anchors:
    """Put together what ``standing`` named."""
    return gathered(TrustVersion.objects.get(number=found[0]), answers_of(found))


def gathered(version: TrustVersion, named: Iterable[str]) -> Anchors:
    """Put together a version and the answers that are named by their digests."""
    certificates = {name: one.der for name, one in certificates_of(version).items()}
    answers = [*RevocationAnswer.objects.filter(pk__in=[*named]).order_by("pk")]
    services = {Service.from_json(one) for entry in version.entries for one in entry["services"]}
    return Anchors(
        signers=_ders(version, certificates, ("signer", "seal")),
        tsa=_ders(version, certificates, ("tsa",)),
        crls=tuple(one.der for one in answers if one.kind == RevocationAnswer.CRL),
        ocsps=tuple(one.der for one in answers if one.kind == RevocationAnswer.OCSP),
        terms=tuple(_term(entry) for entry in version.entries),
        services=tuple(sorted(services, key=lambda one: (one.territory, one.name, one.since))),
    )


def answers_of(found: Standing) -> list[str]:
    """List the digests of the answers that were known, now or then."""
    rounds = RevocationRound.objects.filter(digest__in={found[2], found[3]} - {None})
    known = rounds.order_by("digest", "-at").distinct("digest")
    return sorted({digest for one in known for digest in one.answers.values()})


def set_of(digest: str) -> AnchorSet | None:
    """Find what the ``anchors_digest`` of a report stood for; None for a directory's."""
    return AnchorSet.objects.filter(pk=digest).select_related("version").first()


def _rounds(by: datetime | None) -> QuerySet[RevocationRound]:
    found = RevocationRound.objects.order_by("-at")
    return found if by is None else found.filter(at__lte=by)


def _ders(
    version: TrustVersion, certificates: dict[str, bytes], purposes: Iterable[str]
) -> tuple[bytes, ...]:
    named = {str(one["certificate"]) for one in version.entries if one["purpose"] in purposes}
    return tuple(certificates[name] for name in sorted(named))


def _term(entry: dict[str, str | None]) -> Term:
    return Term(
        sha256=str(entry["certificate"]),
        purpose=entry["purpose"],  # type: ignore[arg-type]  # one of three, by a constraint
        valid_from=instant_of(entry["valid_from"]),
        valid_until=instant_of(entry["valid_until"]),
    )
