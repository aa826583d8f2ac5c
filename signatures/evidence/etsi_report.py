"""A report in the form of ETSI TS 119 102-2 (V1.2.1), for whoever reads those of all verifiers.

It says what our own report says, and nothing that is not in it: one ``SignatureValidationReport``
for each signature, with indication and sub-indication (EN 319 102-1, 5.1), the times, the signer,
the digest of the whole file and that of the policy. Signature values are not repeated; a signature
is known by the name of its field and the file that it is in. The report is not signed.
"""

import base64
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from signatures.pdf.report import Finding, Indication, Report, SignatureFinding, instant

MEDIA_TYPE = "application/xml"
REPORT, XADES, DSIG = (
    "http://uri.etsi.org/19102/v1.2.1#",
    "http://uri.etsi.org/01903/v1.3.2#",
    "http://www.w3.org/2000/09/xmldsig#",
)
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
CODES = "urn:daylight:signature-report:code"  # of our catalogue, as additional report data
_URN = "urn:etsi:019102:"
_MAIN = {
    Indication.PASSED: "total-passed",
    Indication.INDETERMINATE: "indeterminate",
    Indication.FAILED: "total-failed",
}
_PROCESS = {"B-T": "LTVM", "B-LT": "LTVM", "B-LTA": "LTA"}  # 4.3.8; B-B and others: Basic
_PROVIDED = "receipt"  # a time that stands in no timestamp: the instant asked for, or proven by us

for _prefix, _uri in (("", REPORT), ("xades", XADES), ("ds", DSIG)):
    ET.register_namespace(_prefix, _uri)


def etsi_report(report: Report) -> bytes:
    """Write a report as XML; equal reports give equal bytes."""
    root = ET.Element(_name("ValidationReport"))
    for number, signature in enumerate(report.signatures, start=1):
        root.append(_of_signature(report, signature, number))
    if not report.signatures:
        root.append(_of_none(report))
    if objects := [*_objects(report)]:
        ET.SubElement(root, _name("SignatureValidationObjects")).extend(objects)
    made: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return made


def _of_signature(report: Report, signature: SignatureFinding, number: int) -> ET.Element:
    made = ET.Element(_name("SignatureValidationReport"))
    identifier = _put(made, "SignatureIdentifier", id=f"S-{number}")
    for name, said in (("HashOnly", "false"), ("DocHashOnly", "false")):
        _put(identifier, name, said)
    _put(identifier, "DAIdentifier", signature.field)
    _policy(made, report)
    _times(made, report, signature)
    _document(made, report)
    _attributes(made, report, signature)
    if signature.signer is not None:
        signer = _put(made, "SignerInformation")
        _put(signer, "SignerCertificate", VOReference=_certificate_id(signature))
        _put(signer, "Signer", signature.signer.organisation or signature.signer.name)
    _process(made, _PROCESS.get(signature.level or "", "Basic"))
    subs = [signature.sub_indication] if signature.sub_indication else []
    _status(made, signature.indication, subs, signature.findings)
    return made


def _of_none(report: Report) -> ET.Element:
    """Say of a file without a signature that could be read that nothing is determined."""
    made = ET.Element(_name("SignatureValidationReport"))
    _policy(made, report)
    _document(made, report)
    _process(made, "Basic")
    _status(made, Indication.INDETERMINATE, [], report.findings)
    return made


def _policy(made: ET.Element, report: Report) -> None:
    constraints = _put(made, "ValidationConstraintsEvaluationReport")
    policy = _put(constraints, "SignatureValidationPolicy")
    identifier = _put(policy, "SignaturePolicyIdentifier")
    by_id = ET.SubElement(identifier, _name("SignaturePolicyId", XADES))
    named = ET.SubElement(by_id, _name("SigPolicyId", XADES))
    ET.SubElement(named, _name("Identifier", XADES)).text = f"urn:sha256:{report.policy_digest}"
    _digest(ET.SubElement(by_id, _name("SigPolicyHash", XADES)), report.policy_digest)


def _times(made: ET.Element, report: Report, signature: SignatureFinding) -> None:
    info = _put(made, "ValidationTimeInfo")
    _put(info, "ValidationTime", instant(report.at))
    best = _put(info, "BestSignatureTime")
    _put(best, "POETime", instant(signature.proven_at or report.at))
    provided = signature.time_source in (None, _PROVIDED)
    _put(best, "TypeOfProof", f"{_URN}poetype:{'provided' if provided else 'validation'}")


def _document(made: ET.Element, report: Report) -> None:
    document = _put(made, "SignersDocument")
    _digest(_put(document, "DigestAlgAndValue"), report.file_sha256)


def _attributes(made: ET.Element, report: Report, signature: SignatureFinding) -> None:
    stamps = [
        *(("SignatureTimeStamp", one) for one in signature.timestamps),
        *(("DocTimeStamp", one) for one in report.document_timestamps),
    ]
    dated = [(name, one.at) for name, one in stamps if one.at is not None]
    attributes = _put(made, "SignatureAttributes") if dated else made
    for name, at in dated:
        _put(_put(attributes, name), "TimeStampValue", instant(at))


def _process(made: ET.Element, name: str) -> None:
    process = _put(made, "SignatureValidationProcess")
    _put(process, "SignatureValidationProcessID", f"{_URN}validationprocess:{name}")


def _status(
    made: ET.Element, main: Indication, subs: list[str], findings: tuple[Finding, ...]
) -> None:
    status = _put(made, "SignatureValidationStatus")
    _put(status, "MainIndication", f"{_URN}mainindication:{_MAIN[main]}")
    for sub in subs:
        _put(status, "SubIndication", f"{_URN}subindication:{sub}")
    if findings:
        data = _put(
            _put(status, "AssociatedValidationReportData"), "AdditionalValidationReportData"
        )
        for finding in findings:
            one = _put(data, "ReportData")
            _put(one, "Type", CODES)
            _put(one, "Value", finding.code)


def _objects(report: Report) -> Iterator[ET.Element]:
    """Name each signing certificate once, by its digest."""
    signers = {_certificate_id(one): one.signer for one in report.signatures if one.signer}
    for identifier, signer in sorted(signers.items()):
        made = ET.Element(_name("ValidationObject"), id=identifier)
        _put(made, "ObjectType", f"{_URN}validationObject:certificate")
        held = _put(made, "ValidationObjectRepresentation")
        _digest(_put(held, "DigestAlgAndValue"), signer.certificate_sha256)
        yield made


def _certificate_id(signature: SignatureFinding) -> str:
    return f"C-{signature.signer.certificate_sha256}" if signature.signer else ""


def _digest(made: ET.Element, sha256: str) -> None:
    ET.SubElement(made, _name("DigestMethod", DSIG), Algorithm=SHA256)
    value = base64.b64encode(bytes.fromhex(sha256)).decode()
    ET.SubElement(made, _name("DigestValue", DSIG)).text = value


def _put(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, _name(name), attributes)
    made.text = text
    return made


def _name(name: str, namespace: str = REPORT) -> str:
    return f"{{{namespace}}}{name}"
