"""A tender is fetched only as a whole that proves itself against anchors one already holds."""

import json
from dataclasses import replace
from pathlib import Path

from procurement.proof.anchors import Anchors
from tests.client.liar import lying
from tests.client.stage import SPECIFICATION, Stage


def test_a_fetched_tender_holds_everything_that_a_bid_needs(
    published: Stage, tmp_path: Path
) -> None:
    folder = tmp_path / "tender"

    told = published.supplier(0).done(
        "fetch", published.tender, "--anchors", published.anchors, "--out", folder
    )

    assert sorted(path.name for path in folder.iterdir()) == [
        *("anchors.json", "documents", "history.json", "keyset.json", "keyset.note"),
        *("notice.json", "notice.note", "response-form.json"),
    ]
    assert (folder / "documents" / "specification.txt").read_bytes() == SPECIFICATION
    assert told["lots"] == ["lot-1"]


def test_under_other_anchors_nothing_is_written(published: Stage, tmp_path: Path) -> None:
    anchors = Anchors.read(published.anchors.read_bytes())
    (tmp_path / "others.json").write_bytes(replace(anchors, agencies=()).canonical())

    code = published.supplier(0).refused(
        *("fetch", published.tender, "--anchors", tmp_path / "others.json"),
        *("--out", tmp_path / "tender"),
    )

    assert code == "unknown-agency"
    assert not (tmp_path / "tender").exists()


def test_a_timekeeper_that_the_anchors_do_not_name_is_not_trusted(
    published: Stage, tmp_path: Path
) -> None:
    anchors = Anchors.read(published.anchors.read_bytes())
    (tmp_path / "others.json").write_bytes(replace(anchors, timekeepers=()).canonical())

    code = published.supplier(0).refused(
        *("fetch", published.tender, "--anchors", tmp_path / "others.json"),
        *("--out", tmp_path / "tender"),
    )

    assert code == "unknown-timekeeper"


def test_a_folder_that_somebody_changed_is_not_used(published: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "tender"
    published.supplier(0).done(
        "fetch", published.tender, "--anchors", published.anchors, "--out", folder
    )
    told = json.loads((folder / "history.json").read_text())
    told["events"][-1]["salt"] = "0" * 64
    (folder / "history.json").write_text(json.dumps(told))
    (tmp_path / "offer.json").write_text("{}")

    code = published.supplier(0).refused(
        *("seal", "--tender", folder, "--lot", "lot-1", "--offer", tmp_path / "offer.json"),
        *("--bidder", published.company(0).organisation.pk, "--out", tmp_path / "sealed"),
    )

    assert code in ("broken-chain", "not-in-the-log", "not-the-head")
    assert not (tmp_path / "sealed").exists()


def test_a_document_that_is_not_the_one_of_the_notice_leaves_nothing_behind(
    published: Stage, tmp_path: Path
) -> None:
    def alter(path: str, body: bytes) -> bytes:
        return body[:-1] + b"!" if path.endswith("specification.txt") else body

    with lying(published.site.address, alter) as address:
        code = published.supplier(0).refused(
            *("fetch", published.tender, "--anchors", published.anchors),
            *("--server", address, "--out", tmp_path / "tender"),
        )

    assert code == "other-document"
    assert not (tmp_path / "tender").exists()


def test_another_tender_s_history_is_not_this_one_s(published: Stage, tmp_path: Path) -> None:
    def alter(path: str, body: bytes) -> bytes:
        return body.replace(published.tender.encode(), b"0" * 8 + published.tender[8:].encode())

    with lying(published.site.address, alter) as address:
        code = published.supplier(0).refused(
            *("fetch", published.tender, "--anchors", published.anchors),
            *("--server", address, "--out", tmp_path / "tender"),
        )

    assert code == "other-tender"
