"""A row says in a line what it is, to whoever looks at the database."""

import pytest
from django.db.models import Model

from signatures.models import (
    AnchorCertificate,
    AnchorSet,
    ArchiveCopy,
    AuthorityBetween,
    DirectoryPart,
    DirectorySet,
    KeptPolicy,
    ListRound,
    Rejudging,
    RevocationAnswer,
    RevocationRound,
    SignatureReport,
    TrustChange,
    TrustedList,
    TrustProposal,
    TrustVersion,
)
from tests.signatures.documents import NOW

SHA256 = "0123456789abcdef" * 4

ROWS = [
    (AuthorityBetween(subject="CN=Lotus"), "CN=Lotus"),
    (KeptPolicy(digest=SHA256), "policy 0123456789ab"),
    (DirectorySet(digest=SHA256), "directory 0123456789ab"),
    (DirectoryPart(sha256=SHA256), "0123456789ab"),
    (
        ArchiveCopy(level="B-LTA", file_sha256=SHA256, renew_by=NOW),
        "B-LTA of 0123456789ab, renewed by 2026-11-24",
    ),
    (Rejudging(judged=9, at=NOW, amiss=["One differs"]), "9 at 2026-11-24 09:00, 1 amiss"),
    (
        SignatureReport(verdict="VALID", file_sha256=SHA256, at=NOW),
        "VALID for 0123456789ab as of 2026-11-24 09:00",
    ),
    (RevocationAnswer(kind="crl", this_update=NOW), "crl of 2026-11-24 09:00"),
    (RevocationRound(answers={"a": SHA256}, at=NOW), "1 answers at 2026-11-24 09:00"),
    (AnchorSet(version_id=3, answers={"a": SHA256}), "version 3 with 1 answers"),
    (AnchorCertificate(subject="CN=Root"), "CN=Root"),
    (TrustProposal(reason="The ministry says so"), "The ministry says so: proposed"),
    (TrustProposal(reason="No", decision="rejected"), "No: rejected"),
    (
        TrustChange(change="add", certificate_id=SHA256, purpose="tsa"),
        "add 0123456789ab for tsa",
    ),
    (TrustVersion(number=3), "version 3"),
    (ListRound(lists={"EU": SHA256}, at=NOW), "1 lists at 2026-11-24 09:00"),
    (TrustedList(territory="DE", sha256=SHA256), "DE 0123456789ab"),
]


@pytest.mark.parametrize(("row", "said"), ROWS, ids=[type(row).__name__ for row, _ in ROWS])
def test_a_row_names_itself(row: Model, said: str) -> None:
    assert str(row) == said
