"""An authority that signs with SM2 over SM3, and a bid form signed under it.

No library makes such a file: gmalg signs bytes, the structures are asn1crypto's, and pyHanko puts
them into the PDF.
"""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import gmalg
from asn1crypto import algos, cms, crl, keys, x509
from cryptography.hazmat.primitives import hashes
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.signers import cms_embedder
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from signatures.pdf.chinese import CURVE, IDENTITY

LIFE = timedelta(days=365)
SM2_WITH_SM3 = {"algorithm": "sm2_sm3"}


def sm3(data: bytes) -> bytes:
    running = hashes.Hash(hashes.SM3())
    running.update(data)
    return running.finalize()


@dataclass(frozen=True)
class Sm2Key:
    """A key pair whose secret is a number that the test gives."""

    secret: int

    @cached_property
    def _sm2(self) -> gmalg.SM2:
        return gmalg.SM2(self.secret.to_bytes(32, "big"), IDENTITY)

    @cached_property
    def public(self) -> keys.PublicKeyInfo:
        point = self._sm2.generate_pk(self.secret.to_bytes(32, "big"))
        named = keys.ECDomainParameters("named", CURVE)
        algorithm = {"algorithm": "ec", "parameters": named}
        return keys.PublicKeyInfo({"algorithm": algorithm, "public_key": point})

    def sign(self, message: bytes) -> bytes:
        r, s = self._sm2.sign(message)
        numbers = {"r": int.from_bytes(r, "big"), "s": int.from_bytes(s, "big")}
        return algos.DSASignature(numbers).dump()  # type: ignore[no-any-return]


def name(common: str) -> x509.Name:
    return x509.Name.build({"country_name": "CN", "common_name": common})


def certificate(
    key: Sm2Key, subject: x509.Name, issuer: Sm2Key, issued_by: x509.Name, at: datetime,
    *, authority: bool, serial: int,
) -> x509.Certificate:  # fmt: skip
    """Issue a certificate under SM2 with SM3."""
    usage = {"key_cert_sign", "crl_sign"} if authority else {"digital_signature"}
    extensions = [
        {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": authority}},
        {"extn_id": "key_usage", "critical": True, "extn_value": usage},
        {"extn_id": "key_identifier", "critical": False, "extn_value": key.public.sha1},
        {
            "extn_id": "authority_key_identifier",
            "critical": False,
            "extn_value": {"key_identifier": issuer.public.sha1},
        },
    ]
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": serial,
            "signature": SM2_WITH_SM3,
            "issuer": issued_by,
            "validity": {
                "not_before": x509.Time({"utc_time": at - LIFE}),
                "not_after": x509.Time({"utc_time": at + LIFE}),
            },
            "subject": subject,
            "subject_public_key_info": key.public,
            "extensions": extensions,
        }
    )
    made = {
        "tbs_certificate": body,
        "signature_algorithm": SM2_WITH_SM3,
        "signature_value": issuer.sign(body.dump()),
    }
    return x509.Certificate.load(x509.Certificate(made).dump())


@dataclass(frozen=True)
class ChineseAuthority:
    """A root, a supplier's certificate under it, and its list of revocations."""

    at: datetime
    root_key: Sm2Key = Sm2Key(0x1234567890ABCDEF)
    key: Sm2Key = Sm2Key(0xFEDCBA9876543210)

    @cached_property
    def root(self) -> x509.Certificate:
        own = name("GM Practice Root")
        return certificate(
            self.root_key, own, self.root_key, own, self.at, authority=True, serial=1
        )

    @cached_property
    def supplier(self) -> x509.Certificate:
        return certificate(
            self.key, name("Lotus Works"), self.root_key, self.root.subject, self.at,
            authority=False, serial=2,
        )  # fmt: skip

    def revocations(self, *serials: int) -> bytes:
        """Publish which certificates were revoked, a day ago."""
        listed = [
            {
                "user_certificate": one,
                "revocation_date": x509.Time({"utc_time": self.at - LIFE / 365}),
            }
            for one in serials
        ]
        body = crl.TbsCertList(
            {
                "version": "v2",
                "signature": SM2_WITH_SM3,
                "issuer": self.root.subject,
                "this_update": x509.Time({"utc_time": self.at}),
                "next_update": x509.Time({"utc_time": self.at + LIFE}),
                **({"revoked_certificates": listed} if listed else {}),
                "crl_extensions": [
                    {
                        "extn_id": "authority_key_identifier",
                        "extn_value": {"key_identifier": self.root_key.public.sha1},
                    },
                    {"extn_id": "crl_number", "extn_value": 1},
                ],
            }
        )
        made = {
            "tbs_cert_list": body,
            "signature_algorithm": SM2_WITH_SM3,
            "signature": self.root_key.sign(body.dump()),
        }
        return crl.CertificateList(made).dump()  # type: ignore[no-any-return]

    def cms(self, digest: bytes, *, gm_numbers: bool = False, mechanism: str = "sm2_sm3") -> bytes:
        """Sign a digest of the file; ``gm_numbers`` uses the containers of GM/T 0010."""
        data, signed_data = ("gm_data", "gm_signed_data") if gm_numbers else ("data", "signed_data")
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": [data]},
                {"type": "message_digest", "values": [digest]},
            ]
        )
        info = cms.SignerInfo(
            {
                "version": "v1",
                "sid": {
                    "issuer_and_serial_number": {
                        "issuer": self.supplier.issuer,
                        "serial_number": self.supplier.serial_number,
                    }
                },
                "digest_algorithm": {"algorithm": "sm3"},
                "signature_algorithm": {"algorithm": mechanism},
                "signed_attrs": attributes,
                "signature": self.key.sign(attributes.dump()),
            }
        )
        signed = cms.SignedData(
            {
                "version": "v1",
                "digest_algorithms": [{"algorithm": "sm3"}],
                "encap_content_info": {"content_type": data},
                "certificates": [self.supplier, self.root],
                "signer_infos": [info],
            }
        )
        return cms.ContentInfo(  # type: ignore[no-any-return]
            {"content_type": signed_data, "content": signed}
        ).dump()

    def sign(self, pdf: bytes, **how: object) -> bytes:
        """Put a signature into a PDF as ``adbe.pkcs7.detached``, as Chinese viewers do."""
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        append_signature_field(writer, SigFieldSpec("Signature1"))
        running = cms_embedder.PdfCMSEmbedder().write_cms("Signature1", writer)
        next(running)
        blank = SignatureObject(timestamp=self.at, bytes_reserved=8192)
        running.send(cms_embedder.SigObjSetup(sig_placeholder=blank))
        # pyHanko would hash with SM3 only if it knew it: the ranges are hashed here
        prepared, out = running.send(cms_embedder.SigIOSetup(md_algorithm="sha256", in_place=False))
        whole = out.getbuffer()
        start, end = prepared.reserved_region_start, prepared.reserved_region_end
        covered = bytes(whole[:start]) + bytes(whole[end:])
        del whole
        running.send(self.cms(sm3(covered), **how))  # type: ignore[arg-type]
        return out.getvalue()  # type: ignore[no-any-return]
