"""Writes the vectors beside it: fixed inputs, and what Daylight makes of them today.

Run it only when a format changes on purpose: ``python -m tests.vectors.make_vectors``. A test
compares the committed files with what this would write. No key in here opens anything.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from procurement.proof import age, merkle, notes, shamir
from procurement.proof.canonical import NotCanonical, canonical, parse
from procurement.proof.checkpoint import Checkpoint
from tests.vectors.samples import SEED, everything, sealed_to_all

HERE = Path(__file__).parent

CANONICAL_ACCEPTED = {
    "nothing": b"null",
    "an empty object": b"{}",
    "an empty list": b"[]",
    "sorted keys": b'{"A":1,"a":2,"a-b":3,"a.b":4,"b":5}',
    "the largest integers": b"[9007199254740991,-9007199254740991,0]",
    "short escapes": rb'"\b\t\n\f\r\"\\"',
    "long escapes are lower case": rb'["\u0000","\u001f","\u000b"]',
    "what is not escaped": '"/\x7f\u2028\u20ac𠮷é"'.encode(),
    "an object as Daylight writes it": (
        '{"amount":"1234.50","currency":"CNY","tender":"2b1f1d3e-0000-4000-8000-000000000001",'
        '"title":"道路养护","type":"daylight/example/v1","urgent":false}'
    ).encode(),
}
CANONICAL_REFUSED = {
    "empty": b"",
    "a blank before": b" {}",
    "a line feed after": b"{}\n",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a blank inside": b'{"a": 1}',
    "keys out of order": b'{"b":1,"a":2}',
    "a key twice": b'{"a":1,"a":1}',
    "a key twice, deeper": b'{"a":[{"b":1,"b":2}]}',
    "a key twice, spelt differently": rb'{"a":1,"\u0061":1}',
    "a fraction": b"[1.5]",
    "a fraction that is whole": b"[1.0]",
    "an exponent": b"[1e3]",
    "an absurd exponent": b"[1e400]",
    "minus zero": b"[-0]",
    "a leading zero": b"[01]",
    "not a number": b"[NaN]",
    "infinity": b"[-Infinity]",
    "two to the 53rd": b"[9007199254740992]",
    "a number of 5,000 digits": b"9" * 5000,
    "a needless escape": rb'"\u0061"',
    "an escaped slash": rb'"\/"',
    "an upper-case escape": rb'"\u001F"',
    "a raw control character": b'"\x01"',
    "half a character": rb'"\ud800"',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "overlong UTF-8": b'"\xc0\xaf"',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "a decomposed accent": '"cafe\u0301"'.encode(),
    "a key that is not ASCII": '{"é":1}'.encode(),
    "two values": b"{}{}",
    "a trailing comma": b"[1,]",
    "33 lists": b"[" * 33 + b"]" * 33,
    "1,000 lists": b"[" * 1000,
}
# The inputs of the Certificate Transparency reference implementation.
MERKLE_ENTRIES = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip


def seeded(label: str, length: int) -> bytes:
    """Stretch a label into bytes that look random and are the same on every run."""
    return hashlib.shake_256(label.encode()).digest(length)


def canonical_vectors() -> dict[str, Any]:
    """List texts that are read, and texts that are refused with their codes."""
    return {
        "accepted": [
            {"name": name, "hex": text.hex(), "sha256": hashlib.sha256(text).hexdigest()}
            for name, text in CANONICAL_ACCEPTED.items()
        ],
        "refused": [
            {"name": name, "hex": text.hex(), "code": _refusal(text)}
            for name, text in CANONICAL_REFUSED.items()
        ],
    }


def _refusal(text: bytes) -> str:
    try:
        parse(text)
    except NotCanonical as error:
        return error.code
    raise AssertionError(text)


def merkle_vectors() -> dict[str, Any]:
    """Give roots, inclusion and consistency proofs of the trees of up to eight entries."""
    leaves = [merkle.leaf_hash(bytes.fromhex(entry)) for entry in MERKLE_ENTRIES]
    sizes = range(len(leaves) + 1)
    return {
        "entries": MERKLE_ENTRIES,
        "roots": [merkle.root(leaves[:size]).hex() for size in sizes],
        "inclusion": [
            {
                "index": index,
                "size": size,
                "proof": _hexes(merkle.inclusion_proof(leaves[:size], index)),
            }
            for size in sizes
            for index in range(size)
        ],
        "consistency": [
            {"old": old, "new": new, "proof": _hexes(merkle.consistency_proof(leaves, old, new))}
            for new in sizes
            for old in range(1, new + 1)
        ],
    }


def _hexes(hashes: list[bytes]) -> list[str]:
    return [found.hex() for found in hashes]


def note_vectors() -> dict[str, Any]:
    """Sign a text, an object and a checkpoint with fixed keys."""
    origin = "log.example/vectors"
    log = notes.Signer(f"{origin}/checkpoint/1", seeded("log", 32))
    agency = notes.Signer(f"{origin}/agency/1", seeded("agency", 32))
    witnesses = [
        notes.CosignSigner(f"witness.example/{i}", seeded(f"witness {i}", 32)) for i in range(4)
    ]
    value = parse(CANONICAL_ACCEPTED["an object as Daylight writes it"])
    assert isinstance(value, dict)
    leaves = [merkle.leaf_hash(bytes.fromhex(entry)) for entry in MERKLE_ENTRIES]
    checkpoint = notes.sign_note(Checkpoint(origin, 8, merkle.root(leaves)).text(), log)
    for second, witness in enumerate(witnesses[:3]):
        checkpoint = notes.cosign(checkpoint, witness, 1767225600 + second)
    return {
        "log": {"secret": log.encode(), "verifier": log.verifier},
        "agency": {"secret": agency.encode(), "verifier": agency.verifier},
        "witnesses": [{"secret": w.encode(), "verifier": w.verifier} for w in witnesses],
        "text": notes.sign_note(b"One line.\n\nAnother.\n", log, agency).decode(),
        "object": notes.sign_object(value, agency).decode(),
        "object_sha256": hashlib.sha256(canonical(value)).hexdigest(),
        "checkpoint": checkpoint.decode(),
    }


def age_vectors() -> dict[str, Any]:
    """Encrypt plaintexts around the edges of a chunk, everything random being given."""
    return {"files": [_age_vector(size) for size in (0, 1, 16, 65535, 65536, 65537)]}


def _age_vector(size: int) -> dict[str, Any]:
    identity = age.Identity.from_bytes(seeded("identity", 32))
    given = {
        "file_key": seeded(f"file key {size}", 16),
        "ephemeral": seeded(f"ephemeral {size}", 32),
        "nonce": seeded(f"nonce {size}", 16),
    }
    plaintext = bytes(size)
    file = age.encrypt_bytes(plaintext, identity.recipient, **given)
    return {
        "identity": identity.encode(),
        "recipient": identity.recipient.encode(),
        **{name: value.hex() for name, value in given.items()},
        "zeros": size,
        "header": file[: file.index(b"\n---") + 1 + 48].decode(),
        "sha256": hashlib.sha256(file).hexdigest(),
    }


def shamir_vectors() -> dict[str, Any]:
    """Split fixed secrets with fixed coefficients."""
    found = []
    for k, n, size in ((2, 4, 32), (3, 5, 32), (2, 3, 1), (5, 255, 8)):
        secret = seeded(f"secret {size}", size)
        coefficients = seeded(f"coefficients {k} {size}", (k - 1) * size)
        shares = shamir.split(secret, k, n, coefficients)
        found.append(
            {"secret": secret.hex(), "k": k, "n": n, "coefficients": coefficients.hex(),
             "shares": _hexes(shares)}
        )  # fmt: skip
    return {"splits": found}


def format_vectors() -> dict[str, Any]:
    """Write one sample of every format with its digest, and the files of one sealed envelope."""
    return {
        "objects": [
            {"digest": sample.digest(), "object": sample.to_json()} for sample in everything()
        ],
        "sealed": {"seed": SEED.hex(), "files": sealed_to_all()},
    }


FILES = {
    "canonical.json": canonical_vectors,
    "merkle.json": merkle_vectors,
    "notes.json": note_vectors,
    "age.json": age_vectors,
    "shamir.json": shamir_vectors,
    "formats.json": format_vectors,
}


def rendered(name: str) -> str:
    """Write one file's text."""
    return json.dumps(FILES[name](), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name in FILES:
        (HERE / name).write_text(rendered(name), encoding="utf-8")
