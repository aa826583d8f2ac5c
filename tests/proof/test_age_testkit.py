"""The C2SP age test kit (npm package cctv-age): every vector without armour and of our suite.

Left out, by the kit's own fields: ``armored`` files, and identities of the post-quantum kind.
"""

import hashlib
import io
import zlib
from dataclasses import dataclass

import pytest

from procurement.proof import age
from procurement.proof.age_header import read_header
from tests.proof import peers

VERDICTS = {
    age.NoMatch: "no match",
    age.BadHeader: "header failure",
    age.BadMac: "HMAC failure",
    age.BadPayload: "payload failure",
}
# We decrypt a chunk only once we know whether another follows, and so never release the plaintext
# of a chunk that is not where it was sealed. The kit's hash counts that chunk as released.
WITHHELD = {
    "stream_no_final_full",
    "stream_no_final_two_chunks_full",
    "stream_trailing_garbage_long",
    "stream_trailing_garbage_short",
    "stream_two_final_chunks",
    "stream_two_final_chunks_full",
    "stream_two_final_chunks_second",
}
LEAST_VECTORS = 90  # of version 0.2.0: 143 in all, 33 with armour, 18 post-quantum


@dataclass(frozen=True)
class Vector:
    """One file of the kit."""

    name: str
    fields: dict[str, list[str]]
    file: bytes

    @property
    def is_ours(self) -> bool:
        identities = self.fields.get("identity", [])
        return "armored" not in self.fields and not any("-PQ-1" in text for text in identities)

    def result(self) -> tuple[str, bytes]:
        """Decrypt with each key in turn, and give the verdict and what was released."""
        verdict, released = "no match", b""
        attempts = [
            lambda out, text=text: age.decrypt(
                io.BytesIO(self.file), out, age.Identity.decode(text)
            )
            for text in self.fields.get("identity", [])
        ] + [
            lambda out, text=text: out.write(age.decrypt_passphrase(self.file, text))
            for text in self.fields.get("passphrase", [])
        ]
        if not attempts:  # an empty file, for which the kit has no key
            attempts = [
                lambda out: age.decrypt(io.BytesIO(self.file), out, age.Identity.generate())
            ]
        for attempt in attempts:
            out = io.BytesIO()
            try:
                attempt(out)
            except age.AgeError as error:
                verdict = VERDICTS[type(error)]
            else:
                return "success", out.getvalue()
            released = out.getvalue()
            if verdict != "no match":
                break
        return verdict, released


def read_vector(name: str, raw: bytes) -> Vector:
    head, _, file = raw.partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.decode().split("\n"):
        key, _, value = line.partition(": ")
        fields.setdefault(key, []).append(value)
    if fields.get("compressed") == ["zlib"]:
        file = zlib.decompress(file)
    return Vector(name, fields, file)


def test_every_vector_gives_its_verdict_and_its_plaintext() -> None:
    (kit,) = peers.ask(["testkit"])
    vectors = [read_vector(name, peers.raw(text)) for name, text in sorted(kit.items())]
    ours = [vector for vector in vectors if vector.is_ours]

    results = {vector.name: vector.result() for vector in ours}

    assert len(ours) >= LEAST_VECTORS
    assert {name: verdict for name, (verdict, _) in results.items()} == {
        vector.name: vector.fields["expect"][0] for vector in ours
    }
    with_payload = [vector for vector in ours if "payload" in vector.fields]
    wrong = {
        vector.name
        for vector in with_payload
        if hashlib.sha256(results[vector.name][1]).hexdigest() != vector.fields["payload"][0]
    }
    assert wrong == WITHHELD


def test_headers_that_are_read_are_written_alike() -> None:
    (kit,) = peers.ask(["testkit"])
    for name, text in kit.items():
        vector = read_vector(name, peers.raw(text))
        if not vector.is_ours or vector.fields["expect"][0] == "header failure":
            continue
        header = read_header(io.BytesIO(vector.file))
        written = b"".join(stanza.encode() for stanza in header.stanzas)
        assert header.covered == b"age-encryption.org/v1\n" + written + b"---", name


@pytest.mark.parametrize("name", sorted(WITHHELD))
def test_what_is_withheld_is_at_most_the_last_chunk(name: str) -> None:
    (kit,) = peers.ask(["testkit"])
    vector = read_vector(name, peers.raw(kit[name]))

    verdict, released = vector.result()

    assert verdict == "payload failure"
    assert len(released) in {0, age.CHUNK_BYTES}
