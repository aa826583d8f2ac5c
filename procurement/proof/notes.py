"""Signed notes: text that carries its own Ed25519 signatures (C2SP signed-note).

A note is text, an empty line, and one line per signature. The note of an object is its canonical
JSON and a line feed. A witness signs otherwise: a *cosignature* (C2SP tlog-cosignature, version
1) also says when the witness saw the checkpoint.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from procurement.proof.canonical import JSON, canonical, parse
from procurement.proof.note_keys import (
    TIME_BYTES,
    BadNote,
    CosignSigner,
    CosignVerifier,
    Signer,
    Verifier,
    base64_text,
    unbase64,
)

__all__ = [
    "BadNote",
    "CosignSigner",
    "CosignVerifier",
    "Note",
    "Signer",
    "Verifier",
    "add_signature",
    "cosign",
    "cosignatures",
    "open_note",
    "open_object",
    "sign_note",
    "sign_object",
]

SIGNATURE_LIMIT = 100  # lines; the specification asks for 16 at least

_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Note:
    """A text, and whose signatures on it were found to hold."""

    text: bytes
    signed_by: tuple[str, ...]  # names of known keys, in the order of the lines
    unknown: int  # lines by keys that nobody named; they prove nothing


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    key_id: bytes
    signature: bytes


def sign_note(text: bytes, *signers: Signer) -> bytes:
    """Make a note of a text that ends in a line feed, signed by each signer in turn.

    :raises BadNote: for a text that a note cannot carry, or no signer.
    """
    _require_text(text)
    if not signers:
        raise BadNote("not-signed", "A note needs a signature")
    note = text + b"\n"
    for signer in signers:
        note += _line_bytes(signer, signer.signature(text))
    _split(note)
    return note


def add_signature(note: bytes, signer: Signer) -> bytes:
    """Add a signature to a note. Those already there are kept, not judged.

    :raises BadNote: when the bytes are no note, or the signer's line is there already.
    """
    text, _ = _split(note)
    return _added(note, signer, signer.signature(text))


def cosign(checkpoint_note: bytes, signer: CosignSigner, at_unix: int) -> bytes:
    """Add a witness's cosignature to a checkpoint note, and return the whole note.

    The caller has verified the checkpoint's own signature and its consistency.
    """
    text, _ = _split(checkpoint_note)
    return _added(checkpoint_note, signer, signer.cosignature(text, at_unix))


def open_note(note: bytes, verifiers: Iterable[Verifier]) -> Note:
    """Verify a note against the keys one knows, and give its text.

    Lines by unknown keys are counted and otherwise ignored, as the specification demands.

    :raises BadNote: when a known key's signature does not hold, when no known key signed, or
        when the bytes are no note.
    """
    text, lines = _split(note)
    signed_by = tuple(line.name for line in _held(text, lines, verifiers))
    if not signed_by:
        raise BadNote("no-known-signature", "Nobody whose key is known has signed this note")
    return Note(text=text, signed_by=signed_by, unknown=len(lines) - len(signed_by))


def cosignatures(note: bytes, witnesses: Iterable[CosignVerifier]) -> dict[str, int]:
    """Find which of these witnesses cosigned a note, and when (POSIX seconds).

    A cosignature does not commit to its signer's name, so no two witnesses may share a key.

    :raises BadNote: when a known witness's cosignature does not hold, or two share a name or key.
    """
    text, lines = _split(note)
    known = list(witnesses)
    if len({witness.public for witness in known}) != len(known):
        raise BadNote("ambiguous-key", "Two known witnesses hold the same key")
    found: dict[str, int] = {}
    for line in _held(text, lines, known):
        if line.name in found:
            raise BadNote("duplicate-signature", f"{line.name} cosigned with two keys")
        found[line.name] = int.from_bytes(line.signature[:TIME_BYTES])
    return found


def sign_object(value: dict[str, JSON], *signers: Signer) -> bytes:
    """Make a note of an object: its canonical JSON and a line feed, signed.

    :raises NotCanonical: when the object has no canonical form.
    """
    return sign_note(canonical(value) + b"\n", *signers)


def open_object(note: bytes, verifiers: Iterable[Verifier]) -> tuple[dict[str, JSON], Note]:
    """Verify a note and read the object in it.

    :raises BadNote: as ``open_note``, and when the text is no object.
    :raises NotCanonical: when the text is not canonical JSON.
    """
    opened = open_note(note, verifiers)
    value = parse(opened.text.removesuffix(b"\n"))
    if not isinstance(value, dict):
        raise BadNote("not-an-object", "The note's text is JSON, but no object")
    return value, opened


def _split(note: bytes) -> tuple[bytes, list[_Line]]:
    """Cut a note at its last empty line and read the signature lines."""
    text, gap, block = note.rpartition(b"\n\n")
    text += b"\n"
    if not gap:
        raise BadNote("not-a-note", "A note has an empty line before its signatures")
    _require_text(text)
    if block.count(b"\n") > SIGNATURE_LIMIT:
        raise BadNote("too-many-signatures", f"More than {SIGNATURE_LIMIT} signatures")
    if not block.endswith(b"\n"):
        raise BadNote("not-signed", "A note ends in a signature and a line feed")
    return text, [_read_line(row) for row in block[:-1].split(b"\n")]


def _read_line(row: bytes) -> _Line:
    found = _LINE.fullmatch(row.decode("utf-8", "replace"))
    raw = unbase64(found[2]) if found else None
    if found is None or raw is None or len(raw) < 5:
        raise BadNote("bad-signature-line", "What follows the empty line is no signature line")
    return _Line(name=found[1], key_id=raw[:4], signature=raw[4:])


def _held(text: bytes, lines: Iterable[_Line], verifiers: Iterable[Verifier]) -> Iterator[_Line]:
    """Give the lines by known keys, each verified; refuse the note at the first that fails."""
    known = _by_identity(verifiers)
    seen = set()
    for line in lines:
        identity = line.name, line.key_id
        if identity not in known:
            continue
        if not known[identity].holds(text, line.signature):
            raise BadNote("bad-signature", f"The signature of {line.name} does not hold")
        if identity in seen:
            raise BadNote("duplicate-signature", f"{line.name} has signed twice")
        seen.add(identity)
        yield line


def _line_bytes(signer: Signer, signature: bytes) -> bytes:
    encoded = base64_text(signer.key_id + signature)
    return f"— {signer.name} {encoded}\n".encode()


def _added(note: bytes, signer: Signer, signature: bytes) -> bytes:
    _, lines = _split(note)
    if (signer.name, signer.key_id) in {(line.name, line.key_id) for line in lines}:
        raise BadNote("duplicate-signature", f"{signer.name} has signed already")
    longer = note + _line_bytes(signer, signature)
    _split(longer)  # refuses one line too many
    return longer


def _require_text(text: bytes) -> None:
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        raise BadNote("not-a-note", "A note's text is UTF-8") from None
    if not decoded.endswith("\n") or decoded == "\n":
        raise BadNote("not-a-note", "A note's text is not empty and ends in a line feed")
    if _CONTROL.search(decoded):
        raise BadNote("control-character", "A note has no control characters but line feeds")


def _by_identity(verifiers: Iterable[Verifier]) -> dict[tuple[str, bytes], Verifier]:
    known: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        identity = verifier.name, verifier.key_id
        if known.setdefault(identity, verifier) != verifier:
            raise BadNote("ambiguous-key", f"Two known keys are called {verifier.name}")
    return known
