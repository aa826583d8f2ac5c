"""The signed files that this room holds, for whoever judges them again."""

from collections.abc import Iterator

from procurement.vault import DOCUMENTS
from signatures.evidence.places import Place
from tenders.models import Tender
from tenders.queries import notice_pdf_name


def signed_files() -> Iterator[Place]:
    """Give the signed notice of every published tender."""
    published = Tender.objects.exclude(notice_pdf_version="").order_by("pk")
    for tender in published.iterator():
        name, version = notice_pdf_name(tender), tender.notice_pdf_version
        yield Place(tender.notice_pdf_sha256, DOCUMENTS, name, version)
