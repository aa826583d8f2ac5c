"""Qualified certificates, and a European Union of one country with its trusted lists."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree
from pyhanko.sign.ades.qualified_asn1 import QcCertificateType, QcStatement, QcStatements

from signatures.pdf.qualified import key_of
from signatures.pdf.services import CERTIFICATES, Service
from signatures.training import Credential, TrainingAuthority
from tests.signatures.documents import NOW

YEAR = timedelta(days=365)
_OIDS = {"esign": "0.4.0.1862.1.6.1", "eseal": "0.4.0.1862.1.6.2", "web": "0.4.0.1862.1.6.3"}
_QC_STATEMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")


def statements(*types: str, compliant: bool = True, device: bool = True) -> x509.ExtensionType:
    """Say of a certificate that it is qualified, in a device, and for what (EN 319 412-5)."""
    found = []
    if compliant:
        found.append(QcStatement({"statement_id": "0.4.0.1862.1.1"}))
    if device:
        found.append(QcStatement({"statement_id": "0.4.0.1862.1.4"}))
    if types:
        named = QcCertificateType([_OIDS[one] for one in types])
        found.append(QcStatement({"statement_id": "0.4.0.1862.1.6", "statement_info": named}))
    return x509.UnrecognizedExtension(_QC_STATEMENTS, QcStatements(found).dump())


def granted(
    authority: TrainingAuthority,
    since: datetime = NOW - YEAR,
    until: datetime | None = None,
    **how: object,
) -> Service:
    """Have the issuing authority granted for a time."""
    der = authority.authority("issuing").certificate_der
    told = {
        "kind": CERTIFICATES,
        "name": "Daylight Training Issuing CA",
        "territory": "XX",
        "keys": (key_of(asn1_x509.Certificate.load(der)),),
        "since": since,
        "until": until,
    }
    return Service(**(told | how))  # type: ignore[arg-type]


_TSL = "http://uri.etsi.org/02231/v2#"
_STATUS = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
_TYPE = "http://uri.etsi.org/TrstSvc/Svctype/"
_EXT = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/"
_SIE = "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"


@dataclass(frozen=True)
class Listed:
    """A service of a national list: since when it has its status, and what it had before."""

    certificate: bytes
    kind: str = "CA/QC"
    status: str = "granted"
    since: datetime = NOW - YEAR
    history: tuple[tuple[datetime, str], ...] = ()  # the newest first
    extensions: str = ""
    past_in_full: bool = False  # its past names it by its certificate, not by its key alone


def for_seals_in_devices() -> str:
    """Narrow a service to seals, and say that every key lies in a device."""
    usage = '<s:KeyUsageBit name="nonRepudiation">true</s:KeyUsageBit>'
    return (
        '<ServiceInformationExtensions><Extension Critical="true"><AdditionalServiceInformation>'
        f'<URI xml:lang="en">{_EXT}ForeSeals</URI></AdditionalServiceInformation></Extension>'
        f'<Extension Critical="true"><s:Qualifications xmlns:s="{_SIE}"><s:QualificationElement>'
        f'<s:Qualifiers><s:Qualifier uri="{_EXT}QCWithQSCD"/></s:Qualifiers>'
        f'<s:CriteriaList assert="all"><s:KeyUsage>{usage}</s:KeyUsage></s:CriteriaList>'
        "</s:QualificationElement></s:Qualifications></Extension></ServiceInformationExtensions>"
    )


@dataclass(frozen=True)
class Issue:
    """What a list says of itself: its number, since when, and until when a newer one is due."""

    number: int = 1
    at: datetime = NOW
    until: datetime | None = NOW + YEAR / 2  # None: it is closed


FIRST = Issue()


def national_list(
    *services: Listed, by: Credential, territory: str = "XX", issue: Issue = FIRST
) -> bytes:
    """Write and sign the list of a country (ETSI TS 119 612)."""
    told = "".join(f"<TSPService>{_service(one)}</TSPService>" for one in services)
    providers = (
        "<TrustServiceProviderList><TrustServiceProvider><TSPServices>"
        f"{told}</TSPServices></TrustServiceProvider></TrustServiceProviderList>"
    )
    return signed_xml(scheme(territory, "", issue) + providers, by)


def list_of_lists(
    *countries: tuple[str, str, Credential], by: Credential, issue: Issue = FIRST
) -> bytes:
    """Write and sign the list of the lists: for each country its address and who signs there.

    It points to itself, too.
    """
    own = _pointer("EU", "https://lists.example/lotl.xml", by, _OWN)
    told = own + "".join(_pointer(*one) for one in countries)
    pointers = f"<PointersToOtherTSL>{told}</PointersToOtherTSL>"
    return signed_xml(scheme("EU", pointers, issue), by)


_OWN = (
    "<OtherInformation><SchemeTypeCommunityRules>"
    '<URI xml:lang="en">http://uri.etsi.org/TrstSvc/TrustedList/schemerules/EUlistofthelists</URI>'
    "</SchemeTypeCommunityRules></OtherInformation>"
)


def scheme(territory: str, pointers: str, issue: Issue = FIRST) -> str:
    until = f"<dateTime>{issue.until:%Y-%m-%dT%H:%M:%SZ}</dateTime>" if issue.until else ""
    return (
        "<SchemeInformation><TSLVersionIdentifier>6</TSLVersionIdentifier>"
        f"<TSLSequenceNumber>{issue.number}</TSLSequenceNumber><SchemeInformationURI>"
        '<URI xml:lang="en">https://lists.example/info</URI></SchemeInformationURI>'
        f"<SchemeTerritory>{territory}</SchemeTerritory>{pointers}"
        f"<ListIssueDateTime>{issue.at:%Y-%m-%dT%H:%M:%SZ}</ListIssueDateTime>"
        f"<NextUpdate>{until}</NextUpdate>"
        "</SchemeInformation>"
    )


def _pointer(territory: str, address: str, signer: Credential, rules: str = "") -> str:
    return (
        f"<OtherTSLPointer><ServiceDigitalIdentities>{_identity(signer.certificate_der)}"
        f"</ServiceDigitalIdentities><TSLLocation>{address}</TSLLocation><AdditionalInformation>"
        f"<OtherInformation><SchemeTerritory>{territory}</SchemeTerritory></OtherInformation>"
        '<OtherInformation><a:MimeType xmlns:a="http://uri.etsi.org/02231/v2/additionaltypes#">'
        f"application/vnd.etsi.tsl+xml</a:MimeType></OtherInformation>{rules}"
        "</AdditionalInformation>"
        "</OtherTSLPointer>"
    )


def _service(one: Listed) -> str:
    past = "".join(
        f"<ServiceHistoryInstance>{_period(one, status, since, False)}</ServiceHistoryInstance>"
        for since, status in one.history
    )
    now = f"<ServiceInformation>{_period(one, one.status, one.since, True)}</ServiceInformation>"
    return now + (f"<ServiceHistory>{past}</ServiceHistory>" if past else "")


def _period(one: Listed, status: str, since: datetime, current: bool) -> str:
    in_full = current or one.past_in_full
    identity = _identity(one.certificate) if in_full else _key(one.certificate)
    return (
        f"<ServiceTypeIdentifier>{_TYPE}{one.kind}</ServiceTypeIdentifier>"
        '<ServiceName><Name xml:lang="en">A practice service</Name></ServiceName>'
        f"{identity}<ServiceStatus>{_STATUS}{status}</ServiceStatus>"
        f"<StatusStartingTime>{since:%Y-%m-%dT%H:%M:%SZ}</StatusStartingTime>{one.extensions}"
    )


def _identity(der: bytes) -> str:
    return (
        "<ServiceDigitalIdentity><DigitalId><X509Certificate>"
        f"{base64.b64encode(der).decode()}</X509Certificate></DigitalId></ServiceDigitalIdentity>"
    )


def _key(der: bytes) -> str:
    """Name a service of the past as real lists do: by its key, without a certificate."""
    key = x509.SubjectKeyIdentifier.from_public_key(
        x509.load_der_x509_certificate(der).public_key()  # type: ignore[arg-type]
    )
    return (
        "<ServiceDigitalIdentity><DigitalId><X509SKI>"
        f"{base64.b64encode(key.digest).decode()}</X509SKI></DigitalId></ServiceDigitalIdentity>"
    )


def signed_xml(inside: str, by: Credential) -> bytes:
    """Sign a list as its operator does: enveloped, XAdES, and in exclusive canonical form."""
    text = f'<TrustServiceStatusList xmlns="{_TSL}" Id="list">{inside}</TrustServiceStatusList>'
    root = etree.fromstring(text)
    whole = _hashed(_canonical(root))
    root.append(etree.fromstring(_SIGNATURE.format(
        certificate=base64.b64encode(by.certificate_der).decode(),
        certificate_digest=_hashed(by.certificate_der),
        at=f"{NOW:%Y-%m-%dT%H:%M:%SZ}",
        whole=whole,
    )))  # fmt: skip
    found = {etree.QName(one).localname: one for one in root[-1].iter()}
    digests = list(root[-1].iter(f"{{{_DS}}}DigestValue"))
    digests[1].text = _hashed(_canonical(found["SignedProperties"]))
    signature = by.key.sign(_canonical(found["SignedInfo"]), ec.ECDSA(hashes.SHA256()))
    value = b"".join(one.to_bytes(32, "big") for one in decode_dss_signature(signature))
    found["SignatureValue"].text = base64.b64encode(value).decode()
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True)


def _hashed(told: bytes) -> str:
    return base64.b64encode(sha256(told).digest()).decode()


_DS = "http://www.w3.org/2000/09/xmldsig#"
_EXCLUSIVE = '<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
_SHA256 = '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
_SIGNATURE = (
    f'<Signature xmlns="{_DS}" Id="signature"><SignedInfo>'
    '<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
    '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/>'
    f'<Reference URI="#list"><Transforms><Transform Algorithm="{_DS}enveloped-signature"/>'
    f"{_EXCLUSIVE}</Transforms>{_SHA256}<DigestValue>{{whole}}</DigestValue></Reference>"
    '<Reference URI="#properties" Type="http://uri.etsi.org/01903#SignedProperties">'
    f"<Transforms>{_EXCLUSIVE}</Transforms>{_SHA256}<DigestValue/></Reference></SignedInfo>"
    "<SignatureValue/><KeyInfo><X509Data><X509Certificate>{certificate}</X509Certificate>"
    '</X509Data></KeyInfo><Object><x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.3.2#"'
    ' Target="#signature"><x:SignedProperties Id="properties"><x:SignedSignatureProperties>'
    "<x:SigningTime>{at}</x:SigningTime><x:SigningCertificateV2><x:Cert><x:CertDigest>"
    f"{_SHA256}<DigestValue>{{certificate_digest}}</DigestValue></x:CertDigest></x:Cert>"
    "</x:SigningCertificateV2></x:SignedSignatureProperties></x:SignedProperties>"
    "</x:QualifyingProperties></Object></Signature>"
)
