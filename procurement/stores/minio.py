"""A vault in MinIO, or another S3 store whose object lock holds.

The lock is the store's own: buckets are made with object lock and versioning, a hold is S3's
legal hold, a retention is COMPLIANCE, which not even the store's root may shorten. Everything is
read by version id. A plain DELETE of a locked object answers 200 and leaves a *delete marker*:
this module never follows one, so what was stored stays readable.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from io import BytesIO
from typing import BinaryIO, cast

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE, GOVERNANCE
from minio.error import InvalidResponseError, S3Error, ServerError
from minio.retention import Retention
from minio.versioningconfig import SUSPENDED, VersioningConfig

from procurement.vault import (
    BUCKETS,
    CHUNK_BYTES,
    Counted,
    Lock,
    NotStored,
    Probe,
    Reading,
    Stored,
    VaultRefused,
    VaultUnavailable,
    WrongLength,
    checked,
    whole_second,
)

PART_BYTES = 8 * 1024 * 1024  # larger objects go up in parts of this size: memory stays flat
CONNECT_SECONDS = 3.0
READ_SECONDS = 30.0
PROBE_RETENTION = timedelta(minutes=2)

_VERSION = re.compile(r"[A-Za-z0-9._-]{1,256}")
_GONE = {"NoSuchKey", "NoSuchVersion", "NoSuchObject", "InvalidVersionId", "MethodNotAllowed"}
# MinIO says ObjectLocked or InvalidRequest (400) where others say AccessDenied (403).
_LOCKED = {"ObjectLocked", "InvalidRequest", "AccessDenied", "InvalidRetentionDate", "MalformedXML"}


class MinioVault:
    """The `procurement.vault.Vault` of production."""

    def __init__(self, endpoint: str, access: str, secret: str, *, secure: bool) -> None:
        patience = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        self._pool = urllib3.PoolManager(timeout=patience, retries=urllib3.Retry(1), maxsize=16)
        self._client = Minio(
            endpoint, access, secret, secure=secure, region="us-east-1", http_client=self._pool
        )
        self._address = f"{'https' if secure else 'http'}://{endpoint}/"
        self._buckets_made = False

    def put(self, bucket: str, name: str, stream: BinaryIO, length: int) -> Stored:
        """See `Vault.put`."""
        checked(bucket, name)
        counted = Counted(stream, length)
        with _store_answers():
            self._make_buckets()
            result = self._client.put_object(
                bucket, name, cast("BinaryIO", counted), length, part_size=PART_BYTES
            )
        if not result.version_id:
            raise VaultUnavailable("the store keeps no versions in this bucket; tell its operator")
        return Stored(name, result.version_id, counted.sha256(), length)

    def get(self, bucket: str, name: str, version_id: str) -> Reading:
        """See `Vault.get`."""
        return self._read(bucket, name, version_id, offset=0, length=0)

    def read_range(
        self, bucket: str, name: str, version_id: str, offset: int, length: int
    ) -> bytes:
        """See `Vault.read_range`."""
        if length <= 0:  # which the SDK would take for "all of it"
            return b""
        with self._read(bucket, name, version_id, offset=offset, length=length) as chunks:
            return b"".join(chunks)

    def hold(self, bucket: str, name: str, version_id: str) -> None:
        """See `Vault.hold`."""
        with self._object(bucket, name, version_id) as at:
            self._client.enable_object_legal_hold(*at)

    def release_hold(self, bucket: str, name: str, version_id: str) -> None:
        """See `Vault.release_hold`."""
        with self._object(bucket, name, version_id) as at:
            self._client.disable_object_legal_hold(*at)

    def retain(self, bucket: str, name: str, version_id: str, until: datetime) -> None:
        """See `Vault.retain`."""
        retention = Retention(COMPLIANCE, whole_second(until))
        with self._object(bucket, name, version_id, may_be_locked=True) as at:
            self._client.set_object_retention(at[0], at[1], retention, at[2])

    def status(self, bucket: str, name: str, version_id: str) -> Lock:
        """See `Vault.status`."""
        with self._object(bucket, name, version_id) as at:
            hold = self._client.is_object_legal_hold_enabled(*at)
            retention = self._client.get_object_retention(*at)
        # GOVERNANCE can be bypassed, so it does not count as a retention here.
        lasting = retention is not None and retention.mode == COMPLIANCE
        return Lock(hold, retention.retain_until_date if retention and lasting else None)

    def delete(self, bucket: str, name: str, version_id: str) -> None:
        """See `Vault.delete`."""
        with (
            contextlib.suppress(NotStored),
            self._object(bucket, name, version_id, may_be_locked=True) as at,
        ):
            self._client.remove_object(*at)

    def versions(self, bucket: str, name: str) -> frozenset[str]:
        """See `Vault.versions`."""
        checked(bucket, name)
        with _store_answers():
            self._make_buckets()
            listed = self._client.list_objects(bucket, prefix=name, include_version=True)
            return frozenset(
                each.version_id
                for each in listed
                if each.object_name == name and each.version_id and not each.is_delete_marker
            )

    def clock(self) -> datetime | None:
        """See `Vault.clock`: what the store writes on any answer (RFC 9110 section 6.6.1)."""
        with _store_answers():
            answer = self._pool.request("HEAD", self._address)
        try:
            return parsedate_to_datetime(answer.headers["Date"])
        except (KeyError, ValueError):
            raise VaultUnavailable("the store does not say what time it is") from None

    def probe(self, now: datetime) -> Probe:
        """See `Vault.probe`: tries in both buckets what an operator could try."""
        reasons = []
        for bucket in BUCKETS:
            self._sweep_probes(bucket)
            name = f"probe/{secrets.token_hex(8)}"
            version_id = self.put(bucket, name, BytesIO(b"probe"), 5).version_id
            reasons += self._tries(bucket, name, version_id, now)
        return Probe(write_once=not reasons, reasons=reasons)

    def _tries(self, bucket: str, name: str, version_id: str, now: datetime) -> list[str]:
        at = (bucket, name, version_id)
        until = now + PROBE_RETENTION
        weaker = Retention(GOVERNANCE, whole_second(until))
        under_hold: dict[str, Callable[[], object]] = {
            "a held object could be deleted": lambda: self.delete(*at),
        }
        retained: dict[str, Callable[[], object]] = {
            "a retained object could be deleted": lambda: self.delete(*at),
            "a retention could be shortened": lambda: self.retain(*at, now + PROBE_RETENTION / 2),
            "COMPLIANCE could be weakened to GOVERNANCE": lambda: self._client.set_object_retention(
                bucket, name, weaker, version_id
            ),
            "versioning could be suspended": lambda: self._client.set_bucket_versioning(
                bucket, VersioningConfig(SUSPENDED)
            ),
        }
        self.hold(*at)
        reasons = [f"{bucket}: {what}" for what, attempt in under_hold.items() if _works(attempt)]
        if reasons:
            return reasons
        self.release_hold(*at)
        self.retain(*at, until)
        if self.status(*at).retain_until is None:
            reasons.append(f"{bucket}: a retention is not kept")
        return reasons + [
            f"{bucket}: {what}" for what, try_it in retained.items() if _works(try_it)
        ]

    def _sweep_probes(self, bucket: str) -> None:
        """Remove the objects of earlier probes whose retention is over."""
        with _store_answers():
            self._make_buckets()
            old = self._client.list_objects(
                bucket, prefix="probe/", recursive=True, include_version=True
            )
            found = [(each.object_name, each.version_id) for each in old]
        for name, version_id in found:
            if name and version_id:
                _works(partial(self.delete, bucket, name, version_id))

    def _make_buckets(self) -> None:
        if self._buckets_made:
            return
        for bucket in BUCKETS:
            if not self._client.bucket_exists(bucket):
                self._make_bucket(bucket)
        self._buckets_made = True

    def _make_bucket(self, bucket: str) -> None:
        try:
            self._client.make_bucket(bucket, object_lock=True)
        except S3Error as fault:  # another process was first
            if fault.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise

    def _read(
        self, bucket: str, name: str, version_id: str, *, offset: int, length: int
    ) -> Reading:
        with self._object(bucket, name, version_id) as (_, _, version):
            try:
                response = self._client.get_object(
                    bucket, name, offset=offset, length=length, version_id=version
                )
            except S3Error as fault:
                if fault.code == "InvalidRange":  # the object ends before the offset
                    return Reading(iter(()), lambda: None)
                raise

        def close() -> None:
            response.close()
            response.release_conn()

        return Reading(_chunks(response), close)

    @contextlib.contextmanager
    def _object(
        self, bucket: str, name: str, version_id: str, *, may_be_locked: bool = False
    ) -> Iterator[tuple[str, str, str]]:
        checked(bucket, name)
        # Without a version the store would serve, lock or "delete" whatever is latest.
        if not _VERSION.fullmatch(version_id):
            raise NotStored("the vault has no such version")
        with _store_answers(may_be_locked=may_be_locked):
            self._make_buckets()
            yield bucket, name, version_id


@contextlib.contextmanager
def _store_answers(*, may_be_locked: bool = False) -> Iterator[None]:
    """Turn what the SDK raises into the vault's own words."""
    try:
        yield
    except S3Error as fault:
        if fault.code in _GONE:
            raise NotStored("the vault has no such version") from fault
        if may_be_locked and fault.code in _LOCKED:
            raise VaultRefused(f"the store keeps the object: {fault.message}") from fault
        raise VaultUnavailable(f"the store answered {fault.code}; try again later") from fault
    except WrongLength:
        raise
    except (urllib3.exceptions.HTTPError, ServerError, InvalidResponseError, OSError) as fault:
        raise VaultUnavailable("the store does not answer; try again later") from fault


def _works(attempt: Callable[[], object]) -> bool:
    """Tell whether the store let somebody do what it should refuse."""
    try:
        attempt()
    except VaultRefused:
        return False
    except S3Error as fault:
        if 400 <= fault.response.status < 500:
            return False
        raise
    return True


def _chunks(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    with _store_answers():
        yield from response.stream(CHUNK_BYTES)
