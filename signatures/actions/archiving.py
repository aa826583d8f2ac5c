"""Keeping a copy that was made to last: a row for each, and never another in its place."""

from datetime import datetime

from procurement.vault import Stored
from signatures.models import ArchiveCopy
from signatures.pdf.lasting import Lasting


def keep_copy(
    *, file_sha256: str, bucket: str, stored: Stored, lasting: Lasting, now: datetime
) -> ArchiveCopy:
    """Write down where a copy lies, and until when it has to be renewed."""
    return ArchiveCopy.objects.create(
        file_sha256=file_sha256,
        level="B-LTA",
        bucket=bucket,
        object_name=stored.name,
        object_version=stored.version_id,
        sha256=stored.sha256,
        length=stored.length,
        stamped_at=lasting.stamped_at,
        renew_by=lasting.renew_by,
        created_at=now,
    )
