"""Uploading a sealed envelope part by part; what the server has already is not sent again."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from bidding.sealed.manifest import PART_BYTES, Manifest
from bidding.sealed.parts import part_count
from client.output import Output, Stopped
from client.server import Server
from procurement.texts import Text

OTHER_PARTS = Text(
    "The server cuts parts of another size; use a newer tool.",
    "服务器采用的分片大小不同，请使用更新的工具。",
)
UPLOADING = Text("Uploading {name}", "正在上传 {name}")
UPLOADED = Text(
    "Uploaded {count} parts of {length:,} bytes; not submitted yet.",
    "已上传 {count} 个分片，共 {length:,} 字节；尚未递交。",
)


def upload(server: Server, sealed: Path, manifest: Manifest, supplier: str, out: Output) -> None:
    """Send the parts that the server does not have yet; it is no bid by that.

    :raises Stopped: for a server that cuts parts otherwise.
    """
    body = {"supplier": supplier, "manifest": manifest.to_json()}
    begun = server.post(f"tenders/{manifest.tender}/envelopes", body, repeatable=True)
    if begun["part_bytes"] != PART_BYTES:
        raise Stopped("other-parts", OTHER_PARTS)
    missing = set(begun["missing"])
    parts = [one for one in _parts(manifest) if one[0] in missing]
    for name, file, offset in out.each(parts, UPLOADING, name=sealed.name):
        data = _part(sealed / file, offset)
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-SHA256": hashlib.sha256(data).hexdigest(),
        }
        server.send("PUT", f"envelopes/{begun['id']}/parts/{name}", content=data, headers=headers)
    server.post(f"envelopes/{begun['id']}/completion", {}, repeatable=True)
    out.say(UPLOADED, count=len(parts), length=manifest.payload.length)


def _parts(manifest: Manifest) -> Iterator[tuple[str, str, int]]:
    """Name every part, the file that it is in, and where it begins there."""
    for number in range(part_count(manifest.payload.length)):
        yield f"payload-{number:05}", "payload.age", number * PART_BYTES
    for number in range(1, len(manifest.shares) + 1):
        yield f"share-{number}.age", f"share-{number}.age", 0
    yield "p.age", "p.age", 0
    yield "e.age", "e.age", 0


def _part(path: Path, offset: int) -> bytes:
    with path.open("rb") as source:
        source.seek(offset)
        return source.read(PART_BYTES)
