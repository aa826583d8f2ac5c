"""What the lines of an increment's table of objects do, for every reader and not for one alone.

Readers differ about lines that no honest writer writes. An object that is freed with a generation
which it never had is there for pyHanko and gone for qpdf; a line with a generation above 65,535 is
none for pyHanko and one for PDFium. So an increment frees nothing that was in use, and every line
of its table is understood.
"""

from typing import Any

from signatures.pdf.parsers import Document


def entry_faults(document: Document, revision: int) -> list[str]:
    """Name what the lines of an increment's table must not do."""
    written = document.reader.xrefs.get_xref_data(revision)
    taken = [one for one in sorted(written.freed) if _in_use(document, one, revision - 1)]
    found = [f"object {number} was taken away" for number in taken]
    if written.left_out != 0:
        found.append("a table of objects has lines that not every reader understands")
    return found


def _in_use(document: Document, number: int, revision: int) -> bool:
    """Say whether the last table that names an object, up to a revision, says where it stands."""
    for earlier in range(revision, -1, -1):
        section: Any = document.reader.xrefs.get_xref_data(earlier)
        tables = [section] + ([] if section.hybrid is None else [section.hybrid.xref_data])
        for table in tables:
            if number in table.standard_xrefs or number in table.xrefs_in_objstm:
                return True
        if any(number in table.freed for table in tables):
            return False
    return False
