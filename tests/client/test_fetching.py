"""A tender is fetched only as a whole that proves itself against anchors one already holds."""

from pathlib import Path

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
