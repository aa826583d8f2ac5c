"""How the objects lie in a file. Step 6: none that was signed may end behind the signed bytes.

A signer may be given a file in which a page's content is longer than the file: what it shows is
then decided by whoever appends the rest, even inside a certificate in the security store. So each
object in use is followed to its end.
"""

from bisect import bisect_right
from collections.abc import Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from signatures.pdf.alike import Alike, alike
from signatures.pdf.ends import Ends, Extent

if TYPE_CHECKING:
    from signatures.pdf.parsers import Document

Ref = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """The objects of a file, as they lie in it."""

    document: "Document"
    unpacked: dict[int, bytes | None] = field(default_factory=dict)  # streams of objects

    @cached_property
    def tables(self) -> list[Any]:
        """Return the tables of objects, the oldest first."""
        xrefs = self.document.reader.xrefs
        return [xrefs.get_xref_data(revision) for revision in range(xrefs.total_revisions)]

    @cached_property
    def is_plain(self) -> bool:
        """Say whether all readers take the same from the tables of objects."""
        return not self.document.hybrid and all(
            table.left_out == 0
            and not any(generation for generation, _ in table.standard_xrefs.values())
            for table in self.tables
        )

    @cached_property
    def in_use(self) -> list[dict[Ref, int]]:
        """Return, for each revision, where the objects stand that it wrote and no later one."""
        seen: set[int] = set()
        freed: dict[int, int] = {}
        found: list[dict[Ref, int]] = []
        for table in reversed(self.tables):
            found.append(
                {
                    (number, generation): place
                    for number, (generation, place) in table.standard_xrefs.items()
                    if number not in seen and freed.get(number, 0) <= generation
                }
            )
            seen |= table.standard_xrefs.keys() | table.xrefs_in_objstm.keys()
            freed = table.freed | freed
        return found[::-1]

    @cached_property
    def place_of(self) -> dict[Ref, int]:
        """Return where each object in use stands."""
        return {ref: place for written in self.in_use for ref, place in written.items()}

    @cached_property
    def owners(self) -> dict[int, Ref]:
        """Return which object in use stands at a place."""
        return {place: ref for ref, place in self.place_of.items()}

    @property
    def _share_a_place(self) -> bool:
        return len(self.owners) < len(self.place_of)

    @cached_property
    def places(self) -> list[int]:
        """Return where an object stands, in use or not, in order; the last is the end."""
        end = self.document.source.length
        found = {place for table in self.tables for _, place in table.standard_xrefs.values()}
        return [*sorted(place for place in found if place < end), end]

    def following(self, place: int) -> int:
        """Return the next place, or the end, for one of the places."""
        return self.places[bisect_right(self.places, place)]

    @cached_property
    def alike(self) -> Alike:
        """Return which objects in use end before the next place, as far as it is easily seen."""
        if self._share_a_place:
            return Alike()
        return alike(self.document.source.data, self.places, self.owners)

    @cached_property
    def apart(self) -> Set[Ref] | None:
        """Name the objects in use that are not written as others are; None when it may be any."""
        if not self.is_plain or self._share_a_place:
            return None
        return {ref for _, ref in self._apart}

    @cached_property
    def _apart(self) -> list[tuple[int, Ref]]:
        """Return place and number of what is looked at one by one, the newest first."""
        if self._share_a_place:
            return sorted(((place, ref) for ref, place in self.place_of.items()), reverse=True)
        places = sorted(self.owners.keys() - self.alike.closed, reverse=True)
        return [(place, self.owners[place]) for place in places]

    @cached_property
    def others(self) -> dict[Ref, Extent | None]:
        """Follow the objects that are not closed, up to the first that does not end: None.

        :raises Exhausted: when all of them together are many times as long as the file.
        """
        ends = Ends(self.document)
        found: dict[Ref, Extent | None] = {}
        for place, ref in self._apart:
            found[ref] = extent = ends.of(*ref, place)
            if extent is None:
                break
        return found

    def overhanging(self, revision: int, end: int) -> int | None:
        """Return the number of an object that a revision or an earlier one leaves unfinished.

        ``end`` is where that revision ends. None is returned when there is no such object.

        :raises Exhausted: when all objects together are many times as long as the file.
        """
        for written in self.in_use[: revision + 1]:
            beyond = [ref for ref, place in written.items() if place >= end]
            for ref in beyond:
                if self.document.qpdf.get_object(ref) is not None:
                    return ref[0]
        for ref, extent in self.others.items():
            if extent is None or extent.start < end < extent.end:
                return ref[0]
        return None

    @cached_property
    def data(self) -> list[tuple[int, int]] | None:
        """Return where the data of streams stand, in order.

        None unless every object in use is known to end before the next place: then whatever a
        reader takes from the bytes of one, outside of these, belongs to no other.

        :raises Exhausted: when all objects together are many times as long as the file.
        """
        found = []
        if self._share_a_place:
            return None
        for extent in self.others.values():
            if extent is None or not extent.whole or extent.end > self.following(extent.start):
                return None
            if extent.data is not None:
                found.append(extent.data)
        return sorted(found)
