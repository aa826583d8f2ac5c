"""Step 6: what may be written into the document security store (EN 319 142-1, 5.4.2).

The store may come, and it may grow: by new streams, each of which is one DER value and nothing
else. Its containers may be new, or overwrite what was the same container before.
"""

import re
from typing import Any

from asn1crypto import core
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError

from signatures.pdf.malformed import MALFORMED
from signatures.pdf.report import plain
from signatures.pdf.views import View, is_reference, items_of, raw_of, ref_of

DSS_LISTS = ("/Certs", "/OCSPs", "/CRLs")
VRI_LISTS = ("/Cert", "/OCSP", "/CRL")
_OVERWRITES = "the security store overwrites something else"
_OF_STORE = re.compile(r"/(?:DSS|VRI|Certs|OCSPs|CRLs|Cert|OCSP|CRL|[0-9A-Fa-f]{40})")


def is_store_key(key: str) -> bool:
    """Say whether a container of the store may be filed under a name."""
    return _OF_STORE.fullmatch(key) is not None


def check_store(view: View, before: Any, after: Any) -> None:
    """Check the store of a catalog, to its last certificate."""
    if "/DSS" not in after:
        if "/DSS" in before:
            view.wrong.append("the security store was taken away")
        return
    raw, old = after.raw_get("/DSS"), raw_of(before, "/DSS")
    _container(view, raw, old)
    store, was = view.value(raw), view.value_before(old)
    if not isinstance(store, generic.DictionaryObject):
        view.wrong.append("the security store is none")
        return
    if unknown := set(store) - {"/Type", "/VRI", *DSS_LISTS}:
        view.wrong.append(f"the security store's {plain(str(min(unknown)))}")
    for name in DSS_LISTS:
        _evidence(view, store, was, name)
    if "/VRI" in store:
        _by_signature(view, store.raw_get("/VRI"), raw_of(was, "/VRI"))


def _by_signature(view: View, raw: Any, old: Any) -> None:
    _container(view, raw, old)
    entries, was = view.value(raw), view.value_before(old)
    for name in set(entries) - {"/Type"}:
        if not is_store_key(str(name)):
            view.wrong.append("a security store entry of an unknown kind")
        _entry(view, entries.raw_get(name), raw_of(was, name))


def _entry(view: View, raw: Any, old: Any) -> None:
    _container(view, raw, old)
    entry, was = view.value(raw), view.value_before(old)
    if not set(entry) <= {"/Type", "/TU", "/TS", *VRI_LISTS}:
        view.wrong.append("a security store entry of an unknown kind")
    for kind in VRI_LISTS:
        _evidence(view, entry, was, kind)
    if "/TS" in entry:
        _stream(view, entry.raw_get("/TS"))


def _evidence(view: View, holder: Any, before: Any, name: str) -> None:
    """Check one list of certificates, OCSP answers or revocation lists."""
    if name in holder:
        _container(view, holder.raw_get(name), raw_of(before, name))
        for member in items_of(view.value(holder.raw_get(name))):
            _stream(view, member)


def _stream(view: View, raw: Any) -> None:
    """Check one piece of evidence: a new stream that holds one DER value and nothing else."""
    if not is_reference(raw):
        view.wrong.append("the security store holds something that is no stream")
        return
    view.claim_new(raw, "the security store")
    if ref_of(raw) not in view.written:
        return
    view.store.add(raw.idnum)
    held = view.now(ref_of(raw))
    if not isinstance(held, generic.StreamObject) or not _is_der(held):
        view.wrong.append(f"object {raw.idnum} in the security store is no evidence")


def _container(view: View, raw: Any, old: Any) -> None:
    """Claim a container that is new, or was the same one before.

    Whether the signed pages share an older one is looked into when all roles are known.
    """
    if not view.claim(raw):
        return
    view.store.add(raw.idnum)
    view.guard(ref_of(raw), is_store_key)
    before = view.was(ref_of(raw))
    if before is not None and (raw != old or type(before) is not type(view.value(raw))):
        view.wrong.append(_OVERWRITES)


def _is_der(held: generic.StreamObject) -> bool:
    """Say whether the data of a stream are exactly one DER value."""
    try:
        return bool(core.load(held.data, strict=True) is not None)
    except (PdfError, *MALFORMED):
        return False
