"""Step 7: what in a PDF acts, moves or hides, and which files are inside it.

Looked at are the places from which a viewer starts things: the catalog, the form with all its
fields, the bookmarks, the pages and their annotations. Nothing is run. What is too much to look at
is named as well: nobody knows what stands there.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import pikepdf

from signatures.pdf.attachments import MALFORMED, AttachmentsUnreadable, attachments_of
from signatures.pdf.parsers import Document
from signatures.pdf.policy import Policy
from signatures.pdf.report import Attachment, Finding
from signatures.pdf.source import Unjudgeable

ACTIONS = {
    "/JavaScript": "JavaScript",
    "/Launch": "Launch",
    "/ImportData": "ImportData",
    "/SubmitForm": "SubmitForm",
    "/Rendition": "Rendition",
    "/GoToE": "GoToE",
    "/GoTo3DView": "GoTo3DView",
    "/RichMediaExecute": "RichMediaExecute",
    "/SetOCGState": "SetOCGState",
    "/Hide": "Hide",
    "/ResetForm": "ResetForm",
    "/Movie": "Movie",
    "/Sound": "Sound",
    "/GoToR": "GoToR",
}
UNASKED = {"/URI": "URI"}  # harmless where a reader follows a link, not where a viewer does
MEDIA = {"/RichMedia", "/Screen", "/3D", "/Movie", "/Sound"}
CHAIN = 20  # actions that follow one another
ANNOTATIONS = 50_000  # looked at in a whole document
NODES = 50_000  # fields and bookmarks, too


def active_content(document: Document, policy: Policy) -> list[Finding]:
    """Name the active content of a document, as the policy judges it.

    A form that takes the place of the pages is refused by every policy: some readers show it, some
    the pages, and only one of them was meant (XFA, ISO 32000-2, annex K).

    :raises Unjudgeable: with ``resource-count`` for more annotations than are looked at.
    """
    found = sorted(set(_found(document)))
    if "XFA" in found and document.qpdf.Root.get("/NeedsRendering"):
        return [Finding.of("active-content", what="XFA in place of the pages")]
    if not found:
        return []
    code = "active-content" if policy.active_content == "refuse" else "active-content-found"
    return [Finding.of(code, what=", ".join(found))]


def listed_attachments(document: Document, policy: Policy) -> tuple[Attachment, ...]:
    """List the embedded files with their digests.

    :raises Unjudgeable: with ``resource-count`` or ``broken`` when they cannot be taken out.
    """
    try:
        files = attachments_of(document.qpdf, policy.limits)
    except AttachmentsUnreadable as error:
        raise Unjudgeable(
            Finding.of("resource-count", what=str(error), limit=policy.limits.attachments)
        ) from error
    except MALFORMED as error:
        what = f"its embedded files cannot be read ({type(error).__name__})"
        raise Unjudgeable(Finding.of("broken", what=what)) from error
    return tuple(
        Attachment(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in files
    )


def _found(document: Document) -> Iterator[str]:
    pdf = document.qpdf
    root = pdf.Root
    names = _dictionary(root.get("/Names"))
    if "/JavaScript" in names:
        yield "JavaScript"
    if "/OCProperties" in root:
        yield "optional content"
    form = _dictionary(root.get("/AcroForm"))
    if "/XFA" in form:
        yield "XFA"
    if any("/Alternates" in one for one in document.streams):
        yield "alternate pictures"
    yield from _actions(root.get("/OpenAction"), unasked=True)
    yield from _additional(root)
    for node in _nodes(form.get("/Fields"), root.get("/Outlines")):
        yield from _actions(node.get("/A"))
        yield from _additional(node)
    left = ANNOTATIONS
    for page in pdf.pages:
        yield from _additional(page.obj)
        for member in _members(page.obj.get("/Annots")):
            annotation = _dictionary(member)
            left -= 1
            if left < 0:
                raise Unjudgeable(
                    Finding.of("resource-count", what="annotations", limit=ANNOTATIONS)
                )
            if _name(annotation, "/Subtype") in MEDIA:
                yield "media"
            yield from _actions(annotation.get("/A"))
            yield from _additional(annotation)


def _additional(holder: pikepdf.Object) -> Iterator[str]:
    """Look at the actions that an event starts (ISO 32000-2, 12.6.3)."""
    events = holder.get("/AA")
    if isinstance(events, pikepdf.Dictionary):
        for name in events.keys():  # noqa: SIM118 - a pikepdf dictionary is no mapping
            yield from _actions(events[name], unasked=True)


def _nodes(*starts: Any) -> Iterator[pikepdf.Object]:
    """Walk the trees of fields and bookmarks, each node once.

    :raises Unjudgeable: with ``resource-count`` for more of them than are looked at.
    """
    waiting = [one for start in starts for one in (*_members(start), start)]
    seen: set[tuple[int, int]] = set()
    left = NODES
    while waiting:
        node = waiting.pop()
        if not isinstance(node, pikepdf.Dictionary) or node.objgen in seen:
            continue
        left -= 1
        if left < 0:
            what = "fields and bookmarks"
            raise Unjudgeable(Finding.of("resource-count", what=what, limit=NODES))
        if node.is_indirect:
            seen.add(node.objgen)
        yield node
        waiting += [*_members(node.get("/Kids")), node.get("/First"), node.get("/Next")]


def _actions(action: Any, *, unasked: bool = False) -> Iterator[str]:
    """Look at an action and at those that follow it; ``unasked`` says that no reader starts it."""
    named = ACTIONS | UNASKED if unasked else ACTIONS
    waiting, left = [action], CHAIN
    while waiting:
        if not left:
            yield "a long chain of actions"
            return
        one, left = waiting.pop(), left - 1
        if not isinstance(one, pikepdf.Dictionary):
            waiting += _members(one)
            continue
        if (kind := _name(one, "/S")) in named:
            yield named[kind]
        if "/Next" in one:
            waiting.append(one["/Next"])


def _name(holder: pikepdf.Object, key: str) -> str:
    """Read a name; one that is no text is none of those that we look for."""
    try:
        return str(holder.get(key, ""))
    except UnicodeDecodeError:
        return ""


def _dictionary(value: Any) -> pikepdf.Object:
    return value if isinstance(value, pikepdf.Dictionary) else pikepdf.Dictionary()


def _members(array: Any) -> list[Any]:
    return list(array) if isinstance(array, pikepdf.Array) else []
