"""What one tender asks of a signature. A policy is data: its digest stands in every report."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Literal, get_args

from procurement.proof.canonical import JSON, canonical

MIB = 1024 * 1024
Level = Literal["B-B", "B-T", "B-LT", "B-LTA"]
LEVELS: tuple[Level, ...] = get_args(Level)  # of PAdES, lowest first (ETSI EN 319 142-1, 6)
_WORDS = {
    "active_content": ("refuse", "remark"),
    "revocation": ("required", "now", "if-available"),
    "level": LEVELS,
    "qualified": ("not-asked", "remark", "required"),
}

_LATER = (
    "drawn_pixels",
    "drawn_steps",
)  # limits that the first policies did not state; their digests stay


class PolicyUnreadable(ValueError):  # noqa: N818 - reads as the sentence it is
    """The JSON object is none that a policy of this software writes."""


@dataclass(frozen=True)
class Limits:
    """How much of a file is looked at before the answer is UNDECIDED; counts, never seconds."""

    file_bytes: int = 200 * MIB
    revisions: int = 64
    signatures: int = 32
    objects: int = 500_000
    nesting: int = 100
    fields: int = 20_000
    pages: int = 20_000
    contents_bytes: int = 256 * 1024  # one /Contents, decoded
    certificates: int = 50
    crl_bytes: int = 20 * MIB
    attachments: int = 100
    attachment_bytes: int = 256 * MIB
    drawn_pixels: int = 512 * MIB  # of all pages, before and after
    drawn_steps: int = 8 * MIB  # of all pages; what a step is says effort.py

    def to_json(self) -> JSON:
        """Return the limits by name; what was added later only where it is not the default."""
        stated = asdict(self)
        return {n: v for n, v in stated.items() if n not in _LATER or v != getattr(Limits, n)}


@dataclass(frozen=True)
class Supplier:
    """Who has to have signed: an organisation by its identifiers, or certificates enrolled for it.

    ``identifiers`` are organizationIdentifier values (ETSI EN 319 412-1, 5.1.4), such as
    ``NTRCN-91310000MA1K0000XX`` or ``VATDE-123456789``; a Chinese one is also met by the unified
    social credit code in a certificate (GB 32100). ``certificates`` are SHA-256 digests of DER
    certificates, in hex, which the supplier's administrator enrolled beforehand. ``mandated`` are
    those of persons who hold a mandate of the supplier at the instant that is judged.
    """

    identifiers: frozenset[str] = frozenset()
    certificates: frozenset[str] = frozenset()
    mandated: frozenset[str] = frozenset()

    def to_json(self) -> dict[str, JSON]:
        """Return the supplier as a JSON object, in one order only."""
        mandated: dict[str, JSON] = {"mandated": [*sorted(self.mandated)]}
        return {
            "identifiers": [*sorted(self.identifiers)],
            "certificates": [*sorted(self.certificates)],
            **(mandated if self.mandated else {}),
        }


@dataclass(frozen=True)
class Role:
    """A part that somebody has to sign in: so many of these signers, and not twice the same.

    A role is named by the policy alone: ``legal-representative``, ``project-manager``. What a file
    claims of itself is no role.
    """

    name: str
    signers: Supplier
    count: int = 1

    def to_json(self) -> dict[str, JSON]:
        """Return the role as a JSON object."""
        return {"name": self.name, "signers": self.signers.to_json(), "count": self.count}


@dataclass(frozen=True)
class Policy:
    """The rules that turn findings into a verdict.

    ``supplier`` is None where nobody in particular has to have signed; ``besides`` names others,
    each of whom has to have signed, too, and ``roles`` the parts in which somebody has to have.
    ``level`` is the lowest that will do. ``authorities`` are SHA-256 digests of the anchors that a
    tender accepts out of those that the operator trusts; empty means all of them. Revocation data
    that is missing makes a verdict wait where ``revocation`` is ``required``, decides against the
    signature where it is ``now``, and is not missed where it is ``if-available``. ``clock_skew`` is
    how far the clock of a time-stamping authority may run ahead of ours. ``qualified`` asks for
    qualified signatures or seals of the European Union, or for a remark where one is none.
    ``freshness`` is asked of the signer's certificate alone: what was last known of it is then not
    older than so long before the proven time of signing; None: whatever was in force will do.
    """

    supplier: Supplier | None = None
    besides: tuple[Supplier, ...] = ()  # the members of a consortium that did not mandate its lead
    signatures_required: int = 1
    active_content: Literal["refuse", "remark"] = "remark"
    revocation: Literal["required", "now", "if-available"] = "required"
    clock_skew: timedelta = timedelta(minutes=5)
    limits: Limits = field(default_factory=Limits)
    version: str = "1"
    roles: tuple[Role, ...] = ()
    level: Level = "B-B"
    authorities: frozenset[str] = frozenset()
    qualified: Literal["not-asked", "remark", "required"] = "not-asked"  # Regulation 910/2014
    freshness: timedelta | None = None  # how old revocation data may be at the proven time

    def to_json(self) -> dict[str, JSON]:
        """Return the policy as a JSON object, in one order only.

        What is not asked for is left out, so that an older question keeps its digest.
        """
        asked: dict[str, JSON] = {
            "besides": [one.to_json() for one in self.besides],
            "roles": [one.to_json() for one in self.roles],
            "level": self.level if self.level != LEVELS[0] else "",
            "authorities": [*sorted(self.authorities)],
            "qualified": self.qualified if self.qualified != "not-asked" else "",
            "freshness": _seconds(self.freshness),
        }
        return {
            "supplier": self.supplier.to_json() if self.supplier else None,
            **{name: value for name, value in asked.items() if value},
            "signatures_required": self.signatures_required,
            "active_content": self.active_content,
            "revocation": self.revocation,
            "clock_skew_seconds": int(self.clock_skew.total_seconds()),
            "limits": self.limits.to_json(),
            "version": self.version,
        }

    @classmethod
    def from_json(cls, told: JSON) -> "Policy":
        """Read what ``to_json`` wrote, and nothing else: the same digest comes out.

        :raises PolicyUnreadable: for every other value.
        """
        try:
            policy = _policy(told)
            same = canonical(policy.to_json()) == canonical(told)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            raise PolicyUnreadable(f"This is no policy: {error!r}") from None
        if not same:
            raise PolicyUnreadable("This is no policy as this software writes them")
        return policy

    @property
    def suppliers(self) -> tuple[Supplier, ...]:
        """Everybody who has to have signed."""
        return (self.supplier, *self.besides) if self.supplier else ()

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the policy's canonical JSON, in hex."""
        return hashlib.sha256(canonical(self.to_json())).hexdigest()


def _seconds(span: timedelta | None) -> JSON:
    return None if span is None else {"seconds": int(span.total_seconds())}


def _policy(told: Any) -> Policy:
    asked = {name: told[name] for name in _WORDS if name in told}
    if any(word not in _WORDS[name] for name, word in asked.items()):
        raise ValueError("a word that no policy uses")
    supplier, freshness = told["supplier"], told.get("freshness")
    return Policy(
        supplier=None if supplier is None else _supplier(supplier),
        besides=tuple(_supplier(one) for one in told.get("besides", ())),
        signatures_required=_count(told["signatures_required"]),
        clock_skew=timedelta(seconds=_count(told["clock_skew_seconds"])),
        limits=Limits(**{name: _count(limit) for name, limit in told["limits"].items()}),
        version=_text(told["version"]),
        roles=tuple(_role(one) for one in told.get("roles", ())),
        authorities=_texts(told.get("authorities", ())),
        freshness=None if freshness is None else timedelta(seconds=_count(freshness["seconds"])),
        **asked,
    )


def _supplier(told: Any) -> Supplier:
    return Supplier(
        identifiers=_texts(told["identifiers"]),
        certificates=_texts(told["certificates"]),
        mandated=_texts(told.get("mandated", ())),
    )


def _role(told: Any) -> Role:
    return Role(_text(told["name"]), _supplier(told["signers"]), _count(told["count"]))


def _texts(told: Iterable[Any]) -> frozenset[str]:
    return frozenset(_text(one) for one in told)


def _text(told: Any) -> str:
    if not isinstance(told, str):
        raise TypeError("not a text")
    return told


def _count(told: Any) -> int:
    if not isinstance(told, int) or isinstance(told, bool) or told < 0:
        raise TypeError("not a count")
    return told
