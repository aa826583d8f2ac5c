"""What is sent and shown about bids on their way in."""

from rest_framework import serializers

from api.serializers import Shape
from bidding.ceremonies.submitting import Filed
from bidding.models import Bid, Envelope, Recheck
from bidding.queries import OwnBid, missing_parts
from bidding.sealed.manifest import PART_BYTES
from procurement.texts import say
from signatures.pdf.catalogue import message
from signatures.pdf.report import Finding
from signatures.pdf.told import link_to, who_acts


class NewEnvelope(Shape):
    supplier = serializers.UUIDField()
    manifest = serializers.DictField()


class NewBid(Shape):
    supplier = serializers.UUIDField()
    lot = serializers.CharField(max_length=64)
    consortium = serializers.UUIDField(allow_null=True, default=None)
    envelopes = serializers.DictField(child=serializers.CharField(max_length=64))


def envelope_json(envelope: Envelope) -> dict[str, object]:
    """Show an upload."""
    return {
        "id": envelope.pk,
        "tender": envelope.tender_id,
        "supplier": envelope.supplier_id,
        "lot": envelope.lot,
        "envelope": envelope.name,
        "manifest": envelope.manifest,
        "state": envelope.state,
        "missing": missing_parts(envelope),
        "part_bytes": PART_BYTES,
    }


def bid_json(own: OwnBid) -> dict[str, object]:
    """Show a bid to its bidder."""
    row, receipt = own.row, own.receipt
    withdrawn = row.withdrawal_arrival
    return {
        "id": row.pk,
        "tender": row.slot.tender_id,
        "supplier": row.slot.supplier_id,
        "consortium": row.consortium_id,
        "lot": row.slot.lot,
        "digest": row.digest,
        "bid": own.bid.to_json(),
        "state": row.state,
        "missing": own.missing,
        "form": f"/api/v1/bids/{row.pk}/form.pdf",
        "receipt": receipt and {"number": receipt.number, "received_at": receipt.received_at},
        "receipt_paper": receipt and f"/api/v1/bids/{row.pk}/receipt.pdf",
        "countersigned": _countersigned(own),
        "withdrawn_at": withdrawn and withdrawn.at,
        "rechecked": _rechecked(row),
    }


def _countersigned(own: OwnBid) -> str | None:
    """Say where the form with the platform's seal is; None where none is made."""
    made = own.receipt is not None and not own.row.at_own_risk
    return f"/api/v1/bids/{own.row.pk}/countersigned.pdf" if made else None


def _rechecked(bid: Bid) -> dict[str, object] | None:
    """Show what was found about an undecided form since; the receipt keeps its own verdict."""
    recheck: Recheck | None = getattr(bid, "recheck", None)
    if recheck is None or recheck.report is None:
        return None
    report = recheck.report
    return {"verdict": report.verdict, "codes": report.codes, "at": recheck.at}


def filed_json(filed: Filed, lang: str) -> dict[str, object]:
    """Show a receipt, and what was found about the signed form."""
    return {
        "number": filed.receipt.number,
        "receipt": filed.receipt.note,
        "received_at": filed.receipt.received_at,
        "verdict": filed.verdict,
        "messages": [message_json(finding, lang) for finding in filed.findings],
    }


def message_json(finding: Finding, lang: str) -> dict[str, object]:
    """Say a finding in the reader's language."""
    said = message(finding, "zh" if lang.startswith("zh") else "en")
    return {
        "code": finding.code,
        "title": said.title,
        "text": said.text,
        "action": said.action,
        "who": say(who_acts(finding.code), {}, lang),
        "help": {"text": said.help, "link": link_to(finding.code)},
    }
