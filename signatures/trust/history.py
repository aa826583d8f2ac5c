"""Reading the services of a trusted list with their pasts.

What a service was before is told without its certificate: only by the identifier of its key (ETSI
TS 119 612, 5.6.3). pyHanko reads the certificate of each period where it stands, and finds none. So
the certificates that the service has now are put beside each of its periods that is of their key.
"""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha1
from typing import Any

from asn1crypto import x509
from pyhanko.generated.etsi import ts_119612
from pyhanko.sign.validation.qualified import eutl_parse
from pyhanko.sign.validation.qualified.tsp import (
    CA_QC_URI,
    QTST_URI,
    QualifiedServiceInformation,
)

_KINDS = (
    (CA_QC_URI, eutl_parse._interpret_historical_service_info_for_ca),
    (QTST_URI, eutl_parse._interpret_historical_service_info_for_qtst),
)


def granted_periods(signed: str) -> Iterator[QualifiedServiceInformation]:
    """Read each period in which a service for qualified certificates or timestamps was granted.

    :raises TSPServiceParsingError: and whatever else pyHanko raises for what is no list.
    """
    told: Any = eutl_parse._raw_tl_parse(signed).trust_service_provider_list
    for provider in told.trust_service_provider:
        services = [_with_past(one) for one in provider.tspservices.tspservice]
        for kind, interpreter in _KINDS:
            yield from eutl_parse._interpret_service_info_for_tsps(
                services, ts_119612.ServiceTypeIdentifier(kind), interpreter
            )


def _with_past(service: Any) -> Any:
    if service.service_information is None or service.service_history is None:
        return service
    now = service.service_information.service_digital_identity
    past = service.service_history.service_history_instance
    told = tuple(replace(one, service_digital_identity=_identity(one, now)) for one in past)
    history = replace(service.service_history, service_history_instance=told)
    return replace(service, service_history=history)


def _identity(period: Any, now: Any) -> Any:
    """Give the identity of a period, with the certificates of its key where it has none."""
    own = period.service_digital_identity
    if own is None or now is None or any(one.x509_certificate for one in own.digital_id):
        return own
    named = {bytes(one.x509_ski) for one in own.digital_id if one.x509_ski}
    held = [one for one in now.digital_id if one.x509_certificate]
    of_it = [one for one in held if named & _identifiers(one.x509_certificate)]
    return replace(own, digital_id=(*own.digital_id, *of_it))


def _identifiers(der: bytes) -> set[bytes]:
    """Give the identifiers of a key: that of the certificate, and the usual (RFC 5280, 4.2.1.2)."""
    certificate = x509.Certificate.load(der)
    key = bytes(certificate.public_key["public_key"])
    made = sha1(key, usedforsecurity=False).digest()
    return {made, certificate.key_identifier or made}
