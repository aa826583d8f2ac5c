"""What the timekeeper remembers of each tender, on its own disk.

Every file appears whole or not at all and is its owner's alone. What was answered lies here before
anybody sees it.
"""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from client.files import read_json, read_small, write_new
from client.proving import Proved, require_continued
from client.server import segment
from procurement.proof.age_keys import Identity
from tenders.notice import Extension
from tenders.panel.holders import HolderKey
from tenders.panel.keyset import Keyset


@dataclass(frozen=True)
class Memory:
    """What the timekeeper keeps of one tender: keys, the branch it follows, its one answer.

    Each panel has an identity of its own, the first one's in ``key.json``. None is ever deleted: an
    amendment may be given up, and the earlier keyset is in force until the new notice stands.
    """

    folder: Path

    def key(self, standing: HolderKey, tender: str, amendment: str | None = None, /) -> HolderKey:
        """Give the keys for a panel: the standing note key, and a fresh identity made once.

        ``amendment`` is the one that brings the panel; None for the first.
        """
        path = self.folder / (f"key-{segment(amendment)}.json" if amendment else "key.json")
        if not path.exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            identity = Identity.generate().encode()
            made = replace(standing, tender=tender, identity=identity)
            self._write(path.name, made.canonical(), once=True)
        return HolderKey.read(read_small(path))

    def key_in(self, keyset: Keyset) -> HolderKey | None:
        """Give the keys that stand in a keyset as the timekeeper's, None where none of these do."""
        for path in sorted(self.folder.glob("key*.json")):
            key, place = HolderKey.read(read_small(path)), keyset.timekeeper
            public = key.public()
            if (public.recipient, public.verifier) == (place.recipient, place.verifier):
                return key
        return None

    def follow(self, proof: Proved) -> None:
        """Remember this history's head, if the remembered one stands in it.

        :raises Stopped: for another branch.
        """
        known = self._head()
        if known is not None:
            require_continued(known, proof)
        self._write("head.json", json.dumps(proof.told.history.seen.control_head).encode())

    def answer(self) -> bytes | None:
        """Give the release that was made, None before."""
        path = self.folder / "release.note"
        return path.read_bytes() if path.exists() else None

    def keep_answer(self, note: bytes) -> None:
        """Put the release on the disk, whole, before anybody sees it."""
        self._write("release.note", note)

    def acknowledged(self) -> Extension | None:
        """Give the extension that was acknowledged last: nothing is released before its gates."""
        path = self.folder / "extension.json"
        return Extension.read(path.read_bytes()) if path.exists() else None

    def acknowledgement(self, extension: Extension) -> bytes | None:
        """Give what was said to an extension, None before."""
        path = self.folder / f"acknowledgement-{extension.digest()}.note"
        return path.read_bytes() if path.exists() else None

    def keep_acknowledgement(self, extension: Extension, note: bytes) -> None:
        """Put an acknowledgement, and the gates that hold from now on, on the disk, before it goes.

        The gates first: whoever has said so never forgets them.
        """
        self._write("extension.json", extension.canonical())
        self._write(f"acknowledgement-{extension.digest()}.note", note)

    def looked_at(self) -> Any:
        """Give the deadline and the notice up to which extensions were looked for, None before."""
        path = self.folder / "deadline.json"
        return read_json(path) if path.exists() else None

    def remember_looked_at(self, closes_at: str, notice: str) -> None:
        """Remember that the history with this deadline and this notice was read."""
        self._write("deadline.json", json.dumps([closes_at, notice]).encode())

    def tried(self) -> bool:
        """Tell whether the failures were sent."""
        return (self.folder / "tried").exists()

    def remember_tried(self) -> None:
        """Remember that the failures were sent."""
        self._write("tried", b"")

    def done(self) -> bool:
        """Tell whether the release was sent."""
        return (self.folder / "done").exists()

    def remember_done(self) -> None:
        """Remember that the release was sent."""
        self._write("done", b"")

    def _head(self) -> Any:
        path = self.folder / "head.json"
        return read_json(path) if path.exists() else None

    def _write(self, name: str, data: bytes, *, once: bool = False) -> None:
        """Write a file whole or not at all, and be sure that it is on the disk.

        :raises FileExistsError: for one that is written ``once`` and is there.
        """
        growing = self.folder / f".{name}.growing"
        growing.unlink(missing_ok=True)
        write_new(growing, data, secret=True)
        if once:
            os.link(growing, self.folder / name)
            growing.unlink()
        else:
            growing.replace(self.folder / name)
        directory = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
