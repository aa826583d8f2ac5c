"""The timekeeper's word on a later deadline: it has seen it, and refuses the earlier gates.

It says so only of an extension that stands in a freshly proved history, on the branch that it
remembers, signed by whoever may extend, and later than before. What it said lies on its disk first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bidding.sealed.changes import broken_changes
from bidding.sealed.may_open import deadline
from client.answers import Refused
from client.memory import Memory
from client.output import Stopped
from client.proving import Proved, prove, require_current
from client.server import Server
from procurement.proof.anchors import Anchors
from procurement.texts import Text
from tenders.notice import Acknowledgement, Extension
from tenders.panel.holders import HolderKey

ACKNOWLEDGED = Text("acknowledged the deadline {closes_at}", "已确认延期至 {closes_at}")
NOT_ALLOWED = Text(
    "The deadline was moved as it must not be: not acknowledged.", "延期不合规则：不予确认。"
)
BEFORE_ACKNOWLEDGED = Text(
    "Nothing is released before {not_before}, which was acknowledged.",
    "在已确认的 {not_before} 之前不予放行。",
)


@dataclass(frozen=True)
class Acknowledging:
    """Whoever acknowledges: the server, the anchors, and where it is told."""

    server: Server
    anchors: Anchors
    say: Callable[..., None]

    def look(self, tender: str, memory: Memory) -> None:
        """Acknowledge the last extension of a tender, where it is proved and awaited.

        Only the timekeeper of the keyset in force does: one that an amendment would seat does not
        yet, and one that was replaced does not any more.

        :raises Stopped: for a history that must not be relied on, or that breaks a rule.
        """
        shown = self.server.get(f"tenders/{tender}")
        closes_at, notice = str(shown["closes_at"]), str(shown["notice"])
        if memory.looked_at() == [closes_at, notice]:
            return
        proof = prove(self.server, tender, self.anchors)
        memory.follow(proof)
        require_current(proof, datetime.now(UTC))
        key = memory.key_in(proof.told.keyset)
        if key and (extension := awaited(proof)):
            self._acknowledge(tender, memory, proof, extension, key)
        if _is_shown(proof, closes_at, notice):
            memory.remember_looked_at(closes_at, notice)

    def _acknowledge(
        self, tender: str, memory: Memory, proof: Proved, extension: Extension, key: HolderKey
    ) -> None:
        require_allowed(proof)
        note = memory.acknowledgement(extension)
        if note is None:
            head = proof.told.history.seen.control_head
            said = Acknowledgement(tender, extension.digest(), head)
            note = said.sign(key.note_signer())
            memory.keep_acknowledgement(extension, note)
        try:
            body = {"note": note.decode()}
            address = f"tenders/{tender}/extension-acknowledgements"
            self.server.post(address, body, repeatable=True)
        except Refused as refused:
            if refused.code != "already-done":
                raise
        self.say(tender, ACKNOWLEDGED, closes_at=extension.closes_at)


def _is_shown(proof: Proved, closes_at: str, notice: str) -> bool:
    """Tell whether a proved history has come to the deadline and the notice that are shown."""
    proved = deadline(proof.told.history.steps)
    return (proved, proof.told.notice.digest()) == (datetime.fromisoformat(closes_at), notice)


def awaited(proof: Proved) -> Extension | None:
    """Give the last extension of a history, None where it is acknowledged or there is none."""
    decided = [step.decided for step in proof.told.history.steps]
    extensions = [one for one in decided if isinstance(one, Extension)]
    seen = {one.extension for one in decided if isinstance(one, Acknowledgement)}
    return extensions[-1] if extensions and extensions[-1].digest() not in seen else None


def require_allowed(proof: Proved) -> None:
    """Let pass a history in which everything moved only later, and by whoever may move it.

    :raises Stopped: with every reason against.
    """
    steps = proof.told.history.steps
    if against := broken_changes([(step.leaf, step.decided) for step in steps]):
        raise Stopped("not-allowed", NOT_ALLOWED, faults=against)


def require_after_acknowledged(memory: Memory, now: datetime) -> None:
    """Refuse before the gates that were acknowledged, whatever a history says by now.

    :raises Stopped: then.
    """
    extension = memory.acknowledged()
    if extension is None:
        return
    not_before = max(gate.not_before for gate in extension.gates)
    if now < not_before:
        raise Stopped("acknowledged-later", BEFORE_ACKNOWLEDGED, not_before=not_before)
