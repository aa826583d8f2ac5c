"""Whoever takes everything the platform has, before the opening, cannot read a bid.

Database, vault, environment and settings are searched for whatever could be a key, and each of
them is tried on every sealed file, alone and as the protocol combines them. Nothing is found. With
the key files of k openers and of the timekeeper the same search reads the bids; without the
timekeeper it does not.

The files of the two escrow holders are no part of that: outside try-out they lie at two other
bodies, and in try-out under ``KEYS_DIR``.

Requirement D31.
"""

import base64
import io
import itertools
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest
from django.conf import settings as used
from django.db import connection
from pytest_django.fixtures import Settings

from bidding.sealed.derived import masked
from bidding.sealed.manifest import Pad, Share
from procurement.proof.age import decrypt_bytes
from procurement.proof.age_header import Header, read_header, unwrap_x25519
from procurement.proof.age_keys import AgeError, Identity
from procurement.proof.shamir import BadShares, combine
from procurement.proof.shapes import Malformed
from tests.bidding.filing import filed_bid
from tests.bidding.opened import close, come, key_of, witnessed
from tests.signing import Trust
from tests.world import OPENERS, World, published_tender

KEY_BYTES = 32
AGE = b"age-encryption.org/v1\n"
TIMEKEEPER = "timekeeper"
K = 2
PRICES = ("918273.64", "827364.55")
CANARY = b"%PDF-1.7\n%canary: a drawing that nobody has seen\n%%EOF\n"
NEEDLES = (CANARY[9:40], *(price.encode() for price in PRICES))
WINDOWED = 128  # bytes: a longer value holds no bare key without an encoding around it
HEX = re.compile(rb"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{66})(?![0-9a-fA-F])")
B64 = re.compile(rb"[A-Za-z0-9+/_-]{40,88}={0,2}")
BECH32 = re.compile(rb"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Za-z]{58}", re.IGNORECASE)


@dataclass
class Dump:
    """What somebody carried off: values large and small, and the sealed files among them."""

    values: list[bytes] = field(default_factory=list)

    @cached_property
    def keys(self) -> set[bytes]:
        """Give whatever has 32 bytes, in any way in which keys are written."""
        return {key for value in self.values for key in key_like(value)}

    def age_files(self) -> list[bytes]:
        """Give every age file."""
        return list(dict.fromkeys(value for value in self.values if value.startswith(AGE)))


@pytest.fixture
def world(fresh_database: str, trust: Trust, tmp_path: Path, settings: Settings) -> World:
    """Give a world that is committed, with a vault of its own."""
    return World.at_first(trust).wound(tmp_path, settings)


def test_no_key_in_a_dump_opens_a_bid_and_those_of_k_openers_and_the_timekeeper_do(
    world: World, tmp_path: Path
) -> None:
    tender = published_tender(world)
    bids = [
        filed_bid(world, tender, supplier, price, document=CANARY)
        for supplier, price in zip(world.suppliers, PRICES, strict=False)
    ]
    tender = close(world, tender)
    come(world, tender)
    witnessed(world)

    dump = Dump([*database(), *files(tmp_path / "vault"), *surroundings()])

    sealed = dump.age_files()
    for bid in bids:  # the search has what it looks for, and everything else but the keys
        assert {bid.sealed.payload, *bid.sealed.derived.files().values()} <= set(sealed)
        assert not {bid.sealed.derived.pad, bid.sealed.seed} & dump.keys
    assert len(dump.keys) > 1_000
    assert not [needle for needle in NEEDLES for value in dump.values if needle in value]

    search = Search(dump)
    assert search.read_with([]) == set()

    def key_files(*holders: str) -> list[bytes]:
        return [key_of(world, tender, holder).canonical() for holder in holders]

    assert search.read_with(key_files(*OPENERS[:K], TIMEKEEPER)) == set(NEEDLES)
    assert search.read_with(key_files(*OPENERS[:K])) == set()
    assert search.read_with(key_files(*OPENERS)) == set()
    assert search.read_with(key_files(TIMEKEEPER)) == set()
    assert search.read_with(key_files(*OPENERS[: K - 1], TIMEKEEPER)) == set()


def test_the_search_knows_a_key_however_it_is_written() -> None:
    key = bytes(range(200, 232))
    written = [
        key,
        b"\x00" * 7 + key + b"after",
        key.hex().encode(),
        key.hex().upper().encode(),
        b'{"secret": "' + base64.b64encode(key) + b'"}',
        base64.urlsafe_b64encode(key).rstrip(b"="),
        Identity.from_bytes(key).encode().encode(),
        b"k=" + Identity.from_bytes(key).encode().lower().encode() + b"\n",
        b"PRIVATE+KEY+x+12345678+" + base64.b64encode(b"\x01" + key),
    ]

    assert [key in set(key_like(value)) for value in written] == [True] * len(written)


# ── what is carried off ──────────────────────────────────────────────────────────────────────


def database() -> Iterator[bytes]:
    """Dump every table, value by value, as PostgreSQL itself writes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE'"
            " AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        assert len(tables) > 40
        for table in tables:
            with cursor.cursor.copy(f"COPY {table} TO STDOUT") as copy:
                yield from _values(b"".join(bytes(block) for block in copy))


def files(folder: Path) -> Iterator[bytes]:
    """Read every file of a directory, and each file's name."""
    for path in folder.rglob("*"):
        yield str(path.relative_to(folder)).encode()
        if path.is_file():
            yield path.read_bytes()


def surroundings() -> Iterator[bytes]:
    """Give the environment, and the settings with everything inside them."""
    for name, value in os.environ.items():
        yield f"{name}={value}".encode()
    for name in filter(str.isupper, dir(used)):
        with suppress(AttributeError):  # a name that is only there to be refused
            yield f"{name}={getattr(used, name)!r}".encode()


def _values(rows: bytes) -> Iterator[bytes]:
    for value in re.split(rb"[\t\n]", rows):
        if value.startswith(b"\\\\x"):
            yield bytes.fromhex(value[3:].decode())
        elif value != rb"\N":
            yield value.replace(rb"\n", b"\n").replace(rb"\\", b"\\")


# ── the search ───────────────────────────────────────────────────────────────────────────────


def key_like(value: bytes) -> Iterator[bytes]:
    """Give every 32 bytes that could be a key: hex, base64, Bech32, and bare in small values."""
    for match in HEX.findall(value):
        yield bytes.fromhex(match.decode())[:KEY_BYTES]
    for match in B64.findall(value):
        yield from _unbase64(match)
    for match in BECH32.findall(value):
        with suppress(AgeError):
            yield Identity.decode(match.decode().upper()).secret
    if len(value) <= WINDOWED and not value.isascii() and not value.startswith(AGE):
        for start in range(len(value) - KEY_BYTES + 1):
            yield value[start : start + KEY_BYTES]


def _unbase64(text: bytes) -> Iterator[bytes]:
    """Read base64 of either alphabet; what stands before or after a key is passed over."""
    if HEX.fullmatch(text):
        return
    plain = text.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    for begun in range(4):  # where the first of four letters stands
        whole = plain[begun:]
        whole = whole[: len(whole) - (len(whole) % 4 == 1)]
        read = base64.b64decode(whole + b"=" * (-len(whole) % 4))
        windows = (read[:KEY_BYTES], read[1 : KEY_BYTES + 1], read[-KEY_BYTES:])
        yield from (window for window in windows if len(window) == KEY_BYTES)


class Search:
    """Try all there is on all there is until nothing new comes out."""

    def __init__(self, dump: Dump) -> None:
        self._dump, self._headers = dump, _headers(dump.age_files())
        self._plain = self._tried_on(self._headers, dump.keys)

    def read_with(self, added: Iterable[bytes]) -> set[bytes]:
        """Give the canaries that are read with some more files, key files for instance."""
        headers, plain = dict(self._headers), list(self._plain)
        keys = {key for value in (*added, *plain) for key in key_like(value)}
        keys, tried = keys - self._dump.keys, set[bytes]()
        while fresh := keys - tried:
            tried |= fresh
            found = self._tried_on(headers, fresh)
            plain += found
            if inner := _headers(text for text in found if text.startswith(AGE)):
                headers |= inner
                tried.clear()  # what did not fit before may fit what has come out
            keys |= {key for text in found for key in key_like(text)} | set(_seeds(plain))
        return {needle for needle in NEEDLES for text in plain if needle in text}

    def _tried_on(self, headers: Mapping[bytes, Header], keys: Iterable[bytes]) -> list[bytes]:
        """Decrypt whatever one of the keys decrypts."""
        found = []
        for identity in map(Identity.from_bytes, keys):
            for file, header in headers.items():
                with suppress(AgeError, ValueError):
                    unwrap_x25519(header, identity)
                    found.append(decrypt_bytes(file, identity))
        return found


def _headers(files: Iterable[bytes]) -> dict[bytes, Header]:
    return {file: read_header(io.BytesIO(file)) for file in files}


def _seeds(plain: Iterable[bytes]) -> Iterator[bytes]:
    """Combine shares and pads as the protocol does, every k of them with every pad."""
    shares, pads = [], []
    for text in plain:
        with suppress(ValueError, Malformed):
            shares.append(Share.read(text))
        with suppress(ValueError, Malformed):
            pads.append(Pad.read(text))
    for some in itertools.combinations(shares, K):
        with suppress(BadShares):
            masked_seed = combine([share.share for share in some], K)
            yield masked_seed
            yield from (masked(masked_seed, pad.pad) for pad in pads)
