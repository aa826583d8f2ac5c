"""Step 6: what an author allows to follow a signature (ISO 32000-2, 12.8.2).

A certification signature (DocMDP) says it for the document, FieldMDP and the /Lock of a signature
field say it for fields. It is the most that may follow; our own rule, which allows no more than
evidence, timestamps and further signatures, stays the ceiling. So levels 2 and 3 are alike here,
and level 1 forbids the further signatures, too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf.fields import SignatureField
from signatures.pdf.malformed import MALFORMED
from signatures.pdf.parsers import Document
from signatures.pdf.report import Finding, plain

LEVELS = (1, 2, 3)
_DEFAULT_LEVEL = 2  # ISO 32000-2, table 257
_REFERENCES = 20  # looked at in one signature
_LOCKED_NAMES = 1000


@dataclass(frozen=True)
class Lock:
    """Fields that a signature closed: all, those named, or all but those named."""

    action: str  # "/All", "/Include" or "/Exclude"
    names: frozenset[str] = frozenset()

    def holds(self, name: str) -> bool:
        """Say whether a field, or the field it is part of, is closed."""
        named = any(name == one or name.startswith(f"{one}.") for one in self.names)
        return self.action == "/All" or named == (self.action == "/Include")


@dataclass(frozen=True)
class Permission:
    """What one signature leaves to those who come after it; without a ``level``, our own rule."""

    certifies: bool = False
    level: int | None = None
    fields: tuple[Lock, ...] = ()

    def locks(self, name: str) -> bool:
        """Say whether a field may not be signed any more."""
        return any(lock.holds(name) for lock in self.fields)


NOTHING_SAID = Permission()


class Unreadable(Exception):  # noqa: N818 - what is there is no permission
    """The author's wish cannot be read; the text says why."""


@dataclass(frozen=True)
class Wishes:
    """What the authors of a file's signatures allow, by signature, and what is wrong with it."""

    permissions: Mapping[tuple[int, int], Permission]
    findings: tuple[Finding, ...]

    def after(self, field: SignatureField) -> Permission:
        """Return what one signature leaves open."""
        return self.permissions.get(field.value, NOTHING_SAID)


def wishes_of(document: Document, ends: list[tuple[int, SignatureField]]) -> Wishes:
    """Read what every signature allows; each is given with the offset where its bytes end."""
    permissions, findings = {}, []
    for _, field in ends:
        try:
            permissions[field.value] = permission_of(document, field)
        except Unreadable as unreadable:
            findings.append(Finding.of("certification-unreadable", what=unreadable))
    certifying = [f for _, f in ends if f.value in permissions and permissions[f.value].certifies]
    first = min(ends, key=itemgetter(0), default=(0, None))
    findings += check_certification(document, certifying, first[1])
    return Wishes(permissions, tuple(findings))


def permission_of(document: Document, field: SignatureField) -> Permission:
    """Read what a signature and the lock of its field leave open.

    :raises Unreadable: for a level, an action or names that are none.
    """
    try:
        return _read(document, field)
    except (PdfError, *MALFORMED) as error:
        raise Unreadable(f"what {field.name} allows cannot be read") from error


def check_certification(
    document: Document, certifying: list[SignatureField], first: SignatureField | None
) -> list[Finding]:
    """Check that at most one signature certifies, the first one, and that the catalog agrees.

    ``certifying`` are the signatures with a DocMDP, ``first`` is the one made before all others.
    """
    found = []
    if len(certifying) > 1:
        found.append(Finding.of("certified-twice", count=len(certifying)))
    if certifying and first is not None and first.value not in {one.value for one in certifying}:
        found.append(Finding.of("certified-late", field=certifying[0].name, first=first.name))
    try:
        named = _dictionary(_resolved(document.reader.root, "/Perms"))
        if "/DocMDP" in named and _reference(named, "/DocMDP") not in {s.value for s in certifying}:
            what = "the catalog names a certification that is none"
            found.append(Finding.of("certification-unreadable", what=what))
        kinds = sorted({"/UR3", "/UR"} & set(named))
    except (PdfError, *MALFORMED):
        return [*found, Finding.of("certification-unreadable", what="/Perms")]
    return found + [Finding.of("usage-rights", kind=kind[1:]) for kind in kinds]


def _read(document: Document, field: SignatureField) -> Permission:
    levels, locks = [], []
    for method, parameters in _transforms(field.dictionary):
        if method == "/DocMDP":
            levels.append(_level(parameters.get("/P", _DEFAULT_LEVEL)))
        elif method == "/FieldMDP":
            locks.append(_lock(parameters))
    certifies = bool(levels)
    held: Any = document.reader.get_object(generic.Reference(*field.reference, document.reader))
    lock = _dictionary(_resolved(held, "/Lock"))
    if "/Action" in lock:
        locks.append(_lock(lock))
    if "/P" in lock:
        levels.append(_level(_resolved(lock, "/P")))
    return Permission(certifies, min(levels, default=None), tuple(locks))


def _transforms(signature: generic.DictionaryObject) -> Iterator[tuple[str, Any]]:
    references = _resolved(signature, "/Reference")
    if references is None:
        return
    if not isinstance(references, generic.ArrayObject) or len(references) > _REFERENCES:
        raise TypeError("/Reference is a short array")
    for index in range(len(references)):
        one = _dictionary(references[index])
        yield (
            str(_resolved(one, "/TransformMethod")),
            _dictionary(_resolved(one, "/TransformParams")),
        )


def _level(stated: Any) -> int:
    if isinstance(stated, bool) or stated not in LEVELS:
        raise ValueError("a level is 1, 2 or 3")
    return int(stated)


def _lock(stated: Any) -> Lock:
    action, names = str(_resolved(stated, "/Action")), _resolved(stated, "/Fields")
    if action not in ("/All", "/Include", "/Exclude"):
        raise ValueError("an action is All, Include or Exclude")
    if action == "/All":
        return Lock(action)
    if not isinstance(names, generic.ArrayObject) or len(names) > _LOCKED_NAMES:
        raise TypeError("locked fields are a list of names")
    return Lock(action, frozenset(plain(str(names[index])) for index in range(len(names))))


def _resolved(holder: Any, key: str) -> Any:
    return holder[key] if key in holder else None  # noqa: SIM401 - ``get`` follows no reference


def _dictionary(value: Any) -> Any:
    if value is None or isinstance(value, generic.NullObject):
        return {}
    if not isinstance(value, generic.DictionaryObject):
        raise TypeError("a dictionary is expected")
    return value


def _reference(holder: Any, key: str) -> tuple[int, int] | None:
    raw = holder.raw_get(key)
    return (raw.idnum, raw.generation) if isinstance(raw, generic.IndirectObject) else None
