"""Tools for attacks on the cryptography: a CMS signed again, certificates that nobody issues."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from hashlib import sha1, sha256

from asn1crypto import algos, cms, keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign import signers

from signatures.pdf.signing import SigningKey, store_of
from signatures.training import Credential, PrivateKey, _usage
from tests.signatures.documents import IDENTIFIER, NOW, Practice

Change = Callable[[cms.SignerInfo], None]
SIGNING = ("digital_signature", "content_commitment")


def contents_of(pdf: bytes) -> tuple[cms.ContentInfo, slice]:
    """Return the CMS of a file's first signature, and where its digits stand."""
    start = pdf.index(b"/Contents <30") + len(b"/Contents <")
    place = slice(start, pdf.index(b">", start))
    read = cms.ContentInfo.load(bytes.fromhex(pdf[place].decode()))
    return cms.ContentInfo.load(read.dump()), place  # without the zeros behind it


def with_contents(pdf: bytes, der: bytes) -> bytes:
    """Put another CMS in the place of a file's first signature."""
    _, place = contents_of(pdf)
    digits = der.hex().encode()
    assert len(digits) <= place.stop - place.start
    padded = digits.ljust(place.stop - place.start, b"0")
    return pdf[: place.start] + padded + pdf[place.stop :]


def resigned(
    practice: Practice,
    change: Change,
    using: hashes.HashAlgorithm | None = None,
    pdf: bytes | None = None,
) -> bytes:
    """Change what a signature says of itself, and sign that with the supplier's own key."""
    pdf = pdf or practice.bb
    held, _ = contents_of(pdf)
    info = held["content"]["signer_infos"][0]
    change(info)
    ordered = sorted(info["signed_attrs"], key=lambda one: bytes(one.dump()))
    info["signed_attrs"] = cms.CMSAttributes(ordered)
    key = practice.supplier.key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    text = info["signed_attrs"].untag().dump()
    info["signature"] = key.sign(text, ec.ECDSA(using or hashes.SHA256()))
    return with_contents(pdf, held.dump())


def without(info: cms.SignerInfo, *kinds: str) -> list[cms.CMSAttribute]:
    """Return the signed attributes that are of none of some kinds."""
    return [one for one in info["signed_attrs"] if one["type"].native not in kinds]


def with_old_digest(info: cms.SignerInfo) -> None:
    """Keep SHA-256 over the file, and use SHA-1 for the signature."""
    info["signed_attrs"] = cms.CMSAttributes(without(info, "cms_algorithm_protection"))
    info["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": "sha1_ecdsa"})


def with_two_digests(info: cms.SignerInfo) -> None:
    """State two message digests."""
    other = cms.CMSAttribute({"type": "message_digest", "values": [bytes(32)]})
    info["signed_attrs"] = cms.CMSAttributes([*info["signed_attrs"], other])


def as_a_timestamp(info: cms.SignerInfo) -> None:
    """Say that something else was signed than a file."""
    kind = cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]})
    info["signed_attrs"] = cms.CMSAttributes([*without(info, "content_type"), kind])


def naming_nobody(info: cms.SignerInfo) -> None:
    """Leave out which certificate it is made with."""
    info["signed_attrs"] = cms.CMSAttributes(without(info, "signing_certificate_v2"))


def naming_none_in_a_list(info: cms.SignerInfo) -> None:
    """Say that certificates are named, and name none."""
    naming_nobody(info)
    said = tsp.SigningCertificateV2({"certs": []})
    one = cms.CMSAttribute({"type": "signing_certificate_v2", "values": [said]})
    info["signed_attrs"] = cms.CMSAttributes([*info["signed_attrs"], one])


def naming(certificate: bytes, issuer: str = "") -> Change:
    """Name a certificate, and perhaps another issuer than its own."""
    said: dict[str, object] = {"cert_hash": sha256(certificate).digest()}
    if issuer:
        name = asn1_x509.GeneralName(
            "directory_name", asn1_x509.Name.build({"common_name": issuer})
        )
        said["issuer_serial"] = {"issuer": [name], "serial_number": 5}

    def change(info: cms.SignerInfo) -> None:
        naming_nobody(info)
        named = tsp.SigningCertificateV2({"certs": [said]})
        one = cms.CMSAttribute({"type": "signing_certificate_v2", "values": [named]})
        info["signed_attrs"] = cms.CMSAttributes([*info["signed_attrs"], one])

    return change


def saying_nothing_of_itself(pdf: bytes) -> bytes:
    """Leave out what a signature says of itself, as CMS allows where only data are signed."""
    held, _ = contents_of(pdf)
    del held["content"]["signer_infos"][0]["signed_attrs"]
    return with_contents(pdf, held.dump(force=True))


def with_two_signers(pdf: bytes) -> bytes:
    """Put the only SignerInfo there twice."""
    held, _ = contents_of(pdf)
    infos = held["content"]["signer_infos"]
    held["content"]["signer_infos"] = cms.SignerInfos([infos[0], infos[0]])
    return with_contents(pdf, held.dump(force=True))


def with_another_encoding(pdf: bytes) -> bytes:
    """Write the outermost length as an indefinite one, which BER allows and DER does not."""
    der = contents_of(pdf)[0].dump()
    assert der[1] == 0x82  # the length stands in two bytes
    return with_contents(pdf, b"\x30\x80" + der[4:] + b"\0\0")


def certified_by(
    practice: Practice,
    *,
    issuer: Credential | None = None,
    name: x509.Name | None = None,
    usage: Iterable[str] = SIGNING,
    purposes: Iterable[x509.ObjectIdentifier] = (),
    identifier: str = IDENTIFIER,
    key: PrivateKey | None = None,
    besides: Iterable[tuple[x509.ExtensionType, bool]] = (),
    ca: bool = False,
) -> SigningKey:
    """Have a certificate made as no honest authority makes it; ``name`` is whose it pretends to be.

    ``besides`` are more extensions, each with whether it is critical.
    """
    maker = issuer or practice.authority.authority("issuing")
    own = key or ec.generate_private_key(ec.SECP256R1())
    subject = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Lotus Works"),
        x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, identifier),
        x509.NameAttribute(NameOID.COMMON_NAME, "Li Wei"),
    ]
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(name or maker.certificate.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=300))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(_usage(*usage), critical=True)
    )
    if purposes := list(purposes):
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    for extension, critical in besides:
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(maker.key, hashes.SHA256())
    above = practice.authority.authority("issuing").certificate
    chain = (maker.certificate, *(() if maker.certificate == above else (above,)))
    return SigningKey.from_pem(Credential(certificate, own, chain).pem())


def named_against_the_rules(practice: Practice, organisation: str) -> SigningKey:
    """Have an organisation named in a type that may not hold its characters, as authorities do.

    & is no character of a PrintableString (ITU-T X.680, 41.4).
    """
    made = practice.authority.issue(common_name="Li Wei", organisation=organisation, now=NOW)
    held = asn1_x509.Certificate.load(made.certificate_der)
    length, name = bytes([len(organisation)]), organisation.encode()
    to_sign = held["tbs_certificate"].dump()
    to_sign = to_sign.replace(b"\x0c" + length + name, b"\x13" + length + name)
    maker = practice.authority.authority("issuing")
    assert isinstance(maker.key, ec.EllipticCurvePrivateKey)
    held["tbs_certificate"] = asn1_x509.TbsCertificate.load(to_sign)
    held["signature_value"] = maker.key.sign(to_sign, ec.ECDSA(hashes.SHA256()))
    own = made.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey._in_memory(
        signers.SimpleSigner(
            signing_cert=asn1_x509.Certificate.load(held.dump(force=True)),
            signing_key=keys.PrivateKeyInfo.load(own),
            cert_registry=store_of((maker.certificate_der,)),
        )
    )


def cross_certified(
    subject: x509.Name, key: PrivateKey, issuer: x509.Name, by: PrivateKey
) -> bytes:
    """Let one authority certify another, as DER."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=300))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    return builder.sign(by, hashes.SHA256()).public_bytes(Encoding.DER)


def naming_by_sha1(certificate: bytes, *, older: bool) -> Change:
    """Name a certificate by its SHA-1, in the older attribute or in the newer one."""
    if older:
        made, kind = tsp.SigningCertificate, "signing_certificate"
        said: dict[str, object] = {"cert_hash": sha1(certificate).digest()}
    else:
        made, kind = tsp.SigningCertificateV2, "signing_certificate_v2"
        said = {"hash_algorithm": {"algorithm": "sha1"}, "cert_hash": sha1(certificate).digest()}

    def change(info: cms.SignerInfo) -> None:
        naming_nobody(info)
        one = cms.CMSAttribute({"type": kind, "values": [made({"certs": [said]})]})
        info["signed_attrs"] = cms.CMSAttributes([*info["signed_attrs"], one])

    return change


WEB_SITE = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
UNKNOWN_AND_CRITICAL = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0"), True)


def short_key() -> PrivateKey:
    """Make a key that was too short years ago."""
    return rsa.generate_private_key(65537, 1024)
