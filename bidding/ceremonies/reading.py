"""Papers and opened files out of the vault; a reading is journalled before the first byte."""

from datetime import datetime
from uuid import UUID

from bidding.actions.reading import note_reading
from bidding.ceremonies.enclosed import stored_name
from bidding.ceremonies.keeping import read_public
from bidding.ceremonies.minutes_paper import paper_name
from bidding.ceremonies.sealed_files import small_files
from bidding.models import OpenedDocument
from bidding.queries_opening import opening_of, sealed_part, visible_tender
from procurement.actors import Actor
from procurement.refusals import NotFound
from procurement.stored import vault
from procurement.vault import SEALED, Reading


def read_document(
    *, tender_id: UUID, bid: str, path: str, by: Actor, now: datetime
) -> tuple[OpenedDocument, Reading]:
    """Open an opened document for reading; as ``actions.reading.note_reading``."""
    found = note_reading(tender_id=tender_id, bid=bid, path=path, by=by, now=now)
    return found, vault().get(SEALED, stored_name(found.pk), found.object_version)


def read_sealed(*, tender_id: UUID, manifest: str, name: str, by: Actor) -> bytes:
    """Read the one small sealed file whose key ``by`` holds.

    :raises NotFound: for every other, and before the request.
    """
    visible_tender(tender_id, by)
    envelope, found = sealed_part(tender_id, manifest, name, by)
    files = small_files(envelope, [found])
    if found not in files:
        raise NotFound
    return files[found]


def read_minutes_paper(*, tender_id: UUID, by: Actor) -> Reading:
    """Open the sealed minutes for reading.

    :raises NotFound: before they are set, which takes some seconds after the announcement.
    """
    visible_tender(tender_id, by)
    return read_public(paper_name(opening_of(tender_id)))
