"""The vault keeps what was put, as it was put, and gives it up to nobody while it is locked.

Every test runs on a directory and on MinIO: what the contract promises, both keep. Only the probe
tells them apart, because only one of them withstands its own operator.
"""

import hashlib
import io
import secrets
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from minio import Minio

from procurement.tryout import minio_server
from procurement.tryout.processes import Processes
from procurement.vault import (
    BUCKETS,
    DOCUMENTS,
    SEALED,
    Lock,
    NotStored,
    Vault,
    VaultRefused,
    VaultUnavailable,
    WrongLength,
    open_vault,
)
from tests import servers
from tests.servers import SharedMinio

NOW = datetime.now(UTC).replace(microsecond=0)
TOMORROW = NOW + timedelta(days=1)
MIB = 1024 * 1024


def put(vault: Vault, content: bytes = b"a sealed bid", name: str = "") -> tuple[str, str, str]:
    """Put ``content`` into the sealed bucket and return where it is."""
    stored = vault.put(SEALED, name or secrets.token_hex(8), io.BytesIO(content), len(content))
    return SEALED, stored.name, stored.version_id


def content_of(vault: Vault, at: tuple[str, str, str]) -> bytes:
    with vault.get(*at) as chunks:
        return b"".join(chunks)


@pytest.mark.parametrize("bucket", BUCKETS)
@pytest.mark.parametrize("size", [0, 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 20 * MIB])
def test_what_was_put_is_read_back_byte_for_byte(vault: Vault, bucket: str, size: int):
    content = secrets.token_bytes(size)

    stored = vault.put(bucket, secrets.token_hex(8), io.BytesIO(content), size)

    assert stored.length == size
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert content_of(vault, (bucket, stored.name, stored.version_id)) == content


@pytest.mark.parametrize(
    ("offset", "length", "expected"),
    [
        pytest.param(0, 4, b"0123", id="the beginning"),
        pytest.param(6, 4, b"6789", id="the end"),
        pytest.param(8, 100, b"89", id="past the end"),
        pytest.param(10, 1, b"", id="after the end"),
        pytest.param(3, 0, b"", id="nothing"),
    ],
)
def test_a_range_is_read_without_the_rest(vault: Vault, offset: int, length: int, expected: bytes):
    at = put(vault, b"0123456789")

    assert vault.read_range(*at, offset, length) == expected


def test_putting_the_same_name_again_leaves_the_first_version_readable(vault: Vault):
    first = put(vault, b"first", "same/name")
    second = put(vault, b"second", "same/name")

    assert content_of(vault, first) == b"first"
    assert content_of(vault, second) == b"second"
    assert {first[2], second[2]} <= vault.versions(SEALED, "same/name")


def test_a_name_is_not_taken_for_the_beginning_of_another(vault: Vault):
    name = secrets.token_hex(8)
    longer = put(vault, name=f"{name}0")
    shorter = put(vault, name=name)

    assert vault.versions(SEALED, name) == {shorter[2]}
    assert vault.versions(SEALED, f"{name}0") == {longer[2]}


@pytest.mark.parametrize("announced", [11, 13], ids=["one byte too many", "one byte too few"])
def test_a_stream_of_another_length_is_not_stored(vault: Vault, announced: int):
    name = secrets.token_hex(8)

    with pytest.raises(WrongLength):
        vault.put(SEALED, name, io.BytesIO(b"twelve bytes"), announced)

    assert vault.versions(SEALED, name) == frozenset()


def test_a_large_truncated_stream_leaves_nothing(vault: Vault):
    name = secrets.token_hex(8)

    with pytest.raises(WrongLength):
        vault.put(SEALED, name, io.BytesIO(bytes(9 * MIB)), 20 * MIB)

    assert vault.versions(SEALED, name) == frozenset()


def test_an_unlocked_object_can_be_swept_away_and_twice_is_no_harm(vault: Vault):
    at = put(vault)

    vault.delete(*at)
    vault.delete(*at)

    with pytest.raises(NotStored):
        vault.get(*at)


def test_a_hold_keeps_an_object_until_it_is_lifted(vault: Vault):
    at = put(vault)

    vault.hold(*at)
    vault.hold(*at)

    assert vault.status(*at) == Lock(hold=True, retain_until=None)
    with pytest.raises(VaultRefused):
        vault.delete(*at)

    vault.release_hold(*at)
    vault.release_hold(*at)

    assert vault.status(*at) == Lock(hold=False, retain_until=None)
    vault.delete(*at)


def test_a_retention_can_be_made_longer_and_never_shorter(vault: Vault):
    at = put(vault)
    vault.retain(*at, TOMORROW)

    with pytest.raises(VaultRefused):
        vault.retain(*at, TOMORROW - timedelta(seconds=1))
    with pytest.raises(VaultRefused):
        vault.delete(*at)
    vault.retain(*at, TOMORROW + timedelta(days=1))

    assert vault.status(*at) == Lock(hold=False, retain_until=TOMORROW + timedelta(days=1))


def test_lifting_the_hold_does_not_end_the_retention(vault: Vault):
    at = put(vault)
    vault.hold(*at)
    vault.retain(*at, TOMORROW)

    vault.release_hold(*at)

    with pytest.raises(VaultRefused):
        vault.delete(*at)


def test_a_retention_never_ends_before_the_instant_that_was_asked_for(vault: Vault):
    at = put(vault)
    asked = TOMORROW + timedelta(microseconds=1)

    vault.retain(*at, asked)

    assert vault.status(*at).retain_until == TOMORROW + timedelta(seconds=1)


def test_a_retention_that_is_over_already_is_refused(vault: Vault):
    at = put(vault)

    with pytest.raises(VaultRefused):
        vault.retain(*at, NOW - timedelta(days=1))


@pytest.mark.parametrize("version_id", ["", "null", "0" * 32, "../escape", "f" * 31 + "/"])
@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda vault, *at: vault.get(*at), id="get"),
        pytest.param(lambda vault, *at: vault.read_range(*at, 0, 1), id="range"),
        pytest.param(lambda vault, *at: vault.hold(*at), id="hold"),
        pytest.param(lambda vault, *at: vault.release_hold(*at), id="release"),
        pytest.param(lambda vault, *at: vault.retain(*at, TOMORROW), id="retain"),
        pytest.param(lambda vault, *at: vault.status(*at), id="status"),
    ],
)
def test_an_unknown_version_is_not_stored_and_never_means_the_latest(vault, act, version_id):
    bucket, name, _ = put(vault)

    with pytest.raises(NotStored):
        act(vault, bucket, name, version_id)


@pytest.mark.parametrize(
    "name", ["", "/", "../x", "a/../b", "/a", "a/", "a//b", ".hidden", "a\x00b", "a b", "x" * 201]
)
def test_a_name_that_could_leave_its_place_is_a_mistake_of_the_caller(vault: Vault, name: str):
    with pytest.raises(ValueError, match="not a name"):
        vault.put(SEALED, name, io.BytesIO(b""), 0)


def test_there_are_two_buckets_and_no_third(vault: Vault):
    with pytest.raises(ValueError, match="no bucket"):
        vault.put("elsewhere", "name", io.BytesIO(b""), 0)


def test_memory_stays_flat_while_a_large_object_goes_through(vault: Vault):
    class Zeros(io.RawIOBase):
        left = 200 * MIB

        def read(self, size: int = -1) -> bytes:
            chunk = bytes(min(size, self.left, MIB))
            self.left -= len(chunk)
            return chunk

    tracemalloc.start()
    stored = vault.put(SEALED, secrets.token_hex(8), Zeros(), 200 * MIB)
    read = sum(len(chunk) for chunk in vault.get(SEALED, stored.name, stored.version_id))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert read == 200 * MIB
    assert peak < 64 * MIB


def test_minio_withstands_the_probe(minio: SharedMinio):
    probe = open_vault(minio.url).probe(datetime.now(UTC))  # not when this file was read

    assert probe.reasons == []
    assert probe.write_once


def test_a_directory_is_named_as_not_write_once(tmp_path: Path):
    probe = open_vault(f"dir://{tmp_path}").probe(NOW)

    assert not probe.write_once
    assert "any program of this user can remove" in probe.reasons[0]


def test_the_probe_finds_buckets_that_were_made_without_object_lock(bare_minio):
    server, client = bare_minio
    for bucket in BUCKETS:
        client.make_bucket(bucket)

    with pytest.raises((VaultUnavailable, VaultRefused)):
        open_vault(server.url).probe(datetime.now(UTC))


def test_a_delete_marker_hides_nothing(minio: SharedMinio):
    vault = open_vault(minio.url)
    at = put(vault, b"still here")
    _client(minio.url).remove_object(*at[:2])  # by name: the store answers yes

    assert content_of(vault, at) == b"still here"
    assert vault.versions(*at[:2]) == {at[2]}


def test_a_killed_store_is_unavailable_and_says_try_again(bare_minio):
    server, _ = bare_minio
    vault = open_vault(server.url)
    at = put(vault, b"kept")

    server.child.kill()

    with pytest.raises(VaultUnavailable, match="try again later"):
        vault.get(*at)
    with pytest.raises(VaultUnavailable, match="try again later"):
        put(vault)


def test_wrong_credentials_are_the_stores_absence_not_the_objects(minio: SharedMinio):
    vault = open_vault(f"minio://somebody:else12345@{minio.endpoint}")

    with pytest.raises(VaultUnavailable):
        vault.versions(DOCUMENTS, "name")


def test_a_directory_that_went_away_is_not_an_empty_vault(tmp_path: Path):
    vault = open_vault(f"dir://{tmp_path}/vault")
    at = put(vault)
    (tmp_path / "vault").rename(tmp_path / "unmounted")

    with pytest.raises(VaultUnavailable):
        vault.get(*at)
    with pytest.raises(VaultUnavailable):
        put(vault)

    (tmp_path / "unmounted").rename(tmp_path / "vault")
    assert content_of(vault, at) == b"a sealed bid"


def test_a_stored_file_is_read_only(tmp_path: Path):
    bucket, name, version_id = put(open_vault(f"dir://{tmp_path}"))

    assert (tmp_path / bucket / name / f"{version_id}.bytes").stat().st_mode & 0o777 == 0o400


@pytest.mark.parametrize(
    "url", ["", "relative", "dir:relative", "dir://host/x", "minio://127.0.0.1:9000", "s3://a:b@c"]
)
def test_an_address_of_another_form_is_refused_without_repeating_it(url: str):
    with pytest.raises(ValueError, match=r"^a vault is dir:///an/absolute/path or minio://"):
        open_vault(url)


@pytest.fixture
def bare_minio(minio: SharedMinio, tmp_path: Path):
    """A MinIO of this test's own, to be mistreated; and a client with its operator's rights."""
    with Processes(tmp_path) as processes:
        program = minio_server.build(servers.tools())
        server = minio_server.start(processes, program, tmp_path / "minio")
        yield server, _client(server.url)


def _client(url: str) -> Minio:
    credentials, _, endpoint = url.removeprefix("minio://").rpartition("@")
    return Minio(endpoint, *credentials.split(":"), secure=False, region="us-east-1")
