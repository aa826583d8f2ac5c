"""Publication: the signed paper is judged first, outside any transaction, then all is published.

Intent is the officer's; what a crash leaves behind is at most a paper in the vault that nothing
refers to. The whole is asked for again then, with the same files.
"""

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from uuid import UUID

from procurement.actors import Actor
from procurement.proof.basis import Basis
from procurement.refusals import Fault, Refusal, TemporarilyUnavailable
from procurement.stored import vault
from procurement.texts import Text
from procurement.vault import DOCUMENTS, Stored
from signatures.faults import help_of
from signatures.pdf.catalogue import message
from signatures.pdf.report import ACCEPTED, Report
from signatures.queries import signer_policy
from signatures.queries_frozen import basis_of
from signatures.service import check
from tenders.actions.publishing import NoticeChanged, Signed, judge_publication, publish
from tenders.models import Tender, TenderDocument
from tenders.notice import Notice
from tenders.queries import documents_of, notice_pdf_name, tender_seen_by

RETRY_SECONDS = 10
POINTER = "/notice_pdf"

_AGAIN = Text(
    "The paper could not be judged at this moment; nothing was published. Send it again",
    "暂时无法验证该文件，未发布任何内容，请重新提交",
)

_FOUND = Text("Checking the signature: {said}", "签名检查：{said}")


class PaperNotAccepted(Refusal):
    code, status = "paper-not-accepted", 409
    title = Text(
        "The notice is not validly signed in the agency's name", "公告未以采购机关名义有效签署"
    )


def publish_notice(*, tender_id: UUID, signed: Signed, by: Actor, now: datetime) -> Tender:
    """Publish a tender by its signed notice, keyset and paper.

    :raises NotFound: when ``by`` sees no such tender.
    :raises PaperNotAccepted: with what is wrong with the signature.
    :raises NoticeChanged: when the paper carries something else than what would be published.
    :raises TemporarilyUnavailable: when this machine could not judge the paper now.
    :raises VaultUnavailable: when it could not be kept.
    :raises Refusal: as ``judge_publication`` does.
    """
    tender = tender_seen_by(by, tender_id)
    notice = judge_publication(tender, signed, by=by, now=now)
    judged = judge_paper(tender, notice, signed.pdf, now)
    paper = kept(tender, signed.pdf, documents_of(tender))
    return publish(tender_id=tender_id, signed=signed, paper=paper, judged=judged, by=by, now=now)


def judge_paper(tender: Tender, notice: Notice, pdf: bytes, now: datetime) -> Basis:
    """Let pass a paper that is validly signed in the agency's name and carries this notice.

    Gives what the verdict rests on.

    :raises PaperNotAccepted: with what is wrong with the signature.
    :raises NoticeChanged: when it carries something else.
    :raises TemporarilyUnavailable: when this machine could not judge it now.
    """
    report, stored = check(pdf, policy=signer_policy(tender.agency, at=now), at=now, now=now)
    if stored is None:
        raise TemporarilyUnavailable(_AGAIN, retry_after=RETRY_SECONDS)
    if report.verdict not in ACCEPTED:
        raise PaperNotAccepted(faults=_faults(report))
    carried = sorted((one.name, one.sha256) for one in report.attachments)
    if carried != [("keyset.json", notice.keyset), ("notice.json", notice.digest())]:
        raise NoticeChanged
    return basis_of(report, stored, [tender.agency])


def _faults(report: Report) -> list[Fault]:
    """Say every finding in both languages, with what a person does about it."""
    found = []
    for finding in report.findings:
        english, chinese = message(finding, "en"), message(finding, "zh")
        said = Text(f"{english.text} {english.action}", f"{chinese.text}{chinese.action}")
        found.append(Fault(finding.code, _FOUND, {"said": said}, POINTER, help_of(finding)))
    return found


def kept(tender: Tender, pdf: bytes, documents: Iterable[TenderDocument]) -> Stored:
    """Put the paper in the vault, and hold it and every document that the notice names."""
    opened = vault()
    paper = opened.put(DOCUMENTS, notice_pdf_name(tender), BytesIO(pdf), len(pdf))
    opened.hold(DOCUMENTS, paper.name, paper.version_id)
    for document in documents:
        opened.hold(DOCUMENTS, document.object_name, document.object_version)
    return paper
