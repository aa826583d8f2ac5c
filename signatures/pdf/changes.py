"""Step 6: what the increments behind a signature changed, object by object, by its role.

Allowed are a document security store (DSS), a document timestamp and, behind a signature that is
not the last, a further signature in an invisible or a waiting field; with them the bookkeeping that
their writers do (extensions, version, date of modification). Everything else is a change. A role is
claimed from the catalog downwards; an object that nobody claimed is a change, whoever wrote it.

The checker reads what the increments touch and nothing else of the signed revision, so an honest
file of any size costs the same. Two traps are closed here: an overwritten object that the DSS
lists as well, and a new object whose number the signed pages already refer to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from asn1crypto import core
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf.increments import Increment, Unaccounted, account, signed_revision
from signatures.pdf.parsers import MALFORMED, Document, touched
from signatures.pdf.report import plain

Ref = tuple[int, int]

_DSS_LISTS = ("/Certs", "/OCSPs", "/CRLs")
_VRI_LISTS = ("/Cert", "/OCSP", "/CRL")
_WIDGET_MARKS = {"/V", "/AP", "/M", "/MK", "/AS", "/DA", "/F", "/Lock"}
_REFERENCE = re.compile(rb"(/Metadata )?(?<!\d)(\d{1,10}) \d{1,5} R(?![A-Za-z])")
_LONGEST_LIST = 5  # changes named in a report


@dataclass(frozen=True)
class Signed:
    """A field that was signed, as step 6 has to know it: its kind, its objects and its end."""

    name: str
    kind: str  # "signature" or "timestamp"
    field: Ref
    value: Ref
    end: int
    good: bool  # its own bytes verified


def changes_after(document: Document, end: int, signed: list[Signed]) -> tuple[str, ...]:
    """Name every change behind the byte where a signature ends; an empty tuple means none.

    ``signed`` are all signatures and document timestamps of the file.
    """
    try:
        revision = signed_revision(document, end)
        increments = account(document, revision, end)
    except Unaccounted as unaccounted:
        return (str(unaccounted),)
    found: list[str] = []
    fresh: set[int] = set()
    for increment in increments:
        judged = _Judged(document, increment, revision, signed)
        try:
            found += judged.faults()
        except (PdfError, *MALFORMED) as error:
            found.append(f"an increment cannot be read ({type(error).__name__})")
        fresh |= judged.new_numbers
    if not found and increments:
        try:
            metadata = _metadata_number(document, revision)
            found += _referred_before(document, revision, fresh, metadata)
        except (PdfError, *MALFORMED) as error:
            found.append(f"the signed content cannot be read ({type(error).__name__})")
    return tuple(found[:_LONGEST_LIST])


@dataclass
class _Judged:
    """One increment: the objects that it touches, and which of them have a reason to be there."""

    document: Document
    increment: Increment
    base: int  # the signed revision
    signed: list[Signed]
    claimed: set[Ref] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    new_numbers: set[int] = field(default_factory=set)

    @property
    def _reader(self) -> Any:
        return self.document.reader

    def faults(self) -> list[str]:
        """Return what this increment changes and must not."""
        revision = self.increment.revision
        signing = self._signing()
        written = touched(self.document, revision)
        self.new_numbers = {number for number, _ in written if self._was((number, 0)) is None}
        self._claim_containers()
        self._catalog(signing)
        self._information()
        if signing is not None:
            self._signature_value(signing)
        for ref in sorted(written - self.claimed):
            if self._was(ref) is None and self._is(ref) is None:
                continue  # a free entry for what was free before
            self.wrong.append(self._described(ref))
        return self.wrong

    def _signing(self) -> Signed | None:
        """Return the signature that this increment brought, if it brought one."""
        data = self.document.source.data
        here = [
            s
            for s in self.signed
            if s.value in touched(self.document, self.increment.revision)
            and self.increment.start < s.end <= self.increment.end
            and not bytes(data[s.end : self.increment.end]).strip()
        ]
        if len(here) != 1:
            return None
        if not here[0].good:
            self.wrong.append(f"the signature {here[0].name} behind it is broken")
        return here[0]

    # -- looking at objects, before and after ----------------------------------------------------

    def _was(self, ref: Ref) -> Any:
        return self._at(ref, self.increment.revision - 1)

    def _is(self, ref: Ref) -> Any:
        return self._at(ref, self.increment.revision)

    def _at(self, ref: Ref, revision: int) -> Any:
        reference = generic.Reference(*ref, self._reader)
        if self._reader.xrefs.get_historical_ref(reference, revision) is None:
            return None
        found = self._reader.get_object(reference, revision=revision)
        return None if isinstance(found, generic.NullObject) else found

    def _value(self, raw: Any) -> Any:
        """Resolve a raw value in this revision."""
        return self._is(_ref(raw)) if isinstance(raw, generic.IndirectObject) else raw

    def _claim(self, raw: Any) -> bool:
        """Claim a reference; say whether this increment wrote the object."""
        if not isinstance(raw, generic.IndirectObject):
            return False
        self.claimed.add(_ref(raw))
        return _ref(raw) in touched(self.document, self.increment.revision)

    def _claim_new(self, raw: Any, what: str) -> None:
        """Claim an object that this increment may add but not overwrite."""
        if self._claim(raw) and self._was(_ref(raw)) is not None:
            self.wrong.append(f"{what} overwrites object {raw.idnum}")

    def _claim_containers(self) -> None:
        """Claim the cross-reference stream and the object streams that hold the objects."""
        xrefs = self._reader.xrefs
        info = xrefs.get_xref_container_info(self.increment.revision)
        written = xrefs.get_xref_data(self.increment.revision)
        numbers = {place.obj_stream_id for place in written.xrefs_in_objstm.values()}
        if info.stream_ref is not None:
            numbers.add(info.stream_ref.idnum)
        for number in numbers:
            if self._was((number, 0)) is not None:
                self.wrong.append(f"a table of objects overwrites object {number}")
            self.claimed.add((number, 0))

    # -- roles, from the catalog downwards -------------------------------------------------------

    def _catalog(self, signing: Signed | None) -> None:
        trailer, revision = self._reader.trailer, self.increment.revision
        root = _ref(trailer.raw_get("/Root", revision=revision))
        if root != _ref(trailer.raw_get("/Root", revision=self.base)):
            self.wrong.append("another catalog")
            return
        before, after = self._was(root), self._is(root)
        self.claimed.add(root)
        for key in _different(before, after):
            if key == "/DSS":
                continue
            if key == "/AcroForm" and signing is not None:
                continue
            if key == "/Version" and re.fullmatch(r"/\d\.\d", str(after.get(key))):
                continue
            if key == "/Extensions" and self._plain(after.raw_get(key), depth=4):
                continue
            self.wrong.append(f"the catalog's {plain(str(key))}")
        if "/DSS" in after:
            self._dss(before, after)
        elif "/DSS" in before:
            self.wrong.append("the security store was taken away")
        if signing is not None and "/AcroForm" in after:
            self._form(before, after, signing)
        if "/Metadata" in after:
            self._metadata(after.raw_get("/Metadata"))

    def _dss(self, before: Any, after: Any) -> None:
        """Check the document security store, to its last certificate (EN 319 142-1, 5.4.2)."""
        raw = after.raw_get("/DSS")
        old = before.raw_get("/DSS") if "/DSS" in before else None
        if self._claim(raw) and not self._may_grow(raw, old):
            self.wrong.append("the security store overwrites something else")
        store = self._value(raw)
        if not isinstance(store, generic.DictionaryObject):
            self.wrong.append("the security store is none")
            return
        if unknown := set(store) - {"/Type", "/VRI", *_DSS_LISTS}:
            self.wrong.append(f"the security store's {plain(str(min(unknown)))}")
        for name in _DSS_LISTS:
            self._evidence(store, name)
        if "/VRI" in store:
            self._vri(store.raw_get("/VRI"))

    def _vri(self, raw: Any) -> None:
        if self._claim(raw) and not self._may_grow(raw):
            self.wrong.append("the security store overwrites something else")
        entries = self._value(raw)
        for name in entries:
            if name == "/Type":
                continue
            entry_raw = entries.raw_get(name)
            if self._claim(entry_raw) and not self._may_grow(entry_raw):
                self.wrong.append("the security store overwrites something else")
            entry = self._value(entry_raw)
            if not set(entry) <= {"/Type", "/TU", "/TS", *_VRI_LISTS}:
                self.wrong.append("a security store entry of an unknown kind")
            for kind in _VRI_LISTS:
                self._evidence(entry, kind)
            if "/TS" in entry:
                self._stream(entry.raw_get("/TS"))

    def _evidence(self, holder: Any, name: str) -> None:
        """Check one list of certificates, OCSP answers or revocation lists."""
        if name not in holder:
            return
        raw = holder.raw_get(name)
        if self._claim(raw) and not self._may_grow(raw):
            self.wrong.append("the security store overwrites something else")
        listed = self._value(raw)
        for member in _items(listed):
            self._stream(member)

    def _stream(self, raw: Any) -> None:
        """Check one piece of evidence: a new stream that holds one DER value and nothing else."""
        if not isinstance(raw, generic.IndirectObject):
            self.wrong.append("the security store holds something that is no stream")
            return
        self._claim_new(raw, "the security store")
        if _ref(raw) not in touched(self.document, self.increment.revision):
            return
        held = self._is(_ref(raw))
        if not isinstance(held, generic.StreamObject) or not _is_der(held.data):
            self.wrong.append(f"object {raw.idnum} in the security store is no evidence")

    def _may_grow(self, raw: Any, old: Any = None) -> bool:
        """Say whether a store's container may be written: new, or a store's before.

        An array is only overwritten when it is younger than the signature, because the signed
        pages could share an older one.
        """
        before = self._was(_ref(raw))
        if before is None:
            return True
        if isinstance(before, generic.ArrayObject):
            return self._at(_ref(raw), self.base) is None
        names = {"/Type", "/VRI", "/TU", "/TS", *_DSS_LISTS, *_VRI_LISTS}
        looks_like_one = set(before) <= names or all(
            re.fullmatch(r"/[0-9A-Fa-f]{40}|/Type", str(name)) for name in before
        )
        return looks_like_one and (old is None or old == raw)

    def _metadata(self, raw: Any) -> None:
        """Allow a writer to date the metadata anew; its place must be the one it had."""
        if self._claim(raw):
            stream = self._is(_ref(raw))
            kind = (stream.get("/Type"), stream.get("/Subtype"))
            if kind != ("/Metadata", "/XML") or not isinstance(stream, generic.StreamObject):
                self.wrong.append("the metadata is none")

    def _information(self) -> None:
        """Allow the information dictionary another date of modification and producer."""
        trailer, revision = self._reader.trailer, self.increment.revision
        try:
            raw = trailer.raw_get("/Info", revision=revision)
        except KeyError:
            return
        if not self._claim(raw):
            return
        before, after = self._was(_ref(raw)) or {}, self._is(_ref(raw))
        dates = {"/ModDate", "/Producer"} if before else {"/ModDate", "/Producer", "/CreationDate"}
        if changed := set(_different(before, after)) - dates:
            self.wrong.append(f"the document's {plain(str(min(changed)))}")

    def _plain(self, raw: Any, depth: int) -> bool:
        """Claim a small tree of direct values, dictionaries and arrays that shows nothing."""
        if depth == 0:
            return False
        self._claim_new(raw, "an extension")
        value = self._value(raw)
        if isinstance(value, generic.StreamObject):
            return False
        if isinstance(value, generic.DictionaryObject):
            return all(self._plain(value.raw_get(key), depth - 1) for key in value)
        return all(self._plain(member, depth - 1) for member in _items(value))

    # -- a further signature ---------------------------------------------------------------------

    def _form(self, before: Any, after: Any, signing: Signed) -> None:
        """Check that the form only gained the field that was signed."""
        self._claim(after.raw_get("/AcroForm"))
        old_form, form = None, self._value(after.raw_get("/AcroForm"))
        if "/AcroForm" in before:
            old_form = self._resolved_before(before.raw_get("/AcroForm"))
        allowed = {"/Fields", "/SigFlags"} if old_form else {"/Fields", "/SigFlags", "/DA", "/DR"}
        if extra := set(_different(old_form or {}, form)) - allowed:
            self.wrong.append(f"the form's {plain(str(min(extra)))}")
        self._claim(form.raw_get("/Fields"))
        old = self._resolved_before(old_form.raw_get("/Fields")) if old_form else []
        self._grows_by(_items(old), _items(self._value(form.raw_get("/Fields"))), signing, "form")
        self._field(signing)

    def _field(self, signing: Signed) -> None:
        self.claimed.add(signing.field)
        old, new = self._was(signing.field), self._is(signing.field)
        if old is None:
            if not _is_invisible(new):
                self.wrong.append(f"a visible field {signing.name} was added")
        elif extra := set(_different(old, new)) - _WIDGET_MARKS:
            self.wrong.append(f"the {plain(str(min(extra)))} of the field {signing.name}")
        for key in ("/AP", "/MK", "/Lock", "/SV"):
            if key in new and (old is None or key in _different(old, new)):
                self._reachable(new.raw_get(key), f"the appearance of {signing.name}")
        if "/P" in new and isinstance(new.raw_get("/P"), generic.IndirectObject):
            self._page(new.raw_get("/P"), signing)

    def _page(self, raw: Any, signing: Signed) -> None:
        """Check that the page of a new field only gained that field."""
        old, new = self._was(_ref(raw)), self._is(_ref(raw))
        if old is None or new.get("/Type") != "/Page":
            self.wrong.append("a field on something that is no page")
            return
        self._claim(raw)
        if extra := set(_different(old, new)) - {"/Annots"}:
            self.wrong.append(f"{plain(str(min(extra)))} of {self._described(_ref(raw))}")
        if "/Annots" in new:
            self._claim(new.raw_get("/Annots"))
            before = self._resolved_before(old.raw_get("/Annots")) if "/Annots" in old else []
            after = self._value(new.raw_get("/Annots"))
            self._grows_by(_items(before), _items(after), signing, "page")

    def _grows_by(self, old: list[Any], new: list[Any], signing: Signed, what: str) -> None:
        grown = [_ref(member) for member in new if isinstance(member, generic.IndirectObject)]
        before = [_ref(member) for member in old if isinstance(member, generic.IndirectObject)]
        direct_alike = [m for m in old if not isinstance(m, generic.IndirectObject)] == [
            m for m in new if not isinstance(m, generic.IndirectObject)
        ]
        if not direct_alike or grown not in (before, [*before, signing.field]):
            self.wrong.append(f"the {what} gained or lost other fields or annotations")

    def _signature_value(self, signing: Signed) -> None:
        """Claim the signature dictionary; steps 4 and 5 have judged it on its own."""
        self.claimed.add(signing.value)
        if self._was(signing.value) is not None:
            self.wrong.append(f"the signature {signing.name} overwrites something else")
        value = self._is(signing.value)
        for key in ("/Reference", "/Prop_Build"):
            if key in value:
                self._reachable(value.raw_get(key), f"the signature {signing.name}")

    def _reachable(self, raw: Any, what: str) -> None:
        """Claim everything new below a value; what was there before may only be referred to."""
        waiting, seen = [raw], set()
        while waiting:
            one = waiting.pop()
            if isinstance(one, generic.IndirectObject):
                ref = _ref(one)
                if ref in seen or ref not in touched(self.document, self.increment.revision):
                    continue
                seen.add(ref)
                if self._was(ref) is None:
                    self.claimed.add(ref)
                    waiting.append(self._is(ref))
                elif ref not in self.claimed:
                    self.wrong.append(f"{what} overwrites object {ref[0]}")
            elif isinstance(one, generic.DictionaryObject):
                waiting += [one.raw_get(key) for key in one]
            else:
                waiting += _items(one)

    def _resolved_before(self, raw: Any) -> Any:
        return self._was(_ref(raw)) if isinstance(raw, generic.IndirectObject) else raw

    def _described(self, ref: Ref) -> str:
        """Name an object as a person would: a page, a field, an annotation, else its number."""
        try:
            value = self._is(ref) or self._was(ref)
            kind = str(value.get("/Type", "")) if isinstance(value, dict) else ""
            if kind == "/Page":
                return f"page {self._page_number(ref)}"
            if isinstance(value, dict) and "/FT" in value:
                return f"the form field {plain(str(value.get('/T', '')))}"
            if kind == "/Annot" or (isinstance(value, dict) and "/Subtype" in value):
                return f"{plain(str(value.get('/Subtype', kind)))} (object {ref[0]})"
        except (PdfError, *MALFORMED):
            pass
        return f"object {ref[0]}"

    def _page_number(self, ref: Ref) -> str:
        for number, page in enumerate(self.document.qpdf.pages, 1):
            if page.obj.objgen == ref:
                return str(number)
        return f"(object {ref[0]})"


def _metadata_number(document: Document, revision: int) -> int | None:
    root = document.reader.trailer.raw_get("/Root", revision=revision)
    catalog = document.reader.get_object(
        generic.Reference(*_ref(root), document.reader), revision=revision
    )
    raw = catalog.raw_get("/Metadata") if "/Metadata" in catalog else None
    return raw.idnum if isinstance(raw, generic.IndirectObject) else None


def _referred_before(
    document: Document, revision: int, fresh: set[int], metadata: int | None
) -> list[str]:
    """Find signed content that already refers to an object which only came later.

    A page may name an object that does not exist and show nothing; whoever adds the object later
    changes what the page shows. The same holds for metadata that a page uses as its content.
    """
    later = {
        ref
        for after in range(revision + 1, document.reader.xrefs.total_revisions)
        for ref in touched(document, after)
    }
    rewritten = metadata is not None and (metadata, 0) in later
    for key, number in _signed_references(document, revision, later):
        if number in fresh:
            return [f"signed content refers to object {number}, which was added later"]
        if rewritten and number == metadata and key != "/Metadata":
            return ["the metadata is used as something else, too"]
    return []


def _signed_references(
    document: Document, revision: int, later: set[Ref]
) -> Iterator[tuple[str, int]]:
    """Yield every reference in the signed revision, with the name it is filed under, if any.

    What no increment touched is the same in the final file, where qpdf reads it fast; the rest is
    read from the signed revision, and so is what qpdf takes for null.
    """
    nulls = False
    for one in document.qpdf.objects:
        if one is None:
            nulls = True
            continue
        if not isinstance(one, pikepdf.Object) or one.objgen in later:
            continue
        if isinstance(one, pikepdf.Stream):
            text = one.stream_dict.unparse()
        elif isinstance(one, pikepdf.Dictionary | pikepdf.Array):
            text = one.unparse(resolved=True)
        else:
            continue
        for found in _REFERENCE.finditer(text):
            yield ("/Metadata" if found.group(1) else ""), int(found.group(2))
    for ref in later | _nulls(document, revision) if nulls else later:
        reference = generic.Reference(*ref, document.reader)
        if document.reader.xrefs.get_historical_ref(reference, revision) is None:
            continue
        waiting = [("", document.reader.get_object(reference, revision=revision))]
        while waiting:
            key, value = waiting.pop()
            if isinstance(value, generic.IndirectObject):
                yield key, value.idnum
            elif isinstance(value, generic.DictionaryObject):
                waiting += [(str(name), value.raw_get(name)) for name in value]
            else:
                waiting += [("", member) for member in _items(value)]


def _nulls(document: Document, revision: int) -> set[Ref]:
    """Name what the signed revision holds and qpdf takes for null: it is that, or damaged."""
    written = {ref for before in range(revision + 1) for ref in touched(document, before)}
    return {ref for ref in written if document.qpdf.get_object(ref) is None}


def _ref(raw: Any) -> Ref:
    return raw.idnum, raw.generation


def _items(array: Any) -> list[Any]:
    if isinstance(array, generic.ArrayObject):
        return [array.raw_get(index) for index in range(len(array))]
    return []


def _different(before: Any, after: Any) -> list[str]:
    """Return the keys whose raw values differ, sorted; references count as what they say."""
    keys = set(before) | set(after)

    def raw(holder: Any, key: str) -> Any:
        return holder.raw_get(key) if key in holder else None

    return sorted(str(key) for key in keys if raw(before, key) != raw(after, key))


def _is_invisible(widget: Any) -> bool:
    """Say whether an annotation has no area (ISO 32000-2, 12.7.5.5)."""
    box = widget.get("/Rect")
    if box is None:
        return "/Kids" not in widget and "/AP" not in widget
    left, bottom, right, top = (float(side) for side in box)
    return (left == right or bottom == top) and "/Kids" not in widget


def _is_der(data: bytes) -> bool:
    """Say whether bytes are exactly one DER value."""
    try:
        return bool(core.load(data, strict=True) is not None)
    except MALFORMED:
        return False
