"""One increment, object by object: how each was before it, how it is behind it, and who claims it.

The modules of step 6 look at an increment through a ``View``. Each claims the objects that its role
may write and names what is wrong with them; what nobody claimed in the end is a change.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pyhanko.pdf_utils import generic

from signatures.pdf.certification import NOTHING_SAID, Permission
from signatures.pdf.increments import Increment
from signatures.pdf.parsers import Document, touched
from signatures.pdf.report import plain

Ref = tuple[int, int]


@dataclass(frozen=True)
class Signed:
    """A field that was signed, as step 6 has to know it: its kind, its objects and its end."""

    name: str
    kind: str  # "signature" or "timestamp"
    field: Ref
    value: Ref
    end: int
    good: bool  # its own bytes verified
    leaves: Permission = NOTHING_SAID  # what may follow it


@dataclass
class View:
    """The objects that one increment touches, and which of them have a reason to be there."""

    document: Document
    increment: Increment
    base: int  # the revision that was signed
    signed: list[Signed]
    claimed: set[Ref] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    store: set[int] = field(default_factory=set)  # parts of the security store that it wrote
    guarded: dict[int, Callable[[str], bool]] = field(default_factory=dict)  # older, rewritten

    def __post_init__(self) -> None:
        self.reader = self.document.reader
        self.written = touched(self.document, self.increment.revision)

    def guard(self, ref: Ref, allowed: Callable[[str], bool]) -> None:
        """Ask that signed content refers to a rewritten object under these names only."""
        if self.at(ref, self.base) is not None:
            self.guarded[ref[0]] = allowed

    @property
    def new_numbers(self) -> set[int]:
        """Return the numbers that stood for nothing before."""
        return {number for number, _ in self.written if self.was((number, 0)) is None}

    @property
    def in_force(self) -> list[Signed]:
        """Return the signatures that were there before this increment."""
        return [one for one in self.signed if one.end <= self.increment.start]

    @property
    def certified(self) -> bool:
        """Say whether the author certified the document before this increment."""
        return any(one.leaves.certifies for one in self.in_force)

    def was(self, ref: Ref) -> Any:
        """Return an object as it was before this increment, None if there was none."""
        return self.at(ref, self.increment.revision - 1)

    def now(self, ref: Ref) -> Any:
        """Return an object as it is behind this increment, None if there is none."""
        return self.at(ref, self.increment.revision)

    def at(self, ref: Ref, revision: int) -> Any:
        """Return an object as a revision has it, None if that has none."""
        return object_at(self.document, ref, revision)

    def value(self, raw: Any) -> Any:
        """Resolve a raw value behind this increment."""
        return self.now(ref_of(raw)) if is_reference(raw) else raw

    def value_before(self, raw: Any) -> Any:
        """Resolve a raw value before this increment."""
        return self.was(ref_of(raw)) if is_reference(raw) else raw

    def claim(self, raw: Any) -> bool:
        """Claim a reference; say whether this increment wrote the object."""
        if not is_reference(raw):
            return False
        self.claimed.add(ref_of(raw))
        return ref_of(raw) in self.written

    def claim_new(self, raw: Any, what: str) -> None:
        """Claim an object that this increment may add but not overwrite."""
        if self.claim(raw) and self.was(ref_of(raw)) is not None:
            self.wrong.append(f"{what} overwrites object {raw.idnum}")

    def claim_same(self, raw: Any, old: Any, what: str) -> None:
        """Claim an object that is new, or had the same role before."""
        if self.claim(raw) and self.was(ref_of(raw)) is not None and raw != old:
            self.wrong.append(f"{what} overwrites object {raw.idnum}")

    def claim_reachable(self, raw: Any, what: str) -> None:
        """Claim everything new below a value; what was there before may only be referred to."""
        waiting, seen = [raw], set()
        while waiting:
            one = waiting.pop()
            if is_reference(one):
                ref = ref_of(one)
                if ref in seen or ref not in self.written:
                    continue
                seen.add(ref)
                if self.was(ref) is None:
                    self.claimed.add(ref)
                    waiting.append(self.now(ref))
                elif ref not in self.claimed:
                    self.wrong.append(f"{what} overwrites object {ref[0]}")
            else:
                waiting += members_of(one)

    def described(self, ref: Ref) -> str:
        """Name an object as a person would: a page, a field, an annotation, else its number."""
        value = self.now(ref) or self.was(ref)
        if not isinstance(value, dict):
            return f"object {ref[0]}"
        kind = str(value.get("/Type", ""))
        if kind == "/Page":
            return f"page {self._page_number(ref)}"
        if "/FT" in value:
            return f"the form field {plain(str(value.get('/T', '')))}"
        if kind == "/Annot" or "/Subtype" in value:
            return f"{plain(str(value.get('/Subtype', kind)))} (object {ref[0]})"
        return f"object {ref[0]}"

    def _page_number(self, ref: Ref) -> str:
        for number, page in enumerate(self.document.qpdf.pages, 1):
            if page.obj.objgen == ref:
                return str(number)
        return f"(object {ref[0]})"


def object_at(document: Document, ref: Ref, revision: int) -> Any:
    """Return an object as a revision has it, None if that has none."""
    reference = generic.Reference(*ref, document.reader)
    if document.reader.xrefs.get_historical_ref(reference, revision) is None:
        return None
    found = document.reader.get_object(reference, revision=revision)
    return None if isinstance(found, generic.NullObject) else found


def is_reference(raw: Any) -> bool:
    """Say whether a raw value refers to an object."""
    return isinstance(raw, generic.IndirectObject)


def ref_of(raw: Any) -> Ref:
    """Return number and generation of a reference."""
    return raw.idnum, raw.generation


def items_of(array: Any) -> list[Any]:
    """Return the members of an array as they stand there, nothing for what is none."""
    if isinstance(array, generic.ArrayObject):
        return [array.raw_get(index) for index in range(len(array))]
    return []


def members_of(holder: Any) -> list[Any]:
    """Return the raw values in a dictionary or an array."""
    if isinstance(holder, generic.DictionaryObject):
        return [holder.raw_get(key) for key in holder]
    return items_of(holder)


def raw_of(holder: Any, key: str) -> Any:
    """Return a raw value of a dictionary, None where there is none."""
    return holder.raw_get(key) if holder and key in holder else None


def different(before: Any, after: Any) -> list[str]:
    """Return the keys whose raw values differ, sorted; references count as what they say."""
    keys = set(before) | set(after)
    return sorted(str(key) for key in keys if raw_of(before, key) != raw_of(after, key))
