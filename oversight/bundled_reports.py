"""The reports on signatures for a bundle, and what they rest on, each once.

Only what the log names goes in. There are other reports: on a form that was then not filed, or on
a paper that was sent again.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from bidding.models import Bid, OpenedDocument, Opening
from bidding.sealed.opening import Opened
from oversight.verify import bundle as layout
from oversight.verify.bundle import Source
from procurement.models import Event
from procurement.objects import fetch
from procurement.proof.basis import JUDGED, Basis
from procurement.proof.canonical import canonical, sha256_hex
from signatures.models import SignatureReport
from signatures.pdf.frozen import ders_in, told_in
from signatures.queries_frozen import anchors_kept, part_kept, policies_kept
from tenders.models import NoticeVersion, Tender


def bases_of(events: Iterable[Event], opening: Opening | None) -> Iterator[Basis]:
    """Give what verdicts rest on, as events and the outcome of an opening name it."""
    for event in events:
        body = event.to_json()["body"]
        if isinstance(body, dict) and JUDGED in body:
            yield Basis.of(body[JUDGED])
    if opening is not None:
        for outcome in Opened.read(fetch(opening.opened).body).bids:
            yield from (one.judged for one in outcome.documents if one.judged)


def named_reports(
    tender: Tender, opening: Opening | None, bases: Iterable[Basis]
) -> Iterator[Source]:
    """Give every report that the log names about a file in the bundle, with its evidence."""
    rows = SignatureReport.objects.filter(
        file_sha256__in={*_judged_files(tender, opening)},  # by which reports are found
        report_digest__in={one.report for one in bases if one.report},
    )
    written, policies, anchors = set(), set(), set()
    for row in rows.order_by("pk"):
        report = canonical(row.report)
        if (digest := sha256_hex(report)) not in written:
            yield Source.of(layout.report_path(digest), report)
        written.add(digest)
        policies.add(row.policy_digest)
        anchors.add(row.anchors_digest)
    yield from _policies(policies)
    yield from _anchor_sets(anchors)


def _judged_files(tender: Tender, opening: Opening | None) -> Iterator[str]:
    yield from NoticeVersion.objects.filter(tender=tender).values_list("pdf_sha256", flat=True)
    if opening is None:
        return
    forms = Bid.objects.filter(slot__tender=tender)
    for form, withdrawal in forms.values_list("form_sha256", "withdrawal_form_sha256"):
        yield from filter(None, (form, withdrawal))
    inside = OpenedDocument.objects.filter(bid__opening=opening)
    yield from inside.values_list("sha256", flat=True)


def _policies(digests: set[str]) -> Iterator[Source]:
    for digest, policy in policies_kept(digests).items():
        yield Source.of(layout.policy_path(digest), canonical(policy))


def _anchor_sets(digests: set[str]) -> Iterator[Source]:
    """Give each set that reports rest on, and each of its parts once, read when it is written."""
    written = set()
    for digest in sorted(digests):
        anchors = anchors_kept(digest)
        if anchors is None:
            continue
        yield Source.of(layout.set_path(digest), canonical(anchors.listed()))
        for part, content in told_in(anchors):
            yield Source.of(layout.part_path(part), content)
        for part, length in ders_in(anchors):
            if part not in written:
                yield Source(layout.part_path(part), length, partial(_part, part))
            written.add(part)


def _part(sha256: str) -> Iterable[bytes]:
    return [part_kept(sha256)]
