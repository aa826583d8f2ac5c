"""One history, no branch: the log only grew, and holds every event where the bundle says."""

from collections.abc import Iterator
from itertools import pairwise

from oversight.verify.bundle import HISTORY, checkpoint_path, consistency_path
from oversight.verify.case import Case
from oversight.verify.events import Placed
from oversight.verify.filings import FILED, WITHDRAWN
from oversight.verify.formats import Consistency
from oversight.verify.report import Finding
from procurement.proof.checkpoint import SignedCheckpoint
from procurement.proof.events import ControlEvent
from procurement.proof.merkle import verify_consistency, verify_inclusion


def checkpoints_are_witnessed(case: Case) -> Iterator[Finding]:
    """Every checkpoint is signed by the log and cosigned by a quorum, whose clocks only go on."""
    last: dict[str, int] = {}
    for size, signed in case.checkpoints.items():
        path, tree = checkpoint_path(size), signed.checkpoint
        if tree.origin != case.anchors.origin or case.bundle.index.log_origin != tree.origin:
            yield Finding("other-log", path, case.anchors.origin, tree.origin)
        if tree.size != size:
            yield Finding("other-checkpoint", path, str(size), str(tree.size))
        for witness, at in signed.cosigned.items():
            if at < last.get(witness, 0):
                yield Finding("backdated-checkpoint", path, f"after {last[witness]}", f"{at}")
        last |= signed.cosigned
    if max(case.checkpoints, default=-1) != case.bundle.index.checkpoint:
        yield Finding("other-checkpoint", "index.json", "the newest", "another")


def log_only_grew(case: Case) -> Iterator[Finding]:
    """Each tree begins with the one before it."""
    trees = list(case.checkpoints.values())
    for old, new in pairwise(trees):
        if not _grew(case, old, new):
            path = consistency_path(old.checkpoint.size, new.checkpoint.size)
            yield Finding(
                "forked-log", path, "the later tree begins with the earlier", "it does not"
            )


def events_are_in_the_log(case: Case) -> Iterator[Finding]:
    """Every event's leaf lies in the checkpoint that it names, and speaks of this tender."""
    for placed in case.events:
        if placed.event.tender != case.tender:
            yield Finding("other-tender", placed.path, case.tender, str(placed.event.tender))
        if not _is_in_the_log(case, placed):
            yield Finding("not-in-the-log", placed.path, "its leaf in the checkpoint", "not there")


def decisions_are_one_chain(case: Case) -> Iterator[Finding]:
    """The decisions run unbroken from the first to the head that the witnesses signed."""
    newest = case.bundle.index.checkpoint
    if case.shown.tender != case.tender:
        yield Finding("other-history", HISTORY, case.tender, case.shown.tender)
    if case.shown.withheld and case.tells_of_bids:
        yield Finding("kept-in", HISTORY, "every decision in the open", "some without a body")
    if case.shown.checkpoint.encode() != case.bundle.read(checkpoint_path(newest)):
        yield Finding("other-checkpoint", HISTORY, f"the checkpoint of {newest}", "another")
    known = {step.leaf for step in case.told.history.steps}
    for placed in case.events:
        if isinstance(placed.event, ControlEvent) and placed.leaf not in known:
            yield Finding("branch", placed.path, "a decision of the one chain", placed.event.verb)
    for before, after in pairwise(case.decisions):
        if after.placed.size < before.placed.size:
            yield Finding("branch", after.placed.path, f"after {before.verb}", "an earlier tick")


def concealed_chain_is_whole(case: Case) -> Iterator[Finding]:
    """What suppliers did hangs together, up to the event that the close names as the last."""
    chain = case.concealed
    for placed in case.concealed_events:
        if placed not in chain:
            yield Finding("broken-concealed-chain", placed.path, "a link to the one before", "none")
    if case.close is None:
        return
    leaves = [placed.leaf for placed in chain]
    last = case.close.last_concealed
    if last is not None and last not in leaves:
        yield Finding("concealed-left-out", HISTORY, f"the event {last[:16]}", "not in the bundle")
        return
    after = leaves.index(last) + 1 if last is not None else 0
    for placed in chain[after:]:
        if placed.event.verb in (FILED, WITHDRAWN):
            yield Finding("filed-after-close", placed.path, "nothing after the close", "a filing")


def _grew(case: Case, old: SignedCheckpoint, new: SignedCheckpoint) -> bool:
    one, other = old.checkpoint, new.checkpoint
    told = case.bundle.statement(Consistency, consistency_path(one.size, other.size))
    proof = [bytes.fromhex(found) for found in told.proof]
    sizes = (told.old, told.new) == (one.size, other.size)
    return sizes and verify_consistency(one.size, other.size, one.root, other.root, proof)


def _is_in_the_log(case: Case, placed: Placed) -> bool:
    signed = case.checkpoints.get(placed.size)
    return signed is not None and verify_inclusion(
        bytes.fromhex(placed.leaf), placed.index, placed.size, placed.proof, signed.checkpoint.root
    )
