"""The three kinds of entry in the log. From outside, an event and filling look alike."""

from hashlib import sha256

RANDOM_BYTES = 32

_EVENT = b"\x01"
_HEADS = b"\x02"


def event_entry(salt: bytes, event: bytes) -> bytes:
    """Make the entry of an event, 33 bytes: 0x01 ‖ SHA-256(salt32 ‖ canonical event)."""
    return _EVENT + sha256(_of_32(salt) + event).digest()


def dummy_entry(random32: bytes) -> bytes:
    """Make an entry that fills a tick: 0x01 ‖ 32 random bytes."""
    return _EVENT + _of_32(random32)


def heads_entry(root: bytes) -> bytes:
    """Make the first entry of a tick: 0x02 ‖ root of the tree over all tenders' control heads."""
    return _HEADS + _of_32(root)


def _of_32(value: bytes) -> bytes:
    if len(value) != RANDOM_BYTES:
        raise ValueError(f"{RANDOM_BYTES} bytes are needed here, not {len(value)}")
    return value
