"""Step 3: find the signature fields, each in its own guard: one bad field hides no other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf.legacy import kind_named
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.parsers import Document
from signatures.pdf.policy import Limits
from signatures.pdf.report import Finding, plain
from signatures.pdf.source import Unjudgeable

SUPPORTED = {
    "/ETSI.CAdES.detached": "signature",
    "/adbe.pkcs7.detached": "signature",
    "/ETSI.RFC3161": "timestamp",
}


@dataclass(frozen=True)
class SignatureField:
    """A filled signature field; ``kind`` is ``signature`` or ``timestamp``."""

    name: str
    kind: str
    reference: tuple[int, int]  # of the field
    value: tuple[int, int]  # of the signature dictionary: object number and generation
    dictionary: generic.DictionaryObject


@dataclass(frozen=True)
class Fields:
    """All fields that can be judged, and findings about those that cannot, by field name."""

    filled: tuple[SignatureField, ...]
    unjudged: tuple[tuple[str, Finding], ...]
    remarks: tuple[Finding, ...]


def find_fields(document: Document, limits: Limits) -> Fields:
    """Enumerate the signature fields of the form, and name what is wrong with any of them.

    :raises Unjudgeable: when the form is no form, or has more fields than are looked at.
    """
    filled: list[SignatureField] = []
    unjudged: list[tuple[str, Finding]] = []
    remarks: list[Finding] = []
    names: set[str] = set()
    values: set[tuple[int, int]] = set()
    for name, reference, field in _signature_fields(document, limits):
        if name in names:
            remarks.append(Finding.of("duplicate-field", field=name))
        names.add(name)
        try:
            found = _filled(name, reference, field)
        except _Unsupported as unsupported:
            unjudged.append((name, Finding.of("unsupported-signature", kind=unsupported)))
            continue
        except (PdfError, *MALFORMED) as error:
            what = f"its field cannot be read ({type(error).__name__})"
            unjudged.append((name, Finding.of("broken-signature", what=what)))
            continue
        if found is None:
            remarks.append(Finding.of("empty-field", field=name))
        elif found.value not in values:
            values.add(found.value)
            filled.append(found)
    return Fields(tuple(filled), tuple(unjudged), tuple(remarks))


class _Unsupported(Exception):  # noqa: N818
    pass


def _filled(
    name: str, reference: tuple[int, int], field: generic.DictionaryObject
) -> SignatureField | None:
    """Return the filled field, None when it is empty."""
    if "/V" not in field:
        return None
    value: Any = field.raw_get("/V")
    if isinstance(value, generic.NullObject):
        return None
    if not isinstance(value, generic.IndirectObject):
        raise _Unsupported("a signature inside its field")
    dictionary: Any = field["/V"]
    if not isinstance(dictionary, generic.DictionaryObject):
        raise TypeError("the value of a signature field is a dictionary")
    stated = str(dictionary.get("/SubFilter", "none"))
    kind = SUPPORTED.get(stated)
    if kind is None:
        raise _Unsupported(kind_named(stated))
    return SignatureField(name, kind, reference, (value.idnum, value.generation), dictionary)


def _signature_fields(
    document: Document, limits: Limits
) -> Iterator[tuple[str, tuple[int, int], generic.DictionaryObject]]:
    """Walk the tree of fields, each node once, without recursion."""
    try:
        form: Any = _resolved(document.reader.root, "/AcroForm") or {}
        top = _items(_resolved(form, "/Fields"))
    except (PdfError, *MALFORMED) as error:
        raise Unjudgeable(Finding.of("broken", what="the form cannot be read")) from error
    waiting: list[tuple[Any, str, str, int]] = [(node, "", "", 0) for node in reversed(top)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        node, parent_name, parent_type, depth = waiting.pop()
        if len(seen) > limits.fields:
            raise Unjudgeable(Finding.of("resource-count", what="fields", limit=limits.fields))
        if depth > limits.nesting:
            raise Unjudgeable(Finding.of("resource-count", what="nesting", limit=limits.nesting))
        if not hasattr(node, "idnum"):  # a direct object; a field has a number of its own
            continue
        reference = (node.idnum, node.generation)
        if reference in seen:
            continue
        seen.add(reference)
        try:
            field = node.get_object()
            own = str(field["/T"]) if "/T" in field else ""
            name = plain(".".join(part for part in (parent_name, own) if part))  # and not longer
            kind = str(_resolved(field, "/FT") or parent_type)
            kids = _items(_resolved(field, "/Kids"))
        except (PdfError, *MALFORMED):
            continue  # a node that is no field cannot be a signature field either
        if kind == "/Sig" and ("/V" in field or not kids):
            yield name, reference, field
        else:
            waiting += [(kid, name, kind, depth + 1) for kid in reversed(kids)]


def _resolved(holder: Any, key: str) -> Any:
    """Return a value with its reference followed; pyHanko's ``get`` follows none."""
    return holder[key] if key in holder else None  # noqa: SIM401 - ``get`` is another thing


def _items(array: Any) -> list[Any]:
    """Return the members of a PDF array as they stand there, references unresolved."""
    if not isinstance(array, generic.ArrayObject):
        return []
    return [array.raw_get(index) for index in range(len(array))]
