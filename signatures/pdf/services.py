"""What a trusted list tells of a trust service: for how long it was granted, and for what.

A list (ETSI TS 119 612) keeps the history of every service. Here each period in which a service
was granted is one value, with the qualifications that held then. The criteria of those are
pyHanko's; what they are written as is ours, so that they can be kept, compared and hashed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import x509
from pyhanko.sign.validation.qualified.tsp import (
    CertSubjectDNCriterion,
    CriteriaCombination,
    CriteriaList,
    Criterion,
    KeyUsageCriterion,
    PolicySetCriterion,
    Qualification,
    Qualifier,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints

from procurement.proof.canonical import JSON, canonical
from signatures.pdf.report import instant

CERTIFICATES, TIMESTAMPS = "CA/QC", "TSA/QTST"  # the service types that are read
TYPES = ("esign", "eseal", "web")  # of qualified certificates, ETSI EN 319 412-5, 4.2.3


@dataclass(frozen=True)
class Service:
    """One period in which a service was granted: ``since <= t < until``; None: it still is."""

    kind: str  # CERTIFICATES or TIMESTAMPS
    name: str
    territory: str
    keys: tuple[str, ...]  # SHA-256 of the public keys that are the service, in hex
    since: datetime
    until: datetime | None = None
    types: frozenset[str] = frozenset()  # of TYPES: all that it is granted for; empty: any
    qualifications: tuple[Qualification, ...] = ()

    def covers(self, at: datetime) -> bool:
        """Say whether an instant lies in the period."""
        return self.since <= at and (self.until is None or at < self.until)

    def qualifiers(self, certificate: x509.Certificate) -> frozenset[Qualifier]:
        """Collect what the list says of certificates such as this one (TS 119 612, 5.5.9.2)."""
        found: set[Qualifier] = set()
        for one in self.qualifications:
            if one.criteria_list.matches(certificate):
                found |= one.qualifiers
        return frozenset(found)

    def to_json(self) -> dict[str, JSON]:
        """Return the period as a JSON object, in one order only."""
        return {
            "kind": self.kind,
            "name": self.name,
            "territory": self.territory,
            "keys": [*sorted(self.keys)],
            "since": instant(self.since),
            "until": None if self.until is None else instant(self.until),
            "types": [*sorted(self.types)],
            "qualifications": _sorted(_qualification_json(one) for one in self.qualifications),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Service":
        """Read what ``to_json`` wrote."""
        return cls(
            kind=told["kind"],
            name=told["name"],
            territory=told["territory"],
            keys=tuple(told["keys"]),
            since=datetime.fromisoformat(told["since"]),
            until=datetime.fromisoformat(told["until"]) if told["until"] else None,
            types=frozenset(told["types"]),
            qualifications=tuple(_qualification(one) for one in told["qualifications"]),
        )


def _qualification_json(one: Qualification) -> JSON:
    return {
        "qualifiers": [*sorted(qualifier.value for qualifier in one.qualifiers)],
        "criteria": _criterion_json(one.criteria_list),
    }


def _qualification(told: Mapping[str, Any]) -> Qualification:
    qualifiers = frozenset(Qualifier(name) for name in told["qualifiers"])
    return Qualification(qualifiers, _criteria(told["criteria"]))


def _criterion_json(one: Criterion) -> JSON:
    if isinstance(one, CriteriaList):
        members = _sorted(_criterion_json(inner) for inner in one.criteria)
        return {"combine": one.combine_as.value, "criteria": members}
    if isinstance(one, PolicySetCriterion):
        return {"policies": [*sorted(one.required_policy_oids)]}
    if isinstance(one, CertSubjectDNCriterion):
        return {"subject": [*sorted(one.required_rdn_part_oids)]}
    assert isinstance(one, KeyUsageCriterion)
    settings = one.settings
    return {
        "usage": [*sorted(settings.key_usage or ())],
        "no_usage": [*sorted(settings.key_usage_forbidden or ())],
        "extended": [*sorted(settings.extd_key_usage or ())],
    }


def _criteria(told: Mapping[str, Any]) -> CriteriaList:
    members = frozenset(_criterion(inner) for inner in told["criteria"])
    return CriteriaList(combine_as=CriteriaCombination(told["combine"]), criteria=members)


def _criterion(told: Mapping[str, Any]) -> Criterion:
    if "combine" in told:
        return _criteria(told)
    if "policies" in told:
        return PolicySetCriterion(frozenset(told["policies"]))
    if "subject" in told:
        return CertSubjectDNCriterion(frozenset(told["subject"]))
    return KeyUsageCriterion(
        KeyUsageConstraints(
            key_usage=frozenset(told["usage"]) or None,
            key_usage_forbidden=frozenset(told["no_usage"]) or None,
            extd_key_usage=frozenset(told["extended"]) or None,
        )
    )


def _sorted(told: Iterable[JSON]) -> list[JSON]:
    return sorted(told, key=canonical)
