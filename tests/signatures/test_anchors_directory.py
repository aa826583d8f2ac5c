"""An operator's directory says whom to trust, and what is none of it is named, not passed over."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signatures.pdf.anchors import Anchors, AnchorsUnreadable
from tests.signatures.documents import NOW, Practice
from tests.signatures.revoking import Case


@pytest.fixture
def directory(practice: Practice, tmp_path: Path) -> Path:
    return practice.authority.write_anchors(tmp_path / "anchors", now=NOW)


def test_lists_and_answers_are_read_however_they_are_encoded(
    practice: Practice, directory: Path
) -> None:
    before = Anchors.from_directory(directory)
    answer = Case.of(practice).answered(NOW)
    (directory / "revocation" / "one.ocsp").write_bytes(answer)
    for path in (directory / "revocation").glob("*.crl"):
        text = x509.load_der_x509_crl(path.read_bytes()).public_bytes(Encoding.PEM)
        path.with_suffix(".pem").write_bytes(text)
        path.unlink()

    after = Anchors.from_directory(directory)

    assert (after.crls, after.ocsps) == (before.crls, (answer,))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("signers/x.pem", "holds no certificate"),
        ("revocation/x.crl", "holds no revocation list"),
        ("revocation/x.ocsp", "holds no OCSP answer"),
    ],
)
def test_a_file_that_is_not_what_its_place_says_is_named(
    directory: Path, name: str, why: str
) -> None:
    (directory / name).write_bytes(b"something else")

    with pytest.raises(AnchorsUnreadable, match=f"x.* {why}"):
        Anchors.from_directory(directory)
