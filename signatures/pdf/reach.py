"""Which objects a page leads to, to tell the pages that an increment could not have touched."""

import re
from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

import pikepdf

Ref = tuple[int, int]
_REFERENCE = re.compile(rb"(/Parent )?(?<!\d)(\d{1,10}) (\d{1,5}) R(?![A-Za-z])")
_SHOWN = ("/Contents", "/Resources", "/Group", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit")


@dataclass
class Reach:
    """Follows references from the pages of one document, each object once."""

    pdf: pikepdf.Pdf
    written: Set[Ref]  # what increments wrote
    _clean: set[Ref] = field(default_factory=set)

    def is_untouched(self, page: pikepdf.Page) -> bool:
        """Say whether what a page shows leads to nothing that was written.

        A page with form fields counts as touched: the form decides how they look.
        """
        notes = page.obj.get("/Annots")
        if page.obj.objgen in self.written or _ref(notes) in self.written:
            return False
        starts = [page.obj.get(key) for key in _SHOWN] + [page.resources]
        for note in notes if isinstance(notes, pikepdf.Array) else ():
            if not isinstance(note, pikepdf.Dictionary) or note.get("/Subtype") == "/Widget":
                return False
            starts.append(note.get("/AP"))
            if note.objgen in self.written:
                return False
        return self._is_clean(starts)

    def _is_clean(self, starts: list[Any]) -> bool:
        waiting = [ref for value in starts for ref in [_ref(value), *_references(value)]]
        seen: set[Ref] = set()
        while waiting:
            ref = waiting.pop()
            if ref in self.written:
                return False
            if ref not in seen and ref not in self._clean:
                seen.add(ref)
                waiting += _references(self.pdf.get_object(ref))
        self._clean |= seen
        return True


def _ref(value: Any) -> Ref:
    """Return the number of an object that has one, else that of no object."""
    return value.objgen if isinstance(value, pikepdf.Object) else (0, 0)


def _references(value: Any) -> list[Ref]:
    """Return what an object refers to, except upwards."""
    if isinstance(value, pikepdf.Stream):
        text = value.stream_dict.unparse()
    elif isinstance(value, pikepdf.Dictionary | pikepdf.Array):
        text = value.unparse(resolved=True)
    else:
        return []
    found = _REFERENCE.findall(text)
    return [(int(number), int(generation)) for up, number, generation in found if not up]
