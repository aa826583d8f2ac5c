"""Bytes on their way in: counted and hashed as they go by, and refused unless as announced.

The refusal comes with the last byte, before whoever reads them has kept anything.
"""

import hashlib
from typing import BinaryIO

from procurement.refusals import Refusal
from procurement.texts import Text


class CutShort(Refusal):
    code, status = "cut-short", 400
    title = Text(
        "{got} of {length} bytes arrived; nothing of them was kept, send them again",
        "共 {length} 字节，仅收到 {got} 字节；未保存任何内容，请重新发送",
    )


class OtherDigest(Refusal):
    code, status = "other-digest", 400
    title = Text(
        "What arrived is not what was announced; nothing of it was kept, send it again",
        "收到的内容与所声明的摘要不符；未保存任何内容，请重新发送",
    )


class Incoming:
    """A stream of ``length`` bytes, of which nothing has been read yet; a file to its reader.

    ``announced`` is the SHA-256 in hex that the sender gave beforehand, or None.
    """

    def __init__(self, stream: BinaryIO, length: int, announced: str | None = None) -> None:
        self.length = length
        self.announced = announced
        self._stream = stream
        self._missing = length
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read as a file does.

        :raises CutShort: when the stream ends too early.
        :raises OtherDigest: with the last bytes, when they are not those that were announced.
        """
        wanted = self._missing if size < 0 else min(size, self._missing)
        chunk = self._read(wanted) if wanted else b""
        self._digest.update(chunk)
        self._missing -= len(chunk)
        if wanted and not chunk:
            raise CutShort(got=self.length - self._missing, length=self.length)
        if chunk and not self._missing and self.announced not in (None, self.sha256()):
            raise OtherDigest
        return chunk

    def sha256(self) -> str:
        """Give the digest of what was read so far, lower-case hex."""
        return self._digest.hexdigest()

    def _read(self, wanted: int) -> bytes:
        try:
            return self._stream.read(wanted)
        except OSError:  # the sender is gone, which is not the reader's fault
            return b""
