"""What is sent about a tender, and how one is shown."""

from datetime import datetime
from typing import Any, get_args

from rest_framework import serializers

from api.serializers import InstantField, Shape
from procurement.actors import Actor
from procurement.models import Organisation
from procurement.proof.shapes import Currency, Digest, Name
from procurement.texts import Text
from signatures.pdf.policy import LEVELS
from tenders.drafting import draft_of
from tenders.form import Quantity
from tenders.models import Approval, ApprovalKind, PlanLine, Tender, TenderDocument
from tenders.notice import LONGEST_DESCRIPTION, Classified
from tenders.queries import suspended
from tenders.rules.draft import Draft, ItemDraft, LotDraft, signatures_json

LONGEST_TITLE = 500
LONGEST_NAME = 64  # characters of a reduction
MOST_REDUCTIONS = 10
LONGEST_NOTE = 20_000  # characters of a signed order
LONGEST_OBJECT = 4_000_000  # characters of a signed notice
NO_DESCRIPTION = Text(*[""] * 2)
_CLASSIFIED = Classified.__annotations__


def matching(kind: Any) -> serializers.RegexField:
    """Give a field for a string that one of the formats' patterns describes."""
    _, pattern, *_ = get_args(kind)
    return serializers.RegexField(rf"\A(?:{pattern.regex})\Z")


class Title(Shape):
    en = serializers.CharField(max_length=LONGEST_TITLE, allow_blank=True, default="")
    zh = serializers.CharField(max_length=LONGEST_TITLE, allow_blank=True, default="")


class Description(Shape):
    en = serializers.CharField(max_length=LONGEST_DESCRIPTION, allow_blank=True, default="")
    zh = serializers.CharField(max_length=LONGEST_DESCRIPTION, allow_blank=True, default="")


class NewBudget(Shape):
    amount = serializers.CharField(max_length=50)
    currency = matching(Currency)


class NewPlanLine(Shape):
    agency = serializers.UUIDField()
    title = Title()
    budget = NewBudget()


class Classification(Shape):
    scheme = matching(_CLASSIFIED["scheme"])
    id = matching(_CLASSIFIED["code"])


class NewItem(Shape):
    id = matching(Name)
    description = serializers.CharField(max_length=LONGEST_TITLE)
    quantity = matching(Quantity)
    unit = serializers.CharField(max_length=50)
    classification = Classification()


class NewLot(Shape):
    id = matching(Name)
    title = Title()
    criterion = serializers.CharField(max_length=20)
    items = NewItem(many=True)


class SignatureRulesShape(Shape):
    """What is asked of signatures; what is left out is as usual."""

    level = serializers.ChoiceField(LEVELS, required=False)
    signers = serializers.IntegerField(min_value=1, max_value=10, required=False)
    revocation = serializers.ChoiceField(["required", "now", "if-available"], required=False)
    qualified = serializers.ChoiceField(["not-asked", "remark", "required"], required=False)
    active_content = serializers.ChoiceField(["remark", "refuse"], required=False)
    authorities = serializers.ListField(child=matching(Digest), max_length=1_000, required=False)


class Sections(Shape):
    """The sections of a draft, each whole; questions and documents as in the response form."""

    procedure = serializers.CharField(max_length=20, required=False)
    title = Title(required=False)
    description = Description(required=False)
    currency = matching(Currency)
    validity_days = serializers.IntegerField(min_value=1, max_value=3_650, required=False)
    closes_at = InstantField(required=False)
    opens_at = InstantField(required=False)
    lots = NewLot(many=True, required=False)
    questions = serializers.ListField(child=serializers.DictField(), required=False)
    required_documents = serializers.ListField(child=serializers.DictField(), required=False)
    signatures = SignatureRulesShape(required=False)
    reductions = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_NAME), max_length=MOST_REDUCTIONS,
        required=False,
    )  # fmt: skip
    justification = serializers.CharField(allow_blank=True, required=False)

    NEEDED: tuple[str, ...] = ()

    def get_fields(self) -> dict[str, Any]:
        """Ask for what a new tender needs; an edit names what it changes."""
        found = super().get_fields()
        for name in ("currency", *self.NEEDED):
            found[name].required = name in self.NEEDED
        return found


class NewTender(Sections):
    plan_line = serializers.UUIDField()
    pack = serializers.CharField(max_length=64)

    NEEDED = ("procedure", "title", "currency", "validity_days", "closes_at", "lots")


class NewInterests(Shape):
    conflict = serializers.BooleanField()
    statement = serializers.CharField(allow_blank=True, default="")


class Nothing(Shape):
    """A body in which nothing is said."""


class NewApproval(Shape):
    kind = serializers.ChoiceField(ApprovalKind.values)
    approved = serializers.BooleanField()
    comment = serializers.CharField(allow_blank=True, default="")


class NewPublication(Shape):
    notice_note = serializers.CharField(max_length=LONGEST_OBJECT, trim_whitespace=False)
    keyset_note = serializers.CharField(max_length=LONGEST_NOTE, trim_whitespace=False)
    notice_pdf = serializers.CharField()


class DraftCancellation(Shape):
    reason = serializers.CharField(allow_blank=True)


class NewOrder(Shape):
    order_note = serializers.CharField(max_length=LONGEST_NOTE, trim_whitespace=False)


def sections(sent: dict[str, Any]) -> dict[str, Any]:
    """Give what was sent as the sections of a ``Draft``."""
    found = dict(sent)
    for name in ("title", "description"):
        if name in found:
            found[name] = Text(**found[name])
    if "lots" in found:
        found["lots"] = tuple(_lot(lot) for lot in found["lots"])
    for name in ("questions", "required_documents", "reductions"):
        if name in found:
            found[name] = tuple(found[name])
    return found


def new_draft(sent: dict[str, Any]) -> Draft:
    """Give what was sent as a whole draft; nothing is opened before its deadline."""
    plain = {"description": NO_DESCRIPTION, "opens_at": sent["closes_at"]}
    return Draft(**{**plain, **sections(sent)})


def _lot(sent: dict[str, Any]) -> LotDraft:
    items = tuple(
        ItemDraft(
            key=item["id"],
            description=item["description"],
            quantity=item["quantity"],
            unit=item["unit"],
            scheme=item["classification"]["scheme"],
            code=item["classification"]["id"],
        )
        for item in sent["items"]
    )
    return LotDraft(sent["id"], Text(**sent["title"]), sent["criterion"], items)


# ── how it is shown ──────────────────────────────────────────────────────────────────────────


def plan_line_json(line: PlanLine) -> dict[str, Any]:
    """Show a plan line."""
    return {
        "id": line.pk,
        "agency": line.agency_id,
        "state": line.state,
        "title": Text(line.title_en, line.title_zh)._asdict(),
        "budget": line.budget.to_json(),
        "added_at": line.added_at,
        "announced_at": line.announced_at,
    }


def summary(tender: Tender, *, suspended: bool) -> dict[str, Any]:
    """Show a tender as a list does."""
    return {
        "id": tender.pk,
        "agency": _agency(tender.agency),
        "state": tender.state,
        "suspended": suspended,
        "procedure": tender.procedure,
        "title": Text(tender.title_en, tender.title_zh)._asdict(),
        "currency": tender.currency,
        "closes_at": tender.closes_at,
        "opens_at": tender.opens_at,
        "published_at": tender.published_at,
        "closed_at": tender.closed_at,
        "ended_at": tender.ended_at,
        "notice": tender.notice or None,
    }


def tender_json(tender: Tender, *, by: Actor, now: datetime) -> dict[str, Any]:
    """Show a tender whole; who judged the draft, and why, to those concerned alone."""
    draft = draft_of(tender)
    shown = {
        **summary(tender, suspended=suspended(tender, now) is not None),
        "plan_line": tender.plan_line_id,
        "budget": tender.plan_line.budget.to_json(),
        "pack": {"name": tender.pack_name, "version": tender.pack_version},
        "description": draft.description._asdict(),
        "validity_days": draft.validity_days,
        "lots": [_lot_json(lot) for lot in draft.lots],
        "questions": list(draft.questions),
        "required_documents": list(draft.required_documents),
        "signatures": signatures_json(draft),
        "reductions": list(draft.reductions),
        "justification": draft.justification,
        "ended_because": tender.ended_because,
    }
    if tender.agency_id in by.organisations() | by.jurisdiction:
        shown["revision"] = tender.revision
        shown["submitted_at"] = tender.submitted_at
        judged = Approval.objects.filter(tender=tender).select_related("by").order_by("at")
        shown["approvals"] = [approval_json(approval) for approval in judged]
    return shown


def approval_json(approval: Approval) -> dict[str, Any]:
    """Show a judgement on a draft."""
    return {
        "kind": approval.kind,
        "revision": approval.revision,
        "approved": approval.approved,
        "comment": approval.comment,
        "by": {"id": approval.by_id, "name": approval.by.name},
        "at": approval.at,
    }


def document_json(document: TenderDocument) -> dict[str, Any]:
    """Show a version of a document."""
    return {
        "name": document.name,
        "version": document.version,
        "media_type": document.media_type,
        "length": document.length,
        "sha256": document.sha256,
        "added_at": document.added_at,
    }


def _lot_json(lot: LotDraft) -> dict[str, Any]:
    return {
        "id": lot.key,
        "title": lot.title._asdict(),
        "criterion": lot.criterion,
        "items": [
            {
                "id": item.key,
                "description": item.description,
                "quantity": item.quantity,
                "unit": item.unit,
                "classification": {"scheme": item.scheme, "id": item.code},
            }
            for item in lot.items
        ],
    }


def _agency(agency: Organisation) -> dict[str, Any]:
    return {"id": agency.pk, "name": {"en": agency.name_en, "zh": agency.name_zh}}
