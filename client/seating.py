"""The timekeeper's seat: keys of its own for every panel, and its answers to rehearsals.

Who stays in a panel that an amendment brings has a seat there with the earlier keys. Fresh ones
take their place until the keyset is drawn up; the earlier ones are kept, as they are in force until
the new notice stands, and for good if the amendment is given up.
"""

from typing import Any

from client.memory import Memory
from client.panel import answer_rehearsal, drawn_up, hand_in
from client.server import Server
from procurement.texts import Text
from tenders.panel.holders import HolderKey, HolderRefuses, require_own_place
from tenders.panel.keyset import Keyset

TIMEKEEPER = "timekeeper"
HANDED_IN = Text("handed in keys", "已提交公钥")
REHEARSED = Text("rehearsed", "已应答演练")


def take_seat(
    server: Server, tender: str, memory: Memory, standing: HolderKey, panel: dict[str, Any]
) -> Text | None:
    """Do what a panel awaits of its timekeeper; say what was done, None where nothing was due.

    :raises HolderRefuses: for a rehearsal of keys that are not kept here.
    """
    seat = panel["mine"]
    if panel["keyset"] is None:
        key = memory.key(standing, tender, panel["amendment"])
        if seat["recipient"] == key.public().recipient:
            return None
        hand_in(server, tender, key)
        return HANDED_IN
    again = seat.get("repeated") is False  # asked for before the deadline, with another challenge
    if not seat["challenge"] or (seat["answered"] and not again):
        return None
    keyset = drawn_up(server, tender)
    answer_rehearsal(server, tender, keyset, TIMEKEEPER, own_key(memory, keyset))
    return REHEARSED


def own_key(memory: Memory, keyset: Keyset) -> HolderKey:
    """Give the keys with which the timekeeper stands in a keyset.

    :raises HolderRefuses: when none of those that are kept stand there.
    """
    key = memory.key_in(keyset)
    if key is None:
        raise HolderRefuses("not-your-place", "No key that is kept stands in the keyset")
    require_own_place(key, keyset, TIMEKEEPER)
    return key
