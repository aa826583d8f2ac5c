"""Step 6: what a further signature may write: its value, its field, and the field's bookkeeping.

The field is one that waited for a signature, or a new one: without an area, or with a stamp that
stands by itself. What the author of an earlier signature allowed (DocMDP, FieldMDP, /Lock) is
looked at first.
"""

from typing import Any

from pyhanko.pdf_utils import generic

from signatures.pdf.report import plain
from signatures.pdf.stamping import check_appearance, check_new_stamp, page_order, shows_texts
from signatures.pdf.views import (
    Signed,
    View,
    different,
    is_reference,
    items_of,
    members_of,
    raw_of,
    ref_of,
)

_SIGNING_WRITES = {"/V", "/AP", "/M", "/MK", "/DA", "/F"}
_UNSEEN = 0b100010  # the flags Hidden and NoView of an annotation (ISO 32000-2, table 167)
_HELD_UNDER = {"", "/Obj", "/Parent"}  # lists, the structure tree and its own kids name a field
_NEW_FIELD_HAS = _SIGNING_WRITES | {
    "/Type",
    "/Subtype",
    "/FT",
    "/Ff",
    "/T",
    "/TU",
    "/P",
    "/Rect",
    "/Lock",
    "/SV",
}


def signing_of(view: View) -> Signed | None:
    """Return the signature that an increment brought, if it brought one."""
    data, increment = view.document.source.data, view.increment
    here = [
        one
        for one in view.signed
        if one.value in view.written
        and increment.start < one.end <= increment.end
        and not bytes(data[one.end : increment.end]).strip()
    ]
    if len(here) != 1:
        return None
    if not here[0].good:
        view.wrong.append(f"the signature {here[0].name} behind it is broken")
    return here[0]


def check_cosigning(view: View, before: Any, after: Any, signing: Signed) -> None:
    """Check everything that an increment wrote for the signature that it brought."""
    if signing.kind == "signature":
        _permitted(view, signing)
    if "/AcroForm" in after:
        _form(view, before, after, signing)
    _signature_value(view, signing)


def is_invisible(widget: Any) -> bool:
    """Say whether an annotation has no area (ISO 32000-2, 12.7.5.5)."""
    box = widget.get("/Rect")
    if box is None:
        return "/Kids" not in widget and "/AP" not in widget
    left, bottom, right, top = (float(side) for side in box)
    return (left == right or bottom == top) and "/Kids" not in widget


def _permitted(view: View, signing: Signed) -> None:
    """Check what the signatures before it left open (ISO 32000-2, 12.8.2.2 and 12.8.2.4)."""
    for earlier in view.in_force:
        if earlier.leaves.level == 1:
            whose = "certified" if earlier.leaves.certifies else "locked"
            view.wrong.append(
                f"the signature {signing.name}, on a document that {earlier.name} "
                f"{whose} against any change"
            )
        elif earlier.leaves.locks(signing.name):
            view.wrong.append(f"the field {signing.name}, which {earlier.name} had locked")


def _form(view: View, before: Any, after: Any, signing: Signed) -> None:
    """Check that the form only gained the field that was signed."""
    raw, old_raw = after.raw_get("/AcroForm"), raw_of(before, "/AcroForm")
    view.claim_same(raw, old_raw, "the form")
    form, old_form = view.value(raw), view.value_before(old_raw)
    allowed = {"/Fields", "/SigFlags"} | _defaults(view, old_form, form)
    if extra := set(different(old_form or {}, form)) - allowed:
        view.wrong.append(f"the form's {plain(str(min(extra)))}")
    fields, old_fields = form.raw_get("/Fields"), raw_of(old_form, "/Fields")
    view.claim_same(fields, old_fields, "the list of fields")
    _grows_by(view, view.value_before(old_fields), view.value(fields), signing, "form")
    _field(view, signing)


def _defaults(view: View, old_form: Any, form: Any) -> set[str]:
    """Return which defaults for texts may change: where nothing takes a font from them.

    Acrobat writes them with the first field that it adds itself, iText more with every signature.
    """
    fields = [view.value_before(one) for one in items_of(_fields_before(view, old_form))]
    if any(one.get("/FT") != "/Sig" or "/Kids" in one for one in fields) or shows_texts(view):
        return set()
    if "/DR" in form:
        resources = form.raw_get("/DR")
        view.claim_same(resources, raw_of(old_form, "/DR"), "the form")
        for member in members_of(view.value(resources)):
            view.claim_reachable(member, "the form")
    return {"/DA", "/DR"}


def _fields_before(view: View, old_form: Any) -> Any:
    return view.value_before(raw_of(old_form, "/Fields"))


def _field(view: View, signing: Signed) -> None:
    view.claimed.add(signing.field)
    view.guard(signing.field, _HELD_UNDER.__contains__)
    old, new = view.was(signing.field), view.now(signing.field)
    if old is None:
        _new_field(view, new, signing)
    else:
        _waiting_field(view, old, new, signing)
    if signing.kind == "timestamp" and not is_invisible(new):
        view.wrong.append(f"the timestamp {signing.name} took a visible field")
    for key in ("/AP", "/MK", "/Lock", "/SV"):
        if key in new and (old is None or key in different(old, new)):
            view.claim_reachable(new.raw_get(key), f"the appearance of {signing.name}")
    if "/AP" in new and (old is None or "/AP" in different(old, new)):
        check_appearance(view, new.raw_get("/AP"), signing.name, is_new=old is None)
    if is_reference(raw_of(new, "/P")):
        _page(view, new.raw_get("/P"), signing)


def _new_field(view: View, new: Any, signing: Signed) -> None:
    if not is_invisible(new):
        check_new_stamp(view, new, signing)
    is_default = raw_of(new, "/DV") == raw_of(new, "/V")  # as some word processors write it
    if extra := set(new) - _NEW_FIELD_HAS - ({"/DV"} if is_default else set()):
        view.wrong.append(f"the {plain(str(min(extra)))} of the new field {signing.name}")


def _waiting_field(view: View, old: Any, new: Any, signing: Signed) -> None:
    if view.value_before(raw_of(old, "/V")) not in (None, generic.NullObject()):
        view.wrong.append(f"the field {signing.name} was signed before")
    if _flags(view, old) & ~_flags(view, new) & _UNSEEN:
        view.wrong.append(f"the field {signing.name} was hidden when the document was signed")
    if extra := set(different(old, new)) - _SIGNING_WRITES:
        view.wrong.append(f"the {plain(str(min(extra)))} of the field {signing.name}")


def _flags(view: View, field: Any) -> int:
    stated = view.value(raw_of(field, "/F"))
    return int(stated) if stated is not None else 0


def _page(view: View, raw: Any, signing: Signed) -> None:
    """Check that the page of a new field only gained that field."""
    old, new = view.was(ref_of(raw)), view.now(ref_of(raw))
    if old is None or new.get("/Type") != "/Page":
        view.wrong.append("a field on something that is no page")
        return
    view.claim(raw)
    changed = {key for key in different(old, new) if not page_order(key, new.get(key))}
    if extra := changed - {"/Annots"}:
        view.wrong.append(f"{plain(str(min(extra)))} of {view.described(ref_of(raw))}")
    notes, old_notes = raw_of(new, "/Annots"), raw_of(old, "/Annots")  # none left are a loss, too
    view.claim_same(notes, old_notes, "the list of annotations")
    if is_reference(notes):
        view.guard(ref_of(notes), "/Annots".__eq__)
    _grows_by(view, view.value_before(old_notes), view.value(notes), signing, "page")


def _grows_by(view: View, old: Any, new: Any, signing: Signed, what: str) -> None:
    before, after = items_of(old), items_of(new)
    grown = [ref_of(member) for member in after if is_reference(member)]
    known = [ref_of(member) for member in before if is_reference(member)]
    direct = [one for one in before if not is_reference(one)]
    direct_alike = direct == [one for one in after if not is_reference(one)]
    if not direct_alike or grown not in (known, [*known, signing.field]):
        view.wrong.append(f"the {what} gained or lost other fields or annotations")


def _signature_value(view: View, signing: Signed) -> None:
    """Claim the signature dictionary; steps 4 and 5 have judged it on its own.

    Step 4 has seen, too, that its number stood for nothing before: it is written once in a file.
    """
    view.claimed.add(signing.value)
    value = view.now(signing.value)
    for key in ("/Reference", "/Prop_Build"):
        if key in value:
            view.claim_reachable(value.raw_get(key), f"the signature {signing.name}")
