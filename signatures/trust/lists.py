"""Reading the trusted lists of the European Union: what is signed in them, and nothing else.

A list of the lists names every national list and who signs it; the operator pins who signs the
list of the lists. pyHanko verifies the XML signatures and reads the services, here they become
proposals of anchors. Nothing is fetched.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

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

LARGEST_LIST = 50 * 1024 * 1024  # bytes; the largest of 2026 has about ten million
WHOLE = "EU"  # what the list of the lists calls its territory
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


class ListRefused(Refusal):
    """Raise with ``what``, the territory, and ``why``, a text for the operator."""

    code, status = "trusted-list-refused", 409
    title = Text(
        "The trusted list {what} cannot be used: {why}. Nothing of it was taken.",
        "可信列表 {what} 无法使用：{why}。未采用其中任何内容。",
    )


@dataclass(frozen=True)
class KeptList:
    """A list that was verified, as it came."""

    territory: str
    xml: bytes
    address: str = ""

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of its bytes, in hex."""
        return sha256(self.xml).hexdigest()


@dataclass(frozen=True)
class Pointer:
    """Where a national list lies, and who may have signed it."""

    territory: str
    address: str
    signers: tuple[bytes, ...]  # DER


def pointers(xml: bytes, signers: Iterable[bytes], *, at: datetime) -> tuple[Pointer, ...]:
    """Read the list of the lists, signed by one of the pinned certificates.

    :raises ListRefused: when it is not, or is no list.
    """
    signed = _signed(xml, WHOLE, signers, at=at)
    try:
        read = eutl_parse.parse_lotl_unsafe(signed)  # not unsafe: it was verified above
    except _UNREADABLE as error:
        raise ListRefused(what=WHOLE, why=_NOT_READABLE) from error
    return tuple(
        Pointer(one.territory, one.location_uri, tuple(held.dump() for held in one.tlso_certs))
        for one in read.references
        if eutl_parse.LOTL_RULE not in one.scheme_rules
    )


def services(xml: bytes, pointer: Pointer, *, at: datetime) -> list[tuple[bytes, Service]]:
    """Read the granted periods of a national list: each with the certificate it is about.

    :raises ListRefused: when nobody has signed it whom the list of the lists names for it.
    """
    signed = _signed(xml, pointer.territory, pointer.signers, at=at)
    try:
        definitions = list(eutl_parse.read_qualified_service_definitions(signed))
        return [pair for one in definitions for pair in _periods(one, pointer.territory)]
    except _UNREADABLE as error:
        raise ListRefused(what=pointer.territory, why=_NOT_READABLE) from error


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


def _periods(found: QualifiedServiceInformation, territory: str) -> Iterator[tuple[bytes, Service]]:
    base = found.base_info
    service = Service(
        kind=CERTIFICATES if base.service_type == CA_QC_URI else TIMESTAMPS,
        name=plain(base.service_name),
        territory=territory,
        keys=tuple(sorted({key_of(one) for one in base.provider_certs})),
        since=base.valid_from,
        until=base.valid_until,
        types=frozenset(
            one.value.removeprefix("qct_") for one in base.additional_info_certificate_type
        ),
        qualifications=tuple(found.qualifications)
        if isinstance(found, CAServiceInformation)
        else (),
    )
    for certificate in base.provider_certs:
        yield certificate.dump(), service


def _signed(xml: bytes, what: str, signers: Iterable[bytes], *, at: datetime) -> str:
    """Verify a list, see that it is in force, and give what is signed of it.

    :raises ListRefused: when nobody who may has signed it, or a newer one is due.
    """
    known = [x509.Certificate.load(der) for der in signers]
    try:
        if len(xml) > LARGEST_LIST:
            raise ValueError("it is too large")
        signed: str = eutl_parse._validate_and_extract_tl_data_multiple_certs(
            xml.decode("utf-8-sig"), known, validation_time=at
        )
        until = _next_update(signed)
    except SignatureValidationError as error:
        raise ListRefused(what=what, why=_NOT_SIGNED) from error
    except _UNREADABLE as error:
        raise ListRefused(what=what, why=_NOT_READABLE) from error
    if until is None or until <= at:
        raise ListRefused(what=what, why=_OVERDUE)
    return signed


def _next_update(signed: str) -> datetime | None:
    """Read until when a list is in force (TS 119 612, 5.3.15); a closed one has no such date."""
    scheme = eutl_parse._raw_tl_parse(signed).scheme_information
    told = None if scheme is None else scheme.next_update
    found: datetime | None = (
        None if told is None or told.date_time is None else told.date_time.to_datetime()
    )
    return found
