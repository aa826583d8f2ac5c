"""The vault: where documents and sealed bids are kept, and may not be taken away.

Two stores stand behind this one contract: a directory (for trying Daylight out) and MinIO, whose
object lock holds even against its own operator. The rest of the house sees only this module.

An object is put once and read by the *version* that putting it gave. Putting the same name again
makes another version; it never touches the first. So a caller writes the version down and no
later upload, and no "delete marker" of the store, can stand between it and its bytes.

Two locks exist. A *hold* has no end and can be lifted. A *retention* has an end and can only be
made longer (COMPLIANCE in the words of object stores). Under either, deleting is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Protocol, Self
from urllib.parse import unquote, urlsplit

from procurement.refusals import Refusal
from procurement.texts import Text

DOCUMENTS: Final = "documents"
SEALED: Final = "sealed"
BUCKETS: Final = (DOCUMENTS, SEALED)

RETRY_SECONDS: Final = 30
CHUNK_BYTES: Final = 1024 * 1024  # what is held in memory while reading

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9_-]*)*")
_NAME_LIMIT = 200


class VaultFault(Exception):  # noqa: N818  # a fault is what the house calls it
    """Something the vault could not do; the message is a sentence a person can act on."""


class VaultUnavailable(VaultFault, Refusal):
    """The store did not answer or has no room. Nothing is lost: try the same again later."""

    code, status = "vault-unavailable", 503
    title = Text("The document store does not answer", "文件存储暂时不可用")

    def __init__(self, why: str) -> None:
        """``why`` is for the log of the operator; the sender reads what to do."""
        Refusal.__init__(
            self,
            Text(
                "What arrived before is kept. Send this request again in half a minute.",
                "此前收到的内容已保存。请在半分钟后重新发送本次请求。",
            ),
            retry_after=RETRY_SECONDS,
        )
        self.why = why

    def __str__(self) -> str:
        return self.why


class VaultRefused(VaultFault):
    """The store refuses because a hold or a retention protects the object."""


class NotStored(VaultFault):
    """The vault has no such version."""


class WrongLength(VaultFault):
    """The stream had fewer or more bytes than announced; nothing was stored."""


@dataclass(frozen=True)
class Stored:
    """One version of one object, as it was put."""

    name: str
    version_id: str
    sha256: str  # lower-case hex of the bytes that went by
    length: int  # bytes


@dataclass(frozen=True)
class Lock:
    """What keeps a version from being deleted."""

    hold: bool
    retain_until: datetime | None


@dataclass(frozen=True)
class Probe:
    """What happened when somebody really tried to delete and to shorten."""

    write_once: bool
    reasons: list[str]  # one sentence for each attempt that succeeded and should not have


class Reading(Iterator[bytes]):
    """An open version: iterate for its bytes, at most `CHUNK_BYTES` at a time.

    Closes itself at the end; use it as a context manager when you may stop earlier.
    """

    def __init__(self, chunks: Iterator[bytes], close: Callable[[], None]) -> None:
        self._chunks = chunks
        self._close = close

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection or the file. Safe to call twice."""
        self._close()


class Vault(Protocol):
    """Where bytes are kept. Every method may raise `VaultUnavailable`."""

    def put(self, bucket: str, name: str, stream: BinaryIO, length: int) -> Stored:
        """Keep ``length`` bytes of ``stream`` as a new version; on return they are on disk.

        A name is letters, digits, ``-`` and ``_``, in parts between ``/``; it may not be the
        first parts of another name.

        :raises WrongLength: when the stream is shorter or longer; nothing is stored then.
        """

    def get(self, bucket: str, name: str, version_id: str) -> Reading:
        """Open a version for reading. :raises NotStored: when there is none."""

    def read_range(
        self, bucket: str, name: str, version_id: str, offset: int, length: int
    ) -> bytes:
        """Read at most ``length`` bytes from ``offset``; fewer where the object ends.

        :raises NotStored: when there is no such version.
        """

    def hold(self, bucket: str, name: str, version_id: str) -> None:
        """Put the version under legal hold. Safe to do twice. :raises NotStored:"""

    def release_hold(self, bucket: str, name: str, version_id: str) -> None:
        """Lift the legal hold. Safe to do twice. :raises NotStored:"""

    def retain(self, bucket: str, name: str, version_id: str, until: datetime) -> None:
        """Forbid deletion until ``until`` (aware); can be made later, never earlier.

        The end is rounded up to a whole second.

        :raises VaultRefused: when it would shorten, or when ``until`` is past already.
        :raises NotStored: when there is no such version.
        """

    def status(self, bucket: str, name: str, version_id: str) -> Lock:
        """Tell what protects the version. :raises NotStored:"""

    def delete(self, bucket: str, name: str, version_id: str) -> None:
        """Remove a version nothing refers to. What is not there stays not there.

        :raises VaultRefused: when the version is held or retained.
        """

    def versions(self, bucket: str, name: str) -> frozenset[str]:
        """Name every version that can still be read, also behind a delete marker."""

    def clock(self) -> datetime | None:
        """Read the store's own clock, in whole seconds; None where it has none of its own."""

    def probe(self, now: datetime) -> Probe:
        """Store objects, lock them, and try to take them away. Takes about a second."""


def open_vault(url: str) -> Vault:
    """Open the vault that ``url`` names; MinIO's buckets are made on first use.

    ``dir:///var/lib/daylight/vault`` or ``minio://ACCESS:SECRET@127.0.0.1:9000`` (plain HTTP, for
    loopback) or ``minios://…`` (TLS).

    :raises ValueError: when the address has another form.
    """
    # The stores are imported here: who keeps files in a directory never loads the MinIO SDK.
    parts = urlsplit(url)
    if parts.scheme == "dir" and parts.path.startswith("/") and not parts.netloc:
        from procurement.stores.directory import DirectoryVault

        return DirectoryVault(Path(unquote(parts.path)))
    if parts.scheme in ("minio", "minios") and parts.hostname and parts.username and parts.password:
        from procurement.stores.minio import MinioVault

        return MinioVault(
            endpoint=parts.netloc.rpartition("@")[2],
            access=unquote(parts.username),
            secret=unquote(parts.password),
            secure=parts.scheme == "minios",
        )
    # The address is not repeated: it may carry a secret.
    raise ValueError("a vault is dir:///an/absolute/path or minio://ACCESS:SECRET@host:port")


def checked(bucket: str, name: str) -> tuple[str, str]:
    """Return the pair if it can stand in a path. :raises ValueError: otherwise."""
    if bucket not in BUCKETS:
        raise ValueError(f"the vault has no bucket {bucket!r}")
    if len(name) > _NAME_LIMIT or not _NAME.fullmatch(name):
        raise ValueError(f"not a name for an object: {name[:_NAME_LIMIT]!r}")
    return bucket, name


def whole_second(until: datetime) -> datetime:
    """Round up to a whole second in UTC: longer is never wrong.

    A store that cuts off microseconds would end a retention before the instant it was asked for.
    """
    return (until.astimezone(UTC) + timedelta(microseconds=999_999)).replace(microsecond=0)


class Counted:
    """A stream that hashes what goes by and insists on its announced length."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self._stream = stream
        self._length = length
        self._missing = length
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read as a file does. :raises WrongLength: at the byte where it shows."""
        wanted = self._missing if size < 0 else min(size, self._missing)
        chunk = self._stream.read(wanted) if wanted else b""
        self._digest.update(chunk)
        self._missing -= len(chunk)
        if wanted and not chunk:
            got = self._length - self._missing
            raise WrongLength(f"the stream ended after {got} of {self._length} bytes")
        if not self._missing and self._stream.read(1):
            raise WrongLength(f"the stream goes on after {self._length} bytes")
        return chunk

    def sha256(self) -> str:
        """The digest of what was read so far, lower-case hex."""
        return self._digest.hexdigest()
