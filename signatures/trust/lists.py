"""Reading the trusted lists of the European Union: what is signed in them, and nothing else.

A list of the lists names every national list and who signs it; the operator pins who signs the
list of the lists. pyHanko verifies the XML signatures and reads the services, here they become
proposals of anchors. Nothing is fetched.

A list has a number, a date, and a day by which a newer one is due. An older list than the one that
is known is somebody's who plays it back, and so is another one of the same number.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol

from asn1crypto import x509
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.qualified import eutl_parse
from pyhanko.sign.validation.qualified.tsp import (
    CA_QC_URI,
    CAServiceInformation,
    QualifiedServiceInformation,
    TSPServiceParsingError,
)
from xsdata.exceptions import ConverterError, ParserError

from procurement.proof.canonical import JSON
from procurement.refusals import Refusal
from procurement.texts import Text
from signatures.pdf.qualified import key_of
from signatures.pdf.report import plain
from signatures.pdf.services import CERTIFICATES, TIMESTAMPS, Service
from signatures.rules.trust import Change
from signatures.trust.history import granted_periods

LARGEST_LIST = 50 * 1024 * 1024  # bytes; the largest of 2026 has about ten million
NO_GRACE = timedelta(0)
_PURPOSES = {"esign": "signer", "eseal": "seal"}
_UNREADABLE = (
    SignatureValidationError,
    TSPServiceParsingError,
    SyntaxError,  # as lxml calls what is no XML
    ParserError,
    ConverterError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)


_NOT_SIGNED = Text("nobody who may has signed it", "未经有权签署的机构签名")
_NOT_READABLE = Text("it cannot be read", "无法读取")
_OVERDUE = Text("it is no longer in force, a newer one is due", "已过期，应有更新的版本")
_OLDER = Text(
    "an older one than the one that is known is played back", "其早于已知版本，疑似重放旧列表"
)
_SAME_NUMBER = Text(
    "it says something else than the one of the same number that is known",
    "其内容与已知的同一编号版本不同",
)


class ListRefused(Refusal):
    """Raise with ``what``, the territory, and ``why``, a text for the operator."""

    code, status = "trusted-list-refused", 409
    title = Text(
        "The trusted list {what} cannot be used: {why}. Nothing of it was taken.",
        "可信列表 {what} 无法使用：{why}。未采用其中任何内容。",
    )


@dataclass(frozen=True)
class SignedList:
    """A list that was verified, as it came, and what it says of itself (TS 119 612, 5.3)."""

    territory: str
    xml: bytes
    signed: str  # what of it is signed
    sequence: int
    issued_at: datetime
    next_update: datetime
    address: str = ""  # empty: brought as a file

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of its bytes, in hex."""
        return sha256(self.xml).hexdigest()


class Known(Protocol):
    """What is remembered of a list that was kept before; None where nobody looked then."""

    @property
    def sha256(self) -> str: ...
    @property
    def sequence(self) -> int | None: ...
    @property
    def issued_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Pointer:
    """Where a national list lies, and who may have signed it."""

    territory: str
    address: str
    signers: tuple[bytes, ...]  # DER


def signed_list(
    xml: bytes,
    territory: str,
    signers: Iterable[bytes],
    *,
    at: datetime,
    grace: timedelta = NO_GRACE,
    address: str = "",
) -> SignedList:
    """Verify a list, and see that it is in force, or at most as much too late as ``grace`` allows.

    :raises ListRefused: when nobody who may has signed it, when it is no list, or too late.
    """
    known = [x509.Certificate.load(der) for der in signers]
    try:
        if len(xml) > LARGEST_LIST:
            raise ValueError("it is too large")
        signed: str = eutl_parse._validate_and_extract_tl_data_multiple_certs(
            xml.decode("utf-8-sig"), known, validation_time=at
        )
        scheme: Any = eutl_parse._raw_tl_parse(signed).scheme_information
        sequence = int(scheme.tslsequence_number)
        issued_at: datetime = scheme.list_issue_date_time.to_datetime()
        told = scheme.next_update.date_time if scheme.next_update else None  # none: it is closed
        until: datetime | None = told.to_datetime() if told else None
    except SignatureValidationError as error:
        raise ListRefused(what=territory, why=_NOT_SIGNED) from error
    except _UNREADABLE as error:
        raise ListRefused(what=territory, why=_NOT_READABLE) from error
    if until is None or until + grace <= at:
        raise ListRefused(what=territory, why=_OVERDUE)
    return SignedList(territory, xml, signed, sequence, issued_at, until, address)


def refuse_replay(one: SignedList, known: Known | None) -> None:
    """See that a list is the one that is known, or a newer one (TS 119 612, 5.3.2 and 5.3.14).

    :raises ListRefused: when it is older, or another one of the same number.
    """
    if known is None or known.sequence is None or known.issued_at is None:
        return
    if one.sequence < known.sequence or one.issued_at < known.issued_at:
        raise ListRefused(what=one.territory, why=_OLDER)
    if one.sequence == known.sequence and one.sha256 != known.sha256:
        raise ListRefused(what=one.territory, why=_SAME_NUMBER)


def pointers(whole: SignedList) -> tuple[Pointer, ...]:
    """Read the list of the lists.

    :raises ListRefused: when it cannot be read.
    """
    try:
        read = eutl_parse.parse_lotl_unsafe(whole.signed)  # not unsafe: it was verified
    except _UNREADABLE as error:
        raise ListRefused(what=whole.territory, why=_NOT_READABLE) from error
    return tuple(
        Pointer(one.territory, one.location_uri, tuple(held.dump() for held in one.tlso_certs))
        for one in read.references
        if eutl_parse.LOTL_RULE not in one.scheme_rules
    )


def services(one: SignedList) -> list[tuple[bytes, Service]]:
    """Read the granted periods of a national list: each with the certificate it is about.

    :raises ListRefused: when it cannot be read.
    """
    try:
        return [pair for told in granted_periods(one.signed) for pair in _periods(told, one)]
    except _UNREADABLE as error:
        raise ListRefused(what=one.territory, why=_NOT_READABLE) from error


def proposed(found: Iterable[tuple[bytes, Service]]) -> list[Change]:
    """Make changes of what lists tell: an anchor for each service that was ever granted.

    It counts from the first grant on, and to the end of the last, where that has ended.
    """
    grouped: dict[tuple[bytes, str], list[Service]] = {}
    for der, service in found:
        for purpose in purposes_of(service):
            grouped.setdefault((der, purpose), []).append(service)
    return [_change(der, purpose, periods) for (der, purpose), periods in grouped.items()]


def purposes_of(service: Service) -> tuple[str, ...]:
    """Say for what a service is an anchor; one that is not narrowed is for both."""
    if service.kind == TIMESTAMPS:
        return ("tsa",)
    types = service.types or set(_PURPOSES)
    return tuple(purpose for name, purpose in _PURPOSES.items() if name in types)


def _change(der: bytes, purpose: str, periods: list[Service]) -> Change:
    open_ended = any(one.until is None for one in periods)
    told: list[JSON] = [one.to_json() for one in sorted(periods, key=lambda one: one.since)]
    return Change(
        certificate=der,
        purpose=purpose,
        source="eu-list",
        valid_from=min(one.since for one in periods),
        valid_until=None if open_ended else max(one.until for one in periods if one.until),
        services=tuple(one for one in told if isinstance(one, dict)),
    )


def _periods(
    found: QualifiedServiceInformation, one: SignedList
) -> Iterator[tuple[bytes, Service]]:
    base = found.base_info
    if base.valid_until is not None and base.valid_until <= base.valid_from:
        return  # two statuses of one instant, as real lists have them: never in force
    service = Service(
        kind=CERTIFICATES if base.service_type == CA_QC_URI else TIMESTAMPS,
        name=plain(base.service_name),
        territory=one.territory,
        keys=tuple(sorted({key_of(held) for held in base.provider_certs})),
        since=base.valid_from,
        until=base.valid_until,
        types=frozenset(
            named.value.removeprefix("qct_") for named in base.additional_info_certificate_type
        ),
        qualifications=tuple(found.qualifications)
        if isinstance(found, CAServiceInformation)
        else (),
    )
    for certificate in base.provider_certs:
        yield certificate.dump(), service
