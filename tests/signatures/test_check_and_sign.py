"""``daylight check`` answers for every file; ``daylight sign`` makes what it accepts."""

import io
import json
from pathlib import Path

import pytest

from client.signing import run_check
from signatures.pdf.catalogue import CATALOGUE
from tests.signatures.documents import NOW, RECEIVED, Practice, plain_pdf

KEYS = {
    "file",
    "sha256",
    "verdict",
    "codes",
    "not_checked",
    "signatures",
    "elapsed_ms",
}
SIGNATURE_KEYS = {"indication", "sub_indication", "signer", "covers_whole_file", "changes"}


@pytest.fixture
def anchors_dir(practice: Practice, tmp_path: Path) -> Path:
    return practice.authority.write_anchors(tmp_path / "anchors", now=NOW)


def _written(directory: Path, **files: bytes) -> list[Path]:
    paths = [directory / f"{name}.pdf" for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_bytes(text)
    return paths


def test_one_json_object_a_line_and_no_bad_file_stops_it(
    practice: Practice, anchors_dir: Path, tmp_path: Path
) -> None:
    files = _written(tmp_path, good=practice.blt, none=b"", tail=practice.bb + b"x")
    files.insert(1, tmp_path / "missing.pdf")
    out = io.StringIO()

    code = run_check(files, anchors_dir=anchors_dir, at=RECEIVED, as_json=True, out=out)

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert code == 1
    assert [line["verdict"] for line in lines] == ["VALID", "UNDECIDED", "INVALID", "INVALID"]
    assert [line["codes"] for line in lines][1:3] == [["unreadable"], ["not-a-pdf"]]
    assert all(set(line) == KEYS for line in lines)
    assert set(lines[0]["signatures"][0]) >= SIGNATURE_KEYS
    assert lines[3]["signatures"][0]["changes"] != []


def test_only_good_files_exit_with_zero(
    practice: Practice, anchors_dir: Path, tmp_path: Path
) -> None:
    files = _written(tmp_path, one=practice.bb, two=practice.co_signed)

    code = run_check(files, anchors_dir=anchors_dir, at=RECEIVED, as_json=True, out=io.StringIO())

    assert code == 0


def test_wrong_use_exits_with_two(practice: Practice, anchors_dir: Path, tmp_path: Path) -> None:
    (file,) = _written(tmp_path, one=practice.bb)
    out = io.StringIO()

    nothing = run_check([], anchors_dir=anchors_dir, at=RECEIVED, as_json=True, out=out)
    nowhere = run_check([file], anchors_dir=tmp_path / "no", at=RECEIVED, as_json=True, out=out)
    (anchors_dir / "signers" / "bad.pem").write_bytes(b"no certificate")
    unreadable = run_check([file], anchors_dir=anchors_dir, at=RECEIVED, as_json=True, out=out)

    assert (nothing, nowhere, unreadable) == (2, 2, 2)
    assert out.getvalue() == ""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_people_get_four_lines_and_something_to_do(
    practice: Practice, anchors_dir: Path, tmp_path: Path, language: str
) -> None:
    files = _written(tmp_path, good=practice.bb, unsigned=plain_pdf())
    out = io.StringIO()

    run_check(
        files, anchors_dir=anchors_dir, at=RECEIVED, as_json=False, out=out, language=language
    )

    lines = out.getvalue().splitlines()
    assert len(lines) == 8
    assert lines[0].endswith("VALID")
    assert "Lotus Works (B-B, 2026-11-24)" in lines[1]
    assert lines[4].endswith("UNSIGNED")


@pytest.mark.parametrize(("language", "who"), [("en", "The signer"), ("zh", "签署人")])
def test_asked_to_explain_it_says_what_stands_behind_each_finding(
    practice: Practice, anchors_dir: Path, tmp_path: Path, language: str, who: str
) -> None:
    files = _written(tmp_path, good=practice.bb, unsigned=plain_pdf())
    files.append(tmp_path / "missing.pdf")
    short, long = io.StringIO(), io.StringIO()
    asked = {"anchors_dir": anchors_dir, "at": RECEIVED, "as_json": False, "language": language}

    run_check(files, out=short, **asked)  # type: ignore[arg-type]
    run_check(files, out=long, explain=True, **asked)  # type: ignore[arg-type]

    assert set(short.getvalue().splitlines()) <= set(long.getvalue().splitlines())
    for code in ("unsigned", "unreadable"):
        entry = CATALOGUE[code]
        assert (entry.zh if language == "zh" else entry.en).help in long.getvalue()
        assert (entry.zh if language == "zh" else entry.en).help not in short.getvalue()
    assert who in long.getvalue()
