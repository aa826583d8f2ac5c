"""Whether the approved version of the anchors is fit for production, and stays so.

What ``faults`` says keeps a server from starting. What ``worries`` says does not: an authority that
is away, or a country that is late with its list, must not keep anybody from filing.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from procurement.production import PRACTICE
from signatures.models import AnchorCertificate, RevocationAnswer, TrustVersion
from signatures.queries_trust import certificates_of, current_version, late_lists, latest_round
from signatures.rules.trust import instant_of

SOON: Final = timedelta(days=30)
ROUND: Final = timedelta(days=1)  # the longest rhythm in which authorities are sensibly asked
NAMED: Final = 3  # of many authorities of which the same is to be said


def faults(*, now: datetime) -> list[str] | None:
    """Give what stands against the version in force; None while a directory counts instead."""
    version = current_version()
    if version is None:
        return None
    found = [*_not_of_two(version)]
    entries, held = _in_force(version, now), certificates_of(version)
    for purposes, told in ((("signer", "seal"), "signatures"), (("tsa",), "timestamps")):
        if not any(one["purpose"] in purposes for one in entries):
            found.append(f"Version {version.number} has no authority in force for {told}.")
    practice = {one.subject for one in held.values() if PRACTICE in one.issuer}
    return found + [f"{name} is of a practice authority." for name in sorted(practice)]


def worries(*, now: datetime) -> dict[str, list[str]]:
    """Give what will stand against it unless somebody sees to it, by what was looked at."""
    version = current_version()
    if version is None:
        return {}
    entries, held = _in_force(version, now), certificates_of(version)
    return {
        "no authority's certificate ends soon": [*_ending(entries, held, now)],
        "it is known what authorities revoked": [*_unknown(entries, held, now)],
        "no trusted list is late": [
            f"A newer trusted list of {one.territory} was due by {one.next_update:%Y-%m-%d}."
            for one in late_lists(now)
        ],
    }


def _not_of_two(version: TrustVersion) -> Iterator[str]:
    made = version.proposal
    people = {made.proposed_by_id, made.decided_by_id} - {None}
    if made.decision != made.APPROVED or len(people) < 2:
        yield f"Version {version.number} was not approved by two people."


def _in_force(version: TrustVersion, now: datetime) -> list[dict[str, Any]]:
    """List the entries that count now."""
    return [
        one
        for one in version.entries
        if (instant_of(one["valid_from"]) or now) <= now
        and now < (instant_of(one["valid_until"]) or datetime.max.replace(tzinfo=now.tzinfo))
    ]


def _ending(
    entries: Iterable[dict[str, Any]], held: dict[str, AnchorCertificate], now: datetime
) -> Iterator[str]:
    ending = {one["certificate"]: held[one["certificate"]] for one in entries}
    for one in sorted(ending.values(), key=lambda one: (one.not_after, one.subject)):
        if one.not_after <= now + SOON:
            yield f"The certificate of {one.subject} ends on {one.not_after:%Y-%m-%d}."


def _unknown(
    entries: Iterable[dict[str, Any]], held: dict[str, AnchorCertificate], now: datetime
) -> Iterator[str]:
    """Compare the addresses of the authorities with what the last round brought from them."""
    names: set[str] = set()
    asked: set[str] = set()
    wanted: dict[str, str] = {}
    for entry in entries:
        name = held[entry["certificate"]].subject
        names |= {name}
        told = {one["url"]: one["kind"] for one in entry["addresses"]}
        asked |= {name} if told else set()
        wanted |= {url: name for url, kind in told.items() if kind == "crl"}
    silent = names - asked
    if silent:
        named = "; ".join(sorted(silent)[:NAMED])
        yield (
            "No address is approved at which they tell what they revoked, "
            f"for authorities: {len(silent)} ({named})."
        )
    last = latest_round()
    if wanted and (last is None or last.at < now - ROUND):
        when = f"was on {last.at:%Y-%m-%d %H:%M}" if last else "never was"
        yield f"The last round of questions to authorities {when}."
    known = last.answers if last else {}
    answers = RevocationAnswer.objects.defer("der").in_bulk(
        [known[url] for url in wanted if url in known]
    )
    for url, name in sorted(wanted.items()):
        answer = answers.get(known.get(url, ""))
        if answer is None:
            yield f"{name} has told nothing of revocations at {url}."
        elif answer.next_update is None or answer.next_update <= now:
            until = answer.next_update or answer.this_update
            yield f"What {name} told of revocations at {url} was good until {until:%Y-%m-%d %H:%M}."
