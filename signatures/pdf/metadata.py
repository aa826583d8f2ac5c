"""Step 6: title, author and the like, in the information dictionary and in XMP, before and after.

A writer may date the document anew and name itself; whatever else it says about the document stays.
XMP is compared as properties and values, because honest writers order and nest it in their own way.
"""

import re
from typing import Any
from xml.etree import ElementTree

from pyhanko.pdf_utils import generic

from signatures.pdf.malformed import MALFORMED
from signatures.pdf.parsers import Document
from signatures.pdf.report import plain
from signatures.pdf.views import different, is_reference, object_at, raw_of, ref_of

BOOKKEEPING = {"/ModDate", "/Producer"}
LONGEST = 1024 * 1024  # bytes of XMP that are read
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_MM = "{http://ns.adobe.com/xap/1.0/mm/}"
_XMP_BOOKKEEPING = {
    f"{_XMP}ModifyDate",
    f"{_XMP}MetadataDate",
    "{http://ns.adobe.com/pdf/1.3/}Producer",
    f"{_MM}InstanceID",
    f"{_MM}History",
    f"{_RDF}about",
}
_ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NOTHING: dict[str, str] = {}


def metadata_changes(document: Document, revision: int) -> list[str]:
    """Name what the final file says about itself and the signed revision did not."""
    last = document.reader.xrefs.total_revisions - 1
    found = _information(document, revision, last)
    return found + _described_in_xmp(document, revision, last)


def _information(document: Document, revision: int, last: int) -> list[str]:
    before, after = (
        _value(document, trailer_entry(document, r, "/Info"), r) for r in (revision, last)
    )
    if after is not None and not isinstance(after, generic.DictionaryObject):
        return ["the document's information is none"]
    allowed = BOOKKEEPING if before else {*BOOKKEEPING, "/CreationDate"}
    changed = set(different(before or {}, after or {})) - allowed
    return [f"the document's {plain(key)}" for key in sorted(changed)]


def _described_in_xmp(document: Document, revision: int, last: int) -> list[str]:
    before, after = (_xmp_bytes(document, r) for r in (revision, last))
    if before == after:
        return []
    try:
        was, now = _properties(before), _properties(after)
    except (ElementTree.ParseError, *MALFORMED):
        return ["the metadata cannot be compared"]
    changed = {name for name in {*was, *now} if was.get(name) != now.get(name)}
    names = sorted(name.rpartition("}")[2] for name in changed - _XMP_BOOKKEEPING)
    return [f"the document's {plain(name)} in its metadata" for name in names]


def _xmp_bytes(document: Document, revision: int) -> bytes:
    catalog = _value(document, trailer_entry(document, revision, "/Root"), revision)
    stream = _value(document, raw_of(catalog, "/Metadata"), revision)
    return bytes(stream.data) if isinstance(stream, generic.StreamObject) else b""


def _properties(xmp: bytes) -> dict[str, str]:
    """Flatten XMP to one value per property, however it was nested (ISO 16684-1, 7.9)."""
    if not xmp:
        return _NOTHING
    if len(xmp) > LONGEST or _ENTITIES.search(xmp):
        raise ValueError("this metadata is not read")
    found: dict[str, str] = {}
    tree = ElementTree.fromstring(xmp.strip())  # noqa: S314 - short, and without entities
    for about in tree.iter(f"{_RDF}Description"):
        found |= {str(name): value.strip() for name, value in about.attrib.items()}
        found |= {part.tag: _flat(part) for part in about}
    return found


def _flat(part: ElementTree.Element) -> str:
    """Write a property's value in one way only; a plain text stands for itself."""
    text = (part.text or "").strip()
    if not len(part) and not part.attrib:
        return text
    attributes = [f"{name}={value}" for name, value in sorted(part.attrib.items())]
    return "\x1f".join([text, *attributes, *(f"{one.tag}\x1e{_flat(one)}" for one in part)])


def trailer_entry(document: Document, revision: int, key: str) -> Any:
    """Return a raw value of the trailer as a revision has it, None where there is none."""
    try:
        return document.reader.trailer.raw_get(key, revision=revision)
    except KeyError:
        return None


def _value(document: Document, raw: Any, revision: int) -> Any:
    return object_at(document, ref_of(raw), revision) if is_reference(raw) else raw
