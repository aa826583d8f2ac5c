"""A sealed file opens for whom it was sealed, to the byte that was sealed, or not at all."""

import hashlib
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyrage  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.proof import age
from procurement.proof.age_header import hkdf
from tests.proof import peers

VECTORS = Path(__file__).parents[1] / "vectors"
OURS = json.loads((VECTORS / "age.json").read_bytes())["files"]
THEIRS = json.loads((VECTORS / "npm.json").read_bytes())

EDGES = [0, 1, 65535, 65536, 65537, 131072, 200_000]
CHUNK = 64 * 1024 + 16

holder = age.Identity.from_bytes(hashlib.sha256(b"holder").digest())
stranger = age.Identity.from_bytes(hashlib.sha256(b"stranger").digest())


def made(plaintext: bytes) -> bytes:
    """Seal with fixed secrets, so that a failure can be repeated."""
    return age.encrypt_bytes(
        plaintext, holder.recipient, file_key=b"k" * 16, ephemeral=b"e" * 32, nonce=b"n" * 16
    )


def parts(file: bytes) -> tuple[bytes, bytes, list[bytes]]:
    """Cut a file into header, nonce and chunks."""
    header_end = file.index(b"\n", file.index(b"\n---") + 1) + 1
    body = file[header_end + 16 :]
    chunks = [body[start : start + CHUNK] for start in range(0, len(body), CHUNK)]
    return file[:header_end], file[header_end : header_end + 16], chunks


def pattern(size: int) -> bytes:
    return hashlib.shake_256(b"plaintext").digest(size)


@pytest.mark.parametrize("vector", OURS, ids=lambda found: f"{found['zeros']} zeros")
def test_given_secrets_give_the_same_file_every_time(vector: dict[str, Any]) -> None:
    identity = age.Identity.decode(vector["identity"])
    given_secrets = {
        name: bytes.fromhex(vector[name]) for name in ("file_key", "ephemeral", "nonce")
    }

    file = age.encrypt_bytes(bytes(vector["zeros"]), identity.recipient, **given_secrets)

    assert file.startswith(vector["header"].encode())
    assert hashlib.sha256(file).hexdigest() == vector["sha256"]
    assert age.file_key(file, identity) == given_secrets["file_key"]
    assert age.decrypt_bytes(file, identity) == bytes(vector["zeros"])


def test_without_given_secrets_no_two_files_are_alike() -> None:
    files = {age.encrypt_bytes(b"", holder.recipient) for _ in range(3)}

    assert len(files) == 3


@pytest.mark.parametrize("size", EDGES)
def test_pyrage_reads_ours_and_we_read_its(size: int) -> None:
    plaintext = pattern(size)
    theirs = pyrage.x25519.Identity.from_str(holder.encode())

    assert pyrage.decrypt(age.encrypt_bytes(plaintext, holder.recipient), [theirs]) == plaintext
    file = pyrage.encrypt(plaintext, [theirs.to_public()])
    assert age.decrypt_bytes(file, holder) == plaintext
    assert str(theirs.to_public()) == holder.recipient.encode()


def test_pyrage_reads_our_passphrase_files_and_we_read_its() -> None:
    ours = age.encrypt_passphrase(b"a key", "密码 é", work_factor=10)

    assert pyrage.passphrase.decrypt(ours, "密码 é") == b"a key"
    assert age.decrypt_passphrase(pyrage.passphrase.encrypt(b"a key", "密码"), "密码") == b"a key"


def test_typage_reads_ours_and_we_read_its() -> None:
    plaintexts = [pattern(size) for size in EDGES]
    files = [age.encrypt_bytes(plaintext, holder.recipient) for plaintext in plaintexts]
    secret, public = holder.encode(), holder.recipient.encode()

    recipient, *answers = peers.ask(
        ["ageRecipient", secret],
        *(["ageDecrypt", peers.text(file), secret] for file in files),
        *(["ageFileKey", peers.text(file), secret] for file in files),
        *(["ageEncrypt", peers.text(plaintext), public] for plaintext in plaintexts),
    )

    count = len(EDGES)
    assert recipient == public
    assert [peers.raw(answer) for answer in answers[:count]] == plaintexts
    assert [peers.raw(answer) for answer in answers[count : 2 * count]] == [
        age.file_key(file, holder) for file in files
    ]
    for answer, plaintext in zip(answers[2 * count :], plaintexts, strict=True):
        age.require_single_stanza(peers.raw(answer))
        assert age.decrypt_bytes(peers.raw(answer), holder) == plaintext


def test_typage_reads_our_passphrase_files_and_we_read_its() -> None:
    ours = age.encrypt_passphrase(b"a key", "密码 é", work_factor=10)

    read, written = peers.ask(
        ["agePassphraseDecrypt", peers.text(ours), "密码 é"],
        ["agePassphraseEncrypt", peers.text(b"a key"), "密码 é"],
    )

    assert peers.raw(read) == b"a key"
    assert age.decrypt_passphrase(peers.raw(written), "密码 é") == b"a key"


@pytest.mark.parametrize("vector", THEIRS["age"])
def test_committed_files_of_typage_are_read(vector: dict[str, str]) -> None:
    identity, file = age.Identity.decode(vector["identity"]), peers.raw(vector["file"])
    out = io.BytesIO()

    age.decrypt_with_file_key(io.BytesIO(file), out, bytes.fromhex(vector["file_key"]))

    assert identity.recipient.encode() == vector["recipient"]
    assert age.file_key(file, identity).hex() == vector["file_key"]
    assert age.decrypt_bytes(file, identity) == out.getvalue() == peers.raw(vector["plaintext"])


@pytest.mark.parametrize("vector", THEIRS["passphrase"])
def test_committed_passphrase_files_of_typage_are_read(vector: dict[str, str]) -> None:
    file = peers.raw(vector["file"])

    assert age.decrypt_passphrase(file, vector["passphrase"]) == peers.raw(vector["plaintext"])


TWO_CHUNKS = made(pattern(100_000))
THREE_CHUNKS = made(pattern(65536 * 2 + 10))
SMALL = made(b"a sealed price")


def refusal(file: bytes, identity: age.Identity = holder) -> str:
    with pytest.raises(age.AgeError) as refused:
        age.decrypt_bytes(file, identity)
    return refused.value.code


def test_a_file_is_for_nobody_else() -> None:
    assert refusal(SMALL, stranger) == "age-no-match"


@pytest.mark.parametrize("kept", [*range(0, len(SMALL), 7), len(SMALL) - 1])
def test_a_file_that_was_cut_off_is_refused(kept: int) -> None:
    assert refusal(SMALL[:kept]) in {"age-bad-header", "age-bad-payload"}


def test_a_payload_is_refused_once_it_was_rearranged() -> None:
    header, nonce, (first, second, last) = parts(THREE_CHUNKS)
    start = header + nonce
    rearranged = {
        "reordered": start + second + first + last,
        "the last chunk dropped": start + first + second,
        "a chunk dropped": start + first + last,
        "a chunk twice": start + first + first + second + last,
        "the last chunk twice": start + first + second + last + last,
        "a byte more": THREE_CHUNKS + b"\0",
        "an empty chunk more": THREE_CHUNKS + bytes(16),
        "no chunk": start,
        "half a nonce": header + nonce[:8],
    }

    found = {name: refusal(file) for name, file in rearranged.items()}

    assert found == dict.fromkeys(rearranged, "age-bad-payload") | {
        "half a nonce": "age-bad-header"
    }


def test_a_last_chunk_must_not_be_empty() -> None:
    cipher = ChaCha20Poly1305(hkdf(b"k" * 16, b"n" * 16, b"payload"))
    header, nonce, _ = parts(SMALL)
    full = cipher.encrypt((0 << 8).to_bytes(12), bytes(65536), None)
    empty = cipher.encrypt((1 << 8 | 1).to_bytes(12), b"", None)

    assert refusal(header + nonce + full + empty) == "age-bad-payload"


def test_a_payload_under_another_header_is_refused() -> None:
    header, _, _ = parts(age.encrypt_bytes(b"", holder.recipient))
    _, nonce, chunks = parts(SMALL)

    assert refusal(header + nonce + chunks[0]) == "age-bad-payload"


def test_a_wrong_mac_is_refused_by_name() -> None:
    mac_at = SMALL.index(b"--- ") + 4
    letter = b"A" if SMALL[mac_at : mac_at + 1] != b"A" else b"B"

    assert refusal(SMALL[:mac_at] + letter + SMALL[mac_at + 1 :]) == "age-bad-mac"


def test_a_wrong_file_key_is_refused_before_anything_is_decrypted() -> None:
    out = io.BytesIO()

    with pytest.raises(age.BadMac):
        age.decrypt_with_file_key(io.BytesIO(SMALL), out, b"x" * 16)
    with pytest.raises(age.BadKey):
        age.decrypt_with_file_key(io.BytesIO(SMALL), out, b"k" * 15)
    assert out.getvalue() == b""


def test_the_file_key_comes_from_the_header_alone_and_leaves_the_payload_unread() -> None:
    header, nonce, _ = parts(SMALL)
    source = io.BytesIO(SMALL)

    assert age.file_key(header, holder) == b"k" * 16
    assert age.file_key(source, holder) == b"k" * 16
    assert source.read(16) == nonce


def test_one_stanza_more_is_read_but_not_accepted_as_a_seal() -> None:
    recipients = [
        pyrage.x25519.Recipient.from_str(identity.recipient.encode())
        for identity in (holder, stranger)
    ]
    shared = pyrage.encrypt(b"for two", recipients)
    locked = age.encrypt_passphrase(b"", "p", work_factor=1)

    assert age.decrypt_bytes(shared, stranger) == b"for two"
    age.require_single_stanza(SMALL)
    for other in (shared, locked):
        with pytest.raises(age.BadHeader):
            age.require_single_stanza(other)


def test_a_stanza_added_without_the_file_key_is_refused() -> None:
    end = SMALL.index(b"---")
    stanza = b"-> grease\n\n"

    assert refusal(SMALL[:end] + stanza + SMALL[end:]) == "age-bad-mac"


@pytest.mark.parametrize("place", range(len(SMALL)))
def test_every_flipped_bit_of_a_small_file_is_refused(place: int) -> None:
    for bit in range(8):
        changed = bytearray(SMALL)
        changed[place] ^= 1 << bit
        refusal(bytes(changed))


@settings(deadline=None)
@given(st.sampled_from([TWO_CHUNKS, THREE_CHUNKS]), st.data())
def test_any_flipped_bit_is_refused_and_never_gives_another_plaintext(
    file: bytes, data: st.DataObject
) -> None:
    changed = bytearray(file)
    changed[data.draw(st.integers(0, len(file) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    refusal(bytes(changed))


@given(st.binary(max_size=300))
def test_hostile_bytes_give_a_verdict(data: bytes) -> None:
    for file in (data, b"age-encryption.org/v1\n" + data, b"age-encryption.org/v1\n-> " + data):
        refusal(file)


def test_a_header_without_end_is_not_read_to_its_end() -> None:
    class Endless(io.RawIOBase):
        served = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            buffer[:] = (b"age-encryption.org/v1\n" + b"a" * len(buffer))[: len(buffer)]
            self.served += len(buffer)
            return len(buffer)

    source = Endless()

    with pytest.raises(age.BadHeader):
        age.decrypt(cast("BinaryIO", io.BufferedReader(source)), io.BytesIO(), holder)
    assert source.served <= 256 * 1024


def test_memory_stays_flat_however_long_the_file() -> None:
    class Zeros(io.RawIOBase):
        left = 64 * 1024 * 1024

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = min(len(buffer), self.left, 50_000)  # and in pieces that are no chunks
            buffer[:size] = bytes(size)
            self.left -= size
            return size

    class Sink(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return len(data)

    tracemalloc.start()
    try:
        age.encrypt(cast("BinaryIO", Zeros()), cast("BinaryIO", Sink()), holder.recipient)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * 1024 * 1024


@pytest.mark.parametrize("size", EDGES)
def test_a_source_that_hands_out_little_at_a_time_changes_nothing(size: int) -> None:
    class Drip(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 999) if size != -1 else -1)

    out, file = io.BytesIO(), made(pattern(size))

    age.decrypt(Drip(file), out, holder)

    assert out.getvalue() == pattern(size)


def test_a_wrong_passphrase_is_told_from_a_broken_file() -> None:
    file = age.encrypt_passphrase(b"a key", "right", work_factor=2)

    with pytest.raises(age.NoMatch):
        age.decrypt_passphrase(file, "wrong")
    with pytest.raises(age.NoMatch):
        age.decrypt_passphrase(SMALL, "right")
    with pytest.raises(age.NoMatch):
        age.decrypt_bytes(file, holder)
    with pytest.raises(age.BadPayload):
        age.decrypt_passphrase(file[:-1], "right")
    with pytest.raises(age.BadHeader):
        age.decrypt_passphrase(file, "right", max_work_factor=1)
    with pytest.raises(age.BadKey):
        age.encrypt_passphrase(b"a key", "")


def test_keys_of_the_specification_are_read_and_written() -> None:
    secret = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
    public = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

    identity = age.Identity.decode(secret)

    assert (identity.encode(), identity.secret) == (secret, b"B" * 32)
    assert identity.recipient == age.Recipient.decode(public)
    assert identity.recipient.encode() == public
    assert secret not in repr(identity)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("age1", id="nothing but the prefix"),
        pytest.param("AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ", id="upper"),
        pytest.param("age1Zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj", id="mixed"),
        pytest.param("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwk", id="typo"),
        pytest.param("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujw", id="short"),
        pytest.param("bge1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj", id="prefix"),
        pytest.param("age1bvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj", id="a b"),
        pytest.param("age1é", id="not ASCII"),
        pytest.param(holder.encode(), id="an identity"),
    ],
)
def test_what_is_no_recipient_is_refused(text: str) -> None:
    with pytest.raises(age.BadKey):
        age.Recipient.decode(text)


@given(st.binary(min_size=32, max_size=32))
def test_every_key_survives_being_written(secret: bytes) -> None:
    identity = age.Identity.from_bytes(secret)

    assert age.Identity.decode(identity.encode()).secret == secret
    assert age.Recipient.decode(identity.recipient.encode()) == identity.recipient


def test_nothing_is_encrypted_to_a_key_of_small_order() -> None:
    with pytest.raises(age.BadKey):
        age.encrypt_bytes(b"", age.Recipient(bytes(32)))


@pytest.mark.parametrize("given_secrets", [{"file_key": b"k"}, {"ephemeral": b""}, {"nonce": b"n"}])
def test_a_secret_of_the_wrong_length_is_refused(given_secrets: dict[str, bytes]) -> None:
    with pytest.raises(age.BadKey):
        age.encrypt_bytes(b"", holder.recipient, **given_secrets)
